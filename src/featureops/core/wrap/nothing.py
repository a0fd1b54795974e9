"""New names that code behind the change needs, where the old side has none of them: they are declared with the flag off
too, and hold nothing then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from featureops.core.declaring import Declaration
from featureops.core.model import Edit
from featureops.core.wrap.boxes import Item
from featureops.core.wrap.choice import is_constant
from featureops.core.wrap.forms import Form, branches, whole_lines
from featureops.core.wrap.hoist import declared
from featureops.core.wrap.layout import Style
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Pair

__all__ = ["held_empty"]

_LOOSE = ("conditional", "lambda")
_OTHERS = "*"


def held_empty(pair: Pair, region: Region, style: Style) -> Iterator[Form]:
    """The form in which each such declaration chooses its value, with branches around the statements between."""
    if not pair.new.pack.wrap.nothing or region.old_items or not whole_lines(region):
        return
    found = declared(pair.new_names, region.new_items)
    nothing = [_nothing(each) for each in found or ()]
    if not found or not all(nothing):
        return

    def write(condition: str) -> list[Edit]:
        pairs = zip(found, nothing, strict=True)
        edits = [edit for each, empty in pairs for edit in _chosen(each, empty, condition)]
        parts = _between(region, found)
        return [*edits, *(edit for part in parts for edit in branches(part, condition, style))]

    yield Form("conditional", region, write)


def _nothing(declaration: Declaration) -> str:
    """What a name of the type holds where it is not used; "" where that can't be told."""
    values = declaration.statement.file.pack.wrap.nothing
    value = declaration.value
    if len(declaration.names) != 1 or value is None or is_constant(declaration):
        return ""
    written = declaration.type.text if declaration.type is not None else ""
    return values.get(written, values.get(_OTHERS, ""))


def _chosen(declaration: Declaration, empty: str, condition: str) -> Iterator[Edit]:
    for value in [declaration.value] if declaration.value is not None else []:
        then = f"({value.text})" if value.shape in _LOOSE else value.text
        text = value.file.pack.text.conditional.format(condition=condition, then=then, otherwise=empty)
        yield Edit(value.span, text.encode("utf-8", "surrogateescape"))


def _between(region: Region, found: Sequence[Declaration]) -> Iterator[Region]:
    """The runs of the other statements."""
    own = {each.statement for each in found}
    run: list[int] = []
    for at, item in enumerate((*region.new_items, None), start=region.new[0]):
        if item is not None and item.node not in own:
            run.append(at)
            continue
        if any(not each.is_comment for each in _items(region, run)):
            yield replace(region, new=(run[0], run[-1] + 1), kind="run")
        run = []


def _items(region: Region, run: Sequence[int]) -> list[Item]:
    return [region.new_box.items[at] for at in run]
