"""What code consists of: boxes (a block, a class body, the children of an element, one expression) and their items.

An item carries the comment that ends its line. Two items with the same *frame* (their text outside the boxes inside
them) differ only in what is in those boxes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from featureops.core.syntax import Node, SourceFile

__all__ = [
    "Box",
    "BoxKind",
    "Item",
    "boxes_in",
    "calls_hook",
    "declarators_of",
    "definition_name",
    "frame",
    "owner_of",
    "root_box",
    "same_head",
    "unwrapped_definition",
]

BoxKind = Literal["block", "members", "markup", "expression"]
_FUNCTIONS = ("function", "lambda")
_NAMED = ("function", "class", "enum", "type-definition")


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A statement, member, child or comment: the bytes `start` up to `end`, with the comment behind it."""

    node: Node
    start: int
    end: int

    @property
    def file(self) -> SourceFile:
        return self.node.file

    @property
    def text(self) -> bytes:
        return self.file.data[self.start : self.end]

    @property
    def is_comment(self) -> bool:
        return self.node.is_comment

    @property
    def parts(self) -> list[Node]:
        """The node and what stands behind it up to the end of the item: its comment, the body of its text."""
        found, after = [self.node], self.node.next()
        while after is not None and after.end <= self.end:
            found.append(after)
            after = after.next()
        return found

    @property
    def owns_lines(self) -> bool:
        """Nothing else stands on its first and last line."""
        data, file = self.file.data, self.file
        before = data[file.line_start(self.start) : self.start]
        after = data[self.end : file.line_end(self.end)]
        return not before.strip(b" \t\xef\xbb\xbf") and not after.strip()


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """`start` and `end` are the room of the items: between the braces or the tags, or from the first item's line."""

    kind: BoxKind
    node: Node
    items: tuple[Item, ...]
    start: int
    end: int

    @property
    def file(self) -> SourceFile:
        return self.node.file

    def before(self, index: int) -> int:
        """Where the room before the item begins: after the line of the item in front of it."""
        return self._after(self.items[index - 1].end) if index > 0 else self.start

    def after(self, index: int) -> int:
        """Where the room after the last of `index` items ends: the line of the next item."""
        if index >= len(self.items):
            return self.end
        start = self.items[index].start
        return self.file.line_start(start) if self.kind in ("block", "members") else start

    def _after(self, end: int) -> int:
        return self.file.line_end(end) if self.kind in ("block", "members") else end


def root_box(file: SourceFile) -> Box:
    return Box("block", file.root, _items(list(file.root.children)), 0, len(file.data))


def boxes_in(node: Node) -> list[Box]:
    """The outermost boxes of a node; the node itself counts if it is a block or an element."""
    found: list[Box] = []
    stack = [node]
    while stack:
        part = stack.pop()
        box = _box(part, itself=part is node)
        if box is not None and box.kind == "markup":
            opening = part.role("open")
            found.extend(boxes_in(opening) if opening is not None else ())
        if box is not None:
            found.append(box)
        stack.extend(reversed(part.children if box is None else _handlers(part)))
    return found


def _handlers(node: Node) -> list[Node]:
    """The parts of a block that go on where its statements fail: no statements, and what they hold are boxes."""
    kinds = node.file.pack.index.handlers if node.shape == "block" else ()
    return [child for child in node.children if child.named and child.type in kinds]


def _box(node: Node, *, itself: bool) -> Box | None:
    if not node.named:
        return None
    parent = node.parent
    if not itself and parent is not None and _is_expression_body(node, parent) and not _is_in_closed_text(node):
        return Box("expression", node, (Item(node, node.start, node.end),), node.start, node.end)
    if node.shape == "block" or (parent is not None and parent.shape == "class" and parent.role("body") is node):
        return _statements(node)
    if node.type in node.file.pack.wrap.sections:
        return _section(node)
    opening, closing = (node.role("open"), node.role("close")) if node.shape == "markup-element" else (None, None)
    if opening is None or closing is None:
        return None
    children = [child for child in node.children if opening.end <= child.start and child.end <= closing.start]
    items = tuple(Item(child, child.start, child.end) for child in children if child.text.strip())
    return Box("markup", node, items, opening.end, closing.start)


def _is_in_closed_text(node: Node) -> bool:
    """Whether code stands in a hole of a text whose marks it must not hold: there a flag can't be named."""
    outers = node.ancestors() if node.file.pack.wrap.closed_texts else ()
    return any(outer.shape == "string" for outer in takewhile(lambda outer: outer.shape != "block", outers))


def _is_expression_body(node: Node, parent: Node) -> bool:
    if node.shape == "block" or node.is_comment:
        return False
    if parent.shape in (*_FUNCTIONS, "case"):
        return parent.role("body") is node
    if parent.shape == "case":
        return parent.role("body") is node and parent.role("condition") is not None
    spread = node.text.startswith("...")
    if parent.shape == "arguments":
        # A hook must be called on every rendering: what it is given may differ, whether it is called may not.
        return node.shape not in _FUNCTIONS and not spread and parent.parent is not None and calls_hook(parent.parent)
    return parent.shape == "markup-expression" and parent.role("operand") is node and not spread


def calls_hook(call: Node) -> bool:
    """Whether a call is one of a function that must run on every rendering."""
    rules = call.file.pack.wrap
    callee = call.role("function") if call.shape == "call" else None
    name = callee.role("property") if callee is not None and callee.shape == "member" else callee
    return name is not None and rules.hooks is not None and re.search(rules.hooks, name.text) is not None


def _statements(node: Node) -> Box:
    parent = node.parent
    kind: BoxKind = "members" if parent is not None and _is_class(parent) else "block"
    file, children = node.file, list(node.children)
    if children and not children[0].named and children[0].text == "{":
        start, end = node.start + 1, node.end - 1
        if not file.data[start : file.line_end(start)].strip():
            start = file.line_end(start)
        if not file.data[file.line_start(end) : end].strip():
            end = file.line_start(end)
        return Box(kind, node, _items(children[1:-1]), start, max(start, end))
    first = next(iter(_handlers(node)), None)
    inside = children if first is None else children[: children.index(first)]
    items = _items([*_leading_comments(node), *(child for child in inside if child.named)])
    start = _first_line(items[0]) if items and items[0].owns_lines else node.start
    return Box(kind, node, items, start, _end_of(items[-1]) if items else node.end)


def _first_line(first: Item) -> int:
    """Where the room of a block without braces begins: with the blank lines in front of its first item."""
    data, at = first.file.data, first.file.line_start(first.start)
    while at > 0 and not data[first.file.line_start(at - 1) : at].strip():
        at = first.file.line_start(at - 1)
    return at


def _end_of(last: Item) -> int:
    """The end of the line that an item ends, or of the item where more code stands behind it."""
    end = last.file.line_end(last.end)
    return last.end if last.file.data[last.end : end].strip() else end


def _is_class(node: Node) -> bool:
    return node.shape in ("class", "enum", "type-definition") or node.type in node.file.pack.index.class_scopes


def _leading_comments(node: Node) -> list[Node]:
    """Comments between a header and an indented block stand outside it in the tree."""
    found: list[Node] = []
    before = node.previous()
    while before is not None and before.is_comment:
        if before.file.data[before.file.line_start(before.start) : before.start].strip():
            break
        found.append(before)
        before = before.previous()
    return found[::-1]


def _section(node: Node) -> Box | None:
    mark = max((child.end for child in node.children if child.text == ":"), default=node.end)
    body = [child for child in node.children if child.field == "body" or (child.named and child.start >= mark)]
    body = [child for child in body if child.start > node.start]
    if not body:
        return None
    items = _items(body)
    if not items or all(item.is_comment for item in items):
        return None
    if not items[0].owns_lines:
        return None
    return Box("block", node, items, node.file.line_start(items[0].start), _end_of(items[-1]))


def _items(children: list[Node]) -> tuple[Item, ...]:
    items: list[Item] = []
    for child in children:
        if not child.named:
            if items and child.text in (";", ","):
                items[-1] = Item(items[-1].node, items[-1].start, child.end)
            continue
        trails = child.type in child.file.pack.index.trailing
        if items and not items[-1].is_comment and (trails or (child.is_comment and _same_line(items[-1], child))):
            items[-1] = Item(items[-1].node, items[-1].start, child.end)
        else:
            items.append(Item(child, child.start, _end(child)))
    return tuple(items)


def _end(node: Node) -> int:
    """Where the text of a node ends: some grammars count the end of the line to what stands on it."""
    return node.start + len(node.file.data[node.start : node.end].rstrip())


def _same_line(item: Item, comment: Node) -> bool:
    file = comment.file
    rest = file.data[comment.end : file.line_end(comment.end)].strip()
    return file.line_of(item.end) == file.line_of(comment.start) and not rest


def frame(item: Item, boxes: list[Box]) -> tuple[bytes, ...]:
    """The pieces of an item's text outside the boxes; where the line of an expression begins is of no matter."""
    data, at, pieces = item.file.data, item.start, list[bytes]()
    for box in boxes:
        piece = data[at : box.start]
        pieces.append(piece.rstrip() if box.kind == "expression" else piece)
        at = box.end
    return (*pieces, data[at : item.end])


def unwrapped_definition(node: Node) -> Node:
    """The definition inside exports and decorators."""
    while node.shape in ("export", "decorated"):
        inner = node.role("declaration" if node.shape == "export" else "definition")
        if inner is None:
            return node
        node = inner
    return node


def same_head(old: Node, new: Node) -> bool:
    """Whether two functions are the same up to their bodies."""
    before, after = unwrapped_definition(old), unwrapped_definition(new)
    bodies = before.role("body"), after.role("body")
    if before.shape != "function" or after.shape != "function" or bodies[0] is None or bodies[1] is None:
        return False
    return old.file.data[old.start : bodies[0].start] == new.file.data[new.start : bodies[1].start]


def definition_name(node: Node) -> str | None:
    """The name that a statement or member defines as a function, class or type; None for all else."""
    node = unwrapped_definition(node)
    declarators = declarators_of(node)
    value = declarators[0].role("value") if len(declarators) == 1 else None
    if value is not None and value.shape in _FUNCTIONS:
        node = declarators[0]
    elif node.shape not in _NAMED:
        return None
    name = node.role("name")
    return name.text if name is not None else None


def declarators_of(node: Node) -> list[Node]:
    """The names that a statement declares; some languages write a declarator as a statement of its own."""
    if node.shape == "declarator":
        return [node]
    return [found for item in node.items for found in declarators_of(item)] if node.shape == "declaration" else []


def owner_of(node: Node) -> Node | None:
    """The function whose code a node is part of; None for what runs when the file is loaded."""
    block: Node | None = None
    for outer in (node, *node.ancestors()):
        if outer.shape in _FUNCTIONS:
            return outer
        if outer.shape == "class":
            body = outer.role("body")
            return block if block is not None and body is not None and body.span.holds(block.span) else None
        if outer.shape == "block" and outer.type in outer.file.pack.index.function_scopes:
            block = outer  # a function without parameters may be written as a mere block, in the value of a field too
    return None
