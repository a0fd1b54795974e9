"""What a choice makes of a number: some languages bring both sides to one type, so `on ? 1 : 2.5` gives 1.0."""

from __future__ import annotations

import re

from featureops.core.fold.text import bare
from featureops.core.syntax import Node

__all__ = ["is_retyped", "promoted"]

_NUMBER = re.compile(r"(-?\d+)(\.\d*(?:[eE][+-]?\d+)?|[eE][+-]?\d+)?([lLfFdDmM]?)")
_RANKS = ("", "l", "f", "d", "m")
_DOUBLE = "d"
_DIVIDES = ("/", "%")


def promoted(chosen: Node, dropped: Node) -> str | None:
    """A whole number as the choice gives it; None where it stays as it is written."""
    own, other = _rank(chosen), _rank(dropped)
    if not _widens(chosen) or own is None or other is None or _RANKS.index(other) <= _RANKS.index(own):
        return None
    whole = bare(chosen).text.rstrip("lL")
    return f"{whole}.0" if other == _DOUBLE else f"{whole}{'L' if other == 'l' else other}"


def is_retyped(choice: Node, chosen: Node, dropped: Node) -> bool:
    """Whether what is chosen may be a value of another type by itself, which nothing in its place makes up for."""
    if not _widens(chosen):
        return False
    own, other = _rank(chosen), _rank(dropped)
    if _is_character(chosen) != _is_character(dropped) and (own is not None or other is not None):
        return True
    if own is not None and other is not None:
        return bool(own) and own != "l" and _RANKS.index(other) > _RANKS.index(own)
    is_unsure = own not in (None, *_RANKS[3:]) if other is None else other in _RANKS[2:]
    return is_unsure and _tells_types_apart(choice)


def _widens(node: Node) -> bool:
    return bool(node.file.pack.index.widening)


def _rank(node: Node) -> str | None:
    """The type of a number; None for what is none, or none that can be told."""
    found = _NUMBER.fullmatch(bare(node).text)
    if found is None:
        return None
    suffix = found[3].lower()
    return suffix or (_DOUBLE if found[2] else "")


def _is_character(node: Node) -> bool:
    return bare(node).type in node.file.pack.index.characters


def _tells_types_apart(choice: Node) -> bool:
    """Whether the place makes something else of a whole number: it is divided, or a name gets its type by it."""
    place = choice.parent
    while place is not None and place.shape == "paren":
        place = place.parent
    if place is None:
        return False
    if any(place.has_token(sign) for sign in _DIVIDES):
        return True
    words = place.file.pack.index.inferring
    holders = (place, place.parent) if place.shape in ("declarator", "declaration") else ()
    return any(part.text in words for each in holders if each is not None for part in each.children)
