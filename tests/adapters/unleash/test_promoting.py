"""Flags of the embedded backend in a real Unleash: exported and imported, and promoted by the command."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, cast
from uuid import uuid4

import pytest

from featureops.adapters.embedded import EmbeddedBackend
from featureops.adapters.settings import Secret
from featureops.adapters.unleash import AdminApi, UnleashBackend, UnleashShared
from featureops.adapters.unleash.local import Running
from featureops.app.deps import Deps
from featureops.app.exporting import export_flags
from featureops.app.promoting import promote
from featureops.core.config import Policy
from featureops.core.errors import BadArgument
from featureops.core.flagmeta import fingerprint
from featureops.core.flagstate import environment_of
from featureops.core.model import (
    Constraint,
    ContextField,
    Dependency,
    Flag,
    Json,
    Link,
    Payload,
    Segment,
    Strategy,
    Tag,
    Variant,
)
from tests.app.flag_deps import Bench
from tests.real_unleash import personal_token

MORE: Final = ("parent", "child", "off", "gone")


def half(**parameters: str) -> Strategy:
    return Strategy("flexibleRollout", {"rollout": "50", "stickiness": "userId"} | parameters)


async def filled(backend: EmbeddedBackend, name: str) -> None:
    """A parent with everything, a child, a flag that is off, and an archived one."""
    await backend.put_context_field(ContextField(f"{name}-field", "Of ours", True, ("a", "b")), "me")
    norway = Segment(0, f"{name}-segment", "Norway", (Constraint("country", "IN", ("no",)),))
    segment = await backend.put_segment(norway, "me")
    for each in MORE:
        await backend.create(f"{name}-{each}", "default", "experiment", f"The {each}", each == "parent", "me")
    parent = await backend.flag(f"{name}-parent")
    tags = (Tag("simple", "checkout"), Tag(f"t{name[-6:]}", "payments"))
    links = (Link("https://example.com/issues/1", "The issue"), Link("https://example.com"))
    await backend.update(parent, replace(parent, tags=tags, links=links, stale=True), "me")
    child = await backend.flag(f"{name}-child")
    await backend.update(child, replace(child, dependencies=(Dependency(parent.name, True, ("blue",)),)), "me")
    blue = Variant("blue", 0, payload=Payload("json", '{"a": 1}'))
    only = Constraint(f"{name}-field", "IN", ("a",), inverted=True)
    every = replace(half(groupId="one"), variants=(blue,), constraints=(only,), segments=(segment.id,), title="Half")
    for strategy in (every, replace(half(), disabled=True), Strategy("default")):
        await backend.put_strategy(parent.name, "default", "production", strategy, "me")
    await backend.put_strategy(parent.name, "default", "development", Strategy("default"), "me")
    await backend.put_strategy(f"{name}-off", "default", "development", half(), "me")
    for place in ("development", "production"):
        await backend.set_enabled(parent.name, "default", place, True, "me")
    await backend.set_enabled(child.name, "default", "development", True, "me")
    await backend.archive(f"{name}-gone", "default", "me")


def content(flag: Flag, segments: Mapping[int, str]) -> str:
    """Of a flag wherever it is: its segments by name, addresses without the slash that a server adds."""
    states = tuple(
        replace(
            state,
            strategies=tuple(
                replace(each, segments=(), title=f"{each.title} {[segments[number] for number in each.segments]}")
                for each in state.strategies
            ),
        )
        for state in flag.environments
        if state.enabled or state.strategies
    )
    links = tuple(replace(link, url=link.url.rstrip("/")) for link in flag.links)
    return fingerprint(replace(flag, environments=states, links=links), ids=False)


async def contents(backend: EmbeddedBackend | UnleashBackend, name: str) -> dict[str, str]:
    segments = {each.id: each.name for each in await backend.segments()}
    flags = [await backend.flag(f"{name}-{each}", "default") for each in MORE[:3]]
    return {flag.name: content(flag, segments) for flag in flags}


def unleash_of(running: Running) -> tuple[UnleashBackend, UnleashShared]:
    api = AdminApi(running.url, Secret(running.token))
    return UnleashBackend(api, "default"), UnleashShared(api)


def actions(answer: Mapping[str, Json]) -> dict[str, str]:
    rows = cast("list[dict[str, str]]", answer["flags"])
    return {row["flagName"].rpartition("-")[2]: row["action"] for row in rows}


def reasons(answer: Mapping[str, Json]) -> list[str]:
    return [row["reason"] for row in cast("list[dict[str, str]]", answer["flags"]) if "reason" in row]


class Places:
    """An embedded backend with flags of a name of their own, and the Unleash to bring them into."""

    def __init__(self, folder: Path, running: Running) -> None:
        self.name = f"pro-{uuid4().hex[:8]}"
        self.source = EmbeddedBackend(folder / "state" / "flags.db", lambda: 1_800_000_000.0)
        self.target, self.shared = unleash_of(running)
        self.deps: Deps = replace(Bench(folder).deps, backend=self.target)

    async def promote(self, *, apply: bool) -> dict[str, Json]:
        return await promote(self.deps, self.source, self.shared, "default", apply=apply)


async def promoted(places: Places) -> None:
    await filled(places.source, places.name)
    plan = await places.promote(apply=False)
    assert actions(plan) == {"parent": "create", "child": "create", "off": "create"}
    assert (plan["applied"], plan["verdict"]) == (False, "complete")
    assert plan["segments"] == [f"{places.name}-segment"]
    assert plan["contextFields"] == [f"{places.name}-field"]
    assert plan["tagTypes"] == [f"t{places.name[-6:]}"]
    assert f"{places.name}-parent" not in {flag.name for flag in await places.target.flags("default")}
    done = await places.promote(apply=True)
    assert (done["verdict"], reasons(done)) == ("complete", [])
    assert await contents(places.target, places.name) == await contents(places.source, places.name)
    again = await places.promote(apply=True)
    assert set(actions(again).values()) == {"same"}
    assert (again["verdict"], again["segments"], again["contextFields"], again["tagTypes"]) == ("nothing", [], [], [])
    versions = [(await places.target.flag(f"{places.name}-{each}")).version for each in MORE[:3]]
    await places.promote(apply=True)
    assert [(await places.target.flag(f"{places.name}-{each}")).version for each in MORE[:3]] == versions


async def finished(places: Places) -> None:
    """What an earlier promotion left half done."""
    await filled(places.source, places.name)
    parent = f"{places.name}-parent"
    await places.target.create(parent, "default", "experiment", "The parent", True, "me")
    await places.target.put_strategy(parent, "default", "development", Strategy("default"), "me")
    assert actions(await places.promote(apply=False))["parent"] == "complete"
    await places.promote(apply=True)
    assert await contents(places.target, places.name) == await contents(places.source, places.name)


async def in_conflict(places: Places) -> None:
    await filled(places.source, places.name)
    parent, off = f"{places.name}-parent", f"{places.name}-off"
    await places.target.create(parent, "default", "experiment", "Of somebody else", True, "me")
    await places.target.create(off, "default", "experiment", "The off", False, "me")
    await places.target.put_strategy(off, "default", "development", replace(half(), title="Other"), "me")
    seen = [(await places.target.flag(name)).version for name in (parent, off)]
    plan = await places.promote(apply=False)
    assert actions(plan) == {"parent": "conflict", "child": "create", "off": "conflict"}
    assert sorted(reasons(plan)) == ["development is set otherwise there", "it has another description there"]
    done = await places.promote(apply=True)
    assert done["verdict"] == "partial"
    assert [(await places.target.flag(name)).version for name in (parent, off)] == seen


async def in_conflict_by_what_is_shared(places: Places) -> None:
    await filled(places.source, places.name)
    await places.shared.add_segment(Segment(0, f"{places.name}-segment", "", (Constraint("country", "IN", ("se",)),)))
    await places.shared.add_context_field(ContextField(f"{places.name}-field", "", True, ("c",)))
    plan = await places.promote(apply=False)
    assert len(cast("list[str]", plan["conflicts"])) == 2
    assert actions(plan)["parent"] == "conflict"
    assert any(f"{places.name}-segment" in each for each in reasons(plan))


async def held_by_the_policy(places: Places) -> None:
    """The policy holds here as for every write: what it refuses is told, and the rest is done."""
    await filled(places.source, places.name)
    policy = Policy(environments=("development",), confirm=("development",), protected=(f"{places.name}-off",))
    places.deps = replace(places.deps, config=replace(places.deps.config, policy=policy))
    done = await places.promote(apply=True)
    assert actions(done) == {"parent": "refused", "child": "create", "off": "refused"}
    assert any("production" in each for each in reasons(done))
    parent = await places.target.flag(f"{places.name}-parent")
    assert environment_of(parent, "development").enabled
    assert not environment_of(parent, "production").strategies


@pytest.mark.parametrize(
    "case",
    [promoted, finished, in_conflict, in_conflict_by_what_is_shared, held_by_the_policy],
    ids=lambda c: c.__name__,
)
def test_promoting(case: object, unleash: Running, tmp_path: Path) -> None:
    async def run() -> None:
        places = Places(tmp_path, unleash)
        try:
            await case(places)  # type: ignore[operator] # one of the cases above
        finally:
            await places.target.close()
            await places.source.close()

    asyncio.run(run())


def test_an_export_is_what_unleash_imports(unleash: Running, tmp_path: Path) -> None:
    async def run() -> None:
        places = Places(tmp_path, unleash)
        api = AdminApi(unleash.url, Secret(personal_token(unleash)))
        await filled(places.source, places.name)
        for segment in await places.source.segments():
            await places.shared.add_segment(segment)
        deps = replace(places.deps, backend=places.source)
        for environment in ("development", "production"):
            data: Json = await export_flags(deps, environment)
            body: Json = {"project": "default", "environment": environment, "data": data}
            verdict = await api.send("POST", "features-batch", "validate", body=body)
            assert isinstance(verdict, dict)
            assert verdict["errors"] == []
            await api.send("POST", "features-batch", "import", body=body)
        assert await contents(places.target, places.name) == await contents(places.source, places.name)
        with pytest.raises(BadArgument, match="staging"):
            await export_flags(deps, "staging")
        for each in (api, places.target, places.source):
            await each.close()

    asyncio.run(run())


def featureops(folder: Path, *arguments: str, token: str = "") -> tuple[int, str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("UNLEASH_", "FEATUREOPS_"))}
    more = {"FEATUREOPS_STATE_DIR": str(folder / "state"), "FEATUREOPS_DATABASE": str(folder / "flags.db")}
    done = subprocess.run(
        [sys.executable, "-m", "featureops", "backend", *arguments, "--root", str(folder)],
        env=kept | more | ({"UNLEASH_PAT": token} if token else {}),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_commands_export_and_promote(unleash: Running, tmp_path: Path) -> None:
    name = f"cmd-{uuid4().hex[:8]}"
    backend = EmbeddedBackend(tmp_path / "flags.db", lambda: 1_800_000_000.0)
    asyncio.run(filled(backend, name))
    backend.close_now()
    assert featureops(tmp_path, "export", "--environment", "production", "--out", str(tmp_path / "out.json"))[0] == 0
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert sorted(row["name"] for row in document["features"]) == sorted(f"{name}-{each}" for each in MORE[:3])
    to = ("promote", "--to", unleash.url)
    code, _, said = featureops(tmp_path, *to)
    assert (code, "UNLEASH_PAT" in said) == (2, True)
    code, shown, _ = featureops(tmp_path, *to, token=unleash.token)
    assert (code, f"create    {name}-parent" in shown, "--apply" in shown) == (0, True, True)
    assert unleash.token not in shown
    code, shown, _ = featureops(tmp_path, *to, "--apply", "--json", token=unleash.token)
    assert (code, json.loads(shown)["verdict"]) == (0, "complete")
    code, shown, _ = featureops(tmp_path, *to, "--apply", "--json", token=unleash.token)
    assert (code, json.loads(shown)["verdict"]) == (0, "nothing")
    code, _, said = featureops(tmp_path, "promote", "--to", "unleash.example.com", token="x")
    assert (code, "http" in said) == (2, True)
