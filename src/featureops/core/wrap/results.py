"""What a block gives to the code around it without saying so: in some languages its last statement."""

from __future__ import annotations

import re

from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Box
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import No

__all__ = ["with_result"]

_MOST_REPEATED = 40


def with_result(region: Region) -> Region | No:
    """A branch without an other side gives nothing at the end of a block whose last statement is its value: the
    statement that was the last one is taken into both sides."""
    old, new = (any(not item.is_comment for item in side) for side in (region.old_items, region.new_items))
    box = region.new_box
    behind = box.items[region.new[1] :]
    if old == new or any(not item.is_comment for item in behind) or not _is_value(box.node):
        return region
    back = _steps_back(region.old_box, region.old[0]), _steps_back(box, region.new[0])
    if back[0] is None or back[0] != back[1]:
        return region if back == (None, None) else No(_unclear())
    first = box.items[region.new[0] - back[0]]
    if box.file.line_of(first.end) - box.file.line_of(first.start) > _MOST_REPEATED:
        return No(_unclear())
    (a, b), (c, d) = region.old, region.new
    return Region(region.old_box, box, (a - back[0], b), (c - back[0], d), region.parent)


def _steps_back(box: Box, index: int) -> int | None:
    """How far before the index the next statement stands; None if there is none."""
    return next((step for step in range(1, index + 1) if not box.items[index - step].is_comment), None)


def _is_value(block: Node) -> bool:
    """Whether something may use the value of the block's last statement."""
    rules = block.file.pack.wrap
    node, parent = block, block.parent
    while parent is not None and node.type in rules.valued:
        if parent.shape == "block" and node.type not in node.file.pack.index.handlers:
            statements = [item for item in parent.items if item.type not in node.file.pack.index.handlers]
            if statements[-1:] != [node]:
                return False
        elif parent.shape in ("while", "for"):
            return False
        if parent.shape == "function":
            return not _discards(parent.role("name"), rules.discarding)
        if parent.shape == "call":
            callee = parent.role("function")
            return not _discards(callee.role("property") or callee if callee is not None else None, rules.discarding)
        node, parent = parent, parent.parent
    return block.type in rules.valued and parent is not None


def _discards(name: Node | None, pattern: str | None) -> bool:
    return name is not None and pattern is not None and re.fullmatch(pattern, name.text) is not None


def _unclear() -> str:
    return (
        "It stands at the end of a block whose last statement is its result, and without it the result is another one."
        " Give the result by a statement of its own behind the change."
    )
