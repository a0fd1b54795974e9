"""What of a flag another backend lacks, and what speaks against bringing it there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from featureops.core.model import EnvironmentState, Flag, Link, Segment, Strategy

__all__ = ["Elsewhere", "conflict", "lacking", "translated", "with_all_said"]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The other backend: its project, environments and types of strategies, and `segments`, the ids of ours there."""

    project: str
    environments: Collection[str]
    strategy_types: Collection[str]
    segments: Mapping[int, int]


def translated(flag: Flag, elsewhere: Elsewhere) -> Flag:
    """The flag as it would be there, without ids. Segments that are not there are left out: `conflict` tells them."""
    states = tuple(
        replace(state, strategies=tuple(_translated(each, elsewhere) for each in state.strategies))
        for state in flag.environments
    )
    links = tuple(replace(link, id="") for link in flag.links)
    return replace(flag, project=elsewhere.project, environments=states, links=links)


def _translated(strategy: Strategy, elsewhere: Elsewhere) -> Strategy:
    numbers = (elsewhere.segments[each] for each in strategy.segments if each in elsewhere.segments)
    return replace(strategy, id="", sort_order=0, segments=tuple(sorted(numbers)))


def conflict(flag: Flag, there: Flag | None, elsewhere: Elsewhere, segments: Sequence[Segment]) -> str:
    """Why the flag can't be brought there, as a clause; empty where it can. A flag that is there may lack something:
    what it has must be as here."""
    lost = _unplaceable(flag, elsewhere, segments)
    if lost or there is None:
        return lost
    if there.archived:
        return "it is archived there"
    wanted = translated(flag, elsewhere)
    other = [name for name, ours, theirs in _fields(wanted, there) if ours != theirs]
    if other:
        return f"it has another {' and '.join(other)} there"
    if not set(there.tags) <= set(wanted.tags):
        return "it has other tags there"
    if not _addresses(there.links) <= _addresses(wanted.links):
        return "it has other links there"
    if there.dependencies and there.dependencies != wanted.dependencies:
        return "it depends on another flag there"
    states = {state.name: state for state in wanted.environments}
    for state in there.environments:
        if state.name in states and not _begun(state, states[state.name]):
            return f"{state.name} is set otherwise there"
    return ""


def lacking(state: EnvironmentState, there: EnvironmentState) -> tuple[Strategy, ...]:
    """The strategies of a translated flag's environment that are still to be added."""
    return state.strategies[len(there.strategies) :]


def with_all_said(there: Flag, wanted: Flag) -> Flag:
    """The flag that is there with what the translated one says of itself."""
    known = _addresses(there.links)
    links = (*there.links, *(link for link in wanted.links if _address(link) not in known))
    return replace(there, stale=wanted.stale, tags=wanted.tags, links=links, dependencies=wanted.dependencies)


def _unplaceable(flag: Flag, elsewhere: Elsewhere, segments: Sequence[Segment]) -> str:
    for state in flag.environments:
        if state.name not in elsewhere.environments:
            if state.strategies or state.enabled:
                return f"there is no environment {state.name} there"
            continue
        for strategy in state.strategies:
            if strategy.name not in elsewhere.strategy_types:
                return f"there is no strategy {strategy.name} there: a constraint on userId or the like does as much"
            lost = [each.name for each in segments if each.id in set(strategy.segments) - set(elsewhere.segments)]
            if lost:
                return f'the segment "{lost[0]}" is another one there'
    return ""


def _begun(there: EnvironmentState, wanted: EnvironmentState) -> bool:
    """Whether what is there is what is wanted, or the first part of it."""
    bare = tuple(replace(each, id="", sort_order=0, segments=tuple(sorted(each.segments))) for each in there.strategies)
    if bare != wanted.strategies[: len(bare)]:
        return False
    return not there.enabled or (wanted.enabled and bare == wanted.strategies)


def _fields(wanted: Flag, there: Flag) -> list[tuple[str, object, object]]:
    return [
        ("type", wanted.type, there.type),
        ("description", wanted.description, there.description),
        ("staleness", wanted.stale, there.stale or wanted.stale),
        ("impression data", wanted.impression_data, there.impression_data),
    ]


def _addresses(links: Sequence[Link]) -> set[str]:
    return set(map(_address, links))


def _address(link: Link) -> str:
    return link.url.rstrip("/")  # a server writes one behind a bare host
