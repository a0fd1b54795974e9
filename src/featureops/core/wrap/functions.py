"""A whole replaced body as two functions that the flag chooses between, where that reads better than a branch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from featureops.core.fold.taking import SIDES, text_lines
from featureops.core.model import Edit, Span
from featureops.core.syntax import Node
from featureops.core.words import words_of
from featureops.core.wrap.boxes import Item, owner_of
from featureops.core.wrap.forms import Form, chosen_lines
from featureops.core.wrap.judge import is_docstring
from featureops.core.wrap.layout import Style, lines_of
from featureops.core.wrap.regions import Region
from featureops.core.wrap.spelt import spelt
from featureops.core.wrap.values import No, Pair

__all__ = ["reads_better", "two_functions", "whole_body"]

_LONG = 12
_OUTER = ("export", "decorated")


def reads_better(region: Region) -> bool:
    """Whether a body was replaced as a whole by one that has nothing in common with it, and both are long."""
    whole = whole_body(region)
    if whole is None or (whole.old, whole.new) != (region.old, region.new):
        return False
    sides = whole.old_items, whole.new_items
    shared = {item.text for item in sides[0]} & {item.text for item in sides[1]}
    return not shared and all(side and _height(side) > _LONG for side in sides)


def two_functions(pair: Pair, region: Region, flag: str, style: Style, is_named: Callable[[str], bool]) -> Form | No:
    """The form, or why there can't be two functions; `is_named` tells whether other files have a word."""
    whole = whole_body(region)
    rules = region.new_box.file.pack.wrap.functions
    function = owner_of(region.new_box.node)
    if not rules.give:
        return No(f"Two functions chosen by the flag are not written in {region.new_box.file.pack.display}.")
    if whole is None or function is None or function.shape != "function" or not whole.old_items or not whole.new_items:
        return No("Two functions chosen by the flag take a named function with a body on both sides.")
    why = _unmovable(whole, function)
    call = _call(pair, function) if not why else ""
    if why or not call:
        return No(f"It can't become two functions chosen by the flag: {why or 'its parameters are not mere names'}.")
    names = [_name(function, side, flag) for side in SIDES]
    if any(name.encode() in pair.new.data or is_named(name) for name in names):
        return No(f"It can't become two functions chosen by the flag: {names[0]} is there already.")

    def write(condition: str) -> list[Edit]:
        statement = rules.plain if _gives_nothing(function) else rules.give
        given = [statement.format(call.format(name)) for name in names]
        start, end = lines_of(whole.new_items)
        at = pair.new.line_end(_statement(function).end - 1)
        texts = zip(names, (whole.new_items, whole.old_items), strict=True)
        gap = style.eol * (2 if _is_spacious(function) else 1)
        lead = b"" if pair.new.data[:at].endswith(b"\n") else style.eol
        added = lead + b"".join(gap + _text(function, name, items, style) for name, items in texts)
        choice = chosen_lines(whole, condition, (given[0], given[1]), style)
        return [Edit(Span(start, end), choice), Edit(Span(at, at), added)]

    return Form("functions", whole, write)


def whole_body(region: Region) -> Region | None:
    """The region of all statements of the function around, but for its documentation."""
    function, at = owner_of(region.new_box.node), region
    body = function.role("body") if function is not None else None
    while at.new_box.node is not body:
        if at.parent is None:
            return None
        at = at.parent
    olds, news = at.old_box.items, at.new_box.items
    first = [next((i for i, item in enumerate(side) if not is_docstring(item)), len(side)) for side in (olds, news)]
    old, new = (first[0], len(olds)), (first[1], len(news))
    return at if (at.old, at.new) == (old, new) else replace(at, old=old, new=new, kind="run")


def _height(items: tuple[Item, ...]) -> int:
    file = items[0].file
    return file.line_of(items[-1].end) - file.line_of(items[0].start) + 1


def _unmovable(region: Region, function: Node) -> str:
    """Why the statements can't be those of another function; "" where they can."""
    rules, statement = region.new_box.file.pack.wrap.functions, _statement(function)
    name, place = function.role("name"), statement.parent
    if name is None or place is None or not all(item.owns_lines for item in (*region.old_items, *region.new_items)):
        return "it has no name, or its statements share lines"
    if not (_is_member(function) or place is function.file.root):
        return "it stands inside another function"
    before = function.file.slice(function.start, name.start)
    if before.rstrip().endswith("."):
        return "it extends another type"
    head = set(re.findall(r"\w+", before))
    if name.text in function.file.pack.index.constructors or head & rules.unfit:
        return "it makes objects, or is read like a field"
    text = b"".join(item.text for item in (*region.old_items, *region.new_items)).decode("utf-8", "replace")
    bound = rules.never if _is_member(function) else rules.never | rules.loose
    word = next((word for word in re.findall(r"\w+", text) if word in bound), "")
    return f"{word} means something else in another function" if word else ""


def _is_member(function: Node) -> bool:
    place = _statement(function).parent
    outer = place.parent if place is not None else None
    return outer is not None and outer.shape == "class"


def _statement(function: Node) -> Node:
    node = function
    while node.parent is not None and node.parent.shape in _OUTER:
        node = node.parent
    return node


def _call(pair: Pair, function: Node) -> str:
    """The call with all that the function is given, with a place for the name; "" where it can't be written."""
    rules, parameters = function.file.pack.wrap.functions, function.role("parameters")
    given = list(_given(pair, function)) if parameters is not None else [None]
    names = [name for name in given if name is not None]
    if len(names) != len(given):
        return ""
    receiver = rules.receiver if _is_member(function) else _held(pair, function)
    if receiver is None:
        if not names or names[0] not in function.file.pack.index.self_names:
            return ""
        receiver = f"{names.pop(0)}."
    call = f"{receiver}{{}}({', '.join(names)})"
    waits = (form for word, form in rules.waits.items() if function.has_token(word))
    return next(waits, "{}").format(call)


def _held(pair: Pair, function: Node) -> str:
    """The name of what a function is called on, where that is declared in front of its own name."""
    field = function.file.pack.wrap.functions.held
    part = next((child for child in function.children if field and child.field == field), None)
    bindings = pair.new_names.in_scope(function).values() if part is not None else ()
    names = [name.text for each in bindings for name in each.definitions if part and part.span.holds(name.span)]
    return f"{names[0]}." if names else ""


def _gives_nothing(function: Node) -> bool:
    rules, result = function.file.pack.wrap, function.role("type")
    text = result.text if result is not None else ""
    waited = any(map(function.has_token, rules.functions.waits))
    return text in rules.functions.empty or text in rules.no_result[: None if waited else 1]


def _given(pair: Pair, function: Node) -> Iterator[str | None]:
    """The names of the parameters; None for one that is more than a name."""
    parameters = function.role("parameters")
    bindings = pair.new_names.in_scope(function).values()
    for item in parameters.items if parameters is not None else ():
        found = [name for each in bindings for name in each.definitions if item.span.holds(name.span)]
        lead = item.file.slice(item.start, found[0].start) if found else "*"
        yield from [None] if set(lead) & set("*.{[(&") else [name.text for name in found]


def _name(function: Node, side: str, flag: str) -> str:
    pack, name = function.file.pack, function.role("name")
    own = name.text.strip("_") if name is not None else ""
    own = own[:1].lower() + own[1:] if pack.wrap.functions.lower else own
    words = [side, *words_of(flag)]
    if pack.wrap.variable == "snake":
        return f"{pack.wrap.functions.prefix}{own}_{spelt(words, 'snake')}"
    return f"{pack.wrap.functions.prefix}{own}{spelt(words, 'pascal')}"


def _is_spacious(function: Node) -> bool:
    """Whether two blank lines stand between definitions, not one."""
    return function.file.pack.text.blocks == "indent" and not _is_member(function)


def _text(function: Node, name: str, items: tuple[Item, ...], style: Style) -> bytes:
    """A function with the head of another one, and with these statements."""
    file, lines, own = function.file, text_lines(function), function.role("name") or function
    rules = file.pack.wrap.functions
    marks = [child for child in function.children if child.shape == "decorator" and child.end <= own.start]
    before = file.slice(max([function.start, *(mark.end for mark in marks)]), own.start)
    words = [word for word in before.split() if word not in rules.drop]
    lead = f"{rules.private if _is_member(function) else ''}{' '.join(words)}"
    head = f"{lead} " if words else lead
    start, end = lines_of(items)
    body = items[0].file.data[start:end]
    tail = file.data[lines.end : file.line_end(function.end - 1)]
    indent = file.data[file.line_start(_statement(function).start) : _statement(function).start]
    text = indent + f"{head}{name}".encode() + file.data[own.end : lines.start] + _ended(body, style)
    return text + (_ended(tail, style) if tail.strip() else b"")


def _ended(text: bytes, style: Style) -> bytes:
    return text if text.endswith(b"\n") else text + style.eol
