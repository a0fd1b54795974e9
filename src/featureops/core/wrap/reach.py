"""Which names a branch would hide from the code behind it, and which names the old code needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from featureops.core.mentions import mentions_within
from featureops.core.model import Span
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Item, owner_of
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import No, Pair

__all__ = [
    "captured",
    "clashes",
    "escaping",
    "hidden",
    "lost_locals",
    "made_local",
    "members_needed",
    "reached",
    "top_names",
    "unopened",
    "unreachable",
]

_MOST_REPEATED = 40


def hidden(pair: Pair, region: Region) -> bool:
    """Whether either side declares a name that only its block sees and that the code behind the region uses."""
    if pair.new.pack.wrap.unscoped:
        return False
    sides = ((pair.old_names, region.old_items), (pair.new_names, region.new_items))
    return any(True for names, items in sides for _ in escaping(names, items))


def escaping(names: Names, items: Sequence[Item]) -> Iterator[Binding]:
    """The names that the items declare for their block and that code outside of them uses."""
    if not items:
        return
    scope = _block_scope(items[0].node)
    if scope is None:
        return
    span = Span(items[0].start, items[-1].end)
    for binding in names.bound_in([span]):
        if binding.scope is not scope:
            continue
        direct = [name for name in binding.definitions if _block_scope(_declared(name)) is scope]
        if not any(span.holds(name.span) for name in direct):
            continue
        # A nested block that declares the name for itself (a handler, a loop) means its own.
        nested = [
            outer
            for name in binding.definitions
            if name not in direct
            for outer in (_block_scope(_declared(name)),)
            if outer
        ]
        elsewhere = (use for use in (*binding.uses, *direct) if not span.holds(use.span))
        if any(not any(outer.span.holds(use.span) for outer in nested) for use in elsewhere):
            yield binding


def _declared(name: Node) -> Node:
    """The function or class that a name is of, else the name: such a name is known around what it names."""
    holder, index = name.parent, name.file.pack.index
    is_own = holder is not None and holder.role("name") is name
    return (
        holder if holder is not None and is_own and holder.type in index.function_scopes | index.class_scopes else name
    )


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


def lost_locals(pair: Pair, wrapped: Sequence[Region], kept: Iterable[Item]) -> list[Binding]:
    """Local names that old code in branches, or what is kept for it, uses and that nothing around declares any more."""
    placed = [
        (item, _place_of(region), owner_of(region.old_box.node)) for region in wrapped for item in region.old_items
    ]
    placed += [(item, *placed[0][1:]) for item in kept if placed]
    back = [Span(item.start, item.end) for item, _, _ in placed]
    lost: dict[str, Binding] = {}
    for item, place, function in placed:
        for node in item.node.walk():
            binding = pair.old_names.within(node, function) if function is not None else None
            if binding is None or binding.name in lost:
                continue
            inside = any(span.holds(name.span) for span in back for name in binding.definitions)
            if not inside and pair.new_names.lookup(binding.name, place) is None:
                lost[binding.name] = binding
    return list(lost.values())


def _place_of(region: Region) -> Node:
    """A node of the new side that sees what code in the region's place sees."""
    items = region.new_items or region.new_box.items
    return items[0].node if items else next(iter(region.new_box.node.children), region.new_box.node)


def made_local(pair: Pair, wrapped: Sequence[Region]) -> str | None:
    """A name that one side takes from outside of the function and that the other makes a local of the whole function,
    where blocks have no names of their own."""
    for region in wrapped:
        before, after = owner_of(region.old_box.node), owner_of(region.new_box.node)
        if before is None or after is None or _block_scope(region.new_box.node) not in (None, pair.new.root):
            continue
        olds = pair.old_names.bound_in([Span(item.start, item.end) for item in region.old_items])
        coming = {binding.name for binding in olds if binding.scope is before}
        taken = _from_outside(pair.old_names, before, set(pair.new_names.in_scope(after)))
        taken |= _from_outside(pair.new_names, after, coming)
        if taken:
            # What is a local of both is asked of an object besides: `this.name = name`.
            taken -= pair.old_names.in_scope(before).keys() & pair.new_names.in_scope(after).keys()
        if taken:
            return min(taken)
    return None


def _holds(item: Item, node: Node) -> bool:
    return item.start <= node.start and node.end <= item.end


def _from_outside(names: Names, function: Node, among: set[str]) -> set[str]:
    """Those of the names that a function uses and does not bind."""
    index = function.file.pack.index
    found: set[str] = set()
    mentions = (node for name in among for node in mentions_within(names.file, name, function))
    for node in (node for node in mentions if node.type in index.identifiers):
        if names.within(node, function) is not None:
            continue
        # A reference to what is bound nowhere is one to something outside as well.
        loose = node.parent is not None and f"{node.parent.type}.{node.field}" not in index.not_references
        if loose or names.of.get(node) is not None:
            found.add(node.text)
    return found


def captured(pair: Pair, region: Region) -> No | None:
    """Where a function without a name may only use variables that are set once: one side uses such a variable in it,
    and the other sets it again."""
    if not region.new_box.file.pack.wrap.captures_once:
        return None
    sides = (
        (pair.old_names, region.old_items, pair.new_names, region.new_box.node),
        (pair.new_names, region.new_items, pair.old_names, region.old_box.node),
    )
    for names, items, others, place in sides:
        for binding in _captured(names, items):
            other = others.lookup(binding.name, next(iter(place.children), place))
            if other is not None and len(other.writes) > len(binding.writes):
                return No(
                    f"One side uses {binding.name} in a function of its own, the other sets it again: both can't stand"
                    " in one function. Give the new value a name of its own."
                )
    return None


def _captured(names: Names, items: Sequence[Item]) -> list[Binding]:
    """Variables declared before the items that a function inside them uses."""
    found: dict[Binding, None] = {}
    span = Span(items[0].start, items[-1].end) if items else Span(0, 0)
    functions = (node for item in items for node in item.node.walk() if node.named and node.shape == "lambda")
    for node in (part for function in functions for part in function.walk()):
        binding = names.of.get(node)
        local = binding is not None and binding.scope.parent is not None
        if binding is None or not local or binding.scope.type in names.file.pack.index.class_scopes:
            continue
        if not any(span.holds(name.span) for name in binding.definitions):
            found[binding] = None
    return list(found)


def top_names(names: Names, items: Iterable[Item]) -> dict[str, Binding]:
    """The module-level names that code uses."""
    found: dict[str, Binding] = {}
    root = names.file.root
    for item in items:
        for node in (node for part in item.parts for node in part.walk()):
            binding = names.of.get(node)
            if binding is not None and binding.scope is root:
                found[binding.name] = binding
    return found


def members_needed(names: Names, items: Iterable[Item]) -> frozenset[str]:
    """Names of members that code asks any object for, or its own object, also without saying so."""
    found, classes = set[str](), names.file.pack.index.class_scopes
    for item in items:
        for node in (node for part in item.parts for node in part.walk() if node.named):
            name = node.role("property") if node.shape == "member" else None
            if name is None and node.type in node.file.pack.index.implicit_members:
                name = node
            if name is not None:
                found.add(name.text)
            binding = names.of.get(node) if classes else None
            if binding is not None and binding.scope.type in classes:
                found.add(binding.name)
    return frozenset(found)


def unopened(opened: Sequence[Node], names: Names, items: Iterable[Item], new: Names) -> str | None:
    """The first name that code may have from a statement that brings in names without naming them: the new side has
    nothing of that name."""
    kinds = names.file.pack.index.identifiers
    known: set[str] | None = None
    for item in items if opened else ():
        for node in item.node.walk():
            if node.type not in kinds or names.of.get(node) is not None:
                continue
            if known is None:
                known = {part.text for part in new.file.root.walk() if part.type in kinds}
            if node.text not in known and (node.text[:1].isupper() or _is_called(node)):
                return node.text
    return None


def _is_called(node: Node) -> bool:
    outer = node.parent
    call = outer.parent if outer is not None and outer.shape == "member" and outer.role("property") is node else outer
    return call is not None and call.shape == "call" and call.role("function") in (node, outer)


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


def unreachable(pair: Pair, wrapped: Sequence[Region], gone: Mapping[str, str], barred: Mapping[str, str]) -> No | None:
    """Why old code can't have what another file took away: a name of `gone` that no import brings in, or one of
    `barred`."""
    if not gone and not barred:
        return None
    for node in (node for region in wrapped for item in region.old_items for node in item.node.walk()):
        name = node.text if not node.children else ""
        path = barred.get(name) or gone.get(name)
        if path is None or path == pair.path or (node.parent is not None and node.parent.shape == "string"):
            continue
        binding = pair.old_names.of.get(node)
        is_free = binding is None and (name in barred or not _of_module(pair.old_names, node))
        if is_free or (binding is not None and binding.imported is not None and name in barred):
            return No(
                f"The old code needs {name}, which the change takes away in {path}. Keep it there until the flag is"
                " removed"
            )
    return None


def _of_module(names: Names, node: Node) -> bool:
    """Whether a name is asked of a module that an import brings in."""
    outer = node.parent
    owner = outer.role("object") if outer is not None and outer.shape == "member" else None
    binding = names.of.get(owner) if owner is not None and owner is not node else None
    is_whole = binding is not None and binding.imported is not None and binding.imported.imported == "*"
    return is_whole and node.file.pack.modules.style in ("path", "dotted")
