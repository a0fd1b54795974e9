"""What of the tests goes with a flag: set-ups to the value that is kept, and tests that exist for the other one.

To take a set-up away changes nothing once no code asks for the flag; to take a test away does. So a test goes only
where all that it says of the flag is the removed value, set once and for sure; whatever else is found stays, with a
reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from featureops.core.fold.unused import statement_of
from featureops.core.mentions import mentions_of
from featureops.core.model import Leftover
from featureops.core.syntax import Node, SourceFile
from featureops.core.testing.rules import TestRules
from featureops.core.testing.setups import SetUp
from featureops.core.testing.units import Unit, around, removable, tests_in, unit_at

__all__ = ["FilePlan", "Said", "plan_file"]

_TEXT = 160
_REASONS = {
    "turns": "the test sets the flag on and off in turn: keep what holds for the value that stays",
    "open": "the test sets the flag to a value that is not written there",
    "checked": "the test checks that the flag is asked for, which nothing does any more",
    "also": "the set-up answers for other flags as well",
    "shared": "the set-up is for the removed value, and tests under it set no other: see which still hold",
    "helper": "a function or branch of the tests sets the flag: what calls it can't be told",
    "repeated": "the test is for the removed value, but it is made by other code",
    "last": "nothing would be left of the tests here: they are for the removed value; take them away together",
}


@dataclass(frozen=True, slots=True)
class FilePlan:
    """`parts` are whole statements that go, `cuts` parts of some that stay; `removed` are the names of the tests among
    them; `left` says what stays and why. `spans` are the bytes that go, as (start, end)."""

    parts: frozenset[Node]
    cuts: frozenset[Node]
    removed: tuple[str, ...]
    left: tuple[Leftover, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Placed:
    """A set-up, the units around it, and why it stays ("" where it goes)."""

    setup: SetUp
    units: list[Unit]
    why: str = ""

    @property
    def owner(self) -> Unit:
        return self.units[0]


def plan_file(setting: Said, is_used_elsewhere: Callable[[str], bool], *, keep: bool) -> FilePlan:
    """What goes of a file. `is_used_elsewhere` tells whether another file has a name."""
    return _Plan(setting, is_used_elsewhere, keep=keep).run()


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says of the flag: its set-ups, and the other places that are `spoken` of it."""

    file: SourceFile
    rules: TestRules
    setups: tuple[SetUp, ...]
    spoken: tuple[Node, ...]


@dataclass(slots=True)
class _Dead:
    units: dict[Node, Unit] = field(default_factory=dict)

    def holds(self, node: Node) -> bool:
        return any(_holds(dead, node) for dead in self.units)


class _Plan:
    def __init__(self, said: Said, is_used_elsewhere: Callable[[str], bool], *, keep: bool) -> None:
        self.file = said.file
        self.rules = said.rules
        self.spoken = said.spoken
        self.is_used_elsewhere = is_used_elsewhere
        self.keep = keep
        self.placed = [_Placed(setup, _units(setup.at or setup.part, said.rules)) for setup in said.setups]
        self.tests = [unit.node for unit in tests_in(said.file.root, said.rules)]
        self.dead = _Dead()

    def run(self) -> FilePlan:
        self._find_dead()
        self._widen()
        self._spare_last()
        for placed in self.placed:
            if not self.dead.holds(placed.setup.part):
                placed.why = placed.why or self._reason(placed)
        parts = self._parts()
        going = [part for part in parts if not any(outer in parts for outer in part.ancestors())]
        names = [test for node in self.dead.units for test in tests_in(node, self.rules)]
        removed = dict.fromkeys(test.name for test in sorted(names, key=lambda test: test.node.start))
        left = [self._leftover(placed) for placed in self.placed if placed.why]
        whole = {placed.setup.part for placed in self.placed if placed.setup.is_whole}
        cuts = {part for part in parts if any(placed.setup.part is part for placed in self.placed)} - whole
        return FilePlan(
            frozenset(parts - cuts),
            frozenset(cuts),
            tuple(removed),
            tuple(left),
            tuple((part.start, part.end) for part in going),
        )

    # -------------------------------------------------------------- tests that go

    def _find_dead(self) -> None:
        for placed in self.placed:
            if placed.setup.value is not (not self.keep):
                continue
            unit = _fixed(placed)
            if unit is None or unit.node is self.file.root or unit.node in self.dead.units:
                continue
            if not self._speaks_only(unit.node) or self._is_named(unit.node):
                continue
            if any(outer.kind == "other" for outer in around(unit.node, self.rules)):
                placed.why = "repeated"
                continue
            self.dead.units[unit.node] = unit

    def _speaks_only(self, node: Node) -> bool:
        """Whether all that a unit says of the flag is the removed value."""
        inside = [placed for placed in self.placed if _holds(node, placed.setup.part)]
        if any(_holds(node, other) for other in self.spoken):
            return False
        return all(placed.setup.value is (not self.keep) and _fixed(placed) is not None for placed in inside)

    def _is_named(self, node: Node) -> bool:
        """Whether a class may have others that are made of it."""
        label = node.role("name") if node.shape == "class" else None
        if label is None:
            return False
        others = (mention for mention in mentions_of(self.file, label.text) if not _holds(node, mention))
        return any(others) or self.is_used_elsewhere(label.text)

    def _widen(self) -> None:
        """A group that loses all of its tests goes as well."""
        for unit in list(self.dead.units.values()):
            for outer in around(unit.node, self.rules)[:-1]:
                if outer.kind == "other" or self._alive(outer.node):
                    break
                if outer.kind == "test" or not self._only_tests(outer.node) or self._is_named(outer.node):
                    self._spare(outer.node)
                    break
                self.dead.units[outer.node] = outer

    def _alive(self, node: Node) -> bool:
        return any(_holds(node, test) and test is not node and not self.dead.holds(test) for test in self.tests)

    def _only_tests(self, node: Node) -> bool:
        """Whether a group holds nothing that others might use: its functions are tests and what runs before them."""
        for part in node.walk():
            unit = unit_at(part, self.rules) if part.shape == "function" and part.role("name") is not None else None
            if unit is not None and unit.kind == "other" and not self.dead.holds(part):
                return False
        return not any(_holds(node, other) for other in self.spoken)

    def _spare_last(self) -> None:
        if self.dead.units and not self._alive(self.file.root):
            self._spare(self.file.root)

    def _spare(self, node: Node) -> None:
        """What is in the node stays: a person says what becomes of the whole."""
        for placed in self.placed:
            if _holds(node, placed.setup.part) and self.dead.holds(placed.setup.part):
                placed.why = "last"
        for inner in [inner for inner in self.dead.units if _holds(node, inner)]:
            del self.dead.units[inner]

    # -------------------------------------------------------------- set-ups that go

    def _reason(self, placed: _Placed) -> str:
        """Why a set-up stays whose test stays."""
        setup = placed.setup
        if setup.value is None:
            return setup.why or "open"
        if setup.why == "also":
            return setup.why
        if self._is_told(placed.owner):
            return "checked"
        values = {other.setup.value for other in self.placed if other.owner.node is placed.owner.node}
        if len(values) > 1 and placed.owner.kind in ("test", "hook"):
            return "turns"
        if (
            placed.owner.kind == "other"
            and not (setup.at and setup.value is self.keep)
            and (placed.owner.node.shape != "call" or setup.value is not self.keep)
        ):
            return "helper"
        if setup.value is self.keep:
            return ""
        return "" if self._is_overruled(placed) else "shared" if placed.owner.kind != "test" else "turns"

    def _is_told(self, unit: Unit) -> bool:
        return unit.kind == "test" and any(_holds(unit.node, other) for other in self.spoken)

    def _is_overruled(self, placed: _Placed) -> bool:
        """Whether every test that is left under a shared set-up sets the flag to the kept value by itself."""
        group = _fixed(placed)
        if group is None or group.kind != "group":
            return False
        own = [other for other in self.placed if other.setup.value is self.keep and _fixed(other) is not None]
        fixed = [unit.node for other in own if (unit := _fixed(other)) is not None and unit.node is not group.node]
        left = [test for test in self.tests if _holds(group.node, test) and not self.dead.holds(test)]
        return bool(left) and all(any(_holds(node, test) for node in fixed) for test in left)

    def _parts(self) -> set[Node]:
        parts = {part for unit in self.dead.units.values() for part in removable(unit)}
        parts.update(
            placed.setup.part for placed in self.placed if not placed.why and not self.dead.holds(placed.setup.part)
        )
        for placed in self.placed:
            if placed.why or placed.owner.kind != "hook" or self.dead.holds(placed.setup.part):
                continue
            block = placed.setup.part.parent
            if block is not None and all(item in parts for item in block.items):
                parts.update(removable(placed.owner))
        return parts

    def _leftover(self, placed: _Placed) -> Leftover:
        start = placed.setup.key.start
        text = "".join(mark for mark in self.file.line_text(start).strip() if mark.isprintable())[:_TEXT]
        return Leftover(self.file.path, self.file.line_of(start), "not-foldable", text, _REASONS[placed.why])


def _units(part: Node, rules: TestRules) -> list[Unit]:
    """The units around a set-up; what a decorator stands at is one of them."""
    units = around(part, rules)
    outer = part.parent
    if part.shape != "decorator" or outer is None or outer.shape != "decorated":
        return units
    held = next((unit for item in outer.items if (unit := unit_at(item, rules)) is not None), None)
    return [held, *units] if held is not None else units


def _fixed(placed: _Placed) -> Unit | None:
    """The test or group for which a set-up holds for sure."""
    owner = placed.owner
    if owner.kind in ("test", "group"):
        return owner
    if owner.kind == "hook":
        return next((unit for unit in placed.units[1:2] if unit.kind == "group"), None)
    return None


def _holds(unit: Node, inner: Node) -> bool:
    """Whether a node is in a unit, its decorators included."""
    outer = statement_of(unit)
    return outer.start <= inner.start and inner.end <= outer.end
