"""The workspace as one program, and what evaluating a change wants to know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TypeVar

from featureops.app.deps import Deps
from featureops.app.readings import Kept, kept_survey
from featureops.app.searching import (
    BLOCK_READING,
    WORTH_READING,
    Part,
    Searched,
    find_declared,
    keep_small,
    search,
    spread,
)
from featureops.app.survey import DAMAGED, survey_of
from featureops.core.detect.guards import Guard, guard_finder
from featureops.core.detect.needles import Needles
from featureops.core.detect.places import clean
from featureops.core.detect.rank import Known, Wanted, rank
from featureops.core.detect.summary import Inventory, PlaceInCode, take_inventory
from featureops.core.detect.usages import find_usages
from featureops.core.errors import BadArgument, OutsideWorkspace
from featureops.core.model import Json, Span, Usage
from featureops.core.project import Project
from featureops.ports import Tree

__all__ = ["Code", "KnownCode", "known_flag"]

_Answer = TypeVar("_Answer")
_MAX_SKIPPED = 20


class Code:
    """The workspace as one program. Files that can't be read are remembered with the reason."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._unread: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        self._searched: Searched | None = None

    def begin(self) -> None:
        """Read what the index knows, while the files are listed: that waits for other processes and a disk."""
        with ThreadPoolExecutor(1) as pool:
            listed = pool.submit(self._deps.workspace.tree)
            self._kept = kept_survey(self._deps)
            self._tree = listed.result()

    @cached_property
    def _tree(self) -> Tree:
        return self._deps.workspace.tree()

    @cached_property
    def _kept(self) -> Kept:
        return kept_survey(self._deps)

    @cached_property
    def project(self) -> Project:
        project = Project(self._tree.files, self.text, self._deps.packs, self._deps.config)
        find_declared(self._deps, project)
        return project

    def text(self, path: str) -> bytes | None:
        """The bytes of a file, which are not kept here: a large repository has more than fit."""
        try:
            return self._deps.workspace.read(path)
        except (BadArgument, OutsideWorkspace) as error:
            self._unread[path] = error.message
            return None

    def project_with(self, path: str, content: bytes) -> Project:
        """The same files, one of them with another content."""

        def read(other: str) -> bytes | None:
            return content if other == path else self.text(other)

        return Project({*self._tree.files, path}, read, self._deps.packs, self._deps.config)

    def grep(self, needles: Sequence[bytes], by_language: Needles | None = None) -> Mapping[str, tuple[int, ...]]:
        """The files that hold any of the byte strings, or of those of their language, with where one starts."""

        def work(part: Part) -> list[tuple[str, tuple[int, ...], str]]:
            hits = search(self._deps, part, by_language or {}, needles)
            return [(hit.path, hit.offsets, hit.reason) for hit in hits]

        rows = sorted(row for rows in spread(self._deps, self._tree.files, work) for row in rows)
        self._unread.update(self._tree.skipped)
        failed = {path: reason for path, _, reason in rows if reason}
        self._unread.update(failed)
        found = {path: offsets for path, offsets, reason in rows if not reason}
        if by_language is not None and self._searched is None:
            self._searched = Searched(by_language, found, failed)
        return found

    def usages(self, flag: str) -> tuple[Usage, ...]:
        """Every usage of a flag, sorted by place."""
        survey = self._kept.of(self._tree)
        known = None
        if survey is not None:
            readings = [*survey.readings.items(), *survey.through.items()]
            known = {path for path, each in readings if each.asks or any(place.flag == flag for place in each.places)}
        return find_usages(self.project, flag, self.grep, self.text, self._spread, known)

    def _spread(self, question: Callable[[str], _Answer | None], paths: Sequence[str], /) -> Mapping[str, _Answer]:
        """What is answered about each of some files, asked by as many processes as pay."""

        def work(part: Part) -> tuple[dict[str, _Answer], dict[str, str]]:
            found: dict[str, _Answer] = {}
            for path in part.paths:
                answer = question(path)
                if answer is not None:
                    found[path] = answer
                keep_small(self.project)
            return found, dict.fromkeys(self.project.damaged(), DAMAGED) | self.project.failed

        if len(paths) >= WORTH_READING:
            find_declared(self._deps, self.project, paths)
        answers: dict[str, _Answer] = {}
        for found, notes in spread(self._deps, paths, work, worth=WORTH_READING, block=BLOCK_READING):
            answers |= found
            self._notes |= notes
        return dict(sorted(answers.items()))

    def inventory(self) -> Inventory:
        survey = survey_of(self._deps, self._tree, self._kept, self._searched)
        self._unread.update(self._tree.skipped)
        self._unread.update(survey.unread)
        self._notes.update(survey.notes())
        return take_inventory(survey.places())

    def guards(self, path: str, first: int, last: int) -> Sequence[Guard]:
        """What guards the lines of a file, innermost first. Errors: BadArgument, OutsideWorkspace."""
        self._deps.workspace.read(path)
        file = self.project.file(path)
        if file is None:
            raise BadArgument(
                f"{clean(path)!r} is in no language that can be read here.", "Name a file of the program's code."
            )
        if last > len(file.line_starts):
            raise BadArgument(f"{clean(path)!r} has {len(file.line_starts)} lines, not {last}.", "Lines count from 1.")
        end = file.line_starts[last] if last < len(file.line_starts) else len(file.data)
        return guard_finder(self.project, self._used_elsewhere)(path, Span(file.line_starts[first - 1], end))

    def _used_elsewhere(self, path: str, name: str) -> bool:
        """Whether another file has the word."""
        found = self.grep([name.encode()])
        return any(other != path and self._deps.packs.reading(other) is not None for other in found)

    def footer(self, started: float) -> dict[str, Json]:
        """`filesScanned`, `elapsedMs`, and what was passed over (at most 20 rows and the count)."""
        damaged = dict.fromkeys(self.project.damaged(), DAMAGED)
        # Pictures and archives last: nobody looks for flags in them.
        reasons = sorted(
            (damaged | self._notes | self._unread | self.project.failed).items(),
            key=lambda row: (row[1] == "binary", row[0]),
        )
        listed: list[Json] = [{"path": clean(path), "reason": reason} for path, reason in reasons[:_MAX_SKIPPED]]
        unread = sum(1 for path in self._tree.files if path in self._unread)
        answer: dict[str, Json] = {
            "filesScanned": len(self._tree.files) - unread,
            "elapsedMs": max(0, round((self._deps.clock() - started) * 1000)),
        }
        if listed:
            answer |= {"skipped": listed, "skippedCount": len(reasons)}
        return answer


class KnownCode:
    """The flags of the code for `evaluate`: what guards a place, which flags fit, which there are. Scans on demand."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._guarded: tuple[str, bytes, Callable[[str, Span], Sequence[Guard]]] | None = None

    @cached_property
    def _code(self) -> Code:
        return Code(self._deps)

    @cached_property
    def _inventory(self) -> Inventory:
        return self._code.inventory()

    def guards(self, path: str, content: bytes, span: Span) -> tuple[str, ...]:
        """The flags that must be on for the bytes of `content` (the file as it is assessed) to run, innermost first."""
        if self._guarded is None or self._guarded[:2] != (path, content):
            self._guarded = path, content, guard_finder(self._code.project_with(path, content))
        found = self._guarded[2](path, span)
        return tuple(dict.fromkeys(guard.flag for guard in found if guard.branch == "enabled"))

    def candidates(self, text: str) -> list[tuple[str, float, str]]:
        """(flag, score 0 to 1, path:line of a read) of the flags that fit a text, best first."""
        flags = self._inventory.flags
        ranked = rank(Wanted(text), [known_flag(name, flags[name].places) for name in flags])
        return [(row.name, row.score, flags[row.name].places[0].where) for row in ranked]

    def flags(self) -> tuple[str, ...]:
        return tuple(self._inventory.flags)


def known_flag(name: str, places: Sequence[PlaceInCode], description: str = "") -> Known:
    """A flag with the names around its reads; those of tests count only when there are no others."""
    real = [place for place in places if not place.is_test] or list(places)
    return Known(
        name=name,
        description=description,
        paths=tuple(dict.fromkeys(place.path for place in real)),
        around=tuple(dict.fromkeys(around for place in real for around in place.names)),
    )
