"""Flags in SQLite, synchronously. What a write makes of a flag is decided by `core.flagstate` and `core.flagrules`."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from featureops.adapters.embedded.metadata import (
    load_context_fields,
    load_segments,
    save_context_field,
    save_segment,
)
from featureops.adapters.embedded.rows import append_event, insert_flag, load_flags, save_flag
from featureops.core.errors import BadArgument, Conflict, MovedOn, UnknownFlag
from featureops.core.flagjson import environment_json, flag_json
from featureops.core.flagmeta import check_one_parent, checked_dependency
from featureops.core.flagrules import checked_name, checked_type
from featureops.core.flagstate import did_you_mean, environment_of
from featureops.core.model import ContextField, Event, Flag, Json, Segment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from featureops.adapters.embedded.database import Database
    from featureops.ports import Clock

__all__ = ["PROJECT", "Store", "Write", "check_project"]

PROJECT: Final = "default"
_EVENTS: Final[Mapping[str, str]] = {
    "type": "feature-metadata-updated",
    "description": "feature-metadata-updated",
    "impression_data": "feature-metadata-updated",
    "stale": "feature-stale-on",
    "tags": "feature-tags-updated",
    "links": "feature-links-updated",
    "dependencies": "feature-dependencies-updated",
}
"""What `Store.update` may change, and what its event is called."""


@dataclass(frozen=True, slots=True)
class Write:
    """What an event says about a write: its type in Unleash's words, by whom, and in which environment."""

    event: str
    by: str
    environment: str | None = None
    on_archived: bool = False


def check_project(project: str | None) -> None:
    """Errors: BadArgument: there is the one project."""
    if project not in {None, PROJECT}:
        raise BadArgument(
            f'There is no project "{project}": the embedded backend has the one project "{PROJECT}".',
            f'Leave the project out, or set project = "{PROJECT}" under [backend] in featureops.toml.',
        )


class Store:
    """Every method is one transaction. Errors besides each method's own: those of `Database`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def flags(self, archived: bool | None = False) -> tuple[Flag, ...]:
        """Sorted by name; None: with the archived ones."""
        with self._database.read() as connection:
            return load_flags(connection, self._clock(), archived=archived)

    def flag(self, name: str) -> Flag:
        """Archived ones too. Errors: UnknownFlag."""
        with self._database.read() as connection:
            return self._read(connection, name)

    def create(self, flag: Flag, by: str) -> Flag:
        """Off in every environment. Errors: BadArgument (name, type), Conflict (taken, maybe by an archived flag)."""
        checked_name(flag.name)
        checked_type(flag.type)
        with self._database.write() as connection:
            taken = connection.execute("SELECT archived FROM flags WHERE name = ?", (flag.name,)).fetchone()
            if taken is not None:
                raise _taken(flag.name, archived=bool(taken[0]))
            insert_flag(connection, flag)
            created = self._read(connection, flag.name)
            self._log(connection, flag.name, Write("feature-created", by), (None, flag_json(created, False)))
            return created

    def change(self, name: str, write: Write, planned: Callable[[Flag], Flag]) -> Flag:
        """Put `planned(flag as it is now)` in its place; a plan that changes nothing leaves no version and no event.

        Errors: UnknownFlag, BadArgument (archived), and those of `planned`."""
        with self._database.write() as connection:
            before = self._read(connection, name)
            if before.archived and not write.on_archived:
                raise BadArgument(f'Flag "{name}" is archived: it can\'t be changed.', "Revive it first.")
            after = planned(before)
            if after == before:
                return before
            save_flag(connection, replace(after, version=before.version + 1))
            saved = self._read(connection, name)
            self._log(connection, name, write, (_part(before, write), _part(saved, write)))
            return saved

    def update(self, before: Flag, planned: Flag, by: str) -> Flag:
        """What differs of what a flag says of itself; an event for each part. Errors: MovedOn, UnknownFlag,
        BadArgument (archived, a parent that can't be one)."""
        check_one_parent(planned)
        with self._database.write() as connection:
            current = self._read(connection, before.name)
            if current.archived:
                raise BadArgument(f'Flag "{before.name}" is archived: it can\'t be changed.', "Revive it first.")
            if current.version != before.version:
                raise MovedOn(f'Flag "{before.name}" changed in the meantime.', "Look at it and try again.")
            for each in planned.dependencies:
                if each.feature not in current.parents:
                    checked_dependency(current, self._read(connection, each.feature))
            parts = {name: getattr(planned, name) for name in _EVENTS}
            after = replace(current, **parts)
            kinds = dict.fromkeys(_kind(name, after) for name in _EVENTS if parts[name] != getattr(current, name))
            if not kinds:
                return current
            save_flag(connection, replace(after, version=current.version + 1))
            saved = self._read(connection, before.name)
            for kind in kinds:
                self._log(
                    connection, before.name, Write(kind, by), (flag_json(current, False), flag_json(saved, False))
                )
            return saved

    def segments(self) -> Sequence[Segment]:
        """By id."""
        with self._database.read() as connection:
            return load_segments(connection)

    def put_segment(self, segment: Segment, by: str) -> Segment:
        """A new one, or in the place of the one of that name."""
        with self._database.write() as connection:
            save_segment(connection, segment)
            self._log(connection, "", Write("segment-updated", by), (None, segment.name))
            return next(each for each in load_segments(connection) if each.name == segment.name)

    def context_fields(self) -> Sequence[ContextField]:
        """By name."""
        with self._database.read() as connection:
            return load_context_fields(connection)

    def put_context_field(self, field: ContextField, by: str) -> None:
        """A new one, or in the place of the one of that name."""
        with self._database.write() as connection:
            save_context_field(connection, field)
            self._log(connection, "", Write("context-field-updated", by), (None, field.name))

    def events(self, flag: str | None, limit: int) -> Sequence[Event]:
        """The latest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT id, type, flag, environment, created_at, created_by, before, after FROM events"
                " WHERE ?1 IS NULL OR flag = ?1 ORDER BY id DESC LIMIT ?2",
                (flag, limit),
            ).fetchall()
        return [_event(row) for row in rows]

    def revision(self) -> int:
        """Grows with every write to any flag, and with nothing else."""
        with self._database.read() as connection:
            return int(connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()[0])

    def _read(self, connection: sqlite3.Connection, name: str) -> Flag:
        for flag in load_flags(connection, self._clock(), name):
            return flag
        names = [str(row[0]) for row in connection.execute("SELECT name FROM flags WHERE archived = 0")]
        raise UnknownFlag(f'There is no flag "{name}".', did_you_mean(name, names))

    def _log(self, connection: sqlite3.Connection, flag: str, write: Write, change: tuple[Json, Json]) -> None:
        append_event(connection, self._clock(), flag, (write.event, write.environment, write.by), change)


def _event(row: tuple[int, str, str, str | None, float, str, str, str]) -> Event:
    number, kind, flag, environment, created_at, created_by, before, after = row
    return Event(number, kind, flag, environment, created_at, created_by, json.loads(before), json.loads(after))


def _kind(part: str, after: Flag) -> str:
    return "feature-stale-off" if part == "stale" and not after.stale else _EVENTS[part]


def _part(flag: Flag, write: Write) -> Json:
    if write.environment is None:
        return flag_json(flag, environments=False)
    return environment_json(environment_of(flag, write.environment))


def _taken(name: str, archived: bool) -> Conflict:
    if archived:
        return Conflict(
            f'The name "{name}" is taken by an archived flag.',
            "Names are unique, archived flags included: revive that flag, or choose another name.",
        )
    return Conflict(f'There is a flag "{name}" already.', "Use it as it is, or choose another name.")
