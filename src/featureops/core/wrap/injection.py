"""A client that classes are handed: the field of a class that holds one, or the parts that a class needs to get one.

What is added is a copy of how the class gets another thing, with another name and type: a parameter that is kept, a
parameter with its field and its assignment, or a field that a framework fills.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from featureops.core.constructed import constructors_of, is_made_in
from featureops.core.declared import field_parts
from featureops.core.fold.injected import class_around, class_name
from featureops.core.fold.unused import statement_of
from featureops.core.model import Edit
from featureops.core.project import Project
from featureops.core.scopes import Names
from featureops.core.syntax import Node
from featureops.core.wrap.beside import behind
from featureops.core.wrap.boxes import owner_of
from featureops.core.wrap.values import Need, No

__all__ = ["Handed", "Held", "Writes", "handed", "held_by", "is_static"]

_WORD = re.compile(r"\w+")

Writes = Callable[[str], Iterable[str]]
"""A word to the paths of the files that hold it."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A client that a class keeps under a name. `kind` is its type; `type` where a class at hand declares it, without
    one (a template) `need` imports it."""

    name: str
    kind: str
    type: Node | None = None
    need: Need | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Handed:
    """The name under which a class keeps its client, and the edits that it takes to get there."""

    name: str
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """Something that a class is handed: what declares it, its name and its type; with what else it takes."""

    node: Node
    name: Node
    type: Node
    rest: tuple[Node, ...] = ()

    @property
    def label(self) -> str:
        return _plain(self.name.text)


def held_by(callee: Node, root: Node, names: Names) -> Held | None:
    """The client of a call, where it is a member of the class around."""
    owner = class_around(callee)
    if owner is None:
        return None
    name = root.text
    if name in callee.file.pack.index.self_names:
        outer = root.parent
        asked = outer.role("property") if outer is not None and outer.shape == "member" else None
        if asked is None or outer is callee:
            return None
        name = asked.text
    else:
        binding = names.of.get(root)
        own = binding is not None and all(class_around(node) is owner for node in binding.definitions)
        if binding is None or not own or owner_of(binding.definitions[0]) is owner_of(callee):
            return None
    found = next((kept for kept in _fields(owner) if kept.label == _plain(name)), None)
    return Held(_plain(name), _kind(found.type), found.type) if found is not None else None


def handed(held: Held, at: Node, project: Project, files_with: Writes) -> Handed | No:
    """How the class around a place gets to the client."""
    owner, function = class_around(at), owner_of(at)
    if owner is None:
        return No(f"{held.name} is handed to classes, and this code stands in none: pass it in.")
    if function is not None and is_static(function):
        return No(f"{held.name} is handed to objects, and this function belongs to none: pass it in.")
    fields = list(_fields(owner))
    there = next((kept for kept in fields if _kind(kept.type) == held.kind), None)
    if there is not None:
        return Handed(there.label)
    if is_made_in(project, files_with(class_name(owner)), owner):
        return No(
            f"{class_name(owner)} isn't handed {held.name} ({held.kind}), and code makes objects of"
            " it by itself, or inherits from it: hand it over there first."
        )
    for model in _models(owner, fields):
        edits = _copies(model, held, project)
        if edits is not None:
            return edits
    return No(f"{class_name(owner)} is handed nothing in a way that could be repeated for {held.name}: add it first.")


def is_static(function: Node) -> bool:
    """Whether a function belongs to its class and to no object of it."""
    return any("static" in part.text.split() for part in _modifiers(function))


def _modifiers(function: Node) -> Iterator[Node]:
    name = function.role("name")
    return (child for child in function.children if name is not None and child.end <= name.start)


# ---------------------------------------------------------------- what a class keeps


def _fields(owner: Node) -> Iterator[_Kept]:
    """What the objects of a class hold, with the types that it declares."""
    for node in owner.walk():
        name, _, kind = field_parts(node)
        if name is None or kind is None or class_around(node) is not owner:
            continue
        if node.shape == "parameter" and not _is_kept(node, owner):
            continue
        if node.shape in ("function", "binder") or (node.shape != "parameter" and owner_of(node) is not None):
            continue
        yield _Kept(node, name, kind)


def _is_kept(parameter: Node, owner: Node) -> bool:
    """Whether a parameter is a field as well."""
    if parameter.role("kept") is not None:
        return True
    outer = next((node for node in parameter.ancestors() if node.shape in ("function", "lambda", "class")), None)
    return outer is owner and owner.type not in owner.file.pack.index.positional


def _models(owner: Node, fields: Sequence[_Kept]) -> Iterator[_Kept]:
    """What the class is handed already, the last first."""
    makers = list(constructors_of(owner))
    parameters = [kept for kept in fields if kept.node.shape == "parameter" and _is_bare(kept.node)]
    if len(makers) <= 1:
        yield from reversed(parameters)
        for maker in makers:
            yield from reversed(list(_assigned(maker, fields)))
    marked = [kept for kept in fields if kept.node.shape != "parameter" and _is_filled(kept.node, owner)]
    if not makers:
        yield from reversed(marked)


def _is_bare(part: Node) -> bool:
    """Whether nothing is said of a part but its name and type: a mark would be another thing's."""
    return part.role("value") is None and not any(inner.shape == "decorator" for inner in part.walk())


def _assigned(maker: Node, fields: Sequence[_Kept]) -> Iterator[_Kept]:
    """Parameters that the constructor puts into fields."""
    body, parameters = maker.role("body"), maker.role("parameters")
    for parameter in parameters.items if parameters is not None else ():
        name, kind = parameter.role("name"), parameter.role("type")
        if parameter.shape != "parameter" or name is None or kind is None or not _is_bare(parameter):
            continue
        for statement in body.items if body is not None else ():
            assign = statement.role("operand") if statement.shape == "expression" else None
            left, right = (assign.role("left"), assign.role("right")) if assign is not None else (None, None)
            if left is None or right is None or right.text != name.text:
                continue
            target = left.role("property") or left
            field = next((kept for kept in fields if kept.label == _plain(target.text)), None)
            if field is not None and field.node.shape != "parameter" and _is_bare(statement_of(field.node)):
                yield _Kept(parameter, name, kind, (statement_of(field.node), statement, field.type))


def _is_filled(field: Node, owner: Node) -> bool:
    """Whether a framework gives a field its value, by a mark of its own or of its class."""
    index, statement = field.file.pack.index, statement_of(field)
    marks, whole = index.injection_marks, field.file.pack.wrap.filled_by
    own = [_mark(part) for part in statement.walk() if part.shape == "decorator"]
    if own:
        return len(own) == 1 and own[0] in marks
    heads = [part for child in owner.children for part in (child, *child.children)]
    by_class = any(part.shape == "decorator" and _mark(part) in whole for part in heads)
    words = statement.text.split()
    return by_class and "final" in words and "static" not in words and field.role("value") is None


def _mark(decorator: Node) -> str:
    found = re.match(r"@(?:\w+:)?([\w.]+)", decorator.text.strip())
    return found[1].rpartition(".")[2] if found is not None else ""


# ---------------------------------------------------------------- copies


def _copies(model: _Kept, held: Held, project: Project) -> Handed | None:
    """The parts of a model once more, for the client."""
    base = held.name.lstrip("_")
    stem = f"_{base}" if model.node.shape != "parameter" and model.label.startswith("_") else base
    if not model.rest:
        item = model.node if model.node.shape == "parameter" else statement_of(model.node)
        edit = _copy(item, {model.label: stem}, model.type, held)
        return Handed(stem, (edit,)) if edit is not None and _is_free(model.node, stem, project) else None
    field, statement, kind = model.rest
    own = next(kept.label for kept in _fields_of(field))
    kept_name = f"_{base}" if own.startswith("_") else base
    renames = {own: kept_name, model.label: base}
    edits = [_copy(field, renames, kind, held), _copy(model.node, renames, model.type, held),
             _copy(statement, renames, None, held)]  # fmt: skip
    free = _is_free(model.node, kept_name, project) and _is_free(model.node, base, project)
    if not free or any(edit is None for edit in edits):
        return None
    return Handed(kept_name, tuple(edit for edit in edits if edit is not None))


def _fields_of(statement: Node) -> Iterator[_Kept]:
    for node in statement.walk():
        name, _, kind = field_parts(node)
        if name is not None and kind is not None:
            yield _Kept(node, name, kind)


def _is_free(node: Node, name: str, project: Project) -> bool:
    """Whether nothing in the class has the name."""
    owner = class_around(node)
    taken = (binding.definitions for binding in project.names(node.file.path).called(name))
    return not any(class_around(part) is owner for parts in taken for part in parts)


def _copy(item: Node, renames: dict[str, str], kind: Node | None, held: Held) -> Edit | None:
    """The item behind itself, with other names and another type."""
    file = item.file
    pieces = [file.slice(item.start, item.end)]
    if kind is not None and item.span.holds(kind.span):
        start = kind.end - len(_kind(kind).encode("utf-8", "surrogateescape"))
        pieces = [file.slice(item.start, start), file.slice(kind.end, item.end)]
    written = [_WORD.sub(lambda word: renames.get(word[0], word[0]), piece) for piece in pieces]
    alike = [part for part in (item.parent.items if item.parent is not None else ()) if part.type == item.type]
    if item.parent is None or (item.shape == "parameter" and item is not alike[-1] and _is_bare(alike[-1])):
        item = alike[-1] if alike else item
    return behind(item, _together(item, alike), held.kind.join(written))


def _together(item: Node, alike: Sequence[Node]) -> Sequence[Node]:
    """The items to learn from what stands between two of a kind: those of the same list or the same lines."""
    if item.shape == "parameter":
        return alike
    return [item]


def _kind(annotation: Node) -> str:
    """The type without the sign before it."""
    return annotation.text.lstrip(": ")


def _plain(name: str) -> str:
    return name.lstrip("$&")
