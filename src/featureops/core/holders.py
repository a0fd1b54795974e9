"""The names that hold a flag's key, and members of a module by name."""

from __future__ import annotations

from featureops.core.enums import enum_member_with
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["free_uses", "holder_name", "members_named"]


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
