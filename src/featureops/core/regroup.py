"""A grammar's tree as the rules need it, where the grammar nests things otherwise: said by a language file's `[tree]`.

It happens while the children of a node are listed, so that shapes and roles can be written over a tree that looks like
any other language's. Only the view changes: every byte stays in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from featureops.core.grown import Grown, Part, Raw, parts_of, typed
from featureops.core.operators import OperatorRules, ranked

if TYPE_CHECKING:
    from tree_sitter import Node as RawNode

__all__ = ["GroupRule", "HoleRule", "OpenedRule", "TreeRules", "opened", "regrouped"]

_TWO = 2
_OPEN_DEPTH = 100
_PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class GroupRule:
    """In `node`, what stands from the field `first` to the field `last` becomes a node `type` in the field `field`.

    Where nothing has the field `first`, what has `last` is in the field `field` by itself; where nothing stands behind
    them, they stay as they are.
    """

    node: str
    first: str
    last: str
    type: str
    field: str


@dataclass(frozen=True, slots=True)
class HoleRule:
    """In `node`, a child that is the text `mark` and the `name` (a regular expression) that begins the next child make
    a node `type` around an `inner` one: a name in a string that the grammar takes for text.
    """

    node: str
    mark: str
    name: str
    type: str
    inner: str
    within: str = ""


@dataclass(frozen=True, slots=True)
class OpenedRule:
    """In `node`, what the grammar leaves as it is written is read again: a `part` as a whole, or each run of tokens of
    the types `runs` with a part in it that does not come first. A part that begins with `apart` is by itself. Where one
    of `reads` comes out, without an error, it stands in the place of what was read, as a `type` of its own if told.
    """

    node: str
    part: str
    reads: frozenset[str]
    runs: frozenset[str] = frozenset()
    apart: str = ""
    type: str | None = None


@dataclass(frozen=True, slots=True)
class TreeRules:
    """How the grammar's nesting is evened out, by node type.

    `spliced`: its children stand in its place; `a.b`: only those of a b in an a. `lone`: the same where it holds a
    single node. `merged`: one that wraps nothing but one of the given types is that one. `groups` put neighbours into
    a node of their own. `prefix` is the type of prefix operators, `chains` those that the grammar wrongly puts around
    one. `operators` are those with two sides that it nests wrongly. `holes` are names in strings. `braces`: in these
    `{ ... }` becomes a node of the type `block`, and `listed` in it are spliced. `parens`: in these the first `( ... )`
    becomes a node `parameters`, in a field of that name. `opened` are parts that the grammar does not read.
    """

    spliced: frozenset[str] = frozenset()
    lone: frozenset[str] = frozenset()
    merged: Mapping[str, frozenset[str]] = field(default_factory=dict)
    groups: Mapping[str, GroupRule] = field(default_factory=dict)
    prefix: str | None = None
    chains: frozenset[str] = frozenset()
    holes: Mapping[str, HoleRule] = field(default_factory=dict)
    braces: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    parens: frozenset[str] = frozenset()
    opened: Mapping[str, OpenedRule] = field(default_factory=dict)
    operators: OperatorRules = field(default_factory=OperatorRules)
    block: str = "braces"
    changed: frozenset[str] = field(init=False)
    """The types of nodes in whose place something else may stand."""
    rearranged: frozenset[str] = field(init=False)
    """The types of nodes whose children are put together anew, whatever they are."""

    def __post_init__(self) -> None:
        anew = frozenset({*self.parens, *self.braces, *self.holes, *self.groups})
        object.__setattr__(self, "rearranged", anew)
        spliced = {kind.rpartition(".")[2] for kind in self.spliced}
        object.__setattr__(
            self, "changed", frozenset({*self.lone, *spliced, *self.merged, *self.chains, *self.operators.nodes})
        )


_Reader = Callable[[int, int], "RawNode"]
"""Reads the bytes from one place to another one as a statement."""


def regrouped(raw: Raw, rules: TreeRules) -> list[Part]:
    """The children of a node as the rules want them, each with its field."""
    if isinstance(raw, Grown):
        return raw.parts
    parts, types = typed(raw)
    if raw.type not in rules.rearranged and rules.changed.isdisjoint(types):
        return parts
    return _settled(parts, raw.type, rules)


def opened(parts: list[Part], kind: str, rules: TreeRules, read: _Reader) -> list[Part]:
    """The parts of a node, those that the grammar did not read replaced by what a second reading makes of them."""
    rule = rules.opened.get(kind)
    if rule is None:
        return parts
    if not rule.runs:
        return [_read_again([part], rule, rules, read)[0] if part[0].type == rule.part else part for part in parts]
    found, at = list[Part](), 0
    while at < len(parts):
        end = next((to for to in range(at, len(parts)) if not _runs_on(parts[to][0], rule)), len(parts))
        run = parts[at:end] or parts[at : at + 1]
        first, holds_part = run[0][0], any(raw.type == rule.part for raw, _ in run[1:])
        is_told = holds_part or (first.type == rule.part and not _runs_on(first, rule))
        found.extend(_read_again(run, rule, rules, read) if is_told else run)
        at += len(run)
    return found


def _runs_on(raw: Raw, rule: OpenedRule) -> bool:
    first = raw.child(0) if raw.type == rule.part and raw.child_count else None
    return raw.type in rule.runs and (first is None or first.type != rule.apart)


def _read_again(run: list[Part], rule: OpenedRule, rules: TreeRules, read: _Reader) -> list[Part]:
    start, end = run[0][0].start_byte, run[-1][0].end_byte
    node = read(start, end)
    while node.children and node.type not in rule.reads:
        node = node.children[0]
    if node.type not in rule.reads or node.has_error or (node.start_byte, node.end_byte) != (start, end):
        return run
    if _is_deeper(node, _OPEN_DEPTH):
        return run
    made = node if rule.type is None else Grown(rule.type, _settled(parts_of(node), node.type, rules))
    return [(made, run[0][1])]


def _is_deeper(root: RawNode, limit: int) -> bool:
    level = [root]
    for _ in range(limit):
        level = [child for node in level for child in node.children if child.child_count]
        if not level:
            return False
    return True


def _settled(parts: list[Part], kind: str, rules: TreeRules) -> list[Part]:
    found = parts
    if not rules.changed.isdisjoint([raw.type for raw, _ in parts]):
        found = [done for part in parts for done in _settle(part, kind, rules)]
    if kind in rules.parens:
        found = _parenthesized(found)
    if kind in rules.braces:
        found = list(_braced(found, rules))
    hole = rules.holes.get(kind)
    if hole is not None:
        found = list(_holed(found, hole))
    group = rules.groups.get(kind)
    return found if group is None else _grouped(found, group)


def _settle(part: Part, within: str, rules: TreeRules) -> Iterator[Part]:
    """What stands for one part in a node of the type `within`."""
    raw, name = part
    kind = raw.type
    if kind in rules.lone and raw.child_count == 1:
        inner, own = parts_of(raw)[0]
        yield from _settle((inner, name or own), within, rules)
    elif kind in rules.spliced or f"{within}.{kind}" in rules.spliced:
        for inner, own in _settled(parts_of(raw), kind, rules):
            yield inner, own or (name if inner.is_named else None)
    elif kind in rules.merged:
        yield _merged(raw, rules), name
    elif kind in rules.chains or kind in rules.operators.nodes:
        row = ranked(raw, rules.operators, rules.chains, lambda parts, outer: _settled(parts, outer, rules))
        yield (_unprefixed(raw, rules) if row is None and kind in rules.chains else row or raw), name
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


def _grouped(parts: list[Part], rule: GroupRule) -> list[Part]:
    names = [name for _, name in parts]
    if rule.last not in names:
        return parts
    last = names.index(rule.last)
    if rule.first not in names:
        return [*parts[:last], (parts[last][0], rule.field), *parts[last + 1 :]]
    first = names.index(rule.first)
    if last + 1 == len(parts):
        return parts
    return [*parts[:first], (Grown(rule.type, parts[first : last + 1]), rule.field), *parts[last + 1 :]]


def _holed(parts: list[Part], rule: HoleRule) -> Iterator[Part]:
    """The parts of a string, the names in its text taken out of it."""
    taken = 0  # the first byte that no hole has taken
    if rule.within:
        yield from (piece for part in parts for piece in _inside(part, rule))
        return
    for at, (raw, role) in enumerate(parts):
        follower = parts[at + 1][0] if at + 1 < len(parts) else None
        if follower is not None and _text(raw) == rule.mark and follower.start_byte == raw.end_byte:
            name = re.match(rule.name, _text(follower))
            if name is not None:
                taken = follower.start_byte + len(name[0].encode())
                inner = Grown(rule.inner, [], follower.start_byte, taken)
                yield Grown(rule.type, [(inner, None)], raw.start_byte), role
                continue
        if raw.start_byte >= taken:
            yield raw, role
        elif raw.end_byte > taken:
            yield Grown(raw.type, [], taken, raw.end_byte), role


def _inside(part: Part, rule: HoleRule) -> Iterator[Part]:
    """A text with the names in it taken out."""
    raw, role = part
    at, text = raw.start_byte, (raw.text or b"") if raw.type == rule.within else b""
    for match in re.finditer(rule.name.encode(), text):
        start, end = raw.start_byte + match.start(), raw.start_byte + match.end()
        if start > at:
            yield Grown(raw.type, [], at, start), role
        inner = Grown(rule.inner, [], raw.start_byte + match.start(1), raw.start_byte + match.end(1))
        yield Grown(rule.type, [(inner, None)], start, end), role
        at = end
    if at == raw.start_byte:
        yield part
    elif at < raw.end_byte:
        yield Grown(raw.type, [], at, raw.end_byte), role


def _text(raw: Raw) -> str:
    return (raw.text or b"").decode("utf-8", "replace")


def _is_prefix(raw: Raw, rules: TreeRules) -> bool:
    """Whether the node is a prefix operator with its operand, which then stands last."""
    last = raw.child(raw.child_count - 1) if raw.type == rules.prefix and raw.child_count >= _TWO else None
    return last is not None and last.is_named


def _unprefixed(raw: Raw, rules: TreeRules) -> Raw:
    """The chain with the prefix operators at its far left put around all of it: `!a.b()` read as `(!a).b()`."""
    first: Raw | None = raw
    while first is not None and first.type in rules.chains and first.child_count and not _is_prefix(first, rules):
        first = first.child(0)
    if first is None or first is raw or not _is_prefix(first, rules):
        return raw
    heads = list[list[Part]]()
    while _is_prefix(first, rules):
        *head, (first, name) = parts_of(first)
        heads.append([*head, (first, name)])
    made = _without_prefix(raw, first, rules)
    kind = rules.prefix or ""
    for head in reversed(heads):
        made = Grown(kind, [*head[:-1], (made, head[-1][1])])
    return made


def _without_prefix(chain: Raw, inner: Raw, rules: TreeRules) -> Raw:
    """The chain as if it began with `inner`."""
    (first, name), *rest = parts_of(chain)
    head = inner if _is_prefix(first, rules) else _without_prefix(first, inner, rules)
    return Grown(chain.type, _settled([(head, name), *rest], chain.type, rules))


def _braced(parts: list[Part], rules: TreeRules) -> Iterator[Part]:
    """Everything from `{` to `}` is one block."""
    at = 0
    while at < len(parts):
        raw, name = parts[at]
        close = _closing(parts, at, "}") if raw.type == "{" and not raw.is_named else None
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
        yield Grown(rules.block, inside), name
        at = close + 1


def _parenthesized(parts: list[Part]) -> list[Part]:
    """Everything from the first `(` to `)` is one node."""
    start = next((at for at, (raw, _) in enumerate(parts) if raw.type == "(" and not raw.is_named), None)
    close = _closing(parts, start, ")") if start is not None else None
    if start is None or close is None:
        return parts
    inside: list[Part] = [(raw, None) for raw, _ in parts[start : close + 1]]
    return [*parts[:start], (Grown(_PARAMETERS, inside), _PARAMETERS), *parts[close + 1 :]]


def _closing(parts: list[Part], start: int, end: str) -> int | None:
    ends = (at for at in range(start + 1, len(parts)) if parts[at][0].type == end and not parts[at][0].is_named)
    return next(ends, None)
