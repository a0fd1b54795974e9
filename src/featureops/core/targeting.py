"""What strategies refer to outside of a flag (segments, context fields), and how much there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from featureops.core.errors import BadArgument
from featureops.core.flagstate import did_you_mean
from featureops.core.model import Constraint, ContextField, Flag, Segment, Strategy

__all__ = ["Limits", "check_fields", "check_room", "segment_named"]

_NEAR: Final = 0.8
_LISTS: Final = ("IN", "NOT_IN")


@dataclass(frozen=True, slots=True)
class Limits:
    """Unleash's defaults; a server may have others."""

    strategies: int = 30
    constraints: int = 30
    values: int = 250
    segments: int = 5


def check_room(before: Flag | None, flag: Flag, limits: Limits) -> None:
    """What is new in the flag: turning off what has too much already is always possible.

    Errors: BadArgument (an environment with too many strategies, a strategy with too much in it)."""
    known = {state.name: state.strategies for state in before.environments} if before is not None else {}
    for state in flag.environments:
        old = known.get(state.name, ())
        if len(state.strategies) > len(old):
            _room(len(state.strategies), limits.strategies, f"strategies in {state.name}", flag.name)
        for strategy in state.strategies:
            if strategy in old:
                continue
            of = f"of a strategy in {state.name}"
            _room(len(strategy.constraints), limits.constraints, f"constraints {of}", flag.name)
            _room(len(strategy.segments), limits.segments, f"segments {of}", flag.name)
            for each in strategy.constraints:
                _room(len(each.values), limits.values, f"values of a constraint on {each.context_name}", flag.name)


def _room(have: int, limit: int, what: str, flag: str) -> None:
    if have > limit:
        raise BadArgument(
            f'"{flag}" would have {have} {what}; the backend has room for {limit}.',
            "Take some away, or put what belongs together into a segment.",
        )


def segment_named(word: str, segments: Sequence[Segment]) -> Segment:
    """The segment of that name or id. Errors: BadArgument (none; the hint names the nearest)."""
    for segment in segments:
        if segment.name == word or str(segment.id) == word:
            return segment
    raise BadArgument(f'There is no segment "{word}".', did_you_mean(word, [each.name for each in segments]))


def check_fields(strategy: Strategy, old: Strategy | None, fields: Sequence[ContextField]) -> None:
    """The constraints that are new: a context field that is nearly a known one is misspelt, and one with legal values
    is compared with these only. Errors: BadArgument."""
    known = {field.name: field for field in fields}
    for constraint in strategy.constraints:
        if old is None or constraint not in old.constraints:
            _check_field(constraint, known.get(constraint.context_name), list(known))


def _check_field(constraint: Constraint, field: ContextField | None, names: Sequence[str]) -> None:
    word = constraint.context_name
    if field is None:
        # Applications may send properties that nobody declared: only what looks like a slip is one.
        by_folded = {name.casefold(): name for name in names}
        near = get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=_NEAR)
        if near:
            raise BadArgument(
                f'There is no context field "{word}".',
                f'Did you mean "{by_folded[near[0]]}"? If applications do send "{word}", declare it first.',
            )
        return
    illegal = [value for value in constraint.values if value not in field.legal_values]
    if field.legal_values and constraint.operator in _LISTS and illegal:
        raise BadArgument(
            f'"{illegal[0]}" is no value of the context field {word}.', did_you_mean(illegal[0], field.legal_values)
        )
