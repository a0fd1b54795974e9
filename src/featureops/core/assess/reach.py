"""Which new definitions can run at all, which removed ones nobody needed, and which only moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from featureops.core.assess.values import Definition, FileAssessment, JudgedHunk, Kind, Occurrence

__all__ = ["Occurrences", "settle"]

Occurrences = Callable[[Sequence[str]], Sequence[Occurrence]]
"""Names -> their whole-word occurrences in the working tree, in files that hold running code."""

_UNSETTLED = frozenset({"new-behaviour", "removed-behaviour", "changed-behaviour"})


def settle(files: Sequence[FileAssessment], occurrences: Occurrences) -> tuple[FileAssessment, ...]:
    """Give files that only add or remove whole definitions their final kind: "moved" where the same text went from one
    place to another, "uncalled-code" where nothing names what was added, "dead-code" where nothing names what went."""
    moved = _moved(files)
    names = sorted({each.name for file in files for each in _movable(file) if each.digest not in moved and each.name})
    found = occurrences(names) if names else ()
    return tuple(_settle(file, files, moved, found) for file in files)


def _movable(file: FileAssessment) -> list[Definition]:
    return [each for hunk in file.hunks for each in hunk.added + hunk.removed] if file.kind in _UNSETTLED else []


def _moved(files: Sequence[FileAssessment]) -> frozenset[str]:
    added = {each.digest for file in files for hunk in file.hunks for each in hunk.added}
    removed = {each.digest for file in files for hunk in file.hunks for each in hunk.removed}
    return frozenset(added & removed)


def _settle(
    file: FileAssessment, files: Sequence[FileAssessment], moved: frozenset[str], found: Sequence[Occurrence]
) -> FileAssessment:
    if file.kind not in _UNSETTLED or not file.parsed:
        return file
    hunks = tuple(_judge(hunk, files, moved, found) for hunk in file.hunks)
    telling = [
        (old, new) for old, new in zip(file.hunks, hunks, strict=True) if old.kind in {"behaviour", "definition"}
    ]
    if not telling or any(new.kind != "inert" for _, new in telling):
        return replace(file, hunks=hunks)
    definitions = [each for old, _ in telling for each in old.added + old.removed]
    kind: Kind = "moved"
    if any(each.digest not in moved for each in definitions):
        kind = "uncalled-code" if any(old.added for old, _ in telling) else "dead-code"
    return replace(file, kind=kind, hunks=hunks)


def _judge(
    hunk: JudgedHunk, files: Sequence[FileAssessment], moved: frozenset[str], found: Sequence[Occurrence]
) -> JudgedHunk:
    if hunk.kind != "definition":
        return hunk
    definitions = [each for each in hunk.added + hunk.removed if each.digest not in moved]
    if any(_reached(each, files, found) for each in definitions):
        return replace(hunk, kind="definition")
    return replace(hunk, kind="inert")


def _reached(definition: Definition, files: Sequence[FileAssessment], found: Sequence[Occurrence]) -> bool:
    if definition.anchored or not definition.name:
        return True
    return any(each.name == definition.name and not _inside_new_code(each, files) for each in found)


def _inside_new_code(occurrence: Occurrence, files: Sequence[FileAssessment]) -> bool:
    """Whether an occurrence stands in a definition that this change adds: that alone does not make it run, unless the
    definition is reached itself, and then it is the reached one that needs the flag."""
    return any(
        each.span.start <= occurrence.offset < each.span.end
        for file in files
        if file.path == occurrence.path
        for hunk in file.hunks
        for each in hunk.added
    )
