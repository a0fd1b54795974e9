"""Which flags a search finds, by Unleash's rules."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from typing import Final, Literal

from featureops.core.errors import BadArgument
from featureops.core.flagrules import checked_type
from featureops.core.flagstate import did_you_mean
from featureops.core.model import EnvironmentState, Flag, Tag

__all__ = ["STAGES", "FlagPage", "FlagQuery", "checked_query", "cursor_of", "offset_of", "page_of"]

STAGES: Final = ("initial", "pre-live", "live", "completed", "archived")
_SWITCHES: Final = ("enabled", "disabled")


@dataclass(frozen=True, slots=True)
class FlagQuery:
    """Flags of one project, by name. `words`: parts divided by commas, one of which is in the name or the description.
    `state` is environment:enabled or environment:disabled. All `tags` must be there. `segment` is a name."""

    project: str
    words: str = ""
    types: tuple[str, ...] = ()
    state: str = ""
    stale: bool | None = None
    tags: tuple[Tag, ...] = ()
    segment: str = ""
    stage: str = ""
    archived: bool = False
    order: Literal["asc", "desc"] = "asc"
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class FlagPage:
    """`total` counts those on other pages as well. The flags may be without strategies, links and dependencies."""

    flags: tuple[Flag, ...]
    total: int


def checked_query(query: FlagQuery, environments: Iterable[str]) -> FlagQuery:
    """Errors: BadArgument (a type, a state, an environment or a stage that there isn't)."""
    for kind in query.types:
        checked_type(kind)
    if query.stage and query.stage not in STAGES:
        near = did_you_mean(query.stage, STAGES)
        raise BadArgument(f'There is no lifecycle stage "{query.stage}".', f"{near} Stages: {', '.join(STAGES)}.")
    if not query.state:
        return query
    environment, colon, switch = query.state.rpartition(":")
    if not colon or switch not in _SWITCHES:
        raise BadArgument(f'"{query.state}" is no state.', "Use environment:enabled or environment:disabled.")
    known = tuple(environments)
    if environment not in known:
        raise BadArgument(f'There is no environment "{environment}".', did_you_mean(environment, known))
    return query


def page_of(flags: Iterable[Flag], query: FlagQuery, segment: int | None = None) -> FlagPage:
    """The page that is asked for. `segment` is the id of the one that the query names."""
    fitting = [flag for flag in flags if _fits(flag, query, segment)]
    fitting.sort(key=lambda flag: flag.name, reverse=query.order == "desc")
    return FlagPage(tuple(fitting[query.offset : query.offset + query.limit]), len(fitting))


def cursor_of(query: FlagQuery, offset: int) -> str:
    """Where the next page of a search begins. It belongs to that search."""
    return f"{offset}-{_digest(query)}"


def offset_of(cursor: str, query: FlagQuery) -> int:
    """Errors: BadArgument (a cursor of another search)."""
    offset, _, digest = cursor.partition("-")
    if not offset.isdecimal() or digest != _digest(query):
        raise BadArgument(
            "The cursor does not belong to this search.",
            "Pass nextCursor of an answer with the same arguments, or leave the cursor out to begin anew.",
        )
    return int(offset)


def _digest(query: FlagQuery) -> str:
    return hashlib.sha256(repr(astuple(replace(query, offset=0, limit=0))).encode()).hexdigest()[:8]


def _fits(flag: Flag, query: FlagQuery, segment: int | None) -> bool:
    archived = query.archived or query.stage == "archived"
    if flag.archived is not archived or (query.stage and query.stage != flag.stage):
        return False
    if query.types and flag.type not in query.types:
        return False
    if query.stale is not None and flag.stale is not query.stale:
        return False
    if not set(query.tags) <= set(flag.tags):
        return False
    if query.state and not any(_is(state, query.state) for state in flag.environments):
        return False
    if query.segment and not any(segment in each.segments for state in flag.environments for each in state.strategies):
        return False
    return _says(flag, query.words)


def _is(state: EnvironmentState, wanted: str) -> bool:
    return wanted == f"{state.name}:{_SWITCHES[0] if state.enabled else _SWITCHES[1]}"


def _says(flag: Flag, words: str) -> bool:
    parts = [part.strip().casefold() for part in words.split(",") if part.strip()]
    text = (flag.name.casefold(), flag.description.casefold())
    return not parts or any(part in each for part in parts for each in text)
