"""Tags, links and dependencies of flags, segments and context fields: rows and back, inside a transaction that somebody
else began."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from featureops.core.flagjson import constraint_from_json, constraint_json
from featureops.core.model import ContextField, Dependency, Link, Segment, Tag

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from featureops.core.model import Flag

__all__ = [
    "Metadata",
    "load_context_fields",
    "load_metadata",
    "load_segments",
    "save_context_field",
    "save_metadata",
    "save_segment",
]

_FIELDS: Final = (
    ContextField("appName", "The name of the application"),
    ContextField("currentTime", "The time of asking"),
    ContextField("environment", "The environment that the application runs in"),
    ContextField("sessionId", "The session of who asks", stickiness=True),
    ContextField("userId", "Who asks", stickiness=True),
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """By the name of the flag."""

    tags: Mapping[str, Sequence[Tag]]
    links: Mapping[str, Sequence[Link]]
    dependencies: Mapping[str, Sequence[Dependency]]
    children: Mapping[str, Sequence[str]]


def load_metadata(connection: sqlite3.Connection, name: str | None) -> Metadata:
    """Of one flag, or of all."""
    tags: defaultdict[str, list[Tag]] = defaultdict(list)
    query = "SELECT flag, type, value FROM tags WHERE ?1 IS NULL OR flag = ?1 ORDER BY type, value"
    for flag, kind, value in connection.execute(query, (name,)):
        tags[flag].append(Tag(kind, value))
    links: defaultdict[str, list[Link]] = defaultdict(list)
    query = "SELECT flag, url, title, id FROM links WHERE ?1 IS NULL OR flag = ?1 ORDER BY position"
    for flag, url, title, link in connection.execute(query, (name,)):
        links[flag].append(Link(url, title, link))
    dependencies: defaultdict[str, list[Dependency]] = defaultdict(list)
    children: defaultdict[str, list[str]] = defaultdict(list)
    query = (
        "SELECT child, parent, enabled, variants FROM dependencies WHERE ?1 IS NULL OR child = ?1 OR parent = ?1"
        " ORDER BY parent, child"
    )
    for child, parent, enabled, variants in connection.execute(query, (name,)):
        dependencies[child].append(Dependency(parent, bool(enabled), tuple(json.loads(variants))))
        children[parent].append(child)
    return Metadata(tags, links, dependencies, children)


def save_metadata(connection: sqlite3.Connection, flag: Flag) -> None:
    """A link without an id gets one."""
    for table, column in (("tags", "flag"), ("links", "flag"), ("dependencies", "child")):
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (flag.name,))  # noqa: S608 # names of ours
    connection.executemany(
        "INSERT INTO tags VALUES (?, ?, ?)", [(flag.name, tag.type, tag.value) for tag in dict.fromkeys(flag.tags)]
    )
    connection.executemany(
        "INSERT INTO links VALUES (?, ?, ?, ?, ?)",
        [(link.id or str(uuid4()), flag.name, at, link.url, link.title) for at, link in enumerate(flag.links)],
    )
    connection.executemany(
        "INSERT INTO dependencies VALUES (?, ?, ?, ?)",
        [(flag.name, each.feature, each.enabled, json.dumps(each.variants)) for each in flag.dependencies],
    )


def load_segments(connection: sqlite3.Connection) -> tuple[Segment, ...]:
    """By id."""
    rows = connection.execute("SELECT id, name, description, constraints FROM segments ORDER BY id")
    return tuple(
        Segment(number, name, description, tuple(map(constraint_from_json, json.loads(constraints))))
        for number, name, description, constraints in rows
    )


def save_segment(connection: sqlite3.Connection, segment: Segment) -> None:
    """A new one, or in the place of the one of that name."""
    connection.execute(
        "INSERT INTO segments (name, description, constraints) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (name) DO UPDATE SET description = ?2, constraints = ?3",
        (segment.name, segment.description, json.dumps([constraint_json(each) for each in segment.constraints])),
    )


def load_context_fields(connection: sqlite3.Connection) -> tuple[ContextField, ...]:
    """Unleash's own and those that were added, by name."""
    rows = connection.execute("SELECT name, description, stickiness, legal_values FROM context_fields")
    found = {field.name: field for field in _FIELDS}
    found |= {row[0]: ContextField(row[0], row[1], bool(row[2]), tuple(json.loads(row[3]))) for row in rows}
    return tuple(found[name] for name in sorted(found))


def save_context_field(connection: sqlite3.Connection, field: ContextField) -> None:
    """A new one, or in the place of the one of that name."""
    connection.execute(
        "INSERT INTO context_fields VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (name) DO UPDATE SET description = ?2, stickiness = ?3, legal_values = ?4",
        (field.name, field.description, field.stickiness, json.dumps(field.legal_values)),
    )
