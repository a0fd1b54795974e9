"""if / else-if / else chains as a flat list of arms, whatever the grammar nests."""

from __future__ import annotations

from dataclasses import dataclass

from featureops.core.syntax import Node

__all__ = ["Arm", "always_leaves", "arms", "inside", "statements"]

_LEAVING = frozenset({"return", "raise", "break", "continue"})


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """`start` is where the arm begins (`if`, `else if`, `elif`, `else`), `head` the node with the condition and its
    keyword; both are None-conditioned for a plain else."""

    start: int
    head: Node
    condition: Node | None
    body: Node


def arms(node: Node) -> list[Arm]:
    """The arms of an `if` node, in order."""
    found: list[Arm] = []
    condition, body = node.role("condition"), node.role("then")
    if condition is None or body is None:
        return found
    found.append(Arm(node.start, node, condition, body))
    for other in node.roles("else"):
        found.extend(_other(other))
    return found


def _other(node: Node) -> list[Arm]:
    if node.shape == "elif":
        condition, body = node.role("condition"), node.role("then")
        return [Arm(node.start, node, condition, body)] if condition is not None and body is not None else []
    # Some grammars have no node for the word and what follows it.
    body = node.role("body") if node.shape == "else" else node
    start = node.start if body is not node else _word_before(node)
    if body is None:
        return []
    if body.shape == "if":
        nested = arms(body)
        if not nested:
            return [Arm(start, node, None, body)]
        first = nested[0]
        return [Arm(start, first.head, first.condition, first.body), *nested[1:]]
    return [Arm(start, node, None, body)]


def _word_before(node: Node) -> int:
    """Where the `else` before a body begins."""
    word = node.previous()
    while word is not None and word.is_comment:
        word = word.previous()
    return word.start if word is not None else node.start


def statements(body: Node) -> list[Node]:
    """The statements of a block, or the single statement that stands in its place."""
    return body.items if body.shape == "block" else [body]


def inside(body: Node) -> list[Node]:
    """The statements and comments of a block. Some grammars count a comment behind the closing brace to the block."""
    parts = list(body.children)
    if body.file.pack.text.blocks != "indent" and body.parent is not None:
        while parts and parts[-1].is_comment and any(not part.named and part.text == "}" for part in parts):
            parts.pop()
    return [part for part in parts if part.named]


def always_leaves(node: Node) -> bool:
    """Whether control never goes on after the statement: it returns, raises, breaks or continues on every path."""
    if node.shape in _LEAVING:
        return True
    if node.shape == "block":
        return any(always_leaves(item) for item in node.items)
    if node.shape != "if":
        return False
    chain = arms(node)
    return bool(chain) and chain[-1].condition is None and all(always_leaves(arm.body) for arm in chain)
