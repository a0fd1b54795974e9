"""Functions of which one change is refused: it is there with the flag off too, so beside old code of the other changes
it would make a function that is neither the old nor the new one. Such a function is refused as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from featureops.core.syntax import Node
from featureops.core.wrap.boxes import definition_name, owner_of
from featureops.core.wrap.once import runs_once
from featureops.core.wrap.regions import Region

__all__ = ["reason_of", "torn_by", "unit_of"]


def unit_of(region: Region) -> Node | None:
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


def torn_by(refused: Iterable[Region]) -> Mapping[Node, Region]:
    """By the function the first of the changes that are refused in it. What is no code of a function does not count."""
    found: dict[Node, Region] = {}
    for region in refused:
        unit = unit_of(region) if region.is_statement else None
        if unit is not None:
            found.setdefault(unit, region)
    return found


def reason_of(region: Region, unit: Node) -> str:
    """Why a change beside a refused one is refused as well."""
    named = definition_name(unit) or "this function"
    return (
        f"The change in line {region.lines()[0]} of {named} is refused, so with the flag off {named} would be"
        " neither the old nor the new one: mend that first."
    )
