"""Change requests (Enterprise): where an environment takes changes no other way, a write is asked for, not made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from featureops.adapters.unleash.client import AdminApi
from featureops.adapters.unleash.faults import Lost, NotFound
from featureops.adapters.unleash.wire import body_of
from featureops.core.errors import BadArgument, Denied, Unreachable
from featureops.core.flagjson import dependency_json
from featureops.core.flagstate import environment_of
from featureops.core.model import ChangeRequest, Flag, Json

__all__ = ["ChangeRequests"]

_DRAFT: Final = "Draft"
_SUBMITTED: Final = "In review"


class ChangeRequests:
    """Asked only of servers that say they are Enterprise."""

    def __init__(self, api: AdminApi) -> None:
        self._api = api

    async def made(self, before: Flag, planned: Flag, environment: str | None) -> ChangeRequest | None:
        """Draft what differs and submit it; None where the write can be made as it is. A draft that is open already
        has changes of somebody's own: then ours are added, and it is left to them to submit.

        Errors: BadArgument (a change that is only partly one for a request), Unreachable, those of the server."""
        place = await self._place(before, planned, environment)
        if place is None:
            return None
        changes = list(_changes(before, planned, environment))
        if not changes:
            return None
        open_before = await self._draft(planned.project, place)
        number = await self._drafted(planned, place, changes)
        state = _DRAFT if open_before == number else await self._submitted(planned.project, number)
        return ChangeRequest(number, state, f"{self._api.url}/projects/{planned.project}/change-requests/{number}")

    async def _place(self, before: Flag, planned: Flag, environment: str | None) -> str | None:
        """The environment whose request it is; None: none is needed. What touches all environments goes into one of
        those that want requests."""
        wanting = await self._wanting(planned.project) if before != planned else []
        if environment is not None:
            return environment if environment in wanting else None
        if not wanting or not any(_changes(before, planned, None)):
            return None
        asked = replace(before, archived=planned.archived, dependencies=planned.dependencies)
        if not planned.archived and asked != planned:
            raise BadArgument(
                "This project takes changes of dependencies by change request only, and other fields directly.",
                "Change the dependency in a call of its own.",
            )
        return wanting[-1]

    async def _wanting(self, project: str) -> list[str]:
        """The environments that take changes by request only."""
        if not await self._is_enterprise():
            return []
        try:
            rows = await self._api.known("projects", project, "change-requests", "config")
        except (NotFound, Denied):
            return []  # the write itself will tell
        found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return [str(row.get("environment")) for row in found if row.get("changeRequestEnabled") is True]

    async def _is_enterprise(self) -> bool:
        try:
            config = await self._api.known("ui-config", lasting=True)
        except (NotFound, Denied):
            return False
        version = config.get("versionInfo") if isinstance(config, dict) else None
        current = version.get("current") if isinstance(version, dict) else None
        return isinstance(current, dict) and bool(current.get("enterprise"))

    async def _draft(self, project: str, environment: str) -> int | None:
        rows = await self._api.get("projects", project, "change-requests", "pending")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and (row.get("environment"), row.get("state")) == (environment, _DRAFT):
                return _number(row)
        return None

    async def _drafted(self, flag: Flag, environment: str, changes: Sequence[Json]) -> int:
        where = ("projects", flag.project, "environments", environment, "change-requests")
        try:
            answer = await self._api.send("POST", *where, body=list(changes))
        except Lost as lost:
            raise Unreachable(
                f"{lost.message} Whether a change request was drafted is unknown; nothing of the flag was changed.",
                f"Look at {self._api.url}/projects/{flag.project}/change-requests before trying again.",
            ) from lost
        rows = answer if isinstance(answer, list) else [answer]
        number = next((_number(row) for row in rows if isinstance(row, dict) and _number(row) is not None), None)
        number = number if number is not None else await self._draft(flag.project, environment)
        if number is None:
            raise Unreachable("Unleash took the change but names no change request.", "Look at its change requests.")
        return number

    async def _submitted(self, project: str, number: int) -> str:
        where = ("projects", project, "change-requests", str(number), "state")
        with suppress(Lost):  # what it is now is read
            await self._api.send("PUT", *where, body={"state": _SUBMITTED})
        found = await self._api.get("projects", project, "change-requests", str(number))
        state = found.get("state") if isinstance(found, dict) else None
        return state if isinstance(state, str) else _SUBMITTED


def _number(row: Mapping[str, Json]) -> int | None:
    number = row.get("id")
    return number if isinstance(number, int) else None


def _changes(before: Flag, planned: Flag, environment: str | None) -> Iterator[Json]:
    """What differs, as the actions of a request. Off comes first and on last: nobody gets what is half done."""
    if environment is None:
        yield from _of_the_flag(before, planned)
        return
    old, new = environment_of(before, environment), environment_of(planned, environment)
    switch = _change(planned, "updateEnabled", {"enabled": new.enabled})
    if old.enabled and not new.enabled:
        yield switch
    there = {strategy.id: strategy for strategy in old.strategies}
    kept = {strategy.id for strategy in new.strategies}
    for number in there.keys() - kept:
        yield _change(planned, "deleteStrategy", {"id": number})
    for strategy in new.strategies:
        if strategy.id not in there:
            yield _change(planned, "addStrategy", body_of(strategy))
        elif there[strategy.id] != strategy:
            yield _change(planned, "updateStrategy", {"id": strategy.id, **body_of(strategy)})
    if new.enabled and not old.enabled:
        yield switch


def _of_the_flag(before: Flag, planned: Flag) -> Iterator[Json]:
    if planned.archived and not before.archived:
        yield _change(planned, "archiveFeature", None)
        return
    if before.dependencies == planned.dependencies:
        return
    for each in planned.dependencies:
        yield _change(planned, "addDependency", dependency_json(each))
    if not planned.dependencies:
        yield _change(planned, "deleteDependency", None)


def _change(flag: Flag, action: str, payload: dict[str, Json] | None) -> Json:
    change: dict[str, Json] = {"feature": flag.name, "action": action}
    return change if payload is None else {**change, "payload": payload}
