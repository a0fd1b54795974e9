"""Where a program lists its flags: entries of objects and lists, cases of a switch, that only tell that there is one.

An entry counts only in something that is named for flags (`FEATURES`, `flag_names`, `defaultToggles`), outside of
functions, and beside other entries: what merely holds the same word is data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from featureops.core.fold.values import is_pure
from featureops.core.given import call_of
from featureops.core.house import name_parts
from featureops.core.mentions import mentions_of
from featureops.core.scopes import string_value
from featureops.core.syntax import Node, SourceFile

__all__ = ["defaults_of_key", "entries_named", "entries_of_key", "keys_in", "speaks_of_flags", "unlisted"]

_WORDS = frozenset({"experiment", "experiments", "feature", "features", "flag", "flags", "toggle", "toggles"})
_NAMING = frozenset({"flag", "id", "key", "name", "slug"})
_THROUGH = frozenset({"", "argument", "arguments", "call", "cast", "paren"})
_HOLDERS = ("assign", "declarator", "field")
_LISTING = ("arguments", "list", "object")
_RECORD = 2
_SWITCHES = frozenset({"active", "enable", "enabled", "on"})


def keys_in(file: SourceFile, flag: str) -> Iterator[Node]:
    """The strings of a file that are exactly the flag's key."""
    key = flag.encode()
    at = file.data.find(key)
    while at >= 0:
        node: Node | None = file.node_at(at, at + len(key))
        while node is not None and node.shape != "string":
            node = node.parent
        if node is not None and string_value(node) == flag:
            yield node
        at = file.data.find(key, at + 1)


def entries_of_key(file: SourceFile, flag: str) -> list[Node]:
    """The entries and cases that list the flag by its key."""
    labels = (node for node in mentions_of(file, flag) if node.parent is not None and _labels(node.parent, node))
    found = (_entry_at(node) or _case_at(node) for node in (*keys_in(file, flag), *labels))
    return list(dict.fromkeys(entry for entry in found if entry is not None))


def _labels(pair: Node, node: Node) -> bool:
    """Whether a name stands for itself as the key of an entry: `{ newCheckout: false }`."""
    return pair.shape == "pair" and pair.role("key") is node and node.shape != "string"


def defaults_of_key(file: SourceFile, flag: str) -> list[Node]:
    """The statements that only say what the setting behind a flag is where nobody sets it: `SetDefault("flag", false)`,
    `SetDefault("flag.enabled", false)`.
    """
    found: list[Node] = []
    setters = file.pack.index.default_setters
    names = (name for setter in sorted(setters) for name in mentions_of(file, setter))
    for call in (call for name in names if (call := call_of(name)) is not None):
        statement, arguments = call.parent, call.role("arguments")
        key = string_value(arguments.items[0]) if arguments is not None and arguments.items else None
        setting, _, switch = (key or "").rpartition(".")
        is_own = key == flag or (setting == flag and switch in _SWITCHES)
        is_plain = arguments is not None and all(is_pure(item, lambda _: False) for item in arguments.items)
        if is_own and is_plain and statement is not None and statement.shape == "expression":
            found.append(statement)
    return found


def entries_named(file: SourceFile | None, name: str) -> list[Node]:
    """The entries that list a flag by the name of the constant that holds its key."""
    if file is None:
        return []
    places = (_member(node) for node in mentions_of(file, name))
    return list(dict.fromkeys(entry for place in places if (entry := _entry_at(place) or _case_at(place)) is not None))


def _entry_at(node: Node) -> Node | None:
    """The entry that a key stands in, as the thing that is listed."""
    place = _outermost(node, ("", "argument", "cast", "paren"))
    parent = place.parent
    if parent is None:
        return None
    if parent.shape == "pair":
        entry = _of_pair(parent, place)
    elif parent.shape == "list":
        entry = _of_list(parent, place)
    elif parent.shape == "arguments":
        entry = place if _is_listing(parent) else None
    else:
        return None
    listed = entry.parent if entry is not None else None
    outer = listed.parent if listed is not None else None
    holder = outer if outer is not None and outer.role("body") is listed else listed
    if entry is None or listed is None or holder is None or holder.shape not in _LISTING:
        return None
    return entry if len(listed.items) >= _RECORD and _is_for_flags(holder) else None


def _is_listing(arguments: Node) -> bool:
    """Whether a call lists what it is given: `setOf(Flags.A, Flags.B)`."""
    call, file = arguments.parent, arguments.file
    if call is None or call.shape != "call" or not file.pack.index.listing_calls:
        return False
    return file.slice(call.start, arguments.start).strip() in file.pack.index.listing_calls


def unlisted(file: SourceFile | None, data: bytes, name: str) -> bytes:
    """The text of a file, `data`, without the entries that list a flag by a name."""
    for entry in entries_named(file, name):
        # With a character around it a name is told from its own definition above.
        start, end = max(0, entry.start - 1), entry.end + 1
        data = data.replace(entry.file.data[start:end], b" ", 1)
    return data


def _member(node: Node) -> Node:
    """`Flags.NAME` where the node is the name in it."""
    parent = node.parent
    return parent if parent is not None and parent.shape == "member" and parent.role("property") is node else node


def _outermost(node: Node, shapes: Iterable[str]) -> Node:
    """The node with what only stands around it."""
    while node.parent is not None and node.parent.shape in shapes and len(node.parent.items) == 1:
        node = node.parent
    return node


def _of_pair(pair: Node, place: Node) -> Node | None:
    if pair.role("key") is place:
        return pair
    # {name: "the-flag", description: "..."} among others of its kind
    label, record = pair.role("key"), pair.parent
    name = (string_value(label) or label.text) if label is not None else ""
    is_listed = record is not None and record.parent is not None and record.parent.shape == "list"
    return record if is_listed and name.lower() in _NAMING else None


def _of_list(outer: Node, place: Node) -> Node | None:
    table = outer.parent
    if table is None or table.shape != "list":
        return place
    # ("the-flag", _("What it does")): a record is told from a list of keys by its second part
    rows = all(row.shape == "list" and len(row.items) == _RECORD for row in table.items)
    return outer if rows and outer.items[0] is place and _is_description(outer.items[1]) else None


def _is_description(node: Node) -> bool:
    text = string_value(node)
    return node.shape in ("call", "true", "false", "concat", "paren") or (text is not None and " " in text)


def _is_for_flags(holder: Node) -> bool:
    """Whether what holds the entries is declared outside of functions, under a name that speaks of flags."""
    found: Node | None = None
    for outer in holder.ancestors():
        if outer.shape in ("function", "lambda"):
            return False
        if found is None and outer.shape in _HOLDERS:
            found = outer
        elif found is None and outer.shape not in _THROUGH:
            return False
    target = (found.role("name") or found.role("left")) if found is not None else None
    return target is not None and speaks_of_flags(target.text)


def speaks_of_flags(name: str) -> bool:
    """Whether a name is one for flags, by its words."""
    return not _WORDS.isdisjoint(part.lower() for part in name_parts(name))


def _case_at(node: Node) -> Node | None:
    """The case of a switch over a flag's key, in a function that answers for flags."""
    case = node.parent
    body = case.parent if case is not None else None
    switch = body.parent if body is not None else None
    if case is None or body is None or switch is None or case.shape != "case" or switch.shape != "switch":
        return None
    subject = switch.role("value")
    if case.role("value") is not node or subject is None or sum(item.shape == "case" for item in body.items) < _RECORD:
        return None
    return case if speaks_of_flags(subject.text) else None
