"""Folding of expressions: not, and, or, defaults, choice, casts.

`reduce` says what an expression comes down to in its context; `place` writes that where the expression stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from featureops.core.fold.chains import arms, inside
from featureops.core.fold.editor import Editor
from featureops.core.fold.literals import truth
from featureops.core.fold.parens import OPERATORS, TIGHT, needs_parens
from featureops.core.fold.placing import Placing
from featureops.core.fold.promoted import is_retyped, promoted
from featureops.core.fold.values import KEEP, Becomes, Const, Context, Known, Value, is_boolean, is_pure
from featureops.core.given import argument
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["Expressions", "only_expression"]

_LINE = 80


class Expressions(Placing):
    """`seeds` are expressions with a known value, `hot` every node that has one of them (or a dead part) inside,
    `asked` questions for other flags."""

    def __init__(self, editor: Editor, seeds: Mapping[Node, Known], hot: frozenset[Node], names: Names) -> None:
        super().__init__(editor)
        self.names = names
        self.seeds = seeds
        self.hot = hot
        self.asked: frozenset[Node] = frozenset()
        self._reduced: dict[Node, tuple[Context, Value]] = {}

    def is_known(self, node: Node) -> bool:
        """Whether evaluating the node does nothing, whatever its type says."""
        return node in self.seeds or node in self.asked

    # -------------------------------------------------------------- reduce

    def reduce(self, node: Node, context: Context) -> Value:
        """What the expression comes down to. Children that stay are edited on the way."""
        known = self.seeds.get(node)
        if known is not None:
            return _seen(node, Const(known), context)
        if node not in self.hot:
            return KEEP
        found = self._reduced.get(node)
        if found is None or found[0] != context:
            value = self._reduce(node, context)
            value = KEEP if _drops_text(node, value) else value
            found = self._reduced[node] = context, _seen(node, value, context)
        return found[1]

    def _reduce(self, node: Node, context: Context) -> Value:
        match node.shape:
            case "paren":
                return self._paren(node, context)
            case "cast" | "await":
                return self._through(node, context) if not _converts(node) else self._children(node)
            case "not":
                return self._not(node)
            case "and" | "or":
                return self._logical(node, context)
            case "coalesce":
                return self._coalesce(node, context)
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
        is_tight = paren.parent is not None and paren.parent.shape in TIGHT
        if (target.shape in OPERATORS and is_tight) or needs_parens(paren, target):
            return True
        if _fits_on_line(paren, target):
            return False
        joins = paren.file.pack.text.blocks == "indent" and "\n" in target.text
        return joins or "\n" in paren.file.slice(paren.start, target.start)

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
            return Const(not value.holds, value.effects, node if value.effects else None)
        self.place(inner, value)
        return KEEP

    def _logical(self, node: Node, context: Context) -> Value:
        left, right = node.role("left"), node.role("right")
        if left is None or right is None:
            return self._children(node)
        absorbing = node.shape == "or"
        first = self.reduce(left, _left_context(absorbing, context))
        if isinstance(first, Const) and not first.effects:
            decided = truth(first.value, node.file.pack.text)
            if decided is None:
                return KEEP
            return first if decided is absorbing else self._part(right, context)
        if isinstance(first, Const) and first.value is absorbing:
            return first
        second = self.reduce(right, context)
        is_known = isinstance(second, Const) and isinstance(second.value, bool) and not second.effects
        if is_known and not isinstance(first, Const):
            return self._known_right(node, left, first, isinstance(second, Const) and second.holds, context)
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
        boolean = context == "boolean" or node.file.pack.text.boolean_operands or is_boolean(kept)
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

    def _conditional(self, node: Node, context: Context) -> Value:
        condition, then, other = node.role("condition"), node.role("then"), node.role("else")
        if condition is None or then is None or other is None:
            return self._children(node)
        value = self.reduce(condition, "boolean")
        if isinstance(value, Const) and not value.effects:
            branches = (then, other) if value.holds else (other, then)
            chosen, dropped = map(only_expression, branches)
            if chosen is None:
                return KEEP
            return self._as_number(node, chosen, dropped) or self._part(chosen, context)
        self.place(condition, value)
        self.place(then, self.reduce(then, context))
        self.place(other, self.reduce(other, context))
        return KEEP

    def _as_number(self, node: Node, chosen: Node, dropped: Node | None) -> Value | None:
        """A side of a choice that has another type by itself; None for one that may stand as it is."""
        if dropped is None:
            return None
        written = promoted(chosen, dropped)
        if written is not None:
            self.editor.replace(chosen.start, chosen.end, written)
            return Becomes(chosen)
        return KEEP if is_retyped(node, chosen, dropped) else None

    def _choice(self, node: Node, context: Context) -> Value:
        """An `if` whose value is used: the one expression of the branch that is known to be taken, or its block where
        the language lets one stand there.
        """
        for arm in arms(node):
            value: Value = Const(value=True) if arm.condition is None else self.reduce(arm.condition, "boolean")
            if not isinstance(value, Const) or value.effects:
                self.visit(node)
                return KEEP
            if value.holds is arm.inverted:
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
        return self._run_elsewhere(node) or self._unfiltered(node) or self._children(node)

    def _unfiltered(self, node: Node) -> Value | None:
        """`rows.filter { true }` gives what it is called on."""
        callee, index = node.role("function"), node.file.pack.index
        name, owner = (callee.role("property"), callee.role("object")) if callee is not None else (None, None)
        if name is None or owner is None or name.text not in index.passing_filters | index.copying_filters:
            return None
        if name.text in index.copying_filters and not _is_seen_by_a_plain_call(node):
            return None
        said = _said(node.role("arguments"))
        value = self.reduce(said, "boolean") if said is not None else KEEP
        is_open = isinstance(value, Const) and value.holds and not value.effects
        return self._part(owner, "value") if is_open else None

    def _run_elsewhere(self, node: Node) -> Const | None:
        """What a call gives that only says where a block runs, once the block is a known value."""
        head, arguments = node.role("function"), node.role("arguments")
        while head is not None and head.shape == "call":
            head = head.role("function")
        block = arguments.items[0] if arguments is not None and len(arguments.items) == 1 else None
        inner = only_expression(block) if block is not None and block.shape == "block" else None
        if head is None or inner is None or not self._only_runs(node, head, inner):
            return None
        value = self.reduce(inner, "value")
        return value if isinstance(value, Const) and not value.effects else None

    def _only_runs(self, call: Node, head: Node, inner: Node) -> bool:
        """Whether what is called with a block does nothing but run it."""
        index = head.file.pack.index
        name, subject = head.role("property") or head, head.role("object")
        inner_call = head.parent if head.parent is not call else None
        if subject is None and inner_call is not None and head.text in index.receiver_calls:
            subject = argument(inner_call, 0)
        if name.text not in index.runners or head.has_token("?."):
            return False
        if name is not head and not self._is_asked_of_it(inner):
            return False  # the object may be of a class with such a method, which does more
        return subject is None or is_pure(subject, self.is_known)

    def _is_asked_of_it(self, inner: Node) -> bool:
        """Whether what a block gives is asked of the object that it is run on. For that to be known it is a client, or
        stands for one, and their classes have no method that runs a block."""
        callee = inner.role("function") if self.is_known(inner) else None
        owner = callee.role("object") if callee is not None else None
        if owner is not None:
            return owner.text in inner.file.pack.index.lent_names
        return callee is not None and self.names.of.get(callee) is None

    def _part(self, node: Node, context: Context) -> Value:
        """A part that takes the place of the whole."""
        value = self.reduce(node, context)
        return Becomes(node) if value is KEEP else value

    def _children(self, node: Node) -> Value:
        self.visit_children(node)
        return KEEP


def _seen(node: Node, value: Value, context: Context) -> Value:
    """A known value as its place sees it: where only whether it is true counts, that; kept where this is not known."""
    if context != "boolean" or not isinstance(value, Const) or isinstance(value.value, bool):
        return value
    decided = truth(value.value, node.file.pack.text)
    return replace(value, value=decided) if decided is not None else KEEP


_VALUELESS = frozenset({"declarator", "declaration", "assign", "while", "for", "function", "class", "return", "raise"})


def _converts(cast: Node) -> bool:
    """Whether a cast makes another value of true and false."""
    index = cast.file.pack.index
    kind = cast.children[1] if cast.type in index.converting and len(cast.children) > 1 else None
    return kind is not None and kind.text.strip().lower() not in index.boolean_types


def _drops_text(node: Node, value: Value) -> bool:
    """Whether an expression loses the beginning of a text that stands on the lines below."""
    kinds = node.file.pack.index.announcing
    if not kinds or not isinstance(value, (Const, Becomes)):
        return False
    kept = value.node.span if isinstance(value, Becomes) else None
    return any(part.type in kinds and (kept is None or not kept.holds(part.span)) for part in node.walk())


def _said(arguments: Node | None) -> Node | None:
    """The one expression of the function that a call is given, where that is all it is given."""
    given = arguments.items[0] if arguments is not None and len(arguments.items) == 1 else None
    given = given.role("operand") or given if given is not None and given.shape == "argument" else given
    if given is None or given.shape not in ("block", "lambda"):
        return None
    body = given.role("body") if given.shape == "lambda" else given
    return only_expression(body) if body is not None else None


def _is_seen_by_a_plain_call(node: Node) -> bool:
    """Whether a call without effects is made on the value at once: a copy is as good there as what it is made of."""
    member = node.parent
    call = member.parent if member is not None and member.shape == "member" and member.role("object") is node else None
    arguments = call.role("arguments") if call is not None and call.shape == "call" else None
    bodies = (
        [item.items if item.shape == "block" else [item] for item in arguments.items] if arguments is not None else []
    )
    return arguments is not None and all(is_pure(part, _unknown) for body in bodies for part in body)


def _unknown(_node: Node) -> bool:
    return False


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
