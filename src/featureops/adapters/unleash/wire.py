"""Unleash's JSON as flags and events. Strict where featureops relies on a field, blind to all others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from featureops.core.errors import BadArgument, Unreachable
from featureops.core.flagjson import (
    constraint_from_json,
    dependency_from_json,
    link_from_json,
    strategy_from_json,
    strategy_json,
    tag_from_json,
)
from featureops.core.flagmeta import fingerprint
from featureops.core.model import (
    ContextField,
    Dependency,
    EnvironmentState,
    Event,
    Flag,
    FlagType,
    Json,
    Naming,
    Segment,
    Strategy,
)
from featureops.core.targeting import Limits

__all__ = [
    "body_of",
    "events_from",
    "fields_from",
    "flag_from",
    "limits_from",
    "naming_from",
    "rows_of",
    "segments_from",
    "versioned",
]


def rows_of(body: Json, key: str) -> list[Mapping[str, Json]]:
    """The objects of a list in an answer. Errors: Unreachable (the answer is not Unleash's)."""
    rows = body.get(key) if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise Unreachable(
            f"The server's answer has no list {key!r}: is it an Unleash server?", "Check UNLEASH_BASE_URL."
        )
    return [row for row in rows if isinstance(row, dict)]


def flag_from(body: Mapping[str, Json], project: str) -> Flag:
    """A flag as Unleash gives it alone, in a list or in a search; in the last two without its strategies."""
    try:
        flag = Flag(
            name=_text(body, "name"),
            project=_text(body, "project", project),
            type=cast("FlagType", _text(body, "type", "release")),
            description=_text(body, "description", ""),
            created_at=_time(body.get("createdAt")) or 0.0,
            impression_data=body.get("impressionData") is True,
            archived=body.get("archived") is True or body.get("archivedAt") is not None,
            stale=body.get("stale") is True,
            environments=tuple(map(_state, _sorted(body.get("environments")))),
            dependencies=_sorted_by_name(dependency_from_json(_bare(row)) for row in _rows(body.get("dependencies"))),
            children=_names(body.get("children"), ""),
            tags=tuple(sorted(tag_from_json(row) for row in _rows(body.get("tags")))),
            links=tuple(link_from_json(_bare(row)) for row in _rows(body.get("links"))),
            stage=_stage(body.get("lifecycle")),
        )
    except BadArgument as error:
        raise Unreachable(
            f"Unleash's answer can't be read: {error.message}", "Report it with the server's version."
        ) from error
    return versioned(flag)


def versioned(flag: Flag) -> Flag:
    """The flag with the version that its content has: Unleash counts none itself. Usage is no part of it."""
    return replace(flag, version=int(fingerprint(flag)[:12], 16))  # exact as a JSON number


def body_of(strategy: Strategy) -> dict[str, Json]:
    """A strategy as Unleash takes it: without an id, numbers of constraints as they are, a title only where there is
    one."""
    body = strategy_json(strategy)
    del body["id"]
    if not strategy.title:
        body["title"] = None
    return body


def events_from(rows: Iterable[Mapping[str, Json]]) -> Sequence[Event]:
    return [
        Event(
            id=_whole(row.get("id")),
            type=_text(row, "type", ""),
            flag=_text(row, "featureName", ""),
            environment=_text(row, "environment", "") or None,
            created_at=_time(row.get("createdAt")) or 0.0,
            created_by=_text(row, "createdBy", ""),
            before=row.get("preData"),
            after=row.get("data"),
        )
        for row in rows
    ]


def segments_from(body: Json) -> tuple[Segment, ...]:
    """By id."""
    found = [
        Segment(
            _whole(row.get("id")),
            _text(row, "name", ""),
            _text(row, "description", ""),
            tuple(constraint_from_json(_plain(each)) for each in _rows(row.get("constraints"))),
        )
        for row in rows_of(body, "segments")
    ]
    return tuple(sorted(found, key=lambda segment: segment.id))


def fields_from(body: Json) -> tuple[ContextField, ...]:
    """Context fields, by name."""
    found = [
        ContextField(
            _text(row, "name"),
            _text(row, "description", ""),
            row.get("stickiness") is True,
            tuple(_text(each, "value", "") for each in _rows(row.get("legalValues"))),
        )
        for row in _rows(body)
    ]
    return tuple(sorted(found, key=lambda field: field.name))


def naming_from(body: Json) -> Naming | None:
    """How a project wants its flags to be called, out of its overview."""
    rules = body.get("featureNaming") if isinstance(body, dict) else None
    if not isinstance(rules, dict) or not _text(rules, "pattern", ""):
        return None
    return Naming(_text(rules, "pattern"), _text(rules, "example", ""), _text(rules, "description", ""))


def limits_from(body: Json) -> Limits:
    """What the server has room for, out of its configuration; where it does not say, what Unleash has by default."""
    told = body.get("resourceLimits") if isinstance(body, dict) else None
    rows, usual = told if isinstance(told, dict) else {}, Limits()
    return Limits(
        _whole(rows.get("featureEnvironmentStrategies")) or usual.strategies,
        _whole(rows.get("constraints")) or usual.constraints,
        _whole(rows.get("constraintValues")) or usual.values,
        _whole(rows.get("strategySegments")) or usual.segments,
    )


def _state(row: Mapping[str, Json]) -> EnvironmentState:
    found = row.get("strategies")
    strategies = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return EnvironmentState(
        name=_text(row, "name"),
        enabled=row.get("enabled") is True,
        type=_text(row, "type", "development"),
        strategies=tuple(_strategy(each, at) for at, each in enumerate(strategies)),
        last_seen_at=_time(row.get("lastSeenAt")),
        yes=_whole(row.get("yes")),
        no=_whole(row.get("no")),
    )


def _strategy(row: Mapping[str, Json], at: int) -> Strategy:
    body = {"sortOrder": at, **{key: value for key, value in row.items() if value is not None}}
    constraints = body.get("constraints")
    if isinstance(constraints, list):
        body["constraints"] = [_plain(each) for each in constraints if isinstance(each, dict)]
    return strategy_from_json(body)


def _plain(row: Mapping[str, Json]) -> dict[str, Json]:
    """A constraint; Unleash gives a `value` also to those that compare with `values`, an empty one."""
    return {key: value for key, value in row.items() if value is not None and (key, value) != ("value", "")}


def _sorted(rows: Json) -> list[Mapping[str, Json]]:
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return sorted(found, key=lambda row: _whole(row.get("sortOrder")))


def _rows(rows: Json) -> list[Mapping[str, Json]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _bare(row: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in row.items() if value is not None}


def _sorted_by_name(found: Iterable[Dependency]) -> tuple[Dependency, ...]:
    return tuple(sorted(found, key=lambda each: each.feature))


def _stage(lifecycle: Json) -> str:
    return _text(lifecycle, "stage", "") if isinstance(lifecycle, dict) else ""


def _names(rows: Json, key: str) -> tuple[str, ...]:
    found = rows if isinstance(rows, list) else []
    return tuple(sorted(str(row.get(key)) if isinstance(row, dict) else str(row) for row in found))


def _text(row: Mapping[str, Json], key: str, default: str | None = None) -> str:
    value = row.get(key)
    if isinstance(value, str):
        return value
    if default is None:
        raise BadArgument(f"the field {key} is missing", "")
    return default


def _whole(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _time(value: Json) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError:
        return None
