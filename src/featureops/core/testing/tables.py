"""Tests that run once for each row of a table: which cell of the rows a name in the test stands for.

A table counts only where all of it is written out: its rows, and the cell of each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from featureops.core.fold.layout import leading_comments
from featureops.core.fold.unused import statement_of
from featureops.core.given import argument, initializer, nth_argument
from featureops.core.mentions import mentions_of
from featureops.core.model import Span
from featureops.core.scopes import Binding, Names, string_value
from featureops.core.syntax import Node
from featureops.core.testing.cells import Column, Place, Row, Search, cell_of, is_row, made, plain, rows_of, within
from featureops.core.testing.loops import in_loop
from featureops.core.testing.units import marks_of

__all__ = ["column_of"]

_SEVERAL = 2


def column_of(given: Node, names: Names) -> Column | None:
    """The column that an expression in a test gives the value of."""
    tests = given.file.pack.tests
    rules = tests.tables if tests is not None else None
    if rules is None:
        return None
    holder, field = given, None
    if given.shape == "member":
        owner, label = given.role("object"), given.role("property")
        holder, field = (owner, label.text) if owner is not None and label is not None else (given, None)
    bindings = _renamed(names.of.get(holder), names)
    if not bindings or any(len(binding.definitions) != 1 or binding.writes for binding in bindings):
        return None
    uses = tuple(use for binding in bindings for use in binding.uses if not _renames(use))
    first, search = bindings[-1].definitions[0], Search(rules, names)
    try:
        fixed = _of_fixture(given, search)
        if fixed is not None:
            return fixed
        found = in_loop(first, field, uses, search)
        return found if found is not None or field is not None else _in_parameters(first, uses, search)
    except LookupError:
        return None


def _of_fixture(given: Node, search: Search) -> Column | None:
    """A function that is run for each value that its decorator lists, on behalf of the tests that take its result."""
    function = next((outer for outer in given.ancestors() if outer.shape == "function"), None)
    if function is None or not search.rules.cell or given.text != search.rules.cell:
        return None
    for _, arguments in _marks(function, search.rules.fixtures):
        listed = next((item for item in arguments.items if _name_of(item) == search.rules.params), None)
        parts = rows_of(listed.role("value") or listed, search) if listed is not None else []
        if parts:
            return Column(function, tuple(made(part, row, search.rules) for part, row in parts), ())
    return None


def _name_of(item: Node) -> str:
    name = item.role("name") if item.shape == "keyword-argument" else None
    return name.text if name is not None else ""


def _renamed(binding: Binding | None, names: Names) -> list[Binding]:
    """A binding, and those that it only hands on under the same name."""
    found: list[Binding] = []
    while binding is not None and binding not in found:
        found.append(binding)
        value = initializer(binding)
        binding = names.of.get(value) if value is not None and value.text == binding.name else None
    return found


def _renames(use: Node) -> bool:
    holder = next((outer for outer in use.ancestors() if outer.shape or len(outer.items) > 1), None)
    if holder is None or holder.shape not in ("assign", "declarator"):
        return False
    name, value = holder.role("left") or holder.role("name"), holder.role("right") or holder.role("value")
    return name is not None and value is not None and name.text == use.text == value.text


def _in_parameters(name: Node, uses: tuple[Node, ...], search: Search) -> Column | None:
    function = next((outer for outer in name.ancestors() if outer.shape in ("function", "lambda")), None)
    listed = function.role("parameters") if function is not None else None
    if function is None or listed is None:
        return None
    items = [item for item in listed.items if not _is_mark(item)]
    part = next((item for item in items if within(item, name)), None)
    if part is None:
        return None
    pattern = next((item for item in part.walk() if item.shape == "destructuring"), None)
    place = Place(function, part, items.index(part), len(items), name.text if pattern else None, name.text, uses)
    for find in (_by_marks, _by_named, _by_tables, _by_source):
        found = find(place, search)
        if found is not None:
            return found
    return _by_call(place, pattern, search)


def _is_mark(item: Node) -> bool:
    return item.shape == "decorator" or (not item.shape and bool(item.items) and all(map(_is_mark, item.items)))


def _marks(function: Node, words: frozenset[str]) -> list[tuple[Node, Node]]:
    """The decorators of a function that have one of some names, each with its arguments."""
    found: list[tuple[Node, Node]] = []
    for mark, label in marks_of(function):
        call = mark if mark.role("arguments") is not None else next((i for i in mark.items if i.shape == "call"), mark)
        arguments = call.role("arguments")
        if label in words and arguments is not None:
            outer = mark.parent
            is_apart = outer is not None and _is_mark(outer) and statement_of(outer) is outer
            found.append((outer if outer is not None and is_apart else mark, arguments))
    return found


def _by_marks(place: Place, search: Search) -> Column | None:
    """Each decorator is a row."""
    found = _marks(place.at, search.rules.marks)
    cells = [_nth(arguments, place.position or 0) for _, arguments in found]
    if not found or None in cells:
        return None
    rows = [made(mark, cell, search.rules) for (mark, _), cell in zip(found, cells, strict=True)]
    can_go = place.of > 1 and all(arguments.shape == "arguments" for _, arguments in found)
    return Column(place.at, tuple(rows), place.uses, (place.part,), can_go=can_go)


def _nth(arguments: Node, position: int) -> Node | None:
    """The argument at a position; of the text of a macro only where plain values are listed."""
    items = [item for item in arguments.items if item.shape not in ("keyword-argument", "pair")]
    if arguments.shape == "arguments":
        return items[position] if position < len(items) else None
    plain_ones = [item for item in items if item.shape in ("true", "false", "string", "number")]
    commas = sum(child.text == "," for child in arguments.children)
    return items[position] if plain_ones == items and position <= commas < len(items) else None


def _by_named(place: Place, search: Search) -> Column | None:
    """A decorator is given the names of the columns, and the rows."""
    for mark, arguments in _marks(place.at, search.rules.named):
        given = [item for item in arguments.items if item.shape != "keyword-argument"]
        head = given[0] if len(given) == _SEVERAL else None
        text = string_value(head) if head is not None else None
        labels = _labels(head, text) if head is not None else []
        if head is None or place.name not in labels:
            continue
        at, parts = labels.index(place.name), rows_of(given[1], search)
        beside = _beside([item for item in arguments.items if item not in given], len(parts))
        cells = [cell_of(row, at if len(labels) > 1 else None, search.rules) for _, row in parts]
        if beside is None or not parts:
            return None
        is_bare = text is not None and len(labels) == _SEVERAL
        rows = tuple(
            replace(made(part, cell, search.rules, row if is_bare else None), beside=other)
            for (part, row), cell, other in zip(parts, cells, beside, strict=True)
        )
        if len(labels) == 1:
            return Column(place.at, rows, place.uses, (mark, place.part), can_go=True)
        if text is None:
            return Column(place.at, rows, place.uses, (head.items[at], place.part), can_go=True)
        cut = _cut(head, text, at)
        return Column(place.at, rows, place.uses, (place.part,), (cut,) if cut else (), can_go=cut is not None)
    return None


def _labels(head: Node, text: str | None) -> list[str]:
    """The names of the columns, in one text or in a list."""
    if text is not None:
        return [part.strip() for part in text.split(",")]
    labels = [string_value(item) for item in head.items] if head.shape == "list" else []
    return [label or "" for label in labels]


def _beside(others: Sequence[Node], count: int) -> list[Node | None] | None:
    """The parts of another list that names the rows; None where something else is said of them."""
    value = others[0].role("value") if len(others) == 1 else None
    if value is None:
        return None if others else [None] * count
    if value.shape != "list":
        return [None] * count if value.shape == "lambda" or value.type in value.file.pack.index.identifiers else None
    return list(value.items) if len(value.items) == count else None


def _cut(head: Node, text: str, at: int) -> Span | None:
    """One of the names in a text, with its comma."""
    start = head.text.find(text)
    if start < 0 or not text.isascii():
        return None
    parts = text.split(",")
    before = sum(len(part) + 1 for part in parts[:at])
    begin = head.start + len(head.text[:start].encode()) + before
    if at + 1 < len(parts):
        own, after = parts[at], parts[at + 1]
        return Span(begin + _indent(own), begin + len(own) + 1 + _indent(after))
    return Span(begin - 1, begin + len(parts[at]))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _by_tables(place: Place, search: Search) -> Column | None:
    """A decorator is given all rows; each is a list, a text with commas, or the value of the only parameter."""
    found = _marks(place.at, search.rules.tables)
    arguments = found[0][1] if len(found) == 1 else None
    if arguments is None or _marks(place.at, search.rules.marks | search.rules.sources):
        return None
    given = [item.role("value") if item.shape == "keyword-argument" else plain(item) for item in arguments.items]
    table = given[0] if len(given) == 1 else None
    parts = rows_of(table, search) if table is not None else []
    if not parts and all(string_value(plain(item)) is not None for item in arguments.items):
        parts = [(item, plain(item)) for item in arguments.items]
    if not parts:
        return None
    texts = [string_value(row) for _, row in parts]
    if all(text is not None for text in texts):
        rows = [_of_text(part, row, place) for part, row in parts]
        return Column(place.at, tuple(rows), place.uses, (place.part,), can_go=place.of > 1)
    if place.of > 1:
        return None
    return Column(place.at, tuple(made(part, row, search.rules) for part, row in parts), place.uses, (place.part,))


def _of_text(part: Node, row: Node, place: Place) -> Row:
    """A row that is a text with commas."""
    text = string_value(row) or ""
    cells = text.split(",")
    if len(cells) != place.of or place.position is None or "'" in text or '"' in text:
        raise LookupError
    value = {"true": True, "false": False}.get(cells[place.position].strip().lower())
    cut = _cut(row, text, place.position)
    if cut is None:
        raise LookupError
    return Row(part, value, (), (cut,))


def _by_source(place: Place, search: Search) -> Column | None:
    """A decorator, or the comment above, names the function that gives the rows."""
    given = [arguments.items[0] for _, arguments in _marks(place.at, search.rules.sources) if arguments.items]
    found = [_told(plain(item), search) for item in given]
    if search.rules.comment and not found:
        notes = (note.text for note in leading_comments(statement_of(place.at)))
        found = [match[1] for note in notes for match in re.finditer(search.rules.comment, note)]
    source = found[0] if len(found) == 1 else None
    if source is None or _marks(place.at, search.rules.marks | search.rules.tables):
        return None
    text = place.at.file.slice(0, len(place.at.file.data))
    if len(re.findall(rf"(?<!\w){re.escape(source)}(?!\w)", text)) != _SEVERAL:
        return None  # other tests are given the rows as well
    holders = [node.parent for node in mentions_of(place.at.file, source) if node.parent is not None]
    holder = next((node for node in holders if node.shape in ("declarator", "function")), None)
    parts = _given_back(holder, search) if holder is not None else []
    cells = [cell_of(row, place.position if is_row(row, search.rules) else None, search.rules) for _, row in parts]
    if not parts:
        return None
    rows = tuple(made(part, cell, search.rules) for (part, _), cell in zip(parts, cells, strict=True))
    return Column(place.at, rows, place.uses, (place.part,), can_go=place.of > 1)


def _told(item: Node, search: Search) -> str | None:
    """The name that something says, as a text or by a call that gives it."""
    callee = item.role("function") if item.shape == "call" else None
    named = argument(item, 0) if callee is not None and callee.text in search.rules.naming else None
    return named.text if named is not None else string_value(item)


def _given_back(function: Node, search: Search) -> list[tuple[Node, Node]]:
    """The rows that a function returns as a list, or yields one by one; those of what is no function."""
    body = function.role("value") if function.shape == "declarator" else function.role("body")
    if body is not None and body.shape != "block":
        return rows_of(body, search)
    items = body.items if body is not None else []
    if len(items) == 1 and items[0].shape == "return" and (table := items[0].role("value")) is not None:
        return rows_of(table, search)
    yielded = [item.items[0] if item.shape == "expression" and item.items else item for item in items]
    if not items or not all(item.type in search.rules.yields for item in yielded):
        return []
    found: list[tuple[Node, Node]] = []
    for item, part in zip(items, yielded, strict=True):
        inner = part.items[-1] if part.items else part
        value = inner.role("value") if inner.shape == "pair" else None
        found.append((item, plain(value if value is not None else inner)))
    return found


def _by_call(place: Place, pattern: Node | None, search: Search) -> Column | None:
    """A call is given the rows, and what it gives is called with the test."""
    call = next((outer for outer in place.at.ancestors() if outer.shape), None)
    call = call.parent if call is not None and call.shape == "arguments" else call
    given = call.role("function") if call is not None and call.shape == "call" else None
    callee = given.role("function") if given is not None and given.shape == "call" else None
    arguments = given.role("arguments") if given is not None else None
    if call is None or callee is None or arguments is None or not re.fullmatch(search.rules.calls or "$^", callee.text):
        return None
    table = plain(arguments.items[0]) if len(arguments.items) == 1 else None
    parts = rows_of(table, search) if table is not None else []
    if not parts:
        return None
    is_single = not is_row(parts[0][1], search.rules) and pattern is None
    key = place.field if pattern is not None else None if is_single else place.position
    cells = [cell_of(row, key, search.rules) for _, row in parts]
    title = nth_argument(call.role("arguments") or call, 0)
    is_told = title is None or re.search(r"[%$]", title.text) is not None
    item = next((item for item in pattern.items if item.text == place.field), None) if pattern is not None else None
    head = (item,) if item is not None else (place.part,)
    rows = tuple(made(part, cell, search.rules) for (part, _), cell in zip(parts, cells, strict=True))
    can_go = not is_told and not is_single and (pattern is not None or place.of > 1)
    return Column(place.at, rows, place.uses, head, can_go=can_go and (pattern is None or len(pattern.items) > 1))
