"""The working tree with some files replaced, as the cleanup searches it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

__all__ = ["Overlay"]


class Overlay:
    """`files` in front of the working tree at `paths`. A search for one word, which asks whether something is used, is
    made in the whole tree, any other in `files` alone: nothing else can know of a flag that is only now put in. What
    texts hold is kept in `holding`."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        paths: frozenset[str],
        read: Callable[[str], bytes | None],
        with_word: Callable[[bytes], frozenset[str]],
        holding: dict[tuple[bytes, tuple[bytes, ...]], bool],
    ) -> None:
        self._files = files
        self._paths = paths
        self._read = read
        self._with_word = with_word
        self._holding = holding

    def paths(self) -> Sequence[str]:
        return sorted(self._paths | self._files.keys())

    def read(self, path: str) -> bytes | None:
        return self._files[path] if path in self._files else self._read(path)

    def grep(self, needles: Sequence[bytes]) -> Sequence[str]:
        wanted = tuple(needles)
        found = {path for path, data in self._files.items() if self._holds(data, wanted)}
        if len(needles) == 1:
            found |= self._with_word(needles[0]) - self._files.keys()
        return sorted(found)

    def _holds(self, data: bytes, needles: tuple[bytes, ...]) -> bool:
        key = data, needles
        if key not in self._holding:
            self._holding[key] = any(needle in data for needle in needles)
        return self._holding[key]
