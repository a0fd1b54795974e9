"""Ctrl-C and its like in the middle of asynchronous work."""

from __future__ import annotations

import signal
import threading
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import anyio

__all__ = ["interruptible"]

_T = TypeVar("_T")
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def interruptible(work: Callable[[], Awaitable[_T]]) -> _T:
    """The result of `work`, which a signal cancels: once, so that what it takes back in the end is not cut short.

    The event loop's own way, another cancellation for each Ctrl-C, would break into that. Errors: KeyboardInterrupt.
    """
    if threading.current_thread() is not threading.main_thread():
        return await work()
    done: list[_T] = []
    try:
        await _heard_out(work, done)
    except BaseExceptionGroup as several:
        if len(several.exceptions) == 1:
            raise several.exceptions[0] from several.exceptions[0].__cause__
        raise
    if not done:
        raise KeyboardInterrupt
    return done[0]


async def _heard_out(work: Callable[[], Awaitable[_T]], done: list[_T]) -> None:
    with anyio.open_signal_receiver(*_SIGNALS) as signals:
        async with anyio.create_task_group() as group:

            async def listen() -> None:
                async for _ in signals:
                    group.cancel_scope.cancel()

            group.start_soon(listen)
            done.append(await work())
            group.cancel_scope.cancel()
