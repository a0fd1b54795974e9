"""What a read of a flag costs over the bare HTTP request: the tool get_flag_state against a GET of the same flag.

Run it: `make bench`, or `python -m tests.bench.bench_backend [rounds]`. It starts a real Unleash, and asks both in turn,
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
from featureops.server.serving import build_server
from tests.app.flag_deps import Bench
from tests.real_unleash import NEWEST, shared_unleash

__all__ = ["main"]

_Times = tuple[list[float], list[float]]
"""Seconds that passed, and seconds of processor time."""


def main(rounds: int = 300) -> None:
    with tempfile.TemporaryDirectory() as folder, shared_unleash(NEWEST, uuid4().hex) as unleash:
        bare, tool, both = anyio.run(_measured, unleash, Path(folder), rounds)
    for name, (seconds, busy) in (("bare GET", bare), ("GET, tags with it", both), ("get_flag_state", tool)):
        shares = f"p50 {_ms(seconds, 50):6.2f} ms  p95 {_ms(seconds, 95):6.2f} ms"
        print(f"backend {name:<18} {shares}  processor time p50 {_ms(busy, 50):5.2f} ms")
    more, worked = (_ms(ours, 50) - _ms(theirs, 50) for ours, theirs in zip(tool, bare, strict=True))
    print(f"backend overhead           p50 {more:6.2f} ms (aim: at most 5 ms), processor time {worked:.2f} ms")


async def _measured(unleash: Running, folder: Path, rounds: int) -> tuple[_Times, _Times, _Times]:
    backend = UnleashBackend(AdminApi(unleash.url, Secret(unleash.token)), "default")
    server = build_server(lambda: replace(Bench(folder).deps, backend=backend))
    await backend.create("bench-flag", "default", "release", "A flag", False, "me")
    strategy = Strategy("flexibleRollout", {"rollout": "50"})
    for environment in ("development", "production"):
        await backend.put_strategy("bench-flag", "default", environment, strategy, "me")
    address = f"{unleash.url}/api/admin/projects/default/features/bench-flag"
    tags = f"{unleash.url}/api/admin/features/bench-flag/tags"
    found: tuple[_Times, _Times, _Times] = (([], []), ([], []), ([], []))
    async with httpx2.AsyncClient(headers={"Authorization": unleash.token}) as http, Client(server) as client:

        async def bare() -> None:
            (await http.get(address)).raise_for_status().json()

        async def both() -> None:
            async with anyio.create_task_group() as group:
                group.start_soon(http.get, address)
                group.start_soon(http.get, tags)

        async def tool() -> None:
            assert not (await client.call_tool("get_flag_state", {"featureName": "bench-flag"})).is_error

        for number in range(rounds + 20):
            for (seconds, busy), call in zip(found, (bare, tool, both), strict=True):
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
