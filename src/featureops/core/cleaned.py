"""Where a cleanup's files come from, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from featureops.core.model import FileEdit, Leftover

__all__ = ["CleanupResult", "MappingSource", "Source"]


class Source(Protocol):
    """Where the files come from: `grep` names the files that hold any of the byte strings."""

    def paths(self) -> Sequence[str]: ...
    def read(self, path: str) -> bytes | None: ...
    def grep(self, needles: Sequence[bytes]) -> Iterable[str]: ...


@dataclass(frozen=True, slots=True)
class MappingSource:
    """Files in memory."""

    files: Mapping[str, bytes]

    def paths(self) -> Sequence[str]:
        return sorted(self.files)

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def grep(self, needles: Sequence[bytes]) -> Iterable[str]:
        return [path for path in sorted(self.files) if any(needle in self.files[path] for needle in needles)]


@dataclass(frozen=True, slots=True)
class CleanupResult:
    """`reads` counts the reads removed per file, `tests` names the tests that went, in the order of their files. The
    verdict is complete, partial, nothing or refused."""

    edits: tuple[FileEdit, ...]
    leftovers: tuple[Leftover, ...]
    reads: Mapping[str, int]
    verdict: str
    seen: tuple[str, ...] = ()
    tests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
