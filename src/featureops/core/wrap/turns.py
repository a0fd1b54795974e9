"""Code that runs many times in one run of its function: what stands in a loop, or is called for every element."""

from __future__ import annotations

import re

from featureops.core.syntax import Node

__all__ = ["loop_around"]

_LOOPS = ("for", "while", "do")
_FUNCTIONS = ("function", "lambda")


def loop_around(node: Node) -> Node | None:
    """The innermost loop, or call of a function that calls what it is given for every element, in whose every turn a
    node runs."""
    inner, handed = node, False
    for outer in (node, *node.ancestors()):
        if _is_turned(outer, inner):
            return outer
        if outer.shape == "class" or (outer.shape in _FUNCTIONS and outer.role("name") is not None):
            return None
        if handed and outer.shape in ("call", "block"):
            return None  # a function that runs who knows when
        inner, handed = outer, handed or outer.shape in _FUNCTIONS
    return None


def _is_turned(outer: Node, part: Node) -> bool:
    """Whether a node is a loop with `part` in its body, or a call with it in what is called for every element."""
    if outer.shape in _LOOPS:
        body = outer.role("body")
        return body is None or body.span.holds(part.span)
    return outer.shape == "call" and _is_for_each(outer, part)


def _is_for_each(call: Node, part: Node) -> bool:
    pattern, callee = call.file.pack.wrap.turns, call.role("function")
    if pattern is None or callee is None or callee.span.holds(part.span):
        return False
    return re.fullmatch(pattern, (callee.role("property") or callee).text) is not None
