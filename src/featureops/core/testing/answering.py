"""What a function that answers for a mock says of one key: a case of its switch, or a comparison."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from featureops.core.fold.chains import statements
from featureops.core.given import argument as nth
from featureops.core.syntax import Node
from featureops.core.testing.values import literal

__all__ = ["Answer", "answer_for", "answering"]

_AROUND = frozenset({"argument", "arguments", "member"})
_FUNCTIONS = frozenset({"function", "lambda"})


@dataclass(frozen=True, slots=True)
class Answer:
    """`part` gives the value for the key; it `is_apart` where the function has other answers than this."""

    part: Node
    value: bool
    is_apart: bool


def answer_for(key: Node, function: Node, given: Container[str]) -> Answer | None:
    """None where the function does more than to give a value. Names of `given` stand for what a mock is asked with."""
    label = key.parent
    if label is not None and label.shape == "case":
        value = _case_value(label, key, function)
        return Answer(label, value, is_apart=True) if value is not None else None
    found = _comparison(key)
    if found is None or not _is_argument(found.other, function, given):
        return None
    body, choice = _body_of(function), _choice_on(found.whole) if found.is_equal else None
    if choice is not None and choice.role("else") is None and (value := _returned(choice.role("then"))) is not None:
        return Answer(choice, value, is_apart=body is None or len(body.items) > 1)
    is_answer = body is not None and (_sole_return(body) or body) is found.whole
    return Answer(function, value=found.is_equal, is_apart=False) if is_answer else None


def answering(key: Node) -> Node | None:
    """The function around a key."""
    kinds = key.file.pack.index.function_scopes
    return next((outer for outer in key.ancestors() if outer.shape in _FUNCTIONS or outer.type in kinds), None)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A comparison of a key with something, as far as only that is turned around."""

    whole: Node
    other: Node
    is_equal: bool


def _comparison(key: Node) -> _Comparison | None:
    at = key.parent
    if at is None:
        return None
    if at.shape in ("equal", "not-equal"):
        whole, is_equal = at, at.shape == "equal"
        other = at.role("right") if at.role("left") is key else at.role("left")
    else:
        call = next((outer for outer in key.ancestors() if outer.shape not in _AROUND), None)
        callee = call.role("function") if call is not None and call.shape == "call" else None
        name = callee.role("property") if callee is not None else None
        owner, given = (
            (callee.role("object"), nth(call, 0)) if call is not None and callee is not None else (None, None)
        )
        if call is None or name is None or name.text not in key.file.pack.index.equal_methods:
            return None
        whole, is_equal, other = call, True, given if owner is key else owner if given is key else None
    while other is not None and (parent := whole.parent) is not None and parent.shape in ("paren", "not"):
        whole, is_equal = parent, is_equal is not (parent.shape == "not")
    return _Comparison(whole, other, is_equal) if other is not None else None


def _body_of(function: Node) -> Node | None:
    return function if function.shape == "block" else function.role("body")


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
    items = [item for item in body.items if item.shape or not item.role("parameters")] if body.shape == "block" else []
    items = items[1:] if body.has_token("->") and not items[0].shape else items
    if len(items) != 1:
        return None
    is_result = (
        body.type in body.file.pack.index.function_scopes
    )  # where a block is a function, it gives its last value
    return items[0].role("value") if items[0].shape == "return" else items[0] if is_result else None


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
    if parameters is None and function.has_token("->"):
        parameters = function.items[0]
    if parameters is None:
        return False
    return any(part.text == node.text and not part.items for part in parameters.walk())


def _is_argument(node: Node, function: Node, given: Container[str]) -> bool:
    """Whether an expression is a parameter of the function, or something that is got out of one."""
    root: Node | None = node
    while root is not None:
        if _is_parameter(root, function) or root.text in given:
            return True
        root = root.role("object") or root.role("function") or root.role("operand")
    return False
