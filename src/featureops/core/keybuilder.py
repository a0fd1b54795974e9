"""Keys that are put together: concatenation, strings with interpolation, joining and formatting of known parts.

How it looks is data: the shapes `concat` (parts one behind the other) and `format` (a text with holes and what fills
them), the interpolations of strings, and the calls that do such things (`Builder`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from featureops.core.indexing import Builder
from featureops.core.syntax import Node

__all__ = ["built_text"]

_PARTS = 64
_HOLE = re.compile(r"\{(\w*)\}")
_BRACES = frozenset("{}")
_WORD = re.compile(r"\w")

_ValueOf = Callable[[Node], str | None]


def built_text(node: Node, value_of: _ValueOf) -> str | None:
    """The text that an expression gives, where all its parts have a known text; None for anything else.

    `value_of` tells the text of a part. A part with an escape or a format of its own is not known.
    """
    if node.shape == "concat":
        return _joined(_operands(node), value_of)
    if node.shape == "format":
        left, right = node.role("left"), node.role("right")
        given = _listed(right) if right is not None else None
        filled = given if given is not None else [right] if right is not None else []
        return _filled(value_of(left), filled, ("%s",), value_of) if left is not None else None
    if node.shape == "string":
        return _interpolated(node, value_of)
    return _called(node, value_of) if node.shape in ("call", "macro") else None


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


# ---------------------------------------------------------------- strings


def _interpolated(node: Node, value_of: _ValueOf) -> str | None:
    """A string with interpolations; its first and last child are the quotes."""
    children, kinds = node.children, node.file.pack.index.interpolations
    if not any(child.type in kinds for child in children) or children[0].type in kinds or children[-1].type in kinds:
        return None
    found: list[str] = []
    at = children[0].end
    for child in children[1:]:
        is_hole = child.type in kinds
        if child.named and not is_hole and child is not children[-1]:
            continue
        plain = node.file.slice(at, child.start)
        if "\\" in plain or not _BRACES.isdisjoint(plain):
            return None
        value = _hole_value(child, value_of) if is_hole else ""
        if value is None:
            return None
        found.extend((plain, value))
        at = child.end
    return "".join(found)


def _hole_value(hole: Node, value_of: _ValueOf) -> str | None:
    """Of an interpolation that is an expression, or holds one and nothing else: no format, no conversion."""
    index = hole.file.pack.index
    if hole.type in index.opaque_holes:
        return None
    if hole.shape or hole.type in index.identifiers:
        return value_of(hole)
    inner = [item for item in hole.items if _WORD.search(item.text)]
    if len(inner) != 1 or hole.text.strip("#$\\(){} \t") != inner[0].text.strip("() \t"):
        return None
    return value_of(inner[0])


# ---------------------------------------------------------------- calls


def _called(node: Node, value_of: _ValueOf) -> str | None:
    """`"-".join(parts)`, `parts.join("-")`, `sprintf("%s-x", part)`, `"new-".concat(part)` ..."""
    builders, callee, arguments = node.file.pack.builders, node.role("function"), node.role("arguments")
    if not builders or callee is None or arguments is None:
        return None
    given = [_plain(item) for item in arguments.items]
    owner, name = (callee.role("object"), callee.role("property")) if callee.shape == "member" else (None, None)
    text = "".join(callee.text.split())
    for builder in builders:
        if builder.function == text:
            return _does(builder, given, value_of)
        if builder.method is not None and owner is not None and name is not None and builder.method == name.text:
            return _does(builder, [owner, *given], value_of)
    return None


def _does(builder: Builder, given: list[Node], value_of: _ValueOf) -> str | None:
    if builder.does == "concatenate":
        return _joined(given, value_of)
    if builder.does == "format":
        return _filled(value_of(given[0]), given[1:], builder.holes, value_of) if given else None
    if not builder.separator < len(given):
        return None
    told = [item.role("value") or item if item.shape == "keyword-argument" else item for item in given]
    rest = [*told[: builder.separator], *told[builder.separator + 1 :]]
    parts = _listed(rest[0]) if len(rest) == 1 else rest
    separator = value_of(told[builder.separator]) if parts else None
    return _joined(parts, value_of, separator) if parts and separator is not None else None


def _plain(item: Node) -> Node:
    return item.role("operand") or item if item.shape == "argument" else item


def _listed(node: Node) -> list[Node] | None:
    """What a list holds, also one that is written with its type."""
    body = node if node.shape == "list" else node.role("body") if node.shape == "object" else None
    return [_plain(item) for item in body.items] if body is not None else None


def _filled(text: str | None, given: list[Node], holes: tuple[str, ...], value_of: _ValueOf) -> str | None:
    """A text with holes of one of the kinds."""
    if text is None:
        return None
    if "{}" in holes:
        return _named(text, given, value_of)
    pieces = re.split("|".join(map(re.escape, holes)), text)
    values = [value_of(part) for part in given]
    if len(pieces) != len(given) + 1 or any("%" in piece for piece in pieces) or None in values:
        return None
    filled = (f"{value}{piece}" for value, piece in zip(values, pieces[1:], strict=True))
    return "".join((pieces[0], *filled))


def _named(text: str, given: list[Node], value_of: _ValueOf) -> str | None:
    """Holes by order, number or name."""
    plain = [item for item in given if item.shape != "keyword-argument"]
    named = {
        label.text: value
        for item in given
        if (label := item.role("name")) is not None and (value := item.role("value")) is not None
    }
    if not _BRACES.isdisjoint(_HOLE.sub("", text)):
        return None
    if len(plain) > len(_HOLE.findall(text)):
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
