"""When a string that folding leaves in markup or in another string can stand there as plain text."""

from __future__ import annotations

import re

from featureops.core.fold.values import Known, Scalar
from featureops.core.scopes import string_value
from featureops.core.syntax import Node

__all__ = ["bare", "plain_form", "plain_text", "stays_on_line"]

# No character here means anything to markup or to a string, and none at the ends is white space.
_PLAIN = re.compile(r"[\w.,:;!?/()-](?:[\w.,:;!?/() -]*[\w.,:;!?/()-])?")


def bare(node: Node) -> Node:
    """The expression inside parentheses."""
    while node.shape == "paren" and (inner := node.role("operand")) is not None:
        node = inner
    return node


def plain_text(node: Node) -> str | None:
    """The value of a string literal that needs no quotes, None for anything else."""
    value = string_value(node)
    return value if value is not None and _PLAIN.fullmatch(value) else None


def plain_form(value: Known) -> str | None:
    """What a known value looks like as text that needs no quotes, None for what has no such form."""
    if not isinstance(value, Scalar) or isinstance(value.value, float):
        return None
    text = str(value.value)
    return text if _PLAIN.fullmatch(text) else None


def stays_on_line(node: Node) -> bool:
    """Whether text in the place of a markup expression would keep the white space around it: text that begins or ends
    a line is joined to its neighbour by a space, an expression is not."""
    before, after = node.previous(), node.next()
    left = before.text if before is not None and before.shape == "" and before.named else ""
    right = after.text if after is not None and after.shape == "" and after.named else ""
    joined_left = left.strip() and "\n" in left[len(left.rstrip()) :]
    joined_right = right.strip() and "\n" in right[: len(right) - len(right.lstrip())]
    return not joined_left and not joined_right
