"""From signals to a verdict: score, level, whether a flag is needed, and which layer protects what a flag cannot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from featureops.core.assess.kinds import BEHAVIOUR
from featureops.core.assess.signals import behaviour_signals, description_signals
from featureops.core.assess.values import FileAssessment, JudgedHunk, Kind, Layer, Level, Signal
from featureops.core.assess.weights import tuned
from featureops.core.config import EvaluateConfig

__all__ = ["LEVELS", "Verdict", "decide", "level_of", "needing"]

LEVELS: Final[tuple[Level, ...]] = ("low", "medium", "high", "critical")
_THRESHOLDS: Final = ((5.0, "critical"), (3.0, "high"), (2.0, "medium"))
_OTHER_WEIGHTS: Final[dict[str, float]] = {
    "migration": 3.5,
    "infrastructure": 1.2,
    "agent-configuration": 2.0,
    "dependencies": 0.8,
    "configuration": 0.5,
    "dead-code": 0.8,
    "uncalled-code": 0.5,
    "rename": 0.5,
    "moved": 0.5,
    "imports": 0.3,
    "logging": 0.2,
    "copy": 0.2,
}
_LAYERS: Final[dict[str, Layer]] = {
    "migration": "ci-cd",
    "infrastructure": "ci-cd",
    "agent-configuration": "sandboxing",
    "dependencies": "ci-cd",
    "configuration": "ci-cd",
}
_ORDER: Final[tuple[Kind, ...]] = (
    *("changed-behaviour", "removed-behaviour", "new-behaviour", "migration", "infrastructure", "agent-configuration"),
    *("dependencies", "configuration", "dead-code", "uncalled-code", "moved", "rename", "copy", "logging", "imports"),
    *("types", "comments", "formatting", "tests", "docs", "generated", "asset", "code", "none"),
)
_DESTRUCTIVE = re.compile(
    r"(?i)\b(?:drop\s+(?:table|column|index|schema|database)|truncate|delete\s+from|alter\s+\w+\s+\S+\s+drop"
    r"|drop_table|drop_column|drop_index|remove_?field|delete_?model|droptable|dropcolumn)\b"
)
_PERCENT_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the assessment says. `score` has one decimal and is never negative; `confidence` is 0..1; `raised` tells
    that the caller's own risk level lifted `level` above what the diff shows."""

    needs_flag: bool
    covered_by: tuple[str, ...]
    kind: Kind
    layer: Layer
    score: float
    level: Level
    confidence: float
    signals: tuple[Signal, ...]
    raised: bool = False


def level_of(score: float) -> Level:
    """Low < 2 <= medium < 3 <= high < 5 <= critical: the thresholds of the Unleash MCP server's guidance."""
    return next((_as_level(name) for limit, name in _THRESHOLDS if score >= limit), "low")


def decide(
    files: Sequence[FileAssessment],
    description: str,
    risk_level: Level | None,
    around: Sequence[Signal],
    config: EvaluateConfig,
) -> Verdict:
    """Weigh a whole change. `around` are the signals of what is not in it: history and callers. Words of the
    description and the caller's level raise the risk of code that changes behaviour; they never lower it and never make
    a harmless change need a flag."""
    kind: Kind = next((kind for kind in _ORDER if _has(files, kind)), "none")
    signals = behaviour_signals(files)
    others = _other_signals(files)
    if not signals:
        score = round(max((each.weight for each in others), default=0.0), 1)
        confidence = 0.95 if all(file.parsed or file.kind != "code" for file in files) else 0.8
        return Verdict(False, (), kind, _other_layer(files), score, level_of(score), confidence, tuple(others))
    signals += description_signals(description, [each.id for each in signals])
    signals = tuned([*signals, *around], config.weights)
    extra = max((each.weight for each in others), default=0.0) * _PERCENT_SHARE
    score = round(sum(each.weight for each in signals) + extra, 1)
    shown = level_of(score)
    level = max(shown, risk_level or shown, key=LEVELS.index)
    uncovered, covering = _coverage(files)
    needs = LEVELS.index(level) >= LEVELS.index(config.flag_from) and uncovered
    kept: Layer = "runtime-control" if needs or covering else _other_layer(files)
    confidence = _confidence(score, files)
    return Verdict(needs, covering, kind, kept, score, level, confidence, (*signals, *others), level != shown)


def needing(files: Sequence[FileAssessment]) -> list[tuple[FileAssessment, JudgedHunk]]:
    """The hunks that a flag would have to guard. New definitions do not: whoever calls them does, and when the change
    holds no such caller, the definitions themselves."""
    telling = [(file, hunk) for file in files if file.kind in BEHAVIOUR for hunk in file.hunks]
    calling = [item for item in telling if item[1].kind == "behaviour"]
    anchored = [item for item in telling if item[1].kind == "definition" and _anchored(item[1])]
    if not calling and not anchored:
        return [item for item in telling if item[1].kind == "definition"]
    return sorted(calling + anchored, key=lambda item: (item[0].path, item[1].hunk.after_start))


def _anchored(hunk: JudgedHunk) -> bool:
    return any(each.anchored for each in hunk.added + hunk.removed)


def _coverage(files: Sequence[FileAssessment]) -> tuple[bool, tuple[str, ...]]:
    """Whether a hunk stands unguarded, and the flags that guard the others, the most frequent first."""
    hunks = [hunk for _, hunk in needing(files)]
    flags = [flag for hunk in hunks for flag in hunk.covered_by[:1]]
    ranked = sorted(set(flags), key=lambda flag: (-flags.count(flag), flag))
    return any(not hunk.covered_by for hunk in hunks), tuple(ranked)


def _other_signals(files: Sequence[FileAssessment]) -> list[Signal]:
    found: dict[str, Signal] = {}
    for file in files:
        weight = _OTHER_WEIGHTS.get(file.kind, 0.0)
        evidence = file.kind.replace("-", " ")
        if file.kind == "migration" and _destructive(file):
            weight, evidence = 5.0, "migration that destroys data"
        if (file.kind not in BEHAVIOUR and file.kind not in found) or (
            file.kind == "migration" and weight > found[file.kind].weight
        ):
            found[file.kind] = Signal(f"kind:{file.kind}", file.path, 0, weight, evidence)
    return sorted(found.values(), key=lambda each: (-each.weight, each.id))


def _destructive(file: FileAssessment) -> bool:
    content = (file.change.after or b"").decode("utf-8", "replace")
    return bool(_DESTRUCTIVE.search(content))


def _has(files: Sequence[FileAssessment], kind: str) -> bool:
    return any(file.kind == kind for file in files)


def _other_layer(files: Sequence[FileAssessment]) -> Layer:
    """The layer that protects the weightiest change which no flag can guard."""
    return next((_LAYERS[kind] for kind in _ORDER if kind in _LAYERS and _has(files, kind)), "none")


def _confidence(score: float, files: Sequence[FileAssessment]) -> float:
    """Sure where the score is far from the line between flag and no flag; less so without a grammar or a base."""
    distance = abs(score - _THRESHOLDS[-1][0])
    value = min(0.95, 0.6 + 0.1 * distance)
    telling = [file for file in files if file.kind in BEHAVIOUR]
    parsed = sum(file.parsed for file in telling) / len(telling)
    return round(value * (0.75 + 0.25 * parsed), 2)


def _as_level(name: str) -> Level:
    return next(level for level in LEVELS if level == name)
