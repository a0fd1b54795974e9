"""Who gets a flag, and who would after a change: evaluated by Unleash's own engine, and nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from featureops.app.deps import Deps
from featureops.app.flagreads import links_of, project_of
from featureops.app.strategies import StrategyFields, Targets, planned_rollout, targets
from featureops.core.errors import BadArgument
from featureops.core.flagstate import environment_of, rollout_of, with_enabled, with_environment
from featureops.core.model import EnvironmentState, Flag, Json, Strategy
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
    states = [environment_of(flag, environment)] if environment else list(flag.environments)
    views: list[_View] = []
    for state in states:
        after = flag if change is None else planned_rollout(flag, state.name, change, strategy_id, known)
        after = after if enabled is None else with_enabled(after, state.name, enabled)
        views.append(_View(flag, after, state))
    rows = await _rows(backend, views, contexts or _made_up(users), each=bool(contexts))
    return {
        "success": True,
        "projectId": where,
        "featureName": name,
        "sample": not contexts,
        "environments": list(rows),
        "links": links_of(backend, where, name),
        "message": f'"{name}": ' + "; ".join(map(_in_words, rows)),
    }


def _made_up(users: int) -> _Contexts:
    return [{"userId": f"user-{number}", "sessionId": f"session-{number}"} for number in range(users)]


@dataclass(frozen=True, slots=True)
class _View:
    """A flag in one environment, as it is and as it would be."""

    flag: Flag
    after: Flag
    state: EnvironmentState

    @property
    def asked(self) -> list[Flag]:
        """Itself now and after, then with each of its strategies alone."""
        return [self.flag, self.after, *(_alone(self.flag, self.state, each) for each in self.state.strategies)]


async def _rows(backend: FlagBackend, views: Sequence[_View], asked: _Contexts, *, each: bool) -> list[dict[str, Json]]:
    questions = [(flag, view.state.name) for view in views for flag in view.asked]
    answers = iter(await backend.evaluate(questions, asked))
    return [_row(view, [next(answers) for _ in view.asked], asked, each=each) for view in views]


def _row(view: _View, answers: Sequence[Sequence[bool]], asked: _Contexts, *, each: bool) -> dict[str, Json]:
    now, after, *passing = answers
    row: dict[str, Json] = {
        "environment": view.state.name,
        "enabled": view.state.enabled,
        "now": _count(now),
        "strategies": [_about(*pair) for pair in zip(view.state.strategies, passing, strict=True)],
    }
    if view.after != view.flag:
        row["after"] = _count(after)
    if each:
        row["contexts"] = [_answer(view, answers, at, asked[at]) for at in range(min(len(asked), _SHOWN))]
    return row


def _about(strategy: Strategy, passing: Sequence[bool]) -> Json:
    return {
        "id": strategy.id,
        "name": strategy.name,
        "title": strategy.title,
        "rollout": rollout_of(strategy),
        "disabled": strategy.disabled,
        "on": sum(passing),
    }


def _count(found: Sequence[bool]) -> Json:
    on, of = sum(found), len(found)
    return {"on": on, "of": of, "percent": round(100 * on / of, 1) if of else 0.0}


def _answer(view: _View, answers: Sequence[Sequence[bool]], at: int, context: Mapping[str, str]) -> Json:
    """What one context gets, and why."""
    now, after, *passing = (found[at] for found in answers)
    row: dict[str, Json] = {"context": dict(context), "now": now, "because": _reason(view, passing, on=now)}
    return row if view.after == view.flag else {**row, "after": after}


def _reason(view: _View, passing: Sequence[bool], *, on: bool) -> str:
    if view.flag.archived:
        return "the flag is archived"
    if not view.state.enabled:
        return f"{view.state.name} is off"
    pairs = zip(view.state.strategies, passing, strict=True)
    first = next((strategy for strategy, passes in pairs if passes and not strategy.disabled), None)
    if first is not None and not on:
        return f"{' and '.join(view.flag.parents)}, which it depends on, is not as it must be"
    if first is not None:
        return f"it passes {_called(first)}"
    if on:
        return "it has no strategies, which lets everybody in"
    return "it passes no strategy"


def _alone(flag: Flag, state: EnvironmentState, strategy: Strategy) -> Flag:
    """The flag as if it were on with this strategy and no other, and depended on nothing."""
    only = replace(state, enabled=True, strategies=(replace(strategy, disabled=False),))
    return replace(with_environment(flag, only), dependencies=())


def _called(strategy: Strategy) -> str:
    return f'"{strategy.title}"' if strategy.title else f"{strategy.name} ({rollout_of(strategy)} %)"


def _in_words(row: Mapping[str, Json]) -> str:
    now, after = row["now"], row.get("after")
    said = f"{row['environment']} {_share(now)}"
    return f"{said} now, {_share(after)} after" if after is not None else said


def _share(found: Json) -> str:
    return f"{found['on']} of {found['of']}" if isinstance(found, dict) else ""
