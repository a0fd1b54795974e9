"""What each signal adds to riskScore: the one table of weights, and how featureops.toml tunes it.

Size and spread were fitted on the history of six repositories (tests/bench/fit_evaluate.py says which and how): lines
and files of code that runs tell most of which commits had to be mended later, as Kamei et al. found too ("A large-scale
empirical study of just-in-time quality assurance", IEEE TSE 2013). What a change touches (`where:`) tells how bad a
failure would be, not how likely it is: those weights follow the tiers of the Unleash MCP server's guidance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import log2
from typing import Final

from featureops.core.assess.values import Signal

__all__ = ["GROUPS", "WEIGHTS", "Weight", "group_of", "tuned", "weigh"]


@dataclass(frozen=True, slots=True)
class Weight:
    """`each` doubling of the amount beyond the first `free` ones adds so much, up to `most`."""

    each: float
    most: float
    free: float = 0.0


WEIGHTS: Final[Mapping[str, Weight]] = {
    "how:size": Weight(0.5, 3.5, free=2.0),  # lines of code that runs
    "how:spread": Weight(0.8, 3.0, free=1.0),  # files of such code
    "how:branching-added": Weight(0.25, 0.6),
    "how:error-handling-removed": Weight(2.0, 2.0),
    "how:guard-removed": Weight(2.0, 2.0),
    "how:access-check-removed": Weight(2.0, 2.0),
    "how:unfinished": Weight(0.5, 0.5),
    "how:tests-untouched": Weight(0.4, 0.4),
    "how:both-ends": Weight(0.4, 0.4),
    "history:fixes": Weight(0.15, 0.8),  # fixes of the files among the latest commits
    "history:reverts": Weight(0.2, 0.4),
    "history:churn": Weight(0.1, 0.4, free=3.0),  # changes of the files among the latest commits
    "history:authors": Weight(0.1, 0.3, free=2.0),
    "history:untouched": Weight(0.2, 0.2),
    "history:companion": Weight(0.4, 0.4),
    "reach:callers": Weight(0.15, 0.8, free=1.0),
    "reach:packages": Weight(0.15, 0.4, free=1.0),
    "reach:entry-points": Weight(0.2, 0.6),
}
"""By signal. The amounts: see where `weigh` is called."""

GROUPS: Final = ("kind", "where", "how", "history", "reach", "description")
"""A signal's id is its group and its name: `where:payments`."""


def weigh(signal: str, amount: float) -> float:
    """What an amount of something adds to the score, with two decimals."""
    weight = WEIGHTS[signal]
    return round(min(weight.most, max(0.0, weight.each * (log2(1 + amount) - weight.free))), 2)


def group_of(signal: str) -> str:
    return signal.partition(":")[0]


def tuned(signals: Iterable[Signal], factors: Mapping[str, float]) -> list[Signal]:
    """The signals with their weights times the factor of their id, else of their group; without those that weigh
    nothing, heaviest first."""
    found = (replace(each, weight=round(each.weight * _factor(each.id, factors), 2)) for each in signals)
    return sorted((each for each in found if each.weight), key=lambda each: (-each.weight, each.id, each.path))


def _factor(signal: str, factors: Mapping[str, float]) -> float:
    return factors.get(signal, factors.get(group_of(signal), 1.0))
