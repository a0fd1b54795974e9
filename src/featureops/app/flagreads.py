"""The flag verbs that read, and what all answers about flags have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from featureops.app.deps import Deps
from featureops.core.errors import BadArgument
from featureops.core.flagjson import environment_json, flag_json, iso_time
from featureops.core.flagsearch import FlagQuery, cursor_of, offset_of
from featureops.core.flagstate import LIFETIME_DAYS, did_you_mean, exposure, last_seen
from featureops.core.model import EnvironmentState, Flag, Json
from featureops.ports import FlagBackend

__all__ = ["get_flag_state", "links_of", "list_flags", "list_projects", "project_of", "state_json"]

_DAY: Final = 86_400


async def get_flag_state(
    deps: Deps, *, name: str, project: str | None = None, environment: str | None = None
) -> dict[str, Json]:
    """`feature`, `environments` (with strategies and exposure; `environment` filters, in any case), `ageDays`,
    `lifetimeDays` (null: it may stay for good)."""
    backend, where = deps.flags(), project_of(deps, project)
    flag = await backend.flag(name, where)
    states = _filtered(flag, environment)
    feature = flag_json(flag, environments=False)
    age = max(0, int((deps.clock() - flag.created_at) // _DAY))
    feature |= {"lifecycle": flag.stage, "ageDays": age, "lifetimeDays": LIFETIME_DAYS[flag.type]}
    return {
        "success": True,
        "projectId": flag.project,
        "featureName": name,
        "environmentFilter": environment,
        "feature": feature,
        "environments": [state_json(state) for state in states],
        "links": links_of(backend, flag.project, name),
        "message": f'"{name}" ({flag.type}{", archived" if flag.archived else ""}): '
        + ", ".join(_in_words(state) for state in states),
    }


async def list_flags(
    deps: Deps, *, query: FlagQuery | None = None, cursor: str | None = None, keys_only: bool = False
) -> dict[str, Json]:
    """By name: `flags` (or `keys`, their names), `totalFlags`, `nextOffset` and `nextCursor` (null on the last page),
    and the paging asked for. `cursor` is the one of an earlier answer to the same query.

    Errors also: BadArgument (no such environment, segment, stage; a cursor of another search)."""
    backend = deps.flags()
    asked = query or FlagQuery(project_of(deps, None))
    asked = replace(asked, offset=offset_of(cursor, asked)) if cursor else asked
    page = await backend.search(asked)
    paging = _paging(deps, (asked.limit, asked.offset, asked.order), page.total)
    following = paging["nextOffset"]
    found: dict[str, Json] = {
        "success": True,
        "projectId": asked.project,
        "archived": asked.archived,
        **paging,
        "nextCursor": cursor_of(asked, following) if isinstance(following, int) else None,
        "totalFlags": page.total,
    }
    if keys_only:
        return found | {"keys": [flag.name for flag in page.flags], "flags": []}
    return found | {"flags": [_row(backend, flag) for flag in page.flags]}


async def list_projects(
    deps: Deps, *, limit: int = 20, order: Literal["asc", "desc"] = "desc", offset: int = 0
) -> dict[str, Json]:
    """By time of creation: `projects`, `totalProjects`, `nextOffset`, and the paging asked for."""
    found = sorted(await deps.flags().projects(), key=lambda each: str(each.get("id")))
    found.sort(key=lambda each: str(each.get("createdAt") or ""), reverse=order == "desc")
    projects: list[Json] = [dict(each) for each in found[offset : offset + limit]]
    return {
        "success": True,
        **_paging(deps, (limit, offset, order), len(found)),
        "totalProjects": len(found),
        "projects": projects,
    }


def project_of(deps: Deps, project: str | None) -> str:
    return project or deps.config.backend.project


def links_of(backend: FlagBackend, project: str, name: str) -> dict[str, Json]:
    return {**backend.link(project, name), "resourceUri": f"unleash://projects/{project}/feature-flags/{name}"}


def state_json(state: EnvironmentState) -> dict[str, Json]:
    """An environment with `exposure`: at most so many percent of the users get the flag."""
    return environment_json(state) | {"exposure": exposure(state)}


def _filtered(flag: Flag, environment: str | None) -> tuple[EnvironmentState, ...]:
    if environment is None:
        return flag.environments
    found = tuple(state for state in flag.environments if state.name.casefold() == environment.casefold())
    if not found:
        names = [state.name for state in flag.environments]
        raise BadArgument(f'There is no environment "{environment}".', did_you_mean(environment, names))
    return found


def _in_words(state: EnvironmentState) -> str:
    active = sum(not strategy.disabled for strategy in state.strategies)
    return f"{state.name} {'on' if state.enabled else 'off'}, {active}/{len(state.strategies)} active strategies"


_ROW: Final = ("name", "project", "type", "description", "impressionData", "createdAt", "archived", "stale", "tags")


def _row(backend: FlagBackend, flag: Flag) -> Json:
    """What a search knows of a flag."""
    on: list[Json] = [state.name for state in flag.environments if state.enabled]
    whole = flag_json(flag, environments=False)
    return {key: whole[key] for key in _ROW} | {
        "lifecycle": flag.stage,
        "lastSeenAt": iso_time(last_seen(flag)),
        "enabledIn": on,
        "url": str(backend.link(flag.project, flag.name).get("ui", "")),
    }


def _paging(deps: Deps, asked: tuple[int, int, str], total: int) -> dict[str, Json]:
    limit, offset, order = asked
    following = offset + limit
    return {
        "fetchedAt": iso_time(deps.clock()),
        "cached": False,
        "dryRun": deps.modes.dry_run,
        "order": order,
        "limit": limit,
        "offset": offset,
        "nextOffset": following if following < total else None,
    }
