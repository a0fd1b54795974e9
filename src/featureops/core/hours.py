"""The hours in which the policy lets more users have a flag: "Mon-Fri 09:00-16:00 Europe/Oslo"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from featureops.core.errors import BadConfiguration

__all__ = ["Hours", "hours_from"]

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FORM: Final = re.compile(
    r"(?:(?P<first>[A-Z][a-z]{2})(?:-(?P<last>[A-Z][a-z]{2}))?\s+)?"
    r"(?P<start>\d\d:[0-5]\d)-(?P<end>\d\d:[0-5]\d)(?:\s+(?P<zone>[A-Za-z0-9_+/-]+))?"
)
_WHOLE_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekdays count from Monday, 0; `start` and `end` in minutes of the day, `end` not included."""

    days: frozenset[int]
    start: int
    end: int
    zone: str

    def holds(self, weekday: int, minute: int) -> bool:
        return weekday in self.days and self.start <= minute < self.end

    @staticmethod
    def named(weekday: int, minute: int) -> str:
        """As people write a moment: Sat 23:10."""
        return f"{_DAYS[weekday]} {minute // 60:02}:{minute % 60:02}"


def hours_from(text: str) -> Hours:
    """Days (every one where none are named), from and to, and the time zone (default UTC). Errors: BadConfiguration."""
    match = _FORM.fullmatch(text.strip())
    days = _days(match["first"], match["last"]) if match is not None else None
    if match is None or days is None:
        raise _wrong(text)
    start, end = _minutes(match["start"]), _minutes(match["end"])
    if not start < end <= _WHOLE_DAY:
        raise _wrong(text)
    return Hours(days, start, end, match["zone"] or "UTC")


def _days(first: str | None, last: str | None) -> frozenset[int] | None:
    if first is None:
        return frozenset(range(7))
    if first not in _DAYS or (last or first) not in _DAYS:
        return None
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    return frozenset((start + each) % 7 for each in range((end - start) % 7 + 1))


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _wrong(text: str) -> BadConfiguration:
    return BadConfiguration(
        f"policy.hours is no span of hours: {text[:60]!r}.",
        'Write days, from and to, and a time zone: "Mon-Fri 09:00-16:00 Europe/Oslo".',
    )
