from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from featureops.adapters.embedded import EmbeddedBackend, database
from featureops.adapters.embedded.clientapi import ClientApi, Request
from featureops.core.errors import BadArgument
from featureops.core.flagsearch import FlagQuery
from featureops.core.model import Constraint, ContextField, Dependency, Json, Link, Segment, Strategy, Tag
from tests.adapters.embedded.test_backend import NOW, created, run

NORWAY = (Constraint("country", "IN", ("no",)),)


def features(backend: EmbeddedBackend) -> list[dict[str, Json]]:
    reply = ClientApi(backend, lambda: NOW).answer(
        Request("GET", "/api/client/features", "", "default:production.secret", "", "127.0.0.1", b"")
    )
    return cast("list[dict[str, Json]]", json.loads(reply.body)["features"])


def test_a_file_of_the_first_version_is_brought_up_to_date_and_keeps_its_flags(tmp_path: Path) -> None:
    path = tmp_path / "flags.db"
    connection = sqlite3.connect(path)
    connection.executescript(database._MIGRATIONS[0])
    connection.execute("CREATE TABLE migrations (version INTEGER PRIMARY KEY, applied_at REAL) STRICT")
    connection.execute("INSERT INTO flags VALUES ('old-flag', 'default', 'release', 'Kept', 1.0, 1, 0, 1, 7)")
    connection.execute("INSERT INTO states VALUES ('old-flag', 'production', 1, NULL)")
    connection.execute(f"PRAGMA application_id = {database._APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()

    async def scenario(backend: EmbeddedBackend) -> None:
        old = await backend.flag("old-flag")
        assert (old.description, old.impression_data, old.stale, old.version) == ("Kept", True, True, 7)
        assert [state.enabled for state in old.environments] == [False, True]
        assert (old.tags, old.links, old.dependencies, old.children) == ((), (), (), ())
        tagged = await backend.update(old, replace(old, tags=(Tag("simple", "one"),)), "me")
        assert (tagged.tags, tagged.version) == ((Tag("simple", "one"),), 8)

    run(path, scenario)
    run(path, still_there)


async def still_there(backend: EmbeddedBackend) -> None:
    assert (await backend.flag("old-flag")).tags == (Tag("simple", "one"),)


def test_what_a_flag_says_survives_a_reopening_and_has_its_events(tmp_path: Path) -> None:
    async def make(backend: EmbeddedBackend) -> None:
        parent, flag = await created(backend, "new-basket"), await created(backend)
        links = (Link("https://example.com/b", "Second"), Link("https://example.com/a"))
        wanted = replace(flag, stale=True, tags=(Tag("b1", "x1"), Tag("a1", "x1")), links=links)
        await backend.update(flag, replace(wanted, dependencies=(Dependency(parent.name, False, ("v",)),)), "me")

    async def look(backend: EmbeddedBackend) -> None:
        flag = await backend.flag("new-checkout")
        assert [link.url for link in flag.links] == ["https://example.com/b", "https://example.com/a"]
        assert all(link.id for link in flag.links)
        assert flag.tags == (Tag("a1", "x1"), Tag("b1", "x1"))
        assert flag.dependencies == (Dependency("new-basket", False, ("v",)),)
        assert (await backend.flag("new-basket")).children == ("new-checkout",)
        kinds = [event.type for event in await backend.events("new-checkout")]
        assert sorted(kinds) == [
            "feature-created",
            "feature-dependencies-updated",
            "feature-links-updated",
            "feature-stale-on",
            "feature-tags-updated",
        ]

    path = tmp_path / "flags.db"
    run(path, make)
    run(path, look)


def test_an_update_that_changes_nothing_leaves_no_version_and_no_event(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        flag = await created(backend)
        assert await backend.update(flag, flag, "me") == flag
        assert len(await backend.events()) == 1

    run(tmp_path / "flags.db", scenario)


def test_applications_get_the_constraints_of_segments_and_the_dependencies(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        flag = await created(backend)
        await created(backend, "new-basket")
        segment = await backend.put_segment(Segment(0, "norway", "", NORWAY), "me")
        await backend.put_strategy(
            flag.name, "default", "production", Strategy("default", segments=(segment.id,)), "me"
        )
        flag = await backend.set_enabled(flag.name, "default", "production", True, "me")
        await backend.update(flag, replace(flag, dependencies=(Dependency("new-basket"),)), "me")
        asked = next(each for each in features(backend) if each["name"] == "new-checkout")
        (strategy,) = cast("list[dict[str, Json]]", asked["strategies"])
        (constraint,) = cast("list[dict[str, Json]]", strategy["constraints"])
        assert (constraint["contextName"], constraint["values"]) == ("country", ["no"])
        assert asked["dependencies"] == [{"feature": "new-basket", "enabled": True, "variants": []}]

    run(tmp_path / "flags.db", scenario)


def test_a_segment_that_changed_reaches_applications(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        await created(backend)
        first = await backend.put_segment(Segment(0, "norway", "", NORWAY), "me")
        seen = backend.store.revision()
        again = await backend.put_segment(Segment(0, "norway", "No", (Constraint("userId", "IN", ("1",)),)), "me")
        assert again.id == first.id
        assert backend.store.revision() > seen
        assert await backend.segments() == (again,)

    run(tmp_path / "flags.db", scenario)


def test_a_segment_with_a_constraint_that_can_not_be_is_refused(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        with pytest.raises(BadArgument, match="operator"):
            await backend.put_segment(Segment(0, "norway", "", (Constraint("country", "ON", ("no",)),)), "me")
        assert await backend.segments() == ()

    run(tmp_path / "flags.db", scenario)


def test_a_context_field_is_added_beside_those_of_unleash(tmp_path: Path) -> None:
    async def scenario(backend: EmbeddedBackend) -> None:
        await backend.put_context_field(ContextField("country", "Where", True, ("no", "se")), "me")
        fields = {field.name: field for field in await backend.context_fields()}
        assert sorted(fields) == ["appName", "country", "currentTime", "environment", "sessionId", "userId"]
        assert fields["country"].legal_values == ("no", "se")

    run(tmp_path / "flags.db", scenario)


def test_a_flag_is_found_by_the_stage_of_its_life(tmp_path: Path) -> None:
    from featureops.adapters.embedded.metrics import Report

    async def scenario(backend: EmbeddedBackend) -> None:
        for name in ("born", "tried", "served"):
            await created(backend, name)
        await backend.set_enabled("served", "default", "production", True, "me")
        for name in ("tried", "served"):
            backend.metrics.add("production", Report("shop", NOW, {name: 3}, {name: 0}, {}))
        found = {}
        for stage in ("initial", "pre-live", "live", "archived"):
            page = await backend.search(FlagQuery("default", stage=stage))
            found[stage] = [flag.name for flag in page.flags]
        assert found == {"initial": ["born"], "pre-live": ["tried"], "live": ["served"], "archived": []}

    run(tmp_path / "flags.db", scenario)
