"""Folding of choices whose branches are blocks that give a value: `val sum = if (on) { check(); all() } else { 0 }`."""

from __future__ import annotations

from featureops.core.fold.branches import Branches
from featureops.core.fold.chains import arms
from featureops.core.fold.expressions import only_expression
from featureops.core.fold.layout import content, full_end
from featureops.core.fold.values import KEEP, Const, Context, Value
from featureops.core.syntax import Node

__all__ = ["Hoisting"]

_HOLDERS = {"declarator": "value", "return": "value", "assign": "right"}
_STATEMENTS = frozenset({"declarator", "declaration", "assign", "while", "for", "function", "class", "return", "raise"})


class Hoisting(Branches):
    """The statements of the branch that is taken go before the statement that its value is for; a branch that stays is
    folded statement by statement.
    """

    def _conditional(self, node: Node, context: Context) -> Value:
        condition, then, other = node.role("condition"), node.role("then"), node.role("else")
        if condition is None or then is None or other is None:
            return super()._conditional(node, context)
        value = self.reduce(condition, "boolean")
        if not isinstance(value, Const) or value.effects:
            if any(map(_has_statements, (then, other))):
                self._keep_branches(node, context)
                return KEEP
            return super()._conditional(node, context)
        taken = then if value.holds else other
        if _has_statements(taken) and taken.items[-1].shape not in _STATEMENTS and self._may_hoist(node, taken):
            self._hoist(node, taken)
            return KEEP
        return super()._conditional(node, context)

    def _keep_branches(self, node: Node, context: Context) -> None:
        condition = node.role("condition")
        if condition is not None:
            self.place(condition, self.reduce(condition, "boolean"))
        for branch in (node.role("then"), node.role("else")):
            if branch is None or branch not in self.hot:
                continue
            if _has_statements(branch):
                self.visit(branch)
            else:
                self.place(branch, self.reduce(branch, context))

    def _may_hoist(self, node: Node, block: Node) -> bool:
        """Whether a statement of a block, which fills its lines, is there for the value alone."""
        statement, file = node.parent, node.file
        role = _HOLDERS.get(statement.shape) if statement is not None else None
        if statement is None or role is None or statement.role(role) is not node or statement.end != node.end:
            return False
        around = statement.parent
        is_class = around is not None and around.parent is not None and around.parent.shape in ("class", "enum")
        if around is None or around.shape != "block" or is_class or file.pack.text.blocks == "indent":
            return False
        if statement.shape == "assign" and not _only_sets(statement, node):
            return False
        starts_line = not file.data[file.line_start(statement.start) : statement.start].strip()
        return starts_line and not self._would_clash(statement, block) and not self._shares_names(around, block)

    def _shares_names(self, around: Node, block: Node) -> bool:
        """Whether two blocks bind one name."""
        names = (self.names.in_scope(scope) for scope in (around, *around.ancestors()) if scope.shape != "paren")
        outer = next((found for found in names if found), {})
        return not outer.keys().isdisjoint(self.names.in_scope(block))

    def _hoist(self, node: Node, block: Node) -> None:
        statement, file, last = node.parent, node.file, block.items[-1]
        if block in self.hot:
            self.visit(block)
        inside = content(block, node, self.gone)
        if statement is None or inside is None:
            return
        start, stop = inside
        columns, head = self._columns(statement), file.data[statement.start : node.start]
        is_below = b"\n" in head
        self.editor.delete(statement.start, start)
        self.editor.insert(last.start, head)
        self.editor.dedent(start, last.start, self._columns_at(start) - columns)
        wanted = self._columns_at(node.start) if is_below else columns
        self.editor.dedent(last.start, stop, self._columns_at(last.start) - wanted)
        self._delete_tail(stop, max(stop, full_end(statement)))


def _only_sets(statement: Node, value: Node) -> bool:
    """Whether nothing is asked for before the value: a plain name is set, and its old value does not count."""
    left = statement.role("left")
    if left is None or left.type not in left.file.pack.index.identifiers:
        return False
    return left.file.slice(left.end, value.start).strip() == "="


def _has_statements(branch: Node) -> bool:
    """Whether a branch is a block of statements of which the last one gives the value, or leaves."""
    if branch.shape != "block" or only_expression(branch) is not None or not branch.items:
        return False
    last = branch.items[-1]
    return last.shape != "if" or len(arms(last)) > 1
