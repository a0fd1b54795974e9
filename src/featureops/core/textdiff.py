"""Unified diffs that `git apply` and `patch` take, in time that grows gently with the size of the files.

Lines are matched on the lines that occur once on both sides first (the patience rule), then exactly inside the small
gaps that remain; a large gap without such a line is replaced as a whole.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from operator import itemgetter
from typing import Literal

from featureops.core.model import FileEdit, Span

__all__ = ["Lines", "diffs", "line_ranges", "only_in", "stat", "unified"]

_EXACT = 60_000  # product of the two lengths up to which a gap is matched exactly
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\a": "\\a", "\b": "\\b", "\v": "\\v"}
_ESCAPES["\f"] = "\\f"

_Block = tuple[int, int, int, int]
_Errors = Literal["backslashreplace", "surrogateescape"]


def unified(edits: Sequence[FileEdit], context: int = 3, errors: _Errors = "backslashreplace") -> str:
    r"""The edits as one diff in git's style, in their order; edits that change nothing are left out.

    Bytes that are not UTF-8 are shown as `\xNN`; with errors="surrogateescape" they survive, and the diff encoded the
    same way is an exact patch. Line endings are kept as they are. Binary contents are named, not shown.
    """
    return "".join(_file(edit, _Change(edit), context, errors) for edit in edits if edit.before != edit.after)


def diffs(edits: Sequence[FileEdit]) -> tuple[str, list[tuple[int, int]]]:
    """`unified`, and the `stat` of each edit."""
    changes = [(edit, _Change(edit)) for edit in edits]
    whole = "".join(_file(edit, change, 3, "backslashreplace") for edit, change in changes if edit.before != edit.after)
    return whole, [change.stat for _, change in changes]


def stat(before: bytes | None, after: bytes | None) -> tuple[int, int]:
    """(insertions, deletions) in lines."""
    return _Change(FileEdit("", before, after)).stat


class _Change:
    """The lines of a file on both sides, and what differs."""

    def __init__(self, edit: FileEdit) -> None:
        self.old, self.new = _lines(edit.before), _lines(edit.after)
        self.blocks = _changed(self.old, self.new)

    @property
    def stat(self) -> tuple[int, int]:
        return sum(j2 - j1 for _, _, j1, j2 in self.blocks), sum(i2 - i1 for i1, i2, _, _ in self.blocks)


def only_in(data: bytes, other: bytes) -> list[Span]:
    """The lines of a text that another one has not, or not as often."""
    lines = data.splitlines(keepends=True)
    others, found, at = Counter(other.splitlines(keepends=True)), list[Span](), 0
    own = {line for line, count in Counter(lines).items() if count > others[line]}
    for line in lines:
        if line in own:
            found.append(Span(at, at + len(line)))
        at += len(line)
    return found


class Lines:
    """Which lines of a text are which of another one. `fresh` are those of the other one that are new."""

    def __init__(self, old: bytes, new: bytes) -> None:
        lines, others = _lines(old), _lines(new)
        self._starts, starts = (list(accumulate(map(len, each), initial=0)) for each in (lines, others))
        self._moved: list[tuple[int, int, int]] = [(0, 0, 0)]
        self.fresh: list[Span] = []
        for i1, i2, j1, j2 in _changed(lines, others):
            self._moved.append((self._starts[i1], self._starts[i2], starts[j2] - self._starts[i2]))
            if j1 < j2:
                self.fresh.append(Span(starts[j1], starts[j2]))

    def place(self, offset: int) -> int | None:
        """Where a byte of the old text is in the new one; None where its line is not there any more."""
        start, end, shift = self._moved[bisect_right(self._moved, offset, key=itemgetter(0)) - 1]
        return None if start <= offset < end else offset + shift


def line_ranges(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int, int, int]]:
    """What differs between two lists of lines: (old start, old end, new start, new end), 0-based and half-open, in
    order, never adjacent."""
    return _changed(list(old), list(new))


def _file(edit: FileEdit, change: _Change, context: int, errors: _Errors) -> str:
    left, right = _quoted("a/" + edit.path), _quoted("b/" + edit.path)
    head = f"diff --git {left} {right}\n"
    if edit.before is None:
        head += "new file mode 100644\n"
    elif edit.after is None:
        head += "deleted file mode 100644\n"
    left = "/dev/null" if edit.before is None else left
    right = "/dev/null" if edit.after is None else right
    if b"\0" in (edit.before or b"") or b"\0" in (edit.after or b""):
        return f"{head}Binary files {left} and {right} differ\n"
    hunks = "".join(_hunks(change, context, errors))
    # git ends a name that holds a space with a tab, so that a date after it could be told apart.
    names = f"--- {left}{_tab(left)}\n+++ {right}{_tab(right)}\n" if hunks else ""
    return head + names + hunks


def _tab(name: str) -> str:
    return "\t" if " " in name and not name.startswith('"') else ""


def _quoted(name: str) -> str:
    """The name as git quotes it when it holds anything that a line of a diff can't: octal for each such byte."""
    if name.isprintable() and '"' not in name and "\\" not in name:
        return name
    text = ""
    for character in name:
        if character in _ESCAPES:
            text += _ESCAPES[character]
        elif character.isprintable():
            text += character
        else:
            text += "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))
    return f'"{text}"'


def _lines(content: bytes | None) -> list[bytes]:
    """Lines with their endings; only LF ends a line, as in git."""
    if not content:
        return []
    lines = [line + b"\n" for line in content.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _hunks(change: _Change, context: int, errors: _Errors) -> Iterator[str]:
    old, new = change.old, change.new
    for group in _grouped(change.blocks, context):
        first, last = group[0], group[-1]
        lead, tail = min(context, first[0]), min(context, len(old) - last[1])
        start, end = first[0] - lead, last[1] + tail
        other, stop = first[2] - lead, last[3] + tail
        yield f"@@ -{_range(start, end)} +{_range(other, stop)} @@\n"
        position = start
        for i1, i2, j1, j2 in group:
            yield from _marked(" ", old[position:i1], errors)
            yield from _marked("-", old[i1:i2], errors)
            yield from _marked("+", new[j1:j2], errors)
            position = i2
        yield from _marked(" ", old[position:end], errors)


def _marked(mark: str, lines: Sequence[bytes], errors: _Errors) -> Iterator[str]:
    for line in lines:
        text = mark + line.decode("utf-8", errors)
        yield text if line.endswith(b"\n") else f"{text}\n\\ No newline at end of file\n"


def _range(start: int, end: int) -> str:
    """Of a hunk's header: an empty range names the line before it."""
    length = end - start
    if length == 1:
        return f"{start + 1}"
    return f"{start + 1 if length else start},{length}"


def _grouped(blocks: Sequence[_Block], context: int) -> Iterator[list[_Block]]:
    """Blocks whose contexts would touch share a hunk."""
    group: list[_Block] = []
    for block in blocks:
        if group and block[0] - group[-1][1] > 2 * context:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _changed(old: list[bytes], new: list[bytes]) -> list[_Block]:
    """Ranges (old start, old end, new start, new end) that differ, in order, never adjacent."""
    blocks: list[_Block] = []
    i = j = 0
    for a, b, size in [*sorted(_equal(old, new)), (len(old), len(new), 0)]:
        if (a, b) != (i, j):
            blocks.append((i, a, j, b))
        i, j = a + size, b + size
    return blocks


def _equal(old: list[bytes], new: list[bytes]) -> Iterator[tuple[int, int, int]]:
    """Runs of equal lines (old start, new start, length), in no order."""
    pending = [(0, len(old), 0, len(new))]
    while pending:
        i1, i2, j1, j2 = pending.pop()
        head = 0
        while i1 + head < i2 and j1 + head < j2 and old[i1 + head] == new[j1 + head]:
            head += 1
        if head:
            yield i1, j1, head
        i1, j1 = i1 + head, j1 + head
        tail = 0
        while i1 < i2 - tail and j1 < j2 - tail and old[i2 - tail - 1] == new[j2 - tail - 1]:
            tail += 1
        i2, j2 = i2 - tail, j2 - tail
        if tail:
            yield i2, j2, tail
        if i1 == i2 or j1 == j2:
            continue
        anchors = _anchors(old[i1:i2], new[j1:j2])
        if anchors:
            pending.extend(_between([(i1 + a, j1 + b) for a, b in anchors], i1, i2, j1, j2))
        elif (i2 - i1) * (j2 - j1) <= _EXACT:
            matcher = SequenceMatcher(None, old[i1:i2], new[j1:j2], autojunk=False)
            yield from ((i1 + a, j1 + b, size) for a, b, size in matcher.get_matching_blocks() if size)


def _between(anchors: list[tuple[int, int]], i1: int, i2: int, j1: int, j2: int) -> Iterator[tuple[int, int, int, int]]:
    """The gaps before each anchor, each starting with the anchor before it, which the caller then takes as equal."""
    starts = [(i1, j1), *anchors]
    ends = [*anchors, (i2, j2)]
    for (a1, b1), (a2, b2) in zip(starts, ends, strict=True):
        yield a1, a2, b1, b2


def _anchors(old: list[bytes], new: list[bytes]) -> list[tuple[int, int]]:
    """Lines that occur once on both sides, the longest chain of them that keeps the order."""
    once_old = {line for line, count in Counter(old).items() if count == 1}
    places = {line: j for j, line in enumerate(new)}
    once_new = {line for line, count in Counter(new).items() if count == 1}
    pairs = [(i, places[line]) for i, line in enumerate(old) if line in once_old and line in once_new]
    tops: list[int] = []
    chain: list[int] = []
    back: list[int] = []
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(tops, j)
        back.append(chain[length - 1] if length else -1)
        tops[length : length + 1] = [j]
        chain[length : length + 1] = [index]
    found: list[tuple[int, int]] = []
    index = chain[-1] if chain else -1
    while index >= 0:
        found.append(pairs[index])
        index = back[index]
    return found[::-1]
