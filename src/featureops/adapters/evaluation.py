"""What an SDK sees: the client document, and its evaluation by Unleash's own engine. Both come from one function, so a
preview can't differ from what applications get."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Final, Protocol, cast

from featureops.core.errors import BadArgument
from featureops.core.flagjson import constraint_json, dependency_json, variant_json
from featureops.core.flagstate import environment_of, with_environment
from featureops.core.model import Constraint, Flag, Json, Segment, Strategy

__all__ = ["FrontendToggles", "Segments", "client_document", "client_feature", "constraints_of", "evaluate"]

Segments = Mapping[int, Sequence[Constraint]]
"""The constraints of segments, by id."""

_NONE: Final[Segments] = {}
_FIELDS: Final = ("userId", "sessionId", "remoteAddress", "environment", "appName", "currentTime")


def client_document(flags: Iterable[Flag], environment: str, segments: Segments = _NONE) -> dict[str, Json]:
    """The body of GET /api/client/features, version 2. Archived flags are left out, the constraints of segments put
    into the strategies that name them."""
    features: list[Json] = [client_feature(flag, environment, segments) for flag in flags if not flag.archived]
    return {"version": 2, "features": features, "query": {"environment": environment, "inlineSegmentConstraints": True}}


def client_feature(flag: Flag, environment: str, segments: Segments = _NONE) -> dict[str, Json]:
    """Disabled strategies are left out: an SDK would take them for enabled ones."""
    state = environment_of(flag, environment)
    strategies = [strategy for strategy in state.strategies if not strategy.disabled]
    return {
        "name": flag.name,
        "type": flag.type,
        "description": flag.description,
        "project": flag.project,
        "enabled": state.enabled and (bool(strategies) or not state.strategies),
        "stale": flag.stale,
        "impressionData": flag.impression_data,
        "strategies": [_client_strategy(strategy, segments) for strategy in strategies],
        "variants": [],
        "dependencies": [dependency_json(each) for each in flag.dependencies],
    }


def constraints_of(segments: Iterable[Segment]) -> Segments:
    return {segment.id: segment.constraints for segment in segments}


def evaluate(
    asked: Sequence[tuple[Flag, str]],
    contexts: Sequence[Mapping[str, str]],
    parents: Sequence[Flag] = (),
    segments: Segments = _NONE,
) -> Sequence[Sequence[bool]]:
    """On or off for each flag in its environment and each context: fields of Unleash's context by their names,
    everything else a property. `parents` are the flags that they depend on: one that is missing counts as off.
    About 60 µs a context: call it off the event loop. Errors: BadArgument (strategies the engine can't compile)."""
    known = {parent.name: parent for parent in parents}
    return [_answers(flag, environment, contexts, known, segments) for flag, environment in asked]


def _answers(
    flag: Flag,
    environment: str,
    contexts: Sequence[Mapping[str, str]],
    parents: Mapping[str, Flag],
    segments: Segments,
) -> Sequence[bool]:
    if flag.archived:
        return [False for _ in contexts]
    shown = [_asked(each, environment) for each in (flag, *(parents[name] for name in flag.parents if name in parents))]
    engine = _engine(json.dumps(client_document(shown, environment, segments)), flag.name)
    return [engine.check_enabled(flag.name, _context(context, environment)).is_enabled for context in contexts]


def _asked(flag: Flag, environment: str) -> Flag:
    state = environment_of(flag, environment)
    return with_environment(flag, replace(state, strategies=tuple(map(_by_context, state.strategies))))


class FrontendToggles:
    """Flags of one environment as browsers get them: evaluated here, for one context at a time. Used by many threads.

    Errors: BadArgument (strategies the engine can't compile)."""

    def __init__(self, flags: Iterable[Flag], environment: str, segments: Segments = _NONE) -> None:
        shown = [_asked(flag, environment) for flag in flags if not flag.archived]
        self._environment = environment
        self._impressions = {flag.name: flag.impression_data for flag in shown}
        self._engine = _engine(json.dumps(client_document(shown, environment, segments)), f"flags in {environment}")
        self._lock = Lock()

    def answer(self, context: Mapping[str, str]) -> list[Json]:
        """The `toggles` of GET /api/frontend: those that are on, with the variant of each."""
        asked = _context(context, self._environment)
        with self._lock:
            return [self._toggle(name, asked) for name in self._impressions if self._is_on(name, asked)]

    def _is_on(self, name: str, asked: Mapping[str, object]) -> bool:
        return self._engine.check_enabled(name, asked).is_enabled

    def _toggle(self, name: str, asked: Mapping[str, object]) -> Json:
        chosen = self._engine.check_variant(name, asked).variant
        variant: dict[str, Json] = {"name": chosen.name, "enabled": chosen.enabled}
        if chosen.payload:
            variant["payload"] = dict(chosen.payload)
        variant |= {"feature_enabled": True, "featureEnabled": True}  # both spellings are read by some client
        return {"name": name, "enabled": True, "variant": variant, "impressionData": self._impressions[name]}


class _Answer(Protocol):
    is_enabled: bool


class _Variant(Protocol):
    name: str
    enabled: bool
    payload: Mapping[str, str] | None


class _Chosen(Protocol):
    variant: _Variant


class _Engine(Protocol):
    def take_state(self, state_json: str) -> object: ...
    def check_enabled(self, toggle_name: str, context: Mapping[str, object]) -> _Answer: ...
    def check_variant(self, toggle_name: str, context: Mapping[str, object]) -> _Chosen: ...


def _engine(state: str, name: str) -> _Engine:
    # Loads a shared library of some megabytes: only a process that evaluates pays for it.
    from yggdrasil_engine.engine import UnleashEngine  # type: ignore[import-untyped]  # ships no types

    engine = cast("_Engine", UnleashEngine())
    try:
        engine.take_state(state)
    except TypeError as error:  # how the binding ends when the engine has warnings about the state
        raise BadArgument(
            f'The evaluation engine can\'t compile the strategies of "{name}".',
            "Look at the constraints in get_flag_state; a REGEX or a version may be malformed.",
        ) from error
    return engine


def _by_context(strategy: Strategy) -> Strategy:
    # The engine compares with the host it runs on, which says nothing about where the application runs: ask for the
    # property `hostname` of the context instead.
    if strategy.name != "applicationHostname":
        return strategy
    names = tuple(name.strip() for name in strategy.parameters.get("hostNames", "").split(","))
    hosts = Constraint("hostname", "IN", names)
    return replace(strategy, name="default", constraints=(*strategy.constraints, hosts))


def _context(context: Mapping[str, str], environment: str) -> Mapping[str, object]:
    fields: dict[str, object] = {"environment": environment}
    fields |= {key: value for key, value in context.items() if key in _FIELDS}
    fields["properties"] = {key: value for key, value in context.items() if key not in _FIELDS}
    return fields


def _client_strategy(strategy: Strategy, segments: Segments) -> dict[str, Json]:
    inlined = [constraint for number in strategy.segments for constraint in segments.get(number, ())]
    return {
        "name": strategy.name,
        "parameters": dict(strategy.parameters),
        "constraints": [constraint_json(constraint) for constraint in (*strategy.constraints, *inlined)],
        "variants": [variant_json(variant) for variant in strategy.variants],
    }
