"""What lets everything through now: it goes along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from featureops.core.asked import Read, is_open_gate
from featureops.core.syntax import Node

__all__ = ["open_gates"]


def open_gates(flag: str, reads: Sequence[Read], wanted: Mapping[str, bool]) -> tuple[list[Node], list[Read]]:
    """The gates that go, and the reads with these counted as folded. `wanted` is what a read gives by its `when`."""
    found, rest = list[Node](), list[Read]()
    for read in reads:
        is_open = read.flag == flag and is_open_gate(read, wanted[read.when])
        found += [read.node] if is_open else []
        rest.append(replace(read, value="boolean") if is_open else read)
    return found, rest
