"""How far a change reaches: who calls what it changes, from which packages, and what enters the program there."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from featureops.core.assess.kinds import BEHAVIOUR
from featureops.core.assess.tables import ENTRY_WORDS, FRONT_FOLDERS
from featureops.core.assess.values import FileAssessment, LanguageSignals, Signal
from featureops.core.assess.weights import weigh
from featureops.core.assess.words import split_words
from featureops.core.detect.wrappers import names_at
from featureops.core.mentions import mentions_of
from featureops.core.project import Project
from featureops.core.syntax import Node

__all__ = ["FilesWith", "reach_signals"]

FilesWith = Callable[[Sequence[str]], Sequence[str]]
"""Names -> the files of running code that hold one of them, sorted."""

_MOST_NAMES, _MOST_FILES, _MOST_BYTES = 40, 40, 400_000


@dataclass(frozen=True, slots=True)
class _Call:
    path: str
    line: int
    name: str


def reach_signals(
    files: Sequence[FileAssessment], project: Project, files_with: FilesWith, tables: Sequence[LanguageSignals]
) -> list[Signal]:
    """Signals of the callers that are found by following names and imports, of at most 40 files beside the changed."""
    telling = [file for file in files if file.kind in BEHAVIOUR]
    changed = {file.path: names for file in telling if (names := _changed(project, file))}
    calls = list(_calls(project, changed, files_with))
    rows = [*_callers(calls, changed), *_entries(calls, telling), *_both_ends(telling, tables)]
    return [each for each in rows if each.weight]


def _changed(project: Project, file: FileAssessment) -> frozenset[str]:
    """The names of the functions and classes whose inside the change touches."""
    source = project.file(file.path)
    if source is None or source.data != file.change.after:
        return frozenset()
    found = set[str]()
    for judged in file.hunks:
        if judged.kind not in ("behaviour", "definition") or judged.span.start >= len(source.data):
            continue
        node: Node | None = source.node_at(judged.span.start, max(judged.span.end - 1, judged.span.start + 1))
        while node is not None:
            name = node.role("name") if node.shape in ("function", "class") else None
            if name is not None:
                found.add(name.text)
            node = node.parent
        found.update(each.name for each in judged.added if each.name)
    return frozenset(name for name in found if name.isidentifier())


def _calls(project: Project, changed: Mapping[str, frozenset[str]], files_with: FilesWith) -> Iterator[_Call]:
    names = sorted(frozenset[str]().union(*changed.values()))[:_MOST_NAMES]
    read = 0
    for path in (files_with(names) if names else ())[:_MOST_FILES]:
        file = project.file(path) if read < _MOST_BYTES else None
        if file is None:
            continue
        read += len(file.data)
        for name in names:
            for node in mentions_of(file, name) if name.encode() in file.data else ():
                if _means(project, path, node, changed):
                    yield _Call(path, file.line_of(node.start), name)


def _means(project: Project, path: str, node: Node, changed: Mapping[str, frozenset[str]]) -> bool:
    """Whether a mention in another file is a use of something that changed."""
    around = node.parent
    if path in changed or around is None or around.role("name") is node:
        return False
    if any(outer.shape in ("import", "export") for outer in node.ancestors()):
        return False
    function = names_at(project, path, node)
    if isinstance(function, Node):
        return node.text in changed.get(function.file.path, ())
    meant = project.meaning(path, node) if function is None else None
    found = project.origin(*meant) if meant is not None else None
    return found is not None and found[0] != path and node.text in changed.get(found[0], ())


def _callers(calls: Sequence[_Call], changed: Mapping[str, frozenset[str]]) -> Iterator[Signal]:
    if not calls:
        return
    first, where = calls[0], {call.path for call in calls}
    text = f"{len(calls)} uses in {len(where)} other files, as of {first.name}"
    yield Signal("reach:callers", first.path, first.line, weigh("reach:callers", len(calls)), text)
    packages = {posixpath.dirname(path) for path in where} - {posixpath.dirname(path) for path in changed}
    if packages:
        names = ", ".join(sorted(packages)[:2]) or "the root"
        weight = weigh("reach:packages", len(packages))
        yield Signal(
            "reach:packages", first.path, first.line, weight, f"used from {len(packages)} more folders: {names}"
        )


def _entries(calls: Sequence[_Call], telling: Sequence[FileAssessment]) -> Iterator[Signal]:
    """What starts from outside and comes here: handlers, pages, jobs, commands, told by the names of their files."""
    lines = {file.path: 0 for file in telling} | {call.path: call.line for call in reversed(calls)}
    found = [path for path in sorted(lines) if _is_entry(path)]
    if found:
        weight = weigh("reach:entry-points", len(found))
        stem = posixpath.basename(found[0])
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield Signal("reach:entry-points", found[0], lines[found[0]], weight, f"entered through {stem}{more}")


def _is_entry(path: str) -> bool:
    *folders, name = path.split("/")
    words = {*split_words(name.split(".")[0]), *(word for folder in folders[-2:] for word in split_words(folder))}
    return not words.isdisjoint(ENTRY_WORDS)


def _both_ends(telling: Sequence[FileAssessment], tables: Sequence[LanguageSignals]) -> Iterator[Signal]:
    front = [file.path for file in telling if _is_front(file.path, tables)]
    back = [file.path for file in telling if not _is_front(file.path, tables)]
    if front and back and posixpath.splitext(front[0])[1] != posixpath.splitext(back[0])[1]:
        text = f"with {back[0]}: front end and back end at once"
        yield Signal("how:both-ends", front[0], 0, weigh("how:both-ends", 1), text)


def _is_front(path: str, tables: Sequence[LanguageSignals]) -> bool:
    endings = tuple(ending for table in tables for ending in table.front_ends)
    return path.endswith(endings) or not FRONT_FOLDERS.isdisjoint(path.split("/")[:-1])
