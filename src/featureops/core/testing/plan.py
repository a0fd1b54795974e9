"""What of the tests goes with a flag: set-ups to the value that is kept, and tests that exist for the other one.

To take a set-up away changes nothing once no code asks for the flag; to take a test away does. So a test goes only
where all that it says of the flag is the removed value, set once and for sure; whatever else is found stays, with a
reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from featureops.core.fold.unused import statement_of
from featureops.core.given import sole_name
from featureops.core.mentions import mentions_of
from featureops.core.model import Leftover, Span
from featureops.core.scopes import Names
from featureops.core.syntax import Node, SourceFile
from featureops.core.testing.catalogues import is_in_catalogue
from featureops.core.testing.cells import Column
from featureops.core.testing.lets import lets_for
from featureops.core.testing.rules import TestRules
from featureops.core.testing.setups import SetUp
from featureops.core.testing.tables import column_of
from featureops.core.testing.units import Unit, around, borrowers, removable, shared_name, tests_in, unit_at

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
    "together": "the value is given in several places, one of which stays",
    "named": "the name that holds the value has other uses in the tests",
    "rows": "the rows that are left all have the value that stays: take the column out by hand",
    "silent": "rows that say nothing of it were run with the removed value: see which still hold",
    "last": "nothing would be left of the tests here: they are for the removed value; take them away together",
}


@dataclass(frozen=True, slots=True)
class FilePlan:
    """`parts` are whole statements that go, `cuts` parts of some that stay; `removed` are the names of the tests among
    them; `left` says what stays and why. `spans` are the bytes that go, as (start, end), `pieces` those of texts that
    stay; `known` are expressions that always have one value now."""

    parts: frozenset[Node]
    cuts: frozenset[Node]
    removed: tuple[str, ...]
    left: tuple[Leftover, ...]
    spans: tuple[tuple[int, int], ...]
    pieces: tuple[Span, ...] = ()
    known: Mapping[Node, bool] = field(default_factory=dict)


@dataclass(slots=True)
class _Placed:
    """A set-up, the units around it, and why it stays ("" where it goes). `column` is the one of a table that it gets
    its value from, `lets` the set-ups that it does."""

    setup: SetUp
    units: list[Unit]
    why: str = ""
    column: Column | None = None
    column_stays: bool = False
    is_silent: bool = False
    lets: list[_Placed] = field(default_factory=list)

    @property
    def owner(self) -> Unit:
        return self.units[0]

    @property
    def at(self) -> Node:
        return self.setup.part


@dataclass(frozen=True, slots=True)
class _Taken:
    """What goes of a table, and what is known then."""

    parts: tuple[Node, ...]
    pieces: tuple[Span, ...]
    known: Mapping[Node, bool]


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
    names: Names


@dataclass(slots=True)
class _Dead:
    units: dict[Node, Unit] = field(default_factory=dict)

    def holds(self, node: Node) -> bool:
        return any(_holds(dead, node) for dead in self.units)


class _Plan:
    def __init__(self, said: Said, is_used_elsewhere: Callable[[str], bool], *, keep: bool) -> None:
        self.file = said.file
        self.rules = said.rules
        self.is_used_elsewhere = is_used_elsewhere
        self.keep = keep
        self.names = said.names
        self.placed = [_Placed(setup, _units(setup.at or setup.part, said.rules)) for setup in said.setups]
        self.spoken = tuple(node for node in said.spoken if not self._is_set_back(node))
        self._follow_names()
        self.tests = [unit.node for unit in tests_in(said.file.root, said.rules)]
        self.dead = _Dead()

    def run(self) -> FilePlan:
        self._find_dead()
        self._widen()
        self._spare_last()
        self._give_reasons()
        columns = [self._taken(placed) for placed in self.placed if not placed.why and not self.dead.holds(placed.at)]
        taken = [found for found in columns if found is not None]
        parts = self._parts() | {part for found in taken for part in found.parts}
        going = [part for part in parts if not any(outer in parts for outer in part.ancestors())]
        names = [test for node in self.dead.units for test in tests_in(node, self.rules)]
        removed = dict.fromkeys(test.name for test in sorted(names, key=lambda test: test.node.start))
        left = [self._leftover(placed) for placed in self.placed if placed.why]
        left += [self._leftover(placed, "rows") for placed in self.placed if placed.column_stays]
        left += [self._leftover(placed, "silent") for placed in self.placed if placed.is_silent]
        entries = {placed.setup.part for placed in self.placed} | {part for found in taken for part in found.parts}
        cuts = {part for part in parts if part in entries and not _is_whole(part)}
        return FilePlan(
            frozenset(parts - cuts),
            frozenset(cuts),
            tuple(removed),
            tuple(left),
            tuple((part.start, part.end) for part in going),
            tuple(piece for found in taken for piece in found.pieces),
            {use: value for found in taken for use, value in found.known.items()},
        )

    # -------------------------------------------------------------- names that hold the value

    def _is_set_back(self, read: Node) -> bool:
        """Whether a test asks only to set the flag back to what it was."""
        holder = next((outer for outer in read.ancestors() if outer.shape or len(outer.items) > 1), None)
        name = (holder.role("left") or holder.role("name")) if holder is not None else None
        binding = self.names.of.get(sole_name(name) or name) if name is not None and name is not read else None
        if holder is None or holder.shape not in ("assign", "declarator") or binding is None or not binding.uses:
            return False
        after = [placed.at for placed in self.placed if placed.owner.kind == "after"]
        return all(any(_holds(part, use) for part in after) for use in binding.uses)

    def _follow_names(self) -> None:
        """What set-ups give that is not written there: a cell of a table's rows, or a name that groups set."""
        givens = [placed.setup.given for placed in self.placed if placed.setup.given is not None]
        for placed in list(self.placed):
            setup = placed.setup
            column = column_of(setup.given, self.names) if setup.given is not None else None
            if column is not None:
                self._follow_column(placed, column)
                continue
            lets = lets_for(setup, self.names, self.rules, givens)
            known = {other.setup.part: other for other in self.placed}
            for each in lets.setups if lets is not None else ():
                let = known.get(each.part) or _Placed(each, _units(each.part, self.rules))
                let.why = "named" if lets is not None and lets.has_other_uses else let.why
                placed.lets.append(let)
            self.placed.extend(let for let in placed.lets if let.setup.part not in known)
        for placed in self.placed:
            if placed.setup.mute == "all":
                placed.lets = [other for other in self.placed if other.setup.mute == "once"]
            if placed.column is not None and not self._says_nothing_else(placed.column):
                placed.setup, placed.column = replace(placed.setup, value=None, why="open"), None

    def _follow_column(self, placed: _Placed, column: Column) -> None:
        values = {row.value if row.value is None else row.value is placed.setup.means for row in column.rows}
        if None not in values:
            is_sure = len(values) == 1 and not any(row.is_silent for row in column.rows)
            value = next(iter(values)) if is_sure else self.keep
            placed.setup = replace(placed.setup, value=value, why="")
            placed.units = [unit for unit in placed.units if unit.node is not column.at or unit.kind != "other"]
            placed.column = column

    def _taken(self, placed: _Placed) -> _Taken | None:
        """What goes of the table that a set-up gets its value from: the rows for the removed value, and the column."""
        column = placed.column
        if column is None:
            return None
        others = [row for row in column.rows if (row.value is placed.setup.means) is not self.keep]
        gone = [row for row in others if not row.is_silent]
        placed.is_silent = len(gone) < len(others)
        parts = [part for row in gone for part in (row.part, row.beside) if part is not None]
        if not column.can_go:
            placed.column_stays = True
            return _Taken(tuple(parts), (), {})
        kept = [row for row in column.rows if row not in gone]
        parts += [*column.head, *(cell for row in kept for cell in row.cells)]
        pieces = [*column.cuts, *(piece for row in kept for piece in row.cuts)]
        return _Taken(tuple(parts), tuple(pieces), dict.fromkeys(column.uses, self.keep is placed.setup.means))

    def _says_nothing_else(self, column: Column) -> bool:
        """Whether the column alone tells what the tests with the rows say of the flag."""
        inside = [other for other in self.placed if _holds(column.at, other.at) and other.owner.kind != "after"]
        alike = [other for other in inside if other.column is not None and other.column.rows == column.rows]
        return len(alike) == len(inside) and not any(_holds(column.at, other) for other in self.spoken)

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
            self.dead.units.update((call.node, call) for call in borrowers(unit.node, self.rules))

    def _speaks_only(self, node: Node) -> bool:
        """Whether all that a unit says of the flag is the removed value."""
        inside = [
            placed
            for placed in self.placed
            if _holds(node, placed.at) and placed.owner.kind != "after" and not placed.lets
        ]
        if any(_holds(node, other) for other in self.spoken):
            return False
        return all(placed.setup.value is (not self.keep) and _fixed(placed) is not None for placed in inside)

    def _is_named(self, node: Node) -> bool:
        """Whether a class may have others that are made of it, or tests that are written once are used elsewhere."""
        shared = shared_name(node, self.rules)
        label = node.role("name") if node.shape == "class" else None
        if label is None:
            return shared is not None and self.is_used_elsewhere(shared)
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

    def _give_reasons(self) -> None:
        for placed in self.placed:
            if not self.dead.holds(placed.at) and not placed.lets:
                placed.why = placed.why or self._reason(placed)
        for placed in self.placed:
            left = [let for let in placed.lets if not self.dead.holds(let.at)]
            if any(let.why for let in left):
                placed.why = "together"
                for let in left:
                    let.why = let.why or "together"

    def _reason(self, placed: _Placed) -> str:
        """Why a set-up stays whose test stays."""
        setup = placed.setup
        if placed.owner.kind == "after":
            return ""
        if setup.value is None:
            return setup.why or "open"
        if setup.why == "also":
            return setup.why
        if self._is_told(placed.owner):
            return "checked"
        beside = [other for other in self.placed if other.owner.node is placed.owner.node and not other.lets]
        values = {other.setup.value for other in beside}
        if len(values) > 1 and placed.owner.kind in ("test", "hook"):
            return "turns"
        if placed.owner.kind == "other" and is_in_catalogue(setup.part, setup.key):
            return ""
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
            if placed.why or placed.owner.kind not in ("hook", "after") or self.dead.holds(placed.setup.part):
                continue
            block = placed.setup.part.parent
            if block is not None and all(item in parts for item in block.items):
                parts.update(removable(placed.owner))
        return parts

    def _leftover(self, placed: _Placed, why: str = "") -> Leftover:
        start = placed.setup.key.start if not why or placed.setup.given is None else placed.setup.given.start
        text = "".join(mark for mark in self.file.line_text(start).strip() if mark.isprintable())[:_TEXT]
        kind = "test-argument" if why else "not-foldable"
        return Leftover(self.file.path, self.file.line_of(start), kind, text, _REASONS[why or placed.why])


def _is_whole(part: Node) -> bool:
    """Whether a part stands by itself: a statement, or a decorator."""
    return part.shape == "decorator" or (part.parent is not None and part.parent.shape == "block")


def _units(part: Node, rules: TestRules) -> list[Unit]:
    """The units around a set-up; what a decorator stands at is one of them."""
    units, outer, own = around(part, rules), part.parent, unit_at(part, rules)
    units = [own, *units] if own is not None and own.kind == "after" else units
    first = next(at for at, unit in enumerate(units) if unit.kind != "other")
    if units[first].kind == "after":
        return units[first:]
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
