"""The verb detect: all usages of a flag, the inventory of all flags in the code, and flags to reuse."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import anyio.to_thread

from featureops.app.code import Code, KnownCode, known_flag
from featureops.app.deps import Deps
from featureops.core.detect.places import clean
from featureops.core.detect.rank import ASK_USER, USE_EXISTING, Known, Ranked, Wanted, rank, recommendation, words
from featureops.core.detect.summary import FlagInCode, Inventory, PlaceInCode, most_called
from featureops.core.errors import BadArgument, BadConfiguration, Unreachable
from featureops.core.model import Flag, Json, Usage

__all__ = ["candidates", "guards", "has_lines", "inventory", "rank_known", "usages"]

_MAX_NAME = 500
_MAX_DOUBTFUL = 10
_PLACE = re.compile(r"(.+):(\d{1,9})(?:-(\d{1,9}))?")
_FLAG_RULE = "A flag's name is what the backend calls it, for example new-checkout."


def usages(deps: Deps, flag: str) -> dict[str, Json]:
    """Every usage of one flag, as in design section 3.2; `hint` names similar flags when there is none.

    Errors: BadArgument (an empty name, or one that no flag can have).
    """
    started = deps.clock()
    name = _flag_name(flag)
    code = Code(deps)
    code.begin()
    found = code.usages(name)
    answer: dict[str, Json] = {"flagName": name, "usages": [_usage_row(usage) for usage in found]}
    if not found:
        answer["hint"] = _nearest(name, code.inventory())
    return answer | code.footer(started)


def inventory(deps: Deps) -> dict[str, Json]:
    """Every flag that the code asks for, by name, with the reads whose key can't be known and those that could not be
    shown to be reads; of calls that are neither shown to be reads nor have a known key how many, and the first.
    """
    started = deps.clock()
    code = Code(deps)
    code.begin()
    found = code.inventory()
    answer: dict[str, Json] = {
        "flags": [_flag_row(flag) for flag in found.flags.values()],
        "dynamicReads": [{**_place_row(place), "reason": place.reason} for place in found.dynamic],
        "unproven": [{**_place_row(place), "flagName": place.flag} for place in found.unproven],
    }
    if found.doubtful:
        answer["doubtfulReadCount"] = len(found.doubtful)
        answer["doubtfulReads"] = [
            {**_place_row(place), "reason": place.reason} for place in found.doubtful[:_MAX_DOUBTFUL]
        ]
    if hint := _house_hint(found):
        answer["hint"] = hint
    return answer | code.footer(started)


def _house_hint(found: Inventory) -> str:
    """How to say what the code does not show."""
    called = most_called(found.unproven)
    if called:
        flags = len({place.flag for place in found.unproven})
        return (
            f"{len(found.unproven)} calls may be reads of {flags} flags, but nothing here shows that what they ask is a"
            f' flag client. If it is, say so in featureops.toml: [[reads]] with call = "{called}" and flag = 0 (the'
            " argument that holds the key)."
        )
    if found.flags:
        return ""
    return "No flag is read. If the house has its own way of asking, say so with [[reads]] in featureops.toml."


def guards(deps: Deps, places: Sequence[str]) -> dict[str, Json]:
    """`guards`: for each place (path:line or path:start-end) the flags that must be on or off for it to run, innermost
    first, through branches, early returns, markup, wrappers and the callers within its file.

    Errors: BadArgument (no line in a place, no such file or line, a language that is not known), OutsideWorkspace.
    """
    started = deps.clock()
    code = Code(deps)
    rows: list[Json] = []
    for place in places:
        path, first, last = _lines_of(place)
        found = code.guards(path, first, last)
        rows.append(
            {
                "path": path,
                "line": first,
                "endLine": last,
                "guards": [
                    {"flagName": guard.flag, "branch": guard.branch, "askedAt": guard.line, "through": guard.through}
                    for guard in found
                ],
            }
        )
    return {"guards": rows, "elapsedMs": max(0, round((deps.clock() - started) * 1000))}


def has_lines(place: str) -> bool:
    """Whether a name of a file is followed by a line or a range of lines."""
    return _PLACE.fullmatch(place) is not None


def _lines_of(place: str) -> tuple[str, int, int]:
    found = _PLACE.fullmatch(place)
    if found is None:
        raise BadArgument(f"{clean(place)!r} has no line.", "Name a place as path:line, for example src/pay.py:120.")
    first = int(found[2])
    last = int(found[3] or first)
    if not 1 <= first <= last:
        raise BadArgument(f"{clean(place)!r} is no range of lines.", "Lines count from 1: src/pay.py:12-20.")
    return found[1], first, last


def rank_known(deps: Deps, text: str) -> list[tuple[str, float, str]]:
    """(flag, score 0 to 1, path:line of a read) of the flags in the code that fit a text. Asks no backend."""
    return KnownCode(deps).candidates(text)


async def candidates(
    deps: Deps, description: str, files: Sequence[str] = (), code_context: str = "", limit: int = 5
) -> dict[str, Json]:
    """Flags to reuse for what is described, best first, from the code and the backend.

    A backend that is missing or does not answer is told in `notes`. Errors: BadArgument (nothing to compare in the
    description).
    """
    started = deps.clock()
    if not words(description):
        raise BadArgument(
            f"The description {clean(description)!r} holds no word to compare.",
            "Say in a few words what the change does, for example: card payments by bank transfer.",
        )
    code, found, recent = await anyio.to_thread.run_sync(_scanned, deps)
    stored, note = await _from_backend(deps)
    wanted = Wanted(description, tuple(files), code_context, recent)
    ranked = rank(wanted, _known(found, stored or {}), max(1, limit))
    advice = recommendation(ranked[0].score if ranked else 0.0)
    answer: dict[str, Json] = {
        "candidates": [_candidate(row, found, stored) for row in ranked],
        "recommendation": advice,
        "thresholds": {"use_existing": USE_EXISTING, "ask_user": ASK_USER},
        "message": _message(advice, ranked),
    }
    if note:
        answer["notes"] = [note]
    return answer | code.footer(started)


def _scanned(deps: Deps) -> tuple[Code, Inventory, Mapping[str, int]]:
    code = Code(deps)
    code.begin()
    return code, code.inventory(), deps.changes.recent()


def _flag_name(flag: str) -> str:
    name = flag.strip()
    if not name:
        raise BadArgument("The flag's name is empty.", _FLAG_RULE)
    if len(name) > _MAX_NAME or any(char in name for char in "\r\n\0"):
        raise BadArgument(f"No flag can be called {clean(name)!r}.", _FLAG_RULE)
    return name


def _nearest(name: str, known: Inventory) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known.flags), n=3, cutoff=0.5)
    if near:
        return f"Nothing uses {clean(name)!r}. Flags with a similar name: {', '.join(near)}."
    if known.flags:
        count = "flag" if len(known.flags) == 1 else f"{len(known.flags)} flags"
        return f"Nothing uses {clean(name)!r}. Call detect without a flag for the {count} in the code."
    return f"Nothing uses {clean(name)!r}, and no flag is read in the code at all."


# ---------------------------------------------------------------- the backend


async def _from_backend(deps: Deps) -> tuple[dict[str, Flag] | None, str]:
    """Flags by name, None with a sentence when there is no backend or it does not answer."""
    if deps.backend is None:
        return None, "No backend is configured: only flags in the code were compared."
    try:
        return {flag.name: flag for flag in await deps.backend.flags()}, ""
    except (Unreachable, BadConfiguration) as error:
        return None, f"Only flags in the code were compared: {clean(error.message)}"


def _known(found: Inventory, stored: Mapping[str, Flag]) -> list[Known]:
    names = sorted({*found.flags, *(name for name, flag in stored.items() if not flag.archived)})
    return [_both(name, found.flags.get(name), stored.get(name)) for name in names]


def _both(name: str, read: FlagInCode | None, stored: Flag | None) -> Known:
    return known_flag(name, read.places if read else (), stored.description if stored else "")


# ---------------------------------------------------------------- rows


def _usage_row(usage: Usage) -> dict[str, Json]:
    row: dict[str, Json] = {
        "path": usage.path,
        "line": usage.line,
        "column": usage.column,
        "endLine": usage.end_line,
        "language": usage.language,
        "sdk": usage.sdk,
        "kind": usage.kind,
        "resolution": usage.resolution,
        "shape": usage.shape,
        "text": usage.text,
    }
    if usage.inverted:
        row["inverted"] = True
    return row


def _flag_row(flag: FlagInCode) -> dict[str, Json]:
    return {
        "flagName": flag.name,
        "usages": len(flag.places),
        "files": len({place.path for place in flag.places}),
        "languages": list[Json](sorted({place.language for place in flag.places})),
        "sdks": list[Json](sorted({place.sdk for place in flag.places})),
    }


def _place_row(place: PlaceInCode) -> dict[str, Json]:
    return {"path": place.path, "line": place.line, "text": place.text}


def _candidate(row: Ranked, found: Inventory, stored: Mapping[str, Flag] | None) -> dict[str, Json]:
    read = found.flags.get(row.name)
    kept = stored.get(row.name) if stored is not None else None
    evidence = [*row.evidence, "it is marked stale in the backend"] if kept and kept.stale else list(row.evidence)
    answer: dict[str, Json] = {
        "flagName": row.name,
        "score": row.score,
        "evidence": list[Json](clean(sentence) for sentence in evidence),
        "usages": len(read.places) if read else 0,
        "inBackend": None if stored is None else kept is not None,
        "location": read.places[0].where if read else None,
    }
    if kept is not None and kept.description:
        answer["description"] = clean(kept.description)
    return answer


def _message(advice: str, ranked: Sequence[Ranked]) -> str:
    if advice == "use_existing":
        return f"{ranked[0].name} fits: use it instead of creating another flag."
    if advice == "ask_user":
        return f"{ranked[0].name} may fit: ask the user whether to use it or to create a new flag."
    return "No flag fits: create a new one."
