"""What is said of a change that was wrapped: why it looks as it does, and what to look at."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Item
from featureops.core.wrap.forms import Form
from featureops.core.wrap.law import Verdict
from featureops.core.wrap.regions import Region
from featureops.core.wrap.turns import loop_around
from featureops.core.wrap.values import Ask

__all__ = ["said"]


def said(region: Region, form: Form, ask: Ask, verdict: Verdict, asked: Node | None) -> Iterator[str]:
    """The sentences for a region that was wrapped in a form; `asked` is the block in which the flag is read."""
    if ask.note:
        yield ask.note
    yield from _of_comments(form.region)
    loop = loop_around(asked) if asked is not None else None
    if loop is not None:
        yield (
            f"The flag is asked in every turn of the loop in line {loop.file.line_of(loop.start)}: ask before it if"
            " that takes too long and the loop is short-lived."
        )
    if form.region is not region and form.name != "functions":
        yield "Made wider, so that the branch is valid code and can be taken out again exactly."
    if not verdict.exact:
        yield "Where the flag is cleaned up to disabled, blank lines or unused names may differ from the old file."


def _of_comments(region: Region) -> Iterator[str]:
    """Comments need a statement to stand with in a branch."""
    code = [[item for item in side if not item.is_comment] for side in (region.old_items, region.new_items)]
    if region.old_items and not code[0]:
        yield "The comments of the old side are not kept: the off branch is empty."
    if region.new_items and not code[1]:
        yield "The comments of the new side stay outside the branch."
    if region.new_box.kind == "expression" and len({_begins_line(side[0]) for side in code}) > 1:
        yield "Where the flag is cleaned up to disabled, a line break differs from the old file."


def _begins_line(item: Item) -> bool:
    return not item.file.data[item.file.line_start(item.start) : item.start].strip()
