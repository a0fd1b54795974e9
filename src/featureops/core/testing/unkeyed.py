"""Mocks that give one answer whatever flag they are asked for: of what only this flag was asked with.

Once no code has the name of what was asked any more, the flag was the only one that the mock answered for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from featureops.core.fold.unused import statement_of
from featureops.core.mentions import mentions_of
from featureops.core.scopes import string_value
from featureops.core.syntax import Node, SourceFile
from featureops.core.testing.rules import TestRules
from featureops.core.testing.setups import SetUp, asked_name, valued

__all__ = ["unkeyed"]

_AROUND = frozenset({"paren", "cast", "argument", "arguments"})


def unkeyed(
    file: SourceFile, names: Collection[str], is_in_code: Callable[[str], bool], *, keep: bool
) -> tuple[list[SetUp], list[Node]]:
    """The set-ups of a file for what has one of the names, and where it checks that it is asked. `is_in_code` tells
    whether other code than tests still has a word."""
    rules = file.pack.tests
    if rules is None or not names:
        return [], []
    mocks = list(_module_mocks(file, names, rules, is_in_code, keep=keep))
    found: list[SetUp] = []
    others: list[Node] = []
    for node in (node for name in sorted(names) for node in mentions_of(file, name)):
        if any(mock.part.span.holds(node.span) for mock in mocks) or _only_names(node):
            continue
        setup = _answered(node, rules)
        if setup is not None:
            found.append(replace(setup, mute="once"))
        else:
            others.append(node)
    return [*found, *(() if others else mocks)], [node for node in others if _is_checked(node, rules)]


def _is_checked(node: Node, rules: TestRules) -> bool:
    """Whether a mention stands in a call that sees whether a mock was called."""
    call = next((outer for outer in node.ancestors() if outer.shape not in (*_AROUND, "", "member")), None)
    if call is None or call.shape != "call":
        return False
    callee = call.role("function")
    owner = callee.role("object") if callee is not None and callee.span.holds(node.span) else call
    return owner is not None and owner.shape == "call" and asked_name(owner) in rules.checks


def _only_names(node: Node) -> bool:
    """Whether a mention brings the name in, or names an entry that says nothing itself."""
    parent = node.parent
    is_key = parent is not None and parent.shape == "pair" and parent.role("key") is node
    return is_key or any(outer.shape == "import" for outer in node.ancestors())


def _answered(node: Node, rules: TestRules) -> SetUp | None:
    """`(name as Mock).answers(value)`, `mocked(x.name).answers(value)`, `x.name.result = value`."""
    outer = node
    while (parent := outer.parent) is not None:
        is_name = parent.shape == "member" and parent.role("property") is outer
        is_told = parent.shape == "call" and asked_name(parent) in rules.told and parent.role("function") is not outer
        if not is_name and not is_told and parent.shape not in _AROUND:
            break
        outer = parent
    label = parent.role("property") if parent is not None and parent.shape == "member" else None
    place = parent.parent if parent is not None else None
    if parent is None or label is None or label is outer or place is None:
        return None
    if place.shape == "call" and place.role("function") is parent and _is_whole(place):
        arguments = place.role("arguments")
        given = arguments.items if arguments is not None else []
        if label.text in rules.turns or (label.text in rules.answers and len(given) != 1):
            return SetUp(statement_of(place), node, None, "turns")
        return valued(statement_of(place), node, given[0]) if label.text in rules.answers else None
    is_target = place.shape == "assign" and place.role("left") is parent and _is_whole(place)
    return valued(statement_of(place), node, place.role("right")) if is_target and label.text in rules.results else None


def _is_whole(node: Node) -> bool:
    statement = statement_of(node)
    return statement.parent is not None and statement.parent.shape == "block"


def _module_mocks(
    file: SourceFile,
    names: Collection[str],
    rules: TestRules,
    is_in_code: Callable[[str], bool],
    *,
    keep: bool,
) -> Iterator[SetUp]:
    """Calls that put something else in the place of a module, of which only these names are given."""
    for call in file.root.walk() if rules.modules else ():
        callee = call.role("function") if call.shape == "call" else None
        if callee is None or not re.fullmatch(rules.modules, callee.text) or not _is_whole(call):
            continue
        arguments = call.role("arguments")
        items = arguments.items if arguments is not None else []
        module = string_value(items[0]) if items else None
        pairs = list(_entries(items[1])) if len(items) > 1 else []
        labels = [(pair, _label(pair)) for pair in pairs if pair.shape == "pair"]
        own = [pair for pair, label in labels if label in names]
        is_all = len(labels) == len(pairs) and all(label in names or label == "__esModule" for _, label in labels)
        if not own or not is_all or module is None or is_in_code(module.rpartition("/")[2]):
            continue
        values = {valued(pair, pair, pair.role("value")).value for pair in own} - {None}
        value = keep if not values else next(iter(values)) if len(values) == 1 else None
        yield SetUp(
            statement_of(call), own[0].role("key") or own[0], value, "" if value is not None else "open", mute="all"
        )


def _entries(factory: Node) -> Iterable[Node]:
    """The entries of the object that a function only gives back; itself where it is none."""
    body = factory.role("body") if factory.shape in ("function", "lambda") else None
    while body is not None and body.shape in ("paren", "block", "return"):
        body = body.items[0] if len(body.items) == 1 else None
    return body.items if body is not None and body.shape == "object" else [factory]


def _label(pair: Node) -> str:
    key = pair.role("key")
    return (string_value(key) or key.text) if key is not None else ""
