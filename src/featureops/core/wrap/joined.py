"""Changes of one function that can't stand in branches of their own, taken together into one: the last resort."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from featureops.core.model import Span
from featureops.core.scopes import Names
from featureops.core.wrap.boxes import Box
from featureops.core.wrap.functions import whole_body
from featureops.core.wrap.judge import is_docstring
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Pair

__all__ = ["all_of_it", "joined"]

_MOST_REPEATED = 100


def joined(pair: Pair, chain: Sequence[Region], regions: Sequence[Region]) -> Iterator[Region]:
    """The regions around one (`chain`, the narrowest first) that hold the other changes of their block too, and those
    that take in the declarations that only the old code still uses; the code in between is repeated in both sides."""
    for at in chain:
        if at.new_box.kind != "block":
            continue
        inside = [other for other in regions if _is_within(other, at.new_box)]
        if any(other.kind == "header" for other in inside):
            continue
        wide = _around(at, inside)
        ahead = _with_unread(pair, wide)
        for region in (wide, ahead):
            is_wider = region is not at and (region is wide or region.new != wide.new)
            if is_wider and _repeated(region, inside) <= _MOST_REPEATED:
                yield region
    if chain and chain[0].new_box.kind == "block":
        yield from _with_neighbours(chain[0])


def all_of_it(region: Region, regions: Sequence[Region]) -> Iterator[Region]:
    """All that stands from here on, then the whole body of the function, where not too much of it is repeated."""
    whole = whole_body(region)
    if whole is None or whole.new_box.kind != "block":
        return
    inside = [other for other in regions if _is_within(other, whole.new_box)]
    if region.new_box.kind == "block":
        old, new = len(region.old_box.items), len(region.new_box.items)
        rest = replace(region, old=(region.old[0], old), new=(region.new[0], new), kind="run")
        yield from (
            [rest] if _repeated(rest, [other for other in inside if rest.covers(other)]) <= _MOST_REPEATED else []
        )
    yield from [whole] if _repeated(whole, inside) <= _MOST_REPEATED else []


def _is_within(region: Region, box: Box) -> bool:
    at: Region | None = region
    while at is not None:
        if at.new_box is box:
            return True
        at = at.parent
    return False


def _around(at: Region, inside: Sequence[Region]) -> Region:
    """The shortest run of the box that holds all of these."""
    tops = [_in_box(region, at.new_box) for region in (at, *inside)]
    old = min(top.old[0] for top in tops), max(top.old[1] for top in tops)
    new = min(top.new[0] for top in tops), max(top.new[1] for top in tops)
    return at if (old, new) == (at.old, at.new) else replace(at, old=old, new=new, kind="run")


def _in_box(region: Region, box: Box) -> Region:
    """The region, or the one around it, that is a run of the box."""
    at = region
    while at.new_box is not box and at.parent is not None:
        at = at.parent
    return at


def _with_unread(pair: Pair, region: Region) -> Region:
    """With the declarations in front that nothing on the new side reads: without the old code they would be dropped."""
    back = 0
    for step in range(1, min(region.old[0], region.new[0]) + 1):
        old, new = region.old_box.items[region.old[0] - step], region.new_box.items[region.new[0] - step]
        if old.text != new.text or is_docstring(new):
            break
        if _reads(pair.new_names, new.start, new.end) < _reads(pair.old_names, old.start, old.end):
            back = step
    if not back:
        return region
    return replace(region, old=(region.old[0] - back, region.old[1]), new=(region.new[0] - back, region.new[1]))


def _with_neighbours(region: Region) -> Iterator[Region]:
    """Where code only went: with the comments in front, which would go with the branch, and the statement behind."""
    if any(not item.is_comment for item in region.new_items):
        return
    (a, b), (c, d) = region.old, region.new
    olds, news = region.old_box.items, region.new_box.items
    while min(a, c) > 0 and news[c - 1].is_comment and olds[a - 1].text == news[c - 1].text:
        a, c = a - 1, c - 1
    if c < region.new[0] and b < len(olds) and d < len(news) and olds[b].text == news[d].text:
        yield replace(region, old=(a, b + 1), new=(c, d + 1))


def _reads(names: Names, start: int, end: int) -> int:
    """How many of the names that are declared in a piece of code are used at all."""
    declared = names.bound_in([Span(start, end)])
    return sum(
        1
        for binding in declared
        if binding.uses and any(start <= name.start and name.end <= end for name in binding.definitions)
    )


def _repeated(region: Region, inside: Sequence[Region]) -> int:
    """Lines of the new side that the change left as they are."""
    file, items = region.new_box.file, region.new_items
    if not items:
        return 0
    lines = file.line_of(items[-1].end) - file.line_of(items[0].start) + 1
    changed = (other.new_items for other in inside)
    return lines - sum(file.line_of(its[-1].end) - file.line_of(its[0].start) + 1 for its in changed if its)
