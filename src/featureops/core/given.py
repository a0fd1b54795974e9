"""What stands where: a call's arguments, what a name is given, the members of what holds some."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.scopes import Binding, string_value
from featureops.core.syntax import Node

__all__ = ["argument", "definition_of", "initializer", "member_of", "sole_name", "unwrapped"]


def argument(call: Node, position: int, keyword: str | None = None) -> Node | None:
    """The value of an argument by keyword or position."""
    arguments = call.role("arguments")
    if arguments is None:
        return None
    plain = []
    for item in arguments.items:
        if item.shape in ("keyword-argument", "pair"):
            name = item.role("name") or item.role("key")
            if keyword is not None and name is not None and name.text == keyword:
                return item.role("value")
        else:
            plain.append(item.role("operand") or item if item.shape == "argument" else item)
    return plain[position] if position < len(plain) else None


def unwrapped(node: Node) -> Node:
    """The expression inside parentheses and casts, also to text by a function."""
    while True:
        inner = node.role("operand") if node.shape in ("paren", "cast") else None
        if node.shape == "call" and (callee := node.role("function")) is not None:
            inner = argument(node, 0) if callee.text in node.file.pack.index.string_casts else None
        if inner is None:
            return node
        node = inner


_GIVING = {
    "declarator": ("name", "value"),
    "assign": ("left", "right"),
    "field": ("name", "value"),
    "pair": ("key", "value"),
}


def definition_of(binding: Binding) -> Node | None:
    """What gives a binding its value: declarator, assignment (also to a member), field, pair."""
    name = binding.definitions[0]
    parent = name.parent
    if parent is not None and parent.shape == "member" and parent.role("property") is name:
        return parent.parent
    return parent.parent if parent is not None and sole_name(parent) is name else parent


def sole_name(target: Node) -> Node | None:
    """The first of several names on the left of an assignment, where the others are blank (`_`)."""
    outer = target.parent
    if target.shape or len(target.items) <= 1 or outer is None or outer.shape not in ("assign", "declarator"):
        return None
    is_left = target in (outer.role("left"), outer.role("name"))
    return target.items[0] if is_left and all(item.text == "_" for item in target.items[1:]) else None


def initializer(binding: Binding) -> Node | None:
    """What a binding is given where it is defined; the node itself for a class or an enum; None for a pattern."""
    name, parent = binding.definitions[0], definition_of(binding)
    if parent is None:
        return None
    if parent.shape in ("class", "enum"):
        return parent
    role = _GIVING.get(parent.shape)
    if role is None or parent.role(role[0]) not in (name, name.parent):
        return None
    return parent.role(role[1])


def member_of(holder: Node, name: str) -> Node | None:
    if holder.shape == "call":
        inner = argument(holder, 0)
        return member_of(unwrapped(inner), name) if inner is not None else None
    for key, value in _members(holder):
        if key == name:
            return value
    return None


def _members(holder: Node) -> Iterator[tuple[str, Node]]:
    body = holder.role("body") or holder
    inside = (part for item in body.items for part in (item.items if item.shape == "declaration" else [item]))
    for item in inside:
        inner = item.role("operand") if item.shape == "expression" else item
        if inner is None:
            continue
        key, value = _member_roles(inner)
        if inner.shape in ("class", "enum"):
            key, value = inner.role("name"), inner
        if key is not None and value is not None:
            yield string_value(key) or key.text, value


def _member_roles(node: Node) -> tuple[Node | None, Node | None]:
    roles = {"pair": ("key", "value"), "enum-member": ("name", "value"), "field": ("name", "value")}
    roles.update({"assign": ("left", "right"), "declarator": ("name", "value")})
    names = roles.get(node.shape)
    return (node.role(names[0]), node.role(names[1])) if names else (None, None)
