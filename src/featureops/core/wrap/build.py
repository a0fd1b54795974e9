"""One wrapped text from the chosen forms: branches, the variables and imports that they need, old code put back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from featureops.core.fold.editor import apply_edits
from featureops.core.model import Edit, Span
from featureops.core.scopes import Names
from featureops.core.syntax import Node, SourceFile, parse
from featureops.core.wrap.boxes import Box, Item, boxes_in, frame, owner_of
from featureops.core.wrap.forms import Form
from featureops.core.wrap.imports import added, together
from featureops.core.wrap.judge import is_docstring
from featureops.core.wrap.law import Expected
from featureops.core.wrap.layout import Style, indent_of
from featureops.core.wrap.needs import Kept
from featureops.core.wrap.regions import Region
from featureops.core.wrap.spelt import variable_name
from featureops.core.wrap.values import Ask, Need, Pair

__all__ = ["Built", "Layout", "build"]

_WORD = re.compile(rb"\w+")


@dataclass(frozen=True, slots=True)
class Layout:
    """`merge`: new names join the imports that are there. `share`: a function with several branches asks once."""

    merge: bool = True
    share: bool = True


@dataclass(frozen=True, slots=True)
class Built:
    """`asked` are the blocks in which the flag is read for a region, where that is not at the top of a component."""

    text: bytes
    expected: Expected
    layout: Layout
    kept: Kept
    asked: Mapping[Region, Node]


@dataclass(slots=True)
class _Draft:
    pair: Pair
    style: Style
    edits: list[Edit] = field(default_factory=list)
    added: set[bytes] = field(default_factory=set)
    leads: dict[Region, bytes] = field(default_factory=dict)
    asked: dict[Region, Node] = field(default_factory=dict)


def build(
    pair: Pair,
    flag: str,
    chosen: Sequence[tuple[Form, Ask]],
    outside: tuple[Sequence[Region], Sequence[Region]],
    kept: Kept,
    style: Style,
    layout: Layout,
) -> Built:
    """The wrapped text, and what cleaning it up must give. `outside` are the regions outside of branches: those
    that are left and those that are refused."""
    draft = _Draft(pair, style)
    conditions = _conditions(draft, flag, chosen, layout)
    for (form, _), condition in zip(chosen, conditions, strict=True):
        draft.edits.extend(_led(form.write(condition), draft.leads.get(form.region, b"")))
    needs = {need.statement: need for _, ask in chosen for need in ask.needs}
    draft.edits.extend(dict.fromkeys(edit for _, ask in chosen for edit in ask.edits))
    _import(draft, together(pair.new, needs.values(), style), kept.imports, layout)
    _put_back(draft, kept)
    edits = tuple(sorted(draft.edits, key=lambda edit: (edit.span.start, edit.span.end)))
    text = apply_edits(pair.new.data, edits)
    return Built(text, _expected(draft, [form.region for form, _ in chosen], outside, kept), layout, kept, draft.asked)


# ---------------------------------------------------------------- conditions


def _conditions(draft: _Draft, flag: str, chosen: Sequence[tuple[Form, Ask]], layout: Layout) -> list[str]:
    sides = (draft.pair.old.data, draft.pair.new.data)
    taken = frozenset(word.decode("utf-8", "replace") for data in sides for word in _WORD.findall(data))
    name = variable_name(flag, draft.pair.new.pack, taken)
    groups: dict[Node | None, list[int]] = {}
    for index, (form, ask) in enumerate(chosen):
        groups.setdefault(ask.host or owner_of(form.region.new_box.node), []).append(index)
    conditions = [ask.condition for _, ask in chosen]
    draft.asked.update({form.region: form.region.new_box.node for form, ask in chosen if ask.host is None})
    for owner, members in groups.items():
        ask = chosen[members[0]][1]
        if ask.host is not None:
            shared = _at_top(draft, ask, name)
        elif len(members) > 1 and layout.share and owner is not None:
            shared = _before_first(draft, [chosen[index][0].region for index in members], ask, name)
        else:
            continue
        for index in members if shared else ():
            conditions[index] = name + ask.late
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
    if box is first.new_box and not first.new_items:
        anchor = box.items[min(index, len(box.items) - 1)]
        draft.leads[first] = indent_of(anchor) + _declaration(draft, name, ask)
    else:
        item = _led_by_comments(box, index)
        if not item.owns_lines:
            return False
        start = box.file.line_start(item.start)
        draft.edits.insert(0, Edit(Span(start, start), indent_of(item) + _declaration(draft, name, ask)))
    draft.asked.update(dict.fromkeys(regions, box.node))
    return True


def _led_by_comments(box: Box, index: int) -> Item:
    """The first of the comments that stand right above an item, or the item."""
    file = box.file
    while index and box.items[index - 1].is_comment and box.items[index - 1].owns_lines:
        if file.line_of(box.items[index - 1].end) + 1 != file.line_of(box.items[index].start):
            break
        index -= 1
    return box.items[index]


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


def _led(edits: list[Edit], lead: bytes) -> list[Edit]:
    """The edits with a line in front of what the first one writes, behind its blank lines."""
    if not lead:
        return edits
    first, *others = edits
    text = first.text.lstrip(b"\r\n")
    blank = first.text[: len(first.text) - len(text)]
    return [Edit(first.span, blank + lead + text), *others]


def _declaration(draft: _Draft, name: str, ask: Ask) -> bytes:
    text = draft.pair.new.pack.wrap.declare.format(name, ask.condition)
    text = text if draft.style.semicolons else text.rstrip(";")
    return text.encode("utf-8", "surrogateescape") + draft.style.eol


# ---------------------------------------------------------------- imports and old code


def _import(draft: _Draft, asked: Sequence[Need], kept: Sequence[Need], layout: Layout) -> None:
    file = draft.pair.new
    entries = [binding.imported for binding in draft.pair.new_names.imports if binding.imported is not None]
    edits: dict[Span, Edit] = {}
    again: set[Span] = set()
    for need in [*asked, *kept]:
        edit = added(file, entries, need, draft.style, merge=layout.merge)
        before = edits.get(edit.span)
        edits[edit.span] = Edit(edit.span, before.text + edit.text) if before else edit
        again.update([edit.span] if need in kept else ())
    for edit in edits.values():
        start, end = file.line_start(edit.span.start), file.line_end(edit.span.end)
        line = file.data[start : edit.span.start] + edit.text + file.data[edit.span.end : end]
        lines = [part.strip() for part in line.splitlines()]
        draft.added.update(part for part in lines if edit.span not in again or _stood(draft.pair.old, part))
        draft.edits.append(edit)


def _stood(file: SourceFile, line: bytes) -> bool:
    """Whether a line imports nothing that a statement of the file did not."""
    words = Counter(_WORD.findall(line))
    statements = (item for item in file.root.items if item.shape == "import")
    return any(words <= Counter(_WORD.findall(item.text.encode("utf-8", "surrogateescape"))) for item in statements)


def _put_back(draft: _Draft, kept: Kept) -> None:
    """Old definitions that the old branches still use, where they stood."""
    for region, items in kept.definitions:
        old, room = region.old_box.file, region.new_room
        if not region.new_items and len(items) == len([item for item in region.old_items if not item.is_comment]):
            draft.edits.append(Edit(room, old.data[region.old_room.start : region.old_room.end]))
            continue
        draft.edits.append(_back_among(region, items))


def _back_among(region: Region, items: Sequence[Item]) -> Edit:
    """Some of the old definitions of a region, with the comments right above them, before what stands there now."""
    box, data = region.old_box, region.old_box.file.data
    chunks = [(_lead(box, index), box.after(index + 1)) for index in range(*region.old) if box.items[index] in items]
    text = b"".join(data[start:end] for start, end in chunks)
    at = _lead(region.new_box, region.new[0]) if region.new_items else region.new_room.end
    if not region.new_items and region.new[1] == len(region.new_box.items):
        first = chunks[0][0]
        gap = data[box.before(region.old[0]) : first]
        text = (gap if not gap.strip() else b"") + text.rstrip() + box.file.eol
    return Edit(Span(at, at), text)


def _lead(box: Box, index: int) -> int:
    """Where an item begins, with the comments that stand right above it."""
    file = box.file
    while index > 0 and box.items[index - 1].is_comment:
        if file.line_of(box.items[index - 1].end) + 1 != file.line_of(box.items[index].start):
            break
        index -= 1
    return file.line_start(box.items[index].start)


# ---------------------------------------------------------------- what to expect


def _expected(
    draft: _Draft, wrapped: list[Region], outside: tuple[Sequence[Region], Sequence[Region]], kept: Kept
) -> Expected:
    pair, (left, stuck) = draft.pair, outside
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
        added_lines.update(_lines(_texts(region, region.new_items)))
        removed.update(_lines(_texts(region, [item for item in region.old_items if id(item) not in again])))
        if region.old_items and region.new_items and not region.at_run_time:
            # A comment that both sides have above a definition goes with it.
            item = region.old_items[0]
            removed.update(_lines([item.file.data[_lead(region.old_box, region.old[0]) : item.start]]))
    for region in stuck:
        # What is refused is there in both states, but for definitions that nothing uses when the flag is off.
        removed.update(_lines(item.text for item in region.new_items))
        added_lines.update(_lines(item.text for item in region.new_items))
        added_lines.update(_lines(_back_texts(region, kept)))
    ordered = tuple(sorted(reverts, key=lambda edit: (edit.span.start, edit.span.end)))
    has_old = pair.old is not pair.new or any(at.old_items for at in wrapped)
    off = apply_edits(pair.new.data, ordered) if has_old else None
    back = frozenset(_lines(pair.old.data[start:end] for start, end in _chunks(kept)))
    unused = cache(partial(_unused_on_old_side, pair, off if stuck else None))
    stale = cache(partial(_unused, pair.new_names))
    imports = tuple(item.text for region in left for item in region.new_items if item.node.shape == "import")
    return Expected(pair.new.data, off, frozenset(added_lines), frozenset(removed), unused, stale, back, imports)


def _chunks(kept: Kept) -> Iterator[tuple[int, int]]:
    for region, items in kept.definitions:
        box = region.old_box
        yield from ((_lead(box, box.items.index(item)), box.after(box.items.index(item) + 1)) for item in items)


def _back_texts(region: Region, kept: Kept) -> list[bytes]:
    """What came back in a refused region."""
    back = [(at, items) for at, items in kept.definitions if at is region]
    return [region.old_box.file.data[start:end] for start, end in _chunks(Kept((), tuple(back)))]


def _texts(region: Region, items: Sequence[Item]) -> list[bytes]:
    """The texts of one side of what is left: of a header without the bodies that both sides have."""
    sides = [[box.kind for box in boxes_in(item.node)] for item in (*region.old_items, *region.new_items)]
    if region.kind == "run" or sides[0] != sides[-1]:
        return [item.text for item in items]
    return [piece for item in items for piece in frame(item, boxes_in(item.node))]


def _unused_on_old_side(pair: Pair, off: bytes | None) -> frozenset[bytes]:
    """`_unused` of the old file; and of what it is with some of the new code in place of refused old code."""
    found = _unused(pair.old_names)
    return found if off is None else found | _unused(Names(parse(pair.path, off, pair.new.pack)))


def _unused(names: Names) -> frozenset[bytes]:
    """Lines of imports and assignments whose names nothing in the file uses."""
    found: set[bytes] = set()
    for binding in names.all:
        for name in binding.definitions if not binding.uses else ():
            kinds = ("import", "expression", "declaration", "declarator", "function", "lambda", "class", "block")
            outer = next((part for part in name.ancestors() if part.shape in kinds), None)
            while outer is not None and outer.shape == "declarator" and outer.parent is not None:
                if outer.parent.shape != "declaration":
                    break
                outer = outer.parent
            if outer is not None and outer.shape in {"import", "expression", "declaration", "declarator"}:
                found.update(_lines([outer.text.encode("utf-8", "surrogateescape")]))
    return frozenset(found)


def _revert(region: Region) -> Edit:
    room = region.old_room
    return Edit(region.new_room, region.old_box.file.data[room.start : room.end])


def _header_reverts(region: Region) -> Iterator[Edit]:
    old, new = region.old_items[0], region.new_items[0]
    befores, boxes = boxes_in(old.node), boxes_in(new.node)
    if [box.kind for box in befores] != [box.kind for box in boxes]:
        yield Edit(Span(new.start, new.end), old.text)
        return
    at = new.start
    stops = [(box.start, box.end) for box in boxes] + [(new.end, new.end)]
    for before, after, (stop, following) in zip(frame(old, befores), frame(new, boxes), stops, strict=True):
        if before != after:
            rest = new.file.data[at + len(after) : stop]
            yield Edit(Span(at, stop), before + rest)
        at = following


def _lines(texts: Iterable[bytes]) -> set[bytes]:
    around = b" \t\r\n\xef\xbb\xbf"
    return {line.strip(around) for text in texts for line in text.splitlines() if line.strip(around)}
