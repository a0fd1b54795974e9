"""Conditions that can't hold any more, or always do, since a name has become the opposite of another: with
`shown = not failed`, `not failed and not shown` never holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from featureops.core.fold.values import Becomes, Context, Value, is_boolean
from featureops.core.given import initializer
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["Term", "decided_by_opposites", "note_term"]

_LOGIC = ("and", "or")
_LOOPS = ("for", "while", "do")
_FUNCTIONS = ("function", "lambda")


@dataclass(frozen=True, slots=True)
class Term:
    """A name that is given its value once, or its negation. `is_boolean`: it is true or false and nothing else."""

    base: Binding
    negated: bool
    is_boolean: bool


def _term_of(node: Node, names: Names, known: Mapping[Binding, Term]) -> Term | None:
    """What an expression is, where it is a name or a negation of one; `known` says what names have come to be."""
    negated = is_negation = False
    inner: Node | None = node
    while inner is not None and inner.shape in ("paren", "not"):
        negated, is_negation = negated ^ (inner.shape == "not"), is_negation or inner.shape == "not"
        inner = inner.role("operand")
    binding = names.of.get(_bare(node))
    if binding is None or not binding.is_single or binding.writes or binding.outer:
        return None
    same = known.get(binding)
    if same is not None:
        return Term(same.base, same.negated ^ negated, same.is_boolean or is_negation)
    value = initializer(binding)
    return Term(binding, negated, is_negation or (value is not None and is_boolean(value)))


def note_term(
    known: dict[Binding, Term], binding: Binding, names: Names, reduce: Callable[[Node, Context], Value]
) -> None:
    """Note what a name that is bound once is, where it comes down to another one, or to its negation, now."""
    value = initializer(binding) if binding not in known else None
    now = reduce(value, "value") if value is not None else None
    term = _term_of(now.node, names, known) if isinstance(now, Becomes) else None
    if term is not None:
        known[binding] = term


def _bare(node: Node) -> Node:
    """What is negated, or in parentheses."""
    while node.shape in ("paren", "not") and (inner := node.role("operand")) is not None:
        node = inner
    return node


def decided_by_opposites(names: Names, known: Mapping[Binding, Term]) -> Iterator[tuple[Node, bool]]:
    """The rows of conditions that are decided, with their value."""
    seen: set[Node] = set()
    for binding in known:
        for use in binding.uses:
            row = _row_around(use)
            if row is not None and row not in seen and _has_opposites(row, names, known):
                yield row, row.shape == "or"
            if row is not None:
                seen.add(row)


def _row_around(use: Node) -> Node | None:
    """The outermost of the nested operators of one kind that a name is an operand of."""
    node = use.parent
    while node is not None and node.shape in ("paren", "not"):
        node = node.parent
    if node is None or node.shape not in _LOGIC:
        return None
    while node.parent is not None and node.parent.shape == node.shape:
        node = node.parent
    return node


def _has_opposites(row: Node, names: Names, known: Mapping[Binding, Term]) -> bool:
    """Whether the row begins with true-or-false names of which one is the opposite of another."""
    met: dict[tuple[Binding, bool], Binding] = {}
    for operand in _operands(row, row.shape):
        term, own = _term_of(operand, names, known), names.of.get(_bare(operand))
        if term is None or own is None or not term.is_boolean:
            return False
        other = met.get((term.base, not term.negated))
        if other is not None:
            return _are_made_together({term.base, own, other}, row)
        met[term.base, term.negated] = own
    return False


def _are_made_together(bindings: set[Binding], row: Node) -> bool:
    """Whether names are given their values in one go before the row: none is then of an earlier round than another."""
    made = [binding.definitions[0] for binding in bindings if not _is_parameter(binding)]
    blocks = {_block_of(name) for name in made}
    block = next(iter(blocks), None)
    if (
        len(blocks) != 1
        or block is None
        or not block.span.holds(row.span)
        or any(name.start > row.start for name in made)
    ):
        return not blocks
    inside = [outer for outer in row.ancestors() if outer.depth > block.depth]
    around = (outer.shape for outer in block.ancestors())
    runs = next((shape for shape in around if shape in (*_LOOPS, *_FUNCTIONS)), "")
    return runs not in _LOOPS or not any(outer.shape in _FUNCTIONS for outer in inside)


def _is_parameter(binding: Binding) -> bool:
    stated = binding.scope.role("parameters") if binding.scope.shape in _FUNCTIONS else None
    return stated is not None and stated.span.holds(binding.definitions[0].span)


def _block_of(name: Node) -> Node | None:
    return next((outer for outer in name.ancestors() if outer.shape == "block"), None)


def _operands(node: Node, shape: str) -> Iterator[Node]:
    if node.shape != shape:
        yield node
        return
    for side in (*node.roles("left"), *node.roles("right")):
        yield from _operands(side, shape)
