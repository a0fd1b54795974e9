"""Folding of switches without a value: each case is a condition of its own, the first true one decides."""

from __future__ import annotations

from featureops.core.fold.switches import Switches
from featureops.core.fold.values import Const
from featureops.core.syntax import Node

__all__ = ["CaseConditions"]


class CaseConditions(Switches):
    def _conditions(self, node: Node) -> None:
        """Cases that can't be reached go; one that is always reached is the default, and may stand for the whole."""
        cases = [item for item in node.items if item.shape == "case"]
        settled: Node | None = None
        for case in cases:
            values = case.roles("value")
            value = self.reduce(values[0], "boolean") if len(values) == 1 else None
            if settled is not None or (isinstance(value, Const) and not value.effects and not value.holds):
                self.gone.add(case)
            elif isinstance(value, Const) and not value.effects:
                settled = case
                self.otherwise.add(case)
            elif value is not None:
                self.place(values[0], value)
        if settled is not None:
            self.gone.update(case for case in cases if not case.roles("value") and case is not settled)
        kept = [case for case in cases if case not in self.gone]
        for case in kept:
            if case in self.hot:
                self.visit(case)
        if not kept:
            self.gone.add(node)
        elif (
            self._is_only(kept, settled)
            and len(kept) < len(cases) + (settled is not None)
            and self._stands_alone(kept[0], node)
        ):
            self._only(kept[0], node)
        else:
            if settled is not None:
                self.editor.replace(settled.start, settled.roles("value")[0].end, node.file.pack.text.otherwise_case)
            self.blocks.remove(node, self.gone)

    def _is_only(self, kept: list[Node], settled: Node | None) -> bool:
        """Whether one case is left, which is always reached."""
        return len(kept) == 1 and (kept[0] is settled or not kept[0].roles("value"))

    def _stands_alone(self, case: Node, switch: Node) -> bool:
        """Whether the statements of a case mean the same outside the switch, each on lines of their own."""
        body = [item for item in case.items if item not in case.roles("value")]
        if not body or any(part.shape == "break" for part in case.walk()) or self._would_clash(switch, case):
            return False
        line = switch.file.line_of
        return all(item not in self.gone for item in body) and line(body[0].start) > line(case.start)

    def _only(self, case: Node, switch: Node) -> None:
        values = case.roles("value")
        body = [item for item in case.items if item not in values]
        parts = [
            part
            for part in case.children
            if part.is_comment and part.start > max([case.start, *(each.end for each in values)])
        ]
        start = min(part.start for part in (*parts, *body))
        stop = max(part.end for part in (*parts, *body))
        self.stands_for[switch] = body
        self.editor.delete(switch.start, start)
        self._delete_tail(stop, max(switch.end, stop))
        self.editor.dedent(start, stop, self._columns_at(start) - self._columns_at(switch.start))
