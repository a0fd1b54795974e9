"""Searching the files of a workspace for byte strings, by as many processes as pay."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from featureops.app.deps import Deps
from featureops.core.detect.needles import Needles
from featureops.core.project import Project
from featureops.ports import Hit, Progress

__all__ = ["BLOCK", "BLOCK_READING", "WORTH", "WORTH_READING", "Part", "keep_small", "search", "spread"]

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
        """The hits as they come, with word of how far the search is."""
        if self.report is None:
            yield from hits
            return
        where = {path: number for number, path in enumerate(self.paths)}
        for hit in hits:
            yield hit
            self.report(where[hit.path] * self.total // max(1, len(self.paths)), self.total)
        self.report(self.total, self.total)


def spread(
    deps: Deps, paths: Sequence[str], work: Callable[[Part], _Result], *, worth: int | None = None, block: int = BLOCK
) -> Sequence[_Result]:
    """Have the files worked on by as many processes as pay: `worth` files or more, `block` neighbours at a time."""
    count = deps.workers.count if len(paths) >= (WORTH if worth is None else worth) else 1
    blocks = [paths[at : at + block] for at in range(0, len(paths), block)]
    shares = [[path for block in blocks[number::count] for path in block] for number in range(count)]
    parts = [Part(share, len(paths), None if number else deps.progress) for number, share in enumerate(shares)]
    return deps.workers.each(work, parts) if count > 1 else [work(part) for part in parts]


def keep_small(project: Project) -> None:
    """Let go of parsed files once they are many."""
    if project.held > _HELD:
        project.forget()
        gc.collect()  # nodes and their parents hold each other, and commands collect rarely


def search(deps: Deps, part: Part, needles: Needles, always: Sequence[bytes] = ()) -> Iterator[Hit]:
    """The files of a part that hold what is looked for in their language, or anything that is looked for everywhere.

    A language has few names to look for, and few are found several times as fast as many.
    """
    groups = list(_by_language(deps, part.paths, needles, always))
    # How far a search is counts in the order in which it goes through the files.
    ordered = replace(part, paths=[path for paths, _ in groups for path in paths])
    return ordered.watched(hit for paths, wanted in groups for hit in deps.workspace.scan(paths, wanted))


def _by_language(
    deps: Deps, paths: Sequence[str], needles: Needles, always: Sequence[bytes]
) -> Iterator[tuple[Sequence[str], Sequence[bytes]]]:
    languages: dict[str, list[str]] = {}
    for path in paths:
        pack = deps.packs.reading(path)
        languages.setdefault(pack.id if pack is not None else "", []).append(path)
    for language, inside in languages.items():
        wanted = (*always, *needles.get(language, ()))
        if wanted:
            yield inside, wanted
