"""What a search for one flag finds, told without nodes: it may have been found by another process."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from featureops.core.detect.needles import is_bare
from featureops.core.detect.places import whole_word
from featureops.core.detect.rows import Mention, Rows
from featureops.core.model import Span

__all__ = ["Findings"]

_QUOTES = frozenset(b"\"'`")


@dataclass
class Findings:
    """`names` wait to be looked for; `claimed` are the keys that a row speaks of already, by path; `inverted` the
    places that are true when the flag is off; `mentions` what other places of the key are, by path and offset.
    """

    rows: Rows
    names: set[str] = field(default_factory=set)
    claimed: dict[str, list[Span]] = field(default_factory=dict)
    inverted: set[tuple[str, Span]] = field(default_factory=set)
    mentions: dict[tuple[str, int], Mention] = field(default_factory=dict)

    def take(self, other: Findings) -> None:
        """Add what was found elsewhere."""
        for usage in other.rows.found.values():
            self.rows.keep(usage)
        self.names |= other.names
        self.inverted |= other.inverted
        self.mentions |= other.mentions
        for path, spans in other.claimed.items():
            self.claim(path, *spans)

    def claim(self, path: str, *keys: Span) -> None:
        self.claimed.setdefault(path, []).extend(keys)

    def unclaimed(self, path: str, data: bytes) -> Iterator[int]:
        """Where the key stands in a file and no row speaks of it."""
        flag = self.rows.flag
        key, claimed = flag.encode(), sorted(self.claimed.get(path, ()))
        starts = [span.start for span in claimed]
        for offset in _occurrences(data, key):
            end = offset + len(key)
            if not whole_word(data, offset, end) or (is_bare(flag) and not _quoted(data, offset, end)):
                continue
            before = claimed[: bisect_left(starts, offset + 1)]
            if not any(span.start <= offset and end <= span.end for span in before):
                yield offset


def _occurrences(data: bytes, key: bytes) -> Iterator[int]:
    at = data.find(key)
    while at >= 0:
        yield at
        at = data.find(key, at + 1)


def _quoted(data: bytes, start: int, end: int) -> bool:
    return start > 0 and end < len(data) and data[start - 1] in _QUOTES and data[end] == data[start - 1]
