"""Flags to rows and back, inside a transaction that somebody else began."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast
from uuid import uuid4

from featureops.adapters.embedded.metadata import load_metadata, save_metadata
from featureops.core.flagjson import strategy_from_json, strategy_json
from featureops.core.flagstate import stage_of
from featureops.core.model import EnvironmentState, Flag, FlagType, Json, Strategy

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

__all__ = ["ENVIRONMENTS", "HOUR", "append_event", "insert_flag", "load_flags", "save_flag", "stored"]

ENVIRONMENTS: Final[Mapping[str, str]] = {"development": "development", "production": "production"}
"""Name to type, in the order of a release."""

HOUR: Final = 3600
_SELECT: Final = (
    "SELECT name, project, type, description, created_at, impression_data, archived, stale, version FROM flags"
    " WHERE (?1 IS NULL OR name = ?1) AND (?2 IS NULL OR archived = ?2) ORDER BY name"
)
_Row = tuple[str, str, str, str, float, int, int, int, int]
_Key = tuple[str, str]


def load_flags(
    connection: sqlite3.Connection, now: float, name: str | None = None, archived: bool | None = None
) -> tuple[Flag, ...]:
    """Sorted by name; None does not filter. `yes` and `no` count the current and the previous hour."""
    rows: Sequence[_Row] = connection.execute(_SELECT, (name, archived)).fetchall()
    states = _states(connection, name)
    strategies = _strategies(connection, name)
    usage = _usage(connection, name, int(now // HOUR) * HOUR - HOUR)
    about = load_metadata(connection, name)

    def state(flag: str, environment: str, kind: str) -> EnvironmentState:
        enabled, last_seen_at = states.get((flag, environment), (False, None))
        yes, no = usage.get((flag, environment), (0, 0))
        having = tuple(strategies.get((flag, environment), ()))
        return EnvironmentState(environment, enabled, kind, having, last_seen_at, yes, no)

    flags = [
        Flag(
            name=row[0],
            project=row[1],
            type=cast("FlagType", row[2]),
            description=row[3],
            created_at=row[4],
            impression_data=bool(row[5]),
            archived=bool(row[6]),
            stale=bool(row[7]),
            version=row[8],
            environments=tuple(state(row[0], environment, kind) for environment, kind in ENVIRONMENTS.items()),
            tags=tuple(about.tags.get(row[0], ())),
            links=tuple(about.links.get(row[0], ())),
            dependencies=tuple(about.dependencies.get(row[0], ())),
            children=tuple(about.children.get(row[0], ())),
        )
        for row in rows
    ]
    return tuple(replace(flag, stage=stage_of(flag)) for flag in flags)


def insert_flag(connection: sqlite3.Connection, flag: Flag) -> None:
    """A new flag, off in every environment, version 1."""
    connection.execute(
        "INSERT INTO flags VALUES (?, ?, ?, ?, ?, ?, 0, 0, 1)",
        (flag.name, flag.project, flag.type, stored(flag.description), flag.created_at, flag.impression_data),
    )
    connection.executemany("INSERT INTO states VALUES (?, ?, 0, NULL)", [(flag.name, each) for each in ENVIRONMENTS])


def save_flag(connection: sqlite3.Connection, flag: Flag) -> None:
    """Everything but the name, the creation and what SDKs reported. A strategy without an id gets one."""
    connection.execute(
        "UPDATE flags SET type = ?, description = ?, impression_data = ?, archived = ?, stale = ?, version = ?"
        " WHERE name = ?",
        (flag.type, stored(flag.description), flag.impression_data, flag.archived, flag.stale, flag.version, flag.name),
    )
    save_metadata(connection, flag)
    connection.execute("DELETE FROM strategies WHERE flag = ?", (flag.name,))
    for state in flag.environments:
        connection.execute(
            "UPDATE states SET enabled = ? WHERE flag = ? AND environment = ?", (state.enabled, flag.name, state.name)
        )
        connection.executemany(
            "INSERT INTO strategies VALUES (?, ?, ?, ?, ?)",
            [
                (strategy.id or str(uuid4()), flag.name, state.name, position, json.dumps(strategy_json(strategy)))
                for position, strategy in enumerate(state.strategies)
            ],
        )


def append_event(
    connection: sqlite3.Connection, now: float, flag: str, write: tuple[str, str | None, str], change: tuple[Json, Json]
) -> None:
    """`write` is type, environment and author; `change` the object before and after."""
    kind, environment, by = write
    before, after = (json.dumps(side) for side in change)
    connection.execute(
        "INSERT INTO events (type, flag, environment, created_at, created_by, before, after)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (kind, flag, environment, now, stored(by), before, after),
    )


def stored(text: str) -> str:
    """The text as SQLite can hold it: without lone surrogates."""
    return text.encode("utf-8", "replace").decode()


def _states(connection: sqlite3.Connection, name: str | None) -> Mapping[_Key, tuple[bool, float | None]]:
    query = "SELECT flag, environment, enabled, last_seen_at FROM states WHERE ?1 IS NULL OR flag = ?1"
    return {(row[0], row[1]): (bool(row[2]), row[3]) for row in connection.execute(query, (name,))}


def _strategies(connection: sqlite3.Connection, name: str | None) -> Mapping[_Key, list[Strategy]]:
    found: defaultdict[_Key, list[Strategy]] = defaultdict(list)
    query = "SELECT flag, environment, id, body FROM strategies WHERE ?1 IS NULL OR flag = ?1 ORDER BY position"
    for flag, environment, strategy_id, body in connection.execute(query, (name,)):
        found[flag, environment].append(strategy_from_json({**json.loads(body), "id": strategy_id}))
    return found


def _usage(connection: sqlite3.Connection, name: str | None, since: int) -> Mapping[_Key, tuple[int, int]]:
    query = (
        "SELECT flag, environment, sum(yes), sum(no) FROM metrics WHERE hour >= ?2 AND (?1 IS NULL OR flag = ?1)"
        " GROUP BY flag, environment"
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(query, (name, since))}
