"""Folding of a choice among cases: those with conditions of their own, and those on a value that is known now."""

from __future__ import annotations

from featureops.core.fold.branches import Branches
from featureops.core.fold.chains import Arm
from featureops.core.fold.expressions import only_expression
from featureops.core.fold.literals import labels_of, listed, literal, matches
from featureops.core.fold.values import KEEP, Becomes, Const, Context, Value, is_boolean, is_pure
from featureops.core.syntax import Node

__all__ = ["Choices", "has_conditions"]

_CONDITION: Context = "boolean"
_VALUE: Context = "value"
_TIGHT = frozenset({"call", "member", "index", "paren", ""})


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
        if _asks(subject):
            return self._holds(conditions, _CONDITION if subject is None else _VALUE)
        holds = self._guard(case)
        if holds is False:
            return False
        value = self._fact(subject) if subject is not None and literal(subject) is None else None
        labels = labels_of(conditions)
        if value is None or labels is None or holds is None:
            return None
        found = [matches(label, value) for label in labels]
        if not labels or any(found):
            return True
        return None if None in found else False

    def _holds(self, conditions: list[Node], context: Context) -> bool | None:
        """Whether one of the conditions of a case holds for sure, or none; those before it do nothing."""
        is_open = False
        for condition in (part for each in conditions for part in listed(each)):
            value = self.reduce(condition, context)
            if not isinstance(value, Const) or value.effects or not isinstance(value.value, bool):
                if not is_pure(condition, self.is_known):
                    return None
                is_open = True
            elif value.holds:
                return True
        return None if is_open else False

    def _partly(self, node: Node) -> Value:
        """Drop the cases that are never taken; one that always is becomes the last."""
        subject = node.role("value")
        last, context = False, _CONDITION if subject is None else _VALUE
        if subject is not None and subject in self.hot:
            self._place_subject(subject)
        for case in _cases(node):
            if case in self.gone:
                continue
            taken = self._is_taken(node, case) if _asks(subject) else self._guard(case) and None
            if last or taken is False:
                self.gone.add(case)
                continue
            conditions = case.roles("condition")
            if taken and conditions:
                self._make_last(case, conditions)
                last = True
            if case.role("body") is case:
                self.visit(case)
                continue
            for child in case.children:
                if child is case.role("guard"):
                    self._guarded(case)
                elif child in conditions and not taken:
                    self._conditions_left(child, context)
                elif child in self.hot and child not in conditions:
                    self.visit(child)
        holder = node.role("body") or node
        is_list = any(child.text == "," for child in holder.children)
        (self.blocks.remove_items if is_list else self.blocks.remove)(holder, self.gone)
        return KEEP

    def _conditions_left(self, node: Node, context: Context) -> None:
        """What is left of a condition, or of several in a row: those that never hold go."""
        parts = listed(node)
        if parts == [node]:
            self._place_condition(node, self.reduce(node, context), context)
            return
        for part in parts:
            value = self.reduce(part, context)
            if isinstance(value, Const) and value.value is False and not value.effects and len(parts) > 1:
                self.gone.add(part)
            else:
                self._place_condition(part, value, context)
        self.blocks.remove_items(node, self.gone)

    def _place_condition(self, node: Node, value: Value, context: Context) -> None:
        """A part of what gave true or false is compared as such: it has to give one of them too."""
        self.place(node, value)
        text = node.file.pack.text
        if isinstance(value, Becomes) and context == "value" and text.boolean_logic and not is_boolean(value.node):
            opening, closing = ("", "") if value.node.shape in _TIGHT else ("(", ")")
            self.editor.insert(node.start, (text.negation.format(text.negation.format("")) + opening).encode())
            self.editor.insert(node.end, closing.encode())

    def _make_last(self, case: Node, conditions: list[Node]) -> None:
        """Let a case take all that comes to it."""
        text, body = case.file.pack.text, case.role("body")
        self.otherwise.add(case)
        # Where a word leads in conditions, another leads in their body.
        leads = body.children[0] if body is not None and body.children and case.start < conditions[0].start else None
        is_word = leads is not None and not leads.named and leads.text.isalpha()
        self.editor.replace(case.start, conditions[-1].end, text.otherwise_case or text.else_word)
        if leads is not None and is_word:
            self.editor.delete(conditions[-1].end, leads.end)


def has_conditions(node: Node) -> bool:
    """Whether a choice is one of these."""
    return bool(_cases(node))


def _asks(subject: Node | None) -> bool:
    """Whether each case is a condition of its own: nothing is compared, or what is true."""
    return subject is None or literal(subject) is True


def _cases(node: Node) -> list[Node]:
    cases = [item for item in (node.role("body") or node).items if item.shape == "case"]
    return [item for item in cases if item.rule is not None and "condition" in item.rule.roles]
