"""Folding of loops: one that never begins goes, and leaves what is done when it has come to its end."""

from __future__ import annotations

from featureops.core.fold.branches import Branches
from featureops.core.fold.chains import Arm
from featureops.core.fold.leaving import loop_leaves
from featureops.core.fold.values import KEEP, Const, is_pure
from featureops.core.syntax import Node

__all__ = ["Loops"]


class Loops(Branches):
    """Loops with a condition, and those that are told how to begin and what to do between as well."""

    def _loop(self, node: Node) -> None:
        if node.shape == "while":
            self._while(node)
        elif node.roles("condition"):
            self._counted(node)
        else:
            super().visit(node)

    def _while(self, node: Node) -> None:
        condition, body = node.role("condition"), node.role("body")
        if condition is None or body is None:
            return
        value = self.reduce(condition, "boolean")
        if isinstance(value, Const) and not value.effects and not value.holds:
            self._never_run(node)
            return
        self.place(condition, value)
        if body in self.hot:
            self.visit(body)
            if self._emptied(body):
                self.blocks.fill(body)
        for item in node.items:
            if item.shape == "else" and item in self.hot:
                self.visit(item)
        self.leaves[node] = isinstance(value, Const) and value.holds and loop_leaves(node, self._standing)

    def _counted(self, node: Node) -> None:
        """A loop that is told how to begin, when to go on and what to do between."""
        first, condition, body = node.role("initializer"), node.role("condition"), node.role("body")
        value = self.reduce(condition, "boolean") if condition is not None else KEEP
        is_known = isinstance(value, Const) and not value.effects
        if isinstance(value, Const) and is_known and not value.holds and (first is None or self._only_declares(first)):
            self.gone.add(node)
            return
        for part in (first, *node.children) if first is not None and first.parent is not node else node.children:
            if part in self.hot and part is not condition:
                self.visit(part)
        if condition is not None:
            self.place(condition, value)
        if body is not None and self._emptied(body):
            self.blocks.fill(body)
        self.leaves[node] = isinstance(value, Const) and value.holds and loop_leaves(node, self._standing)

    def _only_declares(self, first: Node) -> bool:
        """Whether nothing is lost with what a loop begins with."""
        values = [part.role("value") for part in first.walk() if part.shape == "declarator"]
        is_pure_one = all(value is None or is_pure(value, self.is_known) for value in values)
        return first.shape == "pass" or (first.shape == "declaration" and is_pure_one)

    def _never_run(self, loop: Node) -> None:
        """Of a loop that never begins stays what is done when it has come to its end."""
        other = next((item for item in loop.items if item.shape == "else"), None)
        body = other.role("body") if other is not None else None
        if other is None or body is None:
            self.gone.add(loop)
            return
        if body in self.hot:
            self.visit(body)
        self._unwrap(loop, Arm(other.start, other, None, body))
