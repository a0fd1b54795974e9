"""Loops that run a test once for each row of a table."""

from __future__ import annotations

from featureops.core.syntax import Node
from featureops.core.testing.cells import Column, Place, Search, cell_of, fields_of, made, rows_of, within
from featureops.core.testing.rules import TableRules

__all__ = ["in_loop"]

_SEVERAL = 2


def in_loop(name: Node, field: str | None, uses: tuple[Node, ...], search: Search) -> Column | None:
    """A loop that gives a name each row, or a part of each; or a method that is given a block for each."""
    loop = next((outer for outer in name.ancestors() if outer.shape in ("for", "block", "function", "lambda")), None)
    found = _looped(loop, search.rules) if loop is not None and loop.shape == "for" else _handed(name, search.rules)
    if found is None or not within(found[1], name):
        return None
    loop, target, table = found
    parts = target.items if target is not name else []
    position = next((at for at, part in enumerate(parts) if within(part, name)), None)
    if search.rules.counted and loop.shape == "for":  # the first name only counts the rows
        if len(parts) != _SEVERAL or position != 1:
            return None
        position = None
    elif len(parts) < _SEVERAL:
        position = None
    return _of_rows(Place(loop, target, position, len(parts), field, name.text, uses), table, search)


def _looped(loop: Node, rules: TableRules) -> tuple[Node, Node, Node] | None:
    """A loop, its target and what it goes over."""
    binder = next((item for item in loop.items if item.shape == "binder"), None)
    target = loop.role("target") or (binder.role("name") if binder is not None else None) or binder
    table = binder.role("value") if binder is not None else None
    if table is None:
        rest = [item for item in loop.items if item not in (target, binder, loop.role("body"), loop.role("type"))]
        table = rest[0] if len(rest) == 1 else None
    if target is None or table is None or (rules.over and not loop.has_token(rules.over)):
        return None
    return loop, target, table


def _handed(name: Node, rules: TableRules) -> tuple[Node, Node, Node] | None:
    """The call of a method that is given a block for each of the rows that it is called on, the block's first name, or
    the names of the parts, and the rows."""
    call = next((outer for outer in name.ancestors() if outer.shape == "call"), None)
    callee = call.role("function") if call is not None else None
    method, rows = (callee.role("property"), callee.role("object")) if callee is not None else (None, None)
    if call is None or method is None or rows is None or method.text not in rules.loops:
        return None
    function = next((outer for outer in name.ancestors() if outer.shape in ("function", "lambda")), None)
    listed = function.role("parameters") if function is not None and within(call, function) else None
    if listed is None:
        binder = next((outer for outer in name.ancestors() if outer.shape == "binder"), name)
        return call, binder, rows
    first = listed.items[0] if listed.items else listed
    return call, next((part for part in first.walk() if part.shape == "destructuring"), first), rows


def _of_rows(place: Place, table: Node, search: Search) -> Column | None:
    """The column of a table of rows, by a member of the row or a part of the target."""
    fields = fields_of(table, search.names)
    labels = [part.text for field in fields for part in field.roles("name")]
    parts = rows_of(table, search)
    is_pattern = place.part.shape == "destructuring" and all(row.shape == "object" for _, row in parts)
    key = place.name if is_pattern else place.field if place.field is not None else place.position
    rows = tuple(made(part, cell_of(row, key, search.rules, labels), search.rules) for part, row in parts)
    if not rows:
        return None
    if place.field is None:
        own_part = tuple(item for item in place.part.items if is_pattern and item.text == place.name)
        return Column(place.at, rows, place.uses, own_part, can_go=bool(own_part) and place.of > 1)
    members = [use.parent for use in place.uses if use.parent is not None and use.parent.shape == "member"]
    own = tuple(node for node in members if (label := node.role("property")) and label.text == place.field)
    head = tuple(field for field in fields if [name.text for name in field.roles("name")] == [place.field])
    can_go = bool(head) and len(members) == len(place.uses) and len(fields) > 1
    return Column(place.at, rows, own, head, can_go=can_go)
