"""What the old code needs of what the change took away: imports and definitions to keep, as long as it is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from featureops.core.scopes import Binding, ImportEntry
from featureops.core.wrap.boxes import Item, definition_name
from featureops.core.wrap.imports import need_of
from featureops.core.wrap.layout import Style
from featureops.core.wrap.reach import clashes, lost_locals, made_local, members_needed, top_names
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
    local = made_local(pair, wrapped)
    if local is not None:
        return No(
            f"One side has {local} from outside of the function, the other makes it a local of the whole function. Give"
            " the new one another name"
        )
    again = _locals_back(pair, wrapped, left)
    if isinstance(again, No):
        return again
    pending = [item for region in wrapped for item in region.old_items]
    pending += [item for items in again.values() for item in items]
    imports: dict[str, Need] = {}
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
        whole = _whole_imports(pair, gone, missing)
        problem = _import(pair, style, [binding for binding in missing if binding not in whole], imports)
        if problem is not None:
            return problem
        statements = [binding.imported.statement for binding in whole if binding.imported is not None]
        pending, wanted = [], set()
        for region, item in gone:
            needed = item.node in statements or (item.node.shape != "import" and _name(item, pair) in names)
            if needed and item not in again.get(region, []):
                again.setdefault(region, []).append(item)
                pending.append(item)
    definitions = tuple((region, tuple(sorted(items, key=lambda item: item.start))) for region, items in again.items())
    return Kept(tuple(imports.values()), definitions)


def _locals_back(pair: Pair, wrapped: Sequence[Region], left: Sequence[Region]) -> dict[Region, list[Item]] | No:
    """The local declarations that may stand outside of branches and that old code still needs."""
    gone = [
        (region, item)
        for region in left
        if region.kind == "run" and region.at_run_time and not region.new_items
        for item in region.old_items
    ]
    again: dict[Region, list[Item]] = {}
    while lost := lost_locals(pair, wrapped, [item for items in again.values() for item in items]):
        for binding in lost:
            name = binding.definitions[0]
            place = next((each for each in gone if each[1].start <= name.start and name.end <= each[1].end), None)
            if place is None or place[1] in again.get(place[0], []):
                return No(
                    f"The old code needs {binding.name}, which this function no longer declares. Keep its declaration"
                    " until the flag goes"
                )
            again.setdefault(place[0], []).append(place[1])
    return again


def _whole_imports(pair: Pair, gone: Sequence[tuple[Region, Item]], missing: Sequence[Binding]) -> list[Binding]:
    """Imports whose statement went as a whole and whose every name is needed: the statement itself comes back."""
    alone = [item.node for region, item in gone if item.node.shape == "import" and not region.new_items]
    whole: list[Binding] = []
    for statement in alone:
        bound = [b for b in pair.old_names.imports if b.imported is not None and b.imported.statement is statement]
        if bound and all(binding in missing for binding in bound):
            whole.extend(bound)
    return whole


def _import(pair: Pair, style: Style, missing: Iterable[Binding], imports: dict[str, Need]) -> No | None:
    for binding in missing:
        if binding.imported is None or binding.name in imports:
            continue
        need = need_of(pair.new, style, binding)
        if need is None:
            return No(f"The old code needs {binding.name}, whose import can't be taken over. Keep that import.")
        imports[binding.name] = replace(need, before=_behind(pair, binding.imported))
    return None


def _behind(pair: Pair, entry: ImportEntry) -> tuple[str, ...]:
    """The names behind this one in the same old statement."""
    entries = (binding.imported for binding in pair.old_names.imports)
    same = [other for other in entries if other is not None and other.statement is entry.statement]
    behind = sorted((o for o in same if o.entry.start > entry.entry.start), key=lambda other: other.entry.start)
    return tuple(other.imported for other in behind)


def _gone(left: Sequence[Region]) -> list[tuple[Region, Item]]:
    """Old items without a successor, of regions that are no run-time code."""
    return [
        (region, item)
        for region in left
        if region.kind == "run" and not region.at_run_time
        for item in region.old_items
        if not item.is_comment
    ]


def _name(item: Item, pair: Pair) -> str:
    name = definition_name(item.node)
    if name is not None:
        return name
    root = pair.old_names.in_scope(pair.old.root)
    inside = (node for node in item.node.walk() if node.text in root)
    return next((node.text for node in inside if node in root[node.text].definitions), "")
