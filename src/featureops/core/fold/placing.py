"""Writes what folding made of an expression to where that stands: a literal, or a part of it.

An edit inside a part that is dropped later does no harm: the larger deletion swallows it.
"""

from __future__ import annotations

from featureops.core.fold.editor import Editor
from featureops.core.fold.literals import spelled
from featureops.core.fold.parens import TIGHT, binds, needs_parens
from featureops.core.fold.values import Becomes, Const, Scalar, Value
from featureops.core.syntax import Node

__all__ = ["Placing"]


_HELD_TOGETHER = frozenset({"sequence", "yield"})
"""What lists take for several items, or not at all."""


class Placing:
    def __init__(self, editor: Editor) -> None:
        self.editor = editor

    def _is_condition(self, paren: Node) -> bool:
        """Whether the grammar wants these parentheses."""
        parent = paren.parent
        if parent is None or paren.shape != "paren" or not paren.file.pack.text.condition_parens:
            return False
        return parent.shape in ("", "if", "elif", "while", "do", "switch") and paren.field in ("condition", "value")

    def place(self, node: Node, value: Value) -> None:
        """Write what an expression came down to where it stands."""
        if isinstance(value, Becomes):
            self.replace_with(node, value.node)
        elif isinstance(value, Const):
            self.materialize(node, value)

    def materialize(self, node: Node, value: Const) -> None:
        """Put the literal, or with effects left the part that has them."""
        inner = node.role("operand") if self._is_condition(node) else None
        node = node if inner is None else inner
        if value.source is not None:
            if value.source is not node:
                self.replace_with(node, value.source)
            return
        text = spelled(value.value, node.file.pack.text)
        if text is None or (isinstance(value.value, Scalar) and _is_one_of_several(node)):
            return
        if isinstance(value.value, bool) and node.parent is not None and node.parent.role("object") is node:
            text = next(iter(node.file.pack.text.boxed[not value.value :]), text)
        if isinstance(value.value, Scalar) and _would_join(node, value.value):
            text = f"({text})"
        if node.type in node.file.pack.index.shorthand:
            text = f"{node.text}: {text}"
        self.editor.replace(node.start, node.end, text)

    def replace_with(self, node: Node, target: Node) -> None:
        """Let only `target`, a part of `node`, stand."""
        inner = self._bare(node, target)
        opening, closing = ("(", ")") if _is_braced_body(node, inner) or needs_parens(node, inner) else ("", "")
        self.editor.replace(node.start, inner.start, opening)
        self.editor.replace(inner.end, node.end, closing)
        self.editor.dedent(inner.start, inner.end, self._columns_of_end(inner) - self._columns(node))

    def _bare(self, node: Node, target: Node) -> Node:
        """Without its own parentheses, where they only served the operator that is gone."""
        inner = target.role("operand") if target.shape == "paren" else None
        outer = node.parent if node.parent is not None and node.parent.role("body") is not node else None
        if inner is None or (outer is not None and binds(outer)):
            return target
        gap = target.file.slice(target.start, inner.start) + target.file.slice(inner.end, target.end)
        joins = target.file.pack.text.blocks == "indent" and "\n" in inner.text
        needed = joins or self._is_condition(target) or _is_braced_body(node, inner)
        return target if "\n" in gap or needed or inner.shape in _HELD_TOGETHER else self._bare(node, inner)

    def _columns(self, node: Node) -> int:
        """Columns of indentation of the line on which the node begins."""
        line = node.file.line_start(node.start)
        text = node.file.data[line : node.start]
        return len(text) - len(text.lstrip(b" \t"))

    def _columns_of_end(self, node: Node) -> int:
        """Where a part is laid out from: its closing bracket on a line of its own, else the line on which it begins."""
        file = node.file
        line = file.data[file.line_start(node.end - 1) : node.end]
        text = line.lstrip(b" \t")
        closes = "\n" in node.text and text[:1] in (b")", b"]", b"}")
        return len(line) - len(text) if closes and _opens_at_once(node) else self._columns(node)


def _is_braced_body(node: Node, target: Node) -> bool:
    """Whether a value that begins with a brace would be taken for a block, or for that of the function around."""
    outer = node.parent
    is_body = outer is not None and outer.shape in ("function", "lambda") and outer.role("body") is node
    is_statement = outer is not None and outer.shape == "expression" and target.shape == "object"
    return (is_body or is_statement) and node.file.pack.text.blocks == "braces" and target.text.startswith("{")


def _opens_at_once(node: Node) -> bool:
    """Whether the bracket that ends it is opened on its first line, not by a later call of a chain."""
    file, last = node.file, node
    while last.children and last.children[-1].named and last.children[-1].end == node.end:
        last = last.children[-1]
    return file.line_of(last.start) == file.line_of(node.start)


def _is_one_of_several(node: Node) -> bool:
    """Whether the node gives more than one name a value: a literal would give only one."""
    outer = node.parent
    while outer is not None and not outer.shape and len(outer.items) == 1:
        outer = outer.parent
    targets = [*outer.roles("left"), *outer.roles("name")] if outer is not None else []
    is_list = outer is not None and outer.shape in ("assign", "declarator")
    return is_list and any(not target.shape and len(target.items) > 1 for target in targets)


def _would_join(node: Node, value: Scalar) -> bool:
    """Whether a number would run into what stands around it."""
    if isinstance(value.value, str) or node.parent is None:
        return False
    is_owner = node.parent.role("object") is node
    is_negative = value.value < 0 and (not node.parent.shape or node.parent.shape in TIGHT | {"concat", "comparison"})
    places = ("arguments", "assign", "declarator", "return", "pair", "list")
    return is_owner or (is_negative and node.parent.shape not in places)
