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
from featureops.core.errors import BadArgument, Conflict, MovedOn, UnknownFlag, UserFixable
from featureops.core.flagjson import constraint_json, flag_json
from featureops.core.flagrules import OPERATORS
from featureops.core.flagsearch import FlagQuery
from featureops.core.flagstate import environment_of
from featureops.core.model import (
    Constraint,
    Dependency,
    Flag,
    FlagType,
    Json,
    Link,
    Payload,
    Segment,
    Strategy,
    Tag,
    Variant,
)
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
    return list((await backend.evaluate([(await backend.flag(name), "production")], contexts))[0])


async def updated(backend: FlagBackend, name: str, **fields: object) -> Flag:
    flag = await backend.flag(name, "default")
    return await backend.update(flag, replace(flag, **fields), "me")  # type: ignore[arg-type]


async def change_each_field_of_the_flag(backend: FlagBackend, name: str) -> list[object]:
    await made(backend, name)
    found: list[object] = []
    for fields in ({"description": "Other words"}, {"type": "experiment"}, {"stale": True}, {"impression_data": True}):
        flag = await updated(backend, name, **fields)
        found.append((flag.description, flag.type, flag.stale, flag.impression_data))
    return found


async def a_changed_field_leaves_all_else(backend: FlagBackend, name: str) -> None:
    await turn_on_what_has_a_strategy(backend, name)
    await updated(backend, name, stale=True, tags=(Tag("simple", "checkout"),))
    await updated(backend, name, description="")


async def tags_added_and_removed(backend: FlagBackend, name: str) -> list[object]:
    await made(backend, name)
    one, two, odd = Tag("simple", "one"), Tag("simple", "two"), Tag("simple", "with space, : and \u00fc")
    found = [(await updated(backend, name, tags=tags)).tags for tags in ((two, one), (one,), (one, odd), ())]
    await updated(backend, name, tags=(two,))
    return [*found]


async def links_added_and_removed(backend: FlagBackend, name: str) -> list[object]:
    await made(backend, name)
    issue, pull = Link("https://example.com/issues/1", "The issue"), Link("https://example.com/pull/2")
    both = (await updated(backend, name, links=(issue, pull))).links
    await updated(backend, name, links=(replace(both[0], title="Issue 1"), both[1]))
    last = (await updated(backend, name, links=both[1:])).links
    return [[(link.url, link.title) for link in links] for links in (both, last)]


async def depend_on_a_parent(backend: FlagBackend, name: str) -> list[object]:
    for each in (name, f"{name}-p", f"{name}-q"):
        await made(backend, each)
    parents = (Dependency(f"{name}-p", variants=("a", "b")), Dependency(f"{name}-q"), Dependency(f"{name}-q", False))
    found = [(await updated(backend, name, dependencies=(each,))).dependencies == (each,) for each in parents]
    found += [(await backend.flag(f"{name}-{each}", "default")).children == (name,) for each in "pq"]
    await updated(backend, name, dependencies=())
    await updated(backend, name, dependencies=(Dependency(f"{name}-p"),))
    return [*found]


async def an_archived_child_depends_on_nothing(backend: FlagBackend, name: str) -> list[str]:
    await made(backend, name)
    await made(backend, f"{name}-p")
    await updated(backend, name, dependencies=(Dependency(f"{name}-p"),))
    await backend.archive(name, "default", "me")
    await backend.revive(name, "default", "me")
    return list((await backend.flag(f"{name}-p", "default")).children)


async def evaluated_with_its_parent(backend: FlagBackend, name: str) -> list[object]:
    for each in (name, f"{name}-p"):
        await made(backend, each)
        await backend.set_enabled(each, "default", "production", True, "me")
    some = Constraint("country", "IN", ("no",))
    strategy = environment_of(await backend.flag(f"{name}-p"), "production").strategies[0]
    await backend.put_strategy(f"{name}-p", "default", "production", replace(strategy, constraints=(some,)), "me")
    await updated(backend, name, dependencies=(Dependency(f"{name}-p"),))
    contexts = [{"userId": "1", "country": each} for each in ("no", "se")]
    return [await backend.evaluate([(await backend.flag(name), "production")], contexts)]


async def with_segment(backend: FlagBackend, name: str) -> Segment:
    """A segment of the name, with one constraint."""
    only = Constraint("country", "IN", ("no",))
    if isinstance(backend, EmbeddedBackend):
        return await backend.put_segment(Segment(0, name, "", (only,)), "me")
    assert isinstance(backend, UnleashBackend)
    body: Json = {"name": name, "description": "", "constraints": [constraint_json(only)]}
    await backend._api.send("POST", "segments", body=body)
    return next(each for each in await backend.segments() if each.name == name)


async def a_strategy_with_a_segment(backend: FlagBackend, name: str) -> list[object]:
    await made(backend, name)
    segment = await with_segment(backend, name)
    # The numbers of segments are the backend's own: here only what they do is compared.
    await backend.put_strategy(name, "default", "production", replace(rollout(100), segments=(segment.id,)), "me")
    await backend.set_enabled(name, "default", "production", True, "me")
    contexts = [{"userId": "1", "country": each} for each in ("no", "se")]
    found = await backend.flag(name)
    answers = await backend.evaluate([(found, "production")], contexts)
    kept = environment_of(found, "production").strategies[0]
    await backend.put_strategy(name, "default", "production", replace(kept, segments=()), "me")
    return [answers, segment.constraints, kept.segments == (segment.id,)]


async def known_context_fields(backend: FlagBackend, name: str) -> list[str]:
    await made(backend, name)
    return [field.name for field in await backend.context_fields()]


async def searched(backend: FlagBackend, name: str) -> dict[str, object]:
    kinds: tuple[FlagType, ...] = ("release", "experiment", "kill-switch", "release")
    for at, kind in enumerate(kinds):
        await backend.create(f"{name}-{at}", "default", kind, f"The {at}th Word", False, "me")
    await made(backend, name)
    one, two = Tag("simple", "one"), Tag("simple", "two")
    await updated(backend, f"{name}-0", stale=True, tags=(one, two))
    await updated(backend, f"{name}-1", tags=(one,))
    await backend.set_enabled(f"{name}-1", "default", "production", True, "me")
    await with_segment(backend, name)
    segment = next(each for each in await backend.segments() if each.name == name)
    await backend.put_strategy(f"{name}-2", "default", "development", replace(rollout(5), segments=(segment.id,)), "me")
    await backend.archive(f"{name}-3", "default", "me")
    mine = FlagQuery("default", words=name)
    asked = {
        "all": mine,
        "words": replace(mine, words=f"{name}-1,{name}-2"),
        "case": replace(mine, words=f"{name}-1".upper()),
        "type": replace(mine, types=("experiment", "kill-switch")),
        "stale": replace(mine, stale=True),
        "fresh": replace(mine, stale=False),
        "on": replace(mine, state="production:enabled"),
        "off": replace(mine, state="development:disabled"),
        "tag": replace(mine, tags=(one,)),
        "tags": replace(mine, tags=(one, two)),
        "segment": replace(mine, segment=name),
        "segment id": replace(mine, segment=str(segment.id)),
        "stage": replace(mine, stage="initial"),
        "archived": replace(mine, archived=True),
        "archived stage": replace(mine, stage="archived"),
        "down": replace(mine, order="desc"),
        "page": replace(mine, limit=2, offset=1),
    }
    found: dict[str, object] = {}
    for what, query in asked.items():
        page = await backend.search(query)
        while query.stage == "initial" and page.total < 4:  # the server finds out a moment later
            await asyncio.sleep(0.2)
            page = await backend.search(query)
        rows = [(flag.name.removeprefix(name), flag.tags, flag.stale, flag.archived) for flag in page.flags]
        found[what] = (rows, page.total)
    return found


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
    change_each_field_of_the_flag,
    a_changed_field_leaves_all_else,
    tags_added_and_removed,
    links_added_and_removed,
    depend_on_a_parent,
    an_archived_child_depends_on_nothing,
    evaluated_with_its_parent,
    a_strategy_with_a_segment,
    known_context_fields,
    searched,
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


async def moved_on(backend: FlagBackend, name: str) -> None:
    seen = await made(backend, name)
    await backend.set_enabled(name, "default", "development", True, "me")
    await backend.update(seen, replace(seen, description="Other words"), "me")


async def unknown_parent(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await updated(backend, name, dependencies=(Dependency(f"{name}-nowhere"),))


async def depends_on_itself(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await updated(backend, name, dependencies=(Dependency(name),))


async def two_levels(backend: FlagBackend, name: str) -> None:
    for each in (name, f"{name}-p", f"{name}-q"):
        await made(backend, each)
    await updated(backend, name, dependencies=(Dependency(f"{name}-p"),))
    await updated(backend, f"{name}-p", dependencies=(Dependency(f"{name}-q"),))


async def an_archived_parent(backend: FlagBackend, name: str) -> None:
    for each in (name, f"{name}-p"):
        await made(backend, each)
    await updated(backend, name, dependencies=(Dependency(f"{name}-p"),))
    await backend.archive(f"{name}-p", "default", "me")


async def two_parents(backend: FlagBackend, name: str) -> None:
    for each in (name, f"{name}-p", f"{name}-q"):
        await made(backend, each)
    await updated(backend, name, dependencies=(Dependency(f"{name}-p"), Dependency(f"{name}-q")))


async def unknown_segment(backend: FlagBackend, name: str) -> None:
    await made(backend, name)
    await backend.put_strategy(name, "default", "production", replace(rollout(5), segments=(987654,)), "me")


async def unknown_segment_searched(backend: FlagBackend, name: str) -> None:
    await backend.search(FlagQuery("default", segment=name))


async def unknown_project_searched(backend: FlagBackend, name: str) -> None:
    await backend.search(FlagQuery("nowhere", words=name))


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
    (moved_on, MovedOn),
    (unknown_parent, UserFixable),
    (depends_on_itself, UserFixable),
    (two_levels, UserFixable),
    (two_parents, BadArgument),
    (an_archived_parent, UserFixable),
    (unknown_segment, BadArgument),
    (unknown_segment_searched, BadArgument),
    (unknown_project_searched, BadArgument),
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
    links = tuple(replace(link, id=str(at)) for at, link in enumerate(flag.links))
    return said, dict(flag_json(replace(flag, environments=states, links=links, created_at=0.0, version=0)))


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
