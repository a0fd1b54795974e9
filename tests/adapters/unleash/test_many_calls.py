"""Two hundred tool calls at once against one server: every answer is the right one, over few connections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit
from uuid import uuid4

import anyio
import psutil  # type: ignore[import-untyped] # ships no types
from mcp import Client

from featureops.adapters.settings import Secret
from featureops.adapters.unleash import AdminApi, UnleashBackend
from featureops.adapters.unleash.local import Running
from featureops.core.model import Json
from featureops.server.serving import build_server
from tests.app.flag_deps import Bench

CALLS: Final = 200
FLAGS: Final = 20
CONNECTIONS: Final = 10


def asked(number: int, names: list[str]) -> tuple[str, dict[str, Json]]:
    name = names[number % FLAGS]
    match number // FLAGS % 4:
        case 0:
            return "preview_exposure", {"featureName": name, "environment": "production", "users": 10}
        case 1:
            share = number % FLAGS + 1
            return "set_flag_rollout", {"featureName": name, "environment": "development", "rolloutPercentage": share}
    return "get_flag_state", {"featureName": name}


def test_many_calls_at_once_are_answered_rightly_over_few_connections(unleash: Running, tmp_path: Path) -> None:
    names = [f"many-{uuid4().hex[:6]}-{number}" for number in range(FLAGS)]
    backend = UnleashBackend(AdminApi(unleash.url, Secret(unleash.token)), "default")
    server = build_server(lambda: replace(Bench(tmp_path).deps, backend=backend))
    answers: dict[int, Mapping[str, Json]] = {}
    most = 0

    async def call(client: Client, number: int) -> None:
        result = await client.call_tool(*asked(number, names))
        assert not result.is_error, result.content
        answers[number] = cast("Mapping[str, Json]", result.structured_content)

    async def watch() -> None:
        nonlocal most
        port = urlsplit(unleash.url).port
        while True:
            open_now = psutil.Process().net_connections("tcp")
            most = max(most, sum(bool(each.raddr) and each.raddr.port == port for each in open_now))
            await anyio.sleep(0.01)

    async def main() -> None:
        for name in names:
            await backend.create(name, "default", "release", f"About {name}", False, "me")
        async with Client(server) as client:
            with anyio.fail_after(100):
                async with anyio.create_task_group() as watching:
                    watching.start_soon(watch)
                    async with anyio.create_task_group() as calling:
                        for number in range(CALLS):
                            calling.start_soon(call, client, number)
                    watching.cancel_scope.cancel()
            for number, name in enumerate(names):
                state = (await backend.flag(name)).environments
                (strategy,) = next(each for each in state if each.name == "development").strategies
                assert strategy.parameters["rollout"] == str(number + 1)

    anyio.run(main)
    assert len(answers) == CALLS
    for number, answer in answers.items():
        name = names[number % FLAGS]
        assert answer["featureName"] == name
        if asked(number, names)[0] == "get_flag_state":
            assert cast("dict[str, Json]", answer["feature"])["description"] == f"About {name}"
    assert 1 < most <= CONNECTIONS
