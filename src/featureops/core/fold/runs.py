"""Cases of a switch that control runs through: where it leaves them, and those that stand in a row once it is known."""

from __future__ import annotations

from itertools import pairwise

from featureops.core.fold.branches import Branches
from featureops.core.fold.chains import is_fall, statements
from featureops.core.fold.layout import content, full_end
from featureops.core.fold.leaving import always_leaves, ends_early, is_closed
from featureops.core.syntax import Node

__all__ = ["Runs", "ends_switch", "only_block", "run_of"]


class Runs(Branches):
    """The statements of the cases take the place of the switch, without the labels and the words between them.
    `visited` are the cases that are done already."""

    visited: set[Node]

    def _settle_run(self, node: Node, run: list[Node]) -> bool:
        """Let cases of which each runs into the next stand for the whole."""
        parts = [_parts(case) for case in run]
        if not all(parts) or any(_goes_on(item) for items in parts for item in items):
            return False
        if any(ends_early(node, items, self._standing) for items in parts):
            return False
        if self._share_names(node, run) or not all(_stands_below(case) for case in run):
            return False
        run, parts = self._done(run, parts)
        spans = [span for case in run if (span := content(case, node, self.gone)) is not None]
        if not spans:
            self.gone.add(node)
            return True
        self.stands_for[node] = [item for items in parts for item in items]
        self._join(node, spans)
        return True

    def _done(self, run: list[Node], parts: list[list[Node]]) -> tuple[list[Node], list[list[Node]]]:
        """Fold the cases, as far as control gets then."""
        for at, (case, items) in enumerate(zip(run, parts, strict=True)):
            self.gone.update(part for part in (*case.items, *case.children[-1:]) if _is_end(part) and part not in items)
            if case in self.hot:
                self.visit(case)
                self.visited.add(case)
            if any(map(self._now_leaves, items)):
                return run[: at + 1], parts[: at + 1]
        return run, parts

    def _join(self, node: Node, spans: list[tuple[int, int]]) -> None:
        file, start, stop = node.file, spans[0][0], spans[-1][1]
        self.blocks.remove_label(node)
        self.editor.delete(node.start, start)
        for (_, end), (following, _) in pairwise(spans):
            self.editor.delete(file.line_end(end - 1), file.line_start(following))
        self._delete_tail(stop, max(full_end(node), stop))
        self.editor.dedent(start, stop, self._columns_at(start) - self._columns(node))

    def _share_names(self, node: Node, run: list[Node]) -> bool:
        """Whether a name of one case means something else in another, or outside of the switch."""
        own = [self.names.in_scope(case) or {} for case in run]
        names = [name for each in own for name in each]
        return len(names) != len(set(names)) or any(self._would_clash(node, case) for case in run)


def run_of(cases: list[Node]) -> list[Node]:
    """The first of some cases, and those that control runs into from it."""
    run = cases[:1]
    for case in cases[1:]:
        before = run[-1]
        if before.file.pack.text.blocks == "indent" or is_closed(before) or _ends_itself(before):
            break
        run.append(case)
    return run


def only_block(case: Node) -> Node | None:
    items = statements(case)
    return items[0] if len(items) == 1 and items[0].shape == "block" else None


def ends_switch(node: Node) -> bool:
    """Whether a statement ends the switch that it stands in, and nothing else."""
    return node.shape == "break" and not node.items


def _ends_itself(case: Node) -> bool:
    items = statements(case)
    return bool(items) and not is_fall(items[-1]) and always_leaves(items[-1])


def _parts(case: Node) -> list[Node]:
    """The statements of a case without what ends it; none where they lie in something of their own."""
    items = statements(case)
    if case.role("body") is not None or only_block(case) is not None:
        return []
    return items[:-1] if items and _is_end(items[-1]) else items


def _is_end(part: Node) -> bool:
    return ends_switch(part) or is_fall(part)


def _goes_on(node: Node) -> bool:
    return bool(node.file.pack.text.fall_through) and any(map(is_fall, node.walk()))


def _stands_below(case: Node) -> bool:
    """Whether the statements of a case stand on lines of their own, below its label."""
    items, line = statements(case), case.file.line_of
    return bool(items) and line(items[0].start) > line(case.start)
