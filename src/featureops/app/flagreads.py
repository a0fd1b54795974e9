"""The flag verbs that read, and what all answers about flags have in common."""

from __future__ import annotations

from typing import Final, Literal

from featureops.app.deps import Deps
from featureops.core.errors import BadArgument
from featureops.core.flagjson import environment_json, flag_json, iso_time
from featureops.core.flagstate import LIFETIME_DAYS, did_you_mean, exposure
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
    feature |= {"ageDays": age, "lifetimeDays": LIFETIME_DAYS[flag.type]}
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
    deps: Deps,
    *,
    project: str | None = None,
    archived: bool = False,
    limit: int = 50,
    order: Literal["asc", "desc"] = "asc",
    offset: int = 0,
) -> dict[str, Json]:
    """By name: `flags`, `totalFlags`, `nextOffset` (null on the last page), and the paging asked for."""
    backend, where = deps.flags(), project_of(deps, project)
    found = sorted(await backend.flags(where, archived), key=lambda flag: flag.name, reverse=order == "desc")
    page = found[offset : offset + limit]
    return {
        "success": True,
        "projectId": where,
        "archived": archived,
        **_paging(deps, (limit, offset, order), len(found)),
        "totalFlags": len(found),
        "flags": [_row(backend, flag) for flag in page],
    }


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


def _row(backend: FlagBackend, flag: Flag) -> Json:
    on: list[Json] = [state.name for state in flag.environments if state.enabled]
    return flag_json(flag, environments=False) | {
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
