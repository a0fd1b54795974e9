"""The files' bytes, and which of them an answer depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from featureops.core.pack import LanguagePack

__all__ = ["Contents", "Memo", "Reading", "declaration"]

Reading = Callable[[str], bytes | None]
"""Gives the bytes of a file, None if it can't be read."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def declaration(pack: LanguagePack, name: str) -> str:
    """What is `touched` where an answer depends on which files of a language declare a name; no path has a NUL."""
    return f"\0{pack.id}\0{name}"


class Contents:
    """What `read` gives, kept until `forget`. `touched` are the paths that were asked for since they were cleared."""

    def __init__(self, read: Reading) -> None:
        self.touched: set[str] = set()
        self._read = read
        self._texts: dict[str, bytes | None] = {}

    def text(self, path: str) -> bytes | None:
        """The bytes of a file, None if it can't be read."""
        self.touched.add(path)
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def skim(self, path: str) -> bytes | None:
        """`text` of one file of many, which is not kept; whoever asks says himself that it was touched."""
        return self._texts[path] if path in self._texts else self._read(path)

    @contextmanager
    def noted(self) -> Iterator[set[str]]:
        """What is touched within, which counts for what is around as well."""
        outer, self.touched = self.touched, set()
        try:
            yield self.touched
        finally:
            outer |= self.touched
            self.touched = outer

    def forget(self) -> None:
        self._texts.clear()


class Memo(Generic[_Key, _Value]):
    """Answers that are worked out once. Whenever one is given, the files that it depends on count as touched."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._known: dict[_Key, tuple[_Value, frozenset[str]]] = {}

    def of(self, key: _Key, work: Callable[[], _Value], within: _Value) -> _Value:
        """The answer for a key; `work` finds it the first time. `within` is what it gets if it asks for it itself."""
        if key not in self._known:
            self._known[key] = within, frozenset()
            with self._contents.noted() as touched:
                found = work()
            self._known[key] = found, frozenset(touched)
        value, read = self._known[key]
        self._contents.touched |= read
        return value

    def forget(self) -> None:
        self._known.clear()
