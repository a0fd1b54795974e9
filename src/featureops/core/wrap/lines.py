"""A range of lines as a region: widened to whole statements of one block."""

from __future__ import annotations

from featureops.core.model import Span
from featureops.core.scopes import Names
from featureops.core.syntax import SourceFile
from featureops.core.wrap.boxes import Box, boxes_in, root_box
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import No

__all__ = ["region_of_lines", "unset_without"]


def region_of_lines(file: SourceFile, lines: tuple[int, int]) -> Region | No:
    """The items of the innermost box that hold every line of the range (from 1, both included)."""
    last = len(file.line_starts) - (1 if file.data.endswith(b"\n") else 0)
    if lines[0] < 1 or lines[0] > last:
        return No(f"{file.path} has {last} lines; the range {lines[0]}-{lines[1]} lies outside.")
    start, end = file.line_starts[lines[0] - 1], file.line_end(file.line_starts[min(lines[1], last) - 1])
    data = file.data[start:end]
    if not data.strip():
        return No(f"The lines {lines[0]}-{lines[1]} of {file.path} are blank: name lines with code.")
    start += len(data) - len(data.lstrip())
    end -= len(data) - len(data.rstrip())
    return _region(root_box(file), start, end, None)


def _region(box: Box, start: int, end: int, parent: Region | None) -> Region:
    inside = [index for index, item in enumerate(box.items) if item.start < end and start < item.end]
    first, last = (inside[0], inside[-1] + 1) if inside else (0, len(box.items))
    region = Region(box, box, (first, first), (first, last), parent)
    if len(inside) == 1:
        for inner in boxes_in(box.items[first].node):
            roomy = inner.kind != "expression" and inner.start <= start and end <= inner.end and inner.items
            if roomy and inner.items[0].start < end and start < inner.items[-1].end:
                return _region(inner, start, end, region)
    return region


def unset_without(names: Names, region: Region) -> str | None:
    """A name that only these items set and that the code behind them uses: it would be missing with the flag off."""
    items = region.new_items
    span = Span(items[0].start, items[-1].end) if items else Span(0, 0)
    for binding in names.all:
        inside = [name for name in binding.definitions if span.holds(name.span)]
        before = [name for name in binding.definitions if name.start < span.start]
        if inside and not before and any(use.start >= span.end for use in binding.uses):
            return binding.name
    return None
