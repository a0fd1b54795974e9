"""Collects the edits of one file. Deletions swallow what lies inside them; unwrapped lines are shifted by columns.

What is not edited stays identical, byte for byte: every edit is a span of the original.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from featureops.core.model import Edit, Span
from featureops.core.scopes import Binding
from featureops.core.syntax import Node, SourceFile

__all__ = ["Editor", "Frozen", "Strokes", "apply_edits"]

_BLANK = b" \t"


@dataclass(frozen=True, slots=True)
class Strokes:
    """Some of the edits, inserted lines and shifts of lines."""

    edits: list[Edit]
    inserts: list[Edit]
    shifts: dict[int, int]


class Editor:
    """`leaves`, `bindings` and `spare` keep what `fold.touched` found, which looks at the names `among` alone."""

    def __init__(self, file: SourceFile, frozen: Frozen | frozenset[int]) -> None:
        self.file = file
        self.leaves: list[Node] | None = None
        self.among: frozenset[str] | None = None
        self.bindings: list[Binding] | None = None
        self.spare: list[str] | None = None
        self._frozen = frozen
        self._edits: list[Edit] = []
        self._inserts: list[Edit] = []
        self._shifts: dict[int, int] = {}

    def replace(self, start: int, end: int, text: bytes | str = b"") -> None:
        if end > start or text:
            raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
            self._edits.append(Edit(Span(start, end), raw))

    def delete(self, start: int, end: int) -> None:
        self.replace(start, end)

    def insert_line(self, line_start: int, text: bytes) -> None:
        """Put a whole line before the line that begins there, indented like it; it survives a deletion that begins
        there and is shifted as the line would be."""
        self._inserts.append(Edit(Span(line_start, line_start), text))

    def insert(self, at: int, text: bytes) -> None:
        """Put text at a place where a deletion begins or that stays untouched."""
        self._inserts.append(Edit(Span(at, at), text))

    def dedent(self, start: int, end: int, width: int) -> None:
        """Take `width` columns from every line that begins after `start` and before `end`, but for lines inside
        multi-line strings; a negative width indents."""
        starts = self.file.line_starts
        for line in starts[bisect_right(starts, start) : bisect_left(starts, end)]:
            if line not in self._frozen and width:
                self._shifts[line] = self._shifts.get(line, 0) + width

    def mark(self) -> Strokes:
        """What there is by now, for `since`."""
        return Strokes(self._edits[:], self._inserts[:], dict(self._shifts))

    def since(self, mark: Strokes) -> Strokes:
        shifts = {line: width - mark.shifts.get(line, 0) for line, width in self._shifts.items()}
        fresh = {line: width for line, width in shifts.items() if width or line not in mark.shifts}
        return Strokes(self._edits[len(mark.edits) :], self._inserts[len(mark.inserts) :], fresh)

    def repeat(self, strokes: Strokes) -> None:
        """Do again what was done `since` some time, in this editor or in another one of the file."""
        self._edits += strokes.edits
        self._inserts += strokes.inserts
        for line, width in strokes.shifts.items():
            self._shifts[line] = self._shifts.get(line, 0) + width

    def covers(self, span: Span) -> bool:
        """Whether nothing but white space of the bytes stays as it was."""
        left, at = b"", span.start
        for edit in self.merged[max(0, bisect_right(self._ends, span.start)) :]:
            if edit.span.start >= span.end:
                break
            left += self.file.data[at : max(edit.span.start, at)]
            at = max(at, edit.span.end)
        return not (left + self.file.data[at : max(span.end, at)]).strip()

    @cached_property
    def _ends(self) -> list[int]:
        return [edit.span.end for edit in self.merged]

    @cached_property
    def merged(self) -> list[Edit]:
        """Sorted, without overlaps. Call only when all edits are in."""
        merged: list[Edit] = []
        for edit in sorted(self._edits, key=lambda item: (item.span.start, -item.span.end)):
            last = merged[-1] if merged else None
            if last is None or edit.span.start >= last.span.end:
                merged.append(edit)
            elif edit.span.end > last.span.end:
                merged[-1] = Edit(Span(last.span.start, edit.span.end), last.text + edit.text)
        return merged

    def result(self) -> tuple[Edit, ...]:
        """All edits, shifts included, sorted and disjoint."""
        shifts = [edit for line, width in self._shifts.items() if (edit := self._shift(line, width)) is not None]
        kept = [edit for edit in shifts if not self._touches(edit.span)]
        inserts = [self._shifted(edit) for edit in self._inserts if not self._swallowed(edit.span.start)]
        edits = self._without_new_end(self.merged, inserts) + kept + inserts
        return tuple(sorted(edits, key=lambda item: (item.span.start, item.span.end)))

    def _without_new_end(self, edits: list[Edit], inserts: list[Edit]) -> list[Edit]:
        """A file without a final newline gets none when its last lines go, or when a line takes their place."""
        data = self.file.data
        last = edits[-1] if edits else None
        if last is None or last.text or last.span.end != len(data) or data.endswith(b"\n"):
            return edits
        for at, insert in enumerate(inserts):
            if insert.span.start >= last.span.start:
                inserts[at] = Edit(insert.span, insert.text.rstrip(b"\r\n"))
                return edits
        rest, start = edits[:-1], last.span.start
        while True:
            while start > 0 and data[start - 1 : start] in (b"\n", b"\r"):
                start -= 1
            if not rest or rest[-1].span.end < start:
                break
            if rest[-1].text:
                start = max(start, rest[-1].span.end)
                break
            start = rest.pop().span.start
        return [*rest, Edit(Span(start, last.span.end), b"")]

    def _shifted(self, edit: Edit) -> Edit:
        width = self._shifts.get(edit.span.start, 0)
        blanks = len(edit.text) - len(edit.text.lstrip(_BLANK))
        return Edit(edit.span, edit.text[min(max(width, 0), blanks) :]) if width > 0 else edit

    def _swallowed(self, at: int) -> bool:
        """Whether a deletion that begins earlier takes the place away."""
        return any(edit.span.start < at < edit.span.end for edit in self.merged)

    def _touches(self, span: Span) -> bool:
        """Whether a line's indentation is already taken away."""
        return any(edit.span.start <= span.start < edit.span.end for edit in self.merged)

    def _shift(self, line: int, width: int) -> Edit | None:
        data, end = self.file.data, line
        while end < len(data) and data[end : end + 1] in (b" ", b"\t"):
            end += 1
        if data[end : end + 1] in (b"\r", b"\n", b"") and end == line:
            return None
        if width < 0:
            return Edit(Span(line, line), data[line : line + 1] * -width)
        return Edit(Span(line, min(line + width, end)), b"")


def apply_edits(data: bytes, edits: tuple[Edit, ...]) -> bytes:
    """The text after disjoint, sorted edits."""
    parts: list[bytes] = []
    at = 0
    for edit in edits:
        parts.extend((data[at : edit.span.start], edit.text))
        at = edit.span.end
    parts.append(data[at:])
    return b"".join(parts)


class Frozen:
    """The starts of the lines of a file that begin inside a multi-line string: their indentation is content."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._known: dict[int, bool] = {}

    def __contains__(self, line: int) -> bool:
        known = self._known.get(line)
        if known is None:
            known = self._known[line] = self._is_inside(line)
        return known

    def _is_inside(self, line: int) -> bool:
        node, kinds = self._file.node_at(line), self._file.pack.index.multiline
        return any(part.type in kinds and part.start < line for part in (node, *node.ancestors()))
