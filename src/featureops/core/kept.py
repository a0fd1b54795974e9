"""What an object keeps of what its class is made with: the text behind `object Menu : Flag("key")`."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.given import argument, member_of, parameters_of
from featureops.core.made import Program
from featureops.core.readers import Given
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["keeper_with", "kept_field"]

_DEPTH = 4
_AROUND = ("argument", "keyword-argument", "arguments", "paren")
_Found = tuple[str, Node, Given] | None


def kept_field(program: Program, path: str, holder: Node, name: str) -> tuple[str, Node, Given] | None:
    """(file, expression, what its parameters are filled with) of a field that the classes of an object keep.

    `holder` is a class that is an object itself, or the call that makes an instance of one.
    """
    if holder.shape == "call":
        return _kept_by(program, path, holder, name, {}, 0)
    return _kept_above(program, path, holder, name, {}, 0)


def keeper_with(part: Node) -> Node | None:
    """The class that hands an expression on to the class above it."""
    call = next((outer for outer in part.ancestors() if outer.shape not in _AROUND), None)
    around = next((outer for outer in call.ancestors() if outer.shape), None) if call is not None else None
    is_one = around is not None and around.shape == "class" and call in _calls_above(around)
    return around if is_one else None


def _kept_above(program: Program, path: str, holder: Node, name: str, given: Given, depth: int) -> _Found:
    found = (_kept_by(program, path, call, name, given, depth) for call in _calls_above(holder))
    return next((place for place in found if place is not None), None)


def _kept_by(program: Program, path: str, call: Node, name: str, given: Given, depth: int) -> _Found:
    """What the class that a call makes keeps under a name, or hands on to the class above it."""
    callee = _class_named(call)
    place = program.container(path, callee) if callee is not None and depth < _DEPTH else None
    if place is None or isinstance(place[1], str) or place[1].shape != "class":
        return None
    where, holder = place[0], place[1]
    names = program.names(where)
    listed = parameters_of(holder, names)
    filled = {**given, **dict(_filled(path, call, where, listed))}
    value = _own(holder, names, listed, name)
    if value is not None:
        return where, value, filled
    return _kept_above(program, where, holder, name, filled, depth + 1) if _is_free(holder, names, name) else None


def _filled(path: str, call: Node, where: str, listed: list[Binding]) -> Iterator[tuple[Binding, tuple[str, Node]]]:
    for position, binding in enumerate(listed):
        stated = binding.definitions[0].parent
        value = argument(call, position, binding.name)
        default = stated.role("value") if stated is not None else None
        if binding.is_single and value is not None:
            yield binding, (path, value)
        elif binding.is_single and default is not None:
            yield binding, (where, default)


def _own(holder: Node, names: Names, listed: list[Binding], name: str) -> Node | None:
    """The parameter that is a field of this name, or what a field is made with."""
    for binding in listed:
        stated = binding.definitions[0].parent
        if binding.name == name and binding.is_single and stated is not None and stated.role("kept") is not None:
            return binding.definitions[0]
    field = names.member(holder, name)
    return member_of(holder, name) if field is not None and field.is_single else None


def _is_free(holder: Node, names: Names, name: str) -> bool:
    """Whether a class says nothing of its own about a member: a parameter that it only hands on is none."""
    own = names.member(holder, name)
    stated = own.definitions[0].parent if own is not None else None
    return stated is None or stated.shape == "parameter"


def _calls_above(holder: Node) -> list[Node]:
    """The calls in a class's head that make the part of it which is the class above."""
    listed = (item for head in holder.roles("bases") for item in head.items)
    calls = (item.items[0] if item.shape != "call" and item.items else item for item in listed)
    return [call for call in calls if call.shape == "call"]


def _class_named(call: Node) -> Node | None:
    """The name of the class that a call makes, without what it is filled with."""
    callee = call.role("function")
    if callee is None or callee.shape == "member":
        return callee
    kinds = callee.file.pack.index.identifiers
    return callee if callee.type in kinds else next((part for part in callee.items if part.type in kinds), None)
