"""What Unleash (server 8.2) accepts as a flag name, a strategy, a constraint and a set of variants.

Every function returns the value as Unleash would store it (defaults filled in, weights normalised) or raises
BadArgument that says what would be accepted."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, get_args

from featureops.core.errors import BadArgument
from featureops.core.flagstate import did_you_mean
from featureops.core.model import Constraint, FlagType, Payload, Strategy, Variant

__all__ = [
    "FLAG_TYPES",
    "OPERATORS",
    "STRATEGIES",
    "checked_constraint",
    "checked_name",
    "checked_strategy",
    "checked_type",
    "checked_variants",
]

FLAG_TYPES: Final[tuple[str, ...]] = get_args(FlagType)
STRATEGIES: Final = (
    "default",
    "flexibleRollout",
    "userWithId",
    "remoteAddress",
    "applicationHostname",
    "gradualRolloutUserId",
    "gradualRolloutSessionId",
    "gradualRolloutRandom",
)
_LISTS: Final = ("IN", "NOT_IN")
_STRINGS: Final = ("STR_ENDS_WITH", "STR_STARTS_WITH", "STR_CONTAINS")
_NUMBERS: Final = ("NUM_EQ", "NUM_GT", "NUM_GTE", "NUM_LT", "NUM_LTE")
_DATES: Final = ("DATE_AFTER", "DATE_BEFORE")
_VERSIONS: Final = ("SEMVER_EQ", "SEMVER_GT", "SEMVER_GTE", "SEMVER_LT", "SEMVER_LTE")
OPERATORS: Final = (*_LISTS, *_STRINGS, *_NUMBERS, *_DATES, *_VERSIONS, "REGEX")

_NAME: Final = re.compile(r"[A-Za-z0-9~_.-]{1,100}")
_SEMVER: Final = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_NOT_RE2: Final = re.compile(r"\(\?(<?[=!]|P=|>|\()|\\[1-9]")
_MAX_CONSTRAINTS: Final = 30
_MAX_VALUES: Final = 250
_MAX_VALUE_LENGTH: Final = 100
_WHOLE_WEIGHT: Final = 1000


def checked_name(name: str) -> str:
    """URL-friendly, 1 to 100 characters, not "." or ".."."""
    if _NAME.fullmatch(name) and name not in {".", ".."}:
        return name
    shown = name if len(name) <= 100 else f"{name[:40]}… ({len(name)} characters)"
    raise BadArgument(
        f"{shown!r} can't be the name of a flag.",
        "Use 1 to 100 letters, digits and ~ _ . - without spaces, such as new-checkout.",
    )


def checked_type(kind: str) -> str:
    if kind in FLAG_TYPES:
        return kind
    near = did_you_mean(kind, FLAG_TYPES)
    raise BadArgument(f"{kind!r} is not a type of flag.", f"{near} Types: {', '.join(FLAG_TYPES)}.")


def checked_strategy(strategy: Strategy, flag_name: str) -> Strategy:
    """Defaults of flexibleRollout filled in (groupId: the flag's name), constraints and variants checked."""
    if strategy.name not in STRATEGIES:
        raise BadArgument(f"{strategy.name!r} is not a strategy.", did_you_mean(strategy.name, STRATEGIES))
    if len(strategy.constraints) > _MAX_CONSTRAINTS:
        raise BadArgument(
            f"A strategy holds at most {_MAX_CONSTRAINTS} constraints, not {len(strategy.constraints)}.",
            "Put values of the same context field into one IN constraint.",
        )
    parameters = dict(strategy.parameters)
    if strategy.name == "flexibleRollout":
        parameters = {"rollout": "100", "stickiness": "default", "groupId": flag_name} | parameters
    for key in ("rollout", "percentage"):
        if key in parameters:
            parameters[key] = _percentage(parameters[key])
    return replace(
        strategy,
        parameters=parameters,
        constraints=tuple(checked_constraint(constraint) for constraint in strategy.constraints),
        variants=checked_variants(strategy.variants),
    )


def checked_constraint(constraint: Constraint) -> Constraint:
    """The 18 operators: lists of values, or one value that must be a number, a date, a version or a pattern."""
    operator = constraint.operator
    if operator not in OPERATORS:
        raise BadArgument(
            f"{operator!r} is not an operator.", f"{did_you_mean(operator, OPERATORS)} All: {', '.join(OPERATORS)}."
        )
    if not constraint.context_name.strip():
        raise BadArgument(f"A constraint {operator} without a contextName.", "Name a context field, such as userId.")
    if operator in _LISTS or operator in _STRINGS:
        return _checked_list(constraint)
    if constraint.value is None or not constraint.value.strip():
        raise BadArgument(f"{operator} on {constraint.context_name} needs a value.", 'Pass it as "value", a string.')
    problem = _problem_of_value(operator, constraint.value)
    if problem:
        raise BadArgument(f"{operator} on {constraint.context_name}: {constraint.value!r} is {problem[0]}.", problem[1])
    if operator == "REGEX" and constraint.inverted:
        raise BadArgument("REGEX can't be inverted.", "Write the pattern the other way round, or use NOT_IN.")
    return constraint


def checked_variants(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """Sorted by name; the variable ones share evenly what the fixed ones leave of 1000, as Unleash does. The first ones
    by name get the remainder, so that checking twice, here and in the backend, changes nothing."""
    if not variants:
        return ()
    names = [variant.name for variant in variants]
    if len(set(names)) < len(names) or not all(names):
        raise BadArgument("Variants need names of their own.", f"These were given: {', '.join(map(repr, names))}.")
    for variant in variants:
        _check_variant(variant)
    variants = sorted(variants, key=lambda variant: variant.name)
    variable = [variant for variant in variants if variant.weight_type == "variable"]
    fixed = [variant for variant in variants if variant.weight_type == "fix"]
    if not variable:
        raise BadArgument("At least one variant must be variable.", 'Leave "weightType" of one out: it gets the rest.')
    rest = _WHOLE_WEIGHT - sum(variant.weight for variant in fixed)
    if rest < 0:
        raise BadArgument(
            f"The fixed weights sum up to {_WHOLE_WEIGHT - rest}, more than 1000.",
            "Weights are thousandths: 100 is 10 %. Lower them so that their sum is at most 1000.",
        )
    share, extra = divmod(rest, len(variable))
    shared = [replace(variant, weight=share + (at < extra)) for at, variant in enumerate(variable)]
    return tuple(sorted(shared + fixed, key=lambda variant: variant.name))


def _checked_list(constraint: Constraint) -> Constraint:
    where = f"{constraint.operator} on {constraint.context_name}"
    if not constraint.values and (constraint.operator in _STRINGS or constraint.value):
        raise BadArgument(f"{where} needs at least one value.", 'Pass them as "values": ["…"].')
    if len(constraint.values) > _MAX_VALUES:
        raise BadArgument(f"{where} has {len(constraint.values)} values.", f"At most {_MAX_VALUES} are allowed.")
    if not all(constraint.values):
        raise BadArgument(f"{where}: a value is empty.", "Leave it out: what an application does not send is no value.")
    long = [value for value in constraint.values if len(value) > _MAX_VALUE_LENGTH]
    if long:
        raise BadArgument(f"{where}: a value of {len(long[0])} characters.", f"At most {_MAX_VALUE_LENGTH} each.")
    return constraint


def _problem_of_value(operator: str, value: str) -> tuple[str, str] | None:
    if operator in _NUMBERS and not _is_number(value):
        return "not a number", "For versions such as 1.42.0 use the SEMVER operators."
    if operator in _DATES and not _is_date(value):
        return "not a date", "Use ISO 8601, such as 2026-01-31T12:00:00Z."
    if operator in _VERSIONS and not _SEMVER.fullmatch(value):
        return "not a version", "Use three numbers, such as 1.42.0; a suffix like -beta.1 may follow."
    if operator == "REGEX" and not _is_re2(value):
        return "not a pattern that RE2 knows", "RE2 has no look-around and no back-references; check the brackets."
    return None


def _percentage(text: str) -> str:
    if text.strip().isdecimal() and int(text) <= 100:
        return str(int(text))
    raise BadArgument(f"{text!r} is not a rollout percentage.", "Use a whole number from 0 to 100.")


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf")
    except ValueError:
        return False


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "-" in text


def _is_re2(pattern: str) -> bool:
    if _NOT_RE2.search(pattern):
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _check_variant(variant: Variant) -> None:
    if not 0 <= variant.weight <= _WHOLE_WEIGHT:
        raise BadArgument(
            f"Variant {variant.name!r} has weight {variant.weight}.", "Weights are thousandths: 0 to 1000."
        )
    payload = variant.payload
    if payload is not None and not _payload_fits(payload):
        raise BadArgument(
            f"The payload of variant {variant.name!r} is not valid {payload.type}.", 'Mend it or use type "string".'
        )


def _payload_fits(payload: Payload) -> bool:
    if payload.type == "number":
        return _is_number(payload.value)
    if payload.type != "json":
        return True
    try:
        json.loads(payload.value)
    except ValueError:
        return False
    return True
