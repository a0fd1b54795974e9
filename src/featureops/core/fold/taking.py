"""Two functions that a flag chose between: the one that is left is taken back into the function that hands on to it.

Such a function bears the name of the one that hands on, and the flag's: `price_with_new_checkout`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from featureops.core.fold.editor import apply_edits
from featureops.core.mentions import mentions_of
from featureops.core.model import Edit, Span
from featureops.core.syntax import Node, SourceFile, TooDeep, parse
from featureops.core.words import words_of

__all__ = ["SIDES", "taken_back", "text_lines"]

SIDES = ("with", "without")
_OUTER = ("export", "decorated")
_PAIR = 2


def taken_back(before: SourceFile, after: bytes, flag: str, is_named_beside: Callable[[str], bool]) -> bytes:
    """The result of folding a file, with the bodies of such functions where they are called; `is_named_beside` tells
    whether another file has a name."""
    words = words_of(flag)
    pattern = "_?".join(map(re.escape, words))
    if not words or before.data == after or not re.search(rf"with(out)?_?{pattern}".encode(), after, re.IGNORECASE):
        return after
    try:
        file = parse(before.path, after, before.pack)
    except TooDeep:
        return after
    ends = [[side, *words] for side in SIDES]
    edits: list[Edit] = []
    for block in (node for node in file.root.walk() if node.named and _holds_functions(node)):
        for outer, inner in _pairs(block, ends):
            name = inner.role("name")
            if name is not None and not is_named_beside(name.text):
                edits.extend(_moved(outer, inner))
    return apply_edits(after, tuple(sorted(edits, key=lambda edit: edit.span.start)))


def _holds_functions(node: Node) -> bool:
    is_body = node.parent is not None and node.parent.shape == "class" and node.parent.role("body") is node
    return is_body or node.shape == "block"


def _pairs(block: Node, ends: list[list[str]]) -> Iterator[tuple[Node, Node]]:
    """The functions of a block that only hand on, with those that they hand on to."""
    found = {name.text: node for item in block.items for node in (_function(item),) if (name := node.role("name"))}
    for text, inner in found.items():
        words = words_of(text)
        for outer_name, outer in found.items():
            own = words_of(outer_name)
            is_named = words[: len(own)] == own and words[len(own) :] in ends
            if is_named and _hands_on(outer, inner) and _is_called_once(inner.file, text):
                yield outer, inner


def _is_called_once(file: SourceFile, name: str) -> bool:
    """Whether each function of a name is spoken of just once."""
    mentions = mentions_of(file, name)
    own = [node for node in mentions if node.parent is not None and node.parent.role("name") is node]
    return len(mentions) == _PAIR * len(own)


def _function(item: Node) -> Node:
    node = item
    while node.shape in _OUTER:
        inner = node.role("declaration") or node.role("definition")
        if inner is None:
            break
        node = inner
    return node


def _hands_on(outer: Node, inner: Node) -> bool:
    """Whether a function does nothing but call the other one with all that it is given itself."""
    statement, name, given = _only(outer), inner.role("name"), outer.role("parameters")
    taken, call = inner.role("parameters"), _call_of(statement) if statement is not None else None
    callee, arguments = (call.role("function"), call.role("arguments")) if call is not None else (None, None)
    if name is None or given is None or taken is None or callee is None or arguments is None:
        return False
    if given.text != taken.text or (callee.role("property") or callee).text != name.text:
        return False
    names = [name for part in given.items for name in _names_of(part)]
    if names and names[0] in outer.file.pack.index.self_names:
        del names[0]
    return [part.text for part in arguments.items] == names


def _names_of(parameter: Node) -> list[str]:
    """What a parameter declares: without its type and what it has where it is not given."""
    kinds = parameter.file.pack.index.identifiers
    others = [part.span for role in ("type", "value", "default") for part in parameter.roles(role)]
    found = [part for part in parameter.walk() if part.type in kinds]
    whole = (part for part in found if part.parent not in found)
    return [part.text for part in whole if not any(span.holds(part.span) for span in others)]


def _only(function: Node) -> Node | None:
    """The one statement of a function, but for its documentation."""
    body = function.role("body")
    items = [item for item in body.items if not item.is_comment] if body is not None and body.shape == "block" else []
    return items[-1] if items and len(items) <= _PAIR and not any(map(_is_code, items[:-1])) else None


def _is_code(item: Node) -> bool:
    inner = item.role("operand") if item.shape == "expression" else None
    return inner is None or inner.shape != "string"


def _call_of(statement: Node) -> Node | None:
    node: Node | None = statement
    while node is not None and node.shape in ("return", "expression", "await"):
        node = node.role("value") or node.role("operand")
    return node if node is not None and node.shape == "call" else None


def text_lines(function: Node) -> Span:
    """The lines of a function's body, without those that open and close it."""
    file, body = function.file, function.role("body") or function
    if file.data[body.start : body.start + 1] == b"{":
        return Span(file.line_end(body.start), file.line_start(body.end - 1))
    heads = [part.end for part in (function.role("parameters"), function.role("type")) if part is not None]
    return Span(file.line_end(max([function.start, *heads])), file.line_end(body.end - 1))


def _moved(outer: Node, inner: Node) -> Iterator[Edit]:
    """The body of the inner function in the outer one, and the lines of the inner one away."""
    file, statement = inner.file, _only(outer)
    if statement is None:
        return
    lines = text_lines(inner)
    yield Edit(
        Span(file.line_start(statement.start), file.line_end(statement.end - 1)), file.data[lines.start : lines.end]
    )
    start, end = file.line_start(inner.start), file.line_end(inner.end - 1)
    while start > 0 and not file.data[file.line_start(start - 1) : start].strip():
        start = file.line_start(start - 1)
    yield Edit(Span(start, end), b"")
