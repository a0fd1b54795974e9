"""What a function gives without saying so: what its last statement does, or, one by one, what a generator does."""

from __future__ import annotations

from collections.abc import Callable

from featureops.core.fold.chains import is_handled
from featureops.core.fold.leaving import gives
from featureops.core.mentions import mentions_of
from featureops.core.syntax import Node

__all__ = ["is_result_seen", "kept_generator"]

_INNER = frozenset({"if", "elif", "else", "switch", "case", "paren"})
_DEPTH = 4


def kept_generator(body: Node, standing: Callable[[Node], list[Node]]) -> str:
    """What keeps the function a generator that this is the body of, where folding took everything that it gave."""
    function, words = body.parent, body.file.pack.text.empty_generators
    if not words or function is None or function.shape != "function" or function.role("body") is not body:
        return ""
    if not gives(body, lambda part: [part]) or gives(body, standing):
        return ""
    return words[-1] if any(map(function.has_token, body.file.pack.index.async_words)) else words[0]


def is_result_seen(body: Node, depth: int = 0) -> bool:
    """Whether the file shows that what a body gives is used.

    That of a call's block is where the call's value is, also as the last one of a function, unless the call is a mere
    loop; that of a function is where its name asks for a truth, or the file uses what it gives. Callers in other files
    are not looked for: most functions that end with a statement are run for what they do.
    """
    owner = body.parent
    if owner is None or body.type not in body.file.pack.index.implicit_returns or is_handled(body) or depth > _DEPTH:
        return False
    if owner.shape == "function":
        return _is_function_seen(owner, depth)
    call = owner.parent
    if call is None or call.shape != "call" or owner is not call.items[-1]:
        return owner.shape == "lambda"
    callee = call.role("function") or call
    name = callee.role("property") or callee
    return name.text not in name.file.pack.index.iterations and _is_seen(call, depth, is_given=True)


def _is_function_seen(function: Node, depth: int) -> bool:
    name = function.role("name")
    if name is None:
        return True
    if name.text.endswith(tuple(name.file.pack.index.boolean_endings)):
        return True
    mentions = [mention for mention in mentions_of(function.file, name.text) if mention is not name]
    return any(_is_seen(_whole(mention), depth + 1) for mention in mentions if function not in mention.ancestors())


def _whole(name: Node) -> Node:
    """The member or call that a name is part of."""
    node = name
    while node.parent is not None and node in (node.parent.role("property"), node.parent.role("function")):
        node = node.parent
    return node


def _is_seen(node: Node, depth: int, *, is_given: bool = False) -> bool:
    """Whether the value of an expression is used where it stands; `is_given`: as the last one of a function it is."""
    outer = node.parent
    if outer is None or outer.parent is None:
        return False
    if outer.shape == "block":
        if outer.items[-1] is not node:
            return False
        if outer.parent.shape in _INNER:
            return _is_seen(outer, depth, is_given=is_given)
        return (is_given and outer.parent.shape == "function") or is_result_seen(outer, depth + 1)
    if outer.shape in _INNER:
        is_asked = node in (outer.role("condition"), outer.role("value"))
        return is_asked or _is_seen(outer, depth, is_given=is_given)
    return True
