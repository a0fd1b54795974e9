"""Which modules of SDKs the files of a repository speak of, told by their bytes: what asks for a flag only in a
repository that uses the SDK in that language is not parsed in any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from featureops.core.config import Config
from featureops.core.detect.needles import Asking, Needles, by_first, offsets_of
from featureops.core.origins import letters_of, may_be_named, module_heads
from featureops.core.pack import LanguagePack, Packs

__all__ = ["Presence", "Sighting"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file in which something may ask. `near` are its places (see `Asking.places`), each with the modules one of
    which the repository must name for the place to be a read; none for a place that is looked at anyway. None: reads
    may be anywhere in the file. `spoken` are the modules that the file names (see `origins.module_heads`).
    """

    path: str
    near: Mapping[int, frozenset[str]] | None
    spoken: frozenset[str] = frozenset()

    def among(self, present: frozenset[str]) -> list[int] | None:
        """The places to look at in a repository that names these modules."""
        if self.near is None:
            return None
        return [offset for offset, heads in self.near.items() if not heads or not heads.isdisjoint(present)]


class Presence:
    """`needles` are what a file must hold to ask or to name an SDK by its module, by the id of its language."""

    def __init__(self, packs: Packs, config: Config) -> None:
        self._packs = packs
        self._languages = {pack.id: _Language(pack, Asking(packs, config, pack)) for pack in packs.readable}
        self.needles: Needles = {pack: language.needles for pack, language in self._languages.items()}

    def asking(self, pack: LanguagePack) -> Asking:
        """How a language asks."""
        return self._languages[pack.id].asking

    def offsets(self, path: str, data: bytes) -> list[int]:
        """Where in a file a needle of its language starts."""
        pack = self._packs.reading(path)
        return offsets_of(data, self.needles[pack.id]) if pack is not None else []

    def sighting(self, path: str, data: bytes, offsets: Sequence[int]) -> Sighting:
        """What the offsets, at which needles start, tell of a file."""
        pack = self._packs.reading(path)
        return self._languages[pack.id].sighting(path, data, offsets) if pack is not None else Sighting(path, {})

    def unwritten(
        self, files: Iterable[tuple[str, bytes, Sequence[int]]]
    ) -> tuple[frozenset[str], dict[str, Sequence[int]]]:
        """For all files of a repository that hold a needle, as (path, bytes, offsets of needles): the modules of
        SDKs that they name, and the files that may ask by a key that is not written at the place, with their offsets.
        """
        found: list[tuple[Sighting, list[int] | None, Sequence[int]]] = []
        spoken = frozenset[str]()
        for path, data, offsets in files:
            pack = self._packs.reading(path)
            if pack is None:
                continue
            language = self._languages[pack.id]
            near = language.asking.places(data, offsets, written=False)
            spoken |= language.spoken(data, offsets)
            if near != []:
                found.append((language.sighting(path, data, offsets, telling=False), near, offsets))
        return spoken, {
            sighting.path: offsets
            for sighting, near, offsets in found
            if near is None or (worth := sighting.among(spoken)) is None or not set(worth).isdisjoint(near)
        }


class _Language:
    """What files of one language say."""

    def __init__(self, pack: LanguagePack, asking: Asking) -> None:
        self.asking = asking
        self._sdks = pack.sdks
        self._heads = {sdk.id: module_heads(sdk, pack) for sdk in pack.sdks}
        heads = {head.encode(): head for each in self._heads.values() for head in each}
        self._names = heads
        self._by_first = by_first(heads)
        self.needles = tuple(dict.fromkeys((*asking.needles, *heads)))

    def spoken(self, data: bytes, offsets: Iterable[int]) -> frozenset[str]:
        """The modules that stand at some of the offsets."""
        near = ((offset, head) for offset in offsets for head in self._by_first.get(data[offset], ()))
        return frozenset(self._names[head] for offset, head in near if data.startswith(head, offset))

    def sighting(self, path: str, data: bytes, offsets: Sequence[int], *, telling: bool = True) -> Sighting:
        spoken = self.spoken(data, offsets)
        near = self.asking.places(data, offsets)
        if not near:
            return Sighting(path, None if near is None else {}, spoken)
        waits = {offset: self.asking.waits(data, offset, telling=telling) for offset in near}
        told = self._told(data) if any(waits.values()) else frozenset[str]()
        return Sighting(path, {at: self._modules(ids, told) for at, ids in waits.items()}, spoken)

    def _modules(self, ids: frozenset[str], told: frozenset[str]) -> frozenset[str]:
        """The modules of some SDKs; none where one of these is told already."""
        return frozenset[str]().union(*(self._heads[sdk] for sdk in ids)) if ids.isdisjoint(told) else frozenset()

    def _told(self, data: bytes) -> frozenset[str]:
        """The SDKs whose client may be told by its name in a file."""
        letters = letters_of(data)
        return frozenset(sdk.id for sdk in self._sdks if may_be_named(letters, sdk))
