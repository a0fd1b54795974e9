"""Operators with two sides, ranked anew where a grammar nests them otherwise than the language does.

What stands in a row without parentheses is taken apart into its operands, and put together by the ranks of the
operators. A call or a member that the grammar put around such a row belongs to its last operand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from featureops.core.grown import Grown, Part, Raw, parts_of

__all__ = ["OperatorRules", "ranked"]

_SIDES = 3


@dataclass(frozen=True, slots=True)
class OperatorRules:
    """`nodes` are the types of the nodes with two sides, `ranks` tells how tightly each operator binds, `right` are
    those that group from the right. A row with another operator becomes a node `unknown`, of which nothing is told.
    """

    nodes: frozenset[str] = frozenset()
    ranks: Mapping[str, int] = field(default_factory=dict)
    right: frozenset[str] = frozenset()
    unknown: str = "operators"


@dataclass(frozen=True, slots=True)
class _Operator:
    """An operator with the type of its node and the fields of the left side, of itself and of the right one."""

    raw: Raw
    type: str
    fields: tuple[str | None, str | None, str | None]

    @property
    def text(self) -> str:
        return (self.raw.text or b"").decode("utf-8", "replace") or self.raw.type


_Settle = Callable[[list[Part], str], list[Part]]


def ranked(raw: Raw, rules: OperatorRules, chains: frozenset[str], settle: _Settle) -> Raw | None:
    """The row that a node is, ranked anew; None for a node that is none, or one of a single operator. `settle` makes
    the parts of a node of some type what the rules want.
    """
    if isinstance(raw, Grown) or not _is_row(raw, rules, chains):
        return None
    operands: list[Raw] = []
    operators: list[_Operator] = []
    _take_apart(raw, rules, chains, operands, operators)
    if len(operators) == 1 and raw.type in rules.nodes:
        return None
    if any(operator.text not in rules.ranks for operator in operators):
        listed: list[Part] = [(operands[0], None)]
        for operator, operand in zip(operators, operands[1:], strict=True):
            listed += [(operator.raw, None), (operand, None)]
        return Grown(rules.unknown, settle(listed, rules.unknown))
    return _put_together(operands, operators, rules, settle)


def _is_row(raw: Raw, rules: OperatorRules, chains: frozenset[str]) -> bool:
    if raw.type in rules.nodes:
        return len(parts_of(raw)) == _SIDES
    head: Raw | None = raw
    while head is not None and head.type in chains and head.child_count:
        head = head.child(0)
    return head is not raw and head is not None and head.type in rules.nodes and len(parts_of(head)) == _SIDES


def _take_apart(
    raw: Raw, rules: OperatorRules, chains: frozenset[str], operands: list[Raw], operators: list[_Operator]
) -> None:
    if isinstance(raw, Grown) or not _is_row(raw, rules, chains):
        operands.append(raw)
        return
    parts = parts_of(raw)
    if raw.type not in rules.nodes:
        (head, name), *rest = parts
        _take_apart(head, rules, chains, operands, operators)
        operands[-1] = _Chain(raw.type, [(operands[-1], name), *rest])
        return
    (left, first), (operator, own), (right, last) = parts
    _take_apart(left, rules, chains, operands, operators)
    operators.append(_Operator(operator, raw.type, (first, own, last)))
    _take_apart(right, rules, chains, operands, operators)


class _Chain(Grown):
    """A call or a member around an operand, whose parts are not settled yet."""


def _put_together(operands: list[Raw], operators: list[_Operator], rules: OperatorRules, settle: _Settle) -> Raw:
    """The row as a tree, by climbing from the first operand."""
    at = 0

    def operand() -> Raw:
        whole = operands[at]
        return _settled_chain(whole, settle)

    def climb(lowest: int) -> Raw:
        nonlocal at
        left = operand()
        while at < len(operators) and rules.ranks[operators[at].text] >= lowest:
            operator = operators[at]
            rank = rules.ranks[operator.text]
            at += 1
            right = climb(rank if operator.text in rules.right else rank + 1)
            sides = [(left, operator.fields[0]), (operator.raw, operator.fields[1]), (right, operator.fields[2])]
            left = Grown(operator.type, settle(sides, operator.type))
        return left

    return climb(0)


def _settled_chain(raw: Raw, settle: _Settle) -> Raw:
    if not isinstance(raw, _Chain):
        return raw
    (head, name), *rest = raw.parts
    return Grown(raw.type, settle([(_settled_chain(head, settle), name), *rest], raw.type))
