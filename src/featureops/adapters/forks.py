"""A second process for a long scan: a fork of this one, which costs milliseconds where a new interpreter costs a scan.

A process with several threads (the server) must not be forked: another thread may hold a lock that nobody would release
in the copy. There, and where the system has no fork, everything is done in this process.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["Forks"]

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


class Forks:
    """`most` processes at a time, this one included."""

    def __init__(self, most: int = 2) -> None:
        self._most = most

    @property
    def count(self) -> int:
        able = sys.platform != "win32" and sys.platform != "darwin" and threading.active_count() == 1
        return max(1, min(self._most, _processors())) if able else 1

    def each(self, work: Callable[[_Part], _Result], parts: Sequence[_Part]) -> Sequence[_Result]:
        """The first part is done by this process. A part whose process fails is done again by this one, so that its
        error is seen here.
        """
        if len(parts) < 2 or self.count == 1:
            return [work(part) for part in parts]
        children: list[_Child] = []
        try:
            children.extend(_fork(work, part) for part in parts[1:])
            results = [work(parts[0])]
            for child, part in zip(children, parts[1:], strict=True):
                answer = child.answer()
                results.append(pickle.loads(answer) if answer else work(part))  # noqa: S301 # made by our own copy
            return results
        finally:
            for child in children:
                child.end()


class _Child:
    def __init__(self, pid: int, pipe: int) -> None:
        self._pid, self._pipe, self._ended = pid, pipe, False

    def answer(self) -> bytes:
        """What the child said; empty when it failed."""
        chunks = []
        while chunk := os.read(self._pipe, 1 << 20):
            chunks.append(chunk)
        _, status = os.waitpid(self._pid, 0)
        self._ended = True
        return b"".join(chunks) if status == 0 else b""

    def end(self) -> None:
        os.close(self._pipe)
        if not self._ended:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


def _fork(work: Callable[[_Part], _Result], part: _Part) -> _Child:
    inner, outer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(outer)
        return _Child(pid, inner)
    code = 1
    try:
        os.close(inner)
        with os.fdopen(outer, "wb") as pipe:
            pipe.write(pickle.dumps(work(part), pickle.HIGHEST_PROTOCOL))
        code = 0
    finally:
        # Not sys.exit: what this process was about to do at its end is the parent's to do.
        os._exit(code)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
