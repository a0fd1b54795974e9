"""Where a function that gives a known value is called."""

from __future__ import annotations

from collections.abc import Mapping

from featureops.core.fold.values import Known, is_pure
from featureops.core.syntax import Node

__all__ = ["called", "is_method", "whole_use"]


def called(use: Node, is_async: bool, known: Mapping[Node, Known]) -> Node | None:
    """The call whose callee the use is, with the `await` around it where the function is asynchronous; None where the
    function is used otherwise, or where an argument has effects."""
    callee = whole_use(use)
    call = callee.parent
    if call is None or call.shape != "call" or call.role("function") is not callee:
        return use if use.type in use.file.pack.index.implicit_members else None
    arguments = call.role("arguments")
    if arguments is not None and not all(_pure_argument(item, known) for item in arguments.items):
        return None
    if not is_async:
        return call
    return call.parent if call.parent is not None and call.parent.shape == "await" else None


def is_method(function: Node) -> bool:
    """Whether a function belongs to a class, or to the type that it names as its receiver."""
    index = function.file.pack.index
    if function.role("receiver") is not None:
        return True
    scopes = (outer.type for outer in function.ancestors() if outer.type in index.class_scopes | index.function_scopes)
    return next(scopes, "") in index.class_scopes


def whole_use(use: Node) -> Node:
    """`this.name` where the use is the name in it."""
    parent = use.parent
    return parent if parent is not None and parent.shape == "member" and parent.role("property") is use else use


def _pure_argument(item: Node, known: Mapping[Node, Known]) -> bool:
    value = item.role("value") if item.shape == "keyword-argument" else item
    return value is not None and is_pure(value, known.__contains__)
