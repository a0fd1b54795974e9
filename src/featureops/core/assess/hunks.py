"""Line hunks of a file from its bytes before and after."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from featureops.core.assess.values import FileAssessment, Hunk
from featureops.core.model import Span
from featureops.core.textdiff import line_ranges

__all__ = ["line_hunks", "line_of", "line_starts", "lines_span", "moved_lines", "split_lines"]

_TELLING = 8
"""Bytes from which on the same line at two places is no chance: more than brackets and `return`."""


def split_lines(text: bytes) -> list[bytes]:
    """Lines without their endings: CR LF and LF make no difference here, as they make none to a program."""
    lines = text.replace(b"\r\n", b"\n").split(b"\n")
    return lines[:-1] if lines and not lines[-1] else lines


def line_starts(text: bytes) -> list[int]:
    """Byte offset of the start of every line; a final newline starts one more, empty line."""
    starts = [0]
    position = text.find(b"\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find(b"\n", position + 1)
    return starts


def line_of(starts: Sequence[int], offset: int) -> int:
    """The line, counted from 1, that holds a byte offset."""
    return bisect_right(starts, offset)


def lines_span(starts: Sequence[int], first: int, last: int, length: int) -> Span:
    """The bytes of the 0-based lines `first` up to, not including, `last`, in a text of `length` bytes."""
    bounds = (starts[line] if line < len(starts) else length for line in (first, last))
    return Span(*bounds)


def line_hunks(before: bytes, after: bytes) -> tuple[Hunk, ...]:
    """Where two texts differ, in order. Pure insertions and deletions are moved, where they can be moved at all, to
    begin at the least indented line: the place that a person would mark."""
    old, new = split_lines(before), split_lines(after)
    return tuple(_settle(Hunk(*ranges), old, new) for ranges in line_ranges(old, new))


def _settle(hunk: Hunk, old: list[bytes], new: list[bytes]) -> Hunk:
    if hunk.added and hunk.removed:
        return hunk
    lines = new if hunk.added else old
    start, end = (hunk.after_start, hunk.after_end) if hunk.added else (hunk.before_start, hunk.before_end)
    shift = _best_shift(lines, start, end)
    return Hunk(hunk.before_start + shift, hunk.before_end + shift, hunk.after_start + shift, hunk.after_end + shift)


def _best_shift(lines: list[bytes], start: int, end: int) -> int:
    """How far a block may slide without changing the result: over lines equal to its own first or last one."""
    choices = [0]
    up = 0
    while start - up > 0 and lines[start - up - 1] == lines[end - up - 1]:
        up += 1
        choices.append(-up)
    down = 0
    while end + down < len(lines) and lines[start + down] == lines[end + down]:
        down += 1
        choices.append(down)
    return min(choices, key=lambda shift: (*_shape(lines, start + shift, end + shift), abs(shift), shift))


def _shape(lines: list[bytes], start: int, end: int) -> tuple[int, int, int]:
    first = next((line for line in lines[start:end] if line.strip()), b"")
    last = next((line for line in reversed(lines[start:end]) if line.strip()), b"")
    # A block that ends in a mere closing bracket of its neighbour is the wrong one of two equal choices.
    indent = len(first) - len(first.lstrip())
    opens_with_closer = int(first.strip()[:1] in (b"}", b")", b"]"))
    follows = int(bool(last.strip()) and len(last) - len(last.lstrip()) > indent + 0 and last.strip()[:1] == b"@")
    return opens_with_closer, indent, follows


def moved_lines(files: Iterable[FileAssessment]) -> int:
    """How many lines were taken out at one place of what runs and put in, but for indentation, at another."""
    removed, added = Counter[bytes](), Counter[bytes]()
    for file in files:
        old, new = split_lines(file.change.before or b""), split_lines(file.change.after or b"")
        for judged in file.hunks:
            if judged.kind in ("behaviour", "definition"):
                removed.update(map(bytes.strip, old[judged.hunk.before_start : judged.hunk.before_end]))
                added.update(map(bytes.strip, new[judged.hunk.after_start : judged.hunk.after_end]))
    return sum(count for line, count in (removed & added).items() if len(line) >= _TELLING)
