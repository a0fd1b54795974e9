"""Runs a command that a person chose, in a shell, in the workspace."""

from __future__ import annotations

import codecs
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from subprocess import DEVNULL, STDOUT
from typing import TYPE_CHECKING, Final

import anyio

from featureops.adapters.settings import process_environment

if TYPE_CHECKING:
    from anyio.abc import ByteReceiveStream, Process

__all__ = ["ShellRunner"]

_SHELL: Final = "/bin/sh"
_TIMED_OUT: Final = 124
_NOT_STARTED: Final = 127
_KEPT: Final = 20_000
# What the command left running in the background may hold its output open.
_LAST_WORDS: Final = 1.0
_GRACE: Final = 1.0


def _to_stderr(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


class ShellRunner:
    """Implements ports.Runner. `echo` is given the output as it comes."""

    def __init__(self, echo: Callable[[str], None] = _to_stderr) -> None:
        self._echo = echo

    async def run(self, command: str, folder: str, seconds: float) -> tuple[int, str]:
        """By /bin/sh -c, whatever the person's own shell is; a session of its own, nothing on standard input, and
        without the backend's token. However this ends, everything that the command started is ended."""
        try:
            process = await anyio.open_process(
                [_SHELL, "-c", command],
                cwd=folder,
                env=process_environment(),
                stdin=DEVNULL,
                stderr=STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            return _NOT_STARTED, f"{_SHELL} can't be started: {error.strerror}"
        tail = _Tail(self._echo)
        try:
            with anyio.move_on_after(seconds) as limit:
                await _until_the_end(process, tail)
        finally:
            with anyio.CancelScope(shield=True):
                await _end_all(process)
        if limit.cancelled_caught or process.returncode is None:
            return _TIMED_OUT, f"{tail.text}\nno end after {seconds:g} seconds".lstrip()
        return process.returncode, tail.text


class _Tail:
    """The last of the output; all of it is echoed. Bytes that are no UTF-8 are replaced."""

    def __init__(self, echo: Callable[[str], None]) -> None:
        self.text = ""
        self._echo = echo
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def add(self, chunk: bytes) -> None:
        text = self._decoder.decode(chunk)
        self.text = (self.text + text)[-_KEPT:]
        self._echo(text)


async def _until_the_end(process: Process, tail: _Tail) -> None:
    output = process.stdout
    if output is None:
        raise AssertionError("standard output is a pipe")
    async with anyio.create_task_group() as group:
        group.start_soon(_pass_on, output, tail)
        await process.wait()
        group.cancel_scope.deadline = anyio.current_time() + _LAST_WORDS


async def _pass_on(output: ByteReceiveStream, tail: _Tail) -> None:
    async for chunk in output:
        tail.add(chunk)


async def _end_all(process: Process) -> None:
    """A moment to put away what it made, such as containers, then without asking."""
    if process.returncode is None:
        _signal(process.pid, signal.SIGTERM)
        with anyio.move_on_after(_GRACE):
            await process.wait()
    _signal(process.pid, signal.SIGKILL)
    await process.aclose()


def _signal(leader: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
