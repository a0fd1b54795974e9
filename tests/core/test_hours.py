from __future__ import annotations

import pytest

from featureops.core.errors import BadConfiguration
from featureops.core.hours import Hours, hours_from


def test_days_times_and_zone_are_read() -> None:
    assert hours_from("Mon-Fri 09:00-16:30 Europe/Oslo") == Hours(frozenset(range(5)), 540, 990, "Europe/Oslo")
    assert hours_from("Sat-Mon 00:00-24:00") == Hours(frozenset({5, 6, 0}), 0, 1440, "UTC")
    assert hours_from("Wed 08:00-09:00 UTC").days == {2}
    assert hours_from("08:00-09:00").days == set(range(7))


def test_the_end_is_not_included() -> None:
    hours = hours_from("Mon 09:00-16:00")
    assert [hours.holds(0, minute) for minute in (539, 540, 959, 960)] == [False, True, True, False]
    assert not hours.holds(1, 600)


@pytest.mark.parametrize(
    "text", ["", "office", "Mon-Fri", "16:00-09:00", "09:00-09:00", "Mo-Fr 09:00-16:00", "9-16", "09:00-25:00"]
)
def test_anything_else_is_told(text: str) -> None:
    with pytest.raises(BadConfiguration) as raised:
        hours_from(text)
    assert "Mon-Fri 09:00-16:00" in raised.value.hint
