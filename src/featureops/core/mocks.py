"""What tests tell a mocked client to answer, or check that it was asked: `when(client.on(..))`, `verify(client)`."""

from __future__ import annotations

import re

from featureops.core.detect.places import is_test_path
from featureops.core.given import argument, called_name
from featureops.core.indexing import MockRules
from featureops.core.scopes import Names
from featureops.core.syntax import Node
from featureops.core.testing.rules import TestRules
from featureops.core.testing.setups import asked_name

__all__ = ["is_any", "is_asserted", "is_told", "mocked", "same_as"]

_LOOKED_AT = frozenset(
    {"", "arguments", "argument", "paren", "not", "equal", "not-equal", "await", "cast", "comparison"}
)
_BETWEEN = frozenset({"", "lambda", "function", "block", "expression", "arguments", "argument", "paren"})
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
    if _is_answered(call):
        return True
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


def is_asserted(node: Node) -> bool:
    """Whether a test wants to see what an expression gives: then its value can't take its place."""
    rules = node.file.pack.tests
    if rules is None or not rules.asserts or not is_test_path(node.file.pack, node.file.path):
        return False
    for outer in node.ancestors():
        if outer.shape == "call" and not _holds(outer.role("function"), node):
            return re.fullmatch(rules.asserts, asked_name(outer)) is not None
        if outer.type in rules.assertions:
            return True
        if outer.shape not in _LOOKED_AT:
            return False
    return False


def _is_answered(call: Node) -> bool:
    """Whether a call in a test is given what it answers, or is one of those that check that it was made."""
    rules = call.file.pack.tests
    if rules is None or not is_test_path(call.file.pack, call.file.path):
        return False
    callee = call.role("function")
    owner = callee.role("object") if callee is not None else None
    if owner is not None and owner.shape == "call" and (asked_name(owner) in rules.checks or _begins(owner, rules)):
        return True
    outer = call.parent
    if outer is not None and outer.shape == "member" and (name := outer.role("property")) is not None:
        return name.text in rules.answers | rules.turns
    while outer is not None and outer.shape in _BETWEEN:
        outer = outer.parent
    return outer is not None and outer.shape == "call" and asked_name(outer) in rules.told | rules.checks


def _begins(owner: Node, rules: TestRules) -> bool:
    """Whether a chain of calls begins with the answer of a mock."""
    node: Node | None = owner
    while node is not None and node.shape == "call":
        if asked_name(node) in rules.first:
            return True
        callee = node.role("function")
        node = callee.role("object") if callee is not None else None
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
