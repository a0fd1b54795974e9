"""What a function that answers for a mock says of one key: a case of its switch, or a comparison."""

from __future__ import annotations

from dataclasses import dataclass

from featureops.core.fold.chains import statements
from featureops.core.syntax import Node
from featureops.core.testing.values import literal

__all__ = ["Answer", "answer_for"]


@dataclass(frozen=True, slots=True)
class Answer:
    """`part` gives the value for the key; it `is_apart` where the function has other answers than this."""

    part: Node
    value: bool
    is_apart: bool


def answer_for(key: Node, label: Node, function: Node) -> Answer | None:
    """`label` is what the key stands in; None where the function does more than to give a value."""
    if label.shape == "case":
        value = _case_value(label, key, function)
        return Answer(label, value, is_apart=True) if value is not None else None
    if label.shape != "equal":
        return None
    other = label.role("right") if label.role("left") is key else label.role("left")
    if other is None or not _is_parameter(other, function):
        return None
    body, choice = function.role("body"), _choice_on(label)
    if choice is not None and choice.role("else") is None and (value := _returned(choice.role("then"))) is not None:
        return Answer(choice, value, is_apart=body is None or len(body.items) > 1)
    is_answer = body is not None and (_sole_return(body) or body) is label
    return Answer(function, value=True, is_apart=False) if is_answer else None


def _choice_on(condition: Node) -> Node | None:
    """The choice of which this is all of the condition."""
    node = condition
    while node.parent is not None and node.parent.shape == "paren":
        node = node.parent
    parent = node.parent
    return (
        parent
        if parent is not None and parent.shape == "if" and parent.role("condition") in (node, condition)
        else None
    )


def _returned(body: Node | None) -> bool | None:
    """The boolean that a body only gives back."""
    if body is None:
        return None
    items = body.items if body.shape == "block" else [body]
    return literal(items[0].role("value")) if len(items) == 1 and items[0].shape == "return" else None


def _sole_return(body: Node) -> Node | None:
    items = body.items if body.shape == "block" else []
    return items[0].role("value") if len(items) == 1 and items[0].shape == "return" else None


def _case_value(case: Node, key: Node, function: Node) -> bool | None:
    """What a case gives back by itself; None where cases run into each other or do anything else."""
    switch = next((outer for outer in case.ancestors() if outer.shape == "switch"), None)
    subject = switch.role("value") if switch is not None else None
    inner = (subject.role("operand") or subject) if subject is not None else None
    if case.role("value") is not key or inner is None or not _is_parameter(inner, function):
        return None
    before = (
        next((item for item in reversed(case.parent.items[: _place(case)]) if item.shape == "case"), None)
        if case.parent
        else None
    )
    if before is not None and (not statements(before) or statements(before)[-1].shape != "return"):
        return None
    own = statements(case)
    return literal(own[0].role("value")) if len(own) == 1 and own[0].shape == "return" else None


def _place(node: Node) -> int:
    return node.parent.items.index(node) if node.parent is not None else 0


def _is_parameter(node: Node, function: Node) -> bool:
    parameters = function.role("parameters")
    if parameters is None:
        return False
    return any(part.text == node.text and not part.items for part in parameters.walk())
