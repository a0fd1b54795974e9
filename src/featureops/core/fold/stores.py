"""Initial values that nobody sees any more, because the assignment that followed under a condition is always done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from featureops.core.fold.values import is_pure
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["dead_stores"]


def dead_stores(live: Sequence[Node], fresh: frozenset[Node], names: Names) -> Iterator[Node]:
    """The statements of a block, in order, whose plain assignment one of the `fresh` ones, which were under a condition
    before, does again before anything else speaks of the name.

    Nothing in a `try`, whose handlers may see the first value, and nothing that other functions share.
    """
    for at, statement in enumerate(live if fresh else ()):
        name = _assigned(statement)
        binding = names.of.get(name) if name is not None and statement not in fresh else None
        if name is None or binding is None or not _is_plain(statement, binding, names):
            continue
        following = next((other for other in live[at + 1 :] if _speaks_of(other, binding, names)), None)
        if following is None or following not in fresh or not _sets(following, binding, names):
            continue
        yield statement


def _assigned(statement: Node) -> Node | None:
    inner = statement.role("operand") if statement.shape == "expression" else None
    target = inner.role("left") if inner is not None and inner.shape == "assign" else None
    is_name = target is not None and target.type in target.file.pack.index.identifiers
    return target if is_name else None


def _is_plain(statement: Node, binding: Binding, names: Names) -> bool:
    inner = statement.role("operand")
    value = inner.role("right") if inner is not None and inner.role("type") is None else None
    if value is None or binding.outer or binding.scope is names.file.root or not is_pure(value, lambda _: False):
        return False
    around = list(statement.ancestors())
    inside = around[: around.index(binding.scope)] if binding.scope in around else around
    shared = any(outer.shape in ("try", "with", "while", "for") for outer in inside)
    return not shared and all(_function(node) is _function(statement) for node in (*binding.uses, *binding.definitions))


def _function(node: Node) -> Node | None:
    kinds = node.file.pack.index.function_scopes
    return next((outer for outer in node.ancestors() if outer.type in kinds), None)


def _speaks_of(statement: Node, binding: Binding, names: Names) -> bool:
    return any(names.of.get(part) is binding for part in statement.walk() if part.text == binding.name)


def _sets(statement: Node, binding: Binding, names: Names) -> bool:
    """Whether the statement gives the name a value without asking for the one before."""
    name = _assigned(statement)
    if name is None or names.of.get(name) is not binding:
        return False
    return sum(names.of.get(part) is binding for part in statement.walk() if part.text == binding.name) == 1
