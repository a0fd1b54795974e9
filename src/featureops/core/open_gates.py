"""What lets everything through now: it goes along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from featureops.core.asked import Read, is_open_gate
from featureops.core.fixing import Fixing
from featureops.core.syntax import Node

__all__ = ["open_gates"]


def open_gates(flag: str, reads: Sequence[Read], fixing: Fixing) -> tuple[list[Node], list[Read]]:
    """The gates that go, and the reads with these counted as folded."""
    found, rest = list[Node](), list[Read]()
    for read in reads:
        is_shown = fixing.shows(read) if read.flag == flag else None
        is_open = is_shown is not None and is_open_gate(read, is_shown)
        found += [read.node] if is_open else []
        rest.append(replace(read, value="boolean") if is_open else read)
    return found, rest
