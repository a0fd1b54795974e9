"""The flag verbs: what the tools of the Unleash MCP server answer, by any backend. Every write goes through `app.gate`.

Answers hold `success`, `projectId`, `featureName`, `links` {ui, api, resourceUri} and a one-line `message`; those of
writes also `action`, `dryRun`, `before` and `after` (the environment written to, or the flag), and, when a person must
say yes first, `requiresConfirmation` and the token `confirm`: nothing was written then.

Errors of all: BadConfiguration (no backend), UnknownFlag, BadArgument, Unreachable; of writes also Denied, MovedOn."""

from __future__ import annotations

from featureops.app.creating import create_flag
from featureops.app.deps import Deps
from featureops.app.flagreads import get_flag_state, list_flags, list_projects, project_of
from featureops.app.flagwrites import Change, answer, carry_out
from featureops.core.errors import Conflict
from featureops.core.flagjson import flag_json, iso_time
from featureops.core.flagstate import (
    archived,
    environment_of,
    last_seen,
    revived,
    with_enabled,
)
from featureops.core.model import Flag, Json

__all__ = [
    "archive_flag",
    "create_flag",
    "get_flag_state",
    "list_flags",
    "list_projects",
    "revive_flag",
    "toggle_flag_environment",
]


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
    change = Change(
        "enable" if enabled else "disable",
        name,
        where,
        f'turn "{name}" {"on" if enabled else "off"} in {environment}',
        lambda flag: with_enabled(flag, environment, enabled),
        lambda to, _, __: to.set_enabled(name, where, environment, enabled, deps.modes.client),
        environment,
        confirm,
    )
    outcome = await carry_out(deps, change)
    shown = outcome.before if outcome.status in {"unconfirmed", "requested"} else outcome.after
    state = environment_of(shown or outcome.after, environment)
    return answer(deps, change, outcome) | {
        "enabled": state.enabled,
        "feature": flag_json(outcome.after, environments=False),
    }


async def archive_flag(
    deps: Deps, *, name: str, project: str | None = None, force: bool = False, confirm: str | None = None
) -> dict[str, Json]:
    """An archived flag is off for every SDK; its name stays taken. Also: `feature`.

    Errors also: Conflict (other flags depend on it, or, unless `force`, this code still reads it)."""
    where = project_of(deps, project)
    if not force:
        await _refuse_if_needed(deps, await deps.flags().flag(name, where))
    change = Change(
        "archive",
        name,
        where,
        f'archive "{name}"',
        archived,
        lambda to, _, __: to.archive(name, where, deps.modes.client),
        confirm=confirm,
    )
    outcome = await carry_out(deps, change)
    found = answer(deps, change, outcome) | {"feature": flag_json(outcome.after, environments=False)}
    seen = last_seen(outcome.before) if outcome.before is not None else None
    if seen is not None and "hint" not in found:
        found["hint"] = f"An application asked for it last on {str(iso_time(seen))[:10]}. revive_flag brings it back."
    return found


async def revive_flag(
    deps: Deps, *, name: str, project: str | None = None, confirm: str | None = None
) -> dict[str, Json]:
    """Out of the archive, off in every environment. Also: `feature`."""
    where = project_of(deps, project)
    change = Change(
        "revive",
        name,
        where,
        f'revive "{name}", off in every environment',
        revived,
        lambda to, _, __: to.revive(name, where, deps.modes.client),
        confirm=confirm,
    )
    outcome = await carry_out(deps, change)
    return answer(deps, change, outcome) | {"feature": flag_json(outcome.after, environments=False)}


async def _refuse_if_needed(deps: Deps, flag: Flag) -> None:
    """Archiving a flag that is still asked for switches its users off without a deploy."""
    import anyio.to_thread

    from featureops.app.removal import reads_left

    left = [] if flag.archived else await anyio.to_thread.run_sync(reads_left, deps, flag.name)
    if left:
        more = f" and {len(left) - 5} more" if len(left) > 5 else ""
        raise Conflict(
            f'The code still reads "{flag.name}": {", ".join(map(str, left[:5]))}{more}.',
            "Take it out with cleanup_flag and deploy that first; force archives it all the same.",
        )
