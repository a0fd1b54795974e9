"""Columns that a language's formatter keeps: lines that stood in one with a line that goes are drawn together again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from featureops.core.fold.editor import Editor
from featureops.core.model import Span
from featureops.core.syntax import Node, SourceFile

__all__ = ["spare_blanks"]


@dataclass(frozen=True, slots=True)
class _Row:
    """An item on a line of its own, and the blanks before each of its cells, by the column where the cell begins."""

    item: Node
    line: int
    blanks: dict[int, Span]


def spare_blanks(file: SourceFile, editor: Editor) -> list[Span]:
    """The blanks that nothing needs any more."""
    if not file.pack.index.aligned_lists:
        return []
    holders: dict[Node, None] = {}
    for edit in editor.merged:
        node: Node | None = file.node_at(edit.span.start, edit.span.end)
        while node is not None and node.type not in file.pack.index.aligned_lists:
            node = node.parent
        if node is not None:
            holders[node] = None
    return [span for holder in holders for rows in _runs(holder) for span in _spare(rows, editor)]


def _runs(holder: Node) -> Iterator[list[_Row]]:
    """The rows on lines that follow each other."""
    run: list[_Row] = []
    for item in holder.items:
        row = _row(item)
        if row is None or (run and row.line != run[-1].line + 1):
            yield run
            run = []
        if row is not None:
            run.append(row)
    yield run


def _row(item: Node) -> _Row | None:
    file = item.file
    line = file.line_of(item.start)
    if file.line_of(item.end) != line:
        return None
    cells, after = list(item.children), item.next()
    while after is not None and file.line_of(after.start) == line:
        if after.is_comment:
            cells.append(after)
        after = after.next()
    blanks: dict[int, Span] = {}
    for before, cell in pairwise(cells):
        gap = file.slice(before.end, cell.start)
        if gap and not gap.strip(" "):
            blanks[len(file.slice(item.start, cell.start))] = Span(before.end, cell.start)
    return _Row(item, line, blanks)


def _spare(rows: list[_Row], editor: Editor) -> Iterator[Span]:
    gone = [row for row in rows if editor.covers(row.item.span)]
    kept = [row for row in rows if row not in gone]
    for column in sorted({column for row in gone for column in row.blanks}):
        gaps = [row.blanks[column] for row in kept if column in row.blanks]
        spare = min((gap.end - gap.start for gap in gaps), default=1) - 1
        if spare > 0:
            yield from (Span(gap.end - spare, gap.end) for gap in gaps)
