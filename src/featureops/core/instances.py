"""Which class an expression is an instance of, and what stands above that class, across files."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.declared import declared_types, field_parts, last_name, named_place
from featureops.core.given import definition_of, initializer, unwrapped
from featureops.core.mentions import around_mentions
from featureops.core.project import Project
from featureops.core.receivers import declared_type, located_class, type_mentions
from featureops.core.selves import class_of, holder_meant
from featureops.core.syntax import Node

__all__ = ["Holder", "above", "classes_of", "declares", "holder_of", "named_in"]

_DEPTH = 6
_KINDS = ("class", "enum", "type-definition")
Holder = tuple[str, Node]
"""A class, an interface or a named type, with its file."""


def holder_of(project: Project, path: str, function: Node) -> Holder | None:
    """What a method belongs to: the class around it, or the type that it names as its receiver."""
    receiver = function.role("receiver")
    if receiver is not None:
        return next(named_in(project, path, receiver), None)
    around = class_of(function)
    if around is None:
        return None
    extended = around.role("name") if around.shape != "class" else None
    return next(named_in(project, path, extended), (path, around)) if extended is not None else (path, around)


def classes_of(project: Project, path: str, owner: Node, depth: int = 0) -> Iterator[Holder]:
    """The classes of the repository that an expression may be an instance of, as far as the code says."""
    if depth > _DEPTH:
        return
    for kind in _cast_to(owner):
        yield from named_in(project, path, kind)
    owner = unwrapped(owner)
    callee = owner.role("function") if owner.shape == "call" else None
    if callee is not None:
        yield from _named(project, path, callee)
        located = located_class(owner)
        if located is not None:
            yield from _named(project, path, located)
        for mention in type_mentions(owner):
            yield from named_in(project, path, mention)
    yield from _made_by(project, path, callee or owner)
    for where, annotation in declared_types(project, path, owner):
        yield from named_in(project, where, annotation)
    name = owner.role("property") if owner.shape == "member" else owner
    base = owner.role("object") if owner.shape == "member" else None
    index = owner.file.pack.index
    if name is not None and (base.text in index.self_names if base is not None else owner.type in index.fields):
        yield from _of_field(project, path, owner, index.plain(name.text), depth)
        return
    meant = project.meaning(path, owner) if base is None else None
    origin = project.origin(*meant) if meant is not None else None
    defined = origin[1].definitions if origin is not None else []
    stated = declared_type(defined[0].parent) if defined else None
    if origin is not None and stated is not None:
        yield from named_in(project, origin[0], stated)
        return
    value = initializer(origin[1]) if origin is not None else None
    if origin is not None and value is not None and value is not owner:
        holder = unwrapped(value)
        yield from [(origin[0], holder)] if holder.shape in _KINDS else classes_of(project, origin[0], value, depth + 1)


def _cast_to(node: Node) -> Iterator[Node]:
    """The types that casts around an expression say it has."""
    inner: Node | None = node
    while inner is not None and inner.shape in ("paren", "cast"):
        yield from inner.roles("type")
        inner = inner.role("operand")


def _made_by(project: Project, path: str, callee: Node) -> Iterator[Holder]:
    """The class of what `Lamp.new` makes: a name that the class does not define itself gives an instance of it."""
    base, name = callee.role("object"), callee.role("property")
    if base is None or name is None or name.text not in callee.file.pack.index.makers:
        return
    yield from _named(project, path, base)


def _of_field(project: Project, path: str, owner: Node, name: str, depth: int) -> Iterator[Holder]:
    """What the class around says of a field: its type, or what is put into it."""
    around = holder_meant(owner.role("object") or owner)
    whole = project.extended(path, around) if around is not None else None
    holders = [*([(path, around)] if around is not None else []), *([whole] if whole is not None else [])]
    for where, node in ((where, node) for where, each in holders for node in around_mentions(each, name)):
        target, value, annotation = field_parts(node)
        if target is None or last_name(target) != name:
            continue
        if annotation is not None:
            yield from named_in(project, where, annotation)
        elif value is not None and value is not owner:
            yield from classes_of(project, where, value, depth + 1)


def named_in(project: Project, path: str, annotation: Node) -> Iterator[Holder]:
    """The classes that a type speaks of."""
    kinds = annotation.file.pack.index.identifiers
    for node in annotation.walk():
        if node.type in kinds or node.shape == "member":
            yield from _named(project, path, node)


def _named(project: Project, path: str, node: Node) -> Iterator[Holder]:
    place = project.container(path, node)
    if place is not None and not isinstance(place[1], str) and place[1].shape in _KINDS:
        yield place[0], place[1]
        return
    origin = named_place(project, path, node)
    definition = definition_of(origin[1]) if origin is not None and origin[1].definitions else None
    if origin is not None and definition is not None and definition.shape == "type-definition":
        yield origin[0], definition


def above(project: Project, holder: Holder) -> list[Holder]:
    """A class, and the classes of the repository that its head names or its body mixes in, and those above them, in
    the order in which a method is looked for.
    """
    return project.lineage.of(holder[1], lambda: list(_above(project, holder, set())), [holder])


def _above(project: Project, holder: Holder, seen: set[Node]) -> Iterator[Holder]:
    yield holder
    path, node = holder
    seen.add(node)
    kinds = node.file.pack.index.identifiers
    for part in (part for named in (*_mixed_in(node), *_heads(node)) for part in named.walk() if part.type in kinds):
        for other in _named(project, path, part):
            if other[1] not in seen:
                yield from _above(project, other, seen)


def _heads(holder: Node) -> list[Node]:
    """What the head of a class names: not its parameters."""
    body, name = holder.role("body"), holder.role("name")
    if body is None and holder.shape != "class":
        return []
    end = body.start if body is not None else holder.end
    parts = [part for part in holder.children if part.named and part is not name and part.end <= end]
    return [part for part in parts if not any(item.shape == "parameter" for item in part.items)]


def _mixed_in(holder: Node) -> Iterator[Node]:
    """What the body of a class says to take in the members of, the last first."""
    mixins, body = holder.file.pack.index.mixins, holder.role("body")
    for item in reversed(body.items) if mixins and body is not None else ():
        callee = item.role("function") if item.shape == "call" else None
        given = item.role("arguments") if callee is not None and callee.text in mixins else None
        if given is not None or item.type in mixins:
            yield given or item


def declares(holder: Node, name: str) -> bool:
    """Whether a class or an interface speaks of a member of this name."""
    kinds = holder.file.pack.index.identifiers
    return any(node.type in kinds and node.text == name for node in (holder.role("body") or holder).walk())
