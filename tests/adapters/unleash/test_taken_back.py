"""Writes are taken back on a real Unleash as on the embedded backend: afterwards a flag is what it was before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from featureops.adapters.embedded import EmbeddedBackend
from featureops.adapters.settings import Secret
from featureops.adapters.unleash import AdminApi, UnleashBackend
from featureops.adapters.unleash.local import Running
from featureops.app import flags, metadata, strategies
from featureops.app.deps import Deps
from featureops.app.metadata import FlagFields
from featureops.app.strategies import StrategyFields
from featureops.app.undo import undo
from featureops.core.errors import MovedOn
from featureops.core.flagmeta import fingerprint
from featureops.core.flagstate import environment_of
from featureops.core.model import Json, Strategy, Tag, Variant
from featureops.ports import FlagBackend
from tests.app.flag_deps import Bench

Write = Callable[[Deps, str], Awaitable[dict[str, Json]]]


async def describe(deps: Deps, name: str) -> dict[str, Json]:
    fields = FlagFields("Until July", "experiment", True, True, [{"url": "https://example.com/pull/7"}])
    return await metadata.update_flag(deps, name=name, fields=fields)


async def tag(deps: Deps, name: str) -> dict[str, Json]:
    return await metadata.update_flag_tags(deps, name=name, add=[{"value": "two"}], remove=[{"value": "one"}])


async def depend(deps: Deps, name: str) -> dict[str, Json]:
    await deps.flags().create(f"{name}-p", "default", "release", "", False, "me")
    return await metadata.update_flag(deps, name=name, fields=FlagFields(dependency={"feature": f"{name}-p"}))


async def first(deps: Deps, name: str) -> str:
    return environment_of(await deps.flags().flag(name), "production").strategies[0].id


async def roll(deps: Deps, name: str) -> dict[str, Json]:
    fields = StrategyFields(percentage=55, variants=[])
    return await strategies.set_flag_rollout(
        deps, name=name, environment="production", fields=fields, strategy_id=await first(deps, name)
    )


async def remove(deps: Deps, name: str) -> dict[str, Json]:
    return await strategies.remove_flag_strategy(
        deps, name=name, environment="production", strategy_id=await first(deps, name)
    )


async def turn_off(deps: Deps, name: str) -> dict[str, Json]:
    return await flags.toggle_flag_environment(deps, name=name, environment="production", enabled=False)


async def turn_on(deps: Deps, name: str) -> dict[str, Json]:
    return await flags.toggle_flag_environment(deps, name=name, environment="development", enabled=True)


async def archive(deps: Deps, name: str) -> dict[str, Json]:
    return await flags.archive_flag(deps, name=name)


WRITES: list[Write] = [describe, tag, depend, roll, remove, turn_off, turn_on, archive]


async def prepared(backend: FlagBackend, name: str) -> None:
    """On in production with two strategies, off in development with none, tagged."""
    flag = await backend.create(name, "default", "release", "A new checkout", False, "me")
    await backend.update(flag, replace(flag, tags=(Tag("simple", "one"),)), "me")
    half = Strategy("flexibleRollout", {"rollout": "50"}, variants=(Variant("a", 0), Variant("b", 0)))
    for strategy in (half, Strategy("flexibleRollout", {"rollout": "10", "stickiness": "userId"}, title="Staff")):
        await backend.put_strategy(name, "default", "production", strategy, "me")
    await backend.set_enabled(name, "default", "production", True, "me")


async def content(deps: Deps, name: str) -> str:
    return fingerprint(await deps.flags().flag(name), ids=False)


def run(deps: Deps, work: Callable[[Deps], Awaitable[None]]) -> None:
    async def whole() -> None:
        try:
            await work(deps)
        finally:
            await deps.flags().close()

    asyncio.run(whole())


async def one_after_the_other(deps: Deps) -> None:
    name = f"taken-back-{uuid4().hex[:8]}"
    await prepared(deps.flags(), name)
    seen = [await content(deps, name)]
    for write in WRITES:
        assert (await write(deps, name))["changeId"], write
        seen.append(await content(deps, name))
    assert len(set(seen)) == len(seen)
    for write, expected in zip(reversed(WRITES), reversed(seen[:-1]), strict=True):
        assert (await undo(deps))["undone"] is True
        assert await content(deps, name) == expected, write


async def moved_on(deps: Deps) -> None:
    name = f"moved-on-{uuid4().hex[:8]}"
    await prepared(deps.flags(), name)
    change = str((await roll(deps, name))["changeId"])
    await deps.flags().set_enabled(name, "default", "development", True, "other")
    before = await content(deps, name)
    with pytest.raises(MovedOn):
        await undo(deps, change)
    assert await content(deps, name) == before


@pytest.mark.parametrize("case", [one_after_the_other, moved_on])
def test_on_a_real_unleash(case: Callable[[Deps], Awaitable[None]], unleash: Running, tmp_path: Path) -> None:
    backend = UnleashBackend(AdminApi(unleash.url, Secret(unleash.token)), "default")
    run(replace(Bench(tmp_path).deps, backend=backend), case)


@pytest.mark.parametrize("case", [one_after_the_other, moved_on])
def test_on_the_embedded_backend(case: Callable[[Deps], Awaitable[None]], tmp_path: Path) -> None:
    backend = EmbeddedBackend(tmp_path / "flags.db", lambda: 1_800_000_000.0)
    run(replace(Bench(tmp_path).deps, backend=backend), case)
