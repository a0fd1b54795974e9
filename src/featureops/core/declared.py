"""What a typed program declares: the type of an expression, and the fields of that type, across files."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.given import definition_of, initializer, unwrapped
from featureops.core.project import Project
from featureops.core.receivers import declared_type
from featureops.core.scopes import Binding
from featureops.core.syntax import Node

__all__ = ["declared_types", "field_parts", "fields_named", "given_value", "last_name", "named_place", "renamed_type"]

_DEPTH = 6
_Place = tuple[str, Node]


def given_value(name: Node) -> Node | None:
    """What a name is given where it stands on the left: also as a member, or as one of several names."""
    target, holder = name, name.parent
    if holder is not None and (holder.shape == "member" or not holder.shape) and holder.parent is not None:
        target, holder = holder, holder.parent
    if holder is None or target not in (holder.role("name"), holder.role("left"), holder.role("key")):
        return None
    value = holder.role("value") or holder.role("right")
    if value is None or target is name or target.shape == "member" or value.type != target.type:
        return value
    names, values = target.items, value.items
    return values[names.index(name)] if len(names) == len(values) and name in names else None


def declared_types(project: Project, path: str, node: Node, depth: int = 0) -> Iterator[_Place]:
    """The type annotations that say what an expression is, each with the file in which it stands."""
    node = unwrapped(node)
    if depth > _DEPTH:
        return
    annotation = node.role("type")
    if annotation is not None:
        yield path, annotation
    elif node.shape == "call":
        callee = node.role("function")
        found = _function(project, path, callee) if callee is not None else None
        if found is not None:
            yield found
    elif node.shape == "member":
        base, name = node.role("object"), node.role("property")
        if base is not None and name is not None:
            for where, field in fields_named(project, path, base, name.text, depth + 1):
                kind = field.role("type")
                if kind is not None:
                    yield where, kind
    else:
        meant = project.meaning(path, node)
        origin = project.origin(*meant) if meant is not None else None
        if origin is not None and origin[1].definitions:
            yield from _types_of_binding(project, *origin, depth)


def _types_of_binding(project: Project, path: str, binding: Binding, depth: int) -> Iterator[_Place]:
    definition = definition_of(binding)
    if definition is None or definition.shape in ("function", "class", "enum", "type-definition"):
        return
    annotation = definition.role("type")
    if annotation is not None:
        yield path, annotation
        return
    value = initializer(binding) or given_value(binding.definitions[0])
    if value is not None:
        yield from declared_types(project, path, value, depth + 1)


def _function(project: Project, path: str, callee: Node) -> _Place | None:
    """Where a function says what it returns; for a class, its name."""
    found = named_place(project, path, callee)
    definition = definition_of(found[1]) if found is not None else None
    if found is None or definition is None:
        return None
    if definition.shape == "class":
        return found[0], found[1].definitions[0]
    result = definition.role("type") if definition.shape == "function" else None
    return (found[0], result) if result is not None else None


def named_place(project: Project, path: str, node: Node) -> tuple[str, Binding] | None:
    """The definition that a name, or a name of a module, stands for."""
    owner, name = node.role("object"), node.role("property")
    if node.shape == "member" and owner is not None and name is not None:
        place = project.container(path, owner)
        return project.exported(place[1], name.text) if place is not None and isinstance(place[1], str) else None
    meant = project.meaning(path, node)
    return project.origin(*meant) if meant is not None else None


def fields_named(project: Project, path: str, base: Node, name: str | None, depth: int = 0) -> list[_Place]:
    """The fields of a name that the types of an expression declare; without a name, those that have none (embedded)."""
    return project.fields.of((base, name, depth), lambda: list(_fields(project, path, base, name, depth)), [])


def _fields(project: Project, path: str, base: Node, name: str | None, depth: int) -> Iterator[_Place]:
    for where, annotation in declared_types(project, path, base, depth):
        for part in annotation.walk():
            is_name = part.shape == "member" or part.type in part.file.pack.index.identifiers
            found = named_place(project, where, part) if is_name else None
            definition = definition_of(found[1]) if found is not None and found[1].definitions else None
            if found is None or definition is None or definition.shape not in ("class", "type-definition"):
                continue
            body = definition.role("body")
            for node in body.walk() if body is not None else ():
                is_field = node.shape == "field" or (node.shape == "parameter" and node.role("kept") is not None)
                if is_field and _is_called(node, name):
                    yield found[0], node


def renamed_type(project: Project, path: str, name: Node) -> _Place | None:
    """What a type is another name for, where that is no type with members of its own."""
    if name.type not in name.file.pack.index.identifiers:
        return None
    found = named_place(project, path, name)
    definition = definition_of(found[1]) if found is not None and found[1].definitions else None
    meant = definition.role("type") if definition is not None and definition.shape == "type-definition" else None
    if found is None or meant is None or any(part.shape in ("field", "parameter") for part in meant.walk()):
        return None
    return found[0], meant


def _is_called(field: Node, name: str | None) -> bool:
    names = [each.text for each in field.roles("name")]
    return name in names if name is not None else not names


def field_parts(node: Node) -> tuple[Node | None, Node | None, Node | None]:
    """(name, value, type) of what may be a field of a class."""
    if node.shape == "assign":
        return node.role("left"), node.role("right"), node.role("type")
    if node.shape in ("field", "parameter", "binder", "function"):
        return node.role("name"), node.role("value"), node.role("type")
    kinds = node.file.pack.index.class_scopes
    if node.shape == "declarator" and next((outer.type in kinds for outer in _holders(node)), False):
        return node.role("name"), node.role("value"), declared_type(node)
    return None, None, None


def _holders(node: Node) -> Iterator[Node]:
    index = node.file.pack.index
    return (outer for outer in node.ancestors() if outer.type in index.class_scopes | index.function_scopes)


def last_name(node: Node) -> str:
    name = node.role("property") if node.shape == "member" else node
    return node.file.pack.index.plain(name.text) if name is not None else ""
