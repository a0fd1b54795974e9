"""Signals: where a change happens and how, each with the place and the name that prove it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from featureops.core.assess.hunks import moved_lines, split_lines
from featureops.core.assess.kinds import BEHAVIOUR
from featureops.core.assess.tables import (
    AUTH_WORDS,
    DOMAINS,
    ROUTE_METHODS,
    ROUTE_OBJECTS,
    TITLES,
    Domain,
    domains_of,
)
from featureops.core.assess.values import FileAssessment, SideFacts, Signal
from featureops.core.assess.weights import weigh
from featureops.core.assess.words import split_words, text_words

__all__ = ["behaviour_signals", "description_signals"]

_WEAK = 0.6
_FURTHER = 0.3
_KIND_WEIGHTS = {"new-behaviour": 0.8, "removed-behaviour": 1.0, "changed-behaviour": 0.4}
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_DESTRUCTIVE = re.compile(r"(?i)\W*(?:delete|drop|truncate)\b")
_DESCRIBED = 0.4
_UNFINISHED = re.compile(rb"\b(?:TODO|FIXME|XXX|HACK|WIP|NotImplemented(?:Error|Exception)?)\b")


@dataclass(frozen=True, slots=True)
class _Evidence:
    domain: Domain
    strength: float
    path: str
    line: int
    text: str


def behaviour_signals(files: Sequence[FileAssessment]) -> list[Signal]:
    """Signals of the files whose behaviour changes, heaviest first. Their weights add up to the score."""
    telling = [file for file in files if file.kind in BEHAVIOUR]
    if not telling:
        return []
    signals = [*_kinds(telling), *_places(telling), *_ways(telling), *_tests(files, telling)]
    return sorted((each for each in signals if each.weight), key=lambda each: (-each.weight, each.id, each.path))


def description_signals(description: str, present: Iterable[str]) -> list[Signal]:
    """What only the description tells of: it may raise the risk, so it counts less than the diff and never lowers."""
    known = set(present)
    hits = [domain for domain, _ in domains_of(text_words(description), weak=False)]
    return [
        Signal(
            f"description:{domain.id}", "", 0, round(domain.weight * _DESCRIBED, 2), f"speaks of {TITLES[domain.id]}"
        )
        for domain in hits
        if f"where:{domain.id}" not in known
    ][:2]


def _kinds(files: Sequence[FileAssessment]) -> Iterator[Signal]:
    kinds: dict[str, FileAssessment] = {}
    for file in files:
        largest = kinds.get(file.kind)
        if largest is None or file.lines > largest.lines:
            kinds[file.kind] = file
    heaviest = max(kinds, key=lambda kind: (_KIND_WEIGHTS[kind], kind))
    for kind, file in sorted(kinds.items()):
        weight = _KIND_WEIGHTS[kind] if kind == heaviest else 0.0
        yield Signal(f"kind:{kind}", file.path, _first_line(file), weight, _kind_text(file))


def _first_line(file: FileAssessment) -> int:
    telling = [each for each in file.hunks if each.kind in {"behaviour", "definition"}]
    return telling[0].hunk.after_start + 1 if telling else 0


def _kind_text(file: FileAssessment) -> str:
    names = [each.name for hunk in file.hunks for each in hunk.added if each.name.strip("_")]
    names = [name for name in names if not name.startswith("__")]
    names = names or [name for name, _ in file.after.functions + file.before.functions]
    subject = ", ".join(list(dict.fromkeys(names))[:3])
    return f"{file.kind.replace('-', ' ')} in {subject}" if subject else file.kind.replace("-", " ")


def _places(files: Sequence[FileAssessment]) -> Iterator[Signal]:
    found = [item for file in files for item in _evidence(file)]
    best: list[tuple[float, int, Domain, _Evidence]] = []
    for domain in DOMAINS:
        mine = [item for item in found if item.domain is domain]
        if mine:
            top = max(mine, key=lambda item: item.strength)
            kinds = {item.text.split(" ", 1)[0] for item in mine}
            strength = min(1.0, top.strength + 0.1 * (len(kinds) - 1))
            pieces = len({item.text for item in mine})
            best.append((domain.weight * strength, pieces, domain, top))
    best.sort(key=lambda item: (-item[0], -item[1], item[2].id))
    for rank, (weight, _, domain, top) in enumerate(best):
        share = weight if rank == 0 else weight * _FURTHER
        yield Signal(f"where:{domain.id}", top.path, top.line, round(share, 2), top.text)


def _evidence(file: FileAssessment) -> Iterator[_Evidence]:
    for side in (file.after, file.before):
        yield from _named(file.path, side.calls, "calls", weak=True)
        yield from _named(file.path, side.functions, "function", weak=True)
        yield from _named(file.path, side.decorators, "decorator", weak=True)
        yield from _named(file.path, side.names, "name", weak=False, factor=0.7)
        yield from _imported(file.path, side.modules, 0.7)
        yield from _routes(file.path, side)
        yield from _queries(file.path, side)
    yield from _imported(file.path, file.modules, 0.4)
    segments = [(segment, 0) for segment in file.path.split("/")]
    yield from _named(file.path, segments, "path", weak=False, factor=0.5)
    if file.after.concurrent != file.before.concurrent:
        added = file.after.concurrent > file.before.concurrent
        yield _Evidence(_domain("concurrency"), 0.4, file.path, 0, f"await {'added' if added else 'removed'}")


def _named(
    path: str, names: Sequence[tuple[str, int]], how: str, *, weak: bool, factor: float = 1.0
) -> Iterator[_Evidence]:
    for name, line in names:
        for domain, strength in domains_of(split_words(name), weak=weak):
            yield _Evidence(
                domain, (strength if strength == 1.0 else strength * _WEAK) * factor, path, line, f"{how} {name}"
            )


def _imported(path: str, modules: Sequence[tuple[str, int]], factor: float) -> Iterator[_Evidence]:
    for text, line in modules:
        identifiers = [word.lower() for word in _IDENTIFIER.findall(text)]
        for domain in DOMAINS:
            hit = next((word for word in identifiers if word in domain.modules), None)
            if hit:
                yield _Evidence(domain, factor, path, line, f"import {hit}")


def _routes(path: str, side: SideFacts) -> Iterator[_Evidence]:
    for name, line in (*side.calls, *side.decorators):
        parts = name.lower().split(".")
        if len(parts) > 1 and parts[-1] in ROUTE_METHODS and parts[-2] in ROUTE_OBJECTS:
            yield _Evidence(_domain("public-api"), 1.0, path, line, f"route {name}")


def _queries(path: str, side: SideFacts) -> Iterator[_Evidence]:
    for text, line in side.queries:
        yield _Evidence(_domain("data-store"), 1.0, path, line, f"query {text}")
        if _DESTRUCTIVE.match(text):
            yield _Evidence(_domain("deletion"), 1.0, path, line, f"query {text}")


def _domain(name: str) -> Domain:
    return next(domain for domain in DOMAINS if domain.id == name)


def _ways(files: Sequence[FileAssessment]) -> Iterator[Signal]:
    moved = moved_lines(files)
    lines = max(0, sum(file.telling_lines for file in files) - 2 * moved)
    text = f"{lines} lines of code that runs" + (f", {moved} more only moved" if moved else "")
    yield Signal("how:size", "", 0, weigh("how:size", lines), text)
    yield Signal("how:spread", "", 0, weigh("how:spread", len(files)), f"{len(files)} files of code that runs")
    branches = sum(file.after.branches - file.before.branches for file in files)
    if branches > 0:
        weight = weigh("how:branching-added", branches)
        yield Signal("how:branching-added", "", 0, weight, f"{branches} more branches")
    yield from _losses(files)
    unfinished = (each for file in files for each in _unfinished(file))
    yield from islice(unfinished, 1)


def _losses(files: Sequence[FileAssessment]) -> Iterator[Signal]:
    """What the change as a whole takes away: what went from one file to another is not lost."""
    handlers = [(file.before.handlers - file.after.handlers, file) for file in files]
    yield from _lost("how:error-handling-removed", handlers, "an error handler went away")
    kept = [file for file in files if file.kind != "removed-behaviour"]
    guards = [(file.before.guards - file.after.guards, file) for file in kept]
    yield from _lost("how:guard-removed", guards, "an early exit on a condition went away")
    left = frozenset[str]().union(*(_auth_names(file.after) for file in files))
    gone = [(file, _auth_names(file.before) - left) for file in files if not _auth_names(file.after)]
    for file, names in gone:
        if names:
            signal = "how:access-check-removed"
            yield Signal(signal, file.path, _first_line(file), weigh(signal, 1), f"no longer uses {min(names)}")
            return


def _lost(signal: str, losses: Sequence[tuple[int, FileAssessment]], evidence: str) -> Iterator[Signal]:
    if sum(count for count, _ in losses) > 0:
        _, file = max(losses, key=lambda each: each[0])
        yield Signal(signal, file.path, _first_line(file), weigh(signal, 1), evidence)


def _unfinished(file: FileAssessment) -> Iterator[Signal]:
    """What the new lines say of work that is left."""
    lines = split_lines(file.change.after or b"")
    for judged in file.hunks:
        for at in range(judged.hunk.after_start, min(judged.hunk.after_end, len(lines))):
            found = _UNFINISHED.search(lines[at])
            if found is not None:
                evidence = f"says {found.group().decode()}"
                yield Signal("how:unfinished", file.path, at + 1, weigh("how:unfinished", 1), evidence)


def _auth_names(side: SideFacts) -> set[str]:
    names = (name for name, _ in (*side.names, *side.calls, *side.decorators))
    return {name for name in names if AUTH_WORDS.intersection(split_words(name))}


def _tests(files: Sequence[FileAssessment], telling: Sequence[FileAssessment]) -> Iterator[Signal]:
    if not any(file.kind == "tests" for file in files):
        weight = weigh("how:tests-untouched", 1)
        yield Signal("how:tests-untouched", telling[0].path, 0, weight, "no test changed with it")
