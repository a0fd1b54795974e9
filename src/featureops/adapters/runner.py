"""Runs a command that a person typed, in a shell, in the workspace."""

from __future__ import annotations

import os
import signal
import subprocess

__all__ = ["ShellRunner"]


class ShellRunner:
    """Implements ports.Runner. The command comes from the command line, never from a tool argument. `timeout` is in
    seconds; after it the command is ended with everything that it started."""

    def __init__(self, timeout: float = 1800.0) -> None:
        self._timeout = timeout

    def run(self, command: str, folder: str) -> tuple[int, str]:
        with subprocess.Popen(  # noqa: S602 - it is the user's own command, typed for a shell
            command,
            shell=True,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=self._timeout)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return 124, f"no end after {self._timeout:g} seconds"
        return process.returncode, output.decode("utf-8", "replace")
