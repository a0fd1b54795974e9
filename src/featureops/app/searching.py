"""Searching the files of a workspace for byte strings, by as many processes as pay."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from featureops.app.deps import Deps
from featureops.core.detect.needles import Needles
from featureops.core.pack import LanguagePack, Packs
from featureops.core.packages import declared_names
from featureops.core.project import Project
from featureops.ports import Hit, Progress

__all__ = [
    "BLOCK",
    "BLOCK_READING",
    "WORTH",
    "WORTH_READING",
    "Part",
    "Searched",
    "find_declared",
    "keep_small",
    "search",
    "spread",
]

_Result = TypeVar("_Result")
WORTH = 1500
"""Files to search from which on a second process saves more time than it costs."""
BLOCK = 64
"""Neighbours that go to the same process."""
WORTH_READING = 24
BLOCK_READING = 2
"""The same for files to parse."""
_HELD = 2_000_000
"""Bytes of parsed files to keep for the files that import them; their nodes take some thirty times as much."""


@dataclass(frozen=True, slots=True)
class Part:
    """Files for one process. `report` is called by the process that asked only."""

    paths: Sequence[str]
    total: int
    report: Progress | None

    def watched(self, hits: Iterator[Hit]) -> Iterator[Hit]:
        """The hits as they come, with word of how far the search is. Folders are searched whole, so that some files
        come before their turn.
        """
        if self.report is None:
            yield from hits
            return
        where = {path: number for number, path in enumerate(self.paths)}
        done = 0
        for hit in hits:
            yield hit
            done = max(done, where[hit.path] * self.total // max(1, len(self.paths)))
            self.report(done, self.total)
        self.report(self.total, self.total)


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search of all files found: `offsets` by path, at which any of the `needles` starts, or anything else that
    was looked for; `failed` are the files that could not be searched, with the reason.
    """

    needles: Needles
    offsets: Mapping[str, tuple[int, ...]]
    failed: Mapping[str, str]

    def among(self, paths: Iterable[str]) -> list[str]:
        """Those of some files that were found, or could not be searched."""
        return [path for path in paths if path in self.offsets or path in self.failed]

    def hits(self, packs: Packs, paths: Iterable[str], read: Callable[[str], bytes | None]) -> Iterator[Hit]:
        """What a search of some files for the needles alone would find."""
        for path in paths:
            if path in self.failed:
                yield Hit(path, reason=self.failed[path])
                continue
            pack, data = packs.reading(path), read(path)
            if pack is None or data is None:
                continue
            needles = self.needles.get(pack.id, ())
            if own := tuple(at for at in self.offsets[path] if data.startswith(needles, at)):
                yield Hit(path, data, own)


def spread(
    deps: Deps, paths: Sequence[str], work: Callable[[Part], _Result], *, worth: int | None = None, block: int = BLOCK
) -> Sequence[_Result]:
    """Have the files worked on by as many processes as pay: `worth` files or more, `block` neighbours at a time."""
    count = deps.workers.count if len(paths) >= (WORTH if worth is None else worth) else 1
    blocks = [paths[at : at + block] for at in range(0, len(paths), block)]
    shares = [[path for block in blocks[number::count] for path in block] for number in range(count)]
    parts = [Part(share, len(paths), None if number else deps.progress) for number, share in enumerate(shares)]
    return deps.workers.each(work, parts) if count > 1 else [work(part) for part in parts]


def find_declared(deps: Deps, project: Project, paths: Iterable[str] = ()) -> None:
    """Have several processes find which files declare which names, once that is asked for; for files that others than
    this process will read, now.
    """
    project.packages.find_by(partial(_declared, deps, project))
    for pack in {pack.id: pack for path in paths if (pack := deps.packs.reading(path)) is not None}.values():
        project.packages.know(pack)


def _declared(deps: Deps, project: Project, pack: LanguagePack) -> Mapping[bytes, list[str]]:
    def work(part: Part) -> list[tuple[str, set[bytes]]]:
        hits = part.watched(deps.workspace.scan(dict.fromkeys(part.paths, ())))
        return [(hit.path, declared_names(hit.data, pack)) for hit in hits]

    found: dict[bytes, list[str]] = {}
    files = sorted(path for path in project.paths if path.endswith(pack.extensions))
    for rows in spread(deps, files, work):
        for path, names in rows:
            for name in names:
                found.setdefault(name, []).append(path)
    return found


def keep_small(project: Project) -> None:
    """Let go of parsed files once they are many."""
    if project.held > _HELD:
        project.forget()
        gc.collect()  # nodes and their parents hold each other, and commands collect rarely


def search(deps: Deps, part: Part, needles: Needles, always: Sequence[bytes] = ()) -> Iterator[Hit]:
    """The files of a part that hold what is looked for in their language, or anything that is looked for everywhere.

    A language has few names to look for, and few are found several times as fast as many.
    """
    of_language = {language: (*always, *names) for language, names in needles.items()}
    of_language[""] = tuple(always)
    wanted: dict[str, Sequence[bytes]] = {}
    for path in part.paths:
        pack = deps.packs.reading(path)
        names = of_language.get(pack.id if pack is not None else "", of_language[""])
        if names:
            wanted[path] = names
    return part.watched(deps.workspace.scan(wanted))
