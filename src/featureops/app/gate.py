"""The one way out for writes to the backend. Read-only, dry run, the policy, confirmations and the audit log are all
here: a request that did not pass `write` does not exist."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeVar
from zoneinfo import ZoneInfo

from featureops.app.deps import Deps
from featureops.core.errors import Conflict, Denied, FeatureOpsError, MovedOn, UnknownFlag, Unwritable, UserFixable
from featureops.core.flagjson import flag_json, iso_time, strategy_json
from featureops.core.flagmeta import check_naming, fingerprint
from featureops.core.hours import hours_from
from featureops.core.model import ChangeRequest, Flag, FlagChange, Json
from featureops.core.policy import (
    check_create,
    check_hours,
    check_tags,
    check_write,
    is_raise,
    must_be_on_before,
    needs_confirmation,
    raised_in,
    serving,
)
from featureops.ports import FlagBackend

__all__ = ["Perform", "WriteOutcome", "WriteRequest", "decline", "write", "write_shared"]

Perform = Callable[[FlagBackend], Awaitable[Flag]]
_T = TypeVar("_T")

_CONFIRM_SECONDS: Final = 15 * 60
_EVENTS_LOOKED_AT: Final = 200


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """`before` is the flag as the caller saw it (None: it is to be created), `planned` as it will be. `environment` is
    the one written to, None for a write to the flag itself. `confirm` is the token of an earlier answer, `undoes` the
    id of the change that this takes back."""

    action: str
    before: Flag | None
    planned: Flag
    environment: str | None = None
    confirm: str | None = None
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """`after` is read back from the backend when the write was done, else it is what would be. `confirm` is there when
    a person has to say yes first, `change_id` when the write can be taken back, `requested` when the backend takes it
    by request only."""

    status: Literal["done", "dry-run", "unconfirmed", "requested"]
    before: Flag | None
    after: Flag
    confirm: str | None = None
    change_id: str | None = None
    requested: ChangeRequest | None = None


async def write(deps: Deps, request: WriteRequest, perform: Perform) -> WriteOutcome:
    """Let `perform` send the write, or not. One at a time, so that what was checked is still true when it is sent.

    Errors: Denied (read-only, policy, a token of another change), MovedOn (the flag is not `before` any more), Conflict
    (to be created, but there), Unwritable (the audit log), and those of `perform`."""
    async with deps.writes:
        try:
            pending = await _judge(deps, request)
        except UserFixable as refusal:
            _record(deps, request, "refused", refusal.message)
            raise
        if pending is not None:
            _record(deps, request, pending.status)
            return pending
        return await _send(deps, request, perform)


async def write_shared(deps: Deps, action: str, name: str, perform: Callable[[], Awaitable[_T]]) -> _T:
    """Let `perform` make what flags share: a segment, a context field, a type of tag. Errors: Denied (read-only, dry
    run), Unwritable (the audit log), and those of `perform`."""
    entry: dict[str, Json] = {"action": action, "name": name}
    if deps.modes.read_only or deps.modes.dry_run:
        _append(deps, {"result": "refused"} | entry)
        raise Denied(f"{action} {name} was not made: read-only or a dry run.", "Nothing was changed.")
    async with deps.writes:
        _append(deps, {"result": "started"} | entry, must=True)
        try:
            made = await perform()
        except FeatureOpsError as error:
            _append(deps, {"result": "failed", "message": error.message} | entry)
            raise
        _append(deps, {"result": "done"} | entry)
        return made


def decline(deps: Deps, answer: Mapping[str, Json]) -> Denied:
    """Record that a person said no to an answer with `requiresConfirmation`. The caller raises what this returns."""
    keys = {"action": "action", "featureName": "flag", "projectId": "project", "environment": "environment"}
    _append(deps, {"result": "declined"} | {ours: answer.get(theirs) for theirs, ours in keys.items()})
    return Denied(
        f"A person declined: {answer.get('action')} of {answer.get('featureName')} was not done.",
        "Do not ask again for the same change; ask the person what they want instead.",
    )


async def _judge(deps: Deps, request: WriteRequest) -> WriteOutcome | None:
    """None: it may be sent."""
    if deps.modes.read_only:
        raise Denied(
            f"Read-only: {request.action} {request.planned.name} was not sent.",
            "Nothing was changed. A person can start featureops without --read-only.",
        )
    await _check_unmoved(deps.flags(), request)
    await deps.flags().check(request.before, request.planned)
    await _check_policy(deps, request)
    if deps.modes.dry_run:
        return WriteOutcome("dry-run", request.before, request.planned)
    if request.before == request.planned or not needs_confirmation(
        deps.config.policy, request.before, request.planned, request.environment
    ):
        return None
    if request.confirm is None:
        return WriteOutcome("unconfirmed", request.before, request.planned, _token(deps, request))
    _check_token(deps, request, request.confirm)
    return None


async def _check_policy(deps: Deps, request: WriteRequest) -> None:
    policy, before, planned = deps.config.policy, request.before, request.planned
    if before is None:
        check_create(policy, planned.name)
        check_naming(await deps.flags().naming(planned.project), planned.name)
        check_tags(policy, planned)
        return
    if before.tags != planned.tags:
        check_tags(policy, planned)
    check_write(policy, before, planned, request.environment, await _been_on(deps, before, request))
    if request.environment is not None:
        _check_hours(deps, before, planned, request.environment)
        return
    for environment in raised_in(before, planned):
        old, one = serving(before), replace(request, environment=environment)
        check_write(policy, old, planned, environment, await _been_on(deps, old, one))
        _check_hours(deps, old, planned, environment)


def _check_hours(deps: Deps, before: Flag, planned: Flag, environment: str) -> None:
    if deps.config.policy.hours is None:
        return
    hours = hours_from(deps.config.policy.hours)
    now = datetime.fromtimestamp(deps.clock(), ZoneInfo(hours.zone))
    check_hours(before, planned, environment, hours, (now.weekday(), now.hour * 60 + now.minute))


async def _check_unmoved(backend: FlagBackend, request: WriteRequest) -> None:
    name, project = request.planned.name, request.planned.project
    try:
        current = await backend.flag(name, project)
    except UnknownFlag:
        if request.before is None:
            return
        raise
    if request.before is None:
        archived = " as an archived flag: revive it or choose another name" if current.archived else ""
        raise Conflict(f'There is a flag "{name}" already{archived}.', "Use it as it is, or choose another name.")
    if current.version != request.before.version:
        raise MovedOn(f'Flag "{name}" changed in the meantime.', "Look at get_flag_state and try again.")


async def _been_on(deps: Deps, before: Flag, request: WriteRequest) -> set[str]:
    policy, environment = deps.config.policy, request.environment
    on = {state.name for state in before.environments if state.enabled}
    if not policy.require_in_order or environment not in {state.name for state in before.environments}:
        return on
    if not is_raise(before, request.planned, environment) or on.issuperset(
        must_be_on_before(policy, before, environment)
    ):
        return on
    events = await deps.flags().events(before.name, _EVENTS_LOOKED_AT)
    return on | {
        event.environment
        for event in events
        if event.type == "feature-environment-enabled" and event.environment is not None
    }


async def _send(deps: Deps, request: WriteRequest, perform: Perform) -> WriteOutcome:
    if request.before == request.planned:
        return WriteOutcome("done", request.before, request.planned)
    # Before the request: a write that can't be recorded is not made.
    _record(deps, request, "started", must=True)
    try:
        asked = await _requested(deps, request)
        if asked is not None and request.before is not None:
            _record(deps, request, "requested", asked.url)
            return WriteOutcome("requested", request.before, request.planned, requested=asked)
        answered = await perform(deps.flags())
        after = await _read_back(deps.flags(), answered)
    except FeatureOpsError as error:
        _record(deps, request, "failed", error.message)
        raise
    _record(deps, request, "done")
    return WriteOutcome("done", request.before, after, change_id=_remembered(deps, request, after))


async def _requested(deps: Deps, request: WriteRequest) -> ChangeRequest | None:
    if request.before is None:  # a new flag is nobody's yet
        return None
    return await deps.flags().request_change(request.before, request.planned, request.environment)


def _remembered(deps: Deps, request: WriteRequest, after: Flag) -> str | None:
    """Keep what it takes to take the write back; the id of the change."""
    if deps.history is None or request.undoes is not None:
        return None
    try:
        address = str(deps.flags().link(after.project, after.name).get("api", ""))
        before = None if request.before is None else flag_json(request.before)
        change = FlagChange(
            "",
            request.action,
            after.name,
            after.project,
            request.environment,
            address,
            deps.clock(),
            before,
            fingerprint(after, ids=False),
        )
        return deps.history.add(change).change_id
    except Unwritable:  # the write was made: that it can't be taken back by its id is told by the missing id
        return None


async def _read_back(backend: FlagBackend, answered: Flag) -> Flag:
    try:
        return await backend.flag(answered.name, answered.project)
    except UnknownFlag:
        if answered.archived:  # a backend may hide archived flags
            return answered
        raise


def _token(deps: Deps, request: WriteRequest, expires: int | None = None) -> str:
    expires = int(deps.clock()) + _CONFIRM_SECONDS if expires is None else expires
    message = json.dumps([expires, _canonical(request)], sort_keys=True, separators=(",", ":"))
    return f"{expires:x}-{hmac.new(deps.secret, message.encode(), hashlib.sha256).hexdigest()[:40]}"


def _check_token(deps: Deps, request: WriteRequest, token: str) -> None:
    expires = _expiry(token)
    if not hmac.compare_digest(_token(deps, request, expires).encode(), token.encode("utf-8", "replace")):
        raise Denied(
            "The confirm token does not belong to this change: another change, or the flag changed since.",
            "Call again without confirm, show the person what would happen now, and pass the new token.",
        )
    if expires < deps.clock():
        raise Denied(
            "The confirm token is older than 15 minutes.",
            "Call again without confirm, ask the person again, and pass the new token.",
        )


def _expiry(token: str) -> int:
    try:
        return int(token.partition("-")[0][:16], 16)
    except ValueError:
        return 0


def _canonical(request: WriteRequest) -> dict[str, Json]:
    """Exactly what a person said yes to: what the flag will be, and what it was (its version). No usage counts."""
    planned = request.planned
    return {
        "action": request.action,
        "flag": planned.name,
        "project": planned.project,
        "environment": request.environment,
        "version": request.before.version if request.before else None,
        "planned": [planned.type, planned.description, planned.impression_data, planned.archived, planned.stale],
        "says": fingerprint(planned),
        "environments": [
            [state.name, state.enabled, [strategy_json(each) for each in state.strategies]]
            for state in planned.environments
        ],
    }


def _record(deps: Deps, request: WriteRequest, result: str, message: str = "", *, must: bool = False) -> None:
    entry: dict[str, Json] = {
        "result": result,
        "action": request.action,
        "flag": request.planned.name,
        "project": request.planned.project,
        "environment": request.environment,
        "version": request.before.version if request.before else None,
        "planned": _summary(request),
    }
    if message:
        entry["message"] = message
    _append(deps, entry, must=must)


def _append(deps: Deps, entry: Mapping[str, Json], *, must: bool = False) -> None:
    if deps.audit is None:
        return
    try:
        deps.audit.append({"at": iso_time(deps.clock()), "client": deps.modes.client, **entry})
    except Unwritable:
        # What was done is done, and what was refused stays refused: only a write that is still to come must wait.
        if must:
            raise


def _summary(request: WriteRequest) -> Json:
    for state in request.planned.environments:
        if state.name == request.environment:
            return {"enabled": state.enabled, "strategies": [strategy_json(each) for each in state.strategies]}
    own = flag_json(request.planned, environments=False)
    return {key: own[key] for key in ("type", "archived", "stale", "description", "tags", "links", "dependencies")}
