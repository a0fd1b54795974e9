"""The flag verbs: what the tools of the Unleash MCP server answer, by any backend. Every write goes through `app.gate`.

Answers hold `success`, `projectId`, `featureName`, `links` {ui, api, resourceUri} and a one-line `message`; those of
writes also `action`, `dryRun`, `before` and `after` (the environment written to, or the flag), and, when a person must
say yes first, `requiresConfirmation` and the token `confirm`: nothing was written then.

Errors of all: BadConfiguration (no backend), UnknownFlag, BadArgument, Unreachable; of writes also Denied, MovedOn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from featureops.app.deps import Deps
from featureops.app.flagreads import get_flag_state, links_of, list_flags, list_projects, project_of, state_json
from featureops.app.gate import WriteOutcome, WriteRequest, write
from featureops.core.errors import BadArgument, Conflict, MovedOn
from featureops.core.flagjson import flag_json, iso_time, strategy_json, variant_from_json
from featureops.core.flagrules import checked_name, checked_strategy, checked_type
from featureops.core.flagstate import (
    environment_of,
    last_seen,
    revived,
    rollout_of,
    strategy_of,
    with_enabled,
    with_strategy,
    without_strategy,
)
from featureops.core.model import Flag, FlagType, Json, Strategy
from featureops.ports import FlagBackend

__all__ = [
    "archive_flag",
    "create_flag",
    "get_flag_state",
    "list_flags",
    "list_projects",
    "remove_flag_strategy",
    "revive_flag",
    "set_flag_rollout",
    "toggle_flag_environment",
]

_TRIES: Final = 3
_DRY_RUN_ID: Final = "dry-run-strategy"
_ASK: Final = (
    "Show the person before and after and ask. After a yes call the same tool with the same arguments and this confirm;"
    " after a no do nothing."
)


@dataclass(frozen=True, slots=True)
class _Change:
    """A write to a flag that is there. `says` completes the sentence "Would …"; `plan` gets the flag as it is, `send`
    that and the planned one."""

    action: str
    name: str
    project: str
    says: str
    plan: Callable[[Flag], Flag]
    send: Callable[[FlagBackend, Flag, Flag], Awaitable[Flag]]
    environment: str | None = None
    confirm: str | None = None


async def create_flag(
    deps: Deps,
    *,
    name: str,
    type: str,
    description: str,
    project: str | None = None,
    impression_data: bool = False,
    confirm: str | None = None,
) -> dict[str, Json]:
    """Off in every environment. Also: `feature` {name, project, type, description, impressionData, createdAt}.

    Errors also: Conflict (the name is taken, maybe by an archived flag)."""
    backend, where = deps.flags(), project_of(deps, project)
    kind = cast("FlagType", checked_type(type))
    planned = Flag(checked_name(name), where, kind, description, deps.clock(), impression_data)

    def send(to: FlagBackend) -> Awaitable[Flag]:
        return to.create(name, where, kind, description, impression_data, deps.modes.client)

    outcome = await write(deps, WriteRequest("create", None, planned, confirm=confirm), send)
    feature = flag_json(outcome.after, environments=False)
    says = f'create the {kind} flag "{name}" in project {where}, off in every environment'
    return {
        "success": True,
        "dryRun": outcome.status == "dry-run",
        "action": "create",
        "projectId": where,
        "featureName": name,
        "feature": feature,
        "links": links_of(backend, where, name),
        "before": None,
        "after": feature,
        "message": _sentence(outcome, says),
    }


async def set_flag_rollout(
    deps: Deps,
    *,
    name: str,
    environment: str,
    percentage: float,
    project: str | None = None,
    group_id: str | None = None,
    stickiness: str | None = None,
    title: str | None = None,
    disabled: bool | None = None,
    variants: Sequence[Mapping[str, Json]] | None = None,
    confirm: str | None = None,
) -> dict[str, Json]:
    """Adds a flexibleRollout strategy, or updates the one there is; what is not given stays as it is. Does not turn the
    environment on. Also: `rolloutPercentage`, `strategy`, `strategyId`."""
    own: dict[str, str | None] = {"rollout": _whole(percentage), "groupId": group_id, "stickiness": stickiness}
    given = {key: value for key, value in own.items() if value is not None}

    def wanted(flag: Flag) -> Strategy:
        old = _rollout_strategy(flag, environment) or Strategy("flexibleRollout")
        new = replace(old, parameters={**old.parameters, **given})
        new = new if title is None else replace(new, title=title)
        new = new if disabled is None else replace(new, disabled=disabled)
        if variants is not None:
            new = replace(new, variants=tuple(variant_from_json(variant) for variant in variants))
        return checked_strategy(new, name)

    where = project_of(deps, project)
    change = _Change(
        "rollout",
        name,
        where,
        f'set the rollout of "{name}" in {environment} to {given["rollout"]} %',
        lambda flag: with_strategy(flag, environment, wanted(flag)),
        lambda to, flag, _: to.put_strategy(name, where, environment, wanted(flag), deps.modes.client),
        environment,
        confirm,
    )
    outcome = await _carry_out(deps, change)
    written = _written(outcome, environment)
    return _answer(deps, change, outcome) | {
        "rolloutPercentage": rollout_of(written),
        "strategyId": written.id or _DRY_RUN_ID,
        "strategy": strategy_json(replace(written, id=written.id or _DRY_RUN_ID)),
    }


async def toggle_flag_environment(
    deps: Deps,
    *,
    name: str,
    environment: str,
    enabled: bool,
    project: str | None = None,
    confirm: str | None = None,
) -> dict[str, Json]:
    """Turning on without an enabled strategy adds flexibleRollout 100 %. Also: `enabled` (as it is after the call),
    `feature`."""
    where = project_of(deps, project)
    change = _Change(
        "enable" if enabled else "disable",
        name,
        where,
        f'turn "{name}" {"on" if enabled else "off"} in {environment}',
        lambda flag: with_enabled(flag, environment, enabled),
        lambda to, _, __: to.set_enabled(name, where, environment, enabled, deps.modes.client),
        environment,
        confirm,
    )
    outcome = await _carry_out(deps, change)
    shown = outcome.before if outcome.status == "unconfirmed" else outcome.after
    state = environment_of(shown or outcome.after, environment)
    return _answer(deps, change, outcome) | {
        "enabled": state.enabled,
        "feature": flag_json(outcome.after, environments=False),
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
    change = _Change(
        "remove-strategy",
        name,
        where,
        f'remove strategy {strategy_id} of "{name}" in {environment}',
        lambda flag: without_strategy(flag, environment, strategy_of(flag, environment, strategy_id).id),
        lambda to, _, __: to.remove_strategy(name, where, environment, strategy_id, deps.modes.client),
        environment,
        confirm,
    )
    outcome = await _carry_out(deps, change)
    return _answer(deps, change, outcome) | {
        "removedStrategyId": strategy_id,
        "remainingStrategies": [strategy_json(each) for each in environment_of(outcome.after, environment).strategies],
        "feature": flag_json(outcome.after, environments=False),
    }


async def archive_flag(
    deps: Deps, *, name: str, project: str | None = None, force: bool = False, confirm: str | None = None
) -> dict[str, Json]:
    """An archived flag is off for every SDK; its name stays taken. Also: `feature`.

    Errors also: Conflict (this code still reads it, or other flags depend on it), unless `force`."""
    where = project_of(deps, project)
    if not force:
        await _refuse_if_needed(deps, await deps.flags().flag(name, where))
    change = _Change(
        "archive",
        name,
        where,
        f'archive "{name}"',
        lambda flag: replace(flag, archived=True),
        lambda to, _, __: to.archive(name, where, deps.modes.client),
        confirm=confirm,
    )
    outcome = await _carry_out(deps, change)
    answer = _answer(deps, change, outcome) | {"feature": flag_json(outcome.after, environments=False)}
    seen = last_seen(outcome.before) if outcome.before is not None else None
    if seen is not None and "hint" not in answer:
        answer["hint"] = f"An application asked for it last on {str(iso_time(seen))[:10]}. revive_flag brings it back."
    return answer


async def revive_flag(
    deps: Deps, *, name: str, project: str | None = None, confirm: str | None = None
) -> dict[str, Json]:
    """Out of the archive, off in every environment. Also: `feature`."""
    where = project_of(deps, project)
    change = _Change(
        "revive",
        name,
        where,
        f'revive "{name}", off in every environment',
        revived,
        lambda to, _, __: to.revive(name, where, deps.modes.client),
        confirm=confirm,
    )
    outcome = await _carry_out(deps, change)
    return _answer(deps, change, outcome) | {"feature": flag_json(outcome.after, environments=False)}


async def _refuse_if_needed(deps: Deps, flag: Flag) -> None:
    """Archiving a flag that is still asked for switches its users off without a deploy."""
    import anyio.to_thread

    from featureops.app.removal import reads_left

    if flag.children:
        raise Conflict(
            f'Other flags depend on "{flag.name}": {", ".join(sorted(flag.children))}.',
            "Take the dependency away first; force archives it all the same.",
        )
    left = [] if flag.archived else await anyio.to_thread.run_sync(reads_left, deps, flag.name)
    if left:
        more = f" and {len(left) - 5} more" if len(left) > 5 else ""
        raise Conflict(
            f'The code still reads "{flag.name}": {", ".join(map(str, left[:5]))}{more}.',
            "Take it out with cleanup_flag and deploy that first; force archives it all the same.",
        )


async def _carry_out(deps: Deps, change: _Change) -> WriteOutcome:
    backend = deps.flags()
    for last in (False,) * (_TRIES - 1) + (True,):
        before = await backend.flag(change.name, change.project)
        if before.archived and change.action not in {"archive", "revive"}:
            raise BadArgument(f'Flag "{change.name}" is archived: it can\'t be changed.', "First call revive_flag.")
        planned = change.plan(before)
        request = WriteRequest(change.action, before, planned, change.environment, change.confirm)
        try:
            return await write(deps, request, _sender(change, before, planned))
        except MovedOn:  # somebody else was faster: plan anew on what is there now
            if last:
                raise
    raise AssertionError("the last try returns or raises")


def _sender(change: _Change, before: Flag, planned: Flag) -> Callable[[FlagBackend], Awaitable[Flag]]:
    return lambda backend: change.send(backend, before, planned)


def _rollout_strategy(flag: Flag, environment: str) -> Strategy | None:
    having = [each for each in environment_of(flag, environment).strategies if each.name == "flexibleRollout"]
    if len(having) < 2:
        return having[0] if having else None
    listed = ", ".join(f"{each.id} ({each.title or 'no title'}, {rollout_of(each)} %)" for each in having)
    raise BadArgument(
        f'"{flag.name}" has {len(having)} flexibleRollout strategies in {environment}: which one is meant?',
        f"There are {listed}. Remove those that are not needed with remove_flag_strategy, then set the rollout.",
    )


def _written(outcome: WriteOutcome, environment: str) -> Strategy:
    return next(
        each for each in environment_of(outcome.after, environment).strategies if each.name == "flexibleRollout"
    )


def _whole(percentage: float) -> str:
    if percentage != int(percentage) or not 0 <= percentage <= 100:
        raise BadArgument(f"{percentage} is not a rollout percentage.", "Use a whole number from 0 to 100.")
    return str(int(percentage))


def _answer(deps: Deps, change: _Change, outcome: WriteOutcome) -> dict[str, Json]:
    answer: dict[str, Json] = {
        "success": outcome.status != "unconfirmed",
        "dryRun": outcome.status == "dry-run",
        "action": change.action,
        "projectId": change.project,
        "featureName": change.name,
        "links": links_of(deps.flags(), change.project, change.name),
        "before": _shown(outcome.before, change.environment),
        "after": _shown(outcome.after, change.environment),
        "message": _sentence(outcome, change.says),
    }
    if change.environment is not None:
        answer["environment"] = change.environment
    if outcome.confirm is not None:
        answer |= {"requiresConfirmation": True, "confirm": outcome.confirm, "hint": _ASK}
    elif change.environment is not None and (hint := _still_off(change, outcome)):
        answer["hint"] = hint
    return answer


def _sentence(outcome: WriteOutcome, says: str) -> str:
    if outcome.status == "dry-run":
        return f"[DRY RUN] Would {says}. Nothing was written."
    if outcome.status == "unconfirmed":
        return f"Not done yet: to {says}, the policy wants a person's yes."
    if outcome.before == outcome.after:
        return f"Nothing to do: to {says} changes nothing, it is so already."
    return f"Done: {says}."


def _still_off(change: _Change, outcome: WriteOutcome) -> str:
    state = environment_of(outcome.after, change.environment or "")
    if change.action != "rollout" or state.enabled:
        return ""
    return (
        f"{state.name} is off: nobody gets the flag there yet. Turn it on with toggle_flag_environment"
        f' {{"featureName": "{change.name}", "environment": "{state.name}", "enabled": true}}.'
    )


def _shown(flag: Flag | None, environment: str | None) -> Json:
    if flag is None:
        return None
    if environment is None:
        return flag_json(flag, environments=False)
    return state_json(environment_of(flag, environment))
