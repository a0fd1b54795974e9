"""The parts of a file that a hunk stands in: a part whose normal form stays the same makes its hunks harmless, whatever
else changes in the file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from featureops.core.assess.hunks import lines_span
from featureops.core.assess.normal import same_up_to, tokens
from featureops.core.assess.values import Hunk, JudgedHunk, LanguageSignals
from featureops.core.syntax import Node, SourceFile

__all__ = ["quieted"]


def quieted(
    hunks: Sequence[JudgedHunk], before: SourceFile, after: SourceFile, signals: LanguageSignals
) -> list[JudgedHunk]:
    """The hunks, those "inert" that stand in a top-level part which is the same program on both sides."""
    verdicts: dict[tuple[int, int], bool] = {}
    result: list[JudgedHunk] = []
    for each in hunks:
        pair = _pair(each.hunk, before, after) if each.kind == "behaviour" else None
        if pair is None:
            result.append(each)
            continue
        key = (pair[0].start, pair[1].start)
        if key not in verdicts:
            old, new = (tokens([node], signals) for node in pair)
            verdicts[key] = same_up_to(old, new) is not None
        result.append(replace(each, kind="inert") if verdicts[key] else each)
    return result


def _pair(hunk: Hunk, before: SourceFile, after: SourceFile) -> tuple[Node, Node] | None:
    """The top-level nodes that hold the hunk's lines on either side, where that is one node each."""
    old = _holder(before, hunk.before_start, hunk.before_end)
    new = _holder(after, hunk.after_start, hunk.after_end)
    return (old, new) if old is not None and new is not None and old.type == new.type else None


def _holder(file: SourceFile, first: int, last: int) -> Node | None:
    span = lines_span(file.line_starts, first, last, len(file.data))
    children = file.root.children
    at = bisect_right(children, span.start, key=lambda node: node.end)
    if at == len(children):
        return None
    node = children[at]
    return node if node.start <= span.start and span.end <= node.end + 1 else None
