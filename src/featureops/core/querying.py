"""The nodes of some types, found by the parser's own search: a walk over all nodes of a file costs far more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from featureops.core.syntax import Node, SourceFile

if TYPE_CHECKING:
    from tree_sitter import Language, Query
    from tree_sitter import Node as RawNode

__all__ = ["leaves_of", "nodes_of", "nodes_shaped"]


def nodes_shaped(file: SourceFile, shape: str) -> Iterator[Node]:
    """The nodes of a shape, in document order."""
    kinds = (kind for kind, rules in file.pack.by_node.items() if any(rule.name == shape for rule in rules))
    found = nodes_of(file, kinds)
    return (node for node in (file.root.walk() if found is None else found) if node.named and node.shape == shape)


def nodes_of(file: SourceFile, types: Iterable[str]) -> list[Node] | None:
    """In document order; None where only a walk finds them all, since the tree is not the one that was parsed."""
    language, rules, kinds = file.tree.language, file.pack.tree, frozenset(types)
    known = frozenset(kind for kind in kinds if language.id_for_node_kind(kind, True) is not None)
    if kinds and rules is not None and (known != kinds or rules.opened or not kinds.isdisjoint(rules.changed)):
        return None
    if not known:
        return []
    found: list[Node] = []
    raws = _captured(file, known)
    for start, end, kind in sorted((raw.start_byte, -raw.end_byte, raw.type) for raw in raws):
        node: Node | None = file.node_at(start)
        while node is not None and not (node.type == kind and node.start == start and node.end in (-end, -end - 1)):
            node = node.parent
        if node is None:
            return None
        found.append(node)
    return found


def leaves_of(file: SourceFile, shape: str) -> frozenset[str] | None:
    """The texts of the named leaves that stand directly in nodes of a shape, among others; None where only the nodes
    tell, since the tree is not the one that was parsed."""
    kinds = frozenset(kind for kind, rules in file.pack.by_node.items() if any(rule.name == shape for rule in rules))
    rules, language = file.pack.tree, file.tree.language
    if rules is not None and (rules.opened or not kinds.isdisjoint(rules.changed | rules.rearranged)):
        return None
    if any(language.id_for_node_kind(kind, True) is None for kind in kinds):
        return None
    inside = (child for raw in _captured(file, kinds) for child in raw.children)
    return frozenset(
        file.slice(child.start_byte, child.end_byte) for child in inside if child.is_named and not child.child_count
    )


def _captured(file: SourceFile, types: frozenset[str]) -> list[RawNode]:
    from tree_sitter import QueryCursor

    found = QueryCursor(_query(file.tree.language, types)).captures(file.tree.root_node)
    return [raw for each in found.values() for raw in each]


@cache
def _query(language: Language, types: frozenset[str]) -> Query:
    from tree_sitter import Query

    return Query(language, " ".join(f"({kind}) @found" for kind in sorted(types)))
