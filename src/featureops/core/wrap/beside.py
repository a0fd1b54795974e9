"""A new item beside those of a list that are there: an entry, a parameter, a field, a statement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from featureops.core.model import Edit, Span
from featureops.core.syntax import Node

__all__ = ["behind", "put_in"]

_GLUE = re.compile(rb"[ \t]*[,;]?[ \t]*(?:\r?\n[ \t\r\n]*)?")


def put_in(items: Sequence[Node], index: int, text: str) -> Edit | None:
    """The item at a place among its like, with what stands between two of them; None where comments are in the way."""
    before, after = items[:index], items[index:]
    if before and not _is_explained(before[-1]):
        return behind(before[-1], items, text)
    if after and not _has_lead(after[0]):
        glue = _glue(items)
        at = after[0].start
        return Edit(Span(at, at), _bytes(text) + glue) if glue is not None else None
    return None


def behind(item: Node, items: Sequence[Node], text: str) -> Edit | None:
    """The text behind an item, with what stands between two of its like."""
    glue = _glue(items) if not _is_explained(item) else None
    return Edit(Span(item.end, item.end), glue + _bytes(text)) if glue is not None else None


def _glue(items: Sequence[Node]) -> bytes | None:
    """What stands between two items that follow each other; for one alone what may be told from its line."""
    for first, second in pairwise(items):
        between = first.file.data[first.end : second.start]
        if _GLUE.fullmatch(between) and between:
            return between
    if len(items) != 1:
        return None
    file, item = items[0].file, items[0]
    indent = file.data[file.line_start(item.start) : item.start]
    if indent.strip():
        return b", "
    is_listed = item.shape == "parameter" or file.data[item.end : item.end + 1] == b","
    return (b"," if is_listed else b"") + file.eol + indent


def _is_explained(item: Node) -> bool:
    """Whether a comment stands behind an item on its line."""
    file = item.file
    rest = file.data[item.end : file.line_end(item.end)].strip().lstrip(b",;").strip()
    following = file.node_at(item.end + file.data[item.end : file.line_end(item.end)].find(rest)) if rest else None
    return following is not None and following.is_comment


def _has_lead(item: Node) -> bool:
    """Whether a comment about an item stands before it."""
    before = item.previous()
    while before is not None and not before.named:
        before = before.previous()
    return before is not None and before.is_comment


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
