"""What a function gives, where it does nothing else."""

from __future__ import annotations

from collections.abc import Callable

from featureops.core.fold.chains import is_last
from featureops.core.fold.statements import Statements
from featureops.core.fold.values import Known
from featureops.core.scopes import string_value
from featureops.core.syntax import Node

__all__ = ["result_of"]

_WITH_ONE_DECORATOR = 2


def result_of(
    function: Node,
    folded: Statements,
    const: Callable[[Node], Known | None],
    *,
    is_getter: bool,
) -> Known | None:
    """The known value that a function gives after folding. `const` tells that of an expression."""
    body = function.role("body")
    decorated = function.parent if function.parent is not None and function.parent.shape == "decorated" else None
    if body is None or (decorated is not None and not (is_getter and len(decorated.items) == _WITH_ONE_DECORATOR)):
        return None
    if body.shape != "block":
        return const(body)
    live = [item for item in _live(body.items, folded) if not _is_docstring(item)]
    if len(live) == 1 and is_last(body, live[0]):
        return const(live[0])
    if len(live) != 1 or live[0].shape != "return":
        return None
    value = live[0].role("value")
    return const(value) if value is not None else None


def _live(items: list[Node], folded: Statements) -> list[Node]:
    found: list[Node] = []
    for item in items:
        if item in folded.gone:
            continue
        inner = folded.stands_for.get(item)
        found.extend(_live(inner, folded) if inner is not None else [item])
    return found


def _is_docstring(node: Node) -> bool:
    inner = node.role("operand") if node.shape == "expression" else None
    return inner is not None and string_value(inner) is not None
