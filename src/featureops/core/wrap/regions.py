"""Where two versions of a file differ: the narrowest boxes that hold every change, found by aligning their items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from featureops.core.model import Span
from featureops.core.syntax import SourceFile
from featureops.core.wrap.boxes import (
    Box,
    Item,
    boxes_in,
    definition_name,
    frame,
    owner_of,
    root_box,
    same_head,
    unwrapped_definition,
)

__all__ = ["Region", "find_regions"]

_SAME_GAP_LINES = 2
_MOST_IN_ELEMENT = 2


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """The items `old[0]` up to `old[1]` of `old_box` became the items `new[0]` up to `new[1]` of `new_box`.

    Both empty: only the room between two items differs. `parent` is the next wider region.
    """

    old_box: Box
    new_box: Box
    old: tuple[int, int]
    new: tuple[int, int]
    parent: Region | None
    kind: Literal["run", "header"] = "run"

    @property
    def old_items(self) -> tuple[Item, ...]:
        return self.old_box.items[self.old[0] : self.old[1]]

    @property
    def new_items(self) -> tuple[Item, ...]:
        return self.new_box.items[self.new[0] : self.new[1]]

    @property
    def old_room(self) -> Span:
        """The items with the blank lines around them."""
        return Span(self.old_box.before(self.old[0]), self.old_box.after(self.old[1]))

    @property
    def new_room(self) -> Span:
        return Span(self.new_box.before(self.new[0]), self.new_box.after(self.new[1]))

    @property
    def at_run_time(self) -> bool:
        return owner_of(self.new_box.node) is not None and self.new_box.kind != "members"

    @property
    def is_statement(self) -> bool:
        """Whether it is code that runs, not a declaration or the header of one."""
        if self.kind == "header":
            return same_head(self.old_items[0].node, self.new_items[0].node)
        return self.at_run_time

    def lines(self) -> tuple[int, int]:
        """First and last line in the new file; for a deletion the line that it stood before."""
        file = self.new_box.file
        if self.new_items:
            return file.line_of(self.new_items[0].start), file.line_of(max(self.new_items[-1].end - 1, 0))
        line = file.line_of(min(self.new_room.start, max(len(file.data) - 1, 0)))
        return line, line

    def covers(self, other: Region) -> bool:
        """Whether the other region's items are among this one's, or lie inside one of them."""
        if other.new_box is self.new_box:
            sides = (self.old, other.old), (self.new, other.new)
            return all(mine[0] <= its[0] and its[1] <= mine[1] for mine, its in sides)
        start = other.new_box.node.start
        return any(item.start <= start and other.new_box.node.end <= item.end for item in self.new_items)

    def widened_by(self, old: int, new: int) -> Region:
        """The region with more items of the same box behind it."""
        return Region(
            self.old_box,
            self.new_box,
            (self.old[0], self.old[1] + old),
            (self.new[0], self.new[1] + new),
            self.parent,
        )


def find_regions(old: SourceFile, new: SourceFile) -> list[Region]:
    """Changed regions in document order; they never overlap."""
    return list(_box_regions(root_box(old), root_box(new), None))


def _box_regions(old: Box, new: Box, parent: Region | None) -> Iterator[Region]:
    found = list(_aligned(old, new, parent))
    if old.kind != "block" or owner_of(new.node) is None:
        yield from found
        return
    yield from _merged(found, old, new, parent)


def _aligned(old: Box, new: Box, parent: Region | None) -> Iterator[Region]:
    before, after = [item.text for item in old.items], [item.text for item in new.items]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    i = j = 0
    for a, b, size in _slid(old, new, [(block.a, block.b, block.size) for block in matcher.get_matching_blocks()]):
        if (i, j) != (a, b):
            yield from _split(old, new, (i, a), (j, b), parent)
        elif (i, j) == (0, 0) or size == 0:
            yield from _gap(old, new, a, b, parent)
        for step in range(1, size):
            yield from _gap(old, new, a + step, b + step, parent)
        i, j = a + size, b + size


def _slid(old: Box, new: Box, blocks: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Among equal statements it can't be told which one is new: take the one whose blank lines fit the old side."""
    for index in range(1, len(blocks)):
        (a, b, size), (c, d, length) = blocks[index - 1], blocks[index]
        if (a + size == c) == (b + size == d):
            continue
        longer, at, stop = (new, b + size, d) if a + size == c else (old, a + size, c)
        shorter, place = (old, c) if longer is new else (new, d)
        for shift in range(size + 1):
            if shift and longer.items[at - shift].text != longer.items[stop - shift].text:
                break
            if _fits(longer, at - shift, stop - shift, shorter, place - shift):
                blocks[index - 1] = (a, b, size - shift)
                blocks[index] = (c - shift, d - shift, length + shift)
                break
    return blocks


def _fits(longer: Box, start: int, stop: int, shorter: Box, place: int) -> bool:
    """Whether taking the items out leaves as many blank lines as the other side has."""
    ends = _blank(longer, start), _blank(longer, stop)
    first, last = start == 0, stop == len(longer.items)
    left = ends[0] if first else ends[1] if last else max(ends)
    return left == _blank(shorter, place)


def _blank(box: Box, index: int) -> int:
    """Blank lines before an item (or the end)."""
    data = box.file.data
    end = box.items[index].start if index < len(box.items) else box.end
    start = box.items[index - 1].end if index else box.start
    return max(0, data[start:end].count(b"\n") - (1 if index else 0))


def _gap(old: Box, new: Box, i: int, j: int, parent: Region | None) -> Iterator[Region]:
    region = Region(old, new, (i, i), (j, j), parent)
    first, second = region.old_room, region.new_room
    if old.file.data[first.start : first.end] != new.file.data[second.start : second.end]:
        yield region


def _split(old: Box, new: Box, olds: tuple[int, int], news: tuple[int, int], parent: Region | None) -> Iterator[Region]:
    """A changed run, cut where an item of the one side is the other side's item with other contents."""
    i, j = olds[0], news[0]
    for a, b in _pairs(old, new, olds, news):
        if (i, j) != (a, b):
            yield Region(old, new, (i, a), (j, b), parent)
        else:
            yield from _gap(old, new, a, b, parent) if (a, b) != (olds[0], news[0]) else ()
        whole = Region(old, new, (a, a + 1), (b, b + 1), parent)
        if old.items[a].node.shape == "import":
            yield whole
        else:
            yield from _inside(old.items[a], new.items[b], whole)
        i, j = a + 1, b + 1
    if (i, j) != (olds[1], news[1]):
        yield Region(old, new, (i, olds[1]), (j, news[1]), parent)


def _pairs(old: Box, new: Box, olds: tuple[int, int], news: tuple[int, int]) -> Iterator[tuple[int, int]]:
    at = news[0]
    for i in range(*olds):
        found = next((j for j in range(at, news[1]) if _same_frame(old.items[i], new.items[j])), None)
        if found is None:
            found = next((j for j in range(at, news[1]) if _same_name(old.items[i], new.items[j])), None)
        if found is None:
            found = next((j for j in range(at, news[1]) if _same_module(old.items[i], new.items[j])), None)
        if found is not None:
            yield i, found
            at = found + 1


def _same_frame(old: Item, new: Item) -> bool:
    if old.node.type != new.node.type or old.is_comment:
        return False
    before, after = boxes_in(old.node), boxes_in(new.node)
    if not before or len(before) != len(after) or any(a.kind != b.kind for a, b in zip(before, after, strict=True)):
        return False
    return frame(old, before) == frame(new, after)


def _same_name(old: Item, new: Item) -> bool:
    name = definition_name(old.node)
    kinds = unwrapped_definition(old.node).type, unwrapped_definition(new.node).type
    return name is not None and name == definition_name(new.node) and kinds[0] == kinds[1]


def _same_module(old: Item, new: Item) -> bool:
    modules = old.node.role("module"), new.node.role("module")
    imports = old.node.shape == new.node.shape == "import"
    return imports and modules[0] is not None and modules[1] is not None and modules[0].text == modules[1].text


def _inside(old: Item, new: Item, whole: Region) -> Iterator[Region]:
    before, after = boxes_in(old.node), boxes_in(new.node)
    same = len(before) == len(after) and [box.kind for box in before] == [box.kind for box in after]
    if not same or frame(old, before) != frame(new, after):
        yield Region(whole.old_box, whole.new_box, whole.old, whole.new, whole.parent, "header")
        # The bodies are compared even so: a change of the header that changes nothing for callers leaves them to wrap.
        if not same:
            return
    found = [region for a, b in zip(before, after, strict=True) for region in _box_regions(a, b, whole)]
    in_element = whole.new_box.kind in ("markup", "expression") and len(found) > _MOST_IN_ELEMENT
    if in_element and all(region.new_box.kind in ("markup", "expression") for region in found):
        yield whole
        return
    yield from found


def _merged(found: list[Region], old: Box, new: Box, parent: Region | None) -> Iterator[Region]:
    """Regions of one block with hardly anything between them read better as one."""
    kept: list[Region] = []
    for region in found:
        last = kept[-1] if kept else None
        if last is not None and last.new_box is new and region.new_box is new and _near(last, region):
            kept[-1] = Region(old, new, (last.old[0], region.old[1]), (last.new[0], region.new[1]), parent)
        else:
            kept.append(region)
    yield from kept


def _near(first: Region, second: Region) -> bool:
    def replaced(region: Region) -> bool:
        plain = any(not item.is_comment for item in region.old_items)
        return plain and any(not item.is_comment for item in region.new_items)

    between = second.new[0] - first.new[1]
    if between > 1 or not (replaced(first) and replaced(second)):
        return False
    file = second.new_box.file
    lines = file.line_of(second.new_items[0].start) - file.line_of(first.new_items[-1].end)
    return lines <= _SAME_GAP_LINES + between
