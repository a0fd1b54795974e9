"""Who gets a flag, and who would after a change: evaluated by Unleash's own engine, and nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from featureops.app.deps import Deps
from featureops.app.flagreads import links_of, project_of
from featureops.app.strategies import StrategyFields, Targets, planned_rollout, targets
from featureops.core.errors import BadArgument
from featureops.core.flagstate import environment_of, rollout_of, with_enabled, with_environment
from featureops.core.model import Flag, Json, Strategy
from featureops.ports import FlagBackend

__all__ = ["preview_exposure"]

_SHOWN: Final = 20
_Contexts = Sequence[Mapping[str, str]]


async def preview_exposure(
    deps: Deps,
    *,
    name: str,
    environment: str | None = None,
    contexts: _Contexts | None = None,
    users: int = 1000,
    fields: StrategyFields | None = None,
    enabled: bool | None = None,
    strategy_id: str | None = None,
    project: str | None = None,
) -> dict[str, Json]:
    """`environments`: for each (or the one asked for) of `of` contexts how many are `on` now, why, and with a proposed
    change (`fields` of a rollout, `enabled`) how many `after`. Without contexts so many users with made-up ids are
    asked: how many is a sample, who is not known.

    Errors: UnknownFlag, BadArgument (environment, a change without an environment, no such strategy), Unreachable."""
    backend, where = deps.flags(), project_of(deps, project)
    flag = await backend.flag(name, where)
    change = fields if fields is not None and fields.named else None
    if environment is None and (change is not None or enabled is not None):
        raise BadArgument("A proposed change needs the environment that it is for.", "Pass environment.")
    known = await targets(deps, change) if change is not None else Targets()
    asked = contexts or _made_up(users)
    states = [environment_of(flag, environment)] if environment else list(flag.environments)
    rows: list[Json] = []
    for state in states:
        after = flag if change is None else planned_rollout(flag, state.name, change, strategy_id, known)
        after = after if enabled is None else with_enabled(after, state.name, enabled)
        row = await _row(backend, flag, state.name, asked)
        if after != flag:
            row["after"] = await _on(backend, after, state.name, asked)
        if contexts:
            row["contexts"] = await _each(backend, (flag, after), state.name, asked)
        rows.append(row)
    return {
        "success": True,
        "projectId": where,
        "featureName": name,
        "sample": not contexts,
        "environments": rows,
        "links": links_of(backend, where, name),
        "message": f'"{name}": ' + "; ".join(_in_words(row) for row in rows if isinstance(row, dict)),
    }


def _made_up(users: int) -> _Contexts:
    return [{"userId": f"user-{number}", "sessionId": f"session-{number}"} for number in range(users)]


async def _row(backend: FlagBackend, flag: Flag, environment: str, asked: _Contexts) -> dict[str, Json]:
    state = environment_of(flag, environment)
    strategies: list[Json] = []
    for strategy in state.strategies:
        passing = await backend.evaluate(_alone(flag, environment, strategy), environment, asked)
        about: dict[str, Json] = {
            "id": strategy.id,
            "name": strategy.name,
            "title": strategy.title,
            "rollout": rollout_of(strategy),
            "disabled": strategy.disabled,
        }
        strategies.append({**about, "on": sum(passing)})
    now = await _on(backend, flag, environment, asked)
    return {"environment": environment, "enabled": state.enabled, "now": now, "strategies": strategies}


async def _on(backend: FlagBackend, flag: Flag, environment: str, asked: _Contexts) -> Json:
    on = sum(await backend.evaluate(flag, environment, asked))
    return {"on": on, "of": len(asked), "percent": round(100 * on / len(asked), 1) if asked else 0.0}


async def _each(backend: FlagBackend, flags: tuple[Flag, Flag], environment: str, asked: _Contexts) -> Json:
    """The first contexts, with why each gets what it gets."""
    shown = asked[:_SHOWN]
    now, after = [await backend.evaluate(flag, environment, shown) for flag in flags]
    why = await _reasons(backend, flags[0], environment, shown)
    rows: list[Json] = []
    for at, context in enumerate(shown):
        row: dict[str, Json] = {"context": dict(context), "now": now[at], "because": why[at]}
        rows.append(row if flags[0] == flags[1] else {**row, "after": after[at]})
    return rows


async def _reasons(backend: FlagBackend, flag: Flag, environment: str, asked: _Contexts) -> list[str]:
    state = environment_of(flag, environment)
    if flag.archived or not state.enabled:
        return ["the flag is archived" if flag.archived else f"{environment} is off"] * len(asked)
    live = [strategy for strategy in state.strategies if not strategy.disabled]
    passing = [await backend.evaluate(_alone(flag, environment, each), environment, asked) for each in live]
    found: list[str] = []
    for at in range(len(asked)):
        first = next((strategy for strategy, passes in zip(live, passing, strict=True) if passes[at]), None)
        found.append(f"it passes {_called(first)}" if first is not None else "it passes no strategy")
    return found


def _alone(flag: Flag, environment: str, strategy: Strategy) -> Flag:
    """The flag as if it were on with this strategy and no other."""
    state = environment_of(flag, environment)
    return with_environment(flag, replace(state, enabled=True, strategies=(replace(strategy, disabled=False),)))


def _called(strategy: Strategy) -> str:
    return f'"{strategy.title}"' if strategy.title else f"{strategy.name} ({rollout_of(strategy)} %)"


def _in_words(row: Mapping[str, Json]) -> str:
    now, after = row["now"], row.get("after")
    said = f"{row['environment']} {_share(now)}"
    return f"{said} now, {_share(after)} after" if after is not None else said


def _share(found: Json) -> str:
    return f"{found['on']} of {found['of']}" if isinstance(found, dict) else ""
