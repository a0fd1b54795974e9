"""Whose own name stands at a place: the class, or the object, whose object `self` or `this` is there."""

from __future__ import annotations

from featureops.core.syntax import Node

__all__ = ["class_above", "class_of", "has_own_object", "holder_meant"]


def holder_meant(own: Node) -> Node | None:
    """The class or the object literal that an own name speaks of; None where that can't be told."""
    index = own.file.pack.index
    for outer in own.ancestors():
        if outer.type in index.class_scopes and _is_in_body(own, outer):
            return outer
        if outer.type in index.own_objects and not _is_method(outer):
            return _object_of(outer)
        if has_own_object(outer):
            return None
        if outer.shape in ("function", "lambda") and class_of(outer) is None and _is_given(own, outer):
            return None
    return None


def has_own_object(block: Node) -> bool:
    """Whether a block is run on another object than the one around: `shop.instance_eval do .. end`."""
    words, call = block.file.pack.index.own_blocks, block.parent if block.field == "block" else None
    callee = call.role("function") if words and call is not None and call.shape == "call" else None
    name = callee.role("property") or callee if callee is not None else None
    return callee is not None and name is not None and not words.isdisjoint((name.text, callee.text))


def class_of(node: Node) -> Node | None:
    """The class whose member a function is."""
    index = node.file.pack.index
    for outer in node.ancestors():
        if outer.type in index.class_scopes:
            return outer
        if outer.type in index.function_scopes:
            return None
    return None


def class_above(node: Node) -> Node | None:
    """The class in whose body a node stands directly, decorated or not."""
    parent = node.parent
    while parent is not None and parent.shape in ("decorated", "declaration", "expression"):
        parent = parent.parent
    holder = parent.parent if parent is not None else None
    return holder if holder is not None and holder.type in node.file.pack.index.class_scopes else None


def _is_in_body(place: Node, holder: Node) -> bool:
    """Whether a place is in the body of what may be a class: what an object is made with is outside."""
    body = holder.role("body")
    return body.span.holds(place.span) if body is not None else holder.shape != "call"


def _is_method(function: Node) -> bool:
    """Whether a class calls a function on its objects: one in its body, or that a field holds."""
    field = function.parent if function.parent is not None and function.parent.shape == "field" else function
    return class_above(field) is not None


def _object_of(function: Node) -> Node | None:
    """The object literal whose method a function is."""
    holder = function.parent
    if holder is not None and holder.shape == "pair":
        holder = holder.parent
    return holder if holder is not None and holder.shape == "object" else None


def _is_given(own: Node, function: Node) -> bool:
    """Whether a function has a parameter of this name, or is one of another type's objects."""
    listed = function.role("parameters")
    names = [item.role("name") or item for item in listed.items] if listed is not None else []
    return function.role("extends") is not None or any(name.text == own.text for name in names)
