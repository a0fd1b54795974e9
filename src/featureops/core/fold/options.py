"""Folding of what is only listed: options that say when a call acts (`before_action :check, if: :new_checkout?`), and
names that a function takes in."""

from __future__ import annotations

from featureops.core.fold.branches import Branches
from featureops.core.fold.values import KEEP, Const
from featureops.core.house import is_condition_option, option_name
from featureops.core.syntax import Node

__all__ = ["Options"]


class Options(Branches):
    """An option that always holds goes. One that never does takes the call along where that stands as a statement."""

    def _options(self, arguments: Node) -> None:
        call, dropped = arguments.parent, set[Node]()
        for item in arguments.items:
            value = item.role("value") if is_condition_option(item) and item in self.hot else None
            known = self.reduce(value, "boolean") if value is not None and value in self.hot else KEEP
            if not isinstance(known, Const) or known.effects:
                continue
            if known.value is not (option_name(item) in item.file.pack.index.inverted_options):
                dropped.add(item)
            elif call is not None and call.parent is not None and call.parent.shape == "block":
                self.gone.add(call)
                return
        for item in arguments.items:
            if item in self.hot and item not in dropped and not is_condition_option(item):
                self.visit(item)
        if dropped:
            self.blocks.remove_items(arguments, dropped)

    def _captures(self, node: Node) -> None:
        """The names that a function takes from around it: those whose value is known need not come in."""
        gone = [item for item in node.items if item in self.seeds]
        before = node.previous()
        if before is not None and len(gone) == len(node.items):
            self.editor.delete(before.end, node.end)
        else:
            self.blocks.remove_items(node, gone)
