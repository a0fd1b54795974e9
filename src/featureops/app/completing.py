"""What a name that somebody is typing may become: projects, environments, flags, segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from featureops.app.deps import Deps
from featureops.app.flagreads import project_of
from featureops.core.errors import FeatureOpsError
from featureops.core.flagsearch import FlagQuery

__all__ = ["MOST", "completions"]

MOST: Final = 100
"""As many as the protocol allows in one answer."""


async def completions(deps: Deps, argument: str, typed: str, others: Mapping[str, str]) -> tuple[list[str], int]:
    """The first names that go with what was typed, those that begin with it first, and how many there are. `others` are
    arguments that have their value already. None where the backend can't be asked: a hint must not be in the way."""
    try:
        names = await _names(deps, argument, typed, others.get("projectId"))
    except FeatureOpsError:
        return [], 0
    folded = typed.casefold()
    fitting = [name for name in names if folded in name.casefold()]
    fitting.sort(key=lambda name: (not name.casefold().startswith(folded), name))
    return fitting[:MOST], len(fitting)


async def _names(deps: Deps, argument: str, typed: str, project: str | None) -> Iterable[str]:
    backend = deps.flags()
    match argument:
        case "projectId":
            return [str(row.get("id")) for row in await backend.projects()]
        case "environment":
            return await backend.environments()
        case "segmentName":
            return [segment.name for segment in await backend.segments()]
        case "flagName":
            query = FlagQuery(project_of(deps, project), words=typed, limit=MOST)
            return [flag.name for flag in (await backend.search(query)).flags]
    return ()
