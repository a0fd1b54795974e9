"""What a component gives to its markup by the object that describes it: `setup() { return { isNew } }`, `data()`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from featureops.core.fold.values import Known
from featureops.core.given import own_returns, unwrapped
from featureops.core.markup.uses import written_in_markup
from featureops.core.mentions import mentions_of
from featureops.core.selves import holder_meant
from featureops.core.syntax import Node, SourceFile

__all__ = ["Given", "given_by_options"]


@dataclass(frozen=True, slots=True)
class Given:
    """A name that the markup has, the expression that gives its value, the entry of the object that has to go with it,
    and where the script reads it of the component. `is_only`: nothing else in the script speaks of it."""

    name: str
    value: Node
    entry: Node
    reads: tuple[Node, ...]
    is_only: bool

    def among(self, known: Mapping[Node, Known]) -> bool | None:
        value = known.get(self.value)
        return value if isinstance(value, bool) else None


def given_by_options(file: SourceFile) -> list[Given]:
    """The names that stay what they are: nothing in the script or in the markup sets them."""
    rules = file.pack.markup
    options = _options(file) if rules is not None and rules.gives else None
    if rules is None or options is None:
        return []
    found: dict[str, list[tuple[Node, Node]]] = {}
    for item in options.items:
        name, value = _named(item)
        if name in rules.gives and value is not None:
            for entry in _entries(_returned(value)):
                found.setdefault(_named(entry)[0] or entry.text, []).append((_value(entry), entry))
        elif name == rules.computed and value is not None:
            for entry in _entries(value):
                label, function = _named(entry)
                result = _returned(function) if function is not None else None
                found.setdefault(label, []).extend([(result, entry)] if result is not None else [])
    written = written_in_markup(file)
    places = {name: each[0] for name, each in found.items() if len(each) == 1 and name not in written}
    given = (_given(file, options, name, *place) for name, place in places.items())
    return [each for each in given if each is not None]


def _options(file: SourceFile) -> Node | None:
    """The object that a component is described by: what the file exports, or hands to a function to export that."""
    exports = [item for item in file.root.items if item.shape == "export" and item.has_token("default")]
    inner = exports[0].items[-1] if len(exports) == 1 and exports[0].items else None
    listed = inner.role("arguments") if inner is not None and inner.shape == "call" else None
    if listed is not None:
        inner = listed.items[0] if len(listed.items) == 1 else None
    return inner if inner is not None and inner.shape == "object" else None


def _named(entry: Node) -> tuple[str, Node | None]:
    """The name of an entry, with the function or the value that it holds."""
    if entry.shape == "function":
        label = entry.role("name")
        return (label.text, entry) if label is not None else ("", None)
    key = entry.role("key") if entry.shape == "pair" else None
    return (key.text.strip("'\""), entry.role("value")) if key is not None else ("", None)


def _value(entry: Node) -> Node:
    return entry.role("value") or entry


def _returned(function: Node) -> Node | None:
    """The one expression that a function gives back, and does nothing before."""
    body = function.role("body") if function.shape in ("function", "lambda") else None
    if body is None or body.shape != "block":
        return unwrapped(body) if body is not None else None
    found = list(own_returns(function))
    value = found[0].role("value") if len(found) == 1 and found[0].parent is body else None
    return unwrapped(value) if value is not None else None


def _entries(value: Node | None) -> Iterator[Node]:
    for item in value.items if value is not None and value.shape == "object" else ():
        if item.shape in ("pair", "function") or item.type in item.file.pack.index.shorthand:
            yield item


def _given(file: SourceFile, options: Node, name: str, value: Node, entry: Node) -> Given | None:
    """None where the script may set the name."""
    reads: list[Node] = []
    others = 0
    for node in mentions_of(file, name):
        if entry.start <= node.start < entry.end or node.parent is None:
            continue
        member = node.parent if node.parent.shape == "member" and node.parent.role("property") is node else None
        owner = member.role("object") if member is not None else None
        if member is None or owner is None:
            others += 1
        elif _is_written(member):
            return None
        elif owner.text in file.pack.index.self_names and _is_own(member, options):
            reads.append(member)
        else:
            others += 1
    is_named = entry.type in file.pack.index.shorthand  # its own variable bears the name as well
    return Given(name, value, entry, tuple(reads), is_only=is_named or not others)


def _is_written(member: Node) -> bool:
    parent = member.parent
    if parent is None:
        return False
    is_target = parent.role("left") is member or f"{parent.type}.{member.field}" in member.file.pack.index.writes
    return is_target or f"{parent.type}.*" in member.file.pack.index.writes or parent.type.startswith("update")


def _is_own(member: Node, options: Node) -> bool:
    """Whether what the member is of is the component itself: in one of its methods, which may be in an entry of it."""
    own = member.role("object")
    holder = holder_meant(own) if own is not None else None
    entry = holder.parent if holder is not None else None
    return holder is options or (entry is not None and entry.shape == "pair" and entry.parent is options)
