from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from featureops.adapters.embedded import EmbeddedBackend
from featureops.adapters.embedded.metrics import Report, report_from_json

NOON = 1_800_014_400.0
HOUR = 3600


@dataclass
class Clock:
    now: float = NOON

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Place:
    backend: EmbeddedBackend
    clock: Clock

    def count(self, yes: int, no: int = 0, app: str = "shop", **variants: int) -> None:
        report = Report(app, self.clock.now, {"a": yes}, {"a": no}, {"a": variants} if variants else {})
        self.backend.metrics.add("production", report)

    def usage(self) -> tuple[int, int]:
        production = asyncio.run(self.backend.flag("a")).environments[1]
        return production.yes, production.no


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock = Clock()
    backend = EmbeddedBackend(tmp_path / "flags.db", clock)
    asyncio.run(backend.create("a", "default", "release", "", False, "me"))
    yield Place(backend, clock)
    backend.close_now()


def test_reports_of_one_hour_add_up(place: Place) -> None:
    place.count(3, 1, blue=2)
    place.clock.now += 60
    place.count(4, 2, blue=1, grey=3)
    (row,) = place.backend.metrics.usage("a")
    assert (row["yes"], row["no"], row["variants"]) == (7, 3, {"blue": 3, "grey": 3})
    assert place.usage() == (7, 3)


def test_applications_and_hours_are_kept_apart_the_latest_first(place: Place) -> None:
    place.count(1)
    place.count(2, app="till")
    place.clock.now += HOUR
    place.count(4)
    rows = place.backend.metrics.usage("a")
    assert [(row["appName"], row["yes"], str(row["timestamp"])[11:16]) for row in rows] == [
        ("shop", 4, "13:00"),
        ("shop", 1, "12:00"),
        ("till", 2, "12:00"),
    ]


def test_the_state_counts_the_current_and_the_previous_hour(place: Place) -> None:
    place.count(1)
    place.clock.now += HOUR
    place.count(2)
    assert place.usage() == (3, 0)
    place.clock.now += HOUR
    assert place.usage() == (2, 0)
    place.clock.now += HOUR
    assert place.usage() == (0, 0)


def test_last_seen_only_moves_forward(place: Place) -> None:
    place.count(1)
    place.backend.metrics.add("production", Report("shop", NOON - HOUR, {"a": 1}, {"a": 0}))
    assert asyncio.run(place.backend.flag("a")).environments[1].last_seen_at == NOON


def test_archived_flags_still_count_and_unknown_ones_are_told_until_they_exist(place: Place) -> None:
    asyncio.run(place.backend.archive("a", "default", "me"))
    place.count(1)
    place.backend.metrics.add("production", Report("shop", NOON, {"b": 1}, {"b": 0}))
    assert place.usage() == (1, 0)
    assert place.backend.metrics.unknown_flags() == [
        {"name": "b", "environment": "production", "appName": "shop", "lastSeenAt": NOON}
    ]
    asyncio.run(place.backend.create("b", "default", "release", "", False, "me"))
    assert place.backend.metrics.unknown_flags() == []


def test_a_bucket_of_the_future_counts_as_now() -> None:
    bucket: dict[str, object] = {"start": "2026-01-01T00:00:00Z", "stop": "2099-01-01T00:00:00Z", "toggles": {}}
    report = report_from_json({"appName": "shop", "bucket": bucket}, NOON)  # type: ignore[dict-item] # nested JSON
    assert report.seen_at == NOON
    bucket["stop"] = "2027-01-15T08:00:00.000Z"
    report = report_from_json({"appName": "shop", "bucket": bucket}, NOON)  # type: ignore[dict-item] # nested JSON
    assert report.seen_at == 1_800_000_000.0
