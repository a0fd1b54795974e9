"""Folding of what takes in the parts of something else: elements that show their children, lists that spread others."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from featureops.core.fold.branches import Branches
from featureops.core.fold.text import bare
from featureops.core.fold.values import Becomes, Const, Context, Value
from featureops.core.syntax import Node

__all__ = ["Gated"]


class Gated(Branches):
    """`gates` are such elements with whether the children are shown, `opened` those that could be folded."""

    gates: Mapping[Node, bool] = {}
    opened: set[Node]

    def _reduce(self, node: Node, context: Context) -> Value:
        shown = self.gates.get(node)
        if shown is None:
            return super()._reduce(node, context)
        if not shown and context == "render":
            self.opened.add(node)
            return Const(value=False)
        only = _only_element(node) if shown else None
        if only is not None:
            self.opened.add(node)
            return self._part(only, context)
        return self._children(node)

    def _gate(self, node: Node) -> None:
        """Among the children of another element: the gate's own children take its place, or it goes."""
        inner = _inner(node)
        self.opened.add(node)
        if not self.gates[node] or inner is None:
            self.blocks.remove_inline(node)
            return
        self.visit_children(node)
        start, end = inner
        self.editor.delete(node.start, start)
        self.editor.delete(end, node.end)
        self.editor.dedent(start, end, self._columns_at(start) - self._columns(node))

    def _spread(self, node: Node) -> None:
        """A list or an object that is spread into another of its kind lies in it as if it had been written there."""
        operand, holder = node.role("operand"), node.parent
        if operand is None or holder is None:
            return
        inner = bare(operand)
        value = self.reduce(inner, "value")
        parts = bare(value.node) if isinstance(value, Becomes) else None
        if isinstance(value, Const) and not value.effects and not value.value and holder.shape == "object":
            self.gone.add(node)
        elif parts is None or parts.shape != holder.shape or parts.shape not in ("list", "object"):
            self.place(operand, self.reduce(operand, "value"))
        elif not parts.items:
            self.gone.add(node)
        else:
            first, last = parts.items[0], parts.items[-1]
            self.editor.delete(node.start, first.start)
            self.editor.delete(last.end, node.end)
            self.editor.dedent(first.start, last.end, self._columns_at(first.start) - self._columns(node))
            self._one_a_line(holder, node, parts.items)

    def _one_a_line(self, holder: Node, node: Node, items: list[Node]) -> None:
        """Where every part of a list stands on a line of its own, so do those that it takes in."""
        file = node.file
        if any(file.data[file.line_start(item.start) : item.start].strip() for item in holder.items):
            return
        indent = file.data[file.line_start(node.start) : node.start]
        for item, following in pairwise(items):
            between = file.data[item.end : following.start]
            if not between.replace(b",", b"", 1).strip(b" "):
                blanks = len(between) - len(between.rstrip(b" "))
                self.editor.replace(following.start - blanks, following.start, file.eol + indent)


def _inner(element: Node) -> tuple[int, int] | None:
    """From the first to the last byte between the tags that is no white space; None where there is none."""
    opening, closing = element.role("open"), element.role("close")
    if opening is None or closing is None:
        return None
    text = element.file.data[opening.end : closing.start]
    left, right = len(text) - len(text.lstrip()), len(text.rstrip())
    return (opening.end + left, opening.end + right) if right else None


def _only_element(element: Node) -> Node | None:
    """The element that is all that stands between the tags."""
    inner = _inner(element)
    if inner is None:
        return None
    spans = (item for item in element.items if (item.start, item.end) == inner)
    return next((item for item in spans if item.shape == "markup-element"), None)
