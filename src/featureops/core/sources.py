"""Where the engine's files come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from featureops.core.detect.needles import offsets_of

__all__ = ["MappingSource", "Source"]


class Source(Protocol):
    """Where the files come from: `grep` names the files that hold any of the byte strings, `find` also tells at which
    offsets they start."""

    def paths(self) -> Sequence[str]: ...
    def read(self, path: str) -> bytes | None: ...
    def grep(self, needles: Sequence[bytes]) -> Iterable[str]: ...
    def find(self, needles: Sequence[bytes]) -> Mapping[str, Sequence[int]]: ...


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

    def find(self, needles: Sequence[bytes]) -> Mapping[str, Sequence[int]]:
        return {path: offsets for path in sorted(self.files) if (offsets := offsets_of(self.files[path], needles))}
