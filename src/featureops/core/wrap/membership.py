"""Flags that are read as members of an object, each called like its flag: `features.newReceipt`."""

from __future__ import annotations

from dataclasses import dataclass

from featureops.core.asked import Read
from featureops.core.given import initializer
from featureops.core.house import member_pattern
from featureops.core.scopes import Names, string_value
from featureops.core.syntax import Node
from featureops.core.wrap.spelt import case_of

__all__ = ["Membership", "membership_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Membership:
    """`text` is the read with `{flag}` in it, whose name is written in a `case`; `owner` is what has the members."""

    text: str
    case: str
    owner: Node


def membership_of(read: Read, names: Names) -> Membership | None:
    """How a read names a member; None where it is no member, or of something that only its own function has."""
    node = read.node
    if read.value == "name":
        return _of_pattern(read, names)
    if "{flag}" in read.method:
        return _of_house(read)
    owner, label = node.role("object"), node.role("property") or node.role("index")
    if owner is None or label is None:
        return None
    rest = node.file.slice(owner.end, label.start), node.file.slice(label.end, node.end)
    return _membership(_made(owner, names), label, rest)


def _of_house(read: Read) -> Membership | None:
    node = read.node
    found = member_pattern(read.method).fullmatch(node.text)
    owner = node.role("object")
    if found is None or owner is None:
        return None
    start, end = found.span("flag")
    return Membership(f"{node.text[:start]}{{flag}}{node.text[end:]}", case_of([found["flag"]]), owner)


def _of_pattern(read: Read, names: Names) -> Membership | None:
    """A part of a pattern that takes members out of what a call gives."""
    declarator = next((outer for outer in read.node.ancestors() if outer.shape == "declarator"), None)
    value = declarator.role("value") if declarator is not None else None
    label = read.node.role("key") or read.node
    return _membership(_made(value, names), label, (".", "")) if value is not None else None


def _membership(owner: Node | None, label: Node, rest: tuple[str, str]) -> Membership | None:
    if owner is None or (owner.shape == "call" and not _is_bare(owner)):
        return None
    name = string_value(label) or label.text
    lead, tail = label.text.split(name, 1) if name in label.text else ("", "")
    return Membership(f"{owner.text}{rest[0]}{lead}{{flag}}{tail}{rest[1]}", case_of([name]), owner)


def _made(owner: Node, names: Names) -> Node | None:
    """What a variable of a function was given, where that is a call; anything else itself."""
    binding = names.of.get(owner)
    if binding is None or binding.scope.parent is None or not binding.is_single:
        return owner
    value = initializer(binding)
    return value if value is not None and value.shape == "call" else None


def _is_bare(call: Node) -> bool:
    arguments = call.role("arguments")
    return arguments is not None and not arguments.items
