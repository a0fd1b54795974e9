"""How well risk scores tell real trouble: `python -m tests.bench.bench_evaluate ROOT... [--commits N] [--skip N]`.

The commits of each repository, but for the newest ones (`--skip`: those are known too short a time), are labelled as
risky when a later one reverts or mends them (see szz.py), and scored by `evaluate` as of their own time: with the files
as they were and the history up to their parent. Printed: the area under the ROC curve and the share of risky commits
in the top decile, for evaluate and for baselines: lines added, lines added to code, and keyword tiers like those of the
Unleash MCP server (critical 5, high 3, medium 2, low 1; size +1 over 50 lines, +2 over 100). `--dump FILE` keeps every
commit's signals as JSON lines, for fit_evaluate.py.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from featureops.adapters.journal import FileJournal
from featureops.app.deps import Deps
from featureops.app.evaluate import evaluate
from featureops.core.assess.paths import path_kind
from featureops.core.commits import LOOKED_BACK, PastCommit
from featureops.core.config import Config
from featureops.core.errors import BadArgument
from featureops.core.model import ChangedFile, Json
from featureops.core.textdiff import line_ranges
from featureops.languages import packs
from featureops.languages.signal_tables import all_signals
from featureops.ports import Hit, Snapshot
from featureops.ports import Tree as FileTree
from tests.app.evaluate_tree import MemoryChanges
from tests.bench.history import Commit, History, Tree
from tests.bench.szz import LoggedCommit, auc, log, risky

__all__ = ["Scored", "TreeWorkspace", "main"]

_PACKS = packs()
_TIERS: Sequence[tuple[int, re.Pattern[bytes]]] = (
    (5, re.compile(rb"(?i)auth|login|password|token|session|permission|payment|billing|charge|invoice|credit")),
    (5, re.compile(rb"(?i)security|encrypt|decrypt|secret|crypto|hash|database|migration|schema|transaction|sql")),
    (3, re.compile(rb"(?i)\bapi\b|endpoint|route|controller|request|fetch|axios|http|external|webhook|\bclass ")),
    (2, re.compile(rb"(?i)async|await|promise|thread|queue|concurren|\bstate\b|store|reducer|context")),
    (1, re.compile(rb"(?i)\bfix|bug|refactor|cleanup")),
)


@dataclass(frozen=True, slots=True)
class Scored:
    """One commit. `added` are lines, `code` those of them in files of code."""

    id: str
    risky: bool
    score: float
    needs: bool
    added: int
    code: int
    tiers: int
    signals: Mapping[str, float]


class TreeWorkspace:
    """The files of one commit."""

    root = "/"
    skipped: Mapping[str, str] = {}

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def files(self) -> Sequence[str]:
        return self._tree.paths()

    def tree(self) -> FileTree:
        return FileTree(tuple(self.files()), {}, "", {})

    def snapshot(self) -> Snapshot:
        raise NotImplementedError

    def scan(self, wanted: Mapping[str, Sequence[bytes]]) -> Iterator[Hit]:
        for path, needles in wanted.items():
            data = self._tree.read(path) or b""
            offsets = tuple(sorted(at for needle in needles if (at := data.find(needle)) >= 0))
            if offsets or not needles:
                yield Hit(path, data, offsets)

    def read(self, path: str) -> bytes:
        data = self._tree.read(path)
        if data is None:
            raise BadArgument(f"no such file: {path}")
        return data

    def size(self, path: str) -> int | None:
        data = self._tree.read(path)
        return len(data) if data is not None else None

    def grep(self, needles: Sequence[bytes]) -> Mapping[str, tuple[int, ...]]:
        return dict.fromkeys(self._tree.grep(needles), (0,))


def is_code(path: str) -> bool:
    claimed = _PACKS.for_path(path) is not None
    return claimed and path_kind(path, all_signals(), claimed=claimed) == "code"


def scored(root: Path, commits: int, skip: int, state: Path) -> Iterator[Scored]:
    found = log(root, skip + commits + LOOKED_BACK)
    labels = risky(root, found[: skip + commits], is_code)
    with History(root, lambda path: _PACKS.for_path(path) is not None) as history:
        for at, commit in enumerate(found[: skip + commits]):
            if at >= skip:
                yield _scored(history, commit, found[at + 1 : at + 1 + LOOKED_BACK], state, commit.id in labels)


def _scored(history: History, commit: LoggedCommit, past: Sequence[LoggedCommit], state: Path, risky: bool) -> Scored:
    found = history.changes(Commit(commit.id, commit.parent, commit.seconds, commit.subject))
    changes = MemoryChanges(found)
    changes.history = [PastCommit(each.seconds, each.author, each.subject, each.paths) for each in past]
    journal = FileJournal(state, clock=lambda: 0.0)
    deps = Deps(TreeWorkspace(history.tree(commit.id)), changes, journal, _PACKS, Config(), lambda: 0.0)
    answer = evaluate(deps, guards=lambda *_: (), candidates=lambda _: (), known_flags=lambda: ())
    lines = {each.path: _added(each) for each in found}
    signals = cast("list[dict[str, Json]]", answer["signals"])
    return Scored(
        id=commit.id,
        risky=risky,
        score=cast("float", answer["riskScore"]),
        needs=answer["needsFlag"] is True,
        added=sum(len(rows) for rows in lines.values()),
        code=sum(len(rows) for path, rows in lines.items() if is_code(path)),
        tiers=_tiers([row for rows in lines.values() for row in rows]),
        signals={str(each["id"]): cast("float", each["weight"]) for each in signals},
    )


def _added(change: ChangedFile) -> list[bytes]:
    before, after = (change.before or b"").splitlines(), (change.after or b"").splitlines()
    return [row for _, _, start, end in line_ranges(before, after) for row in after[start:end]]


def _tiers(rows: Sequence[bytes]) -> int:
    text = b"\n".join(rows)
    size = 2 if len(rows) > 100 else 1 if len(rows) > 50 else 0
    return sum(weight for weight, words in _TIERS if words.search(text)) + size


def figures(rows: Sequence[Scored]) -> dict[str, tuple[float, float]]:
    """(AUC, precision in the top decile) by what is ranked by."""
    ways = {
        "evaluate": [row.score for row in rows],
        "lines added": [float(row.added) for row in rows],
        "lines of code added": [float(row.code) for row in rows],
        "keyword tiers": [float(row.tiers) for row in rows],
    }
    labels = [row.risky for row in rows]
    return {name: (auc(scores, labels), _decile(scores, labels)) for name, scores in ways.items()}


def _decile(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Of the tenth with the highest scores the share of labelled ones; ties count by their share."""
    most = max(1, len(scores) // 10)
    ranked = sorted(zip(scores, labels, strict=True), key=lambda row: -row[0])
    last = ranked[most - 1][0]
    above = [label for score, label in ranked if score > last]
    equal = [label for score, label in ranked if score == last]
    return (sum(above) + sum(equal) / len(equal) * (most - len(above))) / most


def show(name: str, rows: Sequence[Scored], seconds: float) -> None:
    flagged = sum(row.needs for row in rows)
    print(f"{name}: {len(rows)} commits, {sum(row.risky for row in rows)} risky, {flagged} flagged, {seconds:.0f} s")
    for way, (area, top) in figures(rows).items():
        print(f"  {way:20} AUC {area:.3f}   top decile {100 * top:3.0f} % risky")


def mean(many: Iterable[dict[str, tuple[float, float]]]) -> None:
    found = list(many)
    print(f"mean of {len(found)} repositories")
    for way in found[0]:
        area, top = (sum(each[way][at] for each in found) / len(found) for at in (0, 1))
        print(f"  {way:20} AUC {area:.3f}   top decile {100 * top:3.0f} % risky")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="How well risk scores tell real trouble.")
    parser.add_argument("roots", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=400)
    parser.add_argument("--skip", type=int, default=300)
    parser.add_argument("--dump", type=Path)
    given = parser.parse_args(arguments)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for root in given.roots:
            started = time.perf_counter()
            rows = list(scored(root, given.commits, given.skip, Path(folder)))
            name = root.parent.name if root.name in ("repo", ".git") else root.name
            show(name, rows, time.perf_counter() - started)
            if any(row.risky for row in rows):
                results.append(figures(rows))
            if given.dump is not None:
                with given.dump.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps({"repository": name, **_plain(row)}) + "\n" for row in rows)
    if results:
        mean(results)
    return 0


def _plain(row: Scored) -> dict[str, Json]:
    return {"id": row.id, "risky": row.risky, "score": row.score, "code": row.code, "signals": dict(row.signals)}


if __name__ == "__main__":
    sys.exit(main())
