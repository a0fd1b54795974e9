"""The rows of a table that is written out in a test, and the cells of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from featureops.core.given import initializer
from featureops.core.model import Span
from featureops.core.scopes import Names, string_value
from featureops.core.syntax import Node
from featureops.core.testing.rules import TableRules
from featureops.core.testing.values import literal

__all__ = [
    "Column",
    "Place",
    "Row",
    "Search",
    "cell_of",
    "fields_of",
    "is_row",
    "made",
    "plain",
    "rows_of",
    "value_of",
    "within",
]


@dataclass(frozen=True, slots=True)
class Row:
    """`part` is what goes with the row, and `beside` what another list has for it. `value` is what it has in the
    column: `cells` and `cuts` are what goes of a row that stays where the column goes. One that `is_silent` says
    nothing in the column, which has a value of its own then."""

    part: Node
    value: bool | None
    cells: tuple[Node, ...] = ()
    cuts: tuple[Span, ...] = ()
    beside: Node | None = None
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """What a name in a test stands for. `at` is the test's function or the loop, `uses` are the places that have the
    value. The column can go by itself where `can_go`: with the cells of its rows, `head` and `cuts`."""

    at: Node
    rows: tuple[Row, ...]
    uses: tuple[Node, ...]
    head: tuple[Node, ...] = ()
    cuts: tuple[Span, ...] = ()
    can_go: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name gets its value: a function's parameter, or the target of a loop. `position` is that of the parameter
    (`of` so many) or of a part of the target, None for all of it; `field` the member or the part of a pattern by name.
    """

    at: Node
    part: Node
    position: int | None
    of: int
    field: str | None
    name: str
    uses: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What is known of the file that is looked in."""

    rules: TableRules
    names: Names


def plain(item: Node) -> Node:
    """What is listed, without what only stands around it."""
    inner = (item.role("operand") if item.shape in ("argument", "paren") else None) or item
    tests = inner.file.pack.tests
    kinds = tests.tables.around if tests is not None and tests.tables is not None else frozenset()
    return inner.items[-1] if inner.type in kinds and inner.items and inner.items[-1].shape == "list" else inner


def rows_of(table: Node, search: Search) -> list[tuple[Node, Node]]:
    """The parts of a table, each with the row in it; none where it is not written out, or has other uses."""
    table, rules = plain(table), search.rules
    if table.shape == "call":
        called = table.role("function")
        arguments = table.role("arguments")
        if called is None or _last_name(called.text) not in rules.lists or arguments is None:
            return []
        return [(item, _row(item)) for item in arguments.items]
    if table.type in table.file.pack.index.identifiers:
        binding = search.names.of.get(table)
        value = initializer(binding) if binding is not None else None
        is_alone = binding is not None and binding.is_single and len(binding.uses) == 1
        return rows_of(value, search) if value is not None and is_alone else []
    holder = (table.role("body") or table) if table.shape == "object" else table
    if table.shape not in ("list", "object") and table.type not in rules.nodes:
        return []
    return [(item, _row(item)) for item in holder.items]


def _row(item: Node) -> Node:
    value = item.role("value") if item.shape == "pair" else None
    return plain(value if value is not None else item)


def cell_of(row: Node, place: int | str | None, rules: TableRules, fields: Sequence[str] = ()) -> Node | None:
    """What a row has at a position or under a name; the row itself where there is no place. None where it has nothing
    there. Errors: LookupError where that can't be told."""
    if place is None:
        return row
    holder = _holder(row, rules)
    if holder is None:
        raise LookupError
    items = [item for item in holder.items if item.shape != "keyword-argument"]
    if any(item.shape == "spread" for item in items):
        raise LookupError
    if isinstance(place, str) and items and not all(item.shape == "pair" for item in items):
        if place not in fields:
            raise LookupError
        place = fields.index(place)
    if isinstance(place, int):
        if place >= len(items) or items[place].shape == "pair":
            raise LookupError
        return items[place]
    return next((item for item in items if _label(item) == place), None)


def _holder(row: Node, rules: TableRules) -> Node | None:
    """What lists the cells of a row."""
    if row.shape == "call":
        called = row.role("function")
        is_row = called is not None and _last_name(called.text) in rules.rows
        return row.role("arguments") if is_row else None
    if row.shape == "object":
        return row.role("body") or row
    return row if row.shape == "list" or row.type in rules.nodes else None


def value_of(cell: Node | None) -> bool | None:
    """What a cell says."""
    inner = cell.role("value") if cell is not None and cell.shape == "pair" else cell
    return literal(inner)


def _label(pair: Node) -> str | None:
    key = pair.role("key")
    return (string_value(key) or key.text) if key is not None else None


def made(part: Node, cell: Node | None, rules: TableRules, row: Node | None = None) -> Row:
    """The row with a cell. `row` is one that is left bare where only one cell besides this stays."""
    if cell is None:
        return Row(part, value=False if rules.absent else None, is_silent=True)
    cells = row.items if row is not None and row.shape == "list" else []
    other = next((item for item in cells if item is not cell), None)
    if row is None or other is None:
        return Row(part, value_of(cell), (cell,))
    return Row(part, value_of(cell), (), (Span(row.start, other.start), Span(other.end, row.end)))


def is_row(node: Node, rules: TableRules) -> bool:
    """Whether something lists cells."""
    return node.shape in ("list", "call", "object") or node.type in rules.nodes


def within(outer: Node, inner: Node) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def fields_of(table: Node, names: Names) -> list[Node]:
    """The fields that the type of a table's rows names in its place, in order."""
    if table.type in table.file.pack.index.identifiers:
        binding = names.of.get(table)
        value = initializer(binding) if binding is not None else None
        return fields_of(value, names) if value is not None else []
    kind = table.role("type") if table.shape == "object" else None
    return [part for part in kind.walk() if part.shape == "field"] if kind is not None else []


def _last_name(text: str) -> str:
    """The last of names with dots between them."""
    return text.rpartition(".")[2].rpartition("::")[2]
