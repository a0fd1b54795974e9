"""The files of a root as one run sees them: each is read once, however often something is looked for in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from featureops.adapters.jail import Jail
from featureops.adapters.scan import contents, searcher
from featureops.core.errors import BadArgument, OutsideWorkspace

__all__ = ["FileSnapshot"]

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
        search = searcher(needles)
        if search is None:
            return {}
        return dict(sorted((path, offsets) for path, data in self._texts() if (offsets := search(data))))

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
                self._searched[path] = data
            yield path, data
        self._rest = beyond
