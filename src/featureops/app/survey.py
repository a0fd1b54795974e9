"""Every read of every file: searched by several processes, and only what changed since the last time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from featureops.app.deps import Deps
from featureops.app.readings import Kept, Reading, Survey, keep, kept_keys
from featureops.app.searching import (
    BLOCK,
    BLOCK_READING,
    WORTH_READING,
    Part,
    Searched,
    find_declared,
    keep_small,
    search,
    spread,
)
from featureops.core.contents import declaration
from featureops.core.detect.following import learn_all
from featureops.core.detect.needles import Needles, called_places, is_minified, places_of
from featureops.core.detect.presence import Presence, Sighting
from featureops.core.detect.summary import read_file
from featureops.core.errors import BadArgument, OutsideWorkspace
from featureops.core.pack import Packs
from featureops.core.packages import declared_names
from featureops.core.project import Project
from featureops.core.readers import Readers
from featureops.ports import Hit, Tree

__all__ = ["DAMAGED", "MINIFIED", "survey_of"]

MINIFIED = "minified: the names in such lines tell nothing"
DAMAGED = "syntax errors: read as far as it can be understood"

_Result = TypeVar("_Result")
_ROUNDS = 8
_BY_NAME = re.compile(r"[.-]min\.\w+$")


def survey_of(deps: Deps, tree: Tree, kept: Kept, searched: Searched | None = None) -> Survey:
    """What the files of the tree ask for. What the index knows and nothing touched since is not read again; what was
    searched for the same is not searched again.
    """
    known = kept.of(tree)
    if known is not None:
        return known
    before = kept.survey or Survey({}, {})
    search = _Search(deps, tree, kept_keys(deps) if kept.survey is not None else {}, searched)
    spoken, readings = search.asking(before)
    through, readers = search.through(readings, before)
    same = {path: why for path, why in before.unread.items() if search.is_same(path)}
    survey = Survey(
        dict(sorted(readings.items())), same | search.unread, dict(sorted(through.items())), readers, spoken
    )
    keep(deps, tree, survey)
    return survey


class _Asked(Protocol):
    """What to look for in a file."""

    @property
    def needles(self) -> Needles: ...

    def sighting(self, path: str, data: bytes, offsets: Sequence[int]) -> Sighting: ...


class _Search:
    """One survey. `known` are the keys of the files as they were the last time."""

    def __init__(self, deps: Deps, tree: Tree, known: Mapping[str, str], searched: Searched | None) -> None:
        self._deps = deps
        self._tree = tree
        self._known = known
        self._searched = searched
        self.unread: dict[str, str] = {}
        self._presence = Presence(deps.packs, deps.config)
        self._project = Project(tree.files, self._text, deps.packs, deps.config)

    def is_same(self, path: str) -> bool:
        return self._known.get(path) == self._tree.keys.get(path, "")

    def _text(self, path: str) -> bytes | None:
        try:
            return self._deps.workspace.read(path)
        except (BadArgument, OutsideWorkspace) as error:
            self.unread[path] = error.message
            return None

    def asking(self, before: Survey) -> tuple[dict[str, frozenset[str]], dict[str, Reading]]:
        """The files that name an SDK's module, and what asks an SDK: what is still true, and the rest read anew."""
        asked = self._presence
        still, todo = self._unchanged(before.readings)
        seen = self._look(todo, asked)
        spoken = {path: before.spoken[path] for path in before.spoken.keys() & self._tree.keys.keys() - set(todo)}
        spoken |= {each.path: each.spoken for each in seen if each.spoken}
        present = frozenset[str]().union(*spoken.values())
        if present != before.present and len(todo) < len(self._tree.files):
            # What waited for an SDK is one now, and the other way round.
            still, seen = {}, self._look(self._tree.files, asked)
        self._project.present = present
        return spoken, still | self._read(seen, present)

    def _unchanged(self, before: Mapping[str, Reading]) -> tuple[dict[str, Reading], Sequence[str]]:
        """What is still true of what was known, and the files to search again."""
        if not self._known:
            return {}, self._tree.files
        still = self._still_true(before)
        # A file that asks for a flag is read again when a file that it imports changed.
        files = self._tree.files
        return still, [path for path in files if not self.is_same(path) or (path in before) != (path in still)]

    def _still_true(self, before: Mapping[str, Reading]) -> dict[str, Reading]:
        if self._known.keys() != self._tree.keys.keys():
            return {}  # a new file may be what an import means
        changed = {path for path, key in self._tree.keys.items() if self._known[path] != key}
        changed |= {mark for path in changed for mark in self._declared(path)}
        return {
            path: reading
            for path, reading in before.items()
            if path not in changed and changed.isdisjoint(reading.used)
        }

    def _declared(self, path: str) -> Iterator[str]:
        """Names of a file that others may see by now."""
        pack = self._deps.packs.reading(path)
        data = self._text(path) if pack is not None and pack.modules.declared else None
        if pack is not None and data is not None:
            yield from (declaration(pack, name.decode()) for name in declared_names(data, pack))

    def through(self, readings: Mapping[str, Reading], before: Survey) -> tuple[dict[str, Reading], str]:
        """The reads by way of the house's own functions, to any depth, and what stands for these functions."""
        found, stamp = dict(before.through), before.readers
        for _ in range(_ROUNDS):
            askers = {path for known in (readings, found) for path, reading in known.items() if reading.asks}
            readers = self._learn(askers)
            called = _Called(self._deps.packs, self._project.readers)
            if not readers:
                return {}, ""
            known = readers == stamp
            still, todo = self._unchanged(found) if known else ({}, self._tree.files)
            found = still | self._read(self._look(todo, called), frozenset(), through=True)
            if {path for path, reading in found.items() if reading.asks} <= askers:
                return found, readers
            stamp = readers
        return found, stamp

    def _learn(self, paths: Iterable[str]) -> str:
        """Learn from some files; what is known then, as a text."""
        called = _Called(self._deps.packs, self._project.readers)
        more = True
        while more:
            more = False
            for path in sorted(paths):
                data = self._text(path) if path in self._tree.keys else None
                pack = self._deps.packs.reading(path)
                near = self._presence.asking(pack).near(data) if data is not None and pack is not None else []
                also = called.near(data) if data is not None else []
                whole = None if near is None or also is None else sorted({*near, *also})
                more = (whole != [] and learn_all(self._project, path, whole)) or more
        rows = {f"{reader.path}\0{self._tree.keys.get(reader.path)}\0{reader.name}" for reader in self._project.readers}
        return "\n".join(sorted(rows))

    def _look(self, paths: Sequence[str], asked: _Asked) -> list[Sighting]:
        """The files that may ask, by their bytes."""
        ahead = self._searched if self._searched is not None and self._searched.needles == asked.needles else None
        todo = ahead.among(paths) if ahead is not None else paths if any(asked.needles.values()) else []

        def hits(part: Part) -> Iterator[Hit]:
            if ahead is not None:
                return ahead.hits(self._deps.packs, part.paths, self._text)
            return search(self._deps, part, asked.needles)

        def work(part: Part) -> tuple[list[Sighting], dict[str, str]]:
            seen: list[Sighting] = []
            for hit in hits(part):
                if hit.reason:
                    self.unread[hit.path] = hit.reason
                    continue
                if _BY_NAME.search(hit.path):
                    self.unread[hit.path] = MINIFIED
                    continue
                sighting = asked.sighting(hit.path, hit.data, hit.offsets)
                if sighting.near == {} and any(is_minified(hit.data, offset) for offset in hit.offsets):
                    self.unread[hit.path] = MINIFIED
                if sighting.near != {} or sighting.spoken:
                    seen.append(sighting)
            return seen, dict(self.unread)

        return [each for seen in self._gathered(todo, work) for each in seen]

    def _read(self, seen: Iterable[Sighting], present: frozenset[str], *, through: bool = False) -> dict[str, Reading]:
        """The reads of the files, in a repository that uses some SDKs."""
        wanted = {each.path: near for each in seen if (near := each.among(present)) != []}

        def work(part: Part) -> tuple[list[tuple[str, Reading]], dict[str, str]]:
            found: list[tuple[str, Reading]] = []
            for path in part.paths:
                reading = self._reading(path, wanted[path], through=through)
                if reading.places or not through:
                    found.append((path, reading))
                keep_small(self._project)
            return found, dict(self.unread)

        if len(wanted) >= WORTH_READING:
            find_declared(self._deps, self._project, wanted)
        shares = self._gathered(sorted(wanted), work, worth=WORTH_READING, block=BLOCK_READING)
        return {path: reading for found in shares for path, reading in found}

    def _gathered(
        self,
        paths: Sequence[str],
        work: Callable[[Part], tuple[_Result, dict[str, str]]],
        *,
        worth: int | None = None,
        block: int = BLOCK,
    ) -> list[_Result]:
        done = spread(self._deps, paths, work, worth=worth, block=block) if paths else []
        self.unread.update((path, why) for _, unread in done for path, why in unread.items())
        return [result for result, _ in done]

    def _reading(self, path: str, near: Sequence[int] | None, *, through: bool) -> Reading:
        project = self._project
        project.begin()
        places = tuple(read_file(project, path, near, through=through))
        damaged = dict.fromkeys(project.damaged(), DAMAGED)
        notes = {touched: project.failed.get(touched) or damaged.get(touched) for touched in sorted(project.touched)}
        return Reading(
            places=places,
            used=tuple(sorted(project.touched - {path})),
            notes=tuple((touched, note) for touched, note in notes.items() if note),
        )


class _Called:
    """Calls of the house's own functions."""

    def __init__(self, packs: Packs, readers: Readers) -> None:
        self._packs = packs
        self._readers = readers

    @property
    def needles(self) -> Needles:
        names = self._names()
        return {pack.id: names for pack in self._packs.readable}

    def _names(self) -> tuple[bytes, ...]:
        return tuple(sorted({reader.name.encode() for reader in self._readers}))

    def sighting(self, path: str, data: bytes, offsets: Sequence[int]) -> Sighting:
        near = self._places(data, offsets)
        return Sighting(path, dict.fromkeys(near, frozenset[str]()) if near is not None else None)

    def _places(self, data: bytes, offsets: Iterable[int]) -> list[int] | None:
        return called_places(data, offsets, {reader.name for reader in self._readers})

    def near(self, data: bytes) -> list[int] | None:
        return self._places(data, places_of(data, self._names()))
