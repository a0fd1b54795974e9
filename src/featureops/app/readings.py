"""What a search found out about the files of a repository, and how the index keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter

from featureops.app.deps import Deps
from featureops.core.detect.summary import PlaceInCode
from featureops.core.model import Json
from featureops.ports import Tree

__all__ = ["Kept", "Reading", "Survey", "keep", "kept_keys", "kept_survey"]

_TOPIC, _KEYS = "survey", "survey.keys"
_END = "\0"
"""What no path has in it."""
_FACTS = attrgetter(*(each.name for each in fields(PlaceInCode) if each.name != "names"))
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


@dataclass(frozen=True, slots=True)
class Kept:
    """What the index knows: a survey of the files of which the fingerprint was this."""

    fingerprint: str = ""
    survey: Survey | None = None

    def of(self, tree: Tree) -> Survey | None:
        """The survey of the tree, if nothing changed since."""
        return self.survey if self.fingerprint == tree.fingerprint else None


def kept_survey(deps: Deps) -> Kept:
    """What the index knows."""
    return _kept(deps.index.load(_TOPIC))


def kept_keys(deps: Deps) -> Mapping[str, str]:
    """The keys of the files as they were when the survey was kept."""
    match deps.index.load(_KEYS):
        case [str(paths), str(keys)]:
            return dict(zip(paths.split(_END), keys.split(_END), strict=False))
    return {}


def keep(deps: Deps, tree: Tree, survey: Survey) -> None:
    passing = [path for path, reason in survey.unread.items() if not reason.startswith(_LASTING)]
    rows: dict[str, Json] = {path: _row(reading) for path, reading in survey.readings.items()}
    through: dict[str, Json] = {path: _row(reading) for path, reading in survey.through.items()}
    unread: dict[str, Json] = {path: why for path, why in survey.unread.items() if path not in passing}
    # What could not be read this time is tried again, whatever its key.
    keys = {**tree.keys, **dict.fromkeys(tree.keys.keys() & set(passing), "")}
    fingerprint = "" if passing else tree.fingerprint
    value: dict[str, Json] = {"fingerprint": fingerprint, "readings": rows, "unread": unread}
    spoken: dict[str, Json] = {path: list[Json](sorted(ids)) for path, ids in survey.spoken.items()}
    value |= {"through": through, "readers": survey.readers, "spoken": spoken}
    # Of a hundred thousand files two long texts are written in half the time of as many short ones.
    deps.index.keep({_TOPIC: value, _KEYS: [_END.join(keys), _END.join(keys.values())]})


def _row(reading: Reading) -> Json:
    rows = [list[Json](_FACTS(place)) for place in reading.places]
    places: list[Json] = [
        [*row[:6], list[Json](place.names), *row[6:]] for row, place in zip(rows, reading.places, strict=True)
    ]
    return {"places": places, "used": list[Json](reading.used), "notes": dict[str, Json](reading.notes)}


def _kept(value: Json) -> Kept:
    """The survey of an earlier time; none in anything else."""
    match value:
        case {
            "fingerprint": str(fingerprint), "readings": dict(rows), "unread": dict(unread), "through": dict(through),
            "readers": str(readers), "spoken": dict(spoken),
        }:  # fmt: skip
            readings = {path: _reading_of(row) for path, row in rows.items()}
            called = {path: _reading_of(row) for path, row in through.items()}
            named = {path: frozenset(map(str, ids)) for path, ids in spoken.items() if isinstance(ids, list)}
            reasons = {path: str(why) for path, why in unread.items()}
            return Kept(fingerprint, Survey(readings, reasons, called, readers, named))
    return Kept()


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
