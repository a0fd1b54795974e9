"""Keys that are put together: concatenation, strings with interpolation, joining and formatting of known parts.

What is joined by which method is data (`Indexing`), and so is what a concatenation looks like (shape `concat`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from featureops.core.syntax import Node

__all__ = ["built_text"]

_PARTS = 64
_HOLE = re.compile(r"\{(\w*)\}")
_BRACES = frozenset("{}")

_ValueOf = Callable[[Node], str | None]


def built_text(node: Node, value_of: _ValueOf) -> str | None:
    """The text that an expression gives, where all its parts have a known text; None for anything else.

    `value_of` tells the text of a part. A part with an escape or a format of its own is not known.
    """
    if node.shape == "concat":
        return _joined(_operands(node), value_of)
    if node.shape == "format":
        return _percent(node, value_of)
    if node.shape == "string":
        return _interpolated(node, value_of)
    return _called(node, value_of) if node.shape == "call" else None


def _operands(node: Node) -> list[Node]:
    """The parts of a chain of concatenations, from left to right."""
    found: list[Node] = []
    stack = [node]
    while stack:
        part = stack.pop()
        if part.shape == "concat":
            stack.extend(reversed(part.items))
        else:
            found.append(part)
    return found


def _joined(parts: list[Node], value_of: _ValueOf, separator: str = "") -> str | None:
    if len(parts) > _PARTS:
        return None
    values = [value_of(part) for part in parts]
    known = [value for value in values if value is not None]
    return separator.join(known) if known and len(known) == len(values) else None


def _interpolated(node: Node, value_of: _ValueOf) -> str | None:
    """A string with interpolations; its first and last child are the quotes."""
    children = node.children
    holes = [child for child in children if child.type in node.file.pack.index.interpolations]
    if not holes or children[0] in holes or children[-1] in holes:
        return None
    found: list[str] = []
    at = children[0].end
    for hole in [*holes, children[-1]]:
        plain = node.file.slice(at, hole.start)
        if "\\" in plain or not _BRACES.isdisjoint(plain):
            return None
        found.append(plain)
        at = hole.end
        if hole is not children[-1]:
            value = _hole_value(hole, value_of)
            if value is None:
                return None
            found.append(value)
    return "".join(found)


def _hole_value(hole: Node, value_of: _ValueOf) -> str | None:
    """Of an interpolation that holds an expression and nothing else: no format, no conversion."""
    inner = hole.items
    if len(inner) != 1 or hole.text.strip("#$\\(){} \t") != inner[0].text.strip("() \t"):
        return None
    return value_of(inner[0])


def _percent(node: Node, value_of: _ValueOf) -> str | None:
    left, right = node.role("left"), node.role("right")
    text = value_of(left) if left is not None else None
    if text is None or right is None:
        return None
    given = right.items if right.shape == "list" else [right]
    pieces = text.split("%s")
    if len(pieces) != len(given) + 1 or any("%" in piece for piece in pieces):
        return None
    filled = [pieces[0]]
    for part, piece in zip(given, pieces[1:], strict=True):
        value = value_of(part)
        if value is None:
            return None
        filled.extend((value, piece))
    return "".join(filled)


def _called(node: Node, value_of: _ValueOf) -> str | None:
    """`"-".join(parts)`, `parts.join("-")`, `"{}-x".format(part)`, `"new-".concat(part)`."""
    callee, arguments = node.role("function"), node.role("arguments")
    if callee is None or arguments is None or callee.shape != "member":
        return None
    owner, name = callee.role("object"), callee.role("property")
    if owner is None or name is None:
        return None
    index, given = node.file.pack.index, arguments.items
    if name.text in index.separator_joins and len(given) == 1 and given[0].shape == "list":
        separator = value_of(owner)
        return _joined(given[0].items, value_of, separator) if separator is not None else None
    if name.text in index.list_joins and len(given) == 1 and owner.shape == "list":
        separator = value_of(given[0])
        return _joined(owner.items, value_of, separator) if separator is not None else None
    if name.text in index.concatenations and given:
        return _joined([owner, *given], value_of)
    if name.text in index.formats:
        text = value_of(owner)
        return _formatted(text, given, value_of) if text is not None else None
    return None


def _formatted(text: str, given: list[Node], value_of: _ValueOf) -> str | None:
    """Holes by order, number or name."""
    plain = [item for item in given if item.shape != "keyword-argument"]
    named = {
        label.text: value
        for item in given
        if (label := item.role("name")) is not None and (value := item.role("value")) is not None
    }
    if not _BRACES.isdisjoint(_HOLE.sub("", text)):
        return None
    found: list[str] = []
    at, order = 0, 0
    for hole in _HOLE.finditer(text):
        part = _argument(hole[1], order, plain, named)
        filled = value_of(part) if part is not None else None
        if filled is None:
            return None
        found.extend((text[at : hole.start()], filled))
        at, order = hole.end(), order + 1
    return "".join((*found, text[at:]))


def _argument(label: str, order: int, plain: list[Node], named: dict[str, Node]) -> Node | None:
    if label and not label.isdecimal():
        return named.get(label)
    position = int(label) if label else order
    return plain[position] if position < len(plain) else None
