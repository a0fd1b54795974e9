"""What the users of an environment get from a flag, as far as its strategies tell."""

from __future__ import annotations

from collections.abc import Sequence

from featureops.core.flagstate import exposure
from featureops.core.model import EnvironmentState, Flag, Strategy

__all__ = ["for_everybody", "is_on_for_everybody", "that_count", "who_gets_it"]


def that_count(flag: Flag) -> Sequence[EnvironmentState]:
    """The environments that decide what becomes of a flag: those of type production, or all where there is none."""
    production = [state for state in flag.environments if state.type == "production"]
    return production or flag.environments


def for_everybody(state: EnvironmentState) -> str | None:
    """What all users get: "enabled", "disabled" or a variant's name; None when it depends on the user."""
    if exposure(state) == 0:
        return "disabled"
    enabled = _enabled(state)
    if not enabled:
        return "enabled"
    # Unleash takes the first strategy that matches: one that lets everybody in decides only if it is the first, or if
    # no strategy before it chooses a variant.
    for strategy in enabled:
        if _lets_everybody_in(strategy):
            return _only_variant(strategy)
        if strategy.variants:
            return None
    return None


def is_on_for_everybody(state: EnvironmentState) -> bool:
    """Whether all users get the flag on, whichever variant goes with it."""
    if exposure(state) == 0:
        return False
    enabled = _enabled(state)
    return not enabled or any(_lets_everybody_in(strategy) for strategy in enabled)


def who_gets_it(state: EnvironmentState) -> str:
    """In words that follow "In production": "nobody gets it", "at most 25 % of the users get it", ..."""
    if exposure(state) == 0:
        return "nobody gets it"
    if is_on_for_everybody(state):
        several = for_everybody(state) is None
        return "everybody gets it" + (", in variants that differ from user to user" if several else "")
    fields = sorted({each.context_name for strategy in _enabled(state) for each in strategy.constraints})
    limits = [f"constraints on {', '.join(fields)}"] if fields else []
    limits += ["segments"] if any(strategy.segments for strategy in _enabled(state)) else []
    reach = f"at most {exposure(state)} % of the users get it" if exposure(state) < 100 else "only some users get it"
    return reach + (f" ({' and '.join(limits)})" if limits else "")


def _enabled(state: EnvironmentState) -> Sequence[Strategy]:
    return [strategy for strategy in state.strategies if not strategy.disabled]


def _lets_everybody_in(strategy: Strategy) -> bool:
    if strategy.constraints or strategy.segments:
        return False
    if strategy.name == "flexibleRollout":
        return strategy.parameters.get("rollout", "100") == "100"
    return strategy.name == "default"


def _only_variant(strategy: Strategy) -> str | None:
    chosen = [variant.name for variant in strategy.variants if variant.weight]
    if not chosen:
        return "enabled"
    return chosen[0] if len(chosen) == 1 else None
