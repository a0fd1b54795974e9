"""The port `FlagBackend` over Unleash's admin API.

A write is answered with the flag as it is read afterwards. Where the answer to a write is lost, the flag is read and
compared with what was wanted: it was done, it was not, or nobody can tell, and the error says which.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from featureops.adapters.evaluation import constraints_of, evaluate
from featureops.adapters.unleash.client import AdminApi, Verb
from featureops.adapters.unleash.faults import Lost, NotFound, TooMany
from featureops.adapters.unleash.metadata import steps
from featureops.adapters.unleash.searching import PAGE, answered_by_list, search_query
from featureops.adapters.unleash.wire import (
    body_of,
    events_from,
    fields_from,
    flag_from,
    limits_from,
    naming_from,
    rows_of,
    segments_from,
    versioned,
)
from featureops.core.errors import BadArgument, Denied, MovedOn, UnknownFlag, Unreachable, UserFixable
from featureops.core.flagjson import strategy_from_json
from featureops.core.flagmeta import check_one_parent
from featureops.core.flagrules import checked_name, checked_strategy, checked_type
from featureops.core.flagsearch import FlagPage, FlagQuery, checked_query, page_of
from featureops.core.flagstate import did_you_mean, environment_of, has_strategy, strategy_of
from featureops.core.model import ContextField, Event, Flag, FlagType, Json, Naming, Segment, Strategy
from featureops.core.targeting import check_room, segment_named

__all__ = ["UnleashBackend"]

_MANY: Final = 10_000
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
        self._tags_apart = False

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
            body = await self._body(name, where)
        except NotFound as missing:
            archived = [flag for flag in await self._archived(where, name) if flag.name == name]
            if archived:
                return archived[0]
            raise await self._unknown(name, where, missing) from missing
        return flag_from(body, where)

    async def _body(self, name: str, project: str) -> Mapping[str, Json]:
        """A flag with its tags. Most servers give them apart: once that is known, both are asked for at a time."""
        path = ("projects", project, "features", name)
        if self._tags_apart:
            body, tags = await asyncio.gather(self._api.get(*path), self._tags(name))
        else:
            body, tags = await self._api.get(*path), None
        if not isinstance(body, dict):
            raise Unreachable("Unleash's answer is no flag.", "Check UNLEASH_BASE_URL.")
        if "tags" in body:
            return body
        tags = tags if self._tags_apart else await self._tags(name)
        self._tags_apart = True
        return {**body, "tags": tags}

    async def _tags(self, name: str) -> Json:
        return [dict(row) for row in rows_of(await self._api.get("features", name, "tags"), "tags")]

    async def events(self, flag: str | None = None, limit: int = 50) -> Sequence[Event]:
        query = {"limit": str(limit)} | ({"feature": f"IS:{flag}"} if flag is not None else {})
        return events_from(rows_of(await self._api.get("search", "events", query=query), "events"))

    async def evaluate(
        self, asked: Sequence[tuple[Flag, str]], contexts: Sequence[Mapping[str, str]]
    ) -> Sequence[Sequence[bool]]:
        wanted = sorted({(name, flag.project) for flag, _ in asked for name in flag.parents})
        parents = await asyncio.gather(*(self.flag(*each) for each in wanted))
        places = {environment for _, environment in asked}
        shown = [*(flag for flag, _ in asked), *parents]
        used = any(
            each.segments
            for flag in shown
            for state in flag.environments
            if state.name in places
            for each in state.strategies
        )
        segments = constraints_of(segments_from(await self._api.get("segments"))) if used else {}
        return await asyncio.to_thread(evaluate, asked, contexts, parents, segments)

    async def search(self, query: FlagQuery) -> FlagPage:
        if query.segment:
            query = replace(query, segment=segment_named(query.segment, await self.segments()).name)
        checked_query(query, await self.environments() if query.state else ())
        try:
            page = await self._searched(query)
        except TooMany:
            if not answered_by_list(query):
                raise
            page = page_of(await self._rows(query.project), query)
        if not page.flags:
            await self._check_project(query.project)
        return page

    async def _searched(self, query: FlagQuery) -> FlagPage:
        rows: list[Mapping[str, Json]] = []
        while True:
            room = min(query.limit - len(rows), PAGE)
            asked = search_query(query, room, query.offset + len(rows))
            body = await self._api.get("search", "features", query=asked)
            more = rows_of(body, "features")
            rows += more
            if len(more) < room or len(rows) >= query.limit:
                break
        total = body.get("total") if isinstance(body, dict) else None
        flags = tuple(flag_from(row, query.project) for row in rows)
        return FlagPage(flags, total if isinstance(total, int) else query.offset + len(flags))

    async def _rows(self, project: str) -> list[Flag]:
        """The flags of the list, which is asked for without a limit and has no strategies."""
        rows = rows_of(await self._api.get("projects", project, "features"), "features")
        return [flag_from(row, project) for row in rows]

    async def segments(self) -> Sequence[Segment]:
        return segments_from(await self._api.known("segments"))

    async def context_fields(self) -> Sequence[ContextField]:
        return fields_from(await self._api.known("context"))

    async def naming(self, project: str) -> Naming | None:
        try:
            return naming_from(await self._api.known("projects", project, "overview"))
        except NotFound:
            await self._check_project(project)
            return None  # an older server

    async def check(self, before: Flag | None, planned: Flag) -> None:
        try:
            config = await self._api.known("ui-config", lasting=True)
            if _is_maintained(config):
                config = await self._api.get("ui-config")  # it may have ended just now
        except (NotFound, Denied):  # a server that does not tell judges for itself
            config = None
        if _is_maintained(config):
            raise Denied(
                f"Unleash at {self._api.url} is in maintenance mode: it takes no changes now. Nothing was written.",
                "Wait until an administrator ends it, or ask them; reading works meanwhile.",
            )
        check_room(before, planned, limits_from(config))
        there = before.tags if before is not None else ()
        await self._check_tag_types({tag.type for tag in planned.tags if tag not in there})

    async def _check_tag_types(self, wanted: set[str]) -> None:
        """Errors: BadArgument (a type of tag that there is not)."""
        known = _tag_types(await self._api.known("tag-types", lasting=True)) if wanted else set()
        if wanted <= known:
            return
        known = _tag_types(await self._api.get("tag-types"))  # it may have been made just now
        missing = sorted(wanted - known)
        if missing:
            near = did_you_mean(missing[0], known)
            raise BadArgument(f'There is no tag type "{missing[0]}".', f"{near} Types of tags are made in Unleash.")

    async def _check_project(self, project: str) -> None:
        names = [str(each.get("id")) for each in rows_of(await self._api.known("projects"), "projects")]
        if project not in names:
            raise BadArgument(f'There is no project "{project}".', did_you_mean(project, names))

    async def _listed(self, project: str) -> list[Flag]:
        """The list has no strategies: an export of each environment has those of all flags, but not in their order. A
        flag with several in one environment is read by itself."""
        flags = await self._rows(project)
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
        page = await self.search(FlagQuery(project, name, archived=True, limit=_MANY))
        return [versioned(replace(flag, archived=True)) for flag in page.flags]

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

    async def update(self, before: Flag, planned: Flag, by: str) -> Flag:
        del by
        check_one_parent(planned)
        flag = await self.flag(before.name, before.project)
        if flag.version != before.version:
            raise MovedOn(f'Flag "{before.name}" changed in the meantime.', "Look at get_flag_state and try again.")
        done: list[str] = []
        for step in steps(flag, planned):
            try:
                flag = await self._write(flag.name, flag.project, _Way(step.verb, step.path), step.body, step.done)
            except UserFixable as error:
                if not done:
                    raise
                written = f"Written before that: {', '.join(dict.fromkeys(done))}."
                raise type(error)(f"{error.message.rstrip('.')}. {written}", error.hint) from error
            done.append(step.does)
        return flag

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
        try:
            await self._check_project(project)
        except BadArgument as error:
            return error
        near = did_you_mean(name, [flag.name for flag in await self._rows(project)])
        said = f" {missing.message}" if "there's a feature with that name" in missing.message else ""
        return UnknownFlag(f'There is no flag "{name}" in project "{project}".{said}', near)


def _way(verb: Verb, project: str, flag: str, environment: str, *rest: str) -> _Way:
    return _Way(verb, ("projects", project, "features", flag, "environments", environment, *rest))


def _with_strategies(flag: Flag, found: Mapping[str, Mapping[str, Sequence[Strategy]]]) -> Flag:
    states = tuple(
        replace(state, strategies=tuple(found.get(state.name, {}).get(flag.name, ()))) for state in flag.environments
    )
    return versioned(replace(flag, environments=states))


def _is_maintained(config: Json) -> bool:
    return isinstance(config, dict) and config.get("maintenanceMode") is True


def _tag_types(body: Json) -> set[str]:
    return {str(row.get("name")) for row in rows_of(body, "tagTypes")}
