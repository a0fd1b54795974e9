"""What stands where in an expression or a definition: arguments, initial values, members of classes and objects."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.scopes import Binding, Names, string_value
from featureops.core.syntax import Node

__all__ = [
    "argument",
    "awaited",
    "constructor_position",
    "enum_member_with",
    "field_parts",
    "given_values",
    "initializer",
    "last_name",
    "member_of",
    "nth_argument",
    "unwrapped",
]

_HOLDERS = {"declarator": ("name", "value"), "assign": ("left", "right"), "field": ("name", "value")}
_MEMBERS = {"pair": ("key", "value"), "enum-member": ("name", "value"), **_HOLDERS}


def argument(call: Node, position: int, keyword: str | None = None) -> Node | None:
    """The value of an argument by keyword or position."""
    arguments = call.role("arguments")
    return nth_argument(arguments, position, keyword) if arguments is not None else None


def nth_argument(arguments: Node, position: int, keyword: str | None = None) -> Node | None:
    """`argument` of the list itself."""
    plain = []
    for item in arguments.items:
        if item.shape == "keyword-argument":
            name = item.role("name")
            if keyword is not None and name is not None and name.text == keyword:
                return item.role("value")
        else:
            plain.append(item.role("operand") or item if item.shape == "argument" else item)
    return plain[position] if position < len(plain) else None


def unwrapped(node: Node) -> Node:
    """The expression inside parentheses and casts."""
    while node.shape in ("paren", "cast"):
        inner = node.role("operand")
        if inner is None:
            return node
        node = inner
    return node


def initializer(binding: Binding) -> Node | None:
    """What a binding is given where it is defined; the node itself for a class, an enum or its member; None for a
    pattern."""
    name = binding.definitions[0]
    parent = name.parent
    if parent is None:
        return None
    if parent.shape in ("class", "enum", "enum-member"):
        return parent
    role = _HOLDERS.get(parent.shape)
    if role is None or parent.role(role[0]) is not name:
        return None
    return parent.role(role[1])


def member_of(holder: Node, name: str) -> Node | None:
    """The value of a member of a class, an enum, an object or what a call wraps around one."""
    if holder.shape == "call":
        inner = argument(holder, 0)
        return member_of(unwrapped(inner), name) if inner is not None else None
    return next((value for key, value in _members(holder) if key == name), None)


def _members(holder: Node) -> Iterator[tuple[str, Node]]:
    body = holder.role("body") or holder
    for item in body.items:
        inner = item.role("operand") if item.shape == "expression" else item
        if inner is None:
            continue
        if inner.shape in ("declaration", "block") or (inner.shape == "class" and inner.role("name") is None):
            yield from _members(inner)
            continue
        roles = _MEMBERS.get(inner.shape)
        key, value = (inner.role(roles[0]), inner.role(roles[1])) if roles else (None, None)
        if inner.shape in ("class", "enum") or (inner.shape == "enum-member" and value is None):
            key, value = inner.role("name"), inner
        if key is not None and value is not None:
            yield string_value(key) or key.text, value


def enum_member_with(value: Node) -> Node | None:
    """The member of an enum that is made with a value."""
    node = value.parent
    while node is not None and node.shape in ("argument", "arguments", "paren"):
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


def given_values(names: Names, binding: Binding) -> Iterator[Node]:
    """Everything that a name is set to, also by functions that declare it an outer name."""
    same = [other for other in names.all if other.name == binding.name] if binding.outer else [binding]
    for each in same:
        for name in (*each.definitions, *each.writes):
            node = name.parent
            value = (node.role("value") or node.role("right")) if node is not None else None
            if node is not None and value is not None and name in (node.role("name"), node.role("left")):
                yield value


def awaited(node: Node) -> Node:
    node = unwrapped(node)
    while node.shape == "await":
        inner = node.role("operand")
        if inner is None:
            return node
        node = unwrapped(inner)
    return node


def field_parts(node: Node) -> tuple[Node | None, Node | None, Node | None]:
    if node.shape == "assign":
        return node.role("left"), node.role("right"), node.role("type")
    if node.shape in ("field", "parameter"):
        return node.role("name"), node.role("value"), node.role("type")
    return None, None, None


def last_name(node: Node) -> str:
    name = node.role("property") if node.shape == "member" else node
    return name.text if name is not None else ""
