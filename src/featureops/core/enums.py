"""What the members of an enum are made with, and which accessor gives it back."""

from __future__ import annotations

from featureops.core.given import nth_argument
from featureops.core.syntax import Node

__all__ = ["constructor_position", "enum_member_with", "held_by_name", "keyed_argument"]

_HOLDERS = frozenset({"declarator", "enum-member"})


def keyed_argument(given: Node) -> Node | None:
    """Of several values that a member of an enum is made with, the one for a parameter that says to be the key."""
    enum = next((outer for outer in given.ancestors() if outer.shape == "enum"), None)
    if enum is None or given.shape != "arguments" or len(given.items) == 1:
        return None
    positions = {name: constructor_position(enum, name) for name in given.file.pack.index.key_parameters}
    told = [(position, name) for name, position in positions.items() if position is not None]
    return nth_argument(given, *told[0]) if len(told) == 1 else None


def held_by_name(value: Node | None) -> tuple[Node | None, str]:
    """What gives a value its name, the member of an enum or a field, and that name."""
    held = value if value is None or value.shape == "enum-member" else value.parent
    name = held.role("name") if held is not None and held.shape in _HOLDERS else None
    return (held, name.text) if name is not None else (None, "")


def enum_member_with(value: Node) -> Node | None:
    """The member of an enum that is made with a value."""
    node = value.parent
    while node is not None and node.shape in ("argument", "keyword-argument", "arguments", "paren"):
        node = node.parent
    return node if node is not None and node.shape == "enum-member" else None


def constructor_position(enum: Node, accessor: str) -> int | None:
    """Which argument of an enum's members an accessor gives: a parameter, or the field that a parameter fills."""
    field = _field_given(enum, accessor)
    for node in enum.walk():
        if node.shape == "parameter" and _is_own(node, enum) and _name(node) == field:
            return _position(node)
        if node.shape == "assign":
            left, right = node.role("left"), node.role("right")
            target = left.role("property") or left if left is not None else None
            if target is not None and right is not None and target.text == field:
                function = next((outer for outer in node.ancestors() if outer.shape == "function"), None)
                taken = [part for part in function.walk() if part.shape == "parameter"] if function else []
                return next((_position(part) for part in taken if _name(part) == right.text), None)
    return None


def _field_given(enum: Node, accessor: str) -> str:
    """The field that a function without parameters returns; the name without `get` where there is no such function."""
    for node in enum.walk():
        if node.shape != "function" or _name(node) != accessor:
            continue
        given = next((part.role("value") for part in node.walk() if part.shape == "return"), None)
        body = node.role("body")
        given = given if given is not None or body is None or body.shape == "block" else body
        if given is not None:
            return (given.role("property") or given).text
    plain = accessor.removeprefix("get")
    return plain[:1].lower() + plain[1:] if plain != accessor else accessor


def _is_own(parameter: Node, enum: Node) -> bool:
    return parameter.parent is not None and parameter.parent.parent is enum


def _name(node: Node) -> str:
    name = node.role("name")
    return name.text if name is not None else ""


def _position(parameter: Node) -> int:
    siblings = parameter.parent.items if parameter.parent is not None else []
    return [item for item in siblings if item.shape == "parameter"].index(parameter)
