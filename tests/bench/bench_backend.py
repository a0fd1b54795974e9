"""What a read of a flag costs over the bare HTTP request: the tool get_flag_state against a GET of the same flag.

Run it: `make bench`, or `python -m tests.bench.bench_backend [rounds]`. It starts a real Unleash and asks both in turn,
so that load hits both alike. The aim is at most 5 ms more at the median; it is printed, not judged. Processor time is
that of this process, which is the same however busy the machine is.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import anyio
import httpx2
from mcp import Client

from featureops.adapters.settings import Secret
from featureops.adapters.unleash import AdminApi, UnleashBackend
from featureops.adapters.unleash.local import Running
from featureops.core.model import Strategy
from featureops.server.flag_tools import FLAG_TOOLS
from featureops.server.render import success
from featureops.server.serving import build_server
from tests.app.flag_deps import Bench
from tests.real_unleash import NEWEST, shared_unleash

__all__ = ["main"]

_Times = tuple[list[float], list[float]]
"""Seconds that passed, and seconds of processor time."""


def main(rounds: int = 300) -> None:
    with tempfile.TemporaryDirectory() as folder, shared_unleash(NEWEST, uuid4().hex) as unleash:
        found = anyio.run(_measured, unleash, Path(folder), rounds)
    for name, (seconds, busy) in found.items():
        shares = f"p50 {_ms(seconds, 50):6.2f} ms  p95 {_ms(seconds, 95):6.2f} ms"
        print(f"backend {name:<20} {shares}  processor time p50 {_ms(busy, 50):5.2f} ms")
    bare = found["bare GET"]
    for name in ("server", "client and server"):
        more, worked = (_ms(ours, 50) - _ms(theirs, 50) for ours, theirs in zip(found[name], bare, strict=True))
        print(f"backend overhead of {name}: p50 {more:.2f} ms (aim: at most 5 ms), processor time {worked:.2f} ms")


async def _measured(unleash: Running, folder: Path, rounds: int) -> dict[str, _Times]:
    backend = UnleashBackend(AdminApi(unleash.url, Secret(unleash.token)), "default")
    server = build_server(lambda: replace(Bench(folder).deps, backend=backend))
    await backend.create("bench-flag", "default", "release", "A flag", False, "me")
    strategy = Strategy("flexibleRollout", {"rollout": "50"})
    for environment in ("development", "production"):
        await backend.put_strategy("bench-flag", "default", environment, strategy, "me")
    address = f"{unleash.url}/api/admin/projects/default/features/bench-flag"
    tags = f"{unleash.url}/api/admin/features/bench-flag/tags"
    deps = await server.deps()
    handler = next(spec for spec in FLAG_TOOLS if spec.name == "get_flag_state")
    async with httpx2.AsyncClient(headers={"Authorization": unleash.token}) as http, Client(server) as client:

        async def bare() -> None:
            (await http.get(address)).raise_for_status().json()

        async def both() -> None:
            async with anyio.create_task_group() as group:
                group.start_soon(http.get, address)
                group.start_soon(http.get, tags)

        async def tool() -> None:
            assert not (await client.call_tool("get_flag_state", {"featureName": "bench-flag"})).is_error

        async def work() -> None:
            given = handler.arguments.model_validate({"featureName": "bench-flag"})
            success(await handler.handle(deps, given))

        calls = {"bare GET": bare, "GET of flag and tags": both, "server": work, "client and server": tool}
        found: dict[str, _Times] = {name: ([], []) for name in calls}
        for number in range(rounds + 20):
            for name, call in calls.items():
                seconds, busy = found[name]
                started, working = time.perf_counter(), time.process_time()
                await call()
                if number >= 20:  # the first ones only warm the caches
                    seconds.append(time.perf_counter() - started)
                    busy.append(time.process_time() - working)
    return found


def _ms(seconds: list[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100)[percent - 1] * 1000


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
