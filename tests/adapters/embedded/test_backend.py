from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

from featureops.adapters.embedded import EmbeddedBackend
from featureops.core.errors import BadArgument, BadConfiguration, Conflict, UnknownFlag, Unwritable
from featureops.core.flagjson import strategy_json
from featureops.core.model import Constraint, EnvironmentState, Flag, Strategy, Variant
from featureops.ports import FlagBackend

NOW = 1_800_000_000.0
Scenario = Callable[[EmbeddedBackend], Coroutine[None, None, None]]


def run(path: Path, scenario: Scenario) -> None:
    async def whole() -> None:
        backend = EmbeddedBackend(path, lambda: NOW)
        try:
            await scenario(backend)
        finally:
            await backend.close()

    asyncio.run(whole())


async def created(backend: FlagBackend, name: str = "new-checkout") -> Flag:
    return await backend.create(name, "default", "release", "A new checkout", False, "me")


def state(flag: Flag, environment: str = "development") -> EnvironmentState:
    return next(each for each in flag.environments if each.name == environment)


def rollout(percentage: int, **more: str) -> Strategy:
    return Strategy("flexibleRollout", {"rollout": str(percentage), **more})


def test_a_new_flag_is_off_everywhere_and_survives_a_reopening(tmp_path: Path) -> None:
    async def make(backend: EmbeddedBackend) -> None:
        flag = await created(backend)
        assert (flag.version, flag.created_at, flag.archived) == (1, NOW, False)
        assert [(each.name, each.type, each.enabled) for each in flag.environments] == [
            ("development", "development", False),
            ("production", "production", False),
        ]

    async def look(backend: EmbeddedBackend) -> None:
        flag = await backend.flag("new-checkout", "default")
        assert (flag.description, flag.type, flag.project) == ("A new checkout", "release", "default")

    run(tmp_path / "deep" / "flags.db", make)
    run(tmp_path / "deep" / "flags.db", look)


def test_text_that_is_no_text_is_stored_as_far_as_it_goes(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        flag = await backend.create("a", "default", "release", "x\ud800y\0z", False, "me\udfff")
        assert flag.description == "x?y\0z"
        assert (await backend.events())[0].created_by == "me?"

    run(tmp_path / "flags.db", scenario)


def test_nothing_is_written_before_the_first_call(tmp_path: Path) -> None:
    EmbeddedBackend(tmp_path / "flags.db", lambda: NOW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "a b", "a/b", ".", "..", "ä", "x" * 101, "a\n"])
def test_a_name_that_is_not_url_friendly_is_refused(tmp_path: Path, name: str) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        with pytest.raises(BadArgument, match="can't be the name"):
            await created(backend, name)
        assert await backend.flags() == ()

    run(tmp_path / "flags.db", scenario)


def test_a_name_stays_taken_after_archiving(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        await created(backend)
        with pytest.raises(Conflict, match="already"):
            await created(backend)
        await backend.archive("new-checkout", "default", "me")
        with pytest.raises(Conflict, match="archived"):
            await created(backend)
        assert [flag.name for flag in await backend.flags(archived=True)] == ["new-checkout"]
        assert list(await backend.flags()) == []

    run(tmp_path / "flags.db", scenario)


def test_errors_name_the_nearest_flag_environment_and_strategy(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        await created(backend)
        flag = await backend.put_strategy("new-checkout", "default", "production", rollout(5), "me")
        known = state(flag, "production").strategies[0].id
        with pytest.raises(UnknownFlag) as unknown:
            await backend.flag("new-chekout")
        assert 'Did you mean "new-checkout"?' in unknown.value.hint
        with pytest.raises(BadArgument) as environment:
            await backend.set_enabled("new-checkout", "default", "prodution", enabled=True, by="me")
        assert 'Did you mean "production"?' in environment.value.hint
        with pytest.raises(BadArgument) as strategy:
            await backend.remove_strategy("new-checkout", "default", "production", known[:-1], "me")
        assert known in strategy.value.hint
        with pytest.raises(BadArgument, match='no project "web"'):
            await backend.flags("web")

    run(tmp_path / "flags.db", scenario)


def test_enabling_adds_a_strategy_for_everyone_and_removing_the_last_turns_off(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        await created(backend)
        on = await backend.set_enabled("new-checkout", "default", "development", enabled=True, by="me")
        (strategy,) = state(on).strategies
        assert strategy.name == "flexibleRollout"
        assert strategy.parameters == {"rollout": "100", "stickiness": "default", "groupId": "new-checkout"}
        assert not state(on, "production").enabled
        again = await backend.set_enabled("new-checkout", "default", "development", enabled=True, by="me")
        assert again.version == on.version == 2
        off = await backend.remove_strategy("new-checkout", "default", "development", strategy.id, "me")
        assert (state(off).enabled, state(off).strategies, off.version) == (False, (), 3)

    run(tmp_path / "flags.db", scenario)


def test_a_strategy_with_an_id_is_replaced_in_place(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        await created(backend)
        await backend.put_strategy("new-checkout", "default", "development", rollout(5), "me")
        flag = await backend.put_strategy("new-checkout", "default", "development", rollout(10), "me")
        first, second = state(flag).strategies
        wider = Strategy("flexibleRollout", {"rollout": "50"}, id=first.id, title="half")
        flag = await backend.put_strategy("new-checkout", "default", "development", wider, "me")
        assert [each.id for each in state(flag).strategies] == [first.id, second.id]
        assert [each.parameters["rollout"] for each in state(flag).strategies] == ["50", "10"]
        assert state(flag).strategies[0].title == "half"

    run(tmp_path / "flags.db", scenario)


def test_a_strategy_keeps_every_field(tmp_path: Path) -> None:
    strategy = Strategy(
        "flexibleRollout",
        {"rollout": "30", "stickiness": "userId", "groupId": "g"},
        title="beta",
        disabled=True,
        sort_order=4,
        constraints=(
            Constraint("country", "IN", ("NO", "SE"), inverted=True),
            Constraint("appVersion", "SEMVER_GTE", value="1.42.0", case_insensitive=True),
        ),
        variants=(Variant("a", 500), Variant("b", 500)),
    )

    async def scenario(backend: EmbeddedBackend) -> None:
        await created(backend)
        await backend.put_strategy("new-checkout", "default", "development", strategy, "me")
        (stored,) = state(await backend.flag("new-checkout")).strategies
        assert stored.id
        assert strategy_json(stored) == strategy_json(strategy) | {"id": stored.id}

    run(tmp_path / "flags.db", scenario)


def test_archived_flags_refuse_writes_and_come_back_off(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        await created(backend)
        await backend.set_enabled("new-checkout", "default", "production", enabled=True, by="me")
        await backend.archive("new-checkout", "default", "me")
        with pytest.raises(BadArgument, match="archived"):
            await backend.set_enabled("new-checkout", "default", "production", enabled=False, by="me")
        assert await backend.evaluate([(await backend.flag("new-checkout"), "production")], [{"userId": "1"}]) == [
            [False]
        ]
        flag = await backend.revive("new-checkout", "default", "me")
        assert not flag.archived
        assert not state(flag, "production").enabled
        assert len(state(flag, "production").strategies) == 1

    run(tmp_path / "flags.db", scenario)


def test_every_write_leaves_an_event_with_before_and_after(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        await created(backend)
        await backend.set_enabled("new-checkout", "default", "development", enabled=True, by="ann")
        await backend.archive("new-checkout", "default", "me")
        await created(backend, "other")
        archived, enabled, made = await backend.events("new-checkout")
        assert (made.type, made.before) == ("feature-created", None)
        assert (enabled.type, enabled.environment, enabled.created_by) == (
            "feature-environment-enabled",
            "development",
            "ann",
        )
        assert isinstance(enabled.before, dict)
        assert isinstance(enabled.after, dict)
        assert (enabled.before["enabled"], enabled.after["enabled"]) == (False, True)
        assert (archived.type, archived.environment) == ("feature-archived", None)
        assert [event.flag for event in await backend.events(limit=1)] == ["other"]

    run(tmp_path / "flags.db", scenario)


def test_evaluation_agrees_with_the_share_and_sticks_to_users(tmp_path: Path) -> None:
    users = [{"userId": str(number)} for number in range(2000)]

    async def scenario(backend: EmbeddedBackend) -> None:
        await created(backend)
        assert not any((await backend.evaluate([(await backend.flag("new-checkout"), "development")], users))[0])
        await backend.put_strategy("new-checkout", "default", "development", rollout(25, stickiness="userId"), "me")
        assert not any((await backend.evaluate([(await backend.flag("new-checkout"), "development")], users))[0])
        await backend.set_enabled("new-checkout", "default", "development", enabled=True, by="me")
        first = await backend.evaluate([(await backend.flag("new-checkout"), "development")], users)
        assert 400 < sum(first[0]) < 600
        assert await backend.evaluate([(await backend.flag("new-checkout"), "development")], users) == first
        assert not any((await backend.evaluate([(await backend.flag("new-checkout"), "production")], users))[0])

    run(tmp_path / "flags.db", scenario)


def test_a_disabled_strategy_lets_nobody_in(tmp_path: Path) -> None:
    everyone = Strategy("flexibleRollout", {"rollout": "100"}, disabled=True)

    async def scenario(backend: EmbeddedBackend) -> None:
        await created(backend)
        await backend.put_strategy("new-checkout", "default", "development", rollout(0), "me")
        await backend.put_strategy("new-checkout", "default", "development", everyone, "me")
        await backend.set_enabled("new-checkout", "default", "development", enabled=True, by="me")
        assert await backend.evaluate([(await backend.flag("new-checkout"), "development")], [{"userId": "1"}]) == [
            [False]
        ]

    run(tmp_path / "flags.db", scenario)


def test_evaluation_knows_properties_and_hosts(tmp_path: Path) -> None:
    norway = Strategy("default", constraints=(Constraint("country", "IN", ("NO",)),))
    hosts = Strategy("applicationHostname", {"hostNames": "web1, web2"})

    async def scenario(backend: EmbeddedBackend) -> None:
        for name, strategy in (("by-country", norway), ("by-host", hosts)):
            await created(backend, name)
            await backend.put_strategy(name, "default", "development", strategy, "me")
            await backend.set_enabled(name, "default", "development", enabled=True, by="me")
        countries = [{"country": "NO"}, {"country": "SE"}, {}]
        assert await backend.evaluate([(await backend.flag("by-country"), "development")], countries) == [
            [True, False, False]
        ]
        machines = [{"hostname": "web1"}, {"hostname": "web3"}]
        assert await backend.evaluate([(await backend.flag("by-host"), "development")], machines) == [[True, False]]
        with pytest.raises(BadArgument):
            await backend.evaluate([(await backend.flag("by-host"), "staging")], [])

    run(tmp_path / "flags.db", scenario)


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be looked at" * 40, b"SQLite format 3\0" + b"x" * 4096]
)
def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "flags.db"
    path.write_bytes(content)

    async def scenario(backend: EmbeddedBackend) -> None:
        with pytest.raises(BadConfiguration) as told:
            await backend.flags()
        assert str(path) in told.value.message
        assert "another file" in told.value.hint

    run(path, scenario)
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE users (id INTEGER)")
    connection.close()
    content = path.read_bytes()

    async def scenario(backend: EmbeddedBackend) -> None:
        with pytest.raises(BadConfiguration, match="another program"):
            await created(backend)

    run(path, scenario)
    assert path.read_bytes() == content


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flags.db"

    async def nothing(backend: EmbeddedBackend) -> None:
        await backend.flags()

    run(path, nothing)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    async def scenario(backend: EmbeddedBackend) -> None:
        with pytest.raises(BadConfiguration, match="newer featureops"):
            await backend.flags()

    run(path, scenario)


def test_a_folder_that_cannot_be_made_is_unwritable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    async def scenario(backend: EmbeddedBackend) -> None:
        with pytest.raises(Unwritable, match="Nothing was changed"):
            await created(backend)

    run(tmp_path / "file" / "flags.db", scenario)


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        flag = await created(backend)
        connection = backend._database._connection
        assert connection is not None
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(Unwritable, match="full"):
            await backend.create("big", "default", "release", "x" * 1_000_000, False, "me")
        assert await backend.flags() == (flag,)
        assert len(await backend.events()) == 1

    run(tmp_path / "flags.db", scenario)


def test_it_implements_the_port(tmp_path: Path) -> None:
    backend: FlagBackend = EmbeddedBackend(tmp_path / "flags.db", lambda: NOW)
    assert backend.kind == "embedded"
    assert backend.link("default", "a")["ui"].startswith("file://")
    assert json.dumps(list(asyncio.run(backend.environments()))) == '["development", "production"]'
    asyncio.run(backend.close())
