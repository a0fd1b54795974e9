"""The booleans that tests write."""

from __future__ import annotations

from featureops.core.scopes import string_value
from featureops.core.syntax import Node

__all__ = ["chosen", "literal"]


def literal(node: Node | None) -> bool | None:
    """The boolean that is written there."""
    inner = (node.role("operand") or node) if node is not None and node.shape in ("argument", "paren") else node
    return {"true": True, "false": False}.get(inner.shape) if inner is not None else None


def chosen(value: Node) -> bool | None:
    """The boolean of several named ones that is chosen by its name: `{variants: {on: true}, chosen: "on"}`."""
    pairs = [part for part in value.walk() if part.shape == "pair"]
    named = {_label(pair): known for pair in pairs if (known := literal(pair.role("value"))) is not None}
    keys = [pair.role("key") for pair in pairs]
    texts = [text for part in value.walk() if part not in keys and (text := string_value(part)) in named]
    return named[texts[0]] if len(texts) == 1 and texts[0] is not None else None


def _label(pair: Node) -> str | None:
    key = pair.role("key")
    return (string_value(key) or key.text) if key is not None else None
