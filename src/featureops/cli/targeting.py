"""`featureops backend segment` and `context`: what strategies refer to. Listed on any backend, made in the embedded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from featureops.cli.request import CLIENT, Request, parsed_value
from featureops.core.errors import BadArgument
from featureops.core.flagjson import constraint_from_json, constraint_json
from featureops.core.model import Constraint, ContextField, Json, Segment

if TYPE_CHECKING:
    from featureops.adapters.embedded import EmbeddedBackend
    from featureops.app.deps import Deps

__all__ = ["context", "segment"]

_Root = Annotated[Path, typer.Option("--root", help="The repository; default: the current folder.")]
_AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
_Description = Annotated[str, typer.Option("--description", metavar="TEXT", help="What it is for.")]
_Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="Default: list them.")]
_HERE = Path()


def segment(
    name: _Name = None,
    constraint: Annotated[
        list[str] | None,
        typer.Option("--constraint", metavar="JSON", help="contextName, operator, values or value; again for more."),
    ] = None,
    description: _Description = "",
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """List the segments, or make one (or put it in the place of the one of that name)."""
    request = Request(root, as_json)

    async def verb(deps: Deps) -> dict[str, Json]:
        if name is not None:
            wanted = Segment(0, name, description, tuple(map(_constraint, constraint or ())))
            await _embedded(deps).put_segment(wanted, CLIENT)
        return {"segments": [_segment_row(each) for each in await deps.flags().segments()]}

    return request.answer(lambda: request.awaited(verb, writes=name is not None), _show)


def context(
    name: _Name = None,
    value: Annotated[
        list[str] | None, typer.Option("--value", metavar="VALUE", help="One that it may have; again for more.")
    ] = None,
    description: _Description = "",
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """List the context fields, or declare one (or put it in the place of the one of that name)."""
    request = Request(root, as_json)

    async def verb(deps: Deps) -> dict[str, Json]:
        if name is not None:
            await _embedded(deps).put_context_field(ContextField(name, description, False, tuple(value or ())), CLIENT)
        return {"contextFields": [_field_row(each) for each in await deps.flags().context_fields()]}

    return request.answer(lambda: request.awaited(verb, writes=name is not None), _show)


def _embedded(deps: Deps) -> EmbeddedBackend:
    from featureops.adapters.embedded import EmbeddedBackend

    backend = deps.flags()
    if isinstance(backend, EmbeddedBackend):
        return backend
    raise BadArgument("Only the embedded backend is changed from here.", "Make it in the user interface of Unleash.")


def _constraint(text: str) -> Constraint:
    row = parsed_value(text)
    if isinstance(row, dict):
        return constraint_from_json(row)
    raise BadArgument(
        f"{text[:200]!r} is no constraint.",
        'Pass an object, such as \'{"contextName": "userId", "operator": "IN", "values": ["1"]}\'.',
    )


def _segment_row(segment: Segment) -> dict[str, Json]:
    constraints: list[Json] = [constraint_json(each) for each in segment.constraints]
    return {"id": segment.id, "name": segment.name, "description": segment.description, "constraints": constraints}


def _field_row(field: ContextField) -> dict[str, Json]:
    return {"name": field.name, "description": field.description, "legalValues": list[Json](field.legal_values)}


def _show(answer: Mapping[str, Json]) -> None:
    from featureops.cli.show import out

    rows: Sequence[Json] = next((rows for rows in answer.values() if isinstance(rows, list)), [])
    for row in rows:
        if isinstance(row, dict):
            more = row.get("constraints") or row.get("legalValues") or ""
            out().print(f"{row.get('name')}  {row.get('description')}  {more}", markup=False)
    if not rows:
        out().print("There are none yet.")
