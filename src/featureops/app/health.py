"""Flags against code against backend: what is in use, what is due, and the exact next call for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal

from featureops.app.deps import Deps
from featureops.core.errors import UnknownFlag
from featureops.core.flagjson import iso_time
from featureops.core.flagstate import LIFETIME_DAYS, did_you_mean, exposure, last_seen
from featureops.core.model import EnvironmentState, Flag, Json
from featureops.core.served import for_everybody, that_count

__all__ = ["Verdict", "health"]

Verdict = Literal["active", "ready-to-clean-up", "stale", "ghost", "orphan", "zombie"]

_DAY: Final = 86_400
_IN_USE_SECONDS: Final = 7 * _DAY
_YOUNG_SECONDS: Final = 7 * _DAY
_UNSEEN_SECONDS: Final = 30 * _DAY
_ORDER: Final[tuple[Verdict, ...]] = ("zombie", "ready-to-clean-up", "stale", "ghost", "orphan", "active")


@dataclass(frozen=True, slots=True)
class _InCode:
    usages: int = 0
    files: int = 0


@dataclass(frozen=True, slots=True)
class _Finding:
    verdict: Verdict
    evidence: str
    value: str | None = None
    tool: str | None = None
    arguments: Mapping[str, Json] | None = None


async def health(
    deps: Deps, *, flag: str | None = None, inventory: Mapping[str, Json] | None = None
) -> dict[str, Json]:
    """`flags`: [{flagName, verdict, value, evidence, usages, files, type, project, environments, next}], the most
    urgent verdict first, then by name; `summary`: how many of each verdict; `dynamicReads`, `checkedAt`.

    Verdicts: `zombie` archived but still read; `ready-to-clean-up` the same for everybody for good, with the `value`
    ("enabled", "disabled" or a variant's name); `stale` past its lifetime, marked, or long unseen; `ghost` in the code
    only; `orphan` in the backend only; `active`. `next` is {tool, arguments} or null. `inventory` is what
    `detect.inventory` answers; None asks for it. Errors: UnknownFlag (neither in code nor backend), Unreachable."""
    found = inventory if inventory is not None else await _inventory(deps)
    code = _in_code(found)
    unproven = Counter(row.get("flagName") for row in _tables(found.get("unproven")))
    backend = deps.flags()
    project = deps.config.backend.project
    known = {each.name: each for each in await backend.flags(project)}
    archived = {each.name: each for each in await backend.flags(project, archived=True) if each.name in code}
    names = {*code, *known}
    if flag is not None and flag not in names:
        raise UnknownFlag(f'"{flag}" is neither in the code nor in the backend.', did_you_mean(flag, names))
    now = deps.clock()
    rows: list[tuple[_Finding, dict[str, Json]]] = []
    for name in [flag] if flag is not None else names:
        there = known.get(name) or archived.get(name)
        finding = _ghost(name, code[name], known) if there is None else _judge(there, code.get(name), now)
        if finding.verdict == "orphan" and unproven.get(name):
            finding = _maybe_read(name, unproven[name])
        rows.append((finding, _row(name, finding, there, code.get(name))))
    rows.sort(key=lambda row: (_ORDER.index(row[0].verdict), str(row[1]["flagName"])))
    return {
        "flags": [row for _, row in rows],
        "summary": {verdict: count for verdict in _ORDER if (count := _count(verdict, rows))},
        "dynamicReads": found.get("dynamicReads", []),
        "checkedAt": iso_time(now),
    }


async def _inventory(deps: Deps) -> Mapping[str, Json]:
    import anyio.to_thread

    from featureops.app import detect

    return await anyio.to_thread.run_sync(detect.inventory, deps)


def _in_code(inventory: Mapping[str, Json]) -> dict[str, _InCode]:
    found: dict[str, _InCode] = {}
    for row in _tables(inventory.get("flags")):
        if isinstance(name := row.get("flagName"), str):
            usages, files = row.get("usages"), row.get("files")
            found[name] = _InCode(usages if isinstance(usages, int) else 0, files if isinstance(files, int) else 0)
    return found


def _tables(value: Json) -> Sequence[Mapping[str, Json]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _count(verdict: Verdict, rows: Sequence[tuple[_Finding, dict[str, Json]]]) -> int:
    return sum(finding.verdict == verdict for finding, _ in rows)


def _row(name: str, finding: _Finding, flag: Flag | None, code: _InCode | None) -> dict[str, Json]:
    following: Json = None
    if finding.tool is not None:
        following = {"tool": finding.tool, "arguments": dict(finding.arguments or {})}
    return {
        "flagName": name,
        "verdict": finding.verdict,
        "value": finding.value,
        "evidence": finding.evidence,
        "usages": code.usages if code else 0,
        "files": code.files if code else 0,
        "type": flag.type if flag else None,
        "project": flag.project if flag else None,
        "environments": [_environment(state) for state in flag.environments] if flag else [],
        "next": following,
    }


def _environment(state: EnvironmentState) -> Json:
    return {
        "name": state.name,
        "enabled": state.enabled,
        "exposure": exposure(state),
        "lastSeenAt": iso_time(state.last_seen_at),
    }


def _judge(flag: Flag, code: _InCode | None, now: float) -> _Finding:
    if flag.archived:
        return _Finding(
            "zombie",
            f"It is archived, so every SDK answers off, but {_reads(code)} still ask for it.",
            "disabled",
            *_cleanup(flag.name, "disabled"),
        )
    if code is None:
        return _orphan(flag, now)
    settled = _settled(flag, now)
    if settled is not None:
        return settled
    return _stale(flag, now) or _Finding("active", f"{_reads(code)}; {_in_words(flag)}.")


def _ghost(name: str, code: _InCode, known: Collection[str]) -> _Finding:
    evidence = f"The backend has no such flag: {_reads(code)} always get the default, off."
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.85)
    if near:
        evidence += f' It has "{near[0]}": a misspelling?'
        return _Finding("ghost", evidence, None, "detect_flag", {"flagName": name})
    arguments: dict[str, Json] = {"name": name, "type": "release", "description": f"Found in the code: {_reads(code)}"}
    return _Finding("ghost", evidence, None, "create_flag", arguments)


def _maybe_read(name: str, places: int) -> _Finding:
    evidence = f"No read in this code that could be proven, but {places} that may be one."
    return _Finding("orphan", evidence, None, "detect_flag", {"flagName": name})


def _orphan(flag: Flag, now: float) -> _Finding:
    seen = last_seen(flag)
    if seen is not None and now - seen < _IN_USE_SECONDS:
        evidence = f"No read in this code, but an application asked for it {_ago(now - seen)}: look for it elsewhere."
        return _Finding("orphan", evidence, None, "get_flag_state", {"featureName": flag.name})
    age = now - flag.created_at
    if age < _YOUNG_SECONDS:
        evidence = f"No read in this code yet; it was created {_ago(age)}."
        return _Finding("orphan", evidence, None, "wrap_change", {"flagName": flag.name, "fromDiff": True})
    asked = "nobody ever asked for it" if seen is None else f"it was last asked for {_ago(now - seen)}"
    evidence = f"No read in this code, and {asked}; it was created {_ago(age)}."
    return _Finding("orphan", evidence, None, "archive_flag", {"featureName": flag.name})


def _settled(flag: Flag, now: float) -> _Finding | None:
    """The same for everybody where it counts. Kill switches and permissions are meant to be, so they never are."""
    if LIFETIME_DAYS[flag.type] is None and not flag.stale:
        return None
    states = that_count(flag)
    names = " and ".join(state.name for state in states)
    values = {for_everybody(state) for state in states}
    value = values.pop() if len(values) == 1 else None
    if value is None:
        return None
    if value != "disabled":
        what = "on for everybody" if value == "enabled" else f'variant "{value}" for everybody'
        return _Finding(
            "ready-to-clean-up", f"{what[0].upper()}{what[1:]} in {names}.", value, *_cleanup(flag.name, value)
        )
    # A new flag is off as well: only age, a mark or having lain idle makes "off" final.
    why = _overdue(flag, now)
    if why is None or any(exposure(state) for state in flag.environments):
        return None
    return _Finding("ready-to-clean-up", f"Off everywhere, and {why}.", "disabled", *_cleanup(flag.name, "disabled"))


def _stale(flag: Flag, now: float) -> _Finding | None:
    why = _overdue(flag, now) or _unseen(flag, now)
    if why is None:
        return None
    evidence = f"{why[0].upper()}{why[1:]}; {_in_words(flag)}: decide which way it ends."
    return _Finding("stale", evidence, None, "get_flag_state", {"featureName": flag.name})


def _overdue(flag: Flag, now: float) -> str | None:
    if flag.stale:
        return "it is marked as stale"
    lifetime = LIFETIME_DAYS[flag.type]
    age = (now - flag.created_at) / _DAY
    if lifetime is not None and age > lifetime:
        return f"it is {int(age)} days old, past the {lifetime} days of a {flag.type} flag"
    return None


def _unseen(flag: Flag, now: float) -> str | None:
    seen = last_seen(flag)
    if seen is None or now - seen <= _UNSEEN_SECONDS:
        return None
    return f"no application asked for it since {int((now - seen) // _DAY)} days"


def _cleanup(name: str, value: str) -> tuple[str, Mapping[str, Json]]:
    """A variant's branch is an enabled one; reads of variants are then reported as leftovers."""
    return "cleanup_flag", {"flagName": name, "preservePath": "disabled" if value == "disabled" else "enabled"}


def _reads(code: _InCode | None) -> str:
    code = code or _InCode()
    return f"{code.usages} read{'' if code.usages == 1 else 's'} in {code.files} file{'' if code.files == 1 else 's'}"


def _in_words(flag: Flag) -> str:
    return ", ".join(
        f"{state.name} {f'on for {exposure(state)} %' if state.enabled else 'off'}" for state in flag.environments
    )


def _ago(seconds: float) -> str:
    days = int(seconds // _DAY)
    if days:
        return f"{days} day{'' if days == 1 else 's'} ago"
    hours = int(seconds // 3600)
    return f"{hours} hour{'' if hours == 1 else 's'} ago" if hours else "less than an hour ago"
