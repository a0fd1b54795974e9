"""What all writes to a flag that is there have in common: planned on what is there, sent through the gate, answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from featureops.app.deps import Deps
from featureops.app.flagreads import links_of, state_json
from featureops.app.gate import WriteOutcome, WriteRequest, write
from featureops.core.errors import BadArgument, MovedOn
from featureops.core.flagjson import flag_json
from featureops.core.flagstate import environment_of
from featureops.core.model import Flag, Json
from featureops.ports import FlagBackend

__all__ = ["Change", "answer", "carry_out", "sentence"]

_TRIES: Final = 3
_ARCHIVED: Final = ("archive", "revive", "undo")
_ASK: Final = (
    "Show the person before and after and ask. After a yes call the same tool with the same arguments and this confirm;"
    " after a no do nothing."
)


_DRAFT: Final = "Draft"
_ASKED: Final = "Nothing changed yet: people approve and apply it at the url. Do not ask for the same again."
_OPEN: Final = "Added to a draft that was open with other changes: a person has to submit it at the url."


@dataclass(frozen=True, slots=True)
class Change:
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
    undoes: str | None = None


async def carry_out(deps: Deps, change: Change) -> WriteOutcome:
    """Plan on the flag as it is and send; where somebody else was faster, anew on what is there then."""
    backend = deps.flags()
    for last in (False,) * (_TRIES - 1) + (True,):
        before = await backend.flag(change.name, change.project)
        if before.archived and change.action not in _ARCHIVED:
            raise BadArgument(f'Flag "{change.name}" is archived: it can\'t be changed.', "First call revive_flag.")
        planned = change.plan(before)
        request = WriteRequest(change.action, before, planned, change.environment, change.confirm, change.undoes)
        try:
            return await write(deps, request, _sender(change, before, planned))
        except MovedOn:  # somebody else was faster: plan anew on what is there now
            if last:
                raise
    raise AssertionError("the last try returns or raises")


def _sender(change: Change, before: Flag, planned: Flag) -> Callable[[FlagBackend], Awaitable[Flag]]:
    return lambda backend: change.send(backend, before, planned)


def answer(deps: Deps, change: Change, outcome: WriteOutcome) -> dict[str, Json]:
    """What every write answers."""
    found: dict[str, Json] = {
        "success": outcome.status != "unconfirmed",
        "dryRun": outcome.status == "dry-run",
        "action": change.action,
        "projectId": change.project,
        "featureName": change.name,
        "links": links_of(deps.flags(), change.project, change.name),
        "before": _shown(outcome.before, change.environment),
        "after": _shown(outcome.after, change.environment),
        "message": sentence(outcome, change.says),
    }
    if change.environment is not None:
        found["environment"] = change.environment
    if outcome.change_id is not None:
        found["changeId"] = outcome.change_id
    if outcome.requested is not None:
        asked = outcome.requested
        found["changeRequest"] = {"id": asked.id, "state": asked.state, "url": asked.url}
        found["hint"] = _OPEN if asked.state == _DRAFT else _ASKED
    elif outcome.confirm is not None:
        found |= {"requiresConfirmation": True, "confirm": outcome.confirm, "hint": _ASK}
    elif change.environment is not None and (hint := _still_off(change, outcome)):
        found["hint"] = hint
    return found


def sentence(outcome: WriteOutcome, says: str) -> str:
    """What became of a write, in words."""
    if outcome.status == "dry-run":
        return f"[DRY RUN] Would {says}. Nothing was written."
    if outcome.status == "unconfirmed":
        return f"Not done yet: to {says}, the policy wants a person's yes."
    if outcome.requested is not None:
        asked = outcome.requested
        return f"Asked for in change request {asked.id} ({asked.state}): {says}. {asked.url}"
    if outcome.before == outcome.after:
        return f"Nothing to do: to {says} changes nothing, it is so already."
    return f"Done: {says}."


def _still_off(change: Change, outcome: WriteOutcome) -> str:
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
