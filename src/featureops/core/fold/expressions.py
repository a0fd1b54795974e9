"""Folding of expressions: not, and, or, defaults, comparison, choice, casts, markup.

`reduce` says what an expression comes down to in its context; `place` writes that where the expression stands. An edit
inside a part that is dropped later does no harm: the larger deletion swallows it.
"""

from __future__ import annotations

from collections.abc import Mapping

from featureops.core.fold.chains import arms, inside
from featureops.core.fold.editor import Editor
from featureops.core.fold.values import KEEP, Becomes, Const, Context, Value, is_boolean, is_pure
from featureops.core.syntax import Node

__all__ = ["Expressions", "only_expression"]

_LINE = 80
_OPERATORS = frozenset({"and", "or", "coalesce", "conditional", "equal", "not-equal", "comparison", "lambda", "assign"})
_TIGHT = _OPERATORS | {"not", "member", "index", "call", "cast", "await"}


class Expressions:
    """`seeds` are expressions with a known value, `hot` every node that has one of them (or a dead part) inside."""

    def __init__(self, editor: Editor, seeds: Mapping[Node, bool], hot: frozenset[Node]) -> None:
        self.editor = editor
        self.seeds = seeds
        self.hot = hot
        self._reduced: dict[Node, tuple[Context, Value]] = {}

    def is_known(self, node: Node) -> bool:
        """Whether evaluating the node does nothing, whatever its type says."""
        return node in self.seeds

    # -------------------------------------------------------------- reduce

    def reduce(self, node: Node, context: Context) -> Value:
        """What the expression comes down to. Children that stay are edited on the way."""
        known = self.seeds.get(node)
        if known is not None:
            return Const(known)
        if node not in self.hot:
            return KEEP
        found = self._reduced.get(node)
        if found is None or found[0] != context:
            found = self._reduced[node] = context, self._reduce(node, context)
        return found[1]

    def _reduce(self, node: Node, context: Context) -> Value:
        match node.shape:
            case "paren":
                return self._paren(node, context)
            case "cast" | "await":
                return self._through(node, context)
            case "not":
                return self._not(node)
            case "and" | "or":
                return self._logical(node, context)
            case "coalesce":
                return self._coalesce(node, context)
            case "equal" | "not-equal":
                return self._compare(node)
            case "conditional":
                return self._conditional(node, context)
            case "call":
                return self._call(node)
            case "if":
                return self._choice(node, context)
        self.visit_children(node)
        return KEEP

    def visit_children(self, node: Node) -> None:
        """Everything below in places that see the whole value."""
        if node.type in node.file.pack.index.sealed:
            return
        for child in node.children:
            if child in self.hot:
                self.visit(child)

    def visit(self, node: Node) -> None:
        """A node in a place about which nothing special is known; statements override this."""
        self.place(node, self.reduce(node, "value"))

    def _paren(self, node: Node, context: Context) -> Value:
        inner = node.role("operand")
        if inner is None:
            return self._children(node)
        value = self.reduce(inner, context)
        if isinstance(value, Becomes) and self._keeps_parens(node, value.node):
            self.replace_with(inner, value.node)
            return KEEP
        return value

    def _keeps_parens(self, paren: Node, target: Node) -> bool:
        """Parentheses stay where the grammar wants them, where they bind, and where they join lines."""
        if self._is_condition(paren):
            return True
        if target.shape in _OPERATORS and paren.parent is not None and paren.parent.shape in _TIGHT:
            return True
        if _fits_on_line(paren, target):
            return False
        joins = paren.file.pack.text.blocks == "indent" and "\n" in target.text
        return joins or "\n" in paren.file.slice(paren.start, target.start)

    def _is_condition(self, paren: Node) -> bool:
        """Whether the grammar wants these parentheses."""
        parent = paren.parent
        if parent is None or paren.shape != "paren" or not paren.file.pack.text.condition_parens:
            return False
        return parent.shape in ("", "if", "elif", "while", "do", "switch") and paren.field in ("condition", "value")

    def _through(self, node: Node, context: Context) -> Value:
        inner = node.role("operand")
        value = self.reduce(inner, context) if inner is not None else KEEP
        if isinstance(value, Becomes) and inner is not None:
            self.replace_with(inner, value.node)
            return KEEP
        return value

    def _not(self, node: Node) -> Value:
        inner = node.role("operand")
        if inner is None:
            return self._children(node)
        value = self.reduce(inner, "boolean")
        if isinstance(value, Const):
            if value.effects:
                self.place(inner, value)
            return Const(not value.value, value.effects, node if value.effects else None)
        self.place(inner, value)
        return KEEP

    def _logical(self, node: Node, context: Context) -> Value:
        left, right = node.role("left"), node.role("right")
        if left is None or right is None:
            return self._children(node)
        absorbing = node.shape == "or"
        first = self.reduce(left, _left_context(absorbing, context))
        if isinstance(first, Const) and not first.effects:
            return first if first.value is absorbing else self._part(right, context)
        if isinstance(first, Const) and first.value is absorbing:
            return first
        second = self.reduce(right, context)
        if isinstance(second, Const) and not second.effects and not isinstance(first, Const):
            return self._known_right(node, left, first, second.value, context)
        self.place(left, first)
        self.place(right, second)
        if isinstance(first, Const) and isinstance(second, Const):
            return Const(second.value, first.effects + second.effects, node)
        return KEEP

    def _known_right(self, node: Node, left: Node, first: Value, value: bool, context: Context) -> Value:
        """`left and True`, `left or True` and the like, with an unknown left side."""
        absorbing = node.shape == "or"
        one_sided: Context = "falsy" if node.shape == "and" else "truthy"
        kept = first.node if isinstance(first, Becomes) else left
        boolean = context == "boolean" or is_boolean(kept)
        if value is not absorbing and (boolean or context == one_sided):
            return Becomes(kept)
        settled = boolean or context == ("falsy" if absorbing else "truthy") or (context == "render" and not value)
        if value is absorbing and settled:
            if is_pure(kept, self.is_known):
                return Const(value)
            self._place_both(node, left, first, value=value)
            return Const(value, (kept,), node)
        self._place_both(node, left, first, value=value)
        return KEEP

    def _place_both(self, node: Node, left: Node, first: Value, *, value: bool) -> None:
        self.place(left, first)
        right = node.role("right")
        if right is not None:
            self.place(right, Const(value))

    def _coalesce(self, node: Node, context: Context) -> Value:
        left, right = node.role("left"), node.role("right")
        if left is None or right is None:
            return self._children(node)
        # Which falsy value stands on the left decides, whatever is made of the result.
        first = self.reduce(left, "value")
        if isinstance(first, Const) and not first.effects:
            return first
        self.place(left, first)
        self.place(right, self.reduce(right, context))
        return KEEP

    def _compare(self, node: Node) -> Value:
        left, right = node.role("left"), node.role("right")
        if left is None or right is None or len(node.items) != _TWO:
            return self._children(node)
        sides = [self._known(side) for side in (left, right)]
        if sides[0] is not None and sides[1] is not None:
            return Const((sides[0] == sides[1]) is (node.shape == "equal"))
        return self._children(node)

    def _known(self, node: Node) -> str | None:
        """What a side is known to be: "true", "false" or "null"."""
        value = self.reduce(node, "value") if node in self.hot else KEEP
        if isinstance(value, Const) and not value.effects:
            return "true" if value.value else "false"
        return node.shape if node.shape in ("true", "false", "null") else None

    def _conditional(self, node: Node, context: Context) -> Value:
        condition, then, other = node.role("condition"), node.role("then"), node.role("else")
        if condition is None or then is None or other is None:
            return self._children(node)
        value = self.reduce(condition, "boolean")
        if isinstance(value, Const) and not value.effects:
            chosen = only_expression(then if value.value else other)
            return self._part(chosen, context) if chosen is not None else KEEP
        self.place(condition, value)
        self.place(then, self.reduce(then, context))
        self.place(other, self.reduce(other, context))
        return KEEP

    def _choice(self, node: Node, context: Context) -> Value:
        """An `if` whose value is used: the one expression of the branch that is known to be taken, or its block where
        the language lets one stand there.
        """
        for arm in arms(node):
            value: Value = Const(value=True) if arm.condition is None else self.reduce(arm.condition, "boolean")
            if not isinstance(value, Const) or value.effects:
                self.visit(node)
                return KEEP
            if value.value is arm.inverted:
                continue
            parts = inside(arm.body) if arm.body.shape == "block" else [arm.body]
            if len(parts) == 1:
                return self._part(parts[0], context)
            is_value = arm.body.type in arm.body.file.pack.index.value_blocks
            return self._part(arm.body, context) if is_value else self._children(node)
        return self._children(node)

    def _call(self, node: Node) -> Value:
        callee, arguments = node.role("function"), node.role("arguments")
        if callee is not None and arguments is not None and callee.text in node.file.pack.index.boolean_casts:
            items = arguments.items
            if len(items) == 1:
                inner = (items[0].role("operand") if items[0].shape == "argument" else None) or items[0]
                value = self.reduce(inner, "boolean")
                if isinstance(value, Const) and not value.effects:
                    return value
                self.place(inner, value)
                return Const(value.value, value.effects, node) if isinstance(value, Const) else KEEP
        return self._run_elsewhere(node) or self._children(node)

    def _run_elsewhere(self, node: Node) -> Const | None:
        """What a call gives that only says where a block runs, once the block is a known value."""
        head, arguments = node.role("function"), node.role("arguments")
        while head is not None and head.shape == "call":
            head = head.role("function")
        if head is None or arguments is None or head.text not in node.file.pack.index.runners:
            return None
        block = arguments.items[0] if len(arguments.items) == 1 else None
        inner = only_expression(block) if block is not None and block.shape == "block" else None
        value = self.reduce(inner, "value") if inner is not None else KEEP
        return value if isinstance(value, Const) and not value.effects else None

    def _part(self, node: Node, context: Context) -> Value:
        """A part that takes the place of the whole."""
        value = self.reduce(node, context)
        return Becomes(node) if value is KEEP else value

    def _children(self, node: Node) -> Value:
        self.visit_children(node)
        return KEEP

    # -------------------------------------------------------------- place

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
        text = node.file.pack.text.true if value.value else node.file.pack.text.false
        if node.type in node.file.pack.index.shorthand:
            text = f"{node.text}: {text}"
        self.editor.replace(node.start, node.end, text)

    def replace_with(self, node: Node, target: Node) -> None:
        """Let only `target`, a part of `node`, stand."""
        inner = self._bare(node, target)
        opening, closing = ("(", ")") if self._needs_parens(node, inner) else ("", "")
        self.editor.replace(node.start, inner.start, opening)
        self.editor.replace(inner.end, node.end, closing)
        self.editor.dedent(inner.start, inner.end, self._columns_of_end(inner) - self._columns(node))

    def _bare(self, node: Node, target: Node) -> Node:
        """Without its own parentheses, where they only served the operator that is gone."""
        inner = target.role("operand") if target.shape == "paren" else None
        if inner is None or (node.parent is not None and node.parent.shape in _TIGHT):
            return target
        gap = target.file.slice(target.start, inner.start) + target.file.slice(inner.end, target.end)
        joins = target.file.pack.text.blocks == "indent" and "\n" in inner.text
        return target if "\n" in gap or joins or self._is_condition(target) else self._bare(node, inner)

    def _needs_parens(self, node: Node, target: Node) -> bool:
        parent = node.parent
        if parent is None or target.shape not in _OPERATORS:
            return False
        if parent.shape in ("not", "member", "call", "await", "cast", "index"):
            return parent.role("arguments") is not node and parent.role("index") is not node
        if "coalesce" in (parent.shape, target.shape) and {parent.shape, target.shape} & {"and", "or"}:
            return True
        rank = {"and": 2, "or": 1, "coalesce": 1, "conditional": 0, "lambda": 0, "assign": 0}
        return parent.shape in rank and rank.get(target.shape, 3) < rank[parent.shape]

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
        return len(line) - len(text) if closes else self._columns(node)


_TWO = 2
_VALUELESS = frozenset({"declarator", "declaration", "assign", "while", "for", "function", "class", "return", "raise"})


def only_expression(branch: Node) -> Node | None:
    """The value of a branch: the one expression of a block, where a choice has blocks; None where there is more."""
    if branch.shape != "block":
        return branch
    inner = [child for child in branch.children if child.named]
    return inner[0] if len(inner) == 1 and not inner[0].is_comment and inner[0].shape not in _VALUELESS else None


def _left_context(is_or: bool, context: Context) -> Context:
    """What is seen of the left side: it is the whole result only when it decides."""
    if context in ("boolean", "render"):
        return "boolean"
    if context == ("falsy" if is_or else "truthy"):
        return "boolean"
    return "truthy" if is_or else "falsy"


def _fits_on_line(paren: Node, target: Node) -> bool:
    """Whether what is left of something in parentheses on many lines fits on one, without a comment that would go."""
    file, text = paren.file, target.text
    if "\n" in text or "\n" not in paren.text or any(part.is_comment for part in paren.walk()):
        return False
    before = paren.start - file.line_start(paren.start)
    after = file.slice(paren.end, file.line_end(paren.end - 1)).rstrip()
    return before + len(text) + len(after) <= _LINE
