"""Literals: what one in the code stands for, how a known value is written, what is told of two of them."""

from __future__ import annotations

import json
import re
from typing import Final

from featureops.core.fold.text import bare
from featureops.core.fold.values import Known, Record, Scalar
from featureops.core.scopes import string_value
from featureops.core.spelling import SyntaxText
from featureops.core.syntax import Node

__all__ = ["NOTHING", "Fact", "Nothing", "labels_of", "listed", "literal", "matches", "same", "spelled", "truth"]

_NUMBER = re.compile(r"(\d[\d_]*)(\.\d+)?[fFdDlLmM]?")
_NUMERIC = re.compile(r"\s*[+-]?\.?\d.*")
_CONTROLS = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


class Nothing:
    """What a literal that stands for no value is."""


NOTHING: Final = Nothing()
Fact = Known | Nothing


def literal(node: Node) -> Fact | None:
    """What a literal stands for; None for anything else, and for one that can't be told for sure."""
    node = bare(node)
    match node.shape:
        case "true" | "false":
            return node.shape == "true"
        case "null":
            return NOTHING
        case "string":
            prefix = node.text[: len(node.text) - len(node.text.lstrip("bB"))]
            value = string_value(node) if not prefix and node.type not in node.file.pack.index.symbols else None
            return Scalar(value) if value is not None else None
        case "number":
            found = _NUMBER.fullmatch(node.text)
            if found is None or (found[2] is None and len(found[1]) > 1 and found[1].startswith("0")):
                return None
            return Scalar(float(found[1] + found[2]) if found[2] else int(found[1]))
    return None


def labels_of(parts: list[Node]) -> list[Fact] | None:
    """The values of labels; nothing where they take anything, None where that can't be told."""
    found: list[Fact] = []
    for label in parts:
        facts = [literal(item) for item in listed(label)]
        if None in facts:
            return None
        found.extend(fact for fact in facts if fact is not None)
    return found


def listed(label: Node) -> list[Node]:
    """The alternatives in a label or a pattern; none where it takes anything."""
    if label.type not in label.file.pack.index.alternatives:
        return [label]
    return [part for item in label.items for part in listed(item)]


def same(one: Fact, other: Fact) -> bool | None:
    """Whether two values are equal; None where languages differ over it, or where that can't be known."""
    if isinstance(one, Nothing) or isinstance(other, Nothing):
        return _is_nothing(one, other)
    if isinstance(one, bool) and isinstance(other, bool):
        return one == other
    if not isinstance(one, Scalar) or not isinstance(other, Scalar):
        return None
    left, right = one.value, other.value
    if isinstance(left, str) and isinstance(right, str):
        # Texts that look like numbers may be compared as such.
        return left == right or (None if _NUMERIC.match(left) and _NUMERIC.match(right) else False)
    return None if isinstance(left, str) or isinstance(right, str) else left == right


def matches(label: Fact, value: Fact) -> bool | None:
    """Whether a case with this label takes the value; None where that can't be told."""
    if isinstance(value, bool) and not isinstance(label, bool):
        is_number = isinstance(label, Scalar) and not isinstance(label.value, str)
        return None if is_number else False
    return same(label, value)


def _is_nothing(one: Fact, other: Fact) -> bool | None:
    facts = [fact for fact in (one, other) if not isinstance(fact, Nothing)]
    if not facts:
        return True
    is_empty = isinstance(facts[0], Scalar) and not facts[0].value
    return None if is_empty or facts[0] == Record() else False


def truth(value: Known, text: SyntaxText) -> bool | None:
    """Whether a value counts as true; None where that is not known."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Record):
        return True if value.members else None
    return json.dumps(value.value or (value.value if isinstance(value.value, str) else 0)) not in text.falsy


def spelled(value: Known, text: SyntaxText) -> str | None:
    """The literal of a value; None for one that can't be written."""
    if isinstance(value, bool):
        return text.true if value else text.false
    if isinstance(value, Record):
        return None
    plain = _quoted(value.value, value.quote, text) if isinstance(value.value, str) else _number(value.value)
    if plain is None or isinstance(value.value, str):
        return value.spelt.replace("{}", plain) if plain is not None else None
    whole = plain if "." in plain or "e" in plain else f"{plain}.0"
    return value.spelt.replace("{float}", whole).replace("{}", plain)


def _number(value: float) -> str:
    return repr(value)


def _quoted(value: str, quote: str, text: SyntaxText) -> str | None:
    quote = quote if quote in text.quotes and len(quote) == 1 else text.quotes[0]
    special = {"\\", quote, *(text.escaped if quote not in text.plain_quotes else "")}
    if special.isdisjoint(value) and value.isprintable():
        return f"{quote}{value}{quote}"
    if quote in text.plain_quotes:
        quote = next((other for other in text.quotes if len(other) == 1 and other not in text.plain_quotes), "")
    if not quote or not all(character.isprintable() or character in _CONTROLS for character in value):
        return None
    special = {"\\", quote, *text.escaped}
    body = "".join(
        f"\\{character}" if character in special else _CONTROLS.get(character, character) for character in value
    )
    return f"{quote}{body}{quote}"
