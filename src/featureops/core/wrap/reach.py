"""Which names a branch would hide from the code behind it, and which names the old code needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from featureops.core.model import Span
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Item
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import No, Pair

__all__ = ["clashes", "hidden", "lost_local", "members_needed", "reached", "top_names"]

_MOST_REPEATED = 40


def hidden(pair: Pair, region: Region) -> bool:
    """Whether either side declares a name that only its block sees and that the code behind the region uses."""
    sides = ((pair.old_names, region.old_items), (pair.new_names, region.new_items))
    return any(_escapes(names, items) for names, items in sides)


def _escapes(names: Names, items: Sequence[Item]) -> bool:
    if not items:
        return False
    scope = _block_scope(items[0].node)
    if scope is None:
        return False
    span = Span(items[0].start, items[-1].end)
    for binding in names.in_scope(scope).values():
        direct = [name for name in binding.definitions if _block_scope(name) is scope]
        if not any(span.holds(name.span) for name in direct):
            continue
        # A nested block that declares the name for itself (a handler, a loop) means its own.
        nested = [
            outer for name in binding.definitions if name not in direct for outer in (_block_scope(name),) if outer
        ]
        elsewhere = (use for use in (*binding.uses, *direct) if not span.holds(use.span))
        if any(not any(outer.span.holds(use.span) for outer in nested) for use in elsewhere):
            return True
    return False


def _block_scope(node: Node) -> Node | None:
    index = node.file.pack.index
    for outer in node.ancestors():
        if outer.type in index.block_scopes:
            return outer
        if outer.type in index.function_scopes or outer.type in index.class_scopes:
            return None
    return None


def reached(pair: Pair, region: Region, others: Iterable[Region]) -> Region | No:
    """The region, made longer until nothing behind it uses a name that it hides; the code in between is repeated."""
    same = [other for other in others if other.new_box is region.new_box]
    start = region.new[1]
    while hidden(pair, region):
        old_left = len(region.old_box.items) - region.old[1]
        new_left = len(region.new_box.items) - region.new[1]
        if not old_left and not new_left:
            return No(_too_far())
        at = (region.old[1], region.new[1])
        following = next((o for o in same if (o.old[0], o.new[0]) == at and (o.old != o.new or o.old_items)), None)
        if following is not None and (following.old_items or following.new_items):
            grown = (following.old[1] - at[0], following.new[1] - at[1])
        elif old_left and new_left:
            grown = (1, 1)
        else:
            return No(_too_far())
        region = region.widened_by(*grown)
    repeated = region.new_box.items[start : region.new[1]]
    file = region.new_box.file
    if repeated and file.line_of(repeated[-1].end) - file.line_of(repeated[0].start) > _MOST_REPEATED:
        return No(_too_far())
    return region


def _too_far() -> str:
    return (
        "Names declared here are used much further down, and a branch would hide them. Declare them before the change,"
        " or move the new code into a function of its own that returns what is needed."
    )


def lost_local(pair: Pair, wrapped: Sequence[Region]) -> str | None:
    """A local name that old code in a branch uses and that nothing around the branch declares any more."""
    back = [Span(item.start, item.end) for region in wrapped for item in region.old_items]
    root = pair.old.root
    for region in wrapped:
        place = region.new_items[0].node if region.new_items else region.new_box.node
        for item in region.old_items:
            for node in item.node.walk():
                binding = pair.old_names.of.get(node)
                if binding is None or binding.scope is root:
                    continue
                if any(span.holds(name.span) for span in back for name in binding.definitions):
                    continue
                if pair.new_names.lookup(binding.name, place) is None:
                    return binding.name
    return None


def top_names(names: Names, items: Iterable[Item]) -> dict[str, Binding]:
    """The module-level names that code uses."""
    found: dict[str, Binding] = {}
    root = names.file.root
    for item in items:
        for node in item.node.walk():
            binding = names.of.get(node)
            if binding is not None and binding.scope is root:
                found[binding.name] = binding
    return found


def members_needed(items: Iterable[Item]) -> frozenset[str]:
    """Names of members that code asks any object for."""
    found = set()
    for item in items:
        for node in item.node.walk():
            name = node.role("property") if node.named and node.shape == "member" else None
            if name is not None:
                found.add(name.text)
    return frozenset(found)


def clashes(needed: Iterable[Binding], new: Names) -> str | None:
    """The first name that the old code needs and that now comes from elsewhere."""
    for binding in needed:
        other = new.top(binding.name)
        if other is None:
            continue
        before, after = binding.imported, other.imported
        if (before is None) != (after is None):
            return binding.name
        if before and after and (before.module, before.imported) != (after.module, after.imported):
            return binding.name
    return None
