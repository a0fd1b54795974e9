"""Comments that say nothing but which flag the code below belongs to: `@internal (flag:NEW_CHECKOUT)`."""

from __future__ import annotations

import re
from itertools import accumulate

from featureops.core.mentions import apart
from featureops.core.model import Span
from featureops.core.syntax import Node, SourceFile

__all__ = ["lines_of", "marks_of"]

_WORDS = frozenset({"behind", "experimental", "feature", "featureflag", "flag", "flags", "internal", "toggle"})
_WORD = re.compile(r"[^\W_]+")


def marks_of(file: SourceFile, flag: str) -> list[Span]:
    """Such comments, and such lines of longer ones, with the lines that they stand on."""
    comments: dict[Node, None] = {}
    for found in re.finditer(apart(flag, "-").encode(), file.data):
        node = file.node_at(*found.span())
        if node.is_comment:
            comments[node] = None
    return [span for comment in comments for span in _marked(comment, flag)]


def _marked(comment: Node, flag: str) -> list[Span]:
    text = comment.text.rstrip()
    lines = text.split("\n")
    marked = [_is_mark(line, flag) for line in lines]
    if all(mark or not _WORD.search(line) for line, mark in zip(lines, marked, strict=True)):
        return [lines_of(comment)]
    starts = list(
        accumulate((len(line.encode("utf-8", "surrogateescape")) + 1 for line in lines), initial=comment.start)
    )
    found: list[Span] = []
    for at in range(1, len(lines) - 1):
        # An empty line above the last one parted it from the rest.
        is_parted = at == len(lines) - 2 and at > 1 and not _WORD.search(lines[at - 1])
        if marked[at]:
            found.append(Span(starts[at - 1 if is_parted else at], starts[at + 1]))
    return found


def _is_mark(line: str, flag: str) -> bool:
    """Whether a line names the flag and says nothing else."""
    named = re.subn(apart(flag, "-"), " ", line)
    return named[1] > 0 and all(word.lower() in _WORDS for word in _WORD.findall(named[0]))


def lines_of(comment: Node) -> Span:
    """A comment with its line, or with the blanks before it where it stands behind code."""
    file = comment.file
    # Some grammars count the end of the line to the comment.
    end = comment.start + len(comment.text.rstrip().encode("utf-8", "surrogateescape"))
    start, stop = file.line_start(comment.start), file.line_end(end - 1)
    before, behind = file.data[start : comment.start], file.data[end:stop]
    if not before.strip() and not behind.strip():
        return Span(start, stop)
    return Span(start + len(before.rstrip()), end) if not behind.strip() else Span(comment.start, end)
