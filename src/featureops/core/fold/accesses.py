"""Places that take a known member out of a value: `variant.name`, `variant["name"]`, `variant.getName()`."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.fold.chains import is_seen_as_boolean
from featureops.core.fold.values import Known, Record
from featureops.core.given import argument
from featureops.core.scopes import Binding, Names, string_value
from featureops.core.syntax import Node

__all__ = ["called_member", "is_read_plainly", "is_written", "member_at", "taken"]


def member_at(access: Node, whole: Record) -> Known | None:
    """What a member or an index gives of a value; None for what is not known, and where the place is written to."""
    name = _label(access)
    return whole.member(name) if name is not None and not is_written(access) else None


def called_member(call: Node, whole: Record) -> Known | None:
    """What a call of a method on the value gives: one that takes nothing, or one that is given an entry's name."""
    callee, arguments = call.role("function"), call.role("arguments")
    name = callee.role("property") if callee is not None else None
    if name is None:
        return None
    if arguments is None or not arguments.items:
        return whole.member(f"{name.text}()")
    key = argument(call, 0) if name.text in name.file.pack.index.entry_getters else None
    label = _text(key) if key is not None else None
    return whole.member(label) if label is not None else None


def is_read_plainly(use: Node, whole: Record) -> bool:
    """Whether a use of the value only takes something out of it, or asks whether it is there: nothing else gets hold of
    it, and it stays as it is."""
    node, parent = use, use.parent
    while parent is not None and parent.shape in ("paren", "cast", "await", "unwrap"):
        node, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.shape in ("member", "index") and parent.role("object") is node:
        return not is_written(parent) and _is_taken(parent, whole)
    if parent.shape == "declarator" and parent.role("value") is node:
        return _is_simple(parent.role("name"))
    if parent.shape in ("equal", "not-equal"):
        return any(side.shape == "null" for side in (*parent.roles("left"), *parent.roles("right")))
    return is_seen_as_boolean(use)


def _is_taken(access: Node, whole: Record) -> bool:
    """Whether what an access gives is no part that could be changed through it."""
    outer = access.parent
    if outer is not None and outer.shape == "call" and outer.role("function") is access:
        found, arguments = called_member(outer, whole), outer.role("arguments")
        is_asked = not whole.is_entries and (arguments is None or not arguments.items)
        return is_asked if found is None else not isinstance(found, Record) or is_read_plainly(outer, found)
    found = member_at(access, whole)
    return not isinstance(found, Record) or is_read_plainly(access, found)


def taken(declarator: Node, whole: Record, names: Names) -> Iterator[tuple[Node, Binding, Known]]:
    """What a pattern takes out of a value: the entry of the pattern, the name it binds and what that holds."""
    pattern = declarator.role("name")
    if pattern is None or not _is_simple(pattern):
        return
    for item in pattern.items:
        key = item.role("key") if item.shape == "destructured" else item
        value = item.role("value") if item.shape == "destructured" else item
        known = whole.member(string_value(key) or key.text) if key is not None else None
        local = [part for part in (value.walk() if value is not None else ()) if part in names.of]
        bound = [names.of[part] for part in local if part in names.of[part].definitions]
        if known is not None and len(bound) == 1 and bound[0].is_single and not _is_pattern(value):
            yield item, bound[0], known


def _is_simple(pattern: Node | None) -> bool:
    """Whether a pattern names what it takes, and does not take the rest."""
    if pattern is None or pattern.shape != "destructuring":
        return False
    kinds = pattern.file.pack.index.identifiers
    return all(item.shape == "destructured" or item.type in kinds for item in pattern.items)


def _is_pattern(value: Node | None) -> bool:
    return value is None or any(part.shape == "destructuring" for part in value.walk())


def _label(access: Node) -> str | None:
    name = access.role("property")
    if name is not None:
        return name.text
    index = access.role("index")
    return _text(index) if index is not None else None


def _text(node: Node) -> str | None:
    return string_value(node) if node.type not in node.file.pack.index.symbols else None


def is_written(access: Node) -> bool:
    """Whether a member or an entry is given a value where it stands."""
    parent = access.parent
    if parent is None:
        return False
    index = access.file.pack.index
    written = not index.writes.isdisjoint((f"{parent.type}.{access.field}", f"{parent.type}.*"))
    is_target = parent.shape in ("assign", "for") and access in (*parent.roles("left"), *parent.roles("target"))
    return written or is_target or "augmented" in parent.type
