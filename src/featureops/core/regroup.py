"""Evens out how grammars nest: wrappers that say nothing go, bodies in braces become one node.

What a language's `[tree]` asks for happens while the children of a node are listed, so that shapes and roles can be
written over a tree that looks like any other language's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from featureops.core.pack import TreeRules

if TYPE_CHECKING:
    from tree_sitter import TreeCursor

__all__ = ["Grown", "Part", "Raw", "parts_of", "regrouped"]


class Raw(Protocol):
    """What a node of the grammar and one that was put together have in common."""

    @property
    def type(self) -> str: ...
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
    def walk(self) -> TreeCursor: ...


_TWO = 2
Part = tuple[Raw, str | None]


class Grown:
    """A node put together from others. Its parts are settled already."""

    __slots__ = ("child_count", "end_byte", "is_error", "is_missing", "is_named", "parts", "start_byte", "type")

    def __init__(self, kind: str, parts: list[Part]) -> None:
        self.type = kind
        self.parts = parts
        self.is_named = True
        self.is_error = False
        self.is_missing = False
        self.start_byte: int = parts[0][0].start_byte
        self.end_byte: int = parts[-1][0].end_byte
        self.child_count = len(parts)

    def walk(self) -> TreeCursor:
        raise NotImplementedError


def parts_of(raw: Raw) -> list[Part]:
    """The children as the grammar has them, with their fields."""
    if isinstance(raw, Grown):
        return raw.parts
    found = list[Part]()
    cursor = raw.walk()
    more = cursor.goto_first_child()
    while more:
        if cursor.node is not None:
            found.append((cursor.node, cursor.field_name))
        more = cursor.goto_next_sibling()
    return found


def regrouped(raw: Raw, rules: TreeRules) -> list[Part]:
    """The children of a node as the rules want them."""
    if isinstance(raw, Grown):
        return raw.parts
    return _settled(parts_of(raw), raw.type, rules)


def _settled(parts: list[Part], kind: str, rules: TreeRules) -> list[Part]:
    found = [done for part in parts for done in _settle(part, rules)]
    return list(_braced(found, rules)) if kind in rules.braces else found


def _settle(part: Part, rules: TreeRules) -> Iterator[Part]:
    raw, field = part
    kind = raw.type
    if kind in rules.lone and raw.child_count == 1:
        inner, own = parts_of(raw)[0]
        yield from _settle((inner, field or own), rules)
    elif kind in rules.spliced:
        for inner, own in _settled(parts_of(raw), kind, rules):
            yield inner, own or (field if inner.is_named else None)
    elif kind in rules.merged:
        yield _merged(raw, rules), field
    elif kind in rules.prefixed:
        yield _prefixed(raw, rules), field
    else:
        yield part


def _merged(raw: Raw, rules: TreeRules) -> Raw:
    """A statement that is nothing but a keyword's expression is that expression, with the statement's extent."""
    parts = parts_of(raw)
    named = [at for at, (part, _) in enumerate(parts) if part.is_named]
    if len(named) != 1 or parts[named[0]][0].type not in rules.merged[raw.type]:
        return raw
    at = named[0]
    inner = parts[at][0]
    return Grown(inner.type, [*parts[:at], *regrouped(inner, rules), *parts[at + 1 :]])


def _prefixed(raw: Raw, rules: TreeRules) -> Raw:
    """`!a.b()` that the grammar reads as `(!a.b)()`."""
    parts = parts_of(raw)
    heads = list(_settle(parts[0], rules))
    first = heads[0][0] if len(heads) == 1 else raw
    if first.type != rules.prefixed[raw.type] or first.child_count < _TWO:
        return raw
    *operator, (operand, field) = regrouped(first, rules)
    inner = Grown(raw.type, [(operand, heads[0][1]), *_settled(parts[1:], raw.type, rules)])
    return Grown(first.type, [*operator, (inner, field)])


def _braced(parts: list[Part], rules: TreeRules) -> Iterator[Part]:
    """Everything from `{` to `}` is one block."""
    at = 0
    while at < len(parts):
        raw, field = parts[at]
        close = _closing(parts, at) if raw.type == "{" and not raw.is_named else None
        if close is None:
            yield parts[at]
            at += 1
            continue
        inside = list[Part]()
        for part, own in parts[at : close + 1]:
            if part.type in rules.listed:
                inside.extend(regrouped(part, rules))
            else:
                inside.append((part, None if part is raw else own))
        yield Grown(rules.block, inside), field
        at = close + 1


def _closing(parts: list[Part], start: int) -> int | None:
    ends = (at for at in range(start + 1, len(parts)) if parts[at][0].type == "}" and not parts[at][0].is_named)
    return next(ends, None)
