"""The dependencies of a use case around the embedded backend, with every adapter the real one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar, cast

from featureops.adapters.audit import JsonLinesAudit
from featureops.adapters.embedded import EmbeddedBackend
from featureops.adapters.git import GitChanges
from featureops.adapters.history import FileHistory
from featureops.adapters.journal import FileJournal
from featureops.adapters.workspace import LocalWorkspace
from featureops.app.deps import Deps, Modes
from featureops.core.config import Config, Policy
from featureops.core.model import EnvironmentState, Event, Flag, FlagType, Json, Strategy
from featureops.languages import packs

__all__ = ["NOW", "Bench", "CountingBackend"]

NOW = 1_800_000_000.0
T = TypeVar("T")


class CountingBackend(EmbeddedBackend):
    """Counts the mutating requests that reach it."""

    writes = 0
    event_reads = 0

    async def create(
        self, name: str, project: str, type: FlagType, description: str, impression_data: bool, by: str
    ) -> Flag:
        self.writes += 1
        return await super().create(name, project, type, description, impression_data, by)

    async def set_enabled(self, name: str, project: str, environment: str, enabled: bool, by: str) -> Flag:
        self.writes += 1
        return await super().set_enabled(name, project, environment, enabled, by)

    async def put_strategy(self, name: str, project: str, environment: str, strategy: Strategy, by: str) -> Flag:
        self.writes += 1
        return await super().put_strategy(name, project, environment, strategy, by)

    async def remove_strategy(self, name: str, project: str, environment: str, strategy_id: str, by: str) -> Flag:
        self.writes += 1
        return await super().remove_strategy(name, project, environment, strategy_id, by)

    async def archive(self, name: str, project: str, by: str) -> Flag:
        self.writes += 1
        return await super().archive(name, project, by)

    async def revive(self, name: str, project: str, by: str) -> Flag:
        self.writes += 1
        return await super().revive(name, project, by)

    async def update(self, before: Flag, planned: Flag, by: str) -> Flag:
        self.writes += 1
        return await super().update(before, planned, by)

    async def events(self, flag: str | None = None, limit: int = 50) -> list[Event]:
        self.event_reads += 1
        return list(await super().events(flag, limit))


@dataclass
class Bench:
    folder: Path
    policy: Policy = field(default_factory=Policy)
    modes: Modes = field(default_factory=lambda: Modes(client="tester"))
    now: float = NOW
    deps: Deps = field(init=False)
    backend: CountingBackend = field(init=False)

    def __post_init__(self) -> None:
        self.backend = CountingBackend(self.folder / "state" / "flags.db", lambda: self.now)
        work = self.folder / "work"
        work.mkdir(exist_ok=True)
        self.deps = Deps(
            LocalWorkspace(work),
            GitChanges(work),
            FileJournal(self.folder / "state", lambda: self.now),
            packs(),
            Config(policy=self.policy),
            lambda: self.now,
            self.backend,
            self.modes,
            JsonLinesAudit(self.folder / "state" / "audit.jsonl"),
            FileHistory(self.folder / "state", work),
        )

    def set(self, policy: Policy | None = None, modes: Modes | None = None) -> None:
        """From now on."""
        config = Config(policy=policy) if policy is not None else self.deps.config
        self.deps = replace(self.deps, config=config, modes=modes or self.deps.modes)

    def run(self, call: Callable[[Deps], Coroutine[None, None, T]]) -> T:
        async def whole() -> T:
            try:
                return await call(self.deps)
            finally:
                await self.backend.close()

        return asyncio.run(whole())

    def make(self, name: str = "new-checkout", kind: FlagType = "release") -> Flag:
        """Past the gate."""
        return asyncio.run(EmbeddedBackend.create(self.backend, name, "default", kind, "", False, "setup"))

    def enable(self, name: str = "new-checkout", environment: str = "production", *, on: bool = True) -> None:
        """Past the gate."""
        asyncio.run(EmbeddedBackend.set_enabled(self.backend, name, "default", environment, on, "setup"))

    def rollout(self, percentage: int, name: str = "new-checkout", environment: str = "production") -> str:
        """Past the gate; the id of the new strategy."""
        strategy = Strategy("flexibleRollout", {"rollout": str(percentage)})
        flag = asyncio.run(EmbeddedBackend.put_strategy(self.backend, name, "default", environment, strategy, "setup"))
        return next(each for each in flag.environments if each.name == environment).strategies[-1].id

    def state(self, environment: str = "production", name: str = "new-checkout") -> EnvironmentState:
        flag = asyncio.run(self.backend.flag(name))
        return next(each for each in flag.environments if each.name == environment)

    def audit(self) -> list[dict[str, Json]]:
        path = self.folder / "state" / "audit.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [cast("dict[str, Json]", json.loads(line)) for line in lines]
