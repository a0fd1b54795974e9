"""Folding of switches: a known subject leaves the statements of one case."""

from __future__ import annotations

from featureops.core.fold.chains import Arm, is_fall, statements
from featureops.core.fold.leaving import always_leaves, ends_early, is_closed
from featureops.core.fold.literals import Fact, labels_of, literal, matches
from featureops.core.fold.runs import Runs, ends_switch, only_block, run_of
from featureops.core.fold.values import KEEP, Const, Context, Known, Value
from featureops.core.syntax import Node

__all__ = ["Switches"]

_LEAVES = frozenset({"return", "raise", "continue"})
_VALUES = frozenset({"and", "await", "call", "conditional", "list", "member", "not", "object", "string"})


class Switches(Runs):
    """A switch stays, with its subject written out, where it can't be told which case runs and where it ends."""

    def _switch(self, node: Node) -> None:
        subject, body = node.role("value"), node.role("body") or node  # some grammars have no node around the cases
        if subject is None:
            return
        value = self.reduce(subject, "value")
        if isinstance(value, Const) and not value.effects and self._settle(node, _chosen(_cases(body), value.value)):
            return
        if literal(subject) is not True or not self._conditions_of(node, _cases(body)):
            self._keep_switch(node, subject, body)

    def _conditions_of(self, node: Node, cases: list[Node]) -> bool:
        """A switch over what is true: each case is a condition. Whether one that now always holds stands for all."""
        word = node.file.pack.text.otherwise_case
        for at, case in enumerate(cases if word else ()):
            labels, is_first = case.roles("value"), all(before in self.gone for before in cases[:at])
            if case.role("guard") is not None or len(labels) != 1:
                return not labels and is_first and at + 1 == len(cases) and self._settle(node, cases[at:])
            value = self.reduce(labels[0], "value")
            if not isinstance(value, Const) or value.effects or not isinstance(value.value, bool):
                continue
            if not value.holds:
                self.gone.add(case)
                continue
            if is_first and self._settle(node, cases[at:]):
                return True
            if self._leaves_switch(case):
                self.gone.update(cases[at + 1 :])
                self.editor.replace(case.start, labels[0].end, word)
                self.otherwise.add(case)
            return False
        return False

    def _leaves_switch(self, case: Node) -> bool:
        """Whether control never runs from a case into the next."""
        items = statements(case)
        return bool(items) and (always_leaves(items[-1]) or items[-1].shape == "break")

    def _drop_cases(self, body: Node) -> None:
        """Take out the cases for what can't come any more; one that another case runs into loses only its label."""
        before: Node | None = None
        cases = [item for item in body.items if item.shape == "case"]
        for case in cases:
            if case not in self.gone:
                before = case
                continue
            held = statements(case)
            runs_in = before is not None and _runs_on(before)
            if held and before is not None and runs_in and not is_closed(before):
                self.gone.discard(case)
                self.editor.delete(case.file.line_start(case.start), case.file.line_start(held[0].start))
        self.blocks.remove(body, self.gone.intersection(cases))

    def _reduce(self, node: Node, context: Context) -> Value:
        """A switch whose value is used: the one expression of the case that is known to run."""
        subject, body = node.role("value"), node.role("body") or node
        if node.shape != "switch" or subject is None:
            return super()._reduce(node, context)
        value = self.reduce(subject, "value")
        chosen = _chosen(_cases(body), value.value) if isinstance(value, Const) and not value.effects else None
        items = statements(chosen[0]) if chosen and is_closed(chosen[0]) else []
        only = _expression(items[0]) if len(items) == 1 else None
        if only is not None and node.role("initializer") is None:
            return self._part(only, context)
        self._keep_switch(node, subject, body)
        return KEEP

    def _keep_switch(self, node: Node, subject: Node, body: Node) -> None:
        self._place_subject(subject)
        first = node.role("initializer")
        if first is not None and first in self.gone:
            self.editor.delete(first.start, subject.start)
        for part in body.children:
            if part is not subject and part in self.hot:
                if part.shape == "case":
                    self._guarded(part)
                self.visit(part)
        takes_all = (at for at, case in enumerate(_cases(body)) if self._now_takes_all(case))
        self.gone.update(_cases(body)[next(takes_all, len(body.items)) + 1 :])
        self._drop_cases(body)

    def _now_takes_all(self, case: Node) -> bool:
        """Whether a case takes everything since its guard always holds."""
        guard = case.role("guard")
        if guard is None or guard not in self.hot or self._guard(case) is not True:
            return False
        labels = case.roles("value")
        return labels_of(labels) == [] or any(map(_names_anything, labels))

    def _settle(self, node: Node, chosen: list[Node] | None) -> bool:
        """Let the first of some cases, or none, stand for the whole."""
        first, body = node.role("initializer"), node.role("body") or node
        if chosen is None or (first is not None and first not in self.gone):
            return False
        if not chosen:
            self.gone.add(node)
            return True
        holder = chosen[0].role("body") or only_block(chosen[0]) or chosen[0]
        if self._would_clash(node, body):
            return False
        run = run_of(chosen)
        if len(run) > 1:
            return self._settle_run(node, run)
        # Where indentation makes blocks, a case ends with its block and a break is that of the loop around.
        is_last = len(chosen) == 1 or is_closed(chosen[0])
        if any(map(is_fall, chosen[0].walk())):
            return False
        may_break = node.file.pack.text.blocks != "indent"
        is_ended = not may_break or self._ends(node, holder, is_last=is_last)
        if holder in self.hot:
            self.visit(holder)
            self.visited.add(holder)
        if not is_ended and not self._now_ends(node, holder, is_last=is_last):
            return False
        self._unwrap(node, Arm(chosen[0].start, chosen[0], None, holder))
        return True

    def _ends(self, switch: Node, holder: Node, *, is_last: bool) -> bool:
        """Whether control leaves the switch at the end of the case and nowhere else; the `break` there goes."""
        items = statements(holder)
        end = items[-1] if items else None
        if ends_early(switch, [item for item in items if item is not end or not ends_switch(item)], self._standing):
            return False
        if end is not None and ends_switch(end):
            self.gone.add(end)
            return True
        return is_last or (end is not None and end.shape in _LEAVES)

    def _now_ends(self, switch: Node, holder: Node, *, is_last: bool) -> bool:
        """The same, after folding."""
        items = statements(holder)
        return not ends_early(switch, items, self._standing) and (is_last or any(map(self._now_leaves, items)))


def _names_anything(label: Node) -> bool:
    """Whether a label is nothing but a name for whatever comes."""
    index = label.file.pack.index
    inner = label.items[0] if label.type in index.alternatives and len(label.items) == 1 else label
    return inner.type in index.naming_patterns and len(inner.items) == 1


def _runs_on(case: Node) -> bool:
    """Whether control may go on behind the last statement of a case."""
    return any(map(is_fall, case.children[-1:])) or not any(always_leaves(item) for item in statements(case))


def _expression(statement: Node) -> Node | None:
    """The expression that a statement is."""
    if statement.shape == "expression":
        return statement.role("operand")
    return statement if statement.type in statement.file.pack.index.pure or statement.shape in _VALUES else None


def _chosen(cases: list[Node], value: Known) -> list[Node] | None:
    """The case that runs and those below it; empty when none does, None when that can't be told."""
    if not cases:
        return None
    other: int | None = None
    for at, case in enumerate(cases):
        labels = _labels(case)
        if labels is None:
            return None
        found = [matches(label, value) for label in labels]
        if not labels:
            other = at
        elif any(found):
            other = at
            break
        elif None in found:
            return None
    if other is None:
        return []
    while other + 1 < len(cases) and not statements(cases[other]) and not is_closed(cases[other]):
        other += 1
    return cases[other:]


def _cases(body: Node) -> list[Node]:
    return [item for item in body.items if item.shape == "case"]


def _labels(case: Node) -> list[Fact] | None:
    """What a case takes: the values of its literals, nothing listed for all the rest; None where that can't be told."""
    if case.role("guard") is not None:
        return None
    return labels_of(case.roles("value"))
