"""Trivial commits of real histories: `python -m tests.bench.bench_trivial REPOSITORY... [--commits N]`.

Takes the commits that are trivial by a rule of its own (`tests.bench.trivial`: only documentation, tests, lockfiles,
versions or translations; or nothing but comments and blanks), assesses each with the files of its own commit, and
prints how many were asked to be flagged (the aim: none) and which. `--show` also lists those that were judged to change
what runs, though no flag was asked for.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from featureops.app.evaluate import evaluate
from featureops.core.assess.kinds import BEHAVIOUR
from featureops.core.model import ChangedFile, Json
from featureops.languages import packs
from tests.app.evaluate_tree import MemoryWorkspace, deps_of
from tests.bench.history import Commit, History, Tree
from tests.bench.trivial import why_trivial

__all__ = ["main"]

_MOST_FILES = 200


class _Files(Mapping[str, bytes]):
    """The files of a commit, each read when it is asked for."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.paths = tree.paths()

    def __getitem__(self, path: str) -> bytes:
        data = self.tree.read(path)
        if data is None:
            raise KeyError(path)
        return data

    def __contains__(self, path: object) -> bool:
        return path in self.tree.ids

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


class _Workspace(MemoryWorkspace):
    """Searches only the files that are code."""

    def __init__(self, tree: Tree) -> None:
        super().__init__(_Files(tree))
        self.tree_of = tree

    def grep(self, needles: Sequence[bytes]) -> Mapping[str, tuple[int, ...]]:
        return dict.fromkeys(self.tree_of.grep(needles), (0,))


@dataclass
class Count:
    commits: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    flagged: list[str] = field(default_factory=list)
    louder: list[str] = field(default_factory=list)


def main(argv: Sequence[str]) -> int:
    """0 where no trivial commit was asked to be flagged, else 1."""
    options = _options().parse_args(argv)
    total = Count()
    started = time.monotonic()
    for root in options.repositories:
        count = Count()
        with History(root, lambda path: packs().for_path(path) is not None) as history:
            for commit in history.commits(options.commits + options.skip)[options.skip :]:
                _take(history, commit, count, _name(root))
        print(f"{_name(root)}: {count.commits} commits, {count.reasons.total()} trivial, {len(count.flagged)} flagged")
        _add(total, count)
    _print(total, options.show, time.monotonic() - started)
    return 1 if total.flagged else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bench_trivial", description="Assess trivial commits.")
    parser.add_argument("repositories", nargs="*", type=Path, help="git directories or checkouts")
    parser.add_argument("--commits", type=int, default=300, help="how many of the newest commits of each")
    parser.add_argument("--skip", type=int, default=0, help="pass over the newest commits")
    parser.add_argument("--show", action="store_true", help="list what was judged to change behaviour, flagged or not")
    return parser


def _name(root: Path) -> str:
    return root.parent.name if root.name in {"repo", ".git"} else root.name


def _take(history: History, commit: Commit, count: Count, name: str) -> None:
    count.commits += 1
    changes = history.changes(commit)
    why = why_trivial(changes) if 0 < len(changes) <= _MOST_FILES else ""
    if not why:
        return
    result = _judged(history.tree(commit.id), changes)
    count.reasons[why] += 1
    count.kinds[why, str(result["kind"])] += 1
    line = f"{name} {commit.id[:10]} [{why}] {result['kind']} {result['riskScore']}: {commit.subject[:70]}"
    if result["needsFlag"]:
        count.flagged.append(line)
    if result["kind"] in BEHAVIOUR:
        count.louder.append(line)


def _judged(tree: Tree, changes: Sequence[ChangedFile]) -> dict[str, Json]:
    with tempfile.TemporaryDirectory() as state:
        deps = replace(deps_of(Path(state), {}, changes), workspace=_Workspace(tree))
        return evaluate(deps, guards=lambda *_: (), candidates=lambda _: (), known_flags=lambda: ())


def _add(total: Count, count: Count) -> None:
    total.commits += count.commits
    total.reasons += count.reasons
    total.kinds += count.kinds
    total.flagged += count.flagged
    total.louder += count.louder


def _print(total: Count, show: bool, seconds: float) -> None:
    trivial = total.reasons.total()
    print(f"{total.commits} commits in {seconds:.0f} s: {trivial} trivial, {len(total.flagged)} asked to be flagged")
    for why, times in total.reasons.most_common():
        kinds = ", ".join(f"{kind} {n}" for (reason, kind), n in total.kinds.most_common() if reason == why)
        print(f"{why:<24}{times:>6}  judged as {kinds}")
    for line in total.flagged:
        print(f"flagged: {line}")
    for line in total.louder if show else ():
        print(f"behaviour: {line}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
