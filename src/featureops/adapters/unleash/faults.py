"""What an answer other than 2xx means to whoever asked: one error for each, with Unleash's own words and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from featureops.core.errors import BadArgument, BadConfiguration, Conflict, Denied, Unreachable, UserFixable
from featureops.core.model import Json

__all__ = ["Lost", "NotFound", "TooMany", "fault_of", "with_nothing_written"]

_LONGEST: Final = 500


class NotFound(BadArgument):
    """Unleash knows no such project, flag, environment or strategy."""


class Lost(Unreachable):
    """A write was sent, and no answer tells what became of it."""


class TooMany(Unreachable):
    """429: nothing was done. `seconds` is what the server asks to wait, if it says so."""

    def __init__(self, message: str, hint: str, seconds: float | None = None) -> None:
        super().__init__(message, hint)
        self.seconds = seconds


def fault_of(status: int, body: Json, text: str, headers: Mapping[str, str]) -> UserFixable:
    """The error for an answer; `body` is its JSON, `text` what it is if it is none."""
    said = _said(body, text)
    if status == 401:
        return BadConfiguration(
            f"Unleash does not accept the token: {said}",
            "UNLEASH_PAT must hold a personal access token or admin token that has not expired"
            " (Unleash: profile, personal API tokens).",
        )
    if status == 403:
        return _forbidden(body, said)
    if status == 404:
        return NotFound(said, "Look at list_flags and list_projects for what there is.")
    if status == 409:
        return Conflict(said, "Read what is there now and decide anew.")
    if status == 429:
        seconds = _seconds(headers.get("retry-after") or headers.get("ratelimit-reset"))
        when = f"in {seconds:g} seconds" if seconds is not None else "later"
        return TooMany(
            "Unleash limits how often it may be asked (429): nothing was done.", f"Try again {when}.", seconds
        )
    if 300 <= status < 400:
        return BadConfiguration(
            f"The Unleash address redirects to {headers.get('location', 'another one')[:_LONGEST]}.",
            "Redirects are not followed, for the token's sake: set UNLEASH_BASE_URL to the address that is meant.",
        )
    if status >= 500:
        return Unreachable(f"Unleash answered with {status}: {said}", "The server has a problem; try again later.")
    return BadArgument(f"Unleash refused this ({status}): {said}", "Mend the named field; nothing was written.")


def with_nothing_written(fault: UserFixable) -> UserFixable:
    """The answer to a write that was refused, with what it left."""
    if "othing was" not in f"{fault.message} {fault.hint}":
        fault.hint = f"{fault.hint} Nothing was written.".lstrip()
    return fault


def _forbidden(body: Json, said: str) -> Denied:
    wanted = body.get("permissions") if isinstance(body, dict) else None
    names = ", ".join(str(each) for each in wanted) if isinstance(wanted, list) else ""
    if "SKIP_CHANGE_REQUEST" in names or "change request" in said.lower():
        return Denied(
            f"This environment takes changes by change request only: {said}",
            "A person can make one in Unleash; nothing was written.",
        )
    if names:
        return Denied(f"The token may not do this: {said}", f"It lacks the permission {names}; nothing was written.")
    return Denied(f"Unleash does not allow this: {said}", "Nothing was written; see what the message names.")


def _said(body: Json, text: str) -> str:
    """Unleash's details where it gives some, else its message."""
    if not isinstance(body, dict):
        return (text.strip() or "no reason given")[:_LONGEST]
    details = body.get("details")
    rows = [each for each in details if isinstance(each, dict)] if isinstance(details, list) else []
    said = [str(each.get("message") or each.get("description") or "") for each in rows]
    return ("; ".join(filter(None, said)) or str(body.get("message") or text or "no reason given"))[:_LONGEST]


def _seconds(given: str | None) -> float | None:
    try:
        return max(0.0, float(given)) if given is not None else None
    except ValueError:
        return None  # a date: the usual pause will do
