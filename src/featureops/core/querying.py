"""The nodes of some types, found by the parser's own search: a walk over all nodes of a file costs far more."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from featureops.core.syntax import Node, SourceFile

if TYPE_CHECKING:
    from tree_sitter import Language, Query

__all__ = ["nodes_of"]


def nodes_of(file: SourceFile, types: Iterable[str]) -> list[Node] | None:
    """In document order; None where only a walk finds them all, since the tree is not the one that was parsed."""
    kinds, rules = frozenset(types), file.pack.tree
    if not kinds:
        return []
    if rules is not None and (rules.opened or not kinds.isdisjoint(rules.changed)):
        return None
    query = _query(file.tree.language, kinds)
    if query is None:
        return None
    from tree_sitter import QueryCursor

    found: list[Node] = []
    raws = (raw for each in QueryCursor(query).captures(file.tree.root_node).values() for raw in each)
    for start, kind in sorted((raw.start_byte, raw.type) for raw in raws):
        leaf = file.node_at(start)
        node = next((part for part in (leaf, *leaf.ancestors()) if part.type == kind and part.start == start), None)
        if node is None:
            return None
        found.append(node)
    return found


@cache
def _query(language: Language, types: frozenset[str]) -> Query | None:
    """None where the grammar does not know one of the types."""
    if any(language.id_for_node_kind(kind, True) is None for kind in types):
        return None
    from tree_sitter import Query

    return Query(language, " ".join(f"({kind}) @found" for kind in sorted(types)))
