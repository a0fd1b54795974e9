"""Synchronous use cases run in worker threads, so that a long scan never holds up another request."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar

__all__ = ["in_thread"]

_P = ParamSpec("_P")
_T = TypeVar("_T")


# Not the default limiter: the standard streams are read and written under that one.
_LIMITER: RunVar[anyio.CapacityLimiter] = RunVar("featureops_worker_limiter")
_THREADS = 4


def _limiter() -> anyio.CapacityLimiter:
    limiter = _LIMITER.get(None)
    if limiter is None:
        limiter = anyio.CapacityLimiter(_THREADS)
        _LIMITER.set(limiter)
    return limiter


async def in_thread(function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call `function` in a worker thread. A cancelled caller doesn't wait for it: the journal makes writes safe."""
    return await anyio.to_thread.run_sync(
        partial(function, *args, **kwargs), abandon_on_cancel=True, limiter=_limiter()
    )
