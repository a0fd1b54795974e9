"""What a flag guards already: the same one, or another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from featureops.core.reads import Read
from featureops.core.scopes import Names
from featureops.core.syntax import Node
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Stays

__all__ = ["Guards", "guarded_already", "nested_in"]


@dataclass(frozen=True, slots=True, eq=False)
class Guards:
    """The reads of any flag in the new side of a file. `nested`: what another flag guards is wrapped too."""

    flag: str
    names: Names
    reads: Sequence[Read] = ()
    nested: bool = False

    @property
    def asks(self) -> bool:
        """Whether the file asks for the flag itself already."""
        return any(read.flag == self.flag for read in self.reads)


def guarded_already(guards: Guards, region: Region) -> Stays | None:
    same = [read.node for read in guards.reads if read.flag == guards.flag]
    for item in region.new_items:
        if any(item.start <= node.start and node.end <= item.end for node in same):
            return Stays(f"It asks for {guards.flag} itself already.")
    if any(_decides(guards, outer, same) for outer in region.new_box.node.ancestors()):
        return Stays(f"It stands behind {guards.flag} already.")
    other = "" if guards.nested else nested_in(guards, region)
    return Stays(f"{other} Insist (nested) to put it behind both.") if other else None


def nested_in(guards: Guards, region: Region) -> str:
    """A sentence where another flag guards a region."""
    for read in guards.reads:
        if read.flag != guards.flag and any(
            _decides(guards, outer, [read.node]) for outer in region.new_box.node.ancestors()
        ):
            return f"Nested: the code around it already asks for {read.flag or 'another flag'}."
    return ""


def _decides(guards: Guards, outer: Node, reads: list[Node]) -> bool:
    """Whether a condition is one of the reads or a variable that holds one."""
    condition = outer.role("condition") if outer.shape in ("if", "elif", "conditional") else None
    if condition is None:
        return False
    if any(condition.start <= node.start and node.end <= condition.end for node in reads):
        return True
    for part in condition.walk():
        binding = guards.names.of.get(part)
        for name in binding.definitions if binding is not None else ():
            holder = name.parent
            if holder is not None and any(holder.start <= node.start and node.end <= holder.end for node in reads):
                return True
    return False
