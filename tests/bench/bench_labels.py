"""Agreement of the assessment with the labelled diffs: `python -m tests.bench.bench_labels`.

Every case of fixtures/evaluate is judged; printed per language (of what the case changes) how many agree in kind, layer
and recommendation and how many agree in all of them, then every disagreement with what the label says.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from featureops.app.evaluate import evaluate
from tests.app.evaluate_cases import Case, cases, language_of
from tests.app.evaluate_tree import deps_of

__all__ = ["main"]

FIELDS = ("kind", "layer", "recommendation")
_GOOD = 0.95


@dataclass
class Count:
    cases: int = 0
    whole: int = 0
    agreeing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))

    def take(self, wrong: Mapping[str, str]) -> None:
        self.cases += 1
        self.whole += not wrong
        for name in FIELDS:
            self.agreeing[name] += name not in wrong


def main(argv: Sequence[str]) -> int:
    """0 where at least 95 % of the cases agree in every field, else 1."""
    argparse.ArgumentParser(prog="python -m tests.bench.bench_labels", description="Judge the labels.").parse_args(argv)
    counts: dict[str, Count] = defaultdict(Count)
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as state:
        for case in cases():
            wrong = _wrong(case, Path(state))
            for language in (language_of(case), "total"):
                counts[language].take(wrong)
            lines += [f"disagrees: {case.name}: {name} {what}" for name, what in wrong.items()]
    _print(counts)
    print("\n".join(lines or ["no disagreement"]))
    return 0 if counts["total"].whole >= _GOOD * counts["total"].cases else 1


def _wrong(case: Case, state: Path) -> dict[str, str]:
    """Field -> how the judgement differs from the label."""
    result = evaluate(deps_of(state, case.after, case.changes), description=case.description)
    pairs = {name: (case.expect[name], result[name]) for name in FIELDS}
    return {name: f"is {got!r}, labelled {want!r}" for name, (want, got) in pairs.items() if want != got}


def _print(counts: Mapping[str, Count]) -> None:
    print(("{:<14}{:>7}" + "{:>16}" * 4).format("language", "cases", *FIELDS, "all"))
    for language in sorted(counts, key=lambda name: (name == "total", name)):
        count = counts[language]
        shares = (count.agreeing[name] / count.cases for name in FIELDS)
        row = [*(f"{share:.1%}" for share in shares), f"{count.whole}/{count.cases}"]
        print(("{:<14}{:>7}" + "{:>16}" * 4).format(language, count.cases, *row))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
