"""Which SDKs the files of a repository speak of, told by their bytes: what asks for a flag only in a repository that
uses the SDK is not parsed in any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from featureops.core.detect.needles import Asking
from featureops.core.pack import LanguagePack, Packs, SdkPack

__all__ = ["Presence", "Sighting"]

_SEPARATORS = re.compile(r"::|\\|\.")
_WHOLE = frozenset({"path", "folder", "package"})
"""Styles of languages in which an import's text is written in one piece."""
_NOT_LETTERS = bytes(set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyz"))


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file in which something may ask. `near` are its places (see `Asking.places`), each with the ids of the SDKs one
    of which the repository must use for the place to be a read; none for a place that is looked at anyway. None: reads
    may be anywhere in the file. `spoken` are the ids of the SDKs that the file names by a module.
    """

    path: str
    near: Mapping[int, frozenset[str]] | None
    spoken: frozenset[str] = frozenset()

    def among(self, present: frozenset[str]) -> list[int] | None:
        """The places to look at in a repository that uses these SDKs."""
        if self.near is None:
            return None
        return [offset for offset, ids in self.near.items() if not ids or not ids.isdisjoint(present)]


class Presence:
    """`needles` are what a file must hold to ask or to name an SDK by its module."""

    def __init__(self, packs: Packs, asking: Asking) -> None:
        self._packs = packs
        self._asking = asking
        heads: dict[bytes, set[str]] = {}
        for pack in packs.languages:
            for sdk in pack.sdks:
                for item in sdk.imports:
                    heads.setdefault(_head(item.module, pack).encode(), set()).add(sdk.id)
        self._heads = {head: frozenset(ids) for head, ids in heads.items()}
        self._hints: dict[str, Mapping[str, tuple[bytes, ...]]] = {}
        self.needles = tuple(dict.fromkeys((*asking.needles, *self._heads)))

    @cached_property
    def _by_first(self) -> Mapping[int, list[bytes]]:
        found: dict[int, list[bytes]] = {}
        for head in self._heads:
            found.setdefault(head[0], []).append(head)
        return found

    def sighting(self, path: str, data: bytes, offsets: Iterable[int]) -> Sighting:
        """What the offsets, at which needles start, tell of a file."""
        places = list(offsets)
        spoken = frozenset[str]().union(
            *(
                self._heads[head]
                for offset in places
                for head in self._by_first.get(data[offset], ())
                if data.startswith(head, offset)
            )
        )
        near = self._asking.places(data, places)
        pack = self._packs.reading(path) if near else None
        if near is None or pack is None:
            return Sighting(path, None if near is None else {}, spoken)
        told = self._told(pack, data)
        waits = {offset: self._asking.waits(data, offset) for offset in near}
        return Sighting(path, {at: ids if ids.isdisjoint(told) else frozenset() for at, ids in waits.items()}, spoken)

    def _told(self, pack: LanguagePack, data: bytes) -> frozenset[str]:
        """The SDKs whose client may be told by its name in a file."""
        if pack.id not in self._hints:
            self._hints[pack.id] = {sdk.id: _hints(sdk) for sdk in pack.sdks}
        letters = data.lower().translate(None, _NOT_LETTERS)
        hints = self._hints[pack.id].items()
        return frozenset(sdk for sdk, words in hints if any(word in letters for word in words))


def _head(module: str, pack: LanguagePack) -> str:
    """What stands in one piece wherever the module is imported."""
    return module if pack.modules.style in _WHOLE else _SEPARATORS.split(module)[0]


def _hints(sdk: SdkPack) -> tuple[bytes, ...]:
    words = (re.sub(r"[^a-z]", "", word.lower()) for word in (*sdk.receivers, sdk.id))
    return tuple(word.encode() for word in words)
