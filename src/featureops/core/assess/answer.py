"""The answer of `evaluate`: design section 3.2, in at most 3,000 characters of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from featureops.core.assess.kinds import BEHAVIOUR
from featureops.core.assess.scoring import Verdict, needing
from featureops.core.assess.suggestion import first_percentage, suggested_flag, suggested_rollout
from featureops.core.assess.tables import LAYER_NOTES, TITLES, domains_of
from featureops.core.assess.values import FileAssessment, JudgedHunk, Signal
from featureops.core.assess.words import text_words
from featureops.core.model import Json
from featureops.core.naming import check_name, suggest_name

__all__ = ["LONGEST_ANSWER", "Existing", "Question", "answer", "no_changes"]

LONGEST_ANSWER: Final = 3_000
"""Characters of the compact JSON. Signals, hunks and next steps beyond it are counted instead of listed."""

_FIX_LINES = 20
_FIX_WORDS = frozenset({"fix", "fixed", "fixes", "bug", "bugfix", "hotfix", "regression", "patch", "repair"})
_REFACTORS = frozenset({"rename", "moved", "formatting", "types", "imports", "dead-code"})
_CONFIGURATIONS = frozenset({"configuration", "dependencies", "infrastructure", "migration", "agent-configuration"})
_PLAIN: Final[Mapping[str, str]] = {
    "none": "No changes found",
    "tests": "Only tests change",
    "docs": "Only documentation changes",
    "configuration": "Only configuration changes",
    "dependencies": "Only dependencies change",
    "generated": "Only generated files change",
    "migration": "A migration changes the stored data or its schema",
    "infrastructure": "Only build or infrastructure files change",
    "agent-configuration": "Only the configuration of assistants or their containers changes",
    "asset": "Only assets change",
    "formatting": "Only the layout changes: the code is the same token for token",
    "comments": "Only comments or docstrings change",
    "types": "Only types change: they are gone when the program runs",
    "imports": "Only imports change",
    "logging": "Only log lines change",
    "copy": "Only text for people changes",
    "rename": "Names that the code itself declares are exchanged throughout; nothing else differs",
    "moved": "Code moves without a change",
    "dead-code": "Code that nothing names any more is removed",
    "uncalled-code": "New code that nothing calls yet: guard the call when you wire it in",
}


@dataclass(frozen=True, slots=True)
class Existing:
    """A flag to use instead of a new one. `location` is `path:line` or ""; `confidence` 0..1."""

    name: str
    location: str
    scope: str
    method: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: the caller's words, the base of the diff, the flags known to the repository and the policy."""

    description: str = ""
    base: str | None = None
    known_flags: tuple[str, ...] = ()
    naming: str | None = None
    environment: str = "development"
    max_step: int = 100
    note: str = ""


def no_changes(question: Question) -> dict[str, Json]:
    """The answer when there is nothing to assess. What the description promises is told, not judged."""
    places = [TITLES[domain.id] for domain, _ in domains_of(text_words(question.description), weak=False)]
    hint = f"Its description speaks of {', '.join(places[:3])}: expect to need a flag." if places else ""
    return {
        "needsFlag": False,
        "reason": "low_risk_change",
        "recommendation": "no_flag_needed",
        "kind": "none",
        "layer": "none",
        "riskLevel": "low",
        "riskScore": 0.0,
        "confidence": 1.0,
        "explanation": " ".join(each for each in ("No changes to assess.", hint, question.note) if each),
        "existingFlag": None,
        "suggestedFlag": None,
        "suggestedRollout": None,
        "signals": [],
        "hunks": [],
        "next": [],
    }


def answer(
    files: Sequence[FileAssessment], verdict: Verdict, existing: Existing | None, question: Question
) -> dict[str, Json]:
    """The whole answer; `existing` is a flag that covers the change or one that detection found."""
    covered = bool(verdict.covered_by) and not verdict.needs_flag
    suggested = _suggested(files, verdict, question) if verdict.needs_flag and existing is None else None
    rollout = suggested_rollout(verdict.level, question.environment, question.max_step) if suggested else None
    body: dict[str, Json] = {
        "needsFlag": verdict.needs_flag,
        "reason": _reason(files, verdict, existing, covered, question),
        "recommendation": "use_existing" if existing else "create_new" if verdict.needs_flag else "no_flag_needed",
        "kind": verdict.kind,
        "layer": verdict.layer,
        "riskLevel": verdict.level,
        "riskScore": verdict.score,
        "confidence": verdict.confidence,
        "explanation": _explanation(files, verdict, existing, suggested, question),
        "existingFlag": _existing_json(existing),
        "suggestedFlag": suggested,
        "suggestedRollout": rollout,
    }
    signals: list[Json] = [_signal_json(each) for each in verdict.signals]
    hunks = _hunks_json(files, verdict)
    steps = _next(files, verdict, existing, suggested, rollout, question)
    return _fitted(body, signals, hunks, steps)


def _reason(
    files: Sequence[FileAssessment], verdict: Verdict, existing: Existing | None, covered: bool, question: Question
) -> str:
    if covered:
        return "already_covered"
    if verdict.needs_flag:
        return "existing_flag_found" if existing else "new_feature"
    if verdict.kind == "tests":
        return "test_code"
    if verdict.kind in _CONFIGURATIONS:
        return "configuration_change"
    if verdict.kind in _REFACTORS:
        return "refactor"
    small = sum(file.lines for file in files) < _FIX_LINES
    fixing = verdict.kind in BEHAVIOUR and small and _FIX_WORDS.intersection(text_words(question.description))
    return "bug_fix" if fixing else "low_risk_change"


def _explanation(
    files: Sequence[FileAssessment],
    verdict: Verdict,
    existing: Existing | None,
    suggested: Mapping[str, Json] | None,
    question: Question,
) -> str:
    sentences = [_first_sentence(verdict, existing)]
    kinds = [file.kind for file in files]
    if verdict.kind in BEHAVIOUR and verdict.raised:
        sentences.append("The level is the caller's: the diff alone shows less.")
    notes = [note for kind, note in LAYER_NOTES.items() if kind in kinds]
    wrong = check_name(str(suggested["name"]), question.naming) if suggested else None
    if wrong:
        notes.insert(0, f"Choose another name: {wrong}.")
    unread = [file.path for file in files if file.change.skipped]
    if unread:
        notes.append(f"Not read: {_cut(', '.join(unread), 80)}.")
    return _cut(" ".join(_sentence(each) for each in [*sentences, *notes[:2], question.note] if each), 700)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."


def _first_sentence(verdict: Verdict, existing: Existing | None) -> str:
    if verdict.kind not in BEHAVIOUR:
        return _PLAIN.get(verdict.kind, "Nothing that runs changes") + (
            "" if verdict.kind == "none" else ": no flag is needed" if verdict.layer == "none" else ""
        )
    places = [TITLES[each.id[6:]] for each in verdict.signals if each.id.startswith("where:")][:2]
    ways = [each.evidence for each in verdict.signals if each.id.startswith("how:") and each.id.endswith("removed")]
    what = f"{verdict.kind.replace('-', ' ').capitalize()}"
    what += f" that touches {' and '.join(places)}" if places else ""
    what += f"; {', '.join(dict.fromkeys(ways[:2]))}" if ways else ""
    if verdict.covered_by and not verdict.needs_flag:
        return f"{what}. Every changed line already stands behind {', '.join(verdict.covered_by[:3])}"
    if not verdict.needs_flag:
        return f"{what}. Small and far from anything sensitive: no flag is needed"
    if existing:
        return f"{what}. {existing.name} fits: use it instead of a new flag"
    return f"{what}. Ship it behind a flag, off by default, so that it can be released in steps and switched off"


def _suggested(files: Sequence[FileAssessment], verdict: Verdict, question: Question) -> dict[str, Json]:
    guarded = [file.path for file, _ in needing(files)]
    return suggested_flag(
        [file for file in files if file.kind in BEHAVIOUR],
        list(dict.fromkeys(guarded)),
        [each.id for each in verdict.signals],
        question.description,
        lambda symbols: suggest_name(question.description, symbols, guarded, question.known_flags, question.naming),
    )


def _existing_json(existing: Existing | None) -> Json:
    if existing is None:
        return None
    return {
        "name": existing.name,
        "location": existing.location,
        "coverageScope": existing.scope,
        "detectionMethod": existing.method,
        "confidence": existing.confidence,
    }


def _signal_json(signal: Signal) -> dict[str, Json]:
    return {
        "id": signal.id,
        "path": signal.path,
        "line": signal.line,
        "weight": signal.weight,
        "evidence": _cut(signal.evidence, 80),
    }


def _hunks_json(files: Sequence[FileAssessment], verdict: Verdict) -> list[Json]:
    wanted = {id(hunk) for _, hunk in needing(files) if verdict.needs_flag and not hunk.covered_by}
    listed = [(file, hunk) for file in files for hunk in file.hunks]
    listed.sort(key=lambda item: id(item[1]) not in wanted)
    return [_hunk_json(file, hunk, id(hunk) in wanted) for file, hunk in listed]


def _hunk_json(file: FileAssessment, judged: JudgedHunk, needs: bool) -> dict[str, Json]:
    """Lines of the file after the change; a pure deletion is the line before which it happened."""
    start = judged.hunk.after_start + 1
    end = max(start, judged.hunk.after_end)
    body: dict[str, Json] = {"path": file.path, "startLine": start, "endLine": end, "needsFlag": needs}
    if judged.covered_by:
        body["coveredBy"] = judged.covered_by[0]
    return body


def _next(
    files: Sequence[FileAssessment],
    verdict: Verdict,
    existing: Existing | None,
    suggested: Mapping[str, Json] | None,
    rollout: Mapping[str, Json] | None,
    question: Question,
) -> list[Json]:
    if not verdict.needs_flag:
        return []
    steps: list[Json] = []
    if suggested is not None:
        steps.append({"tool": "create_flag", "arguments": dict(suggested)})
    flag: Json = existing.name if existing else (suggested or {}).get("name")
    paths = dict.fromkeys(file.path for file, hunk in needing(files) if not hunk.covered_by)
    for path in paths:
        arguments: dict[str, Json] = {"flagName": flag, "fileName": path, "fromDiff": True}
        if question.base is not None:
            arguments["base"] = question.base
        steps.append({"tool": "wrap_change", "arguments": arguments})
    where: dict[str, Json] = {"featureName": flag, "environment": question.environment}
    if rollout is not None:
        first = {**where, "rolloutPercentage": first_percentage(rollout)}
        steps.append({"tool": "set_flag_rollout", "arguments": first})
    return [*steps, {"tool": "toggle_flag_environment", "arguments": {**where, "enabled": True}}]


def _fitted(body: dict[str, Json], signals: list[Json], hunks: list[Json], steps: list[Json]) -> dict[str, Json]:
    """Cut the lists until the JSON fits: signals and hunks first, which are in order of weight; then the wrap steps in
    the middle. The verdict and the steps that create, roll out and enable the flag stay."""
    sizes = [min(len(signals), 8), min(len(hunks), 12), min(len(steps), 8)]
    least = [min(size, bound) for size, bound in zip(sizes, (0, 0, 4), strict=True)]
    while True:
        result = dict(body)
        result["signals"] = signals[: sizes[0]]
        result["hunks"] = hunks[: sizes[1]]
        result["next"] = steps if sizes[2] >= len(steps) else [*steps[: sizes[2] - 2], *steps[-2:]]
        for key, items, size in (("Signals", signals, 0), ("Hunks", hunks, 1), ("Next", steps, 2)):
            if len(items) > sizes[size]:
                result[f"more{key}"] = len(items) - sizes[size]
        if len(json.dumps(result, ensure_ascii=False, separators=(",", ":"))) <= LONGEST_ANSWER or sizes == least:
            return result
        widest = max(range(3), key=lambda at: sizes[at] - least[at])
        sizes = [size - (at == widest) for at, size in enumerate(sizes)]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
