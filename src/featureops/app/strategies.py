"""The verbs that change the strategies of a flag: how many users get it, and which. As `app.flags` in all else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from featureops.app.deps import Deps
from featureops.app.flagreads import project_of
from featureops.app.flagwrites import Change, answer, carry_out
from featureops.app.gate import WriteOutcome
from featureops.core.errors import BadArgument
from featureops.core.flagjson import constraint_from_json, flag_json, strategy_json, variant_from_json
from featureops.core.flagrules import checked_strategy
from featureops.core.flagstate import environment_of, rollout_of, strategy_of, with_strategy, without_strategy
from featureops.core.model import ContextField, Flag, Json, Segment, Strategy
from featureops.core.targeting import check_fields, segment_named

__all__ = [
    "StrategyFields",
    "Targets",
    "planned_rollout",
    "remove_flag_strategy",
    "set_flag_rollout",
    "targets",
    "update_flag_strategy",
]

_DRY_RUN_ID: Final = "dry-run-strategy"


@dataclass(frozen=True, slots=True)
class StrategyFields:
    """What is to become of a strategy; None stays as it is, an empty list of constraints, variants or segments (names
    or ids) clears them."""

    percentage: float | None = None
    group_id: str | None = None
    stickiness: str | None = None
    title: str | None = None
    disabled: bool | None = None
    variants: Sequence[Mapping[str, Json]] | None = None
    constraints: Sequence[Mapping[str, Json]] | None = None
    segments: Sequence[str] | None = None

    @property
    def named(self) -> list[str]:
        """The fields that change, by their names on the wire."""
        given = {
            "rolloutPercentage": self.percentage,
            "groupId": self.group_id,
            "stickiness": self.stickiness,
            "title": self.title,
            "disabled": self.disabled,
            "variants": self.variants,
            "constraints": self.constraints,
            "segments": self.segments,
        }
        return [name for name, value in given.items() if value is not None]

    def put(self, old: Strategy, flag: str, known: Targets) -> Strategy:
        """Errors: BadArgument."""
        rollout = _whole(self.percentage) if self.percentage is not None else None
        own: dict[str, str | None] = {"rollout": rollout, "groupId": self.group_id, "stickiness": self.stickiness}
        given = {key: value for key, value in own.items() if value is not None}
        new = replace(old, parameters={**old.parameters, **given})
        new = new if self.title is None else replace(new, title=self.title)
        new = new if self.disabled is None else replace(new, disabled=self.disabled)
        if self.variants is not None:
            new = replace(new, variants=tuple(map(variant_from_json, self.variants)))
        if self.constraints is not None:
            new = replace(new, constraints=tuple(map(constraint_from_json, self.constraints)))
        if self.segments is not None:
            new = replace(new, segments=tuple(segment_named(each, known.segments).id for each in self.segments))
        checked = checked_strategy(new, flag)
        check_fields(checked, old, known.fields)
        return checked


@dataclass(frozen=True, slots=True)
class Targets:
    """What the backend knows that a strategy may refer to."""

    segments: Sequence[Segment] = ()
    fields: Sequence[ContextField] = ()


async def targets(deps: Deps, fields: StrategyFields) -> Targets:
    """As much of it as the fields need."""
    segments = await deps.flags().segments() if fields.segments else ()
    known = await deps.flags().context_fields() if fields.constraints else ()
    return Targets(segments, known)


async def set_flag_rollout(
    deps: Deps,
    *,
    name: str,
    environment: str,
    fields: StrategyFields,
    strategy_id: str | None = None,
    project: str | None = None,
    confirm: str | None = None,
) -> dict[str, Json]:
    """Adds a flexibleRollout strategy, or updates the one there is (of several that of `strategy_id`); what is not
    given stays as it is. Does not turn the environment on. Also: `rolloutPercentage`, `strategy`, `strategyId`."""
    known = await targets(deps, fields)

    def wanted(flag: Flag) -> Strategy:
        return _wanted_rollout(flag, environment, fields, strategy_id, known)

    says = f'set the rollout of "{name}" in {environment} to {_whole(fields.percentage or 0)} %'
    return await _put(deps, _Put("rollout", name, project, environment, says, confirm), wanted)


def planned_rollout(
    flag: Flag, environment: str, fields: StrategyFields, strategy_id: str | None, known: Targets
) -> Flag:
    """The flag as `set_flag_rollout` would leave it. Errors: BadArgument."""
    return with_strategy(flag, environment, _wanted_rollout(flag, environment, fields, strategy_id, known))


def _wanted_rollout(
    flag: Flag, environment: str, fields: StrategyFields, strategy_id: str | None, known: Targets
) -> Strategy:
    old = strategy_of(flag, environment, strategy_id) if strategy_id else _rollout_strategy(flag, environment)
    return fields.put(old or Strategy("flexibleRollout"), flag.name, known)


async def update_flag_strategy(
    deps: Deps,
    *,
    name: str,
    environment: str,
    strategy_id: str,
    fields: StrategyFields,
    project: str | None = None,
    confirm: str | None = None,
) -> dict[str, Json]:
    """Changes the named fields of one strategy and no other. Also: `strategy`, `strategyId`, `updatedFields`.

    Errors also: BadArgument (nothing to change)."""
    if not fields.named:
        raise BadArgument(
            "Nothing to change.",
            "Give at least one of rolloutPercentage, groupId, stickiness, title, disabled, variants, constraints,"
            " segments.",
        )
    known = await targets(deps, fields)

    def wanted(flag: Flag) -> Strategy:
        return fields.put(strategy_of(flag, environment, strategy_id), name, known)

    says = f'change {", ".join(fields.named)} of strategy {strategy_id} of "{name}" in {environment}'
    found = await _put(deps, _Put("update-strategy", name, project, environment, says, confirm), wanted, strategy_id)
    return found | {"updatedFields": list[Json](fields.named)}


@dataclass(frozen=True, slots=True)
class _Put:
    action: str
    name: str
    project: str | None
    environment: str
    says: str
    confirm: str | None


async def _put(
    deps: Deps, put: _Put, wanted: Callable[[Flag], Strategy], strategy_id: str | None = None
) -> dict[str, Json]:
    where = project_of(deps, put.project)
    change = Change(
        put.action,
        put.name,
        where,
        put.says,
        lambda flag: with_strategy(flag, put.environment, wanted(flag)),
        lambda to, flag, _: to.put_strategy(put.name, where, put.environment, wanted(flag), deps.modes.client),
        put.environment,
        put.confirm,
    )
    outcome = await carry_out(deps, change)
    written = _written(outcome, put.environment, strategy_id)
    return answer(deps, change, outcome) | {
        "rolloutPercentage": rollout_of(written),
        "strategyId": written.id or _DRY_RUN_ID,
        "strategy": strategy_json(replace(written, id=written.id or _DRY_RUN_ID)),
    }


async def remove_flag_strategy(
    deps: Deps,
    *,
    name: str,
    environment: str,
    strategy_id: str,
    project: str | None = None,
    confirm: str | None = None,
) -> dict[str, Json]:
    """Removing the last enabled strategy turns the environment off. An unknown id is a BadArgument that lists those
    there are. Also: `removedStrategyId`, `remainingStrategies`, `feature`."""
    where = project_of(deps, project)
    change = Change(
        "remove-strategy",
        name,
        where,
        f'remove strategy {strategy_id} of "{name}" in {environment}',
        lambda flag: without_strategy(flag, environment, strategy_of(flag, environment, strategy_id).id),
        lambda to, _, __: to.remove_strategy(name, where, environment, strategy_id, deps.modes.client),
        environment,
        confirm,
    )
    outcome = await carry_out(deps, change)
    return answer(deps, change, outcome) | {
        "removedStrategyId": strategy_id,
        "remainingStrategies": [strategy_json(each) for each in environment_of(outcome.after, environment).strategies],
        "feature": flag_json(outcome.after, environments=False),
    }


def _rollout_strategy(flag: Flag, environment: str) -> Strategy | None:
    having = [each for each in environment_of(flag, environment).strategies if each.name == "flexibleRollout"]
    if len(having) < 2:
        return having[0] if having else None
    listed = ", ".join(f"{each.id} ({each.title or 'no title'}, {rollout_of(each)} %)" for each in having)
    raise BadArgument(
        f'"{flag.name}" has {len(having)} flexibleRollout strategies in {environment}: which one is meant?',
        f"There are {listed}. Pass the strategyId of one, or take away those that are not needed with"
        " remove_flag_strategy.",
    )


def _written(outcome: WriteOutcome, environment: str, strategy_id: str | None) -> Strategy:
    after, before = outcome.after, outcome.before
    if strategy_id:
        return strategy_of(after, environment, strategy_id)
    having = [each for each in environment_of(after, environment).strategies if each.name == "flexibleRollout"]
    old = environment_of(before, environment).strategies if before is not None else ()
    return next((each for each in having if each not in old), having[0])


def _whole(percentage: float) -> str:
    if percentage != int(percentage) or not 0 <= percentage <= 100:
        raise BadArgument(f"{percentage} is not a rollout percentage.", "Use a whole number from 0 to 100.")
    return str(int(percentage))
