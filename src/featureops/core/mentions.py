"""Where a file speaks of a name: found through its bytes, not by a walk over its nodes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from featureops.core.syntax import Node, SourceFile

__all__ = ["around_mentions", "has_word", "mentions_of", "speaks_of"]

_SAYS_WHEN = re.compile(r"\b(?:feature|flag|toggle)s?\b.{0,20}\b(?:enabled|disabled|on|off)\b", re.IGNORECASE)
_SAYS_BEHIND = re.compile(r"\bbehind an? (?:feature[ -])?(?:flag|toggle|switch)\b", re.IGNORECASE)


def mentions_of(file: SourceFile, name: str) -> list[Node]:
    """The named nodes that are exactly this text, in document order."""
    found: list[Node] = []
    key, data = name.encode("utf-8", "surrogateescape"), file.data
    at = data.find(key) if key else -1
    while at >= 0:
        end = at + len(key)
        if not (_part_of_name(data[at - 1 : at]) or _part_of_name(data[end : end + 1])):
            node: Node | None = file.node_at(at, end)
            same: list[Node] = []
            while node is not None and node.start == at and node.end == end:
                same.append(node)
                node = node.parent
            found.extend(node for node in reversed(same) if node.named)
        at = data.find(key, at + 1)
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
    return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])".encode(), data) is not None


def speaks_of(comment: str, names: Iterable[str]) -> bool:
    """Whether a comment names the flag, or says that what follows depends on one being on or off."""
    if _SAYS_WHEN.search(comment) or _SAYS_BEHIND.search(comment):
        return True
    return any(name and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", comment) for name in names)


def _part_of_name(char: bytes) -> bool:
    return char.isalnum() or char == b"_"
