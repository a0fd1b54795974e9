"""The same cases against a real Unleash and the embedded backend: afterwards a flag is the same, field by field."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, get_args
from uuid import uuid4

import pytest

from featureops.adapters.embedded import EmbeddedBackend
from featureops.adapters.settings import Secret
from featureops.adapters.unleash import AdminApi, UnleashBackend
from featureops.adapters.unleash.local import VERSION, Running
from featureops.core.errors import BadArgument, Conflict, UnknownFlag, UserFixable
from featureops.core.flagjson import flag_json
from featureops.core.flagrules import OPERATORS
from featureops.core.flagstate import environment_of
from featureops.core.model import Constraint, Flag, FlagType, Payload, Strategy, Variant
from featureops.ports import FlagBackend

NOW: Final = 1_800_000_000.0
Case = Callable[[FlagBackend, str], Awaitable[object]]


def rollout(percentage: int, **more: str) -> Strategy:
    return Strategy("flexibleRollout", {"rollout": str(percentage), **more})


async def made(backend: FlagBackend, name: str) -> Flag:
    return await backend.create(name, "default", "release", "A new checkout", False, "me")


async def first_id(backend: FlagBackend, name: str, environment: str) -> str:
    return environment_of(await backend.flag(name, "default"), environment).strategies[0].id


async def create(backend: FlagBackend, name: str) -> None:
    await backend.create(name, "default", "kill-switch", "Says what\nand until when", True, "me")


async def every_type(backend: FlagBackend, name: str) -> list[str]:
    kinds: tuple[FlagType, ...] = get_args(FlagType)
    found = [await backend.create(f"{name}-{kind}", "default", kind, "", False, "me") for kind in kinds]
    await made(backend, name)
    return [flag.type for flag in found]


async def turn_on_without_a_strategy(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await backend.set_enabled(name, "default", "development", True, "me")


async def turn_on_and_off(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await backend.set_enabled(name, "default", "production", True, "me")
    await backend.set_enabled(name, "default", "production", False, "me")


async def turn_on_what_has_a_strategy(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await backend.put_strategy(name, "default", "production", rollout(20), "me")
    await backend.set_enabled(name, "default", "production", True, "me")


async def turn_on_what_has_disabled_strategies(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await backend.put_strategy(name, "default", "production", replace(rollout(20), disabled=True), "me")
    await backend.set_enabled(name, "default", "production", True, "me")


async def change_a_strategy(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await backend.put_strategy(name, "default", "production", rollout(20, stickiness="userId"), "me")
    wider = replace(rollout(50), id=await first_id(backend, name, "production"), title="Half of them")
    await backend.put_strategy(name, "default", "production", wider, "me")


async def two_strategies(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await backend.put_strategy(name, "default", "production", rollout(20), "me")
    await backend.put_strategy(name, "default", "production", replace(rollout(30), title="Staff"), "me")


async def remove_the_last_strategy(backend: FlagBackend, name: str) -> None:
    await turn_on_what_has_a_strategy(backend, name)
    await backend.remove_strategy(name, "default", "production", await first_id(backend, name, "production"), "me")


async def disable_the_last_strategy(backend: FlagBackend, name: str) -> None:
    await turn_on_what_has_a_strategy(backend, name)
    off = replace(rollout(20), id=await first_id(backend, name, "production"), disabled=True)
    await backend.put_strategy(name, "default", "production", off, "me")


async def variants(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    fixed = Variant("b", 300, "fix", payload=Payload("json", '{"a": 1}'))
    found = replace(rollout(100), variants=(Variant("c", 0), Variant("a", 0), fixed))
    await backend.put_strategy(name, "default", "development", found, "me")


VALUES = {"NUM": "5", "DATE": "2026-01-31T12:00:00.000Z", "SEMVER": "1.42.0", "REGEX": "^a.*"}


def constraint(operator: str) -> Constraint:
    value = VALUES.get(operator.partition("_")[0])
    if value is not None:
        return Constraint("appVersion", operator, value=value)
    return Constraint("userId", operator, ("1", "2"), inverted=True, case_insensitive=operator.startswith("STR"))


async def all_operators(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    found = replace(rollout(100), constraints=tuple(map(constraint, OPERATORS)))
    await backend.put_strategy(name, "default", "development", found, "me")


async def archive(backend: FlagBackend, name: str) -> list[bool]:
    await turn_on_what_has_a_strategy(backend, name)
    await backend.archive(name, "default", "me")
    kept = await backend.flag(name, "default")
    listed = [flag.name for flag in await backend.flags("default")]
    away = [flag.name for flag in await backend.flags("default", archived=True)]
    await backend.revive(name, "default", "me")
    return [kept.archived, name in listed, name in away]


async def listed_with_strategies(backend: FlagBackend, name: str) -> list[str]:
    await two_strategies(backend, name)
    flag = next(flag for flag in await backend.flags("default") if flag.name == name)
    return [each.title for each in environment_of(flag, "production").strategies]


async def evaluated(backend: FlagBackend, name: str) -> list[bool]:
    await made(backend, name)
    some = replace(
        rollout(30, stickiness="userId", groupId="same"), constraints=(Constraint("country", "IN", ("no",)),)
    )
    await backend.put_strategy(name, "default", "production", some, "me")
    await backend.set_enabled(name, "default", "production", True, "me")
    contexts = [{"userId": str(user), "country": "no" if user % 2 else "se"} for user in range(200)]
    return list(await backend.evaluate(await backend.flag(name), "production", contexts))


CASES: list[Case] = [
    create,
    every_type,
    turn_on_without_a_strategy,
    turn_on_and_off,
    turn_on_what_has_a_strategy,
    turn_on_what_has_disabled_strategies,
    change_a_strategy,
    two_strategies,
    remove_the_last_strategy,
    disable_the_last_strategy,
    variants,
    all_operators,
    archive,
    listed_with_strategies,
    evaluated,
]

SINCE_8: list[Case] = [every_type, all_operators]
"""With a type of flag and operators that older servers do not know, and say so."""


async def refused_twice(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await made(backend, name)


async def refused_though_archived(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await backend.archive(name, "default", "me")
    await made(backend, name)


async def bad_name(backend: FlagBackend, name: str) -> None:
    await made(backend, f"{name} x")


async def unknown_flag(backend: FlagBackend, name: str) -> None:
    await backend.flag(name, "default")


async def unknown_flag_turned_on(backend: FlagBackend, name: str) -> None:
    await backend.set_enabled(name, "default", "production", True, "me")


async def unknown_project(backend: FlagBackend, name: str) -> None:
    await backend.flag(name, "nowhere")


async def unknown_environment(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await backend.set_enabled(name, "default", "prodution", True, "me")


async def unknown_strategy_removed(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await backend.remove_strategy(name, "default", "production", "01M8Q4PB5XEKFAF2XEKVG1K2T1", "me")


async def unknown_strategy_changed(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await backend.put_strategy(name, "default", "production", replace(rollout(5), id="01M8Q4PB5XEKFAF2XEKVG1"), "me")


async def number_that_is_none(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    wrong = replace(rollout(5), constraints=(Constraint("appVersion", "NUM_GTE", value="1.42.0"),))
    await backend.put_strategy(name, "default", "production", wrong, "me")


REFUSALS: list[tuple[Case, type[UserFixable]]] = [
    (refused_twice, Conflict),
    (refused_though_archived, Conflict),
    (bad_name, BadArgument),
    (unknown_flag, UnknownFlag),
    (unknown_flag_turned_on, UnknownFlag),
    (unknown_project, BadArgument),
    (unknown_environment, BadArgument),
    (unknown_strategy_removed, BadArgument),
    (unknown_strategy_changed, BadArgument),
    (number_that_is_none, BadArgument),
]


def real(running: Running) -> UnleashBackend:
    return UnleashBackend(AdminApi(running.url, Secret(running.token)), "default")


def tried(backend: FlagBackend, case: Case, name: str) -> tuple[object, dict[str, object]]:
    """What a case says, and the flag afterwards without what every backend gives in its own way."""

    async def run() -> tuple[object, Flag]:
        try:
            return await case(backend, name), await backend.flag(name, "default")
        finally:
            await backend.close()

    said, flag = asyncio.run(run())
    states = tuple(
        replace(state, strategies=tuple(replace(each, id=str(at)) for at, each in enumerate(state.strategies)))
        for state in flag.environments
    )
    return said, dict(flag_json(replace(flag, environments=states, created_at=0.0, version=0)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.__name__))
def test_a_flag_is_afterwards_what_unleash_makes_of_it(case: Case, unleash: Running, tmp_path: Path) -> None:
    name = f"{case.__name__}-{uuid4().hex[:8]}"
    ours = tried(EmbeddedBackend(tmp_path / "flags.db", lambda: NOW), case, name)
    if unleash.version != VERSION and case in SINCE_8:
        with pytest.raises(BadArgument, match="allowed values"):
            tried(real(unleash), case, name)
        return
    assert ours == tried(real(unleash), case, name)


@pytest.mark.parametrize(("case", "error"), REFUSALS, ids=lambda each: getattr(each, "__name__", ""))
def test_what_unleash_refuses_is_refused(
    case: Case, error: type[UserFixable], unleash: Running, tmp_path: Path
) -> None:
    name = f"{case.__name__}-{uuid4().hex[:8]}"
    for backend in (EmbeddedBackend(tmp_path / "flags.db", lambda: NOW), real(unleash)):
        with pytest.raises(error) as raised:
            tried(backend, case, name)
        assert raised.value.hint
        assert unleash.token not in f"{raised.value} {raised.value.hint}"
