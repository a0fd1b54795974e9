"""How much each signal tells of trouble: `python -m tests.bench.fit_evaluate DUMP`, from bench_evaluate's `--dump`.

A logistic regression over the signals of all commits, with an intercept for each repository, by gradient descent.
Printed: in how many commits a signal weighs anything, and by what its present weight would have to be multiplied for
the score to fit best (only the ratios between the factors matter). Then each repository in turn is left out, and the
fit of the others is tried on it.

The weights of core/assess/weights.py were set by hand with these figures in view, from healthchecks/healthchecks,
mealie-recipes/mealie, louislam/uptime-kuma, bigbluebutton/greenlight, usememos/memos and traccar/traccar: size and
spread after the fit, places heavier than it says, for the reason that the module names.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.szz import auc

__all__ = ["main"]

_STEPS, _RATE, _PULL = 300, 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Row:
    repository: str
    risky: bool
    score: float
    values: Mapping[str, float]


def read(path: Path) -> list[Row]:
    rows = []
    for line in path.read_text("utf-8").splitlines():
        data = json.loads(line)
        values: dict[str, float] = {}
        for signal, weight in data["signals"].items():
            name = signal if signal.startswith(("how:", "history:", "reach:")) else signal.partition(":")[0]
            values[name] = values.get(name, 0.0) + weight
        rows.append(Row(data["repository"], data["risky"], data["score"], values))
    return rows


def fitted(rows: Sequence[Row], names: Sequence[str]) -> dict[str, float]:
    """The factor of each name."""
    spread = {name: _spread([row.values.get(name, 0.0) for row in rows]) for name in names}
    weights, base = dict.fromkeys(names, 0.0), {row.repository: -2.0 for row in rows}
    sizes = {name: sum(row.repository == name for row in rows) for name in base}
    for _ in range(_STEPS):
        pull = {name: _PULL * weight for name, weight in weights.items()}
        lift = dict.fromkeys(base, 0.0)
        for row in rows:
            scaled = {name: value / spread[name] for name, value in row.values.items() if name in spread}
            sum_ = base[row.repository] + sum(weights[name] * value for name, value in scaled.items())
            error = 1 / (1 + math.exp(-sum_)) - row.risky
            lift[row.repository] += error
            for name, value in scaled.items():
                pull[name] += error * value
        for name in names:
            weights[name] -= _RATE * pull[name] / len(rows)
        for name in base:
            base[name] -= _RATE * lift[name] / sizes[name]
    return {name: weights[name] / spread[name] for name in names}


def _spread(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) or 1.0


def main(arguments: Sequence[str]) -> int:
    rows = read(Path(arguments[0]))
    names = sorted({name for row in rows for name in row.values})
    factors = fitted(rows, names)
    for name in names:
        held = sum(bool(row.values.get(name)) for row in rows)
        print(f"{name:30} in {held:5} of {len(rows)} commits, factor {factors[name]:6.2f}")
    print("left out: AUC with the weights as they are, and with a fit of the others")
    for left in sorted({row.repository for row in rows}):
        mine = [row for row in rows if row.repository == left]
        other = fitted([row for row in rows if row.repository != left], names)
        tried = [sum(other[name] * value for name, value in row.values.items()) for row in mine]
        labels = [row.risky for row in mine]
        print(f"  {left:34} {auc([row.score for row in mine], labels):.3f} {auc(tried, labels):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
