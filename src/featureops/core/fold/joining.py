"""Joining what stood on many lines only because it was too long for one, once it fits.

Only where the file's author, or the tool that lays it out, does so everywhere: that the file tells itself. Nothing but
white space, a comma before a closing bracket and parentheses that only joined the lines is touched.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from featureops.core.model import Edit
from featureops.core.parsed import Parsed
from featureops.core.syntax import Node, SourceFile, TooDeep

__all__ = ["joined"]

_ROUNDS = 8
_WIDTHS = (80, 88, 100, 120, 140)
_RARE = (100, 20)  # of so many lines one is longer, for a text that can't be broken
_SOME = 10
_SEVERAL = 2
_SHORT = 60
_BREAK = re.compile(r"[ \t]*\r?\n\s*")
# An expression of these may be on many lines inside of what is joined.
_FREE = frozenset({"and", "or", "coalesce", "conditional", "equal", "not-equal", "comparison", "concat", "not"})
_PLAIN = _FREE | {"call", "member", "index", "markup-element", "string", "await", "list", "object"}
_WHOLE = frozenset({"return", "assign", "declarator"})
_CONDITIONAL = frozenset({"if", "elif", "while"})
_GROUPS = frozenset({"object", "list"})


@dataclass(frozen=True, slots=True)
class _Join:
    """What a node looks like on one line, and how long that line is."""

    node: Node
    text: str
    length: int


def joined(before: SourceFile, edits: Sequence[Edit], after: bytes, parsed: Parsed) -> bytes:
    """The result of the edits, laid out as the rest of the file is."""
    index = before.pack.index
    if not index.joined and not index.joined_apart:
        return after
    marks = _marks(edits)
    width: int | None = None
    for _ in range(_ROUNDS):
        try:
            file = parsed.file(before.path, after, before.pack)
            found = [join for join in _inmost(file, marks) if _is_touched(file, join.node, marks)]
            if found and width is None:
                width = _width(before)
        except TooDeep:
            return after
        fitting = [join for join in found if width is not None and join.length <= width]
        if not fitting:
            return after
        for join in reversed(fitting):
            text = join.text.encode("utf-8", "surrogateescape")
            start, end = join.node.start, join.node.end
            after = after[:start] + text + after[end:]
            marks = [_moved(mark, start, end, len(text)) for mark in marks]
    return after


def _marks(edits: Sequence[Edit]) -> list[int]:
    """Where the result was edited."""
    found, shift = list[int](), 0
    for edit in edits:
        start = edit.span.start + shift
        found += [start, start + len(edit.text)]
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return found


def _moved(mark: int, start: int, end: int, length: int) -> int:
    if mark <= start:
        return mark
    return mark - (end - start) + length if mark >= end else start


def _is_touched(file: SourceFile, node: Node, marks: list[int]) -> bool:
    at = bisect_left(marks, file.line_start(node.start))
    return at < len(marks) and marks[at] < file.line_end(node.end - 1)


def _around(file: SourceFile, marks: list[int]) -> Iterator[Node]:
    """The nodes on whose lines there is a mark, in document order."""
    stack = [file.root]
    while stack:
        node = stack.pop()
        if _is_touched(file, node, marks):
            yield node
            stack.extend(reversed(node.children))


def _width(file: SourceFile) -> int | None:
    """How long a line of the file gets before it is broken; None where it is broken at will."""
    notes = (file.pack.text.line_comment, "*", "/*", *file.pack.text.quotes)
    text = (line.rstrip() for line in file.data.decode("utf-8", "replace").splitlines())
    lines = [len(line) for line in text if not line.lstrip().startswith(notes)]  # these are not broken
    limits = ((width, max(1, len(lines) // rare)) for rare in _RARE for width in _WIDTHS)
    width = next((width for width, rare in limits if sum(length > width for length in lines) <= rare), None)
    joins = list(_inmost(file))
    if width is None or not joins:
        return None
    return width if sum(join.length <= width for join in joins) * _SOME <= len(joins) else None


def _inmost(file: SourceFile, marks: list[int] | None = None) -> Iterator[_Join]:
    """What could be joined and holds nothing else that could, in document order; with `marks` only around these."""
    kinds = file.pack.index.joined | file.pack.index.joined_apart
    for node in file.root.walk() if marks is None else _around(file, marks):
        if node.type in kinds and file.line_of(node.start) != file.line_of(node.end - 1):
            join = _join(node)
            if join is not None:
                yield join


def _join(node: Node) -> _Join | None:
    file, parts = node.file, list(node.children)
    gaps = [file.slice(left.end, right.start) for left, right in pairwise(parts)]
    broken = [at for at, gap in enumerate(gaps) if "\n" in gap]
    if not broken or broken[-1] != len(gaps) - 1 or any(gap.strip() for gap in gaps) or not _may_join(node):
        return None
    before = file.slice(file.line_start(node.start), node.start)
    behind = file.slice(node.end, file.line_end(node.end - 1)).rstrip()
    if before.lstrip()[:1] in (")", "]") or behind[-1:] in ("(", "["):
        return None  # a part of something larger that is on many lines
    text = _on_one_line(node, parts, gaps)
    is_short = node.type in node.file.pack.index.joined_short
    if is_short and (len(text) > _SHORT + _SEVERAL or behind[:1] in (")", "]")):
        return None
    return _Join(node, text, len(before) + len(text) + len(behind))


def _may_join(node: Node) -> bool:
    """Whether nothing inside has to stay on lines of its own."""
    items, index = node.items, node.file.pack.index
    if node.type in index.apart_by_comma and len(node.children) > _SEVERAL and node.children[-2].text == ",":
        return False
    if node.shape == "list" and len(items) >= _SEVERAL and all(item.shape in _GROUPS for item in items):
        return False
    return not _is_listed_markup(node) and all(_is_loose(child) for child in node.children)


def _is_listed_markup(node: Node) -> bool:
    """Whether it is what a function in markup makes of each of several things: that stands on lines of its own."""
    inner = node.role("operand") if node.shape == "paren" else None
    if inner is None or inner.shape != "markup-element" or node.parent is None or node.parent.shape != "function":
        return False
    call = next((outer for outer in node.parent.ancestors() if outer.shape not in ("arguments", "")), None)
    holder = call.parent if call is not None and call.shape == "call" else None
    return holder is not None and holder.shape == "markup-expression"


def _is_loose(node: Node) -> bool:
    """Whether a node is on one line, or on many for no other reason than its length."""
    if "\n" not in node.text:
        return not node.is_comment and not any(inner.is_comment for inner in node.walk())
    return node.shape in _FREE and all(_is_loose(child) for child in node.children)


def _on_one_line(node: Node, parts: list[Node], gaps: list[str]) -> str:
    if _is_only_around(node):
        return _BREAK.sub(" ", node.items[0].text)
    pad = " " if node.type in node.file.pack.index.joined_apart else ""
    if len(parts) > _SEVERAL and parts[-2].text == ",":
        del parts[-2], gaps[-2]
    text = parts[0].text
    for at, (gap, part) in enumerate(zip(gaps, parts[1:], strict=True)):
        blank = pad if at in (0, len(gaps) - 1) else " "
        text += (blank if "\n" in gap else gap) + part.text
    return _BREAK.sub(" ", text)


def _is_only_around(node: Node) -> bool:
    """Whether parentheses have no other use than to join lines."""
    outer, inner = node.parent, node.role("operand") if node.shape == "paren" else None
    if outer is None or inner is None or len(node.items) != 1 or inner.shape not in _PLAIN:
        return False
    if node.start and node.file.data[node.start - 1 : node.start] not in (b" ", b"{"):
        return False
    is_condition = outer.shape in _CONDITIONAL and outer.role("condition") is node
    if is_condition:
        return not node.file.pack.text.condition_parens
    return outer.shape in _WHOLE or inner.shape == "markup-element"
