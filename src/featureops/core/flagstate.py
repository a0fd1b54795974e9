"""What a flag's state means, and what a write would make of it. Pure: the same functions plan a write (dry run, policy)
and carry it out in the embedded backend, so what was announced is what happens.

The rules are Unleash's (server 8.2): enabling an environment without an enabled strategy adds flexibleRollout 100 %;
taking away the last enabled strategy turns the environment off; a revived flag is off everywhere.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from featureops.core.errors import BadArgument, Conflict
from featureops.core.model import EnvironmentState, Flag, FlagType, Strategy

__all__ = [
    "LIFETIME_DAYS",
    "archived",
    "did_you_mean",
    "environment_of",
    "exposure",
    "has_strategy",
    "last_seen",
    "revived",
    "rollout_of",
    "stage_of",
    "strategy_of",
    "with_enabled",
    "with_environment",
    "with_strategy",
    "without_strategy",
]

LIFETIME_DAYS: Final[Mapping[FlagType, int | None]] = MappingProxyType(
    {"release": 40, "experiment": 40, "operational": 7, "kill-switch": None, "permission": None, "sunset": 90}
)
"""Days after which a flag of a type is due for cleanup (Unleash's defaults); None: it may stay for good."""

_PERCENTAGE_PARAMETERS: Final = ("rollout", "percentage")


_ABBREVIATED: Final = 3
"""Letters from which on the beginning of a name is taken for it: prod."""


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """A hint: the names nearest to `word`, or else the first ten there are."""
    known = sorted(set(names))
    by_folded = {name.casefold(): name for name in known}
    folded = word.casefold()
    near = [by_folded[key] for key in difflib.get_close_matches(folded, list(by_folded), n=3, cutoff=0.6)]
    if len(folded) >= _ABBREVIATED:
        near += [name for key, name in by_folded.items() if key.startswith(folded) and name not in near][
            : 3 - len(near)
        ]
    if near:
        return "Did you mean " + " or ".join(f'"{name}"' for name in near) + "?"
    if not known:
        return "There are none yet."
    more = f" and {len(known) - 10} more" if len(known) > 10 else ""
    return "There are: " + ", ".join(known[:10]) + more + "."


def environment_of(flag: Flag, name: str) -> EnvironmentState:
    """Errors: BadArgument (the flag has no such environment)."""
    for state in flag.environments:
        if state.name == name:
            return state
    raise BadArgument(
        f'There is no environment "{name}" for flag "{flag.name}".',
        did_you_mean(name, (state.name for state in flag.environments)),
    )


def has_strategy(state: EnvironmentState, strategy_id: str) -> bool:
    return any(strategy.id == strategy_id for strategy in state.strategies)


def strategy_of(flag: Flag, environment: str, strategy_id: str) -> Strategy:
    """Errors: BadArgument (no such environment or strategy; the hint lists those there are)."""
    state = environment_of(flag, environment)
    for strategy in state.strategies:
        if strategy.id == strategy_id:
            return strategy
    have = ", ".join(f"{strategy.id} ({strategy.name} {rollout_of(strategy)} %)" for strategy in state.strategies)
    near = difflib.get_close_matches(strategy_id, [strategy.id for strategy in state.strategies], n=1, cutoff=0.6)
    guess = f'Did you mean "{near[0]}"? ' if near else ""
    raise BadArgument(
        f'Flag "{flag.name}" has no strategy "{strategy_id}" in {environment}.',
        f"{guess}It has: {have}." if have else f"It has no strategies in {environment}: nothing to remove or change.",
    )


def rollout_of(strategy: Strategy) -> int:
    """Percent of the users that pass the strategy's constraints: 0..100. Strategies without a percentage answer 100."""
    for key in _PERCENTAGE_PARAMETERS:
        if key in strategy.parameters:
            try:
                return max(0, min(100, int(float(strategy.parameters[key]))))
            except ValueError:
                return 100
    return 100


def exposure(state: EnvironmentState) -> int:
    """At most so many percent of all users get the flag on: 0 when off, else the widest enabled strategy."""
    if not state.enabled:
        return 0
    if not state.strategies:
        return 100
    return max((rollout_of(strategy) for strategy in state.strategies if not strategy.disabled), default=0)


def last_seen(flag: Flag) -> float | None:
    """When any application asked for it last, in any environment; None when that never happened."""
    return max((state.last_seen_at for state in flag.environments if state.last_seen_at is not None), default=None)


def stage_of(flag: Flag) -> str:
    """Where a flag is in its life: Unleash's stages, but for "completed", which a person declares."""
    if flag.archived:
        return "archived"
    seen = [state for state in flag.environments if state.last_seen_at is not None]
    if any(state.type == "production" and state.enabled for state in seen):
        return "live"
    return "pre-live" if seen else "initial"


def archived(flag: Flag) -> Flag:
    """The flag in the archive, where it depends on nothing any more. Errors: Conflict (other flags depend on it)."""
    if flag.children:
        raise Conflict(
            f'Other flags depend on "{flag.name}": {", ".join(sorted(flag.children))}.',
            'Take the dependency away from each first: update_flag with "dependency": {}.',
        )
    return replace(flag, archived=True, dependencies=())


def revived(flag: Flag) -> Flag:
    """The flag out of the archive; one that is not there stays as it is."""
    if not flag.archived:
        return flag
    states = tuple(replace(state, enabled=False) for state in flag.environments)
    return replace(flag, archived=False, environments=states)


def with_environment(flag: Flag, state: EnvironmentState) -> Flag:
    """The flag with one environment's state put in the place of the one of that name."""
    states = tuple(state if old.name == state.name else old for old in flag.environments)
    return replace(flag, environments=states)


def with_enabled(flag: Flag, environment: str, enabled: bool) -> Flag:
    """Errors: BadArgument (environment)."""
    state = environment_of(flag, environment)
    strategies = state.strategies
    if enabled and not state.enabled and all(strategy.disabled for strategy in strategies):
        strategies = (*strategies, _everyone(flag.name, len(strategies)))
    return with_environment(flag, replace(state, enabled=enabled, strategies=strategies))


def with_strategy(flag: Flag, environment: str, strategy: Strategy) -> Flag:
    """Adds (empty id) or replaces (by id). Errors: BadArgument (environment, unknown id)."""
    state = environment_of(flag, environment)
    if not strategy.id:
        added = replace(strategy, sort_order=strategy.sort_order or len(state.strategies))
        return with_environment(flag, replace(state, strategies=(*state.strategies, added)))
    strategy_of(flag, environment, strategy.id)
    strategies = tuple(strategy if old.id == strategy.id else old for old in state.strategies)
    return with_environment(flag, _off_when_nothing_is_left(replace(state, strategies=strategies)))


def without_strategy(flag: Flag, environment: str, strategy_id: str) -> Flag:
    """Errors: BadArgument (environment, unknown id)."""
    strategy_of(flag, environment, strategy_id)
    state = environment_of(flag, environment)
    strategies = tuple(old for old in state.strategies if old.id != strategy_id)
    return with_environment(flag, _off_when_nothing_is_left(replace(state, strategies=strategies)))


def _everyone(flag_name: str, position: int) -> Strategy:
    parameters = {"rollout": "100", "stickiness": "default", "groupId": flag_name}
    return Strategy("flexibleRollout", parameters, sort_order=position)


def _off_when_nothing_is_left(state: EnvironmentState) -> EnvironmentState:
    if all(strategy.disabled for strategy in state.strategies):
        return replace(state, enabled=False)
    return state
