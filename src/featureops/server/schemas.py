"""What each tool answers: published as output schemas and checked on every answer.

Only what a caller can rely on is named; a verb may add keys (`extra="allow"`), so that a new fact in an answer is never
a broken contract.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue
from pydantic.alias_generators import to_camel

__all__ = [
    "Applied",
    "Cleanup",
    "Detection",
    "EnvironmentToggled",
    "Evaluation",
    "Exposure",
    "FileChange",
    "FlagCreated",
    "FlagList",
    "FlagMoved",
    "FlagState",
    "FlagTagged",
    "FlagUpdated",
    "Health",
    "Hunk",
    "LeftoverRow",
    "NextCall",
    "Output",
    "ProjectList",
    "Ready",
    "RolloutSet",
    "Signal",
    "StrategyRemoved",
    "StrategyUpdated",
    "SuggestedFlag",
    "SuggestedRollout",
    "Undone",
    "UsageRow",
    "Wrapping",
]


class Output(BaseModel):
    """Base of all. `truncated` and `hint` appear when the answer was cut to its length limit."""

    model_config = ConfigDict(alias_generator=to_camel, extra="allow")


class _Answer(Output):
    truncated: bool = False
    hint: str = ""


class NextCall(Output):
    tool: str
    arguments: dict[str, JsonValue] = {}


class Signal(Output):
    id: str
    path: str = ""
    line: int = 0
    weight: float = 0
    evidence: str = ""


class SuggestedFlag(Output):
    name: str
    type: str = "release"
    description: str = ""
    tags: list[dict[str, str]] = []


class SuggestedRollout(Output):
    environment: str
    percentages: list[int]
    stickiness: str = "default"


class Evaluation(_Answer):
    needs_flag: bool
    reason: str
    recommendation: str
    explanation: str = ""
    risk_level: Literal["low", "medium", "high", "critical"] = "low"
    risk_score: float = 0
    confidence: float = 0
    existing_flag: dict[str, JsonValue] | None = None
    suggested_flag: SuggestedFlag | None = None
    suggested_rollout: SuggestedRollout | None = None
    signals: list[Signal] = []
    next: list[NextCall] = []


class UsageRow(Output):
    path: str
    line: int
    kind: str
    text: str = ""


class Detection(_Answer):
    """One of three: `usages` of one flag, `flags` (inventory), `candidates` to reuse."""

    flag_name: str | None = None
    usages: list[UsageRow] | None = None
    flags: list[dict[str, JsonValue]] | None = None
    candidates: list[dict[str, JsonValue]] | None = None
    files_scanned: int | None = None


class FileChange(Output):
    path: str
    action: str = "edited"
    tests_removed: list[str] = []


class Hunk(Output):
    path: str
    start_line: int
    end_line: int
    outcome: str


class Wrapping(_Answer):
    """Of code (`planId`, `hunks`, `diff`), or of nothing yet: the repository's idiom (`templates`)."""

    flag_name: str
    plan_id: str | None = None
    applied: bool = False
    verdict: str | None = None
    hunks: list[Hunk] = []
    files: list[FileChange] = []
    diff: str = ""


class LeftoverRow(Output):
    path: str
    line: int
    kind: str
    reason: str


class Ready(Output):
    """Of a flag that is to leave the code, as the backend tells."""

    verdict: Literal["safe", "caution", "blocked"]
    reasons: list[dict[str, JsonValue]] = []
    environments: list[dict[str, JsonValue]] = []


class Cleanup(_Answer):
    flag_name: str
    preserve_path: str | None = None
    variant: str | None = None
    value: JsonValue = None
    requires_user_input: bool = False
    plan_id: str | None = None
    applied: bool = False
    verdict: str | None = None
    files: list[FileChange] = []
    leftovers: list[LeftoverRow] = []
    readiness: Ready | None = None
    certificate: dict[str, JsonValue] | None = None
    next: list[NextCall] = []
    diff: str = ""


class Applied(_Answer):
    plan_id: str | None = None
    change_id: str | None = None
    applied: bool = False
    files: list[FileChange] = []
    readiness: Ready | None = None


class Undone(_Answer):
    change_id: str | None = None
    undone: bool = False
    files: list[FileChange] = []


class Health(_Answer):
    flags: list[dict[str, JsonValue]] = []


class _FlagAnswer(_Answer):
    success: bool
    project_id: str | None = None
    links: dict[str, JsonValue] = {}


class _FlagWrite(_FlagAnswer):
    """`requiresConfirmation`: nothing was written; call again with `confirm` once a person said yes. `changeRequest`:
    the backend takes this by request only; it was asked for."""

    dry_run: bool = False
    change_id: str | None = None
    change_request: dict[str, JsonValue] | None = None


class FlagCreated(_FlagWrite):
    """`similar`: flags that may be for the same; `rollout`: what setting the first one answered."""

    feature: dict[str, JsonValue] | None = None
    similar: list[dict[str, JsonValue]] = []
    rollout: dict[str, JsonValue] | None = None


class FlagMoved(_FlagWrite):
    """Into the archive or out of it."""

    feature_name: str
    feature: dict[str, JsonValue] | None = None


class FlagUpdated(_FlagWrite):
    feature_name: str
    updated_fields: list[str] = []
    feature: dict[str, JsonValue] | None = None


class FlagTagged(_FlagWrite):
    feature_name: str
    tags: list[dict[str, JsonValue]] = []


class FlagState(_FlagAnswer):
    feature_name: str
    feature: dict[str, JsonValue] | None = None
    environments: list[dict[str, JsonValue]] | dict[str, JsonValue] = []


class RolloutSet(_FlagWrite):
    feature_name: str
    environment: str
    rollout_percentage: float | None = None
    strategy: dict[str, JsonValue] | None = None


class StrategyUpdated(RolloutSet):
    updated_fields: list[str] = []


class Exposure(_FlagAnswer):
    """`sample`: users were made up, so that only how many is known, not who."""

    feature_name: str
    environments: list[dict[str, JsonValue]] = []
    sample: bool = True


class EnvironmentToggled(_FlagWrite):
    feature_name: str
    environment: str
    enabled: bool


class StrategyRemoved(_FlagWrite):
    feature_name: str
    environment: str
    removed_strategy_id: str | None = None


class FlagList(_Answer):
    flags: list[dict[str, JsonValue]] = []


class ProjectList(_Answer):
    projects: list[dict[str, JsonValue]] = []
