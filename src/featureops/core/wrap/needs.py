"""What the old code needs of what the change took away: imports and definitions to keep, as long as it is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from featureops.core.scopes import Binding, ImportEntry
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Item, declarators_of, definition_name
from featureops.core.wrap.imports import need_of
from featureops.core.wrap.layout import Style
from featureops.core.wrap.reach import clashes, lost_locals, made_local, members_needed, top_names, unopened
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Need, No, Pair

__all__ = ["Kept", "kept_for"]


@dataclass(frozen=True, slots=True)
class Kept:
    """`definitions` pairs a region that took definitions away with those of its old items that must stay."""

    imports: tuple[Need, ...] = ()
    definitions: tuple[tuple[Region, tuple[Item, ...]], ...] = ()

    @property
    def names(self) -> frozenset[str]:
        names = (definition_name(item.node) for _, items in self.definitions for item in items)
        return frozenset(name for name in names if name is not None)


def kept_for(
    pair: Pair,
    wrapped: Sequence[Region],
    left: Sequence[Region],
    style: Style,
    outside: frozenset[str] = frozenset(),
    stuck: Sequence[Region] = (),
) -> Kept | No:
    """`outside` are names that old code in other files still imports from this one, `stuck` the refused regions."""
    again = _locals_back(pair, wrapped, left, stuck)
    if isinstance(again, No):
        return again
    pending = [item for region in wrapped for item in region.old_items]
    pending += [item for items in again.values() for item in items]
    imports: dict[str, Need] = {}
    gone = [*_gone(left), *_gone_for_good(stuck)]
    moved = {definition_name(item.node) for region in left for item in region.new_items} - {None}
    opened = _opened(pair, gone)
    wanted = set(outside)
    while pending or wanted:
        bindings = top_names(pair.old_names, pending)
        problem = _conflict(pair, bindings, pending, opened)
        if problem is not None:
            return problem
        missing = [binding for name, binding in bindings.items() if pair.new_names.top(name) is None]
        names = {binding.name for binding in missing if binding.imported is None} | wanted
        names |= members_needed(pair.old_names, pending)
        whole = _whole_imports(pair, gone, missing)
        problem = _import(pair, style, [binding for binding in missing if binding not in whole], imports)
        if problem is not None:
            return problem
        statements = [binding.imported.statement for binding in whole if binding.imported is not None]
        pending, wanted = [], set()
        for region, item in gone:
            needed = item.node in statements or (
                item.node.shape != "import" and bool(_names(item, pair) & (names - moved))
            )
            if needed and item not in again.get(region, []):
                if _set_once(item):
                    return No(_unset(item))
                again.setdefault(region, []).append(item)
                pending.append(item)
    definitions = tuple((region, tuple(sorted(items, key=lambda item: item.start))) for region, items in again.items())
    return Kept(tuple(imports.values()), definitions)


def _conflict(
    pair: Pair, bindings: Mapping[str, Binding], pending: Sequence[Item], opened: Sequence[Node]
) -> No | None:
    """Why names that the old code uses can't be had beside the new code."""
    clash = clashes(bindings.values(), pair.new_names)
    if clash is not None:
        return No(
            f"The old and the new code both use {clash}, imported from different places. Import the new one under"
            " another name, so that both can stand in one file."
        )
    from_open = unopened(opened, pair.old_names, pending, pair.new_names)
    if from_open is not None:
        return No(
            f"The old code may have {from_open} from `{opened[0].text}`, which the change took away. Keep that line"
            " until the flag is removed."
        )
    return None


def _opened(pair: Pair, gone: Sequence[tuple[Region, Item]]) -> list[Node]:
    """The statements that brought in names without naming them, and went."""
    there = {item.text for item in pair.new.root.items if item.shape == "import"}
    closed = [item.node for _, item in gone if item.node.shape == "import" and item.node.text not in there]
    return [node for node in closed if node.role("open") is not None]


def _lost_local(pair: Pair, wrapped: Sequence[Region], stuck: Sequence[Region]) -> str | None:
    """A name that only old code of a refused region declares and that old code in a branch uses."""
    spans = [item.node.span for region in stuck if region.at_run_time for item in region.old_items]
    for region in wrapped if spans else ():
        place = next(iter(region.new_box.node.children), region.new_box.node)
        for node in (node for item in region.old_items for node in item.node.walk()):
            binding = pair.old_names.of.get(node)
            if binding is None or not any(span.holds(name.span) for span in spans for name in binding.definitions):
                continue
            if pair.new_names.lookup(binding.name, place) is None:
                return binding.name
    return None


def _locals_back(
    pair: Pair, wrapped: Sequence[Region], left: Sequence[Region], stuck: Sequence[Region]
) -> dict[Region, list[Item]] | No:
    """The local declarations that may stand outside of branches and that old code still needs."""
    refused = _lost_local(pair, wrapped, stuck)
    if refused is not None:
        return No(f"The old code needs {refused}, and the change of that is refused: mend that first")
    local = made_local(pair, wrapped)
    if local is not None:
        return No(
            f"One side has {local} from outside of the function, the other makes it a local of the whole function. Give"
            " the new one another name"
        )
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


def _gone_for_good(stuck: Sequence[Region]) -> list[tuple[Region, Item]]:
    """The functions and types of refused regions whose names went: they can come back beside what stands there now."""
    there = {definition_name(item.node) for region in stuck for item in region.new_items} - {None}
    found = ((region, item) for region, item in _gone(stuck) if item.node.shape != "import")
    return [(region, item) for region, item in found if definition_name(item.node) not in {None, *there}]


def _names(item: Item, pair: Pair) -> frozenset[str]:
    """The names that a definition gives."""
    name = definition_name(item.node)
    if name is not None:
        return frozenset({name})
    parts = [item.node] if item.node.shape in ("field", "enum-member") else declarators_of(item.node)
    fields = [name.text for part in parts for name in (part.role("name"),) if name is not None]
    if fields:
        return frozenset(fields)
    root = pair.old_names.in_scope(pair.old.root)
    inside = (node for node in item.node.walk() if node.text in root)
    return frozenset([node.text for node in inside if node in root[node.text].definitions][:1])


def _set_once(item: Item) -> bool:
    """Whether a field must be set by code that the change took away: it has no value, and is set just once."""
    declarators = declarators_of(item.node)
    once = any(map(item.node.has_token, item.file.pack.index.once_words))
    if not once or not declarators or any(part.role("value") is not None for part in declarators):
        return False
    names = {name.text for part in declarators for name in (part.role("name"),) if name is not None}
    targets = (node.role("left") for node in item.file.root.walk() if node.named and node.shape == "assign")
    return any((target.role("property") or target).text in names for target in targets if target is not None)


def _unset(item: Item) -> str:
    name = next((name.text for part in declarators_of(item.node) for name in (part.role("name"),) if name), "a field")
    return f"The old code needs {name}, which is set when the object is made: keep it and what sets it"
