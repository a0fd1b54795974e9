"""What all flags of an Unleash share: segments, context fields, types of tags and of strategies."""

from __future__ import annotations

from collections.abc import Collection

from featureops.adapters.unleash.client import AdminApi
from featureops.adapters.unleash.wire import rows_of, segments_from
from featureops.core.errors import Unreachable
from featureops.core.flagexport import field_json
from featureops.core.flagjson import constraint_json
from featureops.core.model import ContextField, Json, Segment

__all__ = ["UnleashShared"]


class UnleashShared:
    """Implements `ports.SharedParts`."""

    def __init__(self, api: AdminApi) -> None:
        self._api = api

    async def tag_types(self) -> Collection[str]:
        return {str(row.get("name")) for row in rows_of(await self._api.get("tag-types"), "tagTypes")}

    async def strategy_types(self) -> Collection[str]:
        return {str(row.get("name")) for row in rows_of(await self._api.get("strategies"), "strategies")}

    async def add_segment(self, segment: Segment) -> Segment:
        constraints: list[Json] = [constraint_json(each) for each in segment.constraints]
        body: Json = {"name": segment.name, "description": segment.description, "constraints": constraints}
        await self._api.send("POST", "segments", body=body)
        for each in segments_from(await self._api.get("segments")):
            if each.name == segment.name:
                return each
        raise Unreachable(f'Unleash took the segment "{segment.name}" but does not list it.', "Look for it there.")

    async def add_context_field(self, field: ContextField) -> None:
        await self._api.send("POST", "context", body=field_json(field))

    async def add_tag_type(self, name: str) -> None:
        await self._api.send("POST", "tag-types", body={"name": name, "description": "", "icon": ""})
