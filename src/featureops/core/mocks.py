"""What tests tell a mocked client to answer, or check that it was asked: `when(client.on(..))`, `verify(client)`."""

from __future__ import annotations

from featureops.core.given import argument, called_name
from featureops.core.indexing import MockRules
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["is_any", "is_told", "mocked", "same_as"]

_LIMITS = ("function", "class")


def same_as(names: Names, node: Node) -> Node | None:
    """The expression that a matcher wants to see unchanged: x in `eq(x)`."""
    rules = names.file.pack.mocks
    return argument(node, 0) if rules is not None and _is_one_of(names, node, rules, rules.same) else None


def is_any(names: Names, node: Node) -> bool:
    """Whether a matcher stands for whatever the mock is given."""
    rules = names.file.pack.mocks
    return rules is not None and _is_one_of(names, node, rules, rules.any)


def mocked(names: Names, owner: Node) -> Node | None:
    """The mock that is spoken about by what it is called on: x in `verify(x).on("k")`."""
    rules = names.file.pack.mocks
    return argument(owner, 0) if rules is not None and _is_one_of(names, owner, rules, rules.about) else None


def is_told(names: Names, call: Node) -> bool:
    """Whether a call of a mock is not made to ask, but to tell or to check what the mock answers."""
    rules = names.file.pack.mocks
    if rules is None:
        return False
    callee, arguments = call.role("function"), call.role("arguments")
    owner = callee.role("object") if callee is not None else None
    if owner is not None and _is_one_of(names, owner, rules, rules.about):
        return True
    if any(_is_one_of(names, item.role("operand") or item, rules, rules.same) for item in _items(arguments)):
        return True
    for outer in call.ancestors():
        if outer.shape in _LIMITS:
            return False
        if outer.shape == "call" and _is_one_of(names, outer, rules, rules.about):
            return _holds(outer.role("arguments"), call)
    return False


def _items(arguments: Node | None) -> list[Node]:
    return arguments.items if arguments is not None else []


def _holds(outer: Node | None, inner: Node) -> bool:
    return outer is not None and outer.start <= inner.start and inner.end <= outer.end


def _is_one_of(names: Names, node: Node, rules: MockRules, functions: frozenset[str]) -> bool:
    """Whether a node calls one of some functions, in a file that imports a library of mocks."""
    name = called_name(node) if node.shape == "call" else None
    if name is None or name.text not in functions:
        return False
    return any(f"{module}.".startswith(rules.heads) for module in (*names.modules, *names.wildcards))
