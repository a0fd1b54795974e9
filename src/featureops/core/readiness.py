"""Whether a flag is ready to leave the code: the kept value held against what the backend serves.

The line is what users of production would notice. `blocked`: with the flag gone some of them get something else than
today, nobody could tell, or the flag is of a kind that is meant to stay. `caution`: they get the same, but something
should be looked at first. `safe`: nothing speaks against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from featureops.core.flagjson import iso_time
from featureops.core.flagstate import LIFETIME_DAYS, exposure
from featureops.core.model import EnvironmentState, Event, Flag, Json
from featureops.core.served import for_everybody, is_on_for_everybody, that_count, who_gets_it

__all__ = ["Level", "Readiness", "Reason", "judge", "readiness_json", "unasked"]

Level = Literal["safe", "caution", "blocked"]

_LEVELS: Final[Sequence[Level]] = ("safe", "caution", "blocked")
_PROVEN_DAYS: Final = 7
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence with its evidence; `id` is stable."""

    level: Level
    id: str
    text: str
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """`backend` is its kind, None without one; `flag` is None where the backend has none of that name or did not
    answer. `changed` maps environments to the time of their last change."""

    reasons: tuple[Reason, ...] = ()
    backend: str | None = None
    flag: Flag | None = None
    environments: tuple[EnvironmentState, ...] = ()
    changed: Mapping[str, float | None] | None = None

    @property
    def verdict(self) -> Level:
        """The gravest of the reasons."""
        return max((reason.level for reason in self.reasons), key=_LEVELS.index, default="safe")


def unasked(level: Level, id: str, text: str, backend: str | None = None) -> Readiness:
    """What is answered where no backend told anything about the flag."""
    return Readiness((Reason(level, id, text),), backend)


def judge(
    flag: Flag, kept: str, events: Sequence[Event], now: float, *, backend: str, listed: Sequence[str] = ()
) -> Readiness:
    """`kept` is "enabled", "disabled" or the name of a variant; `events` are the flag's, the latest first, all of them;
    `listed` are the environments of the policy (none: all count as listed)."""
    changed = {state.name: _changed(flag, state.name, events) for state in flag.environments}
    deciding = that_count(flag)
    shown = tuple(each for each in flag.environments if each in deciding or not listed or each.name in listed)
    if flag.archived:
        return Readiness(tuple(_of_archived(kept, events)), backend, flag, shown, changed)
    reasons = [*_of_kind(flag)]
    for state in shown:
        reasons += _of_state(state, kept, changed[state.name], now, decides=state in deciding)
    return Readiness((*reasons, *_of_relatives(flag)), backend, flag, shown, changed)


def readiness_json(found: Readiness) -> dict[str, Json]:
    """{"verdict", "reasons": [{"level", "id", "text", "environment"}], "environments": [{"name", "type", "enabled",
    "exposure", "serves", "changedAt", "lastSeenAt", "yes", "no"}], "backend", "flag"}. `serves` is null where it
    depends on the user; `yes` and `no` count the answers of the last hours; `flag` is {"type", "archived", "stale",
    "createdAt", "parents", "children"} or null."""
    changed = found.changed or {}
    return {
        "verdict": found.verdict,
        "reasons": [
            {"level": each.level, "id": each.id, "text": each.text, "environment": each.environment}
            for each in found.reasons
        ],
        "environments": [_environment(state, changed.get(state.name)) for state in found.environments],
        "backend": found.backend,
        "flag": _flag(found.flag) if found.flag is not None else None,
    }


def _environment(state: EnvironmentState, changed: float | None) -> Json:
    return {
        "name": state.name,
        "type": state.type,
        "enabled": state.enabled,
        "exposure": exposure(state),
        "serves": for_everybody(state),
        "changedAt": iso_time(changed),
        "lastSeenAt": iso_time(state.last_seen_at),
        "yes": state.yes,
        "no": state.no,
    }


def _flag(flag: Flag) -> Json:
    return {
        "type": flag.type,
        "archived": flag.archived,
        "stale": flag.stale,
        "createdAt": iso_time(flag.created_at),
        "parents": list(flag.parents),
        "children": list(flag.children),
    }


def _changed(flag: Flag, environment: str, events: Sequence[Event]) -> float:
    """A flag is born off everywhere: without an event it is as it was then."""
    return next((event.created_at for event in events if event.environment == environment), flag.created_at)


def _of_archived(kept: str, events: Sequence[Event]) -> Sequence[Reason]:
    if kept == "disabled":
        return ()
    when = next((event.created_at for event in events if event.type == "feature-archived"), None)
    since = f" since {_date(when)}" if when is not None else ""
    text = f"The flag is archived{since}: every SDK answers disabled, but {kept} is kept."
    return (Reason("blocked", "archived", text),)


def _of_kind(flag: Flag) -> Sequence[Reason]:
    if LIFETIME_DAYS[flag.type] is not None:
        return ()
    if flag.stale:
        return (Reason("caution", "kind", f"It is a {flag.type} flag, meant to stay, but marked as stale."),)
    return (Reason("blocked", "kind", f"It is a {flag.type} flag: such flags are meant to stay."),)


def _of_state(
    state: EnvironmentState, kept: str, changed: float | None, now: float, *, decides: bool
) -> Sequence[Reason]:
    since = f" (last changed {_date(changed)})" if changed is not None else ""
    if not _is_kept(state, kept):
        level: Level = "blocked" if decides else "caution"
        text = f"In {state.name} {who_gets_it(state)}{since}, but {kept} is kept."
        partial = for_everybody(state) is None
        return (Reason(level, "rollout" if partial else "kept-value", text, state.name),)
    reasons = []
    if for_everybody(state) is None:
        text = f"In {state.name} {who_gets_it(state)}{since}: reads of the variant need an answer each."
        reasons.append(Reason("caution", "variants", text, state.name))
    against = state.no if kept != "disabled" else state.yes
    if against:
        other = "disabled" if kept != "disabled" else "enabled"
        text = f"In {state.name} {against} of the last {state.yes + state.no} answers were {other}."
        reasons.append(Reason("caution", "metrics", text, state.name))
    if decides and changed is not None and now - changed < _PROVEN_DAYS * _DAY:
        text = f"In {state.name} it was last changed on {_date(changed)}, less than {_PROVEN_DAYS} days ago."
        reasons.append(Reason("caution", "recent", text, state.name))
    return reasons


def _is_kept(state: EnvironmentState, kept: str) -> bool:
    """Whether all users of the environment get what is kept."""
    return is_on_for_everybody(state) if kept == "enabled" else for_everybody(state) == kept


def _of_relatives(flag: Flag) -> Sequence[Reason]:
    reasons = []
    if flag.parents:
        text = f"It is on only where {_names(flag.parents)} {_let(flag.parents)} it: look at what they serve."
        reasons.append(Reason("caution", "parents", text))
    if flag.children:
        verb = "depends" if len(flag.children) == 1 else "depend"
        text = f"{_names(flag.children)} {verb} on it: it can't be archived before they are changed."
        reasons.append(Reason("caution", "children", text))
    return reasons


def _let(names: Sequence[str]) -> str:
    return "lets" if len(names) == 1 else "let"


def _names(names: Sequence[str]) -> str:
    *first, last = sorted(names)
    return f"{', '.join(first)} and {last}" if first else last


def _date(seconds: float | None) -> str:
    return str(iso_time(seconds))[:10]
