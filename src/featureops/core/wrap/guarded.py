"""What a flag guards already: code of a branch on it, or on a variable that holds its answer."""

from __future__ import annotations

from collections.abc import Sequence

from featureops.core.reads import Read
from featureops.core.scopes import Names
from featureops.core.syntax import Node
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Stays

__all__ = ["asked_already", "nested_in"]


def asked_already(
    region: Region, flag: str, reads: Sequence[Read], names: Names, *, nested: bool = False
) -> Stays | None:
    """Why a region that asks for the flag, or stands behind one, is left; behind another one unless `nested`."""
    same = [read.node for read in reads if read.flag == flag]
    for item in region.new_items:
        if any(item.start <= node.start and node.end <= item.end for node in same):
            return Stays(f"It asks for {flag} itself already.")
    if any(_decides(names, outer, same) for outer in region.new_box.node.ancestors()):
        return Stays(f"It stands behind {flag} already.")
    other = "" if nested else nested_in(region, flag, reads, names)
    return Stays(f"{other} Insist (nested) to put it behind both.") if other else None


def nested_in(region: Region, flag: str, reads: Sequence[Read], names: Names) -> str:
    """That another flag guards the code around a region; "" where none does."""
    for read in reads:
        if read.flag != flag and any(_decides(names, outer, [read.node]) for outer in region.new_box.node.ancestors()):
            return f"Nested: the code around it already asks for {read.flag or 'another flag'}."
    return ""


def _decides(names: Names, outer: Node, reads: list[Node]) -> bool:
    """Whether a condition is one of the reads or a variable that holds one."""
    condition = outer.role("condition") if outer.shape in ("if", "elif", "conditional") else None
    if condition is None:
        return False
    if any(condition.start <= node.start and node.end <= condition.end for node in reads):
        return True
    for part in condition.walk():
        binding = names.of.get(part)
        for name in binding.definitions if binding is not None else ():
            holder = name.parent
            if holder is not None and any(holder.start <= node.start and node.end <= holder.end for node in reads):
                return True
    return False
