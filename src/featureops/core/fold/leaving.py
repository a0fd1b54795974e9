"""Whether control goes on after a statement."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from featureops.core.fold.chains import arms, is_fall, is_handled, statements
from featureops.core.fold.literals import labels_of
from featureops.core.fold.text import bare
from featureops.core.syntax import Node

__all__ = [
    "always_leaves",
    "ends_early",
    "gives",
    "is_closed",
    "loop_leaves",
    "switch_leaves",
    "try_leaves",
    "with_leaves",
]

_LEAVING = frozenset({"return", "raise", "break", "continue"})
_LOOPS = frozenset({"for", "while", "do"})
_OWN_WAYS = frozenset({"function", "lambda", "class"})
_ENDS = frozenset({"break"})
_ENDS_SWITCH = frozenset({"break", "continue"})

_Live = Callable[[Node], list[Node]]


def always_leaves(node: Node) -> bool:
    """Whether control never goes on after the statement: it returns, raises, breaks, continues or goes on in the next
    case on every path."""
    if node.shape in _LEAVING or is_fall(node):
        return True
    inner = node.role("operand") if node.shape == "expression" else None
    if inner is not None and inner.shape in _LEAVING:
        return True
    match node.shape:
        case "block":
            return not is_handled(node) and any(always_leaves(item) for item in node.items)
        case "try":
            return try_leaves(node, always_leaves)
        case "switch":
            return switch_leaves(node, always_leaves, _itself)
        case "with":
            return with_leaves(node, always_leaves)
        case "while" | "do" | "for":
            condition = node.role("condition")
            return condition is not None and bare(condition).shape == "true" and loop_leaves(node, _itself)
        case "if":
            chain = arms(node)
            return bool(chain) and chain[-1].condition is None and all(always_leaves(arm.body) for arm in chain)
    return False


def _itself(node: Node) -> list[Node]:
    return [node]


def try_leaves(node: Node, leaves: Callable[[Node], bool]) -> bool:
    """Whether control never goes on after a `try`: what is done at the end leaves, or its body and all handlers do."""
    body = node.role("body")
    clauses = [item for item in node.items if body is not None and item.start > body.start]
    blocks = [clause.items[-1] if clause.items else clause for clause in clauses]
    if body is None or any(block.shape != "block" for block in blocks):
        return False
    ways = [body]
    for clause, block in zip(clauses, blocks, strict=True):
        if clause.children[0].text == "finally":
            if leaves(block):
                return True
        elif clause.shape != "else":
            ways.append(block)
    return all(map(leaves, ways))


def with_leaves(node: Node, leaves: Callable[[Node], bool]) -> bool:
    """Whether control never goes on after statements that something is held for."""
    body = node.role("body")
    return body is not None and node.type not in node.file.pack.index.swallowing and leaves(body)


def loop_leaves(node: Node, live: _Live) -> bool:
    """Whether control never goes on after a loop whose condition always holds: nothing breaks out of it."""
    body = node.role("body")
    has_label = node.children[0].named
    return body is not None and not has_label and not _breaks(body, live, _label(node))


def switch_leaves(
    node: Node, leaves: Callable[[Node], bool], live: _Live, otherwise: Container[Node] = frozenset()
) -> bool:
    """Whether control never goes on after a switch: one of its cases always runs, and none of them ends there.
    `otherwise` are cases that have come to take everything, `live` gives what stands for a statement now."""
    parts = [item for item in _cases(node) if live(item)]
    if parts and all(part.shape == "arm" for part in parts):
        return all(leaves(part.role("value") or part) for part in parts)
    if not any(part in otherwise or _takes_all(part) for part in parts) or ends_early(node, parts, live):
        return False
    return all(_case_leaves(part, leaves) or (part is not parts[-1] and not is_closed(part)) for part in parts)


def gives(node: Node, live: _Live) -> bool:
    """Whether a part of a function gives something without ending the function, as generators do."""
    if node.shape == "yield" or node.shape in _OWN_WAYS:
        return node.shape == "yield"
    return any(gives(part, live) for child in node.items for part in live(child))


def ends_early(switch: Node, parts: Iterable[Node], live: _Live) -> bool:
    """Whether something in these parts of a switch ends it before its last statement."""
    words = _ENDS_SWITCH if switch.type in switch.file.pack.index.looping else _ENDS
    return _catches(switch) and any(_breaks(part, live, _label(switch), words) for part in parts)


def _breaks(node: Node, live: _Live, label: str, words: frozenset[str] = _ENDS, *, is_caught: bool = False) -> bool:
    """Whether a `break` inside would end the loop or the switch around, which has this label."""
    if node.shape in _OWN_WAYS:
        return False
    parts = live(node)
    if parts != [node]:
        return any(_breaks(part, live, label, words, is_caught=is_caught) for part in parts)
    if node.shape in words:
        target = node.items[-1] if node.items else None
        return not is_caught or (target is not None and (target.shape == "number" or target.text == label))
    is_caught = is_caught or node.shape in _LOOPS or (node.shape == "switch" and _catches(node))
    return any(_breaks(child, live, label, words, is_caught=is_caught) for child in node.items)


def is_closed(case: Node) -> bool:
    """Whether control leaves the switch at the end of the case by itself: where a word says that the next one runs, and
    no such word ends this one, or where the next never does."""
    goes_on, has_body = any(map(is_fall, case.children[-1:])), case.role("body") is not None
    return not goes_on and (
        has_body or bool(case.file.pack.text.fall_through) or case.type in case.file.pack.index.closed_cases
    )


def _cases(switch: Node) -> list[Node]:
    return [item for item in (switch.role("body") or switch).items if item.shape in ("case", "arm")]


def _catches(switch: Node) -> bool:
    """Whether a `break` in a case ends the switch, and not the loop around."""
    return any(case.shape == "case" and case.role("body") is None for case in _cases(switch))


def _case_leaves(case: Node, leaves: Callable[[Node], bool]) -> bool:
    body = case.role("body")
    return leaves(body) if body is not None and body is not case else any(map(leaves, statements(case)))


def _takes_all(case: Node) -> bool:
    conditions = [*case.roles("condition"), *case.roles("value")]
    return case.shape == "case" and case.role("guard") is None and labels_of(conditions) == []


def _label(node: Node) -> str:
    """What a `break` inside calls a loop or a switch; "" for one without a name."""
    colon = node.previous()
    if colon is None or not colon.text.endswith(":"):
        return ""
    before = colon.previous() if colon.text == ":" else None
    return before.text if before is not None else colon.text[:-1].strip()
