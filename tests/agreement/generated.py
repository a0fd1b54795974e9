"""Flags, segments and contexts drawn from a seed: every strategy, operator and way to be off, and contexts that lack
what is asked for, or have it in a form that nobody expects. Nothing depends on chance or the clock once it is drawn.

Left out is what Unleash's own SDKs for Python and Node disagree on: empty texts (sticking to one, or comparing one with
a number), rollouts that stick to letters beyond ASCII, ranges of IPv6 addresses, variants that stick to something else
than their strategy does, and which variant a parent with several strategies has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from featureops.core.flagrules import OPERATORS, checked_strategy
from featureops.core.model import (
    Constraint,
    ContextField,
    Dependency,
    EnvironmentState,
    Flag,
    Payload,
    Segment,
    Strategy,
    Variant,
)

__all__ = ["ENVIRONMENT", "Drawn", "drawn"]

ENVIRONMENT: Final = "development"
Context = Mapping[str, str]

_WORDS: Final = (
    "no",
    "se",
    "NO",
    "pro",
    "pro-plus",
    "free",
    "a b",
    "\u00f8l",
    "ann@example.com",
    "bob@example.org",
)
_STICKY: Final = tuple(word for word in _WORDS if word.isascii())
_NUMBERS: Final = ("0", "7", "-1", "7.5", "1e3", "42", "1000")
_VERSIONS: Final = ("1.2.3", "1.10.0", "2.0.0-beta.1", "2.0.0", "0.0.1")
_DATES: Final = ("2020-01-01T00:00:00.000Z", "2026-06-15T12:00:00.000Z", "2090-01-01T00:00:00.000Z")
_PATTERNS: Final = ("^a.*", "example\\.(com|org)$", "[0-9]+", "^$", "pro(-plus)?", "(?i)ANN")
_IPS: Final = ("10.0.0.1", "10.1.2.3", "192.168.0.7", "2001:db8::1")
_RANGES: Final = ("10.0.0.1", "10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12")
_PROPERTIES: Final = ("country", "plan", "email", "age", "version")
_FIELDS: Final = ("userId", "sessionId", *_PROPERTIES)
_USUAL: Final = {"age": _NUMBERS, "version": _VERSIONS, "plan": _WORDS}
_USERS: Final = tuple(str(number) for number in range(40))


@dataclass(frozen=True, slots=True)
class Drawn:
    """Parents come before the flags that depend on them."""

    flags: tuple[Flag, ...]
    segments: tuple[Segment, ...]
    fields: tuple[ContextField, ...]
    contexts: tuple[Context, ...]


def drawn(seed: int, flags: int, contexts: int, prefix: str = "agree") -> Drawn:
    random = Random(seed)
    segments = tuple(
        Segment(number, f"{prefix}-segment-{number}", "", _constraints(random, 2)) for number in range(1, 7)
    )
    parents = [_flag(random, f"{prefix}-parent-{number}", segments, ()) for number in range(max(2, flags // 20))]
    rest = [_flag(random, f"{prefix}-{number}", segments, parents) for number in range(flags - len(parents))]
    fields = tuple(ContextField(name, "", stickiness=True) for name in _PROPERTIES)
    return Drawn((*parents, *rest), segments, fields, tuple(_context(random) for _ in range(contexts)))


def _flag(random: Random, name: str, segments: Sequence[Segment], parents: Sequence[Flag]) -> Flag:
    strategies = tuple(
        replace(checked_strategy(_strategy(random, segments), name), sort_order=at)
        for at in range(random.choice((0, 1, 1, 1, 2, 2, 3)))
    )
    # Without an enabled strategy an environment that is turned on gets one that lets everybody in.
    on = random.random() < 0.85 and any(not each.disabled for each in strategies)
    state = EnvironmentState(ENVIRONMENT, on, strategies=strategies)
    above: tuple[Dependency, ...] = ()
    if parents and random.random() < 0.25:
        above = (_dependency(random, random.choice(parents)),)
    return Flag(name, "default", "release", "", 0.0, environments=(state,), dependencies=above)


def _dependency(random: Random, parent: Flag) -> Dependency:
    if random.random() < 0.3:
        return Dependency(parent.name, enabled=False)
    strategies = parent.environments[0].strategies
    names = sorted(each.name for each in strategies[0].variants) if len(strategies) == 1 else []
    return Dependency(parent.name, True, (random.choice(names),) if names and random.random() < 0.5 else ())


def _strategy(random: Random, segments: Sequence[Segment]) -> Strategy:
    name, parameters = _kind(random)
    chosen = random.sample([each.id for each in segments], random.choice((0, 0, 0, 0, 1, 2)))
    return Strategy(
        name,
        parameters,
        disabled=random.random() < 0.1,
        constraints=_constraints(random, random.choice((0, 0, 1, 1, 2, 3))),
        variants=_variants(random, parameters) if name == "flexibleRollout" and random.random() < 0.4 else (),
        segments=tuple(sorted(chosen)),
    )


def _kind(random: Random) -> tuple[str, dict[str, str]]:
    share = str(random.choice((0, 1, 10, 33, 50, 66, 90, 99, 100)))
    group = random.choice(("", "one-group", "other group"))
    match random.choice(("flexible",) * 12 + ("default", "users", "address", "user", "session", "random")):
        case "flexible":
            stickiness = random.choice(("default", "default", "userId", "sessionId", "country", "email", "random"))
            share = random.choice(("0", "100")) if stickiness == "random" else share
            named = {"groupId": group} if group else {}
            return "flexibleRollout", {"rollout": share, "stickiness": stickiness, **named}
        case "users":
            return "userWithId", {"userIds": ",".join(random.sample(_USERS, 8))}
        case "address":
            return "remoteAddress", {"IPs": ", ".join(random.sample(_RANGES, 2))}
        case "user":
            return "gradualRolloutUserId", {"percentage": share, "groupId": group or "g"}
        case "session":
            return "gradualRolloutSessionId", {"percentage": share, "groupId": group or "g"}
        case "random":
            return "gradualRolloutRandom", {"percentage": random.choice(("0", "100"))}
    return "default", {}


def _constraints(random: Random, count: int) -> tuple[Constraint, ...]:
    return tuple(_constraint(random, random.choice(OPERATORS)) for _ in range(count))


def _constraint(random: Random, operator: str) -> Constraint:
    name, inverted, blind = random.choice(_FIELDS), random.random() < 0.3, random.random() < 0.3
    match operator.partition("_")[0]:
        case "NUM":
            return Constraint(_mostly(random, "age", name), operator, (), random.choice(_NUMBERS), inverted)
        case "DATE":
            return Constraint("currentTime", operator, (), random.choice(_DATES), inverted)
        case "SEMVER":
            return Constraint(_mostly(random, "version", name), operator, (), random.choice(_VERSIONS), inverted)
        case "REGEX":
            return Constraint(_mostly(random, "email", name), operator, (), random.choice(_PATTERNS), False, blind)
        case "STR":
            values = tuple(random.sample(_WORDS, random.choice((1, 2))))
            return Constraint(name, operator, values, None, inverted, blind)
    known = _USERS if name in {"userId", "sessionId"} else (*_WORDS, *_NUMBERS)
    return Constraint(name, operator, tuple(random.sample(known, random.choice((1, 3, 8)))), None, inverted)


def _mostly(random: Random, usual: str, other: str) -> str:
    return usual if random.random() < 0.8 else other


def _variants(random: Random, parameters: Mapping[str, str]) -> tuple[Variant, ...]:
    # Of what is left to chance there is no right answer.
    stickiness = {"random": "default"}.get(parameters["stickiness"], parameters["stickiness"])
    payload = random.choice((None, Payload("string", "x"), Payload("json", '{"a": 1}'), Payload("number", "3")))
    fixed = (Variant("c", random.choice((0, 100, 333)), "fix", stickiness),) if random.random() < 0.3 else ()
    return (Variant("a", 0, "variable", stickiness, payload), Variant("b", 0, "variable", stickiness), *fixed)


def _context(random: Random) -> Context:
    """One of userId and sessionId is always there: what sticks to neither of them is left to chance by design."""
    found = {"appName": "shop"}
    which = random.choice(("userId", "sessionId", "both", "both"))
    if which != "sessionId":
        found["userId"] = random.choice(_USERS)
    if which != "userId":
        found["sessionId"] = random.choice(_USERS)
    if random.random() < 0.7:
        found["remoteAddress"] = random.choice(_IPS)
    if random.random() < 0.5:
        found["currentTime"] = random.choice(_DATES)
    for name in _PROPERTIES:
        if random.random() < 0.7:
            usual = _USUAL.get(name, _STICKY)
            odd = _STICKY if name in {"country", "email"} else _WORDS
            found[name] = random.choice(usual if random.random() < 0.85 else odd)
    return found
