"""The port `FlagBackend` over one SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from featureops.adapters.embedded.database import Database
from featureops.adapters.embedded.metrics import Metrics
from featureops.adapters.embedded.rows import ENVIRONMENTS
from featureops.adapters.embedded.store import PROJECT, Store, Write, check_project
from featureops.adapters.evaluation import constraints_of, evaluate
from featureops.core.errors import BadArgument
from featureops.core.flagjson import iso_time
from featureops.core.flagrules import checked_constraint, checked_strategy
from featureops.core.flagsearch import FlagPage, FlagQuery, checked_query, page_of
from featureops.core.flagstate import (
    archived,
    did_you_mean,
    revived,
    with_enabled,
    with_strategy,
    without_strategy,
)
from featureops.core.model import ContextField, Event, Flag, FlagType, Json, Naming, Segment, Strategy
from featureops.core.targeting import Limits, check_room, segment_named
from featureops.ports import Clock

__all__ = ["EmbeddedBackend", "check_environment"]

_T = TypeVar("_T")


class EmbeddedBackend:
    """Nothing is opened before the first call. Every call runs in a thread: a statement takes less than a millisecond,
    but another process may hold the file's write lock, and waiting for it must not stop the event loop.

    Errors besides the port's: BadConfiguration (not our file), Unwritable (read-only folder, full disk)."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._database = Database(path)
        self.store = Store(self._database, clock)
        self.metrics = Metrics(self._database, clock)
        self._clock = clock

    @property
    def kind(self) -> str:
        return "embedded"

    def link(self, project: str, flag: str) -> Mapping[str, str]:
        """There is no user interface: both addresses name the file."""
        address = f"{self._path.absolute().as_uri()}#{project}/{flag}"
        return {"ui": address, "api": address}

    async def projects(self) -> Sequence[Mapping[str, Json]]:
        flags = await _off_loop(self.store.flags)
        created = iso_time(min((flag.created_at for flag in flags), default=None))
        project: dict[str, Json] = {
            "id": PROJECT,
            "name": "Default",
            "description": "The one project of the embedded backend",
            "mode": "open",
            "createdAt": created,
            "featureCount": len(flags),
        }
        return [project]

    async def environments(self) -> Sequence[str]:
        return list(ENVIRONMENTS)

    async def flags(self, project: str | None = None, archived: bool = False) -> Sequence[Flag]:
        check_project(project)
        return await _off_loop(lambda: self.store.flags(archived))

    async def flag(self, name: str, project: str | None = None) -> Flag:
        check_project(project)
        return await _off_loop(lambda: self.store.flag(name))

    async def search(self, query: FlagQuery) -> FlagPage:
        check_project(query.project)

        def page() -> FlagPage:
            segment = segment_named(query.segment, self.store.segments()).id if query.segment else None
            return page_of(self.store.flags(None), checked_query(query, ENVIRONMENTS), segment)

        return await _off_loop(page)

    async def segments(self) -> Sequence[Segment]:
        return await _off_loop(self.store.segments)

    async def context_fields(self) -> Sequence[ContextField]:
        return await _off_loop(self.store.context_fields)

    async def naming(self, project: str) -> Naming | None:
        check_project(project)
        return None

    async def check(self, before: Flag | None, planned: Flag) -> None:
        check_room(before, planned, Limits())

    async def create(
        self, name: str, project: str, type: FlagType, description: str, impression_data: bool, by: str
    ) -> Flag:
        check_project(project)
        flag = Flag(name, project, type, description, self._clock(), impression_data)
        return await _off_loop(lambda: self.store.create(flag, by))

    async def update(self, before: Flag, planned: Flag, by: str) -> Flag:
        check_project(before.project)
        return await _off_loop(lambda: self.store.update(before, planned, by))

    async def put_segment(self, segment: Segment, by: str) -> Segment:
        """A new one, or in the place of the one of that name. Errors: BadArgument (a constraint that can't be)."""
        checked = replace(segment, constraints=tuple(map(checked_constraint, segment.constraints)))
        return await _off_loop(lambda: self.store.put_segment(checked, by))

    async def put_context_field(self, field: ContextField, by: str) -> None:
        """A new one, or in the place of the one of that name."""
        await _off_loop(lambda: self.store.put_context_field(field, by))

    async def set_enabled(self, name: str, project: str, environment: str, enabled: bool, by: str) -> Flag:
        event = "feature-environment-enabled" if enabled else "feature-environment-disabled"
        return await self._change(
            name, project, Write(event, by, environment), lambda flag: with_enabled(flag, environment, enabled)
        )

    async def put_strategy(self, name: str, project: str, environment: str, strategy: Strategy, by: str) -> Flag:
        if strategy.segments:
            known = await self.segments()
            for number in strategy.segments:
                segment_named(str(number), known)
        checked = checked_strategy(strategy, name)
        event = "feature-strategy-update" if strategy.id else "feature-strategy-add"
        return await self._change(
            name, project, Write(event, by, environment), lambda flag: with_strategy(flag, environment, checked)
        )

    async def remove_strategy(self, name: str, project: str, environment: str, strategy_id: str, by: str) -> Flag:
        return await self._change(
            name,
            project,
            Write("feature-strategy-remove", by, environment),
            lambda flag: without_strategy(flag, environment, strategy_id),
        )

    async def archive(self, name: str, project: str, by: str) -> Flag:
        return await self._change(name, project, Write("feature-archived", by, on_archived=True), archived)

    async def revive(self, name: str, project: str, by: str) -> Flag:
        return await self._change(name, project, Write("feature-revived", by, on_archived=True), revived)

    async def events(self, flag: str | None = None, limit: int = 50) -> Sequence[Event]:
        return await _off_loop(lambda: self.store.events(flag, limit))

    async def evaluate(
        self, asked: Sequence[tuple[Flag, str]], contexts: Sequence[Mapping[str, str]]
    ) -> Sequence[Sequence[bool]]:
        for _, environment in asked:
            check_environment(environment)

        def answers() -> Sequence[Sequence[bool]]:
            parents = [self.store.flag(name) for name in sorted({name for flag, _ in asked for name in flag.parents})]
            return evaluate(asked, contexts, parents, constraints_of(self.store.segments()))

        return await _off_loop(answers)

    async def close(self) -> None:
        await _off_loop(self.close_now)

    def close_now(self) -> None:
        """The same without an event loop. The next call opens the file again."""
        self._database.close()

    async def _change(self, name: str, project: str, write: Write, planned: Callable[[Flag], Flag]) -> Flag:
        check_project(project)
        if write.environment is not None:
            check_environment(write.environment)
        return await _off_loop(lambda: self.store.change(name, write, planned))


def check_environment(name: str) -> None:
    """Errors: BadArgument."""
    if name not in ENVIRONMENTS:
        raise BadArgument(f'There is no environment "{name}".', did_you_mean(name, ENVIRONMENTS))


async def _off_loop(call: Callable[[], _T]) -> _T:
    return await asyncio.to_thread(call)
