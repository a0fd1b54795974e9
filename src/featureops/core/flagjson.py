"""Flags as JSON and back, in the field names of Unleash's admin API. Reading is strict: a wrong field is a BadArgument
that names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, cast

from featureops.core.errors import BadArgument
from featureops.core.model import (
    Constraint,
    Dependency,
    EnvironmentState,
    Flag,
    FlagType,
    Json,
    Link,
    Payload,
    Strategy,
    Tag,
    Variant,
)

__all__ = [
    "constraint_from_json",
    "constraint_json",
    "dependency_from_json",
    "dependency_json",
    "environment_json",
    "flag_from_json",
    "flag_json",
    "iso_time",
    "link_from_json",
    "strategy_from_json",
    "strategy_json",
    "tag_from_json",
    "tag_json",
    "variant_from_json",
    "variant_json",
]

_PAYLOAD_TYPES = ("json", "csv", "string", "number")
_WEIGHT_TYPES = ("variable", "fix")


def iso_time(seconds: float | None) -> str | None:
    """Seconds since the epoch as "2026-01-31T12:00:00.000Z"; None stays None."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def flag_json(flag: Flag, environments: bool = True) -> dict[str, Json]:
    """name, project, type, description, impressionData, createdAt, archived, stale, version, tags, links, dependencies,
    children, and `environments`."""
    body: dict[str, Json] = {
        "name": flag.name,
        "project": flag.project,
        "type": flag.type,
        "description": flag.description,
        "impressionData": flag.impression_data,
        "createdAt": iso_time(flag.created_at),
        "archived": flag.archived,
        "stale": flag.stale,
        "version": flag.version,
        "tags": [tag_json(tag) for tag in sorted(flag.tags)],
        "links": [_link_json(link) for link in flag.links],
        "dependencies": [dependency_json(each) for each in flag.dependencies],
        "children": list(flag.children),
    }
    if environments:
        body["environments"] = [environment_json(state) for state in flag.environments]
    return body


def flag_from_json(body: Mapping[str, Json]) -> Flag:
    """What `flag_json` made, with the environments. Errors: BadArgument."""
    return Flag(
        name=_text(body, "name", "flag"),
        project=_text(body, "project", "flag"),
        type=cast("FlagType", _text(body, "type", "flag")),
        description=_text(body, "description", "flag", ""),
        created_at=0.0,
        impression_data=_truth(body, "impressionData"),
        archived=_truth(body, "archived"),
        stale=_truth(body, "stale"),
        environments=tuple(map(_environment_from_json, _tables(body.get("environments"), "environments"))),
        dependencies=tuple(map(dependency_from_json, _tables(body.get("dependencies"), "dependencies"))),
        tags=tuple(map(tag_from_json, _tables(body.get("tags"), "tags"))),
        links=tuple(map(link_from_json, _tables(body.get("links"), "links"))),
    )


def _environment_from_json(body: Mapping[str, Json]) -> EnvironmentState:
    return EnvironmentState(
        name=_text(body, "name", "environment"),
        enabled=_truth(body, "enabled"),
        type=_text(body, "type", "environment"),
        strategies=tuple(map(strategy_from_json, _tables(body.get("strategies"), "strategies"))),
    )


def tag_json(tag: Tag) -> dict[str, Json]:
    return {"type": tag.type, "value": tag.value}


def tag_from_json(body: Mapping[str, Json]) -> Tag:
    """Errors: BadArgument."""
    return Tag(_text(body, "type", "tag", "simple"), _text(body, "value", "tag"))


def _link_json(link: Link) -> dict[str, Json]:
    return {"id": link.id, "url": link.url, "title": link.title}


def link_from_json(body: Mapping[str, Json]) -> Link:
    """Errors: BadArgument."""
    return Link(_text(body, "url", "link"), _text(body, "title", "link", ""), _text(body, "id", "link", ""))


def dependency_json(dependency: Dependency) -> dict[str, Json]:
    return {
        "feature": dependency.feature,
        "enabled": dependency.enabled,
        "variants": list(dependency.variants),
    }


def dependency_from_json(body: Mapping[str, Json]) -> Dependency:
    """Errors: BadArgument."""
    return Dependency(
        _text(body, "feature", "dependency"),
        _truth(body, "enabled", default=True),
        tuple(_string(each, "variants") for each in _items(body.get("variants"), "variants")),
    )


def environment_json(state: EnvironmentState) -> dict[str, Json]:
    return {
        "name": state.name,
        "enabled": state.enabled,
        "type": state.type,
        "strategies": [strategy_json(strategy) for strategy in state.strategies],
        "lastSeenAt": iso_time(state.last_seen_at),
        "yes": state.yes,
        "no": state.no,
    }


def strategy_json(strategy: Strategy) -> dict[str, Json]:
    return {
        "id": strategy.id,
        "name": strategy.name,
        "title": strategy.title,
        "disabled": strategy.disabled,
        "sortOrder": strategy.sort_order,
        "parameters": dict(strategy.parameters),
        "constraints": [constraint_json(constraint) for constraint in strategy.constraints],
        "variants": [variant_json(variant) for variant in strategy.variants],
        "segments": list(strategy.segments),
    }


def constraint_json(constraint: Constraint) -> dict[str, Json]:
    """`value` is there only for operators that compare with one value."""
    body: dict[str, Json] = {
        "contextName": constraint.context_name,
        "operator": constraint.operator,
        "values": list(constraint.values),
        "inverted": constraint.inverted,
        "caseInsensitive": constraint.case_insensitive,
    }
    if constraint.value is not None:
        body["value"] = constraint.value
    return body


def variant_json(variant: Variant) -> dict[str, Json]:
    body: dict[str, Json] = {
        "name": variant.name,
        "weight": variant.weight,
        "weightType": variant.weight_type,
        "stickiness": variant.stickiness,
    }
    if variant.payload is not None:
        body["payload"] = {"type": variant.payload.type, "value": variant.payload.value}
    return body


def strategy_from_json(body: Mapping[str, Json]) -> Strategy:
    """Errors: BadArgument."""
    parameters = _table(body.get("parameters"), "parameters")
    return Strategy(
        name=_text(body, "name", "strategy"),
        parameters={key: _text(parameters, key, "parameters") for key in parameters},
        id=_text(body, "id", "strategy", ""),
        title=_text(body, "title", "strategy", ""),
        disabled=_truth(body, "disabled"),
        sort_order=_whole(body, "sortOrder", "strategy", 0),
        constraints=tuple(constraint_from_json(item) for item in _tables(body.get("constraints"), "constraints")),
        variants=tuple(variant_from_json(item) for item in _tables(body.get("variants"), "variants")),
        segments=tuple(int(str(item)) for item in _items(body.get("segments"), "segments")),
    )


def constraint_from_json(body: Mapping[str, Json]) -> Constraint:
    """Errors: BadArgument."""
    values = _items(body.get("values"), "values")
    return Constraint(
        context_name=_text(body, "contextName", "constraint"),
        operator=_text(body, "operator", "constraint"),
        values=tuple(_string(item, "values") for item in values),
        value=None if body.get("value") is None else _text(body, "value", "constraint"),
        inverted=_truth(body, "inverted"),
        case_insensitive=_truth(body, "caseInsensitive"),
    )


def variant_from_json(body: Mapping[str, Json]) -> Variant:
    """Errors: BadArgument."""
    weight_type = _text(body, "weightType", "variant", "variable")
    if weight_type not in _WEIGHT_TYPES:
        raise BadArgument(f'weightType "{weight_type}" is unknown.', 'Use "variable" or "fix".')
    return Variant(
        name=_text(body, "name", "variant"),
        weight=_whole(body, "weight", "variant"),
        weight_type=cast("Literal['variable', 'fix']", weight_type),
        stickiness=_text(body, "stickiness", "variant", "default"),
        payload=None if body.get("payload") is None else _payload(_table(body["payload"], "payload")),
    )


def _payload(body: Mapping[str, Json]) -> Payload:
    kind = _text(body, "type", "payload")
    if kind not in _PAYLOAD_TYPES:
        raise BadArgument(f'payload type "{kind}" is unknown.', f"Use one of {', '.join(_PAYLOAD_TYPES)}.")
    return Payload(cast("Literal['json', 'csv', 'string', 'number']", kind), _text(body, "value", "payload"))


def _text(body: Mapping[str, Json], key: str, where: str, default: str | None = None) -> str:
    value = body.get(key)
    if value is None and default is not None:
        return default
    if value is None:
        raise BadArgument(f"A {where} needs the field {key}.", f'Add "{key}" with a string.')
    return _string(value, f"{where}.{key}")


def _string(value: Json, where: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise BadArgument(f"{where} must be a string, not {type(value).__name__}.", "Pass it in quotation marks.")


def _whole(body: Mapping[str, Json], key: str, where: str, default: int | None = None) -> int:
    value = body.get(key)
    if value is None and default is not None:
        return default
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadArgument(f"{where}.{key} must be a whole number, not {value!r}.", "Weights are thousandths: 0 to 1000.")


def _truth(body: Mapping[str, Json], key: str, *, default: bool = False) -> bool:
    value = body.get(key)
    if value is None or isinstance(value, bool):
        return default if value is None else value
    raise BadArgument(f"{key} must be true or false, not {value!r}.", f"Leave it out for {str(default).lower()}.")


def _items(value: Json, where: str) -> Sequence[Json]:
    if value is None:
        return ()
    if isinstance(value, list):
        return value
    raise BadArgument(f"{where} must be a list, not {type(value).__name__}.", f'Pass "{where}": [...].')


def _table(value: Json, where: str) -> Mapping[str, Json]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise BadArgument(f"{where} must be an object, not {type(value).__name__}.", f'Pass "{where}": {{...}}.')


def _tables(value: Json, where: str) -> Sequence[Mapping[str, Json]]:
    return [_table(item, where) for item in _items(value, where)]
