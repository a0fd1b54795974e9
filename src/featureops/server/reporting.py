"""How far a long scan is, told to a client that asked for it; a scan that nobody waits for any more ends."""

from __future__ import annotations

import time
from typing import Any

import anyio.from_thread
from mcp.server.mcpserver import Context

from featureops.ports import Progress

__all__ = ["reporter"]

_EVERY = 0.5


def reporter(context: Context[None, Any]) -> Progress:
    """To be called in worker threads. Sends at most two notifications a second."""
    told = time.monotonic()

    def report(done: int, total: int, /) -> None:
        nonlocal told
        anyio.from_thread.check_cancelled()
        now = time.monotonic()
        if now - told >= _EVERY:
            told = now
            anyio.from_thread.run(context.report_progress, float(done), float(total), f"{done} of {total} files")

    return report
