"""Searches for flags as Unleash's search takes them."""

from __future__ import annotations

from featureops.core.flagsearch import FlagQuery

__all__ = ["PAGE", "answered_by_list", "search_query"]

PAGE = 100
"""The most rows that one answer has."""


def search_query(query: FlagQuery, limit: int, offset: int) -> dict[str, str]:
    """The parameters of the address."""
    tags = ",".join(f"{tag.type}:{tag.value}" for tag in query.tags)
    given = {
        "query": query.words,
        "type": f"IS_ANY_OF:{','.join(query.types)}" if query.types else "",
        "status[]": query.state,
        "state": _state(query.stale),
        "tag": f"INCLUDE_ALL_OF:{tags}" if tags else "",
        "segment": f"INCLUDE:{query.segment}" if query.segment else "",
        # What is archived is not asked for by its stage: older servers find it a moment later only.
        "lifecycle": f"IS:{query.stage}" if query.stage not in {"", "archived"} else "",
        "archived": "IS:true" if query.archived or query.stage == "archived" else "",
    }
    paging = {"sortBy": "name", "sortOrder": query.order, "limit": str(limit), "offset": str(offset)}
    return {"project": f"IS:{query.project}"} | {key: value for key, value in given.items() if value} | paging


def answered_by_list(query: FlagQuery) -> bool:
    """Whether the list of a project's flags has what it takes: a server allows few searches a minute."""
    return not (query.segment or query.stage or query.archived)


def _state(stale: bool | None) -> str:
    if stale is None:
        return ""
    return "IS:stale" if stale else "IS_NOT:stale"
