"""What the server says of itself, of a project and of context: read once, kept for a while, told before a write."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, TypeVar
from urllib.parse import urlsplit

import pytest

from featureops.adapters.settings import Secret
from featureops.adapters.unleash import AdminApi, UnleashBackend
from featureops.core.errors import BadArgument, Denied, UserFixable
from featureops.core.flagsearch import FlagQuery
from featureops.core.flagstate import with_enabled, with_strategy
from featureops.core.model import Constraint, Flag, Json, Strategy, Tag
from tests.adapters.unleash.test_faults import NAME, TOKEN, Fake, serving

T = TypeVar("T")
ADMIN: Final = "/api/admin"


class Answering(Fake):
    """Answers paths of the admin API with their JSON, all others with the flag."""

    def __init__(self, **answers: Json) -> None:
        super().__init__()
        self.answers = {f"{ADMIN}/{path.replace('__', '/')}": body for path, body in answers.items()}

    def answer(self, path: str) -> bytes:
        found = self.answers.get(urlsplit(path).path.replace("-", "_"))
        return self.flag() if found is None else json.dumps(found).encode()

    def asked(self, word: str) -> int:
        return sum(word in each for each in self.seen)


def with_backend(fake: Fake, work: Callable[[UnleashBackend], Awaitable[T]]) -> T:
    async def run(url: str) -> T:
        backend = UnleashBackend(AdminApi(url, Secret(TOKEN)), "default")
        try:
            return await work(backend)
        finally:
            await backend.close()

    with serving(fake) as url:
        return asyncio.run(run(url))


def planned(strategy: Strategy) -> Callable[[UnleashBackend], Awaitable[None]]:
    async def work(backend: UnleashBackend) -> None:
        flag = await backend.flag(NAME)
        await backend.check(flag, with_strategy(flag, "production", strategy))

    return work


def test_maintenance_is_told_before_anything_is_sent() -> None:
    fake = Answering(ui_config={"maintenanceMode": True})
    with pytest.raises(Denied, match="maintenance") as raised:
        with_backend(fake, planned(Strategy("flexibleRollout")))
    assert raised.value.hint
    assert all(each.startswith("GET") for each in fake.seen)


def test_a_server_that_does_not_tell_what_it_is_judges_for_itself() -> None:
    for status in (403, 404):
        fake = Answering()
        fake.plans = ["", (status, b'{"message": "No."}', {})]
        with_backend(fake, planned(Strategy("flexibleRollout")))


@pytest.mark.parametrize(
    ("limits", "strategy", "said"),
    [
        ({"featureEnvironmentStrategies": 1}, Strategy("flexibleRollout"), None),
        ({"constraints": 1}, Strategy("default", constraints=(Constraint("a", "IN", ("1",)),) * 2), "2 constraints"),
        ({"constraintValues": 1}, Strategy("default", constraints=(Constraint("a", "IN", ("1", "2")),)), "2 values"),
        ({"strategySegments": 1}, Strategy("default", segments=(1, 2)), "2 segments"),
        ({}, Strategy("default", segments=tuple(range(6))), "room for 5"),
    ],
)
def test_what_the_server_has_no_room_for_is_told(limits: dict[str, Json], strategy: Strategy, said: str | None) -> None:
    fake = Answering(ui_config={"resourceLimits": limits})
    if said is None:
        with_backend(fake, planned(strategy))
        return
    with pytest.raises(BadArgument, match=said):
        with_backend(fake, planned(strategy))


def test_the_server_is_asked_once_what_it_is_and_again_for_what_a_write_may_change() -> None:
    fake = Answering(ui_config={}, segments={"segments": []}, context=[])

    async def work(backend: UnleashBackend) -> None:
        flag = await backend.flag(NAME)
        for _ in range(3):
            await backend.check(flag, flag)
            await backend.segments()
        await backend.set_enabled(NAME, "default", "production", True, "me")
        for _ in range(3):
            await backend.check(flag, flag)
            await backend.segments()

    with_backend(fake, work)
    assert (fake.asked("ui-config"), fake.asked("segments")) == (1, 2)


def test_an_evaluation_of_many_reads_the_segments_once() -> None:
    constraint: Json = {"contextName": "country", "operator": "IN", "values": ["no"]}
    fake = Answering(segments={"segments": [{"id": 1, "name": "norway", "constraints": [constraint]}]})

    async def work(backend: UnleashBackend) -> list[list[bool]]:
        flag = await backend.flag(NAME)
        some = with_strategy(flag, "production", Strategy("default", segments=(1,)))
        on = with_enabled(some, "production", enabled=True)
        asked = [(each, "production") for each in (flag, some, on, on)]
        found = await backend.evaluate(asked, [{"country": "no"}, {"country": "se"}])
        return [list(each) for each in found]

    assert with_backend(fake, work) == [[False, False], [False, False], [True, False], [True, False]]
    assert fake.asked("segments") == 1


def test_the_naming_pattern_of_a_project_is_read() -> None:
    fake = Answering(projects__default__overview={"featureNaming": {"pattern": "[a-z]+", "example": "abc"}})

    async def work(backend: UnleashBackend) -> tuple[str, str]:
        naming = await backend.naming("default")
        assert naming is not None
        return naming.pattern, naming.example

    assert with_backend(fake, work) == ("[a-z]+", "abc")


def test_a_project_without_a_pattern_has_none() -> None:
    fake = Answering(projects__default__overview={"featureNaming": {"pattern": None}})
    assert with_backend(fake, lambda backend: backend.naming("default")) is None


def test_the_legal_values_of_a_context_field_are_read() -> None:
    fake = Answering(context=[{"name": "country", "legalValues": [{"value": "no"}, {"value": "se"}]}, {"name": "age"}])

    async def work(backend: UnleashBackend) -> list[tuple[str, tuple[str, ...]]]:
        return [(field.name, field.legal_values) for field in await backend.context_fields()]

    assert with_backend(fake, work) == [("age", ()), ("country", ("no", "se"))]


ROWS: Final[Json] = {
    "features": [
        {"name": "one", "type": "release", "description": "A word", "tags": [{"type": "simple", "value": "aa"}]},
        {"name": "two", "type": "experiment", "stale": True},
    ]
}


def searched(query: FlagQuery) -> list[str]:
    fake = Answering(projects__default__features=ROWS)
    fake.plans = [(429, b"Too many requests", {"Retry-After": "50"})]

    async def work(backend: UnleashBackend) -> list[str]:
        return [flag.name for flag in (await backend.search(query)).flags]

    return with_backend(fake, work)


def test_where_searches_are_limited_the_list_is_read_in_place_of_them() -> None:
    everything = FlagQuery("default")
    assert searched(everything) == ["one", "two"]
    assert searched(replace(everything, words="WORD")) == ["one"]
    assert searched(replace(everything, types=("experiment",), stale=True)) == ["two"]
    assert searched(replace(everything, tags=(Tag("simple", "aa"),))) == ["one"]


def test_what_the_list_does_not_tell_is_not_made_up() -> None:
    with pytest.raises(UserFixable, match="429"):
        searched(FlagQuery("default", archived=True))
    with pytest.raises(UserFixable, match="429"):
        searched(FlagQuery("default", stage="live"))


def test_a_write_in_parts_that_fails_on_the_way_says_what_was_written() -> None:
    fake = Answering()
    fake.plans = ["", "", "", "", (400, b'{"message": "no such tag type"}', {})]

    async def work(backend: UnleashBackend) -> Flag:
        flag = await backend.flag(NAME)
        return await backend.update(flag, replace(flag, description="New", tags=(Tag("nope", "two"),)), "me")

    with pytest.raises(BadArgument, match=r"no such tag type\. Written before that: the description") as raised:
        with_backend(fake, work)
    assert [each.split()[0] for each in fake.seen] == ["GET", "GET", "PUT", "GET", "PUT"]
    assert raised.value.hint


def test_a_part_that_is_lost_on_the_way_is_told_with_what_it_left() -> None:
    fake = Answering()
    fake.plans = ["", "", "", "", "die"]

    async def work(backend: UnleashBackend) -> Flag:
        flag = await backend.flag(NAME)
        return await backend.update(flag, replace(flag, description="New", tags=(Tag("simple", "two"),)), "me")

    with pytest.raises(UserFixable, match=r"not applied\. Written before that: the description"):
        with_backend(fake, work)
    assert [each.split()[0] for each in fake.seen] == ["GET", "GET", "PUT", "GET", "PUT", "GET"]


def test_a_type_of_tag_that_there_is_not_is_told_with_the_nearest() -> None:
    fake = Answering(ui_config={}, tag_types={"tagTypes": [{"name": "simple"}, {"name": "team"}]})

    async def work(backend: UnleashBackend) -> None:
        flag = await backend.flag(NAME)
        await backend.check(flag, replace(flag, tags=(Tag("team", "payments"),)))
        await backend.check(flag, replace(flag, tags=(Tag("simple", "one"), Tag("taem", "payments"))))

    with pytest.raises(BadArgument, match="taem") as raised:
        with_backend(fake, work)
    assert '"team"' in raised.value.hint
