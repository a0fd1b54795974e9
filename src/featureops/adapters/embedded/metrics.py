"""What SDKs report: who they are, and how often each flag was on, off, or of which variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from featureops.adapters.embedded.rows import HOUR, stored
from featureops.core.errors import BadArgument
from featureops.core.flagjson import iso_time
from featureops.core.model import Json

if TYPE_CHECKING:
    import sqlite3

    from featureops.adapters.embedded.database import Database
    from featureops.ports import Clock

__all__ = ["Metrics", "Report", "report_from_json"]

_MAX_TEXT = 200
_MAX_COUNT = 2**40


@dataclass(frozen=True, slots=True)
class Report:
    """One bucket of an SDK: counts by flag. `variants` counts by variant's name."""

    app: str
    seen_at: float
    yes: Mapping[str, int] = field(default_factory=dict)
    no: Mapping[str, int] = field(default_factory=dict)
    variants: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def report_from_json(body: Mapping[str, Json], now: float) -> Report:
    """The body of POST /api/client/metrics. A bucket of the future counts as now. Errors: BadArgument."""
    app = body.get("appName")
    if not isinstance(app, str) or not app:
        raise BadArgument("appName is missing.", 'Send {"appName": "…", "bucket": {…}}.')
    bucket = body.get("bucket")
    if bucket is None:
        return Report(_short(app), now)
    if not isinstance(bucket, dict) or not isinstance(toggles := bucket.get("toggles"), dict):
        raise BadArgument("bucket.toggles must be an object.", 'Send {"bucket": {"start", "stop", "toggles": {…}}}.')
    tables = {name: _table(counts, f"toggles.{name}") for name, counts in toggles.items()}
    return Report(
        _short(app),
        min(now, _seconds(bucket.get("stop"), now)),
        {name: _count(table.get("yes"), f"{name}.yes") for name, table in tables.items()},
        {name: _count(table.get("no"), f"{name}.no") for name, table in tables.items()},
        {
            name: {variant: _count(n, f"{name}.{variant}") for variant, n in _table(table["variants"], name).items()}
            for name, table in tables.items()
            if table.get("variants") is not None
        },
    )


class Metrics:
    """Rows an hour, an application, an environment and a flag."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def register(self, environment: str, body: Mapping[str, Json]) -> None:
        """The body of POST /api/client/register. Errors: BadArgument."""
        app = body.get("appName")
        if not isinstance(app, str) or not app:
            raise BadArgument("appName is missing.", 'Send {"appName": "…", "sdkVersion": "…"}.')
        instance, sdk = (_short(str(body.get(key) or "")) for key in ("instanceId", "sdkVersion"))
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO applications VALUES (?, ?, ?, ?, ?)",
                (_short(app), instance, environment, sdk, self._clock()),
            )

    def add(self, environment: str, report: Report) -> None:
        """Counts grow; last seen moves on; names that no flag has, archived or not, are kept as unknown."""
        with self._database.write() as connection:
            known = {str(row[0]) for row in connection.execute("SELECT name FROM flags")}
            for name in report.yes:
                if name in known:
                    _count_flag(connection, environment, report, name)
                else:
                    connection.execute(
                        "INSERT OR REPLACE INTO unknown_flags VALUES (?, ?, ?, ?)",
                        (_short(name), environment, report.app, report.seen_at),
                    )

    def usage(self, flag: str, hours: int = 24) -> list[dict[str, Json]]:
        """Rows of timestamp (ISO), environment, appName, yes, no and variants; the latest hour first."""
        since = int(self._clock() // HOUR - hours) * HOUR
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT hour, environment, app, yes, no FROM metrics WHERE flag = ? AND hour > ?"
                " ORDER BY hour DESC, environment, app",
                (flag, since),
            ).fetchall()
            variants: dict[tuple[int, str, str], dict[str, Json]] = {}
            for hour, environment, app, variant, count in connection.execute(
                "SELECT hour, environment, app, variant, count FROM variant_metrics WHERE flag = ? AND hour > ?",
                (flag, since),
            ):
                variants.setdefault((hour, environment, app), {})[variant] = count
        return [
            {
                "timestamp": iso_time(hour),
                "environment": environment,
                "appName": app,
                "yes": yes,
                "no": no,
                "variants": variants.get((hour, environment, app), {}),
            }
            for hour, environment, app, yes, no in rows
        ]

    def unknown_flags(self) -> Sequence[Mapping[str, Json]]:
        """What SDKs ask for and no flag is called: name, environment, appName, lastSeenAt (seconds); by name."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT name, environment, app, last_seen_at FROM unknown_flags"
                " WHERE name NOT IN (SELECT name FROM flags) ORDER BY name, environment, app"
            ).fetchall()
        return [{"name": row[0], "environment": row[1], "appName": row[2], "lastSeenAt": row[3]} for row in rows]


def _count_flag(connection: sqlite3.Connection, environment: str, report: Report, name: str) -> None:
    hour = int(report.seen_at // HOUR) * HOUR
    connection.execute(
        "INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET yes = yes + excluded.yes, no = no + excluded.no",
        (name, environment, hour, report.app, report.yes[name], report.no[name]),
    )
    connection.executemany(
        "INSERT INTO variant_metrics VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET count = count + excluded.count",
        [
            (name, environment, hour, report.app, _short(variant), count)
            for variant, count in report.variants.get(name, {}).items()
        ],
    )
    connection.execute(
        "UPDATE states SET last_seen_at = max(coalesce(last_seen_at, 0), ?) WHERE flag = ? AND environment = ?",
        (report.seen_at, name, environment),
    )


def _short(text: str) -> str:
    return stored(text[:_MAX_TEXT])


def _table(value: Json, where: str) -> Mapping[str, Json]:
    if isinstance(value, dict):
        return value
    raise BadArgument(f"{where} must be an object.", 'Send {"yes": 1, "no": 0, "variants": {}} for every flag.')


def _count(value: Json, where: str) -> int:
    if value is None:
        return 0
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_COUNT:
        return value
    raise BadArgument(f"{where} must be a count, not {value!r}.", "Send a whole number from 0.")


def _seconds(value: Json, otherwise: float) -> float:
    if not isinstance(value, str):
        return otherwise
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError:
        return otherwise
