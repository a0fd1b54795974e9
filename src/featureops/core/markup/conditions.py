"""Conditions of markup that name what is known now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from featureops.core.pack import LanguagePack
from featureops.core.syntax import Node, parse

__all__ = ["Open", "decided", "names_in"]


class Open(ValueError):
    """What a condition comes to can't be told, or not without losing an effect."""


def decided(path: str, text: bytes, pack: LanguagePack, known: Mapping[str, bool]) -> bool | str:
    """What a condition comes to where only its truth counts: a value, or what is left of its text. Errors: Open."""
    expression = _expression(path, text, pack)
    if expression is None:
        raise Open
    return _fold(expression, known)


def names_in(path: str, text: bytes, pack: LanguagePack) -> frozenset[str]:
    """The names that an expression uses."""
    file = parse(path, text, replace(pack, regions=None))
    kinds = pack.index.identifiers
    return frozenset(node.text for node in file.root.walk() if node.type in kinds)


def _expression(path: str, text: bytes, pack: LanguagePack) -> Node | None:
    file = parse(path, text, replace(pack, regions=None))
    items = file.root.items
    inner = items[0].role("operand") if len(items) == 1 and items[0].shape == "expression" else None
    return inner if not file.errors() else None


def _fold(node: Node, known: Mapping[str, bool]) -> bool | str:
    if node.shape == "paren" and (inner := node.role("operand")) is not None:
        value = _fold(inner, known)
        return node.text if value == inner.text else value
    if node.shape in ("true", "false"):
        return node.shape == "true"
    if node.shape == "not" and (inner := node.role("operand")) is not None:
        value = _fold(inner, known)
        if isinstance(value, bool):
            return not value
        if value != inner.text:
            raise Open
        return node.text
    if node.shape in ("and", "or"):
        return _joined(node, known)
    if node.type in node.file.pack.index.identifiers and node.text in known:
        return known[node.text]
    if node.shape == "call" and node.text in known:
        return known[node.text]
    kinds = node.file.pack.index.identifiers
    if any(part.type in kinds and not known.keys().isdisjoint((part.text, f"{part.text}()")) for part in node.walk()):
        raise Open
    return node.text


def _joined(node: Node, known: Mapping[str, bool]) -> bool | str:
    left, right = node.role("left"), node.role("right")
    if left is None or right is None:
        raise Open
    decides = node.shape == "or"
    first, second = _fold(left, known), _fold(right, known)
    if isinstance(first, bool):
        return first if first is decides else second
    if isinstance(second, bool):
        if second is not decides:
            return first
        if any(part.shape in ("call", "await", "assign") for part in left.walk()):
            raise Open
        return second
    if first == left.text and second == right.text:
        return node.text
    raise Open
