"""What one run of a cleanup knows so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from featureops.core.asked import Read
from featureops.core.fold.folder import Folded
from featureops.core.model import Span
from featureops.core.project import Constant
from featureops.core.scopes import Binding
from featureops.core.settled import Settled
from featureops.core.syntax import Node

__all__ = ["RunState"]


@dataclass(slots=True)
class RunState:
    """One run: which files are folded with which seeds, and what they say to each other."""

    seeds: dict[str, dict[Node, bool]] = field(default_factory=dict)
    reads: dict[str, list[Read]] = field(default_factory=dict)
    constants: dict[Node, Constant] = field(default_factory=dict)
    gates: dict[str, dict[Node, bool]] = field(default_factory=dict)
    doomed: dict[str, set[Node]] = field(default_factory=dict)
    held: dict[str, dict[Binding, Node]] = field(default_factory=dict)
    folded: dict[str, Folded] = field(default_factory=dict)
    outputs: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    settled: list[Settled] = field(default_factory=list)
    cuts: dict[str, list[Span]] = field(default_factory=dict)
