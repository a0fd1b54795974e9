"""Parsed files by their content: what one step has parsed, the next one takes over, with its names."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.config import Config
from featureops.core.detect.presence import Presence
from featureops.core.pack import LanguagePack, Packs
from featureops.core.scopes import Names
from featureops.core.syntax import SourceFile, parse

__all__ = ["Parsed"]

_LAST = 4
_Key = tuple[str, bytes]


class Parsed:
    """Keeps the files that were asked for last: as many as `most`, and more while they are `size` bytes in all."""

    def __init__(self, most: int = _LAST, size: int = 0) -> None:
        self._most, self._size, self._held = most, size, 0
        self._known: dict[_Key, Names] = {}
        self._presence: tuple[Packs, Config, Presence] | None = None

    def file(self, path: str, data: bytes, pack: LanguagePack) -> SourceFile:
        """`parse`, or the same file as before."""
        key = path, data
        known = self._known.pop(key, None)
        self._held -= len(data) if known is not None else 0
        if known is None or known.file.pack is not pack:
            known = Names(parse(path, data, pack))
        for other in tuple(self._too_many(len(data))):
            del self._known[other]
            self._held -= len(other[1])
        self._held += len(data)
        self._known[key] = known  # as the last one
        return known.file

    def names(self, file: SourceFile) -> Names:
        """The names of a file."""
        known = self._known.get((file.path, file.data))
        return known if known is not None and known.file is file else Names(file)

    def presence(self, packs: Packs, config: Config) -> Presence:
        """How the languages ask, which takes longer to list than a file to parse."""
        known = self._presence
        if known is None or known[0] is not packs or known[1] is not config:
            known = self._presence = packs, config, Presence(packs, config)
        return known[2]

    def _too_many(self, size: int) -> Iterator[_Key]:
        """The files that one more of a size leaves no room for, the longest not asked for first."""
        held = self._held + size
        for left, key in zip(range(len(self._known), 0, -1), self._known, strict=False):
            if left < self._most or held <= self._size:
                return
            held -= len(key[1])
            yield key
