"""Cleanup of what a cleanup left: a second run changes nothing of what is offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from featureops.core.cleaned import CleanupResult
from featureops.core.model import FileEdit, Leftover
from featureops.core.sources import Source

__all__ = ["Overlay", "until_settled"]

_RUNS = 3
_OPEN_KINDS = frozenset({"not-foldable", "unproven"})


class Overlay:
    """A source in which some files are as they will be."""

    def __init__(self, source: Source, edits: Iterable[FileEdit]) -> None:
        self._source = source
        self._after = {edit.path: edit.after for edit in edits}

    def paths(self) -> Sequence[str]:
        return [path for path in self._source.paths() if self._after.get(path, b"") is not None]

    def read(self, path: str) -> bytes | None:
        return self._after[path] if path in self._after else self._source.read(path)

    def grep(self, needles: Sequence[bytes]) -> Iterable[str]:
        found = set(self._source.grep(needles)) - self._after.keys()
        held = (path for path, data in self._after.items() if data and any(needle in data for needle in needles))
        return sorted(found.union(held))


def until_settled(result: CleanupResult, source: Source, clean: Callable[[Source], CleanupResult]) -> CleanupResult:
    """The result with what further runs of `clean` find in it. Only a read that is left in an edited file can have
    become foldable; without one there is nothing to find."""
    for _ in range(_RUNS):
        if not _is_open(result):
            return result
        more = clean(Overlay(source, result.edits))
        if not more.edits:
            return result
        result = _joined(result, more)
    return replace(result, leftovers=(*result.leftovers, *_unsettled(result, clean(Overlay(source, result.edits)))))


def _is_open(result: CleanupResult) -> bool:
    edited = {edit.path for edit in result.edits if edit.after is not None}
    return any(item.kind in _OPEN_KINDS and item.path in edited for item in result.leftovers)


def _joined(one: CleanupResult, other: CleanupResult) -> CleanupResult:
    """Both, one after the other. What is left is what the other left, and what it had no reason to look at."""
    first, then = ({edit.path: edit for edit in result.edits} for result in (one, other))
    edits = (FileEdit(path, _before(path, first, then), _after(path, first, then)) for path in sorted({*first, *then}))
    named = {item.path for item in other.leftovers}
    left = [item for item in one.leftovers if item.path not in then and item.path not in named]
    tests = {path: (*one.tests.get(path, ()), *other.tests.get(path, ())) for path in {**one.tests, **other.tests}}
    return replace(
        other,
        edits=tuple(edit for edit in edits if edit.before != edit.after),
        leftovers=(*other.leftovers, *left),
        reads=_sums(one.reads, other.reads),
        seen=tuple(sorted({*one.seen, *other.seen})),
        tests=tests,
        kinds=one.kinds,
        fixed=one.fixed,
    )


def _before(path: str, first: Mapping[str, FileEdit], then: Mapping[str, FileEdit]) -> bytes | None:
    return (first.get(path) or then[path]).before


def _after(path: str, first: Mapping[str, FileEdit], then: Mapping[str, FileEdit]) -> bytes | None:
    return (then.get(path) or first[path]).after


def _sums(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {path: one.get(path, 0) + other.get(path, 0) for path in {**one, **other}}


def _unsettled(result: CleanupResult, more: CleanupResult) -> list[Leftover]:
    edited = {edit.path for edit in result.edits}
    reason = "another cleanup would still change this file"
    return [Leftover(edit.path, 0, "not-foldable", "", reason) for edit in more.edits if edit.path in edited]
