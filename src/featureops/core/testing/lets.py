"""Names that groups of tests give a value for all of their tests, and groups below another one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from featureops.core.fold.unused import statement_of
from featureops.core.given import argument
from featureops.core.mentions import mentions_of
from featureops.core.scopes import Names, string_value
from featureops.core.syntax import Node
from featureops.core.testing.rules import TestRules
from featureops.core.testing.setups import SetUp, asked_name
from featureops.core.testing.values import literal

__all__ = ["Lets", "lets_for"]


@dataclass(frozen=True, slots=True)
class Lets:
    """The places that give a name its value, as set-ups; whether the name is used for anything else."""

    setups: tuple[SetUp, ...]
    has_other_uses: bool


def lets_for(setup: SetUp, names: Names, rules: TestRules, givens: Collection[Node]) -> Lets | None:
    """Where the name that a set-up gives on gets its value; None where that is not written there. `givens` are the
    expressions that set-ups of the flag give."""
    given = setup.given
    if given is None or not rules.lets or names.of.get(given) is not None or given.shape:
        return None
    calls = list(_calls(given, rules))
    values = [_value(call) for call in calls]
    if not calls or None in values:
        return None
    keys = [argument(call, 0) for call in calls]
    spoken = [node for node in mentions_of(given.file, given.text) if not _is_one_of(node, (*keys, *givens))]
    found = [
        SetUp(statement_of(call), key, value is setup.means)
        for call, key, value in zip(calls, keys, values, strict=True)
        if key is not None
    ]
    return Lets(tuple(found), any(not node.is_comment and not _is_text(node) for node in spoken))


def _calls(given: Node, rules: TestRules) -> Iterator[Node]:
    for node in given.file.root.walk():
        if node.shape == "call" and asked_name(node) in rules.lets:
            key = argument(node, 0)
            if key is not None and string_value(key) == given.text:
                yield node


def _value(call: Node) -> bool | None:
    """The boolean that the block of a call gives."""
    blocks = [part for part in call.walk() if part.shape == "block"]
    inner = blocks[-1] if blocks else None
    return literal(inner.items[0]) if inner is not None and len(inner.items) == 1 else None


def _is_one_of(node: Node, others: Collection[Node | None]) -> bool:
    return any(other is not None and other.start <= node.start and node.end <= other.end for other in others)


def _is_text(node: Node) -> bool:
    return any(part.type in node.file.pack.index.strings for part in (node, *node.ancestors()))
