"""Folding of a choice among patterns, whose arms may have conditions of their own."""

from __future__ import annotations

from featureops.core.fold.branches import Branches
from featureops.core.fold.chains import Arm
from featureops.core.fold.literals import labels_of, matches
from featureops.core.fold.values import KEEP, Const, Context, Known, Value
from featureops.core.syntax import Node

__all__ = ["Arms", "has_arms"]


class Arms(Branches):
    """An arm whose condition never holds goes, a condition that always holds leaves only the pattern."""

    def _reduce(self, node: Node, context: Context) -> Value:
        if node.shape != "switch" or not has_arms(node):
            return super()._reduce(node, context)
        chosen = self._chosen(node)
        if chosen is None:
            return self._keep_arms(node)
        parts = chosen.items if chosen.shape == "block" else [chosen]
        if len(parts) == 1 and parts[0].shape not in ("expression", "declarator"):
            return self._part(parts[0], context)
        is_value = chosen.type in chosen.file.pack.index.value_blocks
        return self._part(chosen, context) if is_value else self._keep_arms(node)

    def _match(self, node: Node) -> None:
        """A choice that stands as a statement."""
        chosen = self._chosen(node)
        if chosen is None:
            self._keep_arms(node)
            return
        if chosen.shape == "block":
            if chosen in self.hot:
                self.visit(chosen)
            self._unwrap(node, Arm(node.start, node, None, chosen))
            return
        self.place(node, self._part(chosen, "value"))
        block = node.parent
        is_last = block is not None and block.type in block.file.pack.index.implicit_returns and block.items[-1] is node
        if not is_last and not node.text.endswith(";"):
            self.editor.insert(node.end, self._statement_tail(node).encode())

    def _chosen(self, node: Node) -> Node | None:
        """What the arm gives that is taken for sure; None where that depends on something else."""
        subject = node.role("value")
        known = self.reduce(subject, "value") if subject is not None and subject in self.hot else KEEP
        if not isinstance(known, Const) or known.effects:
            return None
        for arm in _arms(node):
            takes, guard = _takes(arm, known.value), self._guard(arm)
            if takes is None or (takes and guard is None):
                return None
            if takes and guard:
                return arm.role("value")
        return None

    def _keep_arms(self, node: Node) -> Value:
        body, subject = node.role("body"), node.role("value")
        if subject is not None and subject in self.hot:
            self._place_subject(subject)
        for arm in _arms(node):
            if arm not in self.hot or arm in self.gone:
                continue
            holds, guard, pattern = self._guard(arm), arm.role("guard"), arm.role("pattern")
            if guard is not None and holds is False:
                self.gone.add(arm)
                continue
            if guard is not None and holds and pattern is not None:
                self.editor.delete(pattern.items[0].end, guard.end)
            elif guard is not None and guard in self.hot:
                self.place(guard, self.reduce(guard, "boolean"))
            given = arm.role("value")
            if given is not None and given in self.hot:
                self.visit(given)
        if body is not None:
            self.blocks.remove(body, self.gone)
        return KEEP


def has_arms(node: Node) -> bool:
    """Whether a choice is one of these."""
    return bool(_arms(node))


def _arms(node: Node) -> list[Node]:
    body = node.role("body")
    return [item for item in body.items if item.shape == "arm"] if body is not None else []


def _takes(arm: Node, value: Known) -> bool | None:
    """Whether the pattern of an arm takes a value; None where it gives it a name or compares with something else."""
    pattern, guard = arm.role("pattern"), arm.role("guard")
    if pattern is None:
        return None
    parts = [item for item in pattern.items if item is not guard]
    if not parts:  # the pattern that takes anything is a sign and no node of its own
        return True
    labels = labels_of(parts) if len(parts) == 1 else None
    found = [matches(label, value) for label in labels or ()]
    return True if any(found) else None if not found or None in found else False
