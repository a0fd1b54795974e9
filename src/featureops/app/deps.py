"""What every use case is given: the ports, the language packs and the configuration."""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import urandom

from featureops.core.config import Config
from featureops.core.errors import BadConfiguration
from featureops.core.model import Json
from featureops.core.pack import Packs
from featureops.core.workers import ALONE, Workers
from featureops.ports import (
    AuditLog,
    ChangeSource,
    Clock,
    FlagBackend,
    FlagHistory,
    Journal,
    Progress,
    Runner,
    ScanIndex,
    Workspace,
)

__all__ = ["Deps", "Modes"]


@dataclass(frozen=True, slots=True)
class Modes:
    """How the process was started: `read_only` refuses every write, `dry_run` reads for real and writes nothing.
    `run_verify` lets a tool call run the command of [cleanup] verify. `client` names who asks, for events and the audit
    log."""

    read_only: bool = False
    dry_run: bool = False
    run_verify: bool = False
    client: str = "featureops"


class _Forgetful:
    """No index: every scan starts anew."""

    def load(self, topic: str) -> Json:
        del topic
        return None

    def keep(self, topics: Mapping[str, Json]) -> None:
        del topics


def _unheard(done: int, total: int, /) -> None:
    del done, total


def _fresh_secret() -> bytes:
    return urandom(32)


@dataclass(frozen=True, slots=True)
class Deps:
    """`secret` signs confirmations of writes: a composition root that lives for one call only must pass a kept one.
    `writes` lets one write through at a time (`app.gate`)."""

    workspace: Workspace
    changes: ChangeSource
    journal: Journal
    packs: Packs
    config: Config
    clock: Clock
    backend: FlagBackend | None = None
    modes: Modes = Modes()
    audit: AuditLog | None = None
    history: FlagHistory | None = None
    runner: Runner | None = None
    index: ScanIndex = field(default_factory=_Forgetful)
    workers: Workers = ALONE
    progress: Progress = _unheard
    secret: bytes = field(default_factory=_fresh_secret, repr=False)
    writes: Lock = field(default_factory=Lock, repr=False, compare=False)

    def flags(self) -> FlagBackend:
        """The backend. Errors: BadConfiguration when none is configured."""
        if self.backend is None:
            raise BadConfiguration(
                'No flag backend is configured: [backend] kind is "none".',
                'Set kind = "embedded" (no account needed) or "unleash" in featureops.toml.',
            )
        return self.backend
