"""Statements that declare names, and those that only set them: what both sides of a declaration need of each other."""

from __future__ import annotations

from dataclasses import dataclass

from featureops.core.syntax import Node

__all__ = ["Declaration", "assigned_names", "declaration_of"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A statement that declares plain names. `value` is what they are given, None for nothing yet; `joins` tells
    whether it declares by the way it sets (`:=`): then the names before the operator may be known already."""

    statement: Node
    names: tuple[Node, ...]
    value: Node | None
    type: Node | None
    joins: bool = False

    @property
    def head(self) -> str:
        """The text in front of the value: words, names and the type."""
        file = self.statement.file
        if self.value is None:
            return file.slice(self.statement.start, self.statement.end).rstrip().removesuffix(";").rstrip()
        return file.slice(self.statement.start, self.value.start).rstrip().removesuffix("=").rstrip()


def declaration_of(statement: Node) -> Declaration | None:
    """What a statement declares; None for patterns, several declarations in one, and all else."""
    late = statement.file.pack.index.late_names
    if statement.shape == "assign" and statement.type in late:
        left, value = statement.role("left"), statement.role("right")
        names = _plain(left)
        return Declaration(statement, names, value, None, joins=True) if names and value is not None else None
    inner, kind = statement, None
    while inner.shape == "declaration":
        kind = kind or inner.role("type")
        parts = [part for part in inner.items if part.shape in ("declaration", "declarator")]
        if len(parts) != 1:
            return None
        inner = parts[0]
    name = inner.role("name") if inner.shape == "declarator" else None
    if name is None or any(child.named for child in name.children):
        return None
    return Declaration(statement, (name,), inner.role("value"), kind or inner.role("type"))


def assigned_names(statement: Node) -> tuple[Node, ...]:
    """The plain names that a statement sets without declaring them."""
    inner = statement.role("operand") if statement.shape == "expression" else statement
    if inner is None or inner.shape != "assign" or inner.type in inner.file.pack.index.late_names:
        return ()
    return _plain(inner.role("left"))


def _plain(left: Node | None) -> tuple[Node, ...]:
    if left is None:
        return ()
    names = left.items if any(child.named for child in left.children) else [left]
    known = left.file.pack.index.identifiers
    plain = all(name.type in known and not any(child.named for child in name.children) for name in names)
    return tuple(names) if plain else ()
