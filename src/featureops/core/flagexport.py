"""Flags of one environment in the format that Unleash exports and imports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from featureops.core.flagjson import constraint_json, dependency_json, variant_json
from featureops.core.flagstate import environment_of
from featureops.core.model import ContextField, Flag, Json, Segment, Strategy

__all__ = ["export_document", "field_json", "fields_used", "segments_used"]

_SIMPLE: Final = "simple"
_ABOUT_SIMPLE: Final = "Used to simplify filtering of features"


def export_document(
    flags: Sequence[Flag], environment: str, segments: Iterable[Segment] = (), fields: Iterable[ContextField] = ()
) -> dict[str, Json]:
    """What POST /api/admin/features-batch/import takes as `data`. Archived flags are left out. Of segments Unleash
    wants the names only: they must be there before. Errors: BadArgument (no such environment)."""
    shown = [flag for flag in flags if not flag.archived]
    return {
        "features": [_feature(flag) for flag in shown],
        "featureStrategies": [
            _strategy(flag.name, each) for flag in shown for each in environment_of(flag, environment).strategies
        ],
        "featureEnvironments": [
            {
                "name": flag.name,
                "featureName": flag.name,
                "environment": environment,
                "enabled": environment_of(flag, environment).enabled,
                "variants": [],
            }
            for flag in shown
        ],
        "contextFields": [field_json(field) for field in fields if field.name in fields_used(shown, segments)],
        "featureTags": [
            {"featureName": flag.name, "tagType": tag.type, "tagValue": tag.value}
            for flag in shown
            for tag in sorted(flag.tags)
        ],
        "segments": [{"id": each.id, "name": each.name} for each in segments_used(shown, segments)],
        "tagTypes": [_tag_type(name) for name in sorted({tag.type for flag in shown for tag in flag.tags})],
        "dependencies": [
            {"feature": flag.name, "dependencies": [dependency_json(each) for each in flag.dependencies]}
            for flag in shown
            if flag.dependencies
        ],
        "links": [
            {
                "feature": flag.name,
                "links": [{"id": link.id, "url": link.url, "title": link.title or None} for link in flag.links],
            }
            for flag in shown
            if flag.links
        ],
    }


def segments_used(flags: Iterable[Flag], segments: Iterable[Segment]) -> list[Segment]:
    """Those that a strategy of the flags names."""
    named = {number for strategy in _strategies(flags) for number in strategy.segments}
    return [segment for segment in segments if segment.id in named]


def fields_used(flags: Collection[Flag], segments: Iterable[Segment] = ()) -> set[str]:
    """The names of what strategies of the flags, and the segments that these name, compare or stick to."""
    found = {each.context_name for segment in segments_used(flags, segments) for each in segment.constraints}
    for strategy in _strategies(flags):
        found |= {each.context_name for each in strategy.constraints}
        found |= {each.stickiness for each in strategy.variants}
        found.add(strategy.parameters.get("stickiness", ""))
    return found


def field_json(field: ContextField) -> dict[str, Json]:
    return {
        "name": field.name,
        "description": field.description,
        "stickiness": field.stickiness,
        "legalValues": [{"value": value} for value in field.legal_values],
    }


def _strategies(flags: Iterable[Flag]) -> list[Strategy]:
    return [strategy for flag in flags for state in flag.environments for strategy in state.strategies]


def _feature(flag: Flag) -> Json:
    return {
        "name": flag.name,
        "description": flag.description,
        "type": flag.type,
        "project": flag.project,
        "stale": flag.stale,
        "impressionData": flag.impression_data,
        "archived": False,
    }


def _strategy(flag: str, strategy: Strategy) -> Json:
    return {
        "id": strategy.id,
        "featureName": flag,
        "name": strategy.name,
        "title": strategy.title or None,
        "parameters": dict(strategy.parameters),
        "constraints": [constraint_json(each) for each in strategy.constraints],
        "variants": [variant_json(each) for each in strategy.variants],
        "disabled": strategy.disabled,
        "sortOrder": strategy.sort_order,
        "segments": list(strategy.segments),
    }


def _tag_type(name: str) -> Json:
    return {"name": name, "description": _ABOUT_SIMPLE if name == _SIMPLE else "", "icon": "#"}
