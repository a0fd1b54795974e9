"""A server with tools that do what tools should not, on the real stdio transport. Started as a process by the tests."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import anyio
import anyio.to_thread

from featureops.app.deps import Deps, Modes
from featureops.cli.compose import compose
from featureops.server.serving import build_server


def make() -> Deps:
    return compose(Path.cwd(), Modes())


server = build_server(make)


@server.tool()
async def noisy() -> str:
    print("a print that nobody flushes")
    print("a print that is flushed", flush=True)
    os.write(1, b"raw bytes to the descriptor\n")
    await anyio.run_process([sys.executable, "-c", "print('a child that prints')"], stdout=None)
    return "quiet"


@server.tool()
async def leave() -> str:
    sys.exit(7)


@server.tool()
async def stuck() -> str:
    await anyio.to_thread.run_sync(sleep)
    return "late"


def sleep() -> None:
    Path("entered").touch()
    time.sleep(30)


anyio.run(server.run_stdio_async)
