"""The policy of featureops.toml as a judgement over a flag before and after a write. Every refusal says what would be
allowed instead."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from featureops.core.config import Policy
from featureops.core.errors import BadConfiguration, Denied
from featureops.core.flagstate import exposure, rollout_of
from featureops.core.hours import Hours
from featureops.core.model import EnvironmentState, Flag

__all__ = [
    "check_create",
    "check_hours",
    "check_tags",
    "check_write",
    "is_raise",
    "must_be_on_before",
    "needs_confirmation",
    "raised_in",
    "serving",
]

_WITHOUT_STEPS = frozenset({"development", "test"})


def check_create(policy: Policy, name: str) -> None:
    """Errors: Denied (naming), BadConfiguration (the pattern itself)."""
    if name in policy.protected:
        raise _protected(name)
    if policy.naming is None:
        return
    try:
        fits = re.fullmatch(policy.naming, name)
    except re.error as error:
        raise BadConfiguration(
            f"policy.naming in featureops.toml is not a regular expression: {error}.",
            'Mend it, such as naming = "^[a-z0-9]+(-[a-z0-9]+)+$".',
        ) from error
    if fits is None:
        raise Denied(
            f'The policy does not allow the name "{name}".', f"Names must match {policy.naming} (policy.naming)."
        )


def check_tags(policy: Policy, planned: Flag) -> None:
    """Errors: Denied (a required tag is missing: a type, or type:value)."""
    there = {word for tag in planned.tags for word in (tag.type, f"{tag.type}:{tag.value}")}
    missing = [word for word in policy.required_tags if word not in there]
    if missing:
        kind, _, value = missing[0].partition(":")
        raise Denied(
            f'The policy wants the tag {" and ".join(missing)} on "{planned.name}".',
            f'Pass a tag such as {{"type": "{kind}", "value": "{value or "..."}"}} (policy.required_tags).',
        )


def check_write(policy: Policy, before: Flag, planned: Flag, environment: str | None, been_on: Collection[str]) -> None:
    """`environment` is the one written to, None for a write to the flag itself; `been_on` are the environments that
    the flag was ever on in. Errors: Denied."""
    if before.name in policy.protected:
        raise _protected(before.name)
    if environment is None:
        return
    if policy.environments and environment not in policy.environments:
        raise Denied(
            f'The policy does not allow writes to the environment "{environment}".',
            f"It allows {', '.join(policy.environments)} (policy.environments).",
        )
    old, new = _state(before, environment), _state(planned, environment)
    _check_order(policy, planned, environment, been_on, raised=is_raise(before, planned, environment))
    _check_step(policy, planned.name, old, new)


def check_hours(before: Flag, planned: Flag, environment: str, hours: Hours, now: tuple[int, int]) -> None:
    """Outside of the hours nobody is added, but where changes are tried first; taking away is always possible. `now` is
    the weekday and the minute of the day, in the time zone of the hours. Errors: Denied."""
    new = _state(planned, environment)
    if new.type in _WITHOUT_STEPS or hours.holds(*now) or not is_raise(before, planned, environment):
        return
    raise Denied(
        f"The policy lets more users have a flag in {environment} only within its hours; it is {Hours.named(*now)}"
        f" ({hours.zone}).",
        "Wait for them, or a person changes policy.hours. Turning off and lowering a rollout are always possible.",
    )


def needs_confirmation(policy: Policy, before: Flag | None, planned: Flag, environment: str | None) -> bool:
    """Creating needs none: a new flag is off. Nor does what a flag says of itself. Archiving, reviving and another
    parent touch every environment that it has."""
    if before is None:
        return False
    if environment is None and _reach(before) == _reach(planned):
        return False
    touched = [environment] if environment is not None else [state.name for state in before.environments]
    return any(name in policy.confirm for name in touched)


def serving(flag: Flag) -> Flag:
    """The flag as users have it: an archived one is off."""
    states = tuple(replace(state, enabled=state.enabled and not flag.archived) for state in flag.environments)
    return replace(flag, environments=states)


def raised_in(before: Flag, planned: Flag) -> Sequence[str]:
    """The environments in which more users than now would get the flag."""
    old, new = serving(before), serving(planned)
    names = [state.name for state in before.environments]
    return [name for name in names if exposure(_state(new, name)) > exposure(_state(old, name))]


def is_raise(before: Flag, planned: Flag, environment: str) -> bool:
    """Whether more users than now would get the flag there, at once or as soon as the environment is on."""
    old, new = _state(before, environment), _state(planned, environment)
    return exposure(new) > exposure(old) or _widest(new) > _widest(old)


def must_be_on_before(policy: Policy, flag: Flag, environment: str) -> Sequence[str]:
    """The environments of the flag that come before `environment` in a release."""
    there = tuple(state.name for state in flag.environments)
    order = tuple(name for name in policy.environments if name in there) or there
    return order[: order.index(environment)] if environment in order else ()


def _check_order(policy: Policy, flag: Flag, environment: str, been_on: Collection[str], *, raised: bool) -> None:
    if not policy.require_in_order or not raised:
        return
    missing = [name for name in must_be_on_before(policy, flag, environment) if name not in been_on]
    if missing:
        raise Denied(
            f'"{flag.name}" was never on in {" and ".join(missing)}: the policy wants that before {environment}.',
            f'Turn it on there first: toggle_flag_environment {{"featureName": "{flag.name}", "environment":'
            f' "{missing[0]}", "enabled": true}} (policy.require_in_order).',
        )


def _check_step(policy: Policy, name: str, old: EnvironmentState, new: EnvironmentState) -> None:
    # Turning on is a jump too, from nobody to everybody that the strategies let in. Where a change is tried first that
    # is the point of it; elsewhere it would be the way round the policy.
    percentage = 0 if new.enabled and not old.enabled else _widest(new) - _widest(old)
    reach = 0 if new.type in _WITHOUT_STEPS else exposure(new) - exposure(old)
    if percentage > policy.max_step:
        raise Denied(
            f"From {_widest(old)} % to {_widest(new)} % is a step of {percentage} points in {new.name}; the policy"
            f" allows {policy.max_step}.",
            f"Go to at most {_widest(old) + policy.max_step} % now (policy.max_step).",
        )
    if reach > policy.max_step:
        raise Denied(
            f"That takes {new.name} from {exposure(old)} % to {exposure(new)} % of the users at once; the policy allows"
            f" steps of {policy.max_step} points.",
            f'Set the rollout first: set_flag_rollout {{"featureName": "{name}", "environment": "{new.name}",'
            f' "rolloutPercentage": {exposure(old) + policy.max_step}}} or less (policy.max_step).',
        )


def _reach(flag: Flag) -> tuple[object, ...]:
    states = [(state.name, state.enabled, state.strategies) for state in flag.environments]
    return flag.archived, flag.dependencies, states


def _widest(state: EnvironmentState) -> int:
    return max((rollout_of(each) for each in state.strategies if not each.disabled), default=0)


def _state(flag: Flag, environment: str) -> EnvironmentState:
    return next(state for state in flag.environments if state.name == environment)


def _protected(name: str) -> Denied:
    return Denied(
        f'The policy protects the flag "{name}".', "A person has to change it, or take it out of policy.protected."
    )
