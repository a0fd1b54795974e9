"""One wrapped text from the chosen forms: branches, the variables and imports that they need, old code put back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from featureops.core.fold.editor import apply_edits
from featureops.core.model import Edit, Span
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Box, boxes_in, frame, owner_of
from featureops.core.wrap.forms import Form
from featureops.core.wrap.idiom import variable_name
from featureops.core.wrap.imports import added, joined
from featureops.core.wrap.judge import is_docstring
from featureops.core.wrap.law import Expected
from featureops.core.wrap.layout import Style, indent_of
from featureops.core.wrap.needs import Kept
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Ask, Need, Pair

__all__ = ["Built", "Layout", "build"]


@dataclass(frozen=True, slots=True)
class Layout:
    """`merge`: new names join the imports that are there. `share`: a function with several branches asks once."""

    merge: bool = True
    share: bool = True


@dataclass(frozen=True, slots=True)
class Built:
    text: bytes
    expected: Expected
    layout: Layout
    kept: Kept


@dataclass(slots=True)
class _Draft:
    pair: Pair
    style: Style
    edits: list[Edit] = field(default_factory=list)
    added: set[bytes] = field(default_factory=set)


def build(
    pair: Pair,
    flag: str,
    chosen: Sequence[tuple[Form, Ask]],
    left: Sequence[Region],
    kept: Kept,
    style: Style,
    layout: Layout,
) -> Built:
    """The wrapped text, and what cleaning it up must give. `left` are the regions that stay outside."""
    draft = _Draft(pair, style)
    conditions = _conditions(draft, flag, chosen, layout)
    for (form, _), condition in zip(chosen, conditions, strict=True):
        draft.edits.extend(form.write(condition))
    needs = {need.name: need for _, ask in chosen for need in ask.needs}
    _import(draft, [*needs.values(), *kept.imports], layout)
    _put_back(draft, kept)
    edits = tuple(sorted(draft.edits, key=lambda edit: (edit.span.start, edit.span.end)))
    text = apply_edits(pair.new.data, edits)
    return Built(text, _expected(draft, [form.region for form, _ in chosen], left, kept), layout, kept)


# ---------------------------------------------------------------- conditions


def _conditions(draft: _Draft, flag: str, chosen: Sequence[tuple[Form, Ask]], layout: Layout) -> list[str]:
    taken = frozenset(binding.name for side in (draft.pair.old_names, draft.pair.new_names) for binding in side.all)
    name = variable_name(flag, draft.pair.new.pack, taken)
    groups: dict[Node | None, list[int]] = {}
    for index, (form, ask) in enumerate(chosen):
        groups.setdefault(ask.host or owner_of(form.region.new_box.node), []).append(index)
    conditions = [ask.condition for _, ask in chosen]
    for owner, members in groups.items():
        ask = chosen[members[0]][1]
        if ask.host is not None:
            shared = _at_top(draft, ask, name)
        elif len(members) > 1 and layout.share and owner is not None:
            shared = _before_first(draft, [chosen[index][0].region for index in members], ask, name)
        else:
            continue
        for index in members if shared else ():
            conditions[index] = name
    return conditions


def _at_top(draft: _Draft, ask: Ask, name: str) -> bool:
    """Bind the answer in the first line of a component; false where its body is a mere expression."""
    body = ask.host.role("body") if ask.host is not None else None
    if body is None or body.shape != "block":
        return False
    box = next(box for box in boxes_in(body) if box.node is body)
    index = next((i for i, item in enumerate(box.items) if not item.is_comment and not is_docstring(item)), None)
    if index is None or not box.items[index].owns_lines:
        return False
    item = box.items[index]
    line = indent_of(item) + _declaration(draft, name, ask)
    gap = b"" if item.node.shape == "declaration" else draft.style.eol
    start = box.file.line_start(item.start)
    draft.edits.append(Edit(Span(start, start), line + gap))
    return True


def _before_first(draft: _Draft, regions: list[Region], ask: Ask, name: str) -> bool:
    """Bind the answer before the first branch, in the innermost block that holds all of them."""
    place = _common_place(regions)
    if place is None:
        return False
    box, index = place
    first = regions[0]
    if box is first.new_box:
        first_line = first.new_items[0].start if first.new_items else None
        anchor = box.items[min(index, len(box.items) - 1)]
        if first_line is None:
            line = indent_of(anchor) + _declaration(draft, name, ask)
            start = first.new_room.start
            draft.edits.insert(0, Edit(Span(start, start), line))
            return True
    item = box.items[index]
    if not item.owns_lines:
        return False
    start = box.file.line_start(item.start)
    draft.edits.insert(0, Edit(Span(start, start), indent_of(item) + _declaration(draft, name, ask)))
    return True


def _common_place(regions: list[Region]) -> tuple[Box, int] | None:
    chains = [list(_chain(region)) for region in regions]
    for box, index in chains[0]:
        if box.kind == "block" and all(any(other is box.node for other, _ in _nodes(chain)) for chain in chains[1:]):
            return (box, index) if index < len(box.items) or box is regions[0].new_box else None
    return None


def _nodes(chain: Iterable[tuple[Box, int]]) -> Iterator[tuple[Node, int]]:
    return ((box.node, index) for box, index in chain)


def _chain(region: Region) -> Iterator[tuple[Box, int]]:
    at: Region | None = region
    while at is not None and owner_of(at.new_box.node) is owner_of(region.new_box.node):
        yield at.new_box, at.new[0]
        at = at.parent


def _declaration(draft: _Draft, name: str, ask: Ask) -> bytes:
    text = draft.pair.new.pack.wrap.declare.format(name, ask.condition)
    text = text if draft.style.semicolons else text.rstrip(";")
    return text.encode("utf-8", "surrogateescape") + draft.style.eol


# ---------------------------------------------------------------- imports and old code


def _import(draft: _Draft, needs: Iterable[Need], layout: Layout) -> None:
    file = draft.pair.new
    entries = [binding.imported for binding in draft.pair.new_names.imports if binding.imported is not None]
    together: dict[Span, Edit] = {}
    for need in joined(file, entries, needs, draft.style) if layout.merge else needs:
        edit = added(file, entries, need, draft.style, merge=layout.merge)
        before = together.get(edit.span)
        together[edit.span] = Edit(edit.span, before.text + edit.text) if before else edit
    for edit in together.values():
        start, end = file.line_start(edit.span.start), file.line_end(edit.span.end)
        line = file.data[start : edit.span.start] + edit.text + file.data[edit.span.end : end]
        draft.added.update(part.strip() for part in line.splitlines())
        draft.edits.append(edit)


def _put_back(draft: _Draft, kept: Kept) -> None:
    """Old definitions that the old branches still use, where they stood."""
    for region, items in kept.definitions:
        old, room = region.old_box.file, region.new_room
        if not region.new_items and len(items) == len([item for item in region.old_items if not item.is_comment]):
            draft.edits.append(Edit(room, old.data[region.old_room.start : region.old_room.end]))
            continue
        start, end = old.line_start(items[0].start), old.line_end(items[-1].end)
        at = draft.pair.new.line_start(region.new_items[0].start) if region.new_items else room.start
        gap = old.data[end : region.old_room.end]
        draft.edits.append(Edit(Span(at, at), old.data[start:end] + (gap if not gap.strip() else draft.style.eol)))


# ---------------------------------------------------------------- what to expect


def _expected(draft: _Draft, wrapped: list[Region], left: Sequence[Region], kept: Kept) -> Expected:
    pair = draft.pair
    reverts: list[Edit] = []
    added_lines, removed = set(draft.added), set[bytes]()
    again = {id(item) for _, items in kept.definitions for item in items}
    for region in wrapped:
        reverts.append(_revert(region))
        comments = [item for item in region.old_items if item.is_comment]
        if len(comments) == len(region.old_items) or not [i for i in region.new_items if not i.is_comment]:
            added_lines.update(_lines(item.text for item in region.new_items if item.is_comment))
            removed.update(_lines(item.text for item in comments))
    for region in left:
        if any(outer.covers(region) for outer in wrapped):
            continue
        reverts.extend(_header_reverts(region) if region.kind == "header" else [_revert(region)])
        added_lines.update(_lines(item.text for item in region.new_items))
        removed.update(_lines(item.text for item in region.old_items if id(item) not in again))
    ordered = tuple(sorted(reverts, key=lambda edit: (edit.span.start, edit.span.end)))
    off = apply_edits(pair.new.data, ordered)
    return Expected(pair.new.data, off, frozenset(added_lines), frozenset(removed), frozenset(_unused(pair)))


def _unused(pair: Pair) -> set[bytes]:
    """Lines of imports and assignments whose names nothing in the old file used."""
    found: set[bytes] = set()
    for binding in pair.old_names.all:
        for name in binding.definitions if not binding.uses else ():
            kinds = ("import", "expression", "declaration", "function", "lambda", "class", "block")
            outer = next((part for part in name.ancestors() if part.shape in kinds), None)
            if outer is not None and outer.shape in {"import", "expression", "declaration"}:
                found.update(_lines([outer.text.encode("utf-8", "surrogateescape")]))
    return found


def _revert(region: Region) -> Edit:
    room = region.old_room
    return Edit(region.new_room, region.old_box.file.data[room.start : room.end])


def _header_reverts(region: Region) -> Iterator[Edit]:
    old, new = region.old_items[0], region.new_items[0]
    boxes = boxes_in(new.node)
    at = new.start
    stops = [(box.start, box.end) for box in boxes] + [(new.end, new.end)]
    for before, after, (stop, following) in zip(frame(old, boxes_in(old.node)), frame(new, boxes), stops, strict=False):
        if before != after:
            yield Edit(Span(at, stop), before)
        at = following


def _lines(texts: Iterable[bytes]) -> set[bytes]:
    return {line.strip() for text in texts for line in text.splitlines() if line.strip()}
