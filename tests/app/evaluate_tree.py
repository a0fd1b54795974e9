"""The ports that `evaluate` reads, held in memory: many labelled diffs are judged in a second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from featureops.adapters.journal import FileJournal
from featureops.app.deps import Deps
from featureops.core.commits import PastCommit
from featureops.core.config import Config
from featureops.core.errors import BadArgument
from featureops.core.model import ChangedFile
from featureops.languages import packs
from featureops.ports import Hit, Snapshot, Tree

__all__ = ["MemoryChanges", "MemoryWorkspace", "deps_of"]


class MemoryWorkspace:
    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.contents = contents

    @property
    def root(self) -> str:
        return "/"

    @property
    def skipped(self) -> Mapping[str, str]:
        return {}

    def snapshot(self) -> Snapshot:
        return MemorySnapshot(self.contents)

    def tree(self) -> Tree:
        return Tree(tuple(self.files()), dict.fromkeys(self.contents, "same"), "", {})

    def scan(self, wanted: Mapping[str, Sequence[bytes]]) -> Iterator[Hit]:
        found = {path: self.grep(needles).get(path, ()) for path, needles in wanted.items()}
        return (
            Hit(path, self.contents[path], offsets) for path, offsets in found.items() if offsets or not wanted[path]
        )

    def files(self) -> Sequence[str]:
        return sorted(self.contents)

    def read(self, path: str) -> bytes:
        if path not in self.contents:
            raise BadArgument(f"no such file: {path}")
        return self.contents[path]

    def size(self, path: str) -> int | None:
        return len(self.contents[path]) if path in self.contents else None

    def grep(self, needles: Sequence[bytes]) -> Mapping[str, tuple[int, ...]]:
        return {
            path: tuple(content.find(needle) for needle in needles if needle in content)
            for path, content in self.contents.items()
            if any(needle in content for needle in needles)
        }


class MemorySnapshot:
    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.contents = contents

    def files(self) -> Sequence[str]:
        return sorted(self.contents)

    def read(self, path: str) -> bytes | None:
        return self.contents.get(path)

    def find(self, needles: Sequence[bytes]) -> Mapping[str, tuple[int, ...]]:
        return MemoryWorkspace(self.contents).grep(needles)


class MemoryChanges:
    """`found` None: there is no repository."""

    def __init__(self, found: Sequence[ChangedFile] | None) -> None:
        self.found = found
        self.history: Sequence[PastCommit] = ()

    def is_merging(self) -> bool:
        return False

    def is_repository(self) -> bool:
        return self.found is not None

    def changes(self, base: str | None = None, staged: bool = False) -> Sequence[ChangedFile]:
        assert base is None
        assert not staged
        return self.found or ()

    def branch(self) -> str | None:
        return None

    def fork_point(self) -> str | None:
        return None

    def past(self, base: str | None = None) -> Sequence[PastCommit]:
        assert base is None
        return self.history

    def recent(self) -> dict[str, int]:
        return {}


def deps_of(
    state: Path, contents: Mapping[str, bytes], found: Sequence[ChangedFile] | None, config: Config | None = None
) -> Deps:
    return Deps(
        workspace=MemoryWorkspace(contents),
        changes=MemoryChanges(found),
        journal=FileJournal(state, clock=lambda: 0.0),
        packs=packs(),
        config=config or Config(),
        clock=lambda: 0.0,
    )
