from __future__ import annotations

from typing import Any, cast

import anyio
import pytest

from featureops.server import reporting
from featureops.server.worker import in_thread


class Listener:
    def __init__(self) -> None:
        self.heard: list[tuple[float, float | None]] = []

    async def report_progress(self, progress: float, total: float | None = None, message: str | None = None) -> None:
        assert message is not None
        self.heard.append((progress, total))


def test_a_scan_in_a_thread_is_heard_of_twice_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listener()

    async def main() -> None:
        report = reporting.reporter(cast("Any", listener))

        def scan() -> None:
            report(10, 40)
            monkeypatch.setattr(reporting, "_EVERY", 0.0)
            report(20, 40)
            monkeypatch.setattr(reporting, "_EVERY", 3600.0)
            report(30, 40)

        await in_thread(scan)

    anyio.run(main)
    assert listener.heard == [(20.0, 40.0)]


def test_a_scan_that_nobody_waits_for_ends() -> None:
    async def main() -> bool:
        done, rounds = anyio.Event(), [0]
        loop_alive = anyio.Event()

        def scan() -> None:
            report = reporting.reporter(cast("Any", Listener()))
            try:
                for number in range(100_000):
                    rounds[0] = number
                    anyio.from_thread.run_sync(loop_alive.set)
                    report(number, 100_000)
            finally:
                anyio.from_thread.run_sync(done.set)

        async with anyio.create_task_group() as group:
            group.start_soon(in_thread, scan)
            await loop_alive.wait()
            group.cancel_scope.cancel()
        with anyio.move_on_after(10):
            await done.wait()
        return rounds[0] < 99_999

    assert anyio.run(main)
