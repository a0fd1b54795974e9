"""The port `FlagBackend` over Unleash's admin API.

A write is answered with the flag as it is read afterwards. Where the answer to a write is lost, the flag is read and
compared with what was wanted: it was done, it was not, or nobody can tell, and the error says which.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from featureops.adapters.evaluation import evaluate
from featureops.adapters.unleash.client import AdminApi, Verb
from featureops.adapters.unleash.faults import Lost, NotFound
from featureops.adapters.unleash.wire import body_of, events_from, flag_from, rows_of, segment_constraints, versioned
from featureops.core.errors import BadArgument, Denied, UnknownFlag, Unreachable, UserFixable
from featureops.core.flagjson import strategy_from_json
from featureops.core.flagrules import checked_name, checked_strategy, checked_type
from featureops.core.flagstate import did_you_mean, environment_of, has_strategy, strategy_of
from featureops.core.model import Event, Flag, FlagType, Json, Strategy

__all__ = ["UnleashBackend"]

_PAGE: Final = 100
_Holds = Callable[[Flag], bool]


@dataclass(frozen=True, slots=True)
class _Way:
    verb: Verb
    path: tuple[str, ...]


class UnleashBackend:
    """`project` is the one of calls that name none. Errors besides the port's: BadConfiguration (token), Denied
    (permissions, change requests)."""

    def __init__(self, api: AdminApi, project: str) -> None:
        self._api, self._project = api, project

    @property
    def kind(self) -> str:
        return "unleash"

    def link(self, project: str, flag: str) -> Mapping[str, str]:
        page = f"{self._api.url}/projects/{project}/features/{flag}"
        return {"ui": page, "api": self._api.address("projects", project, "features", flag)}

    async def projects(self) -> Sequence[Mapping[str, Json]]:
        return rows_of(await self._api.get("projects"), "projects")

    async def environments(self) -> Sequence[str]:
        rows = rows_of(await self._api.get("environments"), "environments")
        return [str(row.get("name")) for row in rows if row.get("enabled") is not False]

    # -------------------------------------------------------------- reads

    async def flags(self, project: str | None = None, archived: bool = False) -> Sequence[Flag]:
        names = [project] if project is not None else [str(each.get("id")) for each in await self.projects()]
        found = [await (self._archived(name) if archived else self._listed(name)) for name in names]
        return sorted((flag for flags in found for flag in flags), key=lambda flag: flag.name)

    async def flag(self, name: str, project: str | None = None) -> Flag:
        where = project or self._project
        try:
            body = await self._api.get("projects", where, "features", name)
        except NotFound as missing:
            archived = [flag for flag in await self._archived(where, name) if flag.name == name]
            if archived:
                return archived[0]
            raise await self._unknown(name, where, missing) from missing
        if not isinstance(body, dict):
            raise Unreachable("Unleash's answer is no flag.", "Check UNLEASH_BASE_URL.")
        return flag_from(body, where)

    async def events(self, flag: str | None = None, limit: int = 50) -> Sequence[Event]:
        query = {"limit": str(limit)} | ({"feature": f"IS:{flag}"} if flag is not None else {})
        return events_from(rows_of(await self._api.get("search", "events", query=query), "events"))

    async def evaluate(self, flag: Flag, environment: str, contexts: Iterable[Mapping[str, str]]) -> Sequence[bool]:
        if flag.archived:
            return [False for _ in contexts]
        state = environment_of(flag, environment)
        inlined = tuple([await self._inlined(each) for each in state.strategies])
        states = tuple(replace(state, strategies=inlined) if each is state else each for each in flag.environments)
        return await asyncio.to_thread(evaluate, replace(flag, environments=states), environment, contexts)

    async def _inlined(self, strategy: Strategy) -> Strategy:
        """The strategy with the constraints of its segments."""
        found = [segment_constraints(await self._api.get("segments", str(number))) for number in strategy.segments]
        return replace(strategy, constraints=(*strategy.constraints, *(each for rows in found for each in rows)))

    async def _listed(self, project: str) -> list[Flag]:
        """The list has no strategies: an export of each environment has those of all flags, but not in their order. A
        flag with several in one environment is read by itself."""
        rows = rows_of(await self._api.get("projects", project, "features"), "features")
        flags = [flag_from(row, project) for row in rows]
        names = list(dict.fromkeys(state.name for flag in flags for state in flag.environments))
        try:
            exported = [await self._exported(project, name) for name in names]
        except (Denied, BadArgument):  # an older server, or a token that may not export: each flag by itself
            return list(await asyncio.gather(*(self.flag(flag.name, project) for flag in flags)))
        by_environment = dict(zip(names, exported, strict=True))
        several = {name for found in exported for name, strategies in found.items() if len(strategies) > 1}
        alone = await asyncio.gather(*(self.flag(name, project) for name in sorted(several)))
        read = {flag.name: flag for flag in alone}
        return [read.get(flag.name) or _with_strategies(flag, by_environment) for flag in flags]

    async def _exported(self, project: str, environment: str) -> dict[str, list[Strategy]]:
        asked: Json = {"project": project, "environment": environment, "downloadFile": False}
        rows = rows_of(await self._api.read_by_post("features-batch", "export", body=asked), "featureStrategies")
        found: dict[str, list[Strategy]] = {}
        for row in rows:
            strategies = found.setdefault(str(row.get("featureName")), [])
            known = {key: value for key, value in row.items() if value is not None}
            strategies.append(strategy_from_json({"sortOrder": len(strategies), **known}))
        return found

    async def _archived(self, project: str, name: str = "") -> list[Flag]:
        query = {"project": f"IS:{project}", "archived": "IS:true", "limit": str(_PAGE), "sortBy": "name"}
        query |= {"query": name} if name else {}
        found: list[Flag] = []
        while True:
            body = await self._api.get("search", "features", query={**query, "offset": str(len(found))})
            rows = rows_of(body, "features")
            found += [replace(flag_from(row, project), archived=True) for row in rows]
            if len(rows) < _PAGE:
                return [versioned(flag) for flag in found]

    # -------------------------------------------------------------- writes

    async def create(
        self, name: str, project: str, type: FlagType, description: str, impression_data: bool, by: str
    ) -> Flag:
        del by  # the token says who it is
        body: Json = {
            "name": checked_name(name),
            "type": checked_type(type),
            "description": description,
            "impressionData": impression_data,
        }
        return await self._write(name, project, _Way("POST", ("projects", project, "features")), body, lambda _: True)

    async def set_enabled(self, name: str, project: str, environment: str, enabled: bool, by: str) -> Flag:
        del by
        way = _way("POST", project, name, environment, "on" if enabled else "off")
        return await self._write(
            name, project, way, None, lambda flag: environment_of(flag, environment).enabled is enabled
        )

    async def put_strategy(self, name: str, project: str, environment: str, strategy: Strategy, by: str) -> Flag:
        del by
        checked = checked_strategy(strategy, name)
        before = await self.flag(name, project)
        known = {each.id for each in environment_of(before, environment).strategies}
        if not checked.id:
            way = _way("POST", project, name, environment, "strategies")
            added = replace(checked, sort_order=checked.sort_order or len(known))
            return await self._write(
                name,
                project,
                way,
                body_of(added),
                lambda flag: any(each.id not in known for each in environment_of(flag, environment).strategies),
            )
        strategy_of(before, environment, checked.id)
        way = _way("PUT", project, name, environment, "strategies", checked.id)
        return await self._write(
            name, project, way, body_of(checked), lambda flag: strategy_of(flag, environment, checked.id) == checked
        )

    async def remove_strategy(self, name: str, project: str, environment: str, strategy_id: str, by: str) -> Flag:
        del by
        strategy_of(await self.flag(name, project), environment, strategy_id)  # some servers say yes to any id
        way = _way("DELETE", project, name, environment, "strategies", strategy_id)
        return await self._write(
            name,
            project,
            way,
            None,
            lambda flag: not has_strategy(environment_of(flag, environment), strategy_id),
        )

    async def archive(self, name: str, project: str, by: str) -> Flag:
        del by
        way = _Way("DELETE", ("projects", project, "features", name))
        return await self._write(name, project, way, None, lambda flag: flag.archived)

    async def revive(self, name: str, project: str, by: str) -> Flag:
        del by
        way = _Way("POST", ("projects", project, "revive"))
        return await self._write(name, project, way, {"features": [name]}, lambda flag: not flag.archived)

    async def close(self) -> None:
        await self._api.close()

    async def _write(self, name: str, project: str, way: _Way, body: Json, done: _Holds) -> Flag:
        try:
            await self._api.send(way.verb, *way.path, body=body)
        except NotFound as missing:
            raise await self._missing(name, project, missing) from missing
        except Lost as lost:
            return await self._looked(lost, self.flag(name, project), done)
        return await self.flag(name, project)

    async def _looked(self, lost: Lost, reading: Awaitable[Flag], done: _Holds) -> Flag:
        """What became of a write whose answer was lost. Errors: Unreachable, with what is known."""
        try:
            flag = await reading
        except UnknownFlag:
            raise Unreachable(f"{lost.message} A look says that it was not applied.", lost.hint) from lost
        except UserFixable as error:
            raise Unreachable(
                f"{lost.message} Whether it was applied is unknown: it could not be looked up ({error.message}).",
                "Look at get_flag_state before trying again.",
            ) from lost
        if done(flag):
            return flag
        raise Unreachable(f"{lost.message} A look says that it was not applied.", lost.hint) from lost

    # -------------------------------------------------------------- what is not there

    async def _missing(self, name: str, project: str, missing: NotFound) -> UserFixable:
        """Why a write found nothing: no such flag, or something in it."""
        try:
            await self.flag(name, project)
        except UserFixable as error:
            return error
        return missing

    async def _unknown(self, name: str, project: str, missing: NotFound) -> UserFixable:
        projects = [str(each.get("id")) for each in await self.projects()]
        if project not in projects:
            return BadArgument(f'There is no project "{project}".', did_you_mean(project, projects))
        rows = rows_of(await self._api.get("projects", project, "features"), "features")
        near = did_you_mean(name, [str(row.get("name")) for row in rows])
        said = f" {missing.message}" if "there's a feature with that name" in missing.message else ""
        return UnknownFlag(f'There is no flag "{name}" in project "{project}".{said}', near)


def _way(verb: Verb, project: str, flag: str, environment: str, *rest: str) -> _Way:
    return _Way(verb, ("projects", project, "features", flag, "environments", environment, *rest))


def _with_strategies(flag: Flag, found: Mapping[str, Mapping[str, Sequence[Strategy]]]) -> Flag:
    states = tuple(
        replace(state, strategies=tuple(found.get(state.name, {}).get(flag.name, ()))) for state in flag.environments
    )
    return versioned(replace(flag, environments=states))
