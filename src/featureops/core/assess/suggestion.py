"""The flag and the rollout that suit a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from featureops.core.assess.values import FileAssessment, Level
from featureops.core.assess.words import split_words, text_words
from featureops.core.model import FlagType, Json

__all__ = ["first_percentage", "suggested_flag", "suggested_rollout"]

_TYPE_WORDS: Final[tuple[tuple[FlagType, frozenset[str]], ...]] = (
    ("experiment", frozenset({"experiment", "variant", "hypothesis", "abtest"})),
    ("permission", frozenset({"entitlement", "premium", "tier", "paywall", "quota", "beta"})),
)
_TYPE_PLACES: Final[dict[str, FlagType]] = {"external-calls": "kill-switch", "concurrency": "operational"}
_UNTIL: Final[Mapping[FlagType, str]] = {
    "release": "Remove it once it was on for everyone for two weeks.",
    "experiment": "Remove it once the experiment is decided.",
    "operational": "Remove it once the new way has proved itself under load.",
    "kill-switch": "Permanent: review it once a year.",
    "permission": "Permanent: review it once a year.",
    "sunset": "Remove it with what it still serves.",
}
_STEPS: Final[Mapping[Level, Sequence[int]]] = {
    "low": (100,),
    "medium": (25, 100),
    "high": (5, 25, 50, 100),
    "critical": (1, 5, 25, 50, 100),
}
_LONGEST = 200


def suggested_flag(
    files: Sequence[FileAssessment],
    guarded: Sequence[str],
    signals: Sequence[str],
    description: str,
    name: Callable[[Sequence[str]], str],
) -> dict[str, Json]:
    """The arguments of `create_flag`. `files` are those whose behaviour changes, `guarded` the paths that need the
    flag, `signals` the ids of the signals, heaviest first; `name` makes a name from symbols, most telling first.
    """
    symbols = _symbols(files)
    kind = _flag_type(signals, description, symbols)
    subject = " ".join((description.strip() or _subject(symbols, guarded)).split())
    subject = subject if len(subject) <= _LONGEST else subject[: _LONGEST - 1] + "…"
    stop = "" if subject.endswith((".", "!", "?", "…")) else "."
    place = next((signal.partition(":")[2] for signal in signals if signal.startswith("where:")), "")
    tags: list[Json] = [{"type": "simple", "value": place}] if place else []
    flag: dict[str, Json] = {"name": name(symbols), "type": kind, "description": f"{subject}{stop} {_UNTIL[kind]}"}
    return {**flag, "tags": tags} if tags else flag


def suggested_rollout(level: Level, environment: str, max_step: int) -> dict[str, Json]:
    """`percentages` to go through in an environment, none further from the last one than `max_step` points."""
    found = [0]
    for wanted in _STEPS[level]:
        while wanted - found[-1] > max_step:
            found.append(found[-1] + max_step)
        found.append(wanted)
    percentages = [after for before, after in pairwise(found) if after > before]
    return {"environment": environment, "percentages": list[Json](percentages), "stickiness": "default"}


def first_percentage(rollout: Mapping[str, Json]) -> Json:
    percentages = rollout["percentages"]
    return percentages[0] if isinstance(percentages, list) else None


def _subject(symbols: Sequence[str], paths: Sequence[str]) -> str:
    where = ", ".join(list(dict.fromkeys(paths))[:2])
    named = ", ".join(symbols[:3])
    return f"Guards the change of {named} in {where}" if named else f"Guards the change of {where}"


def _symbols(files: Sequence[FileAssessment]) -> list[str]:
    """Names that tell what the change is about: those whose words return most often in it, new definitions first."""
    names = [each.name for file in files for hunk in file.hunks for each in hunk.added]
    names += [name for file in files for name, _ in file.after.functions + file.before.functions]
    unique = [name for name in dict.fromkeys(names) if name and not name.startswith("__")]
    stems = [file.path.rpartition("/")[2].split(".")[0] for file in files]
    counts = Counter(word for name in (*unique, *stems) for word in set(split_words(name)))
    return sorted(unique, key=lambda name: -_weight(name, counts))


def _weight(name: str, counts: Counter[str]) -> float:
    words = split_words(name)
    return sum(counts[word] for word in words) / len(words) if words else 0.0


def _flag_type(signals: Iterable[str], description: str, symbols: Iterable[str]) -> FlagType:
    words = {*text_words(description), *(word for name in symbols for word in split_words(name))}
    for kind, telling in _TYPE_WORDS:
        if words & telling:
            return kind
    place = next((each.partition(":")[2] for each in signals if each.startswith("where:")), "")
    return _TYPE_PLACES.get(place, "release")
