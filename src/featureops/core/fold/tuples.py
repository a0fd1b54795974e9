"""Folding of a choice on several values at once, of which some are known: it asks for the others only."""

from __future__ import annotations

from collections.abc import Container

from featureops.core.fold.branches import Branches
from featureops.core.fold.literals import literal
from featureops.core.fold.text import bare
from featureops.core.fold.values import Const
from featureops.core.syntax import Node

__all__ = ["Tuples"]

_ANYTHING = "_"
_OPENING = ("(", "[")
_TIGHT = frozenset({"call", "index", "member", "paren", "string"})
_PLAIN = frozenset({"false", "null", "number", "string", "true"})


class Tuples(Branches):
    """`switch (flag, kind) { case (true, .card): ..` becomes `switch kind { case .card: ..`, where every label says of
    the known value whether it takes it."""

    def _place_subject(self, subject: Node) -> None:
        if not self._narrow(subject):
            super()._place_subject(subject)

    def _narrow(self, subject: Node) -> bool:
        holder = bare(subject)
        items, switch = _elements(holder), subject.parent
        known = {at: value for at, item in enumerate(items) if (value := self._truth(item)) is not None}
        if switch is None or not known or len(known) == len(items):
            return False
        cases = [item for item in (switch.role("body") or switch).items if item.shape in ("arm", "case")]
        labels = {case: _label(case) for case in cases}
        if not cases or not all(_can_tell(case, label, holder, known) for case, label in labels.items()):
            return False
        kept = _kept(labels, known)
        if not any(_elements(label) for label in kept.values()):
            return False
        self.gone.update(case for case in cases if case not in kept)
        for label in kept.values():
            if label is not None and _elements(label):
                self._cut(label, known, is_tight=True)
        for item in items:
            if item in self.hot:
                self.place(item, self.reduce(item, "value"))
        rest = next(item for at, item in enumerate(items) if at not in known)
        self._cut(holder, known, is_tight=_is_tight(rest) and switch.type not in holder.file.pack.index.bracketed)
        return True

    def _truth(self, item: Node) -> bool | None:
        value = self.reduce(_inner(item), "value") if item in self.hot else None
        is_known = isinstance(value, Const) and not value.effects and isinstance(value.value, bool)
        return value.holds if is_known and isinstance(value, Const) else None

    def _cut(self, holder: Node, places: Container[int], *, is_tight: bool) -> None:
        """Take the elements at some places out; one alone needs no brackets, where it is `tight`."""
        items = _elements(holder)
        kept = [item for at, item in enumerate(items) if at not in places]
        if len(kept) > 1:
            for at, item in enumerate(items):
                if item not in kept:
                    before = items[at - 1].end if at and not any(each in kept for each in items[at:]) else None
                    start, end = (before, item.end) if before is not None else (item.start, items[at + 1].start)
                    self.editor.delete(start, end)
            return
        inner = 0 if is_tight or holder.children[0].text != "(" else 1
        self.editor.delete(holder.start + inner, kept[0].start)
        self.editor.delete(kept[0].end, holder.end - inner)


def _elements(node: Node | None) -> list[Node]:
    """What stands between the brackets of a tuple, or of a pattern for one; nothing where that is no plain list."""
    is_tuple = node is not None and node.type in node.file.pack.index.tuples
    parts = [part for part in node.children if not part.is_comment] if node is not None and is_tuple else []
    if not parts or parts[0].text not in _OPENING:
        return []
    found: list[Node] = []
    for at, part in enumerate(parts[1:-1]):
        if (part.text == ",") is (at % 2 == 0):
            return []
        found.extend([part] if at % 2 == 0 else [])
    return found


def _label(case: Node) -> Node | None:
    """The one pattern of a case, without what only stands around it; None for the case that takes what is left."""
    parts = case.roles("pattern") or [*case.roles("value"), *case.roles("condition")]
    parts = parts[:1] if case.shape == "arm" or len(parts) == 1 else parts
    if not parts:
        return None
    return _inner(parts[0]) if len(parts) == 1 else case


def _inner(node: Node) -> Node:
    """What a node that only stands around something stands around."""
    index, guard = node.file.pack.index, node.parent.role("guard") if node.parent is not None else None
    while node.type not in index.tuples or not _elements(node):
        inner = [item for item in node.items if item is not guard and item.type not in index.comments]
        is_plain = len(inner) == 1 and node.shape in ("", "argument", "binder") and node.type not in index.identifiers
        if not is_plain or (inner[0].start != node.start and node.type not in index.alternatives):
            return node
        node = inner[0]
    return node


def _kept(labels: dict[Node, Node | None], known: dict[int, bool]) -> dict[Node, Node | None]:
    """The cases that can still come, with their labels."""
    found: dict[Node, Node | None] = {}
    for case, label in labels.items():
        parts = _elements(label)
        if any(_truth_of(parts[at]) is not value for at, value in known.items() if _asks(parts, at)):
            continue
        found[case] = label
        rest = [part for at, part in enumerate(parts) if at not in known]
        if case.role("guard") is None and all(map(_takes_all, rest)):
            break
    return found


def _takes_all(part: Node) -> bool:
    inner = _inner(part)
    return part.text == _ANYTHING or (inner.type in inner.file.pack.index.naming_patterns and len(inner.items) == 1)


def _asks(parts: list[Node], at: int) -> bool:
    return bool(parts) and parts[at].text != _ANYTHING


def _truth_of(part: Node) -> bool | None:
    fact = literal(_inner(part))
    return fact if isinstance(fact, bool) else None


def _can_tell(case: Node, label: Node | None, holder: Node, known: dict[int, bool]) -> bool:
    """Whether a case says of every known value whether it takes it, and may go on without that."""
    if label is None or label.text == _ANYTHING:
        return True
    parts = _elements(label)
    if not all(at < len(parts) and (not _asks(parts, at) or _truth_of(parts[at]) is not None) for at in known):
        return False
    others = [_inner(part) for at, part in enumerate(parts) if at not in known]
    is_loose = case.type in case.file.pack.index.loose_cases
    is_same = label.type == holder.type or not is_loose
    return bool(others) and is_same and (not is_loose or len(others) > 1 or others[0].shape in _PLAIN)


def _is_tight(node: Node) -> bool:
    return node.shape in _TIGHT or node.type in node.file.pack.index.identifiers
