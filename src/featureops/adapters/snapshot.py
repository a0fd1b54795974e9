"""The files of a root as one run sees them: each is read once, however often something is looked for in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from featureops.adapters.jail import Jail
from featureops.adapters.scan import contents, finder, searcher
from featureops.core.errors import BadArgument, OutsideWorkspace

__all__ = ["FileSnapshot"]

_JOINED = 16_000_000
"""Bytes of files up to which they are kept a second time, all in one."""

_ROOM = 256_000_000
"""Bytes of files to keep; what lies beyond is read again for each search."""


class FileSnapshot:
    """The files of `paths`; those over `limit` bytes are not searched. `open_one` reads one file, of any path."""

    def __init__(
        self, jail: Jail, paths: Sequence[str], limit: int, open_one: Callable[[str], bytes], room: int = _ROOM
    ) -> None:
        self._jail = jail
        self._paths = paths
        self._limit = limit
        self._open = open_one
        self._room = room
        self._size = 0
        self._searched: dict[str, bytes] = {}
        self._read: dict[str, bytes | None] = {}
        self._rest: Sequence[str] | None = None

    def files(self) -> Sequence[str]:
        return self._paths

    def read(self, path: str) -> bytes | None:
        data = self._searched.get(path)
        if data is not None:
            return data
        if path not in self._read:
            self._read[path] = self._content(path)
        return self._read[path]

    def _content(self, path: str) -> bytes | None:
        try:
            return self._open(path)
        except (BadArgument, OutsideWorkspace):
            return None

    def find(self, needles: Sequence[bytes]) -> Mapping[str, tuple[int, ...]]:
        only = needles[0] if len(needles) == 1 else b""
        if only and b"\0" not in only and self._rest == [] and self._size <= _JOINED:
            return {path: tuple(_starts(self._searched[path], only)) for path in self._joined.holding(only)}
        search = searcher(needles)
        if search is None:
            return {}
        return dict(sorted((path, offsets) for path, data in self._texts() if (offsets := search(data))))

    @cached_property
    def _joined(self) -> _Joined:
        return _Joined(self._searched)

    def _texts(self) -> Iterator[tuple[str, bytes]]:
        """The files that are searched, as they are now or were when they were first read."""
        yield from self._searched.items()
        rest = self._paths if self._rest is None else self._rest
        beyond: list[str] = []
        for path, content in contents(self._jail, rest, self._limit):
            if isinstance(content, str):
                continue
            data = self._read.get(path) or content
            if len(data) > self._room:
                beyond.append(path)
            else:
                self._room -= len(data)
                self._size += len(data)
                self._searched[path] = data
            yield path, data
        self._rest = beyond


def _starts(data: bytes, needle: bytes) -> Iterator[int]:
    at = data.find(needle)
    while at >= 0:
        yield at
        at = data.find(needle, at + 1)


class _Joined:
    """Texts as one, in which a byte string is found in a fraction of the time that all of them take."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._paths = sorted(texts)
        self._text = b"\0".join(texts[path] for path in self._paths)
        self._starts = list(accumulate((len(texts[path]) + 1 for path in self._paths[:-1]), initial=0))

    def holding(self, needle: bytes) -> Iterator[str]:
        """The paths of the texts with a byte string that has no NUL, sorted."""
        found = (bisect_right(self._starts, start) - 1 for _, start, _ in finder(needle)(self._text))
        yield from (self._paths[at] for at in dict.fromkeys(found))
