"""Existing code as a region: a range of lines, widened to whole statements of one block, or the body of a function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from featureops.core.model import Span
from featureops.core.scopes import Names
from featureops.core.syntax import Node, SourceFile, parse
from featureops.core.wrap.boxes import Box, boxes_in, root_box
from featureops.core.wrap.judge import is_docstring
from featureops.core.wrap.layout import indent_of, lines_of
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import No, Pair

__all__ = ["Off", "Selection", "has_conflict", "region_of_lines", "region_of_symbol", "sides", "unset_without"]

_CONFLICT = {b"<<<<<<<", b"=======", b">>>>>>>"}

Selection = tuple[int, int] | str
"""First and last line, from 1; or the name of a function, with the names around it in front (`Shop.pay`)."""

Off = Literal["nothing", "keep", "raise"]
"""What runs with the flag off: nothing, the same code, or an error."""


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


def has_conflict(data: bytes) -> bool:
    """Whether a text holds the marks of a merge that is not finished."""
    starts = {line[:7] for line in data.splitlines() if line[:7] in _CONFLICT}
    return starts == _CONFLICT


def region_of_symbol(file: SourceFile, symbol: str) -> Region | No:
    """All statements of the function of this name, but for its documentation."""
    found = [node for node in file.root.walk() if node.named and node.shape == "function" and _is_called(node, symbol)]
    if not found:
        return No(f"{file.path} has no function {symbol}. Name it as the file does, such as Shop.pay, or name lines.")
    if len(found) > 1:
        places = ", ".join(str(file.line_of(node.start)) for node in found)
        return No(f"{file.path} has {len(found)} functions {symbol}, in lines {places}: name the class too, or lines.")
    body = found[0].role("body")
    box = next((box for box in boxes_in(body) if box.node is body), None) if body is not None else None
    if box is None or not box.items:
        return No(f"{symbol} of {file.path} has no body to wrap.")
    first = next((at for at, item in enumerate(box.items) if not is_docstring(item)), len(box.items))
    if first == len(box.items):
        return No(f"{symbol} of {file.path} has nothing but documentation.")
    return Region(box, box, (first, first), (first, len(box.items)), None)


def _is_called(function: Node, symbol: str) -> bool:
    wanted = symbol.removesuffix("()").replace("::", ".").replace("#", ".").split(".")
    names = list(_names_around(function))
    return names[: len(wanted)] == wanted[::-1]


def _names_around(node: Node) -> Iterator[str]:
    for outer in (node, *node.ancestors()):
        name = outer.role("name") if outer.named and outer.shape in ("function", "class", "enum", "package") else None
        if name is not None:
            yield name.text


def sides(pair: Pair, region: Region, off: Off) -> tuple[Pair, Region]:
    """The pair and region whose old side is what runs with the flag off."""
    if off == "keep":
        return pair, replace(region, old=region.new)
    if off == "nothing" or not region.new_items:
        return pair, region
    file, items = pair.new, region.new_items
    start, end = lines_of(items)
    error = file.pack.wrap.refuse.format(message=f"{file.pack.text.quotes[0]}not enabled{file.pack.text.quotes[0]}")
    line = indent_of(items[0]) + error.encode() + file.eol
    old = parse(file.path, file.data[:start] + line + file.data[end:], file.pack)
    found = _box_at(root_box(old), region.new_box.start)
    index = region.new[0]
    if found is None or index >= len(found.items):
        return pair, region
    wider = Region(found, region.new_box, (index, index + 1), region.new, region.parent)
    return Pair(old, file, Names(old), pair.new_names), wider


def _box_at(box: Box, start: int) -> Box | None:
    """The box that begins at a place."""
    if box.start == start:
        return box
    around = next((item for item in box.items if item.start <= start < item.end), None)
    inner = boxes_in(around.node) if around is not None else []
    return next((found for each in inner if (found := _box_at(each, start)) is not None), None)


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
