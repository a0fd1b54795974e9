"""Folding of a choice among cases: those with conditions of their own, and those on a value that is known now."""

from __future__ import annotations

from featureops.core.fold.branches import Branches
from featureops.core.fold.chains import Arm
from featureops.core.fold.expressions import only_expression
from featureops.core.fold.literals import literal, matches
from featureops.core.fold.switches import labels_of
from featureops.core.fold.values import KEEP, Const, Context, Value, is_pure
from featureops.core.syntax import Node

__all__ = ["Choices", "has_conditions"]

_CONDITION: Context = "boolean"
_VALUE: Context = "value"


class Choices(Branches):
    """A case without a condition is what is left for all others."""

    def _reduce(self, node: Node, context: Context) -> Value:
        if node.shape != "switch" or not _cases(node):
            return super()._reduce(node, context)
        body = self._settled(node)
        if body is None:
            return self._partly(node)
        chosen = only_expression(body)
        return self._part(chosen, context) if chosen is not None else KEEP

    def _call(self, node: Node) -> Value:
        """A call that tells whether everything, or anything, in a list is true, folds as a chain of operands would."""
        callee, arguments, index = node.role("function"), node.role("arguments"), node.file.pack.index
        name = callee.text if callee is not None else ""
        listed = arguments.items[0] if arguments is not None and len(arguments.items) == 1 else None
        if listed is None or listed.shape != "list" or name not in index.all_of | index.any_of:
            return super()._call(node)
        absorbing = name in index.any_of
        values = {item: self.reduce(item, "boolean") for item in listed.items}
        known = {item: value.holds for item, value in values.items() if isinstance(value, Const) and not value.effects}
        if absorbing in known.values() and all(item in known or is_pure(item, self.is_known) for item in values):
            return Const(absorbing)
        if len(known) == len(values):
            return Const(not absorbing)
        for item, value in values.items():
            if known.get(item) is (not absorbing):
                self.gone.add(item)
            else:
                self.place(item, value)
        self.blocks.remove_items(listed, self.gone)
        return KEEP

    def _choose(self, node: Node) -> None:
        """A choice that stands as a statement."""
        body = self._settled(node) if _cases(node) else None
        if body is None:
            self.place(node, self.reduce(node, "value"))
            return
        if body in self.hot:
            self.visit(body)
        self._unwrap(node, Arm(node.start, node, None, body))

    def _settled(self, node: Node) -> Node | None:
        """The body of the first case that is taken for sure; None where that depends on something else."""
        for case in _cases(node):
            taken = self._is_taken(node, case)
            if taken is None:
                return None
            if taken:
                return case.role("body")
        return None

    def _is_taken(self, node: Node, case: Node) -> bool | None:
        conditions, subject = case.roles("condition"), node.role("value")
        if not conditions:
            return True
        if subject is None:
            values = [self.reduce(condition, "boolean") for condition in conditions]
            known = [value.holds for value in values if isinstance(value, Const) and not value.effects]
        else:
            value = self._fact(subject)
            if value is None or literal(subject) is not None:
                return None
            labels = labels_of(conditions)
            if case.role("guard") is not None or labels is None:
                return None
            if not labels:
                return True
            found = [matches(label, value) for label in labels]
            if any(found):
                return True
            return None if None in found else False
        if any(known):
            return True
        return False if len(known) == len(conditions) else None

    def _partly(self, node: Node) -> Value:
        """Drop the cases that are never taken; one that always is becomes the last."""
        last, context = False, _CONDITION if node.role("value") is None else _VALUE
        for case in _cases(node):
            taken = self._is_taken(node, case) if node.role("value") is None else None
            if last or taken is False:
                self.gone.add(case)
                continue
            conditions = case.roles("condition")
            if taken and conditions:
                word = node.file.pack.text.else_word
                self.editor.replace(conditions[0].start, conditions[-1].end, word)
                last = True
            for child in case.children:
                if child in conditions and not taken:
                    self.place(child, self.reduce(child, context))
                elif child in self.hot and child not in conditions:
                    self.visit(child)
        self.blocks.remove(node, self.gone)
        subject = node.role("value")
        if subject is not None and subject in self.hot:
            self._place_subject(subject)
        return KEEP


def has_conditions(node: Node) -> bool:
    """Whether a choice is one of these."""
    return bool(_cases(node))


def _cases(node: Node) -> list[Node]:
    cases = [item for item in (node.role("body") or node).items if item.shape == "case"]
    return [item for item in cases if item.rule is not None and "condition" in item.rule.roles]
