"""Functions whose callers must hand over something else by now: old code calls them as they were."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from featureops.core.given import is_readable
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Item, definition_name, unwrapped_definition
from featureops.core.wrap.headers import parts_of
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import No, Pair, Stays

__all__ = ["Changed", "calls_of", "changed", "is_less", "rest_of", "still_callable"]

_HOLDERS = ("class", "enum", "type-definition")
_SPREAD = frozenset({"*", "**", "...", "&"})
_MANY = 99


@dataclass(frozen=True, slots=True)
class _Form:
    """How many arguments a function takes, at least and at most, and how many values it gives back."""

    least: int
    most: int
    gives: int

    def takes(self, count: int) -> bool:
        return self.least <= count <= self.most


@dataclass(frozen=True, slots=True)
class Changed:
    """By name the forms before and after the change, and the path of the file."""

    forms: Mapping[str, tuple[frozenset[_Form], frozenset[_Form], str]] = field(default_factory=dict)


def changed(pairs: Sequence[Pair], others: Container[str]) -> Changed:
    """The functions but for `others` that the files of a change define in another form than before."""
    before: dict[str, set[_Form]] = {}
    after: dict[str, set[_Form]] = {}
    paths: dict[str, str] = {}
    for pair in pairs:
        sides = _forms(pair.old.root), _forms(pair.new.root)
        for found, kept in zip(sides, (before, after), strict=True):
            for name, form in found:
                kept.setdefault(name, set()).add(form)
                paths.setdefault(name, pair.path)
    both = (name for name in before if name in after and name not in others and before[name] != after[name])
    return Changed({name: (frozenset(before[name]), frozenset(after[name]), paths[name]) for name in both})


def _forms(holder: Node) -> Iterator[tuple[str, _Form]]:
    for item in holder.items:
        node = unwrapped_definition(item)
        name = definition_name(node) if node.shape == "function" else None
        parts = parts_of(node) if name is not None else None
        if name is not None and parts is not None:
            yield name, _form(node, parts)
        body = node.role("body") if node.shape in _HOLDERS else node if node.shape in ("", "block", "package") else None
        if body is not None:
            yield from _forms(body)


def _form(function: Node, parts: Node) -> _Form:
    own = function.file.pack.index.self_names
    least = most = 0
    for part in parts.items:
        if part.text in own:
            continue
        count = max(1, sum(child.field == "name" for child in part.children))
        is_open = any(child.text in _SPREAD for child in part.children)
        may_lack = is_open or part.role("value") is not None or part.type in part.file.pack.wrap.optional_parameters
        least += 0 if may_lack else count
        most += _MANY if is_open else count
    result = function.role("type")
    given = [part for part in result.items if part.shape == "parameter"] if result is not None else []
    gives = sum(max(1, sum(child.field == "name" for child in part.children)) for part in given)
    return _Form(least, most, max(gives, 1))


def still_callable(found: Changed, region: Region) -> Stays | No | None:
    """The verdict on code whose old side calls such a function in a way that it can't be called any more."""
    if not found.forms or not region.at_run_time:
        return None
    calls = list(calls_of(found.forms, region.new_items))
    known = {(name, len(arguments.items)) for name, arguments in calls}
    for name, arguments in calls_of(found.forms, region.old_items):
        old, new, path = found.forms[name]
        count = len(arguments.items)
        if arguments.parent is None or not is_readable(arguments.parent):
            continue
        was = [form for form in old if form.takes(count)]
        if not was or any(form.takes(count) and form.gives in {each.gives for each in was} for form in new):
            continue
        if (name, count) in known and all(form.gives == each.gives for form in new for each in was):
            continue
        if _is_all(found, region):
            return Stays(f"It calls {name} as its new signature asks: so it does whether the flag is on or off.")
        return No(
            f"The old code calls {name}, whose signature differs by now ({path}): it can't stand beside the new one."
            " Add a function with the new signature and keep the old one until the flag is removed."
        )
    return None


def _is_all(found: Changed, region: Region) -> bool:
    """Whether nothing differs but that such functions are given more."""
    sides = region.old_items, region.new_items
    before, after = (list(calls_of(found.forms, items)) for items in sides)
    if len(before) != len(after) or rest_of(found.forms, sides[0]) != rest_of(found.forms, sides[1]):
        return False
    pairs = zip(before, after, strict=True)
    return all(one[0] == other[0] and is_less(one[1], other[1], found.forms) for one, other in pairs)


# ---------------------------------------------------------------- calls by name


def calls_of(names: Container[str], items: Sequence[Item]) -> Iterator[tuple[str, Node]]:
    """The calls of functions and constructors of these names, with their arguments."""
    for node in (node for item in items for node in item.node.walk() if node.named and node.shape == "call"):
        callee = node.role("function")
        name = (callee.role("property") or callee).text.partition("<")[0] if callee is not None else ""
        arguments = node.role("arguments")
        if name in names and arguments is not None:
            yield name, arguments


def is_less(old: Node, new: Node, names: Container[str] = ()) -> bool:
    """Whether each argument is still given, in the same order; a call of one of the names may be given more too."""
    rest = iter(new.items)
    return all(any(_is_as(part, other, names) for other in rest) for part in old.items)


def _is_as(old: Node, new: Node, names: Container[str]) -> bool:
    before, after = old.role("arguments"), new.role("arguments")
    if old.text == new.text or before is None or after is None:
        return old.text == new.text
    heads = (node.file.slice(node.start, part.start) for node, part in ((old, before), (new, after)))
    callee = old.role("function")
    name = (callee.role("property") or callee).text if callee is not None else ""
    return name in names and len(set(heads)) == 1 and is_less(before, after, names)


def rest_of(names: Container[str], items: Sequence[Item]) -> list[str]:
    """The code of items without what those calls are given."""
    spans = [arguments.span for _, arguments in calls_of(names, items)]
    leaves = (node for item in items for part in item.parts for node in part.walk() if not node.children)
    return [node.text for node in leaves if not node.is_comment and not any(span.holds(node.span) for span in spans)]
