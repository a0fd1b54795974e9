"""featureops.toml as frozen values (design section 3.3). Reading and validating the file is `adapters.settings`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["BackendConfig", "CleanupConfig", "Config", "EvaluateConfig", "HouseRead", "Policy"]


@dataclass(frozen=True, slots=True)
class BackendConfig:
    kind: Literal["embedded", "unleash", "none"] = "embedded"
    project: str = "default"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class HouseRead:
    """One of a house's own ways of asking. `form` is the key that the table used; `target` is its value.

    `flag` is the position, keyword or attribute that holds the key; `name` is the flag itself when the form IS one.
    `value` is the position or keyword of what a `test` sets the flag to; without it, that is on.
    """

    form: Literal["call", "member", "decorator", "expression", "component", "entry", "test", "definition"]
    target: str
    flag: int | str | None = None
    name: str | None = None
    when: Literal["enabled", "disabled"] = "enabled"
    language: str | None = None
    value: int | str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may write what. An empty `environments` allows every environment; `max_step` is in percentage points.
    `hours` are those in which more users may get a flag (`core.hours`)."""

    environments: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()
    max_step: int = 100
    require_in_order: bool = False
    naming: str | None = None
    required_tags: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    hours: str | None = None


@dataclass(frozen=True, slots=True)
class CleanupConfig:
    """`verify` is the project's own command that must pass after a cleanup, within `verify_timeout` seconds."""

    verify: str | None = None
    verify_timeout: int = 1800


@dataclass(frozen=True, slots=True)
class EvaluateConfig:
    """`weights` multiply what signals add to the score, by id or group ("where:payments", "history"); `flag_from` is
    the lowest risk level at which a change is asked to stand behind a flag."""

    weights: Mapping[str, float] = field(default_factory=dict)
    flag_from: Literal["low", "medium", "high", "critical"] = "medium"


@dataclass(frozen=True, slots=True)
class Config:
    """`source` is the path of the file it came from, None for the defaults."""

    backend: BackendConfig = BackendConfig()
    reads: tuple[HouseRead, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    policy: Policy = Policy()
    cleanup: CleanupConfig = CleanupConfig()
    evaluate: EvaluateConfig = EvaluateConfig()
    source: str | None = None
