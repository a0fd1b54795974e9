"""The verb detect: all usages of a flag, the inventory of all flags in the code, and flags to reuse."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from featureops.app.deps import Deps
from featureops.core.detect.needles import Asking
from featureops.core.detect.places import clean
from featureops.core.detect.rank import ASK_USER, USE_EXISTING, Known, Ranked, Wanted, rank, recommendation, words
from featureops.core.detect.summary import FlagInCode, Inventory, PlaceInCode, take_inventory
from featureops.core.detect.usages import find_usages
from featureops.core.errors import BadArgument, BadConfiguration, Unreachable
from featureops.core.model import Flag, Json, Usage
from featureops.core.project import Project

__all__ = ["candidates", "inventory", "rank_known", "usages"]

_MAX_SKIPPED = 20
_MAX_NAME = 500
_FLAG_RULE = "A flag's name is what the backend calls it, for example new-checkout."


def usages(deps: Deps, flag: str) -> dict[str, Json]:
    """Every usage of one flag, as in design section 3.2; `hint` names similar flags when there is none.

    Errors: BadArgument (an empty name, or one that no flag can have).
    """
    started = deps.clock()
    name = _flag_name(flag)
    code = _Code(deps)
    found = find_usages(code.project, name, code.grep, code.text)
    answer: dict[str, Json] = {"flagName": name, "usages": [_usage_row(usage) for usage in found]}
    if not found:
        answer["hint"] = _nearest(name, code.inventory())
    return answer | code.footer(started)


def inventory(deps: Deps) -> dict[str, Json]:
    """Every flag that the code asks for, by name, with the reads whose key can't be known and those that could not be
    shown to be reads.
    """
    started = deps.clock()
    code = _Code(deps)
    found = code.inventory()
    answer: dict[str, Json] = {
        "flags": [_flag_row(flag) for flag in found.flags.values()],
        "dynamicReads": [{**_place_row(place), "reason": place.reason} for place in found.dynamic],
        "unproven": [{**_place_row(place), "flagName": place.flag} for place in found.unproven],
    }
    if not found.flags:
        answer["hint"] = (
            "No flag is read. If the house has its own way of asking, say so with [[reads]] in featureops.toml."
        )
    return answer | code.footer(started)


def rank_known(deps: Deps, text: str, files: Sequence[str] = (), limit: int = 5) -> list[tuple[str, float, list[str]]]:
    """(flag, score 0 to 1, evidence) of the flags in the code that fit a text, best first. Asks no backend."""
    wanted = Wanted(text, tuple(files))
    return [(row.name, row.score, list(row.evidence)) for row in rank(wanted, _in_code(_Code(deps).inventory()), limit)]


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
    code = _Code(deps)
    found = await asyncio.to_thread(code.inventory)
    stored, note = await _from_backend(deps)
    wanted = Wanted(description, tuple(files), code_context)
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


# ---------------------------------------------------------------- the code


class _Code:
    """The workspace as one program. Files that can't be read are remembered with the reason."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._unread: dict[str, str] = {}
        self._texts: dict[str, bytes | None] = {}
        self._files = deps.workspace.files()
        self.project = Project(self._files, self.text, deps.packs, deps.config)

    def text(self, path: str) -> bytes | None:
        if path not in self._texts:
            try:
                self._texts[path] = self._deps.workspace.read(path)
            except BadArgument as error:
                self._unread[path] = error.message
                self._texts[path] = None
        return self._texts[path]

    def grep(self, needles: Sequence[bytes]) -> Mapping[str, tuple[int, ...]]:
        found = self._deps.workspace.grep(needles)
        self._unread.update(self._deps.workspace.skipped)
        return found

    def inventory(self) -> Inventory:
        asking = Asking(self._deps.packs, self._deps.config)
        places: dict[str, list[int] | None] = {}
        for path, offsets in self.grep(asking.needles).items():
            data = self.text(path) if self._deps.packs.for_path(path) is not None else None
            near = asking.places(data, offsets) if data is not None else []
            if near != []:
                places[path] = near
        return take_inventory(self.project, places)

    def footer(self, started: float) -> dict[str, Json]:
        """`filesScanned`, `elapsedMs`, and what was passed over (at most 20 rows and the count)."""
        # Pictures and archives last: nobody looks for flags in them.
        reasons = sorted((self._unread | self.project.failed).items(), key=lambda row: (row[1] == "binary", row[0]))
        listed: list[Json] = [{"path": clean(path), "reason": reason} for path, reason in reasons[:_MAX_SKIPPED]]
        unread = sum(1 for path in self._files if path in self._unread)
        answer: dict[str, Json] = {
            "filesScanned": len(self._files) - unread,
            "elapsedMs": max(0, round((self._deps.clock() - started) * 1000)),
        }
        if listed:
            answer |= {"skipped": listed, "skippedCount": len(reasons)}
        return answer


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
        return f"Nothing uses {clean(name)!r}. Call detect without a flag for the {len(known.flags)} flags in the code."
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


def _in_code(found: Inventory) -> list[Known]:
    return [_known_flag(name, found.flags[name], None) for name in found.flags]


def _known(found: Inventory, stored: Mapping[str, Flag]) -> list[Known]:
    names = sorted({*found.flags, *(name for name, flag in stored.items() if not flag.archived)})
    return [_known_flag(name, found.flags.get(name), stored.get(name)) for name in names]


def _known_flag(name: str, read: FlagInCode | None, stored: Flag | None) -> Known:
    places = [place for place in read.places if not place.is_test] or read.places if read else []
    return Known(
        name=name,
        description=stored.description if stored else "",
        paths=tuple(dict.fromkeys(place.path for place in places)),
        around=tuple(dict.fromkeys(name for place in places for name in place.names)),
    )


# ---------------------------------------------------------------- rows


def _usage_row(usage: Usage) -> dict[str, Json]:
    return {
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
        "location": f"{read.places[0].path}:{read.places[0].line}" if read else None,
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
