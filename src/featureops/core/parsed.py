"""Parsed files by their content: what one step has parsed, the next one takes over, with its names."""

from __future__ import annotations

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
        self._files: dict[_Key, SourceFile] = {}
        self._names: dict[SourceFile, Names] = {}
        self._presence: tuple[Packs, Config, Presence] | None = None

    def file(self, path: str, data: bytes, pack: LanguagePack) -> SourceFile:
        """`parse`, or the same file as before."""
        known = self._files.pop((path, data), None)
        file = known if known is not None and known.pack is pack else self._parsed(path, data, pack)
        self._files[path, data] = file  # the last one again
        return file

    def names(self, file: SourceFile) -> Names:
        """The names of a file."""
        known = self._names.get(file)
        if known is None:
            known = Names(file)
            if self._files.get((file.path, file.data)) is file:
                self._names[file] = known
        return known

    def presence(self, packs: Packs, config: Config) -> Presence:
        """How the languages ask, which takes longer to list than a file to parse."""
        known = self._presence
        if known is None or known[0] is not packs or known[1] is not config:
            known = self._presence = packs, config, Presence(packs, config)
        return known[2]

    def _parsed(self, path: str, data: bytes, pack: LanguagePack) -> SourceFile:
        file = parse(path, data, pack)
        self._held += len(data)
        while len(self._files) >= self._most and self._held > self._size:
            first = next(iter(self._files))
            self._held -= len(first[1])
            self._names.pop(self._files.pop(first), None)
        return file
