"""Where a file speaks of a name: found through its bytes, not by a walk over its nodes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import attrgetter

from featureops.core.model import Span
from featureops.core.syntax import Node, SourceFile

__all__ = [
    "apart",
    "around_mentions",
    "asks_to_remove",
    "each_mention",
    "has_word",
    "is_everywhere",
    "leaves_around",
    "leaves_in",
    "mentions_of",
    "mentions_within",
    "names_in_code",
    "speaks_of",
]

_end = attrgetter("end")
_SHORT = 2
_OFTEN = 10_000
_SAYS_WHEN = re.compile(r"\b(?:feature|flag|toggle)s?\b.{0,20}\b(?:enabled|disabled|on|off)\b", re.IGNORECASE)
_SAYS_BEHIND = re.compile(r"\bbehind an? (?:feature[ -])?(?:flag|toggle|switch)\b", re.IGNORECASE)

_SAYS_REMOVE = re.compile(
    r"\b(?:remove|delete|drop|clean ?up)\s+(?:the\s+|this\s+|our\s+)?(?:feature[ -]?)?(?:flag|toggle)s?\b"
    r"(?!.*(?-i:\w[-_]\w|[a-z][A-Z]))",
    re.IGNORECASE,
)
"""What stands behind must not look like the name of another flag."""


def apart(name: str, also: str = "$") -> str:
    """The pattern of a name that is no part of a longer one, whose characters are those of words and `also`. It begins
    with the name, so that a text is searched for that instead of being tried at every place."""
    text, part = re.escape(name), rf"[\w{also}]"
    before = part if name[:1].isalnum() or name[:1] == "_" else f"[{also}]"  # in "a$name" stands $name
    return rf"{text}(?<!{before}{text})(?!{part})"


def is_everywhere(file: SourceFile, name: str) -> bool:
    """Whether so short a name stands in so many places that a program must have made it up."""
    key = name.encode()
    if len(name) > _SHORT or file.data.count(key) <= _OFTEN:
        return False
    return len(_word(name).findall(file.data)) > _OFTEN


def mentions_of(file: SourceFile, name: str) -> list[Node]:
    """The named nodes that are exactly this text, in document order."""
    known = file.mentioned.get(name)
    if known is None:
        known = file.mentioned[name] = list(_mentions(file, name, 0, len(file.data)))
    return known


def mentions_within(file: SourceFile, name: str, node: Node) -> list[Node]:
    """`mentions_of` that stand in a part of the file."""
    known = file.mentioned.get(name)
    if known is not None:
        return [each for each in known if node.start <= each.start and each.end <= node.end]
    return mentions_of(file, name) if node is file.root else list(_mentions(file, name, node.start, node.end))


def each_mention(file: SourceFile, name: str) -> Iterator[Node]:
    """`mentions_of`, found as they are asked for."""
    known = file.mentioned.get(name)
    yield from known if known is not None else _mentions(file, name, 0, len(file.data))


def _mentions(file: SourceFile, name: str, start: int, stop: int) -> Iterator[Node]:
    key, data = name.encode("utf-8", "surrogateescape"), file.data
    at, is_plain = data.find(key, start, stop) if key else -1, _part_of_name(key[:1])
    while at >= 0:
        end = at + len(key)
        if not ((is_plain and _part_of_name(data[at - 1 : at])) or _part_of_name(data[end : end + 1])):
            node: Node | None = file.node_at(at, end)
            same: list[Node] = []
            while node is not None and node.start == at and node.end == end:
                same.append(node)
                node = node.parent
            yield from (node for node in reversed(same) if node.named)
        at = data.find(key, at + 1, stop)


def leaves_around(file: SourceFile, text: str) -> list[Node]:
    """The leaves of which a text is the whole or a part, in document order."""
    found: dict[Node, None] = {}
    key = text.encode("utf-8", "surrogateescape")
    at = file.data.find(key) if key else -1
    while at >= 0:
        node = file.node_at(at, at + len(key))
        if node.named and not node.children:
            found[node] = None
        at = file.data.find(key, at + 1)
    return list(found)


def leaves_in(file: SourceFile, spans: Iterable[Span]) -> list[Node]:
    """The names and other leaves that some bytes hold, in document order of the spans."""
    found: dict[Node, None] = {}
    for span in spans:
        known = file.leaves.get(span)
        if known is None:
            known = file.leaves[span] = _leaves_in(file, span)
        found.update(known)
    return list(found)


def _leaves_in(file: SourceFile, span: Span) -> dict[Node, None]:
    found: dict[Node, None] = {}
    kinds, stack = file.pack.index.identifiers, [file.root]
    while stack:
        node = stack.pop()
        children = node.children
        if node.named and (not children or node.type in kinds):
            found[node] = None
        at = end = bisect_right(children, span.start, key=_end)
        while end < len(children) and children[end].start < span.end:
            end += 1
        stack.extend(reversed(children[at:end]))
    return found


def around_mentions(body: Node, name: str) -> list[Node]:
    """The nodes within `body` that hold the name, also with a sigil before it, in document order."""
    found: dict[Node, None] = {}
    index = body.file.pack.index
    plain = index.plain(name)
    for spelling in (plain, *(sigil + plain for sigil in index.sigils)):
        for node in mentions_of(body.file, spelling):
            holders = [node, *node.ancestors()]
            if body in holders:
                found.update(dict.fromkeys(holders[: holders.index(body)]))
    return sorted(found, key=lambda node: (node.start, node.depth))


def has_word(data: bytes, name: str) -> bool:
    """Whether a name stands anywhere in a text."""
    return _word(name).search(data) is not None


def names_in_code(file: SourceFile, name: str) -> bool:
    """Whether a name stands in a text somewhere else than in comments and in strings that are statements: those speak
    of it, they do not use it."""
    return any(not _is_prose(file.node_at(*found.span())) for found in _word(name).finditer(file.data))


def _is_prose(node: Node) -> bool:
    for part in (node, *node.ancestors()):
        if part.is_comment:
            return True
        if part.shape == "string":
            return part.parent is not None and part.parent.shape == "expression"
    return False


def _word(name: str) -> re.Pattern[bytes]:
    return re.compile(apart(name).encode())


def speaks_of(comment: str, names: Iterable[str]) -> bool:
    """Whether a comment names the flag, or says that what follows depends on one being on or off."""
    if any(says.search(comment) for says in (_SAYS_WHEN, _SAYS_BEHIND, _SAYS_REMOVE)):
        return True
    return any(name and re.search(apart(name, "-"), comment) for name in names)


def asks_to_remove(comment: str) -> bool:
    """Whether a comment asks for what the cleanup does, and names no flag."""
    return _SAYS_REMOVE.search(comment) is not None


def _part_of_name(char: bytes) -> bool:
    return char.isalnum() or char == b"_"
