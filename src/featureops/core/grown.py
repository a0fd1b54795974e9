"""Nodes of a grammar, and nodes put together from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tree_sitter import TreeCursor

__all__ = ["Grown", "Part", "Raw", "listed", "parts_of", "typed"]


class Raw(Protocol):
    """What a node of the grammar and one that was put together have in common."""

    @property
    def type(self) -> str: ...
    @property
    def text(self) -> bytes | None: ...
    @property
    def is_named(self) -> bool: ...
    @property
    def is_error(self) -> bool: ...
    @property
    def is_missing(self) -> bool: ...
    @property
    def start_byte(self) -> int: ...
    @property
    def end_byte(self) -> int: ...
    @property
    def child_count(self) -> int: ...
    @property
    def children(self) -> Sequence[Raw]: ...
    def child(self, index: int, /) -> Raw | None: ...
    def field_name_for_child(self, index: int, /) -> str | None: ...
    def walk(self) -> TreeCursor: ...


_FEW = 32
"""Children that are told their fields one by one in less time than a cursor needs."""

Part = tuple[Raw, str | None]
"""A child, with its field."""


class Grown:
    """A node put together from others, or a piece of one. Its parts are settled already."""

    __slots__ = ("child_count", "end_byte", "is_error", "is_missing", "is_named", "parts", "start_byte", "text", "type")

    def __init__(self, kind: str, parts: list[Part], start: int | None = None, end: int | None = None) -> None:
        self.type = kind
        self.parts = parts
        self.is_named = True
        self.is_error = False
        self.is_missing = False
        self.text: bytes | None = None
        self.start_byte: int = parts[0][0].start_byte if start is None else start
        self.end_byte: int = parts[-1][0].end_byte if end is None else end
        self.child_count = len(parts)

    @property
    def children(self) -> list[Raw]:
        return [raw for raw, _ in self.parts]

    def child(self, index: int) -> Raw | None:
        return self.parts[index][0]

    def field_name_for_child(self, index: int) -> str | None:
        return self.parts[index][1]

    def walk(self) -> TreeCursor:
        raise NotImplementedError


def parts_of(raw: Raw) -> list[Part]:
    """The children as the grammar has them; the end of a line is no part of what stands on it."""
    return raw.parts if isinstance(raw, Grown) else typed(raw)[0]


def typed(raw: Raw) -> tuple[list[Part], list[str]]:
    """`parts_of` a node of the grammar, and their types."""
    parts = listed(raw)
    types = [part[0].type for part in parts]
    if all(map(str.strip, types)):
        return parts, types
    kept = [at for at, kind in enumerate(types) if kind.strip()]
    return [parts[at] for at in kept], [types[at] for at in kept]


def listed(raw: Raw) -> list[Part]:
    """All children of a node."""
    if raw.child_count <= _FEW:
        return [(child, raw.field_name_for_child(at)) for at, child in enumerate(raw.children)]
    found = list[Part]()
    cursor = raw.walk()
    more = cursor.goto_first_child()
    while more:
        if (node := cursor.node) is not None:
            found.append((node, cursor.field_name))
        more = cursor.goto_next_sibling()
    return found
