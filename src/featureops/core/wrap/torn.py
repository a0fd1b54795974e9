"""Functions of which one change is refused: it is there with the flag off too, so beside old code of the other changes
it would make a function that is neither the old nor the new one. Such a function is refused as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise, takewhile

from featureops.core.fold.leaving import always_leaves, is_closed
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import definition_name, owner_of
from featureops.core.wrap.once import runs_once
from featureops.core.wrap.regions import Region

__all__ = ["reason_of", "torn_by"]

_LOOPS = ("while", "do", "for", "lambda")


def _unit_of(region: Region) -> Node | None:
    """The function with a name that a change is part of, or the outermost one without; None outside of functions.
    Handlers that a function hands over, which itself only runs at the start, are functions of their own."""
    inner = region.new_items[0].node if region.kind == "header" else region.new_box.node
    unit = owner_of(inner)
    while unit is not None and _is_part(unit) and unit.parent is not None:
        outer = owner_of(unit.parent)
        if outer is None or runs_once(unit.parent) is not None:
            break
        unit = outer
    return unit


def _is_part(function: Node) -> bool:
    """Whether a function has no name of its own."""
    holder = function.parent
    value = holder.role("value") if holder is not None and holder.shape in ("declarator", "field") else None
    return function.shape == "lambda" and value is not function


def torn_by(refused: Iterable[Region], region: Region) -> Region | None:
    """The first of the refused changes that is in the same function, unless only one of the two can run in one call.
    What is no code of a function does not count."""
    unit = _unit_of(region)
    if unit is None:
        return None
    same = (other for other in refused if other.is_statement and _unit_of(other) is unit)
    return next((other for other in same if other.kind == "header" or not _apart(other, region, unit)), None)


def _apart(one: Region, other: Region, unit: Node) -> bool:
    """Whether two changes stand in different arms of one choice that a call of the function makes once at most."""
    chains = [[node.new_box.node, *node.new_box.node.ancestors()] for node in (one, other)]
    fork = next((node for node in chains[0] if node in chains[1]), unit)
    sides = [part for chain in chains for part, outer in pairwise(chain) if outer is fork]
    if len(sides) < len(chains):
        return False
    first, second = sorted(sides, key=lambda side: side.start)
    around = takewhile(lambda node: node is not unit, chains[0][chains[0].index(fork) :])
    if any(node.shape in _LOOPS for node in around):
        return False
    if fork.shape in ("if", "elif"):
        return fork.role("then") in (first, second) and fork.role("else") in (first, second)
    return first.shape == second.shape == "case" and (is_closed(first) or any(map(always_leaves, first.items[-1:])))


def reason_of(region: Region) -> str:
    """Why a change beside a refused one is refused as well."""
    unit = _unit_of(region)
    named = (definition_name(unit) if unit is not None else None) or "this function"
    return (
        f"The change in line {region.lines()[0]} of {named} is refused, so with the flag off {named} would be"
        " neither the old nor the new one: mend that first."
    )
