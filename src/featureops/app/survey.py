"""Every read of every file: searched by several processes, and only what changed since the last time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Protocol, TypeVar

from featureops.app.deps import Deps
from featureops.app.searching import (
    BLOCK,
    BLOCK_READING,
    WORTH_READING,
    Part,
    find_declared,
    keep_small,
    search,
    spread,
)
from featureops.core.contents import declaration
from featureops.core.detect.following import learn_all
from featureops.core.detect.needles import Needles, called_places, is_minified, places_of
from featureops.core.detect.presence import Presence, Sighting
from featureops.core.detect.summary import PlaceInCode, read_file
from featureops.core.errors import BadArgument, OutsideWorkspace
from featureops.core.model import Json
from featureops.core.pack import Packs
from featureops.core.packages import declared_names
from featureops.core.project import Project
from featureops.core.readers import Readers
from featureops.ports import Tree

__all__ = ["DAMAGED", "MINIFIED", "Reading", "Survey", "known_survey", "survey_of"]

MINIFIED = "minified: the names in such lines tell nothing"
DAMAGED = "syntax errors: read as far as it can be understood"

_Result = TypeVar("_Result")
_TOPIC, _KEYS = "survey", "survey.keys"
_ROUNDS = 8
_FACTS = attrgetter(*(each.name for each in fields(PlaceInCode) if each.name != "names"))
_BY_NAME = re.compile(r"[.-]min\.\w+$")
_LASTING = ("binary", "larger than ", "minified")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a file that asks for flags: its reads, the other files that were consulted, and what went wrong
    with these or with it.
    """

    places: tuple[PlaceInCode, ...]
    used: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def asks(self) -> bool:
        """Whether a function of the file asks for whichever flag it is given."""
        return any(place.asker for place in self.places)


@dataclass(frozen=True, slots=True)
class Survey:
    """`readings` by path, sorted: what asks an SDK; `through` as well: what asks by way of the house's own functions,
    for which `readers` stands. `unread` maps files that were not searched to the reason, `spoken` those that name
    modules of SDKs to these.
    """

    readings: Mapping[str, Reading]
    unread: Mapping[str, str]
    through: Mapping[str, Reading] = field(default_factory=dict)
    readers: str = ""
    spoken: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def present(self) -> frozenset[str]:
        """The modules of SDKs that the repository names."""
        return frozenset[str]().union(*self.spoken.values())

    def places(self) -> Iterator[PlaceInCode]:
        """By path; a call that turned out to be one of the house's own functions is that."""
        for path in sorted(self.readings.keys() | self.through.keys()):
            own, through = self.readings.get(path, _NOTHING), self.through.get(path, _NOTHING)
            asked = {place.at for place in through.places if place.proven}
            there = {place.at for place in own.places} - asked
            rows = [place for place in own.places if place.at not in asked]
            rows.extend(place for place in through.places if place.at not in there)
            yield from sorted(rows, key=lambda place: place.at)

    def notes(self) -> dict[str, str]:
        known = (*self.readings.values(), *self.through.values())
        return {path: reason for reading in known for path, reason in reading.notes}


_NOTHING = Reading(())


# ---------------------------------------------------------------- the survey


def known_survey(deps: Deps, tree: Tree) -> Survey | None:
    """What the index knows of the tree, if nothing changed since."""
    kept = _kept(deps.index.load(_TOPIC))
    return kept[1] if kept is not None and kept[0] == tree.fingerprint else None


def survey_of(deps: Deps, tree: Tree) -> Survey:
    """What the files of the tree ask for. What the index knows and nothing touched since is not read again."""
    kept = _kept(deps.index.load(_TOPIC))
    if kept is not None and kept[0] == tree.fingerprint:
        return kept[1]
    before = kept[1] if kept is not None else Survey({}, {})
    keys = deps.index.load(_KEYS) if kept is not None else None
    search = _Search(deps, tree, keys if isinstance(keys, dict) else {})
    spoken, readings = search.asking(before)
    through, readers = search.through(readings, before)
    same = {path: why for path, why in before.unread.items() if search.is_same(path)}
    survey = Survey(
        dict(sorted(readings.items())), same | search.unread, dict(sorted(through.items())), readers, spoken
    )
    _keep(deps, tree, survey)
    return survey


class _Asked(Protocol):
    """What to look for in a file."""

    @property
    def needles(self) -> Needles: ...

    def sighting(self, path: str, data: bytes, offsets: Sequence[int]) -> Sighting: ...


class _Search:
    """One survey. `known` are the keys of the files as they were the last time."""

    def __init__(self, deps: Deps, tree: Tree, known: Mapping[str, Json]) -> None:
        self._deps = deps
        self._tree = tree
        self._known = known
        self.unread: dict[str, str] = {}
        self._presence = Presence(deps.packs, deps.config)
        self._project = Project(tree.files, self._text, deps.packs, deps.config)
        self._paths = [path for path in tree.files if deps.packs.reading(path) is not None]

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
        spoken = {path: before.spoken[path] for path in before.spoken.keys() & set(self._paths) - set(todo)}
        spoken |= {each.path: each.spoken for each in seen if each.spoken}
        present = frozenset[str]().union(*spoken.values())
        if present != before.present and len(todo) < len(self._paths):
            # What waited for an SDK is one now, and the other way round.
            still, seen = {}, self._look(self._paths, asked)
        self._project.present = present
        return spoken, still | self._read(seen, present)

    def _unchanged(self, before: Mapping[str, Reading]) -> tuple[dict[str, Reading], list[str]]:
        """What is still true of what was known, and the files to search again."""
        if not self._known:
            return {}, self._paths
        still = self._still_true(before)
        # A file that asks for a flag is read again when a file that it imports changed.
        return still, [path for path in self._paths if not self.is_same(path) or (path in before) != (path in still)]

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
            still, todo = self._unchanged(found) if known else ({}, self._paths)
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

        def work(part: Part) -> tuple[list[Sighting], dict[str, str]]:
            seen: list[Sighting] = []
            for hit in search(self._deps, part, asked.needles):
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

        return [each for seen in self._gathered(paths if any(asked.needles.values()) else [], work) for each in seen]

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


# ---------------------------------------------------------------- what is kept


def _keep(deps: Deps, tree: Tree, survey: Survey) -> None:
    passing = [path for path, reason in survey.unread.items() if not reason.startswith(_LASTING)]
    rows: dict[str, Json] = {path: _row(reading) for path, reading in survey.readings.items()}
    through: dict[str, Json] = {path: _row(reading) for path, reading in survey.through.items()}
    unread: dict[str, Json] = {path: why for path, why in survey.unread.items() if path not in passing}
    # What could not be read this time is tried again, whatever its key.
    keys: dict[str, Json] = {path: "" if path in passing else key for path, key in tree.keys.items()}
    fingerprint = "" if passing else tree.fingerprint
    value: dict[str, Json] = {"fingerprint": fingerprint, "readings": rows, "unread": unread}
    spoken: dict[str, Json] = {path: list[Json](sorted(ids)) for path, ids in survey.spoken.items()}
    value |= {"through": through, "readers": survey.readers, "spoken": spoken}
    deps.index.keep({_TOPIC: value, _KEYS: keys})


def _row(reading: Reading) -> Json:
    rows = [list[Json](_FACTS(place)) for place in reading.places]
    places: list[Json] = [
        [*row[:6], list[Json](place.names), *row[6:]] for row, place in zip(rows, reading.places, strict=True)
    ]
    return {"places": places, "used": list[Json](reading.used), "notes": dict[str, Json](reading.notes)}


def _kept(value: Json) -> tuple[str, Survey] | None:
    """The fingerprint and the survey of an earlier time; None for anything else."""
    match value:
        case {
            "fingerprint": str(fingerprint), "readings": dict(rows), "unread": dict(unread), "through": dict(through),
            "readers": str(readers), "spoken": dict(spoken),
        }:  # fmt: skip
            readings = {path: _reading_of(row) for path, row in rows.items()}
            called = {path: _reading_of(row) for path, row in through.items()}
            named = {path: frozenset(map(str, ids)) for path, ids in spoken.items() if isinstance(ids, list)}
            return fingerprint, Survey(
                readings, {path: str(why) for path, why in unread.items()}, called, readers, named
            )
    return None


def _reading_of(row: Json) -> Reading:
    match row:
        case {"places": list(places), "used": list(used), "notes": dict(notes)}:
            return Reading(
                tuple(place for place in map(_place_of, places) if place is not None),
                tuple(str(path) for path in used),
                tuple((path, str(note)) for path, note in notes.items()),
            )
    return Reading(())


def _place_of(row: Json) -> PlaceInCode | None:
    match row:
        case [
            str(path), int(line), str(text), str(language), str(sdk), bool(test), list(names), None | str() as flag,
            str(reason), bool(proven), int(at), str(asker),
        ]:  # fmt: skip
            around = tuple(str(name) for name in names)
            return PlaceInCode(path, line, text, language, sdk, test, around, flag, reason, proven, at, asker)
    return None
