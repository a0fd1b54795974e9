"""One answer about many roots: what each root's detection says, put together, and what went wrong in one of them.

Each row carries its `root`. A root that can't be read is told in `errors` and hides nothing of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from featureops.core.detect.places import clean
from featureops.core.errors import BadArgument, FeatureOpsError
from featureops.core.model import Json

__all__ = ["merged", "over_roots", "read_roots"]

_Answer = Mapping[str, Json]
_ROWS: Final = ("usages", "candidates", "dynamicReads", "unproven", "doubtfulReads", "guards", "skipped")
_SUMS: Final = ("filesScanned", "elapsedMs", "skippedCount", "doubtfulReadCount")
_MAX_ROOTS: Final = 1000
_MAX_SKIPPED: Final = 20


def over_roots(roots: Sequence[str], verb: Callable[[str], _Answer]) -> dict[str, Json]:
    """Ask `verb` about every root and merge the answers. Errors: that of the first root when none could answer."""
    answers: list[tuple[str, _Answer]] = []
    failed: list[tuple[str, FeatureOpsError]] = []
    for root in roots:
        try:
            answers.append((root, verb(root)))
        except FeatureOpsError as error:
            failed.append((root, error))
    if failed and not answers:
        raise failed[0][1]
    answer = merged(answers)
    if failed:
        answer["errors"] = [
            {"root": clean(root), "code": error.code, "message": error.message, "hint": error.hint}
            for root, error in failed
        ]
    return answer


def merged(answers: Sequence[tuple[str, _Answer]]) -> dict[str, Json]:
    """The answers of one verb as one: rows carry their `root`, flags of one name are one row, counts are summed."""
    first = answers[0][1] if answers else {}
    answer: dict[str, Json] = {"roots": [clean(root) for root, _ in answers]}
    if "flagName" in first:
        answer["flagName"] = first["flagName"]
    if any("flags" in each for _, each in answers):
        answer["flags"] = _flags(answers)
    for key in _ROWS:
        if any(key in each for _, each in answers):
            answer[key] = [{"root": clean(root), **row} for root, each in answers for row in _rows(each.get(key))]
    if "candidates" in answer:
        _rank(answer, answers)
    if isinstance(skipped := answer.get("skipped"), list):
        answer["skipped"] = skipped[:_MAX_SKIPPED]
    hints = [str(each["hint"]) for _, each in answers if each.get("hint")]
    if hints and len(hints) == len(answers):
        answer["hint"] = hints[0]
    for key in _SUMS:
        numbers = [number for _, each in answers if isinstance(number := each.get(key), int)]
        if numbers:
            answer[key] = sum(numbers)
    return answer


def _flags(answers: Sequence[tuple[str, _Answer]]) -> list[Json]:
    """The inventories as one, by name: `usages` and `files` are sums, `roots` are those that ask for the flag."""
    found: dict[str, dict[str, Json]] = {}
    for root, each in answers:
        for row in _rows(each.get("flags")):
            name = str(row.get("flagName"))
            one = found.setdefault(name, {"flagName": name, "usages": 0, "files": 0})
            for key in ("usages", "files"):
                one[key] = _number(one[key]) + _number(row.get(key))
            for key in ("languages", "sdks"):
                one[key] = [*dict.fromkeys(sorted({*_texts(one.get(key)), *_texts(row.get(key))}))]
            one["roots"] = [*_texts(one.get("roots")), clean(root)]
    return [found[name] for name in sorted(found)]


def _rank(answer: dict[str, Json], answers: Sequence[tuple[str, _Answer]]) -> None:
    """Candidates of all roots, best first; what to do is what the best root's answer says."""
    rows = _rows(answer["candidates"])
    rows.sort(key=lambda row: -_score(row))
    answer["candidates"] = list[Json](rows)
    best = max(
        (each for _, each in answers), key=lambda each: max(map(_score, _rows(each.get("candidates"))), default=0.0)
    )
    answer |= {key: best[key] for key in ("recommendation", "thresholds", "message", "notes") if key in best}


def read_roots(text: str, name: str) -> list[str]:
    """The lines of a file of roots; blank lines and those that begin with # say nothing.

    Errors: BadArgument (no root in it, or more than 1,000).
    """
    lines = [line.strip() for line in text.splitlines()]
    roots = [line for line in lines if line and not line.startswith("#")]
    if not roots:
        raise BadArgument(f"{clean(name)} names no root.", "Write one folder on each line.")
    if len(roots) > _MAX_ROOTS:
        raise BadArgument(f"{clean(name)} names {len(roots)} roots.", f"At most {_MAX_ROOTS} are read at a time.")
    return roots


def _rows(value: Json) -> list[dict[str, Json]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _texts(value: Json) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _score(row: _Answer) -> float:
    value = row.get("score")
    return float(value) if isinstance(value, int | float) else 0.0
