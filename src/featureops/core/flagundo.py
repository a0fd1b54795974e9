"""A flag as it was before a write, out of what it is now. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from featureops.core.flagstate import archived, environment_of, with_environment
from featureops.core.model import EnvironmentState, Flag, FlagChange, Link, Strategy

__all__ = ["taken_back"]


def taken_back(change: FlagChange, before: Flag | None, now: Flag) -> Flag:
    """What taking the change back makes of the flag: only what the change was about. A flag that was created goes into
    the archive. Strategies and links that are gone have no id: they are made again.

    Errors: Conflict (other flags depend on what would be archived), BadArgument (the environment is gone)."""
    if before is None or (before.archived and not now.archived):
        return archived(now)
    if change.environment is not None:
        return with_environment(now, _state(environment_of(now, change.environment), before))
    if now.archived and not before.archived:
        # The archive may hide what is still there: strategies, links.
        return replace(before, version=now.version, created_at=now.created_at, children=now.children)
    return replace(
        now,
        type=before.type,
        description=before.description,
        stale=before.stale,
        impression_data=before.impression_data,
        tags=before.tags,
        links=_links(now, before),
        dependencies=before.dependencies,
    )


def _state(now: EnvironmentState, before: Flag) -> EnvironmentState:
    old = environment_of(before, now.name)
    return replace(now, enabled=old.enabled, strategies=tuple(_strategies(now, old)))


def _strategies(now: EnvironmentState, old: EnvironmentState) -> Iterator[Strategy]:
    """The old ones, by the ids of those that there are: their own, or of one that came in their place."""
    there = [each.id for each in now.strategies]
    free = [each for each in there if each not in {one.id for one in old.strategies}]
    for strategy in old.strategies:
        if strategy.id in there:
            yield strategy
        else:
            yield replace(strategy, id=free.pop(0) if free else "")


def _links(now: Flag, before: Flag) -> tuple[Link, ...]:
    there = {link.id for link in now.links}
    return tuple(link if link.id in there else replace(link, id="") for link in before.links)
