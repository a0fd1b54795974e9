"""The forms of a branch: from a changed region and a condition to edits of the new file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from featureops.core.model import Edit, Span
from featureops.core.pack import LanguagePack
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Item
from featureops.core.wrap.choice import choice, gives_value, slots_of
from featureops.core.wrap.layout import Style, deeper, indent_of, lines_of
from featureops.core.wrap.regions import Region

__all__ = ["Form", "branches", "chosen_lines", "forms_of", "negated", "whole_lines"]

_PLAIN = re.compile(r"(?:await )?[\w.$?!]+(?:\(.*\)(?:\.\w+)*)?", re.DOTALL)
_WIDEST = 100
_LOOSE = ("conditional", "lambda")


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One way of writing a region. `write` makes the edits for a condition; `region` may be wider than asked for."""

    name: str
    region: Region
    write: Callable[[str], list[Edit]]


def negated(condition: str, pack: LanguagePack) -> str:
    plain = _PLAIN.fullmatch(condition) is not None
    return pack.text.negation.format(condition if plain else f"({condition})")


def forms_of(region: Region, style: Style) -> Iterator[Form]:
    """The forms that fit the region's box, best first."""
    kind = region.new_box.kind
    if kind == "block":
        slots = slots_of(region.old_items, region.new_items)
        if slots:
            yield Form("conditional", region, lambda condition: _initialisers(slots, condition, style))
            for width in _other_widths(style):
                yield Form("conditional", region, partial(_initialisers, slots, style=style, width=width))
        if whole_lines(region):
            yield Form(_branch_name(region), region, lambda condition: branches(region, condition, style))
    elif kind == "markup":
        yield Form("markup", region, lambda condition: _markup(region, condition, style, pretty=True))
        yield Form("markup", region, lambda condition: _markup(region, condition, style, pretty=False))
    elif kind == "expression" and gives_value(region.new_items[0].node) and gives_value(region.old_items[0].node):
        yield Form("conditional", region, lambda condition: _expression(region, condition, style, parens=False))
        yield Form("conditional", region, lambda condition: _expression(region, condition, style, parens=True))
        for width in _other_widths(style):
            yield Form("conditional", region, partial(_expression, region, style=style, parens=False, width=width))


# ---------------------------------------------------------------- statements


def _code(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if not item.is_comment]


def _branch_name(region: Region) -> str:
    if not _code(region.old_items):
        return "if"
    return "if-else" if _code(region.new_items) else "if-not"


def whole_lines(region: Region) -> bool:
    """Whether every line that is moved holds nothing else, and the blocks stand in the same column."""
    old, new = region.old_items, region.new_items
    edges = [*old, *new]
    box, (first, last) = region.new_box, region.new
    edges += [box.items[first - 1]] if first > 0 else []
    edges += [box.items[last]] if last < len(box.items) else []
    if not new and not box.items and box.end <= box.start:
        return False
    if not all(item.owns_lines for item in edges):
        return False
    return len({indent_of(item) for item in (*old[:1], *new[:1])}) <= 1


def branches(
    region: Region, condition: str, style: Style, in_new: Sequence[Edit] = (), in_old: Sequence[Edit] = ()
) -> list[Edit]:
    """The branch around both sides; `in_new` and `in_old` are edits of these, each within a line."""
    text = region.new_box.file.pack.text
    olds, news = region.old_items, region.new_items
    if not _code(news):
        return _kept_only(region, negated(condition, region.new_box.file.pack), style)
    indent = indent_of(news[0])
    body = _opening(text.if_else.replace("{}", condition), indent, style) + deeper(news, style, in_new)
    if _code(olds):
        body += _opening(region.new_box.file.pack.wrap.otherwise, indent, style) + deeper(olds, style, in_old)
    body += _end(region, indent, style)
    start, end = lines_of(news)
    return [Edit(Span(start, end), _as_ending(body, region.new_box.file.data, end))]


def chosen_lines(region: Region, condition: str, lines: tuple[str, str], style: Style) -> bytes:
    """One line or another by the condition, in the place of the region."""
    pack, indent = region.new_box.file.pack, indent_of(region.new_items[0])
    openings = pack.text.if_else.replace("{}", condition), pack.wrap.otherwise
    body = b"".join(
        _opening(opening, indent, style) + indent + style.unit + _bytes(line) + style.eol
        for opening, line in zip(openings, lines, strict=True)
    )
    return body + _end(region, indent, style)


def _opening(text: str, indent: bytes, style: Style) -> bytes:
    """The lines that open a branch; braces stand on lines of their own where the file's do."""
    head = text.removesuffix(" {")
    if not style.own_lines or head == text:
        return indent + _bytes(text) + style.eol
    lines = ["}", head.removeprefix("} "), "{"] if head.startswith("} ") else [head, "{"]
    return b"".join(indent + _bytes(line) + style.eol for line in lines)


def _end(region: Region, indent: bytes, style: Style) -> bytes:
    end = region.new_box.file.pack.wrap.end
    return indent + _bytes(end) + style.eol if end else b""


def _as_ending(body: bytes, data: bytes, end: int) -> bytes:
    """The last line of a file without a final newline stays without one."""
    return body.rstrip(b"\r\n") if end == len(data) and not data.endswith(b"\n") else body


def _kept_only(region: Region, condition: str, style: Style) -> list[Edit]:
    """The old code alone, in the room where it stood; comments of the new side stay before it."""
    old = region.old_items
    text = region.new_box.file.pack.text
    indent = indent_of(old[0])
    opening = _opening(text.if_else.replace("{}", condition), indent, style)
    body = opening + deeper(old, style) + _end(region, indent, style)
    data, box = region.new_box.file.data, region.new_box
    start = lines_of(region.new_items)[1] if region.new_items else region.new_room.start
    end = region.new_room.end
    lead = b"" if start == 0 or data[:start].endswith(b"\n") else style.eol
    gap = data[start:end].count(b"\n") if not data[start:end].strip() else 0
    before, after = _blank_lines(region, gap, first=region.new[0] == 0, last=region.new[1] == len(box.items))
    room = style.eol * before + body + style.eol * after
    return [Edit(Span(start, end), lead + _as_ending(room, data, end))]


def _blank_lines(region: Region, gap: int, *, first: bool, last: bool) -> tuple[int, int]:
    """Blank lines before and after, so that taking the code out again leaves `gap` of them."""
    data, room, old = region.old_box.file.data, region.old_room, region.old_items
    start, end = lines_of(old)
    before, after = data[room.start : start].count(b"\n"), data[end : room.end].count(b"\n")
    # Blank lines after the first and before the last statement of a block go with it; elsewhere the longer run stays.
    if first:
        return gap, after
    if last:
        return before, gap
    before, after = min(before, gap), min(after, gap)
    return (before, after) if max(before, after) == gap else (gap, after)


# ---------------------------------------------------------------- expressions and markup


def _initialisers(
    slots: list[tuple[Node, Node]], condition: str, style: Style, width: bytes | None = None
) -> list[Edit]:
    return [Edit(after.span, _bytes(choice(before, after, condition, style, width=width))) for before, after in slots]


def _other_widths(style: Style) -> tuple[bytes, bytes]:
    """How else than by one level the lines of operands may stand: behind the sign before them, or where they stood."""
    return style.unit + (b"  " if style.unit.startswith(b" ") else b""), b""


def _expression(
    region: Region, condition: str, style: Style, *, parens: bool, width: bytes | None = None
) -> list[Edit]:
    old, new = region.old_items[0].node, region.new_items[0].node
    return [Edit(new.span, _bytes(choice(old, new, condition, style, parens=parens, width=width)))]


def _markup(region: Region, condition: str, style: Style, *, pretty: bool) -> list[Edit]:
    rules = region.new_box.file.pack.wrap
    old, new = region.old_items, region.new_items
    if len(old) == 1 and len(new) == 1:
        sides = [rules.markup_if_else.format(condition=condition, then=_child(new[0], new[0], style, wide),
                 otherwise=_child(old[0], new[0], style, wide)) for wide in (False, pretty)]  # fmt: skip
        return [Edit(Span(new[0].start, new[0].end), _bytes(_shorter(sides, new[0])))]
    edits = [Edit(Span(item.start, item.end), _only(item, item, condition, style, pretty)) for item in new]
    if old:
        inverted = negated(condition, region.new_box.file.pack)
        edits.append(_put_back(region, [_only(item, item, inverted, style, pretty) for item in old]))
    return edits


def _only(item: Item, place: Item, condition: str, style: Style, pretty: bool) -> bytes:
    rules = item.file.pack.wrap
    sides = [
        rules.markup_if.format(condition=condition, then=_child(item, place, style, wide)) for wide in (False, pretty)
    ]
    return _bytes(_shorter(sides, place))


def _shorter(sides: list[str], place: Item) -> str:
    """The first if it fits on a line, else the second."""
    fits = "\n" not in sides[0] and place.file.column_of(place.start) + len(sides[0]) <= _WIDEST
    return sides[0] if fits else sides[1]


def _put_back(region: Region, texts: list[bytes]) -> Edit:
    """The old children behind the new ones, or in the room where they stood, each with the space before it."""
    data, old = region.old_box.file.data, region.old_items
    starts = [region.old_room.start, *(item.end for item in old)]
    spaces = [data[start : item.start] for start, item in zip(starts, old, strict=False)]
    joined = b"".join(space + text for space, text in zip(spaces, texts, strict=True))
    at = region.new_items[-1].end if region.new_items else region.new_room.start
    return Edit(Span(at, at), joined)


def _child(item: Item, place: Item, style: Style, pretty: bool) -> str:
    """A child as an operand: on lines of its own in parentheses, or as it is."""
    node = item.node
    inner = node.role("operand") if node.shape == "markup-expression" else node
    text = (inner or node).text
    if not pretty or not item.owns_lines or inner is not node:
        return f"({text})" if pretty and inner is not None and inner.shape in _LOOSE else text
    indent, eol = indent_of(place).decode(), style.eol.decode()
    return f"({eol}{deeper([item], style).decode('utf-8', 'surrogateescape')}{indent})"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
