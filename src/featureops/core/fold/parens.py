"""Whether an expression needs parentheses in the place of another one."""

from __future__ import annotations

import re

from featureops.core.syntax import Node

__all__ = ["OPERATORS", "TIGHT", "binds", "needs_parens"]

OPERATORS = frozenset({"and", "or", "coalesce", "conditional", "equal", "not-equal", "comparison", "lambda", "assign"})
TIGHT = OPERATORS | {"not", "member", "index", "call", "cast", "await"}
_TWO_SIDES = frozenset({"and", "or", "coalesce", "equal", "not-equal", "comparison", "concat"})
_COMPARING = frozenset({"equal", "not-equal", "comparison"})
_LOGICAL = frozenset({"and", "or", "coalesce", "conditional"})
_TAKING = frozenset({"not", "member", "call", "await", "cast", "index"})
_RANKS = {"and": 2, "or": 1, "coalesce": 1, "conditional": 0, "lambda": 0, "function": 0, "assign": 0, "yield": 0}
_LOWEST = OPERATORS | {"function", "yield"}
_HIGHER = frozenset({"await", "cast", "concat", "format", "not"})
_SYMBOL = re.compile(r"[-+*/%<>=!&|^~]+|\.\.[.<]?")
_WORD = re.compile(r"[a-z]+")
_BITS = frozenset({"&", "|", "^", "<<", ">>", ">>>"})


def needs_parens(node: Node, target: Node) -> bool:
    """Whether what stands around `node` would take only a part of `target`."""
    parent = node.parent
    if parent is None:
        return False
    if target.shape == "number":
        return parent.role("object") is node
    is_held = target.shape == "call" and not target.text.startswith(target.file.pack.text.loose_calls)
    operator = _operator(target) if not is_held else ""
    is_low = target.shape in _LOWEST or (target.shape == "" and operator == "yield")
    if not is_low and not operator and target.shape not in _HIGHER:
        return False
    if parent.shape in _TAKING:
        is_alike = parent.shape == "not" and _is_prefix(target)
        return not is_alike and parent.role("arguments") is not node and parent.role("index") is not node
    if _is_unary(parent):
        return True
    if is_low:
        return _is_taken_apart(parent, target)
    return _is_operator(parent) and parent.shape not in _LOGICAL and _binds_less(node, target, operator, parent)


def binds(node: Node) -> bool:
    """Whether a node takes what stands directly beside its operator."""
    return node.shape in TIGHT or _is_operator(node) or _is_unary(node)


def _is_taken_apart(parent: Node, target: Node) -> bool:
    """The same for what operators of logic join."""
    if _is_operator(parent) and (parent.shape not in OPERATORS or target.shape not in OPERATORS):
        return True
    if "coalesce" in (parent.shape, target.shape) and {parent.shape, target.shape} & {"and", "or"}:
        return True
    return parent.shape in _RANKS and _RANKS.get(target.shape, 3) < _RANKS[parent.shape]


def _binds_less(node: Node, target: Node, operator: str, parent: Node) -> bool:
    """Whether an operation that comes to stand beside an operator might bind less than that."""
    if _is_prefix(target):
        return operator != "!" and target.shape != "await"
    if parent.shape in _COMPARING:
        return operator in _BITS or bool(_WORD.fullmatch(operator))
    return not (operator == _operator(parent) and node.start == parent.start)


def _operator(node: Node) -> str:
    """The operator by which a node is put together of others; "" for what holds together by itself."""
    children = node.children
    for at, child in enumerate(children[:2]):
        is_last = at + 1 == len(children)
        if not child.named and not is_last and (_SYMBOL.fullmatch(child.text) or _WORD.fullmatch(child.text)):
            return "" if at == 0 and children[-1].text in (")", "]", "}") else child.text
    return ""


def _is_prefix(node: Node) -> bool:
    """Whether a node begins with its operator."""
    first = node.children[0] if len(node.children) > 1 else None
    return first is not None and not first.named and first.text == _operator(node)


def _is_unary(node: Node) -> bool:
    """Whether a node is an operator before its only operand, whatever this one does."""
    is_negation = any(rule.name == "not" for rule in node.file.pack.by_node.get(node.type, ()))
    is_symbol = node.shape == "" and len(node.children) == 2 and bool(_SYMBOL.fullmatch(node.children[0].text))
    return (is_negation and _is_prefix(node)) or is_symbol


def _is_operator(node: Node) -> bool:
    """Whether a node is one of those in which the grammar puts operators, whatever this one does."""
    return any(rule.name in _TWO_SIDES for rule in node.file.pack.by_node.get(node.type, ()))
