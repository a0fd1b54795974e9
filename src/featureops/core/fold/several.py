"""Folding of conditions that all have to hold, some of which give names: `flag && let x = y`, `flag, let x = y`."""

from __future__ import annotations

from featureops.core.fold.branches import Branches
from featureops.core.fold.chains import Arm, is_inverted
from featureops.core.fold.values import KEEP, Becomes, Const, Context, Value, is_pure
from featureops.core.syntax import Node

__all__ = ["Several"]


class Several(Branches):
    """What always holds goes out of the row. What never holds decides the whole where nothing before it has effects."""

    def _reduce(self, node: Node, context: Context) -> Value:
        return self._all(node) if node.shape == "all" else super()._reduce(node, context)

    def _all(self, node: Node) -> Value:
        """A row that is one expression."""
        items = node.items
        values = [self.reduce(item, "boolean") if item in self.hot else KEEP for item in items]
        if self._fails(list(zip(([item] for item in items), values, strict=True))):
            return Const(value=False)
        kept = [item for item, value in zip(items, values, strict=True) if not _holds(value)]
        if not kept:
            return Const(value=True)
        for item, value in zip(items, values, strict=True):
            if item in kept:
                self._place_or_visit(item, value)
        if len(kept) == 1:
            value = values[items.index(kept[0])]
            return Becomes(value.node if isinstance(value, Becomes) else kept[0])
        self._drop(items, kept)
        return KEEP

    def _drop(self, items: list[Node], kept: list[Node]) -> None:
        """Take items out, each with the sign between it and its neighbour."""
        for at, item in enumerate(items):
            if item in kept:
                continue
            if any(other in kept for other in items[at + 1 :]):
                self.editor.delete(item.start, items[at + 1].start)
            else:
                self.editor.delete(kept[-1].end, items[-1].end)
                return

    def _place_or_visit(self, item: Node, value: Value) -> None:
        if item.shape == "binder" and item in self.hot:
            self.visit_children(item)
        else:
            self.place(item, value)

    def _fails(self, row: list[tuple[list[Node], Value]]) -> bool:
        """Whether one never holds and evaluating those before it does nothing."""
        for parts, value in row:
            if isinstance(value, Const) and not value.effects:
                if not value.holds:
                    return True
            elif not is_pure(parts[-1].role("value") or parts[-1], self.is_known):
                return False
        return False

    # -------------------------------------------------------------- a row that belongs to a statement

    def _several(self, node: Node) -> None:
        row = [(parts, self._value_of(parts)) for parts in _row(node)]
        if self._fails(row):
            self._decided(node, holds=False)
        elif row and all(_holds(value) for _, value in row):
            self._decided(node, holds=True)
        else:
            self._keep_row(node, row)

    def _value_of(self, parts: list[Node]) -> Value:
        """What one condition comes down to; one that gives a name stays."""
        is_plain = len(parts) == 1 and parts[0].field == "condition"
        return self.reduce(parts[0], "boolean") if is_plain and parts[0] in self.hot else KEEP

    def _keep_row(self, node: Node, row: list[tuple[list[Node], Value]]) -> None:
        kept = [part for parts, value in row if not _holds(value) for part in parts]
        for parts, value in row:
            if len(parts) == 1 and parts[0] in kept:
                self.place(parts[0], value)
        edges = [parts for parts, _ in row]
        for at, (parts, value) in enumerate(row):
            if not _holds(value):
                continue
            if at + 1 < len(row):
                self.editor.delete(parts[0].start, edges[at + 1][0].start)
            else:
                before = max(part.end for part in kept)
                self.editor.delete(before, parts[-1].end)
        in_row = {part for parts in edges if len(parts) == 1 for part in parts}
        for child in node.children:
            if child in self.hot and child not in in_row:
                self.visit(child)

    def _decided(self, node: Node, *, holds: bool) -> None:
        """Only the branch that is taken stands; behind an `else` it stays a branch."""
        then, other = node.role("then"), node.role("else")
        taken = then if holds is not is_inverted(node) else other
        if then is None:
            self.visit_children(node)
            return
        if taken is None:
            self.gone.add(node)
            return
        if taken in self.hot:
            self.visit(taken)
        before = node.previous()
        is_branch = before is not None and before.text == node.file.pack.text.else_word
        if taken.shape == "block" and not is_branch:
            self._unwrap(node, Arm(node.start, node, None, taken))
            return
        self.editor.delete(node.start, taken.start)
        self.editor.delete(taken.end, node.end)
        if self._is_gone(taken):
            self.gone.add(node)
        else:
            self.stands_for[node] = [taken]


def _row(node: Node) -> list[list[Node]]:
    """The conditions of a statement, as they stand between its commas, in front of its first branch."""
    then, found = node.role("then"), [[]]  # type: tuple[Node | None, list[list[Node]]]
    for child in node.children[1:]:
        if child is then or child.text == node.file.pack.text.else_word:
            break
        if child.text == ",":
            found.append([])
        elif not child.is_comment:
            found[-1].append(child)
    return [parts for parts in found if parts]


def _holds(value: Value) -> bool:
    return isinstance(value, Const) and not value.effects and value.holds
