"""A dry run and read-only mode send no mutating request, whichever tool is called: counted where all of them leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from featureops.adapters.embedded import EmbeddedBackend
from featureops.adapters.settings import Secret
from featureops.adapters.unleash import AdminApi, UnleashBackend
from featureops.adapters.unleash.client import Verb
from featureops.adapters.unleash.local import Running
from featureops.app.deps import Deps, Modes
from featureops.core.errors import Denied
from featureops.core.flagmeta import fingerprint
from featureops.core.flagstate import environment_of
from featureops.core.model import Dependency, Json, Strategy
from featureops.ports import FlagBackend
from featureops.server.code_tools import CODE_TOOLS
from featureops.server.flag_tools import FLAG_TOOLS
from tests.app.flag_deps import Bench

CODE: Final = {"apply_plan"}
"""Writes files, not the backend."""

WRITERS: Final = [spec for spec in (*FLAG_TOOLS, *CODE_TOOLS) if spec.writes and spec.name not in CODE]


class CountingApi(AdminApi):
    sent = 0

    async def send(self, verb: Verb, *path: str, body: Json = None) -> Json:
        self.sent += 1
        return await super().send(verb, *path, body=body)


def embedded(folder: Path) -> tuple[FlagBackend, Callable[[], int]]:
    backend = EmbeddedBackend(folder / "flags.db", lambda: 1_800_000_000.0)
    count, write = [0], backend._database.write

    def counted() -> AbstractContextManager[object]:
        count[0] += 1
        return write()

    backend._database.write = counted  # type: ignore[method-assign,assignment] # the one way of all its writes
    return backend, lambda: count[0]


def real(running: Running) -> tuple[FlagBackend, Callable[[], int]]:
    api = CountingApi(running.url, Secret(running.token))
    return UnleashBackend(api, "default"), lambda: api.sent


async def prepared(deps: Deps, name: str) -> dict[str, dict[str, Json]]:
    """A flag that each tool would change, and the arguments with which it would."""
    backend = deps.flags()
    for each in (name, f"{name}-p", f"{name}-gone"):
        await backend.create(each, "default", "release", "A new checkout", False, "me")
    await backend.archive(f"{name}-gone", "default", "me")
    strategy = Strategy("flexibleRollout", {"rollout": "20"})
    flag = await backend.put_strategy(name, "default", "production", strategy, "me")
    there = environment_of(flag, "production").strategies[0].id
    spot: dict[str, Json] = {"featureName": name, "environment": "production"}
    links: Json = [{"url": "https://example.com/issues/1"}]
    tags: Json = [{"type": "simple", "value": "one"}]
    return {
        "create_flag": {"name": f"{name}-new", "type": "release", "description": "x", "tags": tags, "links": links},
        "update_flag": {"featureName": name, "stale": True, "addLinks": links, "dependency": {"feature": f"{name}-p"}},
        "update_flag_tags": {"featureName": name, "addTags": tags},
        "set_flag_rollout": spot | {"rolloutPercentage": 30},
        "update_flag_strategy": spot | {"strategyId": there, "title": "Staff"},
        "remove_flag_strategy": spot | {"strategyId": there},
        "toggle_flag_environment": spot | {"enabled": True},
        "archive_flag": {"featureName": name, "force": True},
        "revive_flag": {"featureName": f"{name}-gone"},
        "undo_change": {},
    }


async def tried(deps: Deps, count: Callable[[], int], name: str) -> None:
    try:
        arguments = await prepared(deps, name)
        assert set(arguments) == {spec.name for spec in WRITERS}, "say here what the new tool would change"
        toggle = next(spec for spec in WRITERS if spec.name == "toggle_flag_environment")
        before = count()
        once = arguments["toggle_flag_environment"] | {"environment": "development"}
        done = await toggle.handle(deps, toggle.arguments.model_validate(once))  # what undo_change would take back
        assert (done["success"], count() > before) == (True, True)
        seen, before = fingerprint(await deps.flags().flag(name)), count()
        for spec in WRITERS:
            given = spec.arguments.model_validate(arguments[spec.name])
            dry = await spec.handle(replace(deps, modes=Modes(dry_run=True)), given)
            assert (dry["dryRun"], count()) == (True, before), spec.name
            assert str(dry["message"]).startswith("[DRY RUN] Would"), spec.name
            with pytest.raises(Denied):
                await spec.handle(replace(deps, modes=Modes(read_only=True)), given)
            assert count() == before, spec.name
        assert fingerprint(await deps.flags().flag(name)) == seen
    finally:
        await deps.flags().close()


def test_no_tool_sends_a_write_to_a_real_unleash(unleash: Running, tmp_path: Path) -> None:
    backend, count = real(unleash)
    deps = replace(Bench(tmp_path).deps, backend=backend)
    asyncio.run(tried(deps, count, f"no-writes-{uuid4().hex[:8]}"))


def test_no_tool_writes_to_the_embedded_backend(tmp_path: Path) -> None:
    backend, count = embedded(tmp_path)
    asyncio.run(tried(replace(Bench(tmp_path).deps, backend=backend), count, "no-writes"))


def test_what_is_counted_is_what_a_write_sends(tmp_path: Path) -> None:
    backend, count = embedded(tmp_path)

    async def run() -> None:
        flag = await backend.create("new-checkout", "default", "release", "", False, "me")
        parent = await backend.create("new-basket", "default", "release", "", False, "me")
        await backend.update(flag, replace(flag, dependencies=(Dependency(parent.name),)), "me")
        await backend.close()

    asyncio.run(run())
    assert count() == 3
