"""What the old code needs of what the change took away: imports and definitions to keep, as long as it is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from featureops.core.scopes import Binding
from featureops.core.wrap.boxes import Item, definition_name
from featureops.core.wrap.imports import need_of
from featureops.core.wrap.layout import Style
from featureops.core.wrap.reach import clashes, members_needed, top_names
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Need, No, Pair

__all__ = ["Kept", "kept_for"]


@dataclass(frozen=True, slots=True)
class Kept:
    """`definitions` pairs a region that took definitions away with those of its old items that must stay."""

    imports: tuple[Need, ...] = ()
    definitions: tuple[tuple[Region, tuple[Item, ...]], ...] = ()


def kept_for(
    pair: Pair, wrapped: Sequence[Region], left: Sequence[Region], style: Style, outside: frozenset[str] = frozenset()
) -> Kept | No:
    """`outside` are names that old code in other files still imports from this one."""
    pending: list[Item] = [item for region in wrapped for item in region.old_items]
    imports: dict[str, Need] = {}
    again: dict[Region, list[Item]] = {}
    gone = _gone(left)
    wanted = set(outside)
    while pending or wanted:
        bindings = top_names(pair.old_names, pending)
        clash = clashes(bindings.values(), pair.new_names)
        if clash is not None:
            return No(
                f"The old and the new code both use {clash}, imported from different places. Import the new one under"
                " another name, so that both can stand in one file."
            )
        missing = [binding for name, binding in bindings.items() if pair.new_names.top(name) is None]
        names = {binding.name for binding in missing if binding.imported is None} | members_needed(pending) | wanted
        problem = _import(pair, style, missing, imports)
        if problem is not None:
            return problem
        pending, wanted = [], set()
        for region, item in gone:
            if _name(item, pair) in names and item not in again.get(region, []):
                again.setdefault(region, []).append(item)
                pending.append(item)
    definitions = tuple((region, tuple(sorted(items, key=lambda item: item.start))) for region, items in again.items())
    return Kept(tuple(imports.values()), definitions)


def _import(pair: Pair, style: Style, missing: Iterable[Binding], imports: dict[str, Need]) -> No | None:
    for binding in missing:
        if binding.imported is None or binding.name in imports:
            continue
        need = need_of(pair.new, style, binding)
        if need is None:
            return No(f"The old code needs {binding.name}, whose import can't be taken over. Keep that import.")
        imports[binding.name] = need
    return None


def _gone(left: Sequence[Region]) -> list[tuple[Region, Item]]:
    """Old items without a successor, of regions that are no run-time code."""
    return [
        (region, item)
        for region in left
        if region.kind == "run" and not region.at_run_time
        for item in region.old_items
        if not item.is_comment and item.node.shape != "import"
    ]


def _name(item: Item, pair: Pair) -> str:
    name = definition_name(item.node)
    if name is not None:
        return name
    root = pair.old_names.in_scope(pair.old.root)
    inside = (node for node in item.node.walk() if node.text in root)
    return next((node.text for node in inside if node in root[node.text].definitions), "")
