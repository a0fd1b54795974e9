"""if / else-if / else chains as a flat list of arms, whatever the grammar nests."""

from __future__ import annotations

from dataclasses import dataclass

from featureops.core.syntax import Node

__all__ = [
    "Arm",
    "arms",
    "inside",
    "is_fall",
    "is_handled",
    "is_inverted",
    "is_label",
    "is_last",
    "is_predicate",
    "is_seen_as_boolean",
    "statements",
]


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """`start` is where the arm begins (`if`, `else if`, `elif`, `else`), `head` the node with the condition and its
    keyword; both are None-conditioned for a plain else. `inverted`: taken when the condition is false."""

    start: int
    head: Node
    condition: Node | None
    body: Node
    inverted: bool = False


def arms(node: Node) -> list[Arm]:
    """The arms of an `if` node, in order."""
    found: list[Arm] = []
    condition, body = node.role("condition"), node.role("then")
    if condition is None or body is None:
        return found
    found.append(Arm(node.start, node, condition, body, is_inverted(node)))
    for other in node.roles("else"):
        found.extend(_other(other))
    return found


def _other(node: Node) -> list[Arm]:
    if node.shape == "elif":
        condition, body = node.role("condition"), node.role("then")
        if condition is None or body is None:
            return []
        return [Arm(node.start, node, condition, body), *(arm for each in node.roles("else") for arm in _other(each))]
    # A grammar without a node for `else` puts the other branch into the chain itself, behind its keyword.
    body, start = (node.role("body"), node.start) if node.shape == "else" else (node, _keyword_start(node))
    if body is None:
        return []
    if body.shape == "if":
        nested = arms(body)
        if not nested:
            return [Arm(start, node, None, body)]
        first = nested[0]
        return [Arm(start, first.head, first.condition, first.body), *nested[1:]]
    return [Arm(start, node, None, body)]


def is_inverted(node: Node) -> bool:
    """Whether the first branch of a choice is for a condition that is false."""
    return node.rule is not None and node.rule.inverted


def _keyword_start(body: Node) -> int:
    """Where the keyword before a branch begins."""
    word = body.previous()
    while word is not None and word.text != body.file.pack.text.else_word:
        word = word.previous()
    return word.start if word is not None else body.start


def statements(body: Node) -> list[Node]:
    """The statements of a block or a case, or the single statement that stands in its place."""
    if body.shape == "case":
        return [item for item in body.items if not is_label(item, body)]
    return body.items if body.shape == "block" else [body]


def is_label(part: Node, body: Node) -> bool:
    """Whether a part of a case says when it runs."""
    if body.shape != "case":
        return False
    told = {*body.roles("value"), *body.roles("guard")}
    is_mark = part.shape == "decorator" or part.type in part.file.pack.index.modifiers
    return is_mark or not told.isdisjoint((part, *part.items))


def inside(body: Node) -> list[Node]:
    """The statements and comments of a block. Some grammars count a comment behind the closing brace to the block."""
    parts = list(body.children)
    if body.file.pack.text.blocks != "indent" and body.parent is not None:
        while parts and parts[-1].is_comment and any(not part.named and part.text == "}" for part in parts):
            parts.pop()
    return [part for part in parts if part.named or is_fall(part)]


def is_fall(part: Node) -> bool:
    """Whether a statement is the word by which control goes on in the next case."""
    word = part.file.pack.text.fall_through
    return bool(word) and part.end - part.start == len(word) and part.text == word


def is_handled(block: Node) -> bool:
    """Whether a block has parts of its own that go on where its statements fail."""
    kinds = block.file.pack.index.handlers
    return bool(kinds) and any(child.type in kinds for child in block.children)


def is_last(block: Node, statement: Node) -> bool:
    """Whether the statement is what a function gives back without saying so."""
    function = block.parent
    if block.type not in block.file.pack.index.implicit_returns or function is None or is_handled(block):
        return False
    is_body = function.shape in ("function", "lambda") and function.role("body") is block
    return is_body and block.items[-1] is statement and statement.shape != "expression"


def is_predicate(function: Node) -> bool:
    """Whether a function is given to a call that only sees whether what it gives is true."""
    listed = function.parent if function.parent is not None and function.parent.shape != "argument" else None
    call = listed.parent if listed is not None and listed.shape == "arguments" and listed.items[0] is function else None
    callee = call.role("function") if call is not None and call.shape == "call" else None
    name = callee.role("property") if callee is not None else None
    return name is not None and name.text in name.file.pack.index.predicate_calls


def is_seen_as_boolean(use: Node) -> bool:
    """Whether the place of a use sees only if the value is true."""
    node, parent = use, use.parent
    while parent is not None:
        if parent.shape in ("not", "while", "if", "elif"):
            return True
        if parent.shape == "conditional":
            return parent.role("condition") is node
        if parent.shape == "markup-expression":
            return parent.parent is not None and parent.parent.shape == "markup-element"
        if parent.shape in ("and", "or") and parent.role("left") is node:
            right = parent.role("right")
            if right is not None and right.shape in ("markup-element", "paren") and parent.shape == "and":
                node, parent = parent, parent.parent
                continue
        if parent.shape not in ("paren", "and", "or"):
            return False
        node, parent = parent, parent.parent
    return False
