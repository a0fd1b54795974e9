"""Every read of every file: searched by several processes, and only what changed since the last time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import TypeVar

from featureops.app.deps import Deps
from featureops.core.detect.needles import Asking
from featureops.core.detect.summary import PlaceInCode, read_file
from featureops.core.errors import BadArgument, OutsideWorkspace
from featureops.core.model import Json
from featureops.core.project import Project
from featureops.ports import Hit, Progress, Tree

__all__ = ["DAMAGED", "Part", "Reading", "Survey", "spread", "survey_of"]

DAMAGED = "syntax errors: read as far as it can be understood"

_Result = TypeVar("_Result")
_TOPIC, _KEYS = "survey", "survey.keys"
_WORTH = 1500
"""Files from which on a second process saves more time than it costs."""
_BLOCK = 64
_PARSED = 300
"""Parsed files to keep for the files that import them."""
_LASTING = ("binary", "larger than ")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a file that asks for flags: its reads, the other files that were consulted, and what went wrong
    with these or with it.
    """

    places: tuple[PlaceInCode, ...]
    used: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """`readings` by path, sorted; `unread` maps files that were not searched to the reason."""

    readings: Mapping[str, Reading]
    unread: Mapping[str, str]

    def places(self) -> Iterator[PlaceInCode]:
        return (place for reading in self.readings.values() for place in reading.places)

    def notes(self) -> dict[str, str]:
        return {path: reason for reading in self.readings.values() for path, reason in reading.notes}


# ---------------------------------------------------------------- several processes


@dataclass(frozen=True, slots=True)
class Part:
    """Files for one process. `report` is called by the process that asked only."""

    paths: Sequence[str]
    total: int
    report: Progress | None

    def watched(self, hits: Iterator[Hit]) -> Iterator[Hit]:
        """The hits as they come, with word of how far the search is."""
        if self.report is None:
            yield from hits
            return
        where = {path: number for number, path in enumerate(self.paths)}
        for hit in hits:
            yield hit
            self.report(where[hit.path] * self.total // max(1, len(self.paths)), self.total)
        self.report(self.total, self.total)


def spread(deps: Deps, paths: Sequence[str], work: Callable[[Part], _Result]) -> Sequence[_Result]:
    """Have the files worked on by as many processes as pay."""
    count = deps.workers.count if len(paths) >= _WORTH else 1
    blocks = [paths[at : at + _BLOCK] for at in range(0, len(paths), _BLOCK)]
    shares = [[path for block in blocks[number::count] for path in block] for number in range(count)]
    parts = [Part(share, len(paths), None if number else deps.progress) for number, share in enumerate(shares)]
    return deps.workers.each(work, parts) if count > 1 else [work(part) for part in parts]


# ---------------------------------------------------------------- the survey


def survey_of(deps: Deps, tree: Tree) -> Survey:
    """What the files of the tree ask for. What the index knows and nothing touched since is not read again."""
    kept = _kept(deps.index.load(_TOPIC))
    if kept is not None and kept[0] == tree.fingerprint:
        return kept[1]
    before = kept[1] if kept is not None else Survey({}, {})
    keys = deps.index.load(_KEYS) if kept is not None else None
    known = keys if isinstance(keys, dict) else {}
    paths = [path for path in tree.files if deps.packs.reading(path) is not None]
    still = _still_true(before, known, tree)
    # A file that asks for a flag is read again when a file that it imports changed.
    todo = [
        path for path in paths if known.get(path) != tree.keys[path] or (path in before.readings) != (path in still)
    ]
    new, unread = _read(deps, tree, todo)
    same = {path: why for path, why in before.unread.items() if known.get(path) == tree.keys.get(path, "")}
    survey = Survey(dict(sorted((still | new).items())), same | unread)
    _keep(deps, tree, survey)
    return survey


def _still_true(before: Survey, known: Mapping[str, Json], tree: Tree) -> dict[str, Reading]:
    if known.keys() != tree.keys.keys():
        return {}  # a new file may be what an import means
    changed = {path for path, key in tree.keys.items() if known[path] != key}
    return {
        path: reading
        for path, reading in before.readings.items()
        if path not in changed and changed.isdisjoint(reading.used)
    }


def _read(deps: Deps, tree: Tree, paths: Sequence[str]) -> tuple[dict[str, Reading], dict[str, str]]:
    asking = Asking(deps.packs, deps.config)
    contents: dict[str, bytes] = {}
    unread: dict[str, str] = {}

    def text(path: str) -> bytes | None:
        if path in contents:
            return contents[path]
        try:
            return deps.workspace.read(path)
        except (BadArgument, OutsideWorkspace) as error:
            unread[path] = error.message
            return None

    project = Project(tree.files, text, deps.packs, deps.config)

    def work(part: Part) -> tuple[dict[str, Reading], dict[str, str]]:
        found: dict[str, Reading] = {}
        for number, hit in enumerate(part.watched(deps.workspace.scan(part.paths, asking.needles))):
            if hit.reason:
                unread[hit.path] = hit.reason
                continue
            near = asking.places(hit.data, hit.offsets)
            if near != []:
                contents[hit.path] = hit.data
                found[hit.path] = _reading(project, hit.path, near)
                del contents[hit.path]
            if number % _PARSED == _PARSED - 1:
                project.forget()
        return found, dict(unread)

    done = spread(deps, paths, work) if paths else []
    return {k: v for found, _ in done for k, v in found.items()}, {k: v for _, no in done for k, v in no.items()}


def _reading(project: Project, path: str, near: Sequence[int] | None) -> Reading:
    project.begin()
    places = tuple(read_file(project, path, near))
    damaged = dict.fromkeys(project.damaged(), DAMAGED)
    notes = {touched: project.failed.get(touched) or damaged.get(touched) for touched in sorted(project.touched)}
    return Reading(
        places=places,
        used=tuple(sorted(project.touched - {path})),
        notes=tuple((touched, note) for touched, note in notes.items() if note),
    )


# ---------------------------------------------------------------- what is kept


def _keep(deps: Deps, tree: Tree, survey: Survey) -> None:
    passing = [path for path, reason in survey.unread.items() if not reason.startswith(_LASTING)]
    rows: dict[str, Json] = {path: _row(reading) for path, reading in survey.readings.items()}
    unread: dict[str, Json] = {path: why for path, why in survey.unread.items() if path not in passing}
    # What could not be read this time is tried again, whatever its key.
    keys: dict[str, Json] = {path: "" if path in passing else key for path, key in tree.keys.items()}
    fingerprint = "" if passing else tree.fingerprint
    deps.index.keep({_TOPIC: {"fingerprint": fingerprint, "readings": rows, "unread": unread}, _KEYS: keys})


def _row(reading: Reading) -> Json:
    places: list[Json] = [
        [*astuple(place)[:6], list[Json](place.names), *astuple(place)[7:]] for place in reading.places
    ]
    return {"places": places, "used": list[Json](reading.used), "notes": dict[str, Json](reading.notes)}


def _kept(value: Json) -> tuple[str, Survey] | None:
    """The fingerprint and the survey of an earlier time; None for anything else."""
    match value:
        case {"fingerprint": str(fingerprint), "readings": dict(rows), "unread": dict(unread)}:
            readings = {path: _reading_of(row) for path, row in rows.items()}
            return fingerprint, Survey(readings, {path: str(why) for path, why in unread.items()})
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
            str(reason), bool(proven),
        ]:  # fmt: skip
            around = tuple(str(name) for name in names)
            return PlaceInCode(path, line, text, language, sdk, test, around, flag, reason, proven)
    return None
