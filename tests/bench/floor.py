"""The least that detection has to do, as a process: `python -m tests.bench.floor STEP [--root DIR] [--key KEY]`.

`list` asks git for the files. `search` also looks through them with the sieve of detection, by two processes; `parse`
parses those that ask besides, and nothing else is done with them. With a key, files are searched for it too, and
parsed are those that hold it or may build it. What detection takes beyond this is its own; the rest is what Python
takes to read files and tree-sitter to parse them.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from featureops.adapters.forks import Forks
from featureops.adapters.git import GitChanges
from featureops.adapters.journal import FileJournal
from featureops.adapters.workspace import LocalWorkspace
from featureops.app.deps import Deps
from featureops.app.searching import BLOCK_READING, WORTH_READING, Part, search, spread
from featureops.core.config import Config
from featureops.core.detect.needles import flag_needles
from featureops.core.detect.presence import Presence, Sighting
from featureops.core.syntax import parse
from featureops.languages import packs

__all__ = ["main"]

_Row = tuple[str, Sequence[int], bool]


def searched(deps: Deps, files: Sequence[str], presence: Presence, key: str) -> list[str]:
    """The files to parse."""
    needles = flag_needles(key, deps.config, deps.packs) if key else ()

    def look(part: Part) -> list[tuple[Sighting, bool, bool]]:
        rows = []
        for hit in search(deps, part, presence.needles, needles):
            holds = any(hit.data.startswith(needles, at) for at in hit.offsets)
            pack = deps.packs.reading(hit.path)
            written = (
                key and pack is not None and not presence.asking(pack).places(hit.data, hit.offsets, written=False)
            )
            rows.append((presence.sighting(hit.path, hit.data, hit.offsets), holds, bool(written)))
        return rows

    rows = [row for share in spread(deps, files, look) for row in share]
    present = frozenset[str]().union(*(sighting.spoken for sighting, _, _ in rows))
    return [each.path for each, holds, written in rows if holds or (not written and each.among(present) != [])]


def parsed(deps: Deps, files: Iterable[str]) -> int:
    """How many bytes they have."""

    def work(part: Part) -> int:
        size = 0
        for path in part.paths:
            pack = deps.packs.reading(path)
            if pack is not None:
                size += len(parse(path, deps.workspace.read(path), pack).data)
        return size

    return sum(spread(deps, list(files), work, worth=WORTH_READING, block=BLOCK_READING))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="The least that detection has to do.")
    parser.add_argument("step", choices=("list", "search", "parse"))
    parser.add_argument("--root", type=Path, default=Path())
    parser.add_argument("--key", default="")
    given = parser.parse_args(arguments)
    gc.freeze()
    gc.disable()
    with tempfile.TemporaryDirectory() as folder:
        journal = FileJournal(Path(folder), time.time)
        workspace, changes = LocalWorkspace(given.root), GitChanges(given.root)
        deps = Deps(workspace, changes, journal, packs(), Config(), time.time, workers=Forks())
        presence = Presence(deps.packs, deps.config)
        files: Sequence[str] = workspace.files()
        if not given.key:
            files = [path for path in files if deps.packs.reading(path) is not None]
        asking = searched(deps, files, presence, given.key) if given.step != "list" else []
        size = parsed(deps, asking) if given.step == "parse" else 0
    print(f"{len(files)} files, {len(asking)} to parse, {size} bytes parsed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
