"""Where the engine's files come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

__all__ = ["MappingSource", "Source"]


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
