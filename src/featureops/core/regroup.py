"""A grammar's tree as the rules need it, where the grammar groups things otherwise: said by the language file.

A *splice* shows a node's children in its place. A *group* puts neighbours into a node of their own (a method call whose
receiver and name are no node becomes a call of a member). A *prefix* that a grammar binds tighter than the chain behind
it (`!a.b()` read as `(!a).b()`) is put around the chain. A *hole* is a name that a grammar takes for text of a string
(`"$name-x"`). Only the view changes: every byte stays in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node as RawNode

__all__ = ["Arrangement", "GroupRule", "HoleRule", "Part", "Shell", "arranged"]


@dataclass(frozen=True, slots=True)
class GroupRule:
    """In `node`, what stands from the field `first` to the field `last` becomes a node `type` in the field `field`."""

    node: str
    first: str
    last: str
    type: str
    field: str


@dataclass(frozen=True, slots=True)
class HoleRule:
    """In `node`, a child that is the text `mark` and the `name` (a regular expression) that begins the next child make
    a node `type` around an `inner` one."""

    node: str
    mark: str
    name: str
    type: str
    inner: str


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`splices` are `parent.child` pairs of node types (`*`: any parent). `prefix` is the node type of prefix
    operators, `chains` those that the grammar wrongly puts around one."""

    splices: frozenset[str] = frozenset()
    groups: Mapping[str, GroupRule] = field(default_factory=dict)
    prefix: str | None = None
    chains: frozenset[str] = frozenset()
    holes: Mapping[str, HoleRule] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        return not (self.splices or self.groups or self.prefix or self.holes)


@dataclass(frozen=True, slots=True)
class Shell:
    """How a node looks where it is not simply its raw node."""

    type: str
    start: int
    end: int
    parts: tuple[Part, ...]


Part = tuple["RawNode", str | None, Shell | None]
"""A child: its raw node, its field, its look."""


def arranged(raw: RawNode, rules: Arrangement) -> list[Part]:
    """The children of a node as the rules say."""
    parts = list(_spliced(raw, rules))
    group = rules.groups.get(raw.type)
    if group is not None:
        parts = _grouped(parts, group)
    hole = rules.holes.get(raw.type)
    if hole is not None:
        parts = list(_holed(parts, hole))
    return [_around(part, rules) for part in parts] if rules.prefix is not None else parts


def _children(raw: RawNode) -> Iterator[Part]:
    cursor = raw.walk()
    more = cursor.goto_first_child()
    while more:
        child = cursor.node
        if child is not None:
            yield child, cursor.field_name, None
        more = cursor.goto_next_sibling()


def _spliced(raw: RawNode, rules: Arrangement) -> Iterator[Part]:
    for part in _children(raw):
        child = part[0]
        if rules.splices and not rules.splices.isdisjoint((f"{raw.type}.{child.type}", f"*.{child.type}")):
            yield from _spliced(child, rules)
        else:
            yield part


def _grouped(parts: list[Part], rule: GroupRule) -> list[Part]:
    fields = [part[1] for part in parts]
    if rule.first not in fields or rule.last not in fields:
        return parts
    first, last = fields.index(rule.first), fields.index(rule.last)
    inner = parts[first : last + 1]
    shell = Shell(rule.type, inner[0][0].start_byte, inner[-1][0].end_byte, tuple(inner))
    return [*parts[:first], (inner[0][0], rule.field, shell), *parts[last + 1 :]]


def _holed(parts: list[Part], rule: HoleRule) -> Iterator[Part]:
    taken = 0  # the first byte that no hole has taken
    for at, (raw, role, shell) in enumerate(parts):
        follower = parts[at + 1][0] if at + 1 < len(parts) else None
        if follower is not None and _text(raw) == rule.mark and follower.start_byte == raw.end_byte:
            name = re.match(rule.name, _text(follower))
            if name is not None:
                taken = follower.start_byte + len(name[0].encode())
                inner: Part = (follower, None, Shell(rule.inner, follower.start_byte, taken, ()))
                yield raw, role, Shell(rule.type, raw.start_byte, taken, (inner,))
                continue
        if raw.start_byte >= taken:
            yield raw, role, shell
        elif raw.end_byte > taken:
            yield raw, role, Shell(raw.type, taken, raw.end_byte, ())


def _text(raw: RawNode) -> str:
    return (raw.text or b"").decode("utf-8", "replace")


def _is_prefix(raw: RawNode, rules: Arrangement) -> bool:
    return raw.type == rules.prefix and raw.child_count > 1 and not raw.child(0).is_named


def _around(part: Part, rules: Arrangement) -> Part:
    """The part with the prefix operators at its far left put around all of it."""
    raw, name, shell = part
    if shell is not None or raw.type not in rules.chains or _is_prefix(raw, rules):
        return part
    outermost = raw
    while outermost.type in rules.chains and outermost.child_count and not _is_prefix(outermost, rules):
        outermost = outermost.child(0)
    if not _is_prefix(outermost, rules):
        return part
    prefixes, inner = [outermost], outermost.child(1)
    while _is_prefix(inner, rules):
        prefixes.append(inner)
        inner = inner.child(1)
    look = _without(raw, outermost, inner)
    for prefix in reversed(prefixes):
        parts: tuple[Part, ...] = ((prefix.child(0), "operator", None), (raw, "argument", look))
        look = Shell(prefix.type, prefix.start_byte, raw.end_byte, parts)
    return raw, name, look


def _without(chain: RawNode, prefix: RawNode, inner: RawNode) -> Shell:
    """The chain as if it began with `inner`."""
    (first, name, _), *rest = _children(chain)
    head: Part = (inner, name, None) if first.id == prefix.id else (first, name, _without(first, prefix, inner))
    return Shell(chain.type, inner.start_byte, chain.end_byte, (head, *rest))
