"""Statements that only see to it that something is true: once it always is, they say nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from featureops.core.checks import Check
from featureops.core.fold.values import is_pure
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["Asserted", "asserted", "checked", "launched_by"]


@dataclass(frozen=True, slots=True)
class Asserted:
    """A statement that does nothing while `condition` is `passes`."""

    condition: Node
    passes: bool = True


def checked(
    statement: Node, names: Names, check: Callable[[Node], Check | None], is_known: Callable[[Node], bool]
) -> Asserted | None:
    """What a statement asserts, by the language's own means or by a function of the house."""
    said = asserted(statement, names)
    if said is not None:
        return Asserted(said)
    call = statement.role("operand") if statement.shape == "expression" else statement
    found = check(call) if call is not None and call.shape == "call" else None
    if found is None or not all(is_pure(each, is_known) for each in found.others):
        return None
    return Asserted(found.condition, found.passes)


def asserted(statement: Node, names: Names) -> Node | None:
    """What a statement asserts; None where it is no assertion, or where it may do more."""
    inner, index = (
        statement.role("operand") if statement.shape == "expression" else statement,
        statement.file.pack.index,
    )
    if inner is None:
        return None
    if inner.type in index.assertion_nodes:
        return _first(inner.items)
    callee = inner.role("function") if inner.shape == "call" else None
    if callee is not None and callee.shape == "call":  # a block behind the arguments makes the message
        inner, callee = callee, callee.role("function")
    arguments = inner.role("arguments")
    is_known = callee is not None and callee.text in index.assertion_calls and names.of.get(callee) is None
    if arguments is None or not is_known:
        return None
    return _first(arguments.items)


def launched_by(statement: Node) -> Node | None:
    """The block that a statement only has run at another time: `scope.launch(context) { .. }`."""
    call = statement.role("operand") if statement.shape == "expression" else statement
    arguments = call.role("arguments") if call is not None and call.shape == "call" else None
    block = arguments.items[-1] if arguments is not None and arguments.items else None
    head = call.role("function") if call is not None else None
    while head is not None and head.shape == "call":
        head = head.role("function")
    name = (head.role("property") or head) if head is not None else None
    if name is None or block is None or name.text not in name.file.pack.index.launchers:
        return None
    return block if block.shape == "block" else None


def _first(parts: list[Node]) -> Node | None:
    given = [(part.role("operand") or part) if part.shape == "argument" else part for part in parts]
    others = all(is_pure(each, lambda _: False) for each in given[1:])
    return given[0] if given and others and given[0].shape != "keyword-argument" else None
