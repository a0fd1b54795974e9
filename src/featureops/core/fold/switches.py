"""Folding of switches: a known subject leaves the statements of one case."""

from __future__ import annotations

from featureops.core.fold.branches import Branches
from featureops.core.fold.chains import Arm, always_leaves, statements
from featureops.core.fold.values import Const
from featureops.core.syntax import Node

__all__ = ["Switches"]

_LEAVES = frozenset({"return", "raise", "continue"})
_CATCHES_BREAK = frozenset({"for", "while", "switch", "function", "lambda", "class"})
_NEVER_BOOLEAN = frozenset({"string", "null"})


class Switches(Branches):
    """A switch stays, with its subject written out, where it can't be told which case runs and where it ends."""

    def _switch(self, node: Node) -> None:
        subject, body = node.role("value"), node.role("body") or node  # some grammars have no node around the cases
        if subject is None:
            return
        value = self.reduce(subject, "value")
        if isinstance(value, Const) and not value.effects and self._settle(node, body, value=value.value):
            return
        self.place(subject, value)
        first = node.role("initializer")
        if first is not None and first in self.gone:
            self.editor.delete(first.start, subject.start)
        for part in body.children:
            if part in self.hot and part is not subject:
                self.visit(part)
        self._drop_cases(body)

    def _drop_cases(self, body: Node) -> None:
        """Take out the cases for what can't come any more; one that another case runs into loses only its label."""
        before: Node | None = None
        cases = [item for item in body.items if item.shape == "case"]
        for case in cases:
            if case not in self.gone:
                before = case
                continue
            held = statements(case)
            runs_in = before is not None and not any(always_leaves(item) for item in statements(before))
            if held and before is not None and runs_in and not _ends_by_itself(before):
                self.gone.discard(case)
                self.editor.delete(case.file.line_start(case.start), case.file.line_start(held[0].start))
        self.blocks.remove(body, self.gone.intersection(cases))

    def _settle(self, node: Node, body: Node, *, value: bool) -> bool:
        cases = [item for item in body.items if item.shape == "case"]
        chosen = _chosen(cases, value=value)
        first = node.role("initializer")
        if chosen is None or (first is not None and first not in self.gone):
            return False
        if not chosen:
            self.gone.add(node)
            return True
        holder = chosen[0].role("body") or _only_block(chosen[0]) or chosen[0]
        if self._would_clash(node, body):
            return False
        # Where indentation makes blocks, a case ends with its block and a break is that of the loop around.
        is_alone = len(chosen) == 1 or _ends_by_itself(chosen[0])
        if node.file.pack.text.blocks != "indent" and not self._ends(holder, is_last=is_alone):
            return False
        if holder in self.hot:
            self.visit(holder)
        self._unwrap(node, Arm(chosen[0].start, chosen[0], None, holder))
        return True

    def _ends(self, holder: Node, *, is_last: bool) -> bool:
        """Whether control leaves the switch at the end of the case and nowhere else; the `break` there goes."""
        items = statements(holder)
        end = items[-1] if items else None
        if any(_breaks(item) for item in items if item is not end or item.shape != "break"):
            return False
        if end is not None and end.shape == "break":
            self.gone.add(end)
            return True
        return is_last or (end is not None and end.shape in _LEAVES)


def _chosen(cases: list[Node], *, value: bool) -> list[Node] | None:
    """The case that runs and those below it; empty when none does, None when that can't be told."""
    other: int | None = None
    for at, case in enumerate(cases):
        label = _label(case)
        if label is None:
            return None
        if label == "any":
            other = at
        elif label == ("true" if value else "false"):
            other = at
            break
    if other is None:
        return []
    while other + 1 < len(cases) and not statements(cases[other]) and not _ends_by_itself(cases[other]):
        other += 1
    return cases[other:]


def _label(case: Node) -> str | None:
    """What a case takes: "true", "false", "any" (all the rest), "never" (no boolean); None for the unknown."""
    label = case.role("value")
    if case.role("guard") is not None:
        return None
    if label is None:
        return "any"
    if label.shape == "binder":  # a pattern around a value; one that neither compares nor names takes anything
        if not label.items:
            return "any"
        label = label.items[0]
    if label.shape in ("true", "false"):
        return label.shape
    return "never" if label.shape in _NEVER_BOOLEAN else None


def _ends_by_itself(case: Node) -> bool:
    """Whether the next case only runs where a word says so, and none does."""
    word = case.file.pack.text.fall_through
    return bool(word) and not any(part.text == word for part in statements(case)[-1:])


def _only_block(case: Node) -> Node | None:
    items = statements(case)
    return items[0] if len(items) == 1 and items[0].shape == "block" else None


def _breaks(node: Node) -> bool:
    """Whether a `break` inside would end the switch."""
    if node.shape == "break":
        return True
    if node.shape in _CATCHES_BREAK:
        return False
    return any(_breaks(child) for child in node.items)
