"""What a pass did in a function, done again without a look by later passes that know no more of what is in it.

A file is passed over until nothing more follows, and each time little is new: a variable goes in one function, a field
in another place. What folding does in a function depends on nothing outside of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from featureops.core.fold.editor import Editor, Strokes
from featureops.core.fold.values import Context, Known, Value
from featureops.core.syntax import Node

__all__ = ["Notes", "Repeats"]

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Notes:
    """What a pass writes down: sets of nodes, and what it found out about some."""

    sets: tuple[set[Node], ...]
    leaves: dict[Node, bool]
    stands_for: dict[Node, list[Node]]
    reduced: dict[Node, tuple[Context, Value]]

    def copy(self) -> Notes:
        return Notes(tuple(map(set, self.sets)), dict(self.leaves), dict(self.stands_for), dict(self.reduced))

    def since(self, before: Notes) -> Notes:
        """What is in these notes and was not in those."""
        sets = tuple(now - old for now, old in zip(self.sets, before.sets, strict=True))
        stands_for, reduced = _since(self.stands_for, before.stands_for), _since(self.reduced, before.reduced)
        return Notes(sets, _since(self.leaves, before.leaves), stands_for, reduced)

    def add(self, other: Notes) -> None:
        for own, fresh in zip(self.sets, other.sets, strict=True):
            own.update(fresh)
        self.leaves.update(other.leaves)
        self.stands_for.update(other.stands_for)
        self.reduced.update(other.reduced)


def _since(now: dict[Node, _Item], before: dict[Node, _Item]) -> dict[Node, _Item]:
    return {node: item for node, item in now.items() if node not in before or before[node] is not item}


@dataclass(frozen=True, slots=True)
class _Inside:
    """What is known in a function: values, and the parts that matter with how they do."""

    values: tuple[tuple[Node, Known], ...]
    parts: frozenset[tuple[str, Node]]

    def same(self, other: _Inside) -> bool:
        if self.parts != other.parts or len(self.values) != len(other.values):
            return False
        pairs = zip(self.values, other.values, strict=True)
        return all(node is known and value is same for (node, value), (known, same) in pairs)


@dataclass(frozen=True, slots=True)
class _Done:
    inside: _Inside
    strokes: Strokes
    notes: Notes
    gone: frozenset[Node]


class Repeats:
    """Kept from pass to pass. Functions in functions are a part of those."""

    def __init__(self) -> None:
        self._around: dict[Node, Node | None] = {}
        self._inside: Mapping[Node, _Inside] = {}
        self._done: dict[Node, _Done] = {}

    def begin(self, seeds: Mapping[Node, Known], parts: Mapping[str, Iterable[Node]]) -> None:
        """A new pass, which knows this."""
        values: dict[Node, list[tuple[Node, Known]]] = {}
        told: dict[Node, set[tuple[str, Node]]] = {}
        for node, value in seeds.items():
            if (function := self._outermost(node)) is not None:
                values.setdefault(function, []).append((node, value))
        for kind, nodes in parts.items():
            for node in nodes:
                if (function := self._outermost(node)) is not None:
                    told.setdefault(function, set()).add((kind, node))
        self._inside = {
            function: _Inside(tuple(values.get(function, ())), frozenset(told.get(function, ())))
            for function in (*values, *told)
        }

    def _outermost(self, node: Node) -> Node | None:
        if node not in self._around:
            functions = [outer for outer in node.ancestors() if outer.shape == "function"]
            self._around[node] = functions[-1] if functions else None
        return self._around[node]

    def visit(self, function: Node, work: Callable[[Node], None], editor: Editor, notes: Notes) -> None:
        """Do the work on a function, or what it came to before."""
        inside, done = self._inside.get(function), self._done.get(function)
        if inside is None:
            work(function)
            return
        if done is not None and done.inside.same(inside):
            editor.repeat(done.strokes)
            notes.add(done.notes)
            notes.sets[0].difference_update(done.gone)
            return
        start, before = editor.mark(), notes.copy()
        work(function)
        taken = frozenset(before.sets[0] - notes.sets[0])
        self._done[function] = _Done(inside, editor.since(start), notes.since(before), taken)
