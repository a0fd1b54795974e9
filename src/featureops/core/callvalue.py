"""What a call of an SDK gives at its place: the flag's value, something around it, or nothing yet."""

from __future__ import annotations

from featureops.core.given import argument
from featureops.core.pack import CallForm
from featureops.core.syntax import Node

__all__ = ["value_of", "whole_call"]

_BY_DEFAULT = {
    "string": "string",
    "concat": "string",
    "format": "string",
    "number": "number",
    "object": "object",
    "list": "object",
}


def value_of(call: Node, node: Node, form: CallForm) -> str:
    """The kind of value of a call whose whole expression is `node`, when nothing hides it.

    One method of an SDK may serve all types: a default that is no boolean tells that the flag is none. "promise" where
    the value comes later, "callback" where it is given to a function.
    """
    if form.awaited and not _is_awaited(call):
        return "promise"
    outer = node.parent
    name = outer.role("property") if outer is not None and outer.shape == "member" else None
    if name is not None and name is not node and name.text in node.file.pack.index.promise_members:
        return "promise"
    if form.value != "boolean" or form.default is None:
        return form.value
    arguments = call.role("arguments")
    items = arguments.items if arguments is not None else []
    if len(items) > form.default + 1 and items[-1].shape in ("lambda", "function"):
        return "callback"
    last = items[-1] if len(items) > 1 else None
    default = argument(call, form.default) or (last.role("value") or last if last is not None else None)
    return _BY_DEFAULT.get(default.shape, "boolean") if default is not None else "boolean"


def _is_awaited(call: Node) -> bool:
    outer = call.parent
    while outer is not None and outer.shape in ("paren", "cast"):
        outer = outer.parent
    return outer is not None and outer.shape == "await"


def whole_call(call: Node, pinned: tuple[str, ...]) -> tuple[Node, bool]:
    """Climb from the call over awaits and parentheses to a pinned member, if there is one."""
    node, opened = call, False
    while node.parent is not None and node.parent.shape in ("await", "paren", "cast", "unwrap"):
        node = node.parent
        opened = opened or node.shape == "unwrap"
    if opened and "?" in pinned:
        return node, True
    parent = node.parent
    if pinned and parent is not None and parent.shape == "member" and parent.role("object") is node:
        name = parent.role("property")
        outer = parent.parent  # where members are got by a call, the call is the value
        is_called = outer is not None and outer.shape == "call" and outer.role("function") is parent
        if name is not None and (name.text in pinned or (is_called and f"{name.text}()" in pinned)):
            return outer if outer is not None and is_called else parent, True
    awaited = call.parent
    if awaited is not None and awaited.shape == "await":
        return awaited, False
    return call, False
