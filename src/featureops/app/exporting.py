"""The verb export: flags of one environment as Unleash imports them."""

from __future__ import annotations

from featureops.app.deps import Deps
from featureops.app.flagreads import project_of
from featureops.core.errors import BadArgument
from featureops.core.flagexport import export_document
from featureops.core.flagstate import did_you_mean
from featureops.core.model import Json

__all__ = ["export_flags"]


async def export_flags(deps: Deps, environment: str, project: str | None = None) -> dict[str, Json]:
    """The `data` of an import. Errors: BadArgument (no such environment), and those of the backend."""
    backend, where = deps.flags(), project_of(deps, project)
    known = await backend.environments()
    if environment not in known:
        raise BadArgument(f'There is no environment "{environment}".', did_you_mean(environment, known))
    flags = [await backend.flag(each.name, where) for each in await backend.flags(where)]
    return export_document(flags, environment, await backend.segments(), await backend.context_fields())
