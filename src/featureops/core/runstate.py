"""What one run of a cleanup knows so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from featureops.core.asked import Read
from featureops.core.fold.folder import Folded
from featureops.core.fold.values import Known
from featureops.core.handed import Handed
from featureops.core.house import name_parts
from featureops.core.model import Span
from featureops.core.project import Constant
from featureops.core.scopes import Binding
from featureops.core.settled import Settled
from featureops.core.syntax import Node
from featureops.core.testing.setups import asked_name

__all__ = ["RunState"]


@dataclass(slots=True)
class RunState:
    """One run: which files are folded with which seeds, and what they say to each other."""

    seeds: dict[str, dict[Node, Known]] = field(default_factory=dict)
    reads: dict[str, list[Read]] = field(default_factory=dict)
    constants: dict[Node, Constant] = field(default_factory=dict)
    gates: dict[str, dict[Node, bool]] = field(default_factory=dict)
    doomed: dict[str, set[Node]] = field(default_factory=dict)
    held: dict[str, dict[Binding, Node]] = field(default_factory=dict)
    folded: dict[str, Folded] = field(default_factory=dict)
    outputs: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    settled: list[Settled] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    asked: dict[str, frozenset[Node]] = field(default_factory=dict)
    together: list[frozenset[str]] = field(default_factory=list)
    spread: dict[str, set[str]] = field(default_factory=dict)
    cuts: dict[str, list[Span]] = field(default_factory=dict)

    def take(self, other: RunState) -> None:
        """Add what was found in files of which nothing is known here."""
        self.seeds.update(other.seeds)
        self.reads.update(other.reads)
        self.constants.update(other.constants)
        self.gates.update(other.gates)
        self.doomed.update(other.doomed)
        self.held.update(other.held)
        self.asked.update(other.asked)

    def doom(self, path: str, parts: Iterable[Node]) -> bool:
        """Let parts of a file go; whether they are new."""
        doomed = self.doomed.setdefault(path, set())
        fresh = set(parts) - doomed
        doomed.update(fresh)
        if fresh:
            self.folded.pop(path, None)
        return bool(fresh)

    def cut(self, path: str, spans: Iterable[Span]) -> bool:
        """Let bytes of a file go; whether they are new."""
        known = self.cuts.setdefault(path, [])
        fresh = [span for span in spans if span not in known]
        known.extend(fresh)
        if fresh:
            self.doomed.setdefault(path, set())
            self.folded.pop(path, None)
        return bool(fresh)

    def asking(self) -> set[str]:
        """The files that ask for the flag: what is known in them, and what is opened, shut or taken out."""
        return {path for table in (self.seeds, self.gates, self.doomed) for path, found in table.items() if found}

    def asked_beside(
        self, flag: str, with_word: Callable[[str], Iterable[str]], is_in_code: Callable[[str], bool]
    ) -> set[str]:
        """The files that have the name of what was asked for a flag, and is for none any more."""
        reads = (read for found in self.reads.values() for read in found if read.flag == flag)
        names = {asked_name(read.call) for read in reads if read.call.shape == "call"} - {""}
        return {path for name in names if not is_in_code(name) for path in with_word(name)}

    def open_gate(self, path: str, node: Node, *, is_shown: bool) -> None:
        if node.shape == "markup-element":
            self.gates.setdefault(path, {})[node] = is_shown
        else:
            self.doom(path, [node])

    def dropped_names(self) -> set[str]:
        """Constants that go. Only a name of several words is sure to mean one where prose speaks of it."""
        doomed = {node for nodes in self.doomed.values() for node in nodes}
        gone = (constant.name for node, constant in self.constants.items() if node in doomed)
        return {name for name in gone if len(name_parts(name)) > 1}
