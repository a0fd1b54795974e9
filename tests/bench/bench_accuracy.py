"""How much of what asks for a flag is found, and how much else: `python -m tests.bench.bench_accuracy [--misses]`.

Walks fixtures/*/detect_*. Positives are the labelled reads, wrappers and tests of a case. Negatives are places that
only look like one: labelled mentions, calls that can't be proven, and [[lookalikes]]. A read counts only with its line
and its resolution; a finding is wrong where no label says read. `--misses` prints each.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from featureops.core.detect.usages import find_usages
from featureops.core.project import Project
from featureops.languages import packs
from tests.core.sources import grep_of
from tests.fixture_cases import Case, cases

__all__ = ["Score", "is_ask", "main", "measure"]

_ASKS = frozenset({"read", "wrapper", "test"})
_Row = tuple[str, int, str]


@dataclass(slots=True)
class Score:
    """Counts of one language. `wrong` holds findings that no label calls a read."""

    positives: int = 0
    found: int = 0
    negatives: int = 0
    misses: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / self.positives if self.positives else 1.0

    @property
    def precision(self) -> float:
        given = self.found + len(self.wrong)
        return self.found / given if given else 1.0


def is_ask(kind: object, resolution: object) -> bool:
    return kind in _ASKS and resolution != "unproven"


def measure(chosen: Iterable[Case]) -> dict[str, Score]:
    """The scores by language."""
    scores: dict[str, Score] = {}
    for case in chosen:
        score = scores.setdefault(case.language, Score())
        labels = case.tables("usages")
        wanted = Counter(_row(label) for label in labels if is_ask(label["kind"], label["resolution"]))
        negative = [label for label in labels if label["kind"] == "mention" or label["resolution"] == "unproven"]
        given = Counter(_found(case))
        score.positives += wanted.total()
        score.negatives += len(negative) + len(case.tables("lookalikes"))
        score.found += (wanted & given).total()
        score.misses += [f"{case.id}: {path}:{line} {how}" for path, line, how in (wanted - given).elements()]
        score.wrong += [f"{case.id}: {path}:{line} {how}" for path, line, how in (given - wanted).elements()]
    return dict(sorted(scores.items()))


def _row(label: Mapping[str, object]) -> _Row:
    return str(label["path"]), int(str(label["line"])), str(label["resolution"])


def _found(case: Case) -> list[_Row]:
    files = case.files("before")
    usages = find_usages(Project(files, files.get, packs(), case.config), case.text("flag"), grep_of(files), files.get)
    return [(usage.path, usage.line, usage.resolution) for usage in usages if is_ask(usage.kind, usage.resolution)]


def main(*options: str) -> int:
    scores = measure(cases("detect"))
    print(f"{'language':12} {'positives':>9} {'found':>6} {'recall':>7} {'negatives':>9} {'wrong':>6} {'precision':>9}")
    for language, score in scores.items():
        print(
            f"{language:12} {score.positives:9} {score.found:6} {score.recall:7.3f}"
            f" {score.negatives:9} {len(score.wrong):6} {score.precision:9.3f}"
        )
        if "--misses" in options:
            for sentence in (*(f"missed {row}" for row in score.misses), *(f"wrong  {row}" for row in score.wrong)):
                print(f"  {sentence}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
