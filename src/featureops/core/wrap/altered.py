"""Functions and constructors whose parameters a change alters: code of the old side calls them as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from featureops.core.syntax import Node
from featureops.core.wrap.boxes import definition_name, unwrapped_definition
from featureops.core.wrap.called import Changed, calls_of, changed, is_less, rest_of, still_callable
from featureops.core.wrap.headers import only_gained, parts_of
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import No, Pair, Stays

__all__ = ["Altered", "altered", "hands_over", "one_by_one"]

_HOLDERS = ("class", "enum", "type-definition")


@dataclass(frozen=True, slots=True)
class Altered:
    """`made` are the classes that are made with more now, with the paths of their files; `called` the functions that
    are called in another way."""

    made: Mapping[str, str] = field(default_factory=dict)
    called: Changed = field(default_factory=Changed)


def altered(pairs: Sequence[Pair]) -> Altered:
    """What the files of a change alter of what is called."""
    made: dict[str, str] = {}
    for pair in pairs:
        if pair.new.pack.wrap.makers:
            before = dict(_makers(pair.old.root))
            for name, node in _makers(pair.new.root):
                old = before.get(name)
                if old is not None and only_gained(old, node) and _asks_more(old, node):
                    made[name] = pair.path
    return Altered(made, changed(pairs, made))


def _makers(holder: Node) -> Iterator[tuple[str, Node]]:
    """The classes and their constructors that take parameters, by the names of the classes; one each."""
    found: dict[str, list[Node]] = {}
    for name, node in _made(holder, ""):
        found.setdefault(name, []).append(node)
    yield from ((name, nodes[0]) for name, nodes in found.items() if len(nodes) == 1)


def _made(holder: Node, owner: str) -> Iterator[tuple[str, Node]]:
    for item in holder.items:
        node = unwrapped_definition(item)
        name = (definition_name(node) or "") if node.shape in _HOLDERS else owner
        if name and node.type in node.file.pack.wrap.makers and parts_of(node) is not None:
            yield name, node
        body = node.role("body") if node.shape in _HOLDERS else node if node.shape in ("", "block", "package") else None
        if body is not None:
            yield from _made(body, name)


def _asks_more(old: Node, new: Node) -> bool:
    """Whether what was gained has to be given."""
    before, after = parts_of(old), parts_of(new)
    known = {part.text for part in before.items} if before is not None else set()
    gained = [part for part in after.items if part.text not in known] if after is not None else []
    return any(part.role("value") is None for part in gained)


def hands_over(found: Altered, region: Region) -> Stays | No | None:
    """The verdict on code that makes what is made with more now, or calls what is called in another way: where that is
    all that differs it stays outside."""
    return _makes(found, region) or still_callable(found.called, region)


def _makes(found: Altered, region: Region) -> Stays | No | None:
    if not found.made or not region.at_run_time:
        return None
    old, new = region.old_items, region.new_items
    before, after = list(calls_of(found.made, old)), list(calls_of(found.made, new))
    if not before:
        return None
    name = before[0][0]
    pairs = zip(before, after, strict=False)
    is_only = len(before) == len(after) and rest_of(found.made, old) == rest_of(found.made, new)
    if is_only and all(one[0] == other[0] and is_less(one[1], other[1]) for one, other in pairs):
        return Stays(f"It hands {name} what that only gained: the same is handed in whether the flag is on or off.")
    return No(
        f"The old code makes {name} without what that is made with now ({found.made[name]}). Hand that in by a change"
        " of its own first, then wrap the rest."
    )


def one_by_one(found: Altered, region: Region) -> list[Region]:
    """The region, or its statements where only some of them hand over more."""
    count = len(region.old_items)
    if region.kind == "header" or count != len(region.new_items) or not isinstance(hands_over(found, region), No):
        return [region]
    starts = ((region.old[0] + at, region.new[0] + at) for at in range(count))
    parts = [replace(region, old=(first, first + 1), new=(second, second + 1)) for first, second in starts]
    return [part for part in parts if part.old_items[0].text != part.new_items[0].text]
