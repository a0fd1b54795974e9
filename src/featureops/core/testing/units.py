"""Tests, groups of tests and what runs before them: which of them a statement stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from featureops.core.fold.unused import statement_of
from featureops.core.scopes import string_value
from featureops.core.syntax import Node
from featureops.core.testing.rules import TestRules

__all__ = ["Unit", "around", "borrowers", "marks_of", "removable", "shared_name", "tests_in", "unit_at"]

_BRANCHES = frozenset({"if", "elif", "else", "while", "do", "for", "switch", "case", "try", "conditional"})

_Kind = Literal["test", "hook", "group", "after", "other"]


@dataclass(frozen=True, slots=True)
class Unit:
    """`node` is the function, the class or the call. What is "after" runs when a test is done, what is "other" nobody
    knows when or how often."""

    kind: _Kind
    node: Node

    @property
    def name(self) -> str:
        label = self.node.role("name")
        if label is not None:
            return label.text
        arguments = self.node.role("arguments")
        first = arguments.items[0] if arguments is not None and arguments.items else None
        value = string_value(first.role("operand") or first) if first is not None else None
        return value if value is not None else self.node.text.split("\n")[0][:60]


def unit_at(node: Node, rules: TestRules) -> Unit | None:
    """What a node is for those who run the tests; None for what only stands in one."""
    shape = node.shape
    if shape == "function":
        return _function(node, rules)
    if shape == "class":
        return Unit("group", node)
    if shape == "call":
        is_called = node.parent is not None and node.parent.role("function") is node and node.parent.shape == "call"
        return None if is_called else Unit(_called(node, rules), node)
    if node.type in rules.after_nodes:
        return Unit("after", node)
    return Unit("other", node) if shape in _BRANCHES else None


def _function(node: Node, rules: TestRules) -> Unit | None:
    label, parent = node.role("name"), node.parent
    if label is None:
        is_given = parent is not None and parent.shape in ("arguments", "argument")
        return None if is_given else Unit("other", node)
    marks = {label for _, label in marks_of(node)}
    if marks & rules.marks or (rules.names and re.search(rules.names, label.text)):
        return Unit("test", node)
    if rules.after and re.fullmatch(rules.after, label.text):
        return Unit("after", node)
    is_hook = label.text in rules.hook_names or bool(marks & rules.hook_marks)
    return Unit("hook" if is_hook else "other", node)


def _called(node: Node, rules: TestRules) -> _Kind:
    text = _callee(node)
    ways: tuple[tuple[str, _Kind], ...] = (
        (rules.calls, "test"),
        (rules.groups, "group"),
        (rules.hooks, "hook"),
        (rules.after, "after"),
    )
    return next((kind for pattern, kind in ways if pattern and re.fullmatch(pattern, text)), "other")


def _callee(call: Node) -> str:
    """The whole text of what is called; of what a call gives, the text of that call's callee."""
    callee = call.role("function")
    while callee is not None and callee.shape == "call":
        callee = callee.role("function")
    return callee.text if callee is not None else ""


def marks_of(function: Node) -> list[tuple[Node, str]]:
    """A function's decorators, each with the last part of its name."""
    found: list[Node] = []
    outer = function.parent
    decorated = outer if outer is not None and outer.shape == "decorated" else None
    parts = [child for holder in (function, decorated) if holder is not None for child in holder.children]
    for part in (*parts, *_leading_marks(function)):
        if part.shape == "decorator":
            found.append(part)
        elif not part.shape:
            found.extend(inner for item in part.items for inner in (item, *item.items) if inner.shape == "decorator")
    matches = ((node, re.match(r"\W*([\w.:\\]+)", node.text)) for node in found)
    return [(node, re.split(r"[.:\\]", match[1])[-1]) for node, match in matches if match is not None]


def _leading_marks(function: Node) -> list[Node]:
    """Decorators that stand before a function as statements of their own."""
    found: list[Node] = []
    before = function.previous()
    while before is not None and (before.shape == "decorator" or _only_marks(before)):
        found.append(before)
        before = before.previous()
    return found


def _only_marks(node: Node) -> bool:
    return not node.shape and bool(node.items) and all(item.shape == "decorator" for item in node.items)


def around(node: Node, rules: TestRules) -> list[Unit]:
    """The units around a node, nearest first; the whole file is the last one."""
    found = [unit for outer in node.ancestors() if outer.parent and (unit := unit_at(outer, rules)) is not None]
    run = {inner.node for inner, outer in pairwise(found) if outer.kind in ("test", "hook") and _is_all(inner, outer)}
    return [*(unit for unit in found if unit.node not in run), Unit("group", node.file.root)]


def _is_all(unit: Unit, outer: Unit) -> bool:
    """Whether a function does nothing but a call that runs its block: `fun test() = runTest { .. }`."""
    body = outer.node.role("body") if unit.node.shape == "call" and unit.kind == "other" else None
    while body is not None and body is not unit.node and body.shape in ("block", "return", "expression", "await"):
        body = body.items[0] if len(body.items) == 1 else None
    return body is unit.node


def tests_in(node: Node, rules: TestRules) -> Iterator[Unit]:
    """The tests below a node, itself included; a test within a test counts alone."""
    for part in node.walk():
        if part.shape in ("function", "call"):
            unit = unit_at(part, rules)
            if unit is not None and unit.kind == "test" and _has_body(part):
                yield unit
            elif part.shape == "call" and rules.borrowed and re.fullmatch(rules.borrowed, _callee(part)):
                yield Unit("test", part)


def _has_body(node: Node) -> bool:
    if node.shape == "function":
        return node.role("body") is not None
    return any(part.shape in ("function", "lambda", "block") for child in node.children for part in child.walk())


def shared_name(node: Node, rules: TestRules) -> str | None:
    """The name under which tests are written once, to be used in several places."""
    is_shared = node.shape == "call" and rules.shared and re.fullmatch(rules.shared, _callee(node))
    return Unit("group", node).name if is_shared else None


def borrowers(group: Node, rules: TestRules) -> list[Unit]:
    """The calls of the file that use tests which are written once."""
    name = shared_name(group, rules)
    calls = [part for part in group.file.root.walk() if part.shape == "call"] if name is not None else []
    found = [Unit("test", call) for call in calls if re.fullmatch(rules.borrowed or "$^", _callee(call))]
    return [unit for unit in found if unit.name == name]


def removable(unit: Unit) -> list[Node]:
    """The whole statements that make a unit."""
    return [statement_of(unit.node), *_leading_marks(unit.node)]
