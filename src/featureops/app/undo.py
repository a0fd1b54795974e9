"""The verb undo: the latest change of code or of a flag in the backend is taken back, refused where it moved on."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial

import anyio.to_thread

from featureops.app import plans
from featureops.app.deps import Deps
from featureops.app.flagwrites import Change, answer, carry_out
from featureops.core.errors import BadArgument, MovedOn, Unwritable
from featureops.core.flagjson import flag_from_json
from featureops.core.flagmeta import fingerprint
from featureops.core.flagstate import environment_of
from featureops.core.flagundo import taken_back
from featureops.core.model import Flag, FlagChange, Json
from featureops.ports import FlagBackend

__all__ = ["undo"]


async def undo(deps: Deps, change_id: str | None = None, confirm: str | None = None) -> dict[str, Json]:
    """Take back a change, by default the latest: `changeId`, `undone`, `message`, of code `files`, of a flag what its
    writes answer.

    Errors: Denied (read-only, policy), MovedOn (a file or the flag changed since), BadArgument (no such change, one of
    another backend), and those of the backend."""
    plans.refuse_when_read_only(deps, "take back a change")
    change = await anyio.to_thread.run_sync(_flag_change, deps, change_id)
    if change is None:
        return await anyio.to_thread.run_sync(plans.undo, deps, change_id)
    return await _undo_flag(deps, change, confirm)


def _flag_change(deps: Deps, change_id: str | None) -> FlagChange | None:
    """The change of a flag that is meant; None: one of code, or none at all."""
    known = deps.history.latest() if deps.history is not None else ()
    if change_id is not None:
        return next((each for each in known if each.change_id == change_id), None)
    latest = next((each for each in known if each.state == "applied"), None)
    code = next((each for each in deps.journal.history() if each.state == "applied"), None)
    return None if latest is None or (code is not None and code.created_at > latest.created_at) else latest


async def _undo_flag(deps: Deps, change: FlagChange, confirm: str | None) -> dict[str, Json]:
    if change.state == "undone":
        raise BadArgument(f"The change {change.change_id} was taken back already.", "Nothing is left to take back.")
    here = str(deps.flags().link(change.project, change.flag).get("api", ""))
    if here != change.address:
        raise BadArgument(
            f"The change {change.change_id} was made in another backend: {change.address}.",
            "Configure that backend, or take it back by hand.",
        )
    before = None if change.before is None else flag_from_json(change.before)
    asked = Change(
        "undo",
        change.flag,
        change.project,
        f'take back {change.change_id} ({change.action} of "{change.flag}")',
        partial(_plan, change, before),
        lambda to, now, planned: _restore(to, now, planned, deps.modes.client),
        change.environment,
        confirm,
        change.change_id,
    )
    outcome = await carry_out(deps, asked)
    done = outcome.status == "done"
    if done and deps.history is not None:
        with suppress(Unwritable):  # it was taken back; at worst it is offered again, and refused then
            await anyio.to_thread.run_sync(deps.history.undone, change.change_id)
    return answer(deps, asked, outcome) | {"changeId": change.change_id, "undone": done, "files": []}


def _plan(change: FlagChange, before: Flag | None, now: Flag) -> Flag:
    if fingerprint(now, ids=False) != change.after:
        raise MovedOn(
            f'Flag "{change.flag}" changed since {change.change_id}: taking that back would lose the later change.',
            "Take the later changes back first, or look at get_flag_state and change what is needed.",
        )
    return taken_back(change, before, now)


async def _restore(to: FlagBackend, now: Flag, planned: Flag, by: str) -> Flag:
    """Off before anything else and on after everything else: nobody gets what is half restored."""
    name, project = now.name, now.project
    if planned.archived:
        return await to.archive(name, project, by)
    flag = await to.revive(name, project, by) if now.archived else now
    for state in planned.environments:
        if state != environment_of(flag, state.name):
            flag = await _restore_environment(to, flag, planned, state.name, by)
    says = replace(planned, version=flag.version, children=flag.children)
    return await to.update(flag, says, by)


async def _restore_environment(to: FlagBackend, flag: Flag, planned: Flag, environment: str, by: str) -> Flag:
    name, project = flag.name, flag.project
    wanted = environment_of(planned, environment)
    if environment_of(flag, environment).enabled and not wanted.enabled:
        flag = await to.set_enabled(name, project, environment, False, by)
    kept = {strategy.id for strategy in wanted.strategies}
    gone = [each.id for each in environment_of(flag, environment).strategies if each.id not in kept]
    for strategy in wanted.strategies:
        if strategy not in environment_of(flag, environment).strategies:
            flag = await to.put_strategy(name, project, environment, strategy, by)
    for number in gone:
        flag = await to.remove_strategy(name, project, environment, number, by)
    if wanted.enabled and not environment_of(flag, environment).enabled:
        flag = await to.set_enabled(name, project, environment, True, by)
    return flag
