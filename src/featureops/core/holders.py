"""The names that hold a flag's key, and members of a module by name."""

from __future__ import annotations

from dataclasses import dataclass

from featureops.core.enums import enum_member_with
from featureops.core.flagobjects import kept_object
from featureops.core.given import property_value
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["Named", "alias_of", "free_uses", "holder_name", "is_reached", "members_named", "named_by"]

_UNNAMED = frozenset({"argument", "arguments", "keyword-argument", "list", "markup-attribute", "markup-expression"})


def free_uses(names: Names, name: str) -> list[Node]:
    """Uses of a name that the file itself does not bind."""
    kinds = names.file.pack.index.identifiers
    return [
        node for node in names.file.root.walk() if node.type in kinds and node.text == name and node not in names.of
    ]


def holder_name(node: Node) -> str | None:
    """The name that an assignment, declarator, enum member or pair gives to a string."""
    parent = enum_member_with(node) or node.parent
    while parent is not None and parent.shape in ("cast", "paren"):
        parent = parent.parent
    if parent is None:
        return None
    for role in ("name", "left", "key"):
        name = parent.role(role)
        if name is not None and name is not node:
            return name.text.strip("'\"`").rpartition(".")[2]
    return None


def members_named(uses: list[Node], name: str) -> list[Node]:
    """`module.name` for uses of the module."""
    found: list[Node] = []
    for use in uses:
        parent = use.parent
        prop = parent.role("property") if parent is not None and parent.shape == "member" else None
        if parent is not None and prop is not None and prop.text == name:
            found.append(parent)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A value that gets a name: `holder` is the whole definition. `is_made`: something is made of it, and named."""

    holder: Node
    value: Node
    name: Node | None
    is_made: bool = False


def named_by(value: Node) -> Named | None:
    """What gives a value a name: an assignment, a declarator, a field, a pair, an enum member, a property."""
    parent = value.parent
    while parent is not None and parent.shape in ("paren", "cast"):
        value, parent = parent, parent.parent
    made = enum_member_with(value) or kept_object(value)
    if made is not None:
        return Named(made, value, made.role("name"), is_made=True)
    while parent is not None and parent.shape in ("block", "return"):
        parent = parent.parent
    if parent is None or not _gives_name(parent, value):
        return None
    if parent.parent is not None and parent.parent.shape == "arguments":
        return None  # a keyword of a call is no name for the value
    name = parent.role("name") or parent.role("left") or parent.role("key")
    if name is None or name is value:
        return None
    return Named(parent, value, (name.role("property") or name) if name.shape == "member" else name)


def _gives_name(parent: Node, value: Node) -> bool:
    if parent.shape == "function":
        return parent.type in parent.file.pack.index.properties and property_value(parent) is value
    named = parent.shape in ("declarator", "assign", "field", "pair", "enum-member")
    return named and value in (parent.role("value"), parent.role("right"))


def is_reached(holder: Node) -> bool:
    """Whether names lead to what a definition names: not to the entry of an object in a list or among arguments."""
    node = holder
    while node.parent is not None and node.shape in ("pair", "object", "paren", "cast", ""):
        node = node.parent
    return holder.shape != "pair" or node.shape not in _UNNAMED


def alias_of(name: Node) -> Node | None:
    """The other name that an import or a re-export gives to this one."""
    parent = name.parent
    if parent is None:
        return None
    outer = next((node for node in name.ancestors() if node.shape in ("import", "export", "block")), None)
    if outer is None or outer.shape == "block":
        return None
    alias = outer.role("alias")
    if alias is not None:
        return alias
    entry = parent if len(parent.items) > 1 or parent.parent is None else parent.parent
    last = entry.items[-1] if entry.items and entry is not outer else None
    return last if last is not None and last.text != name.text and last.text.isidentifier() else None
