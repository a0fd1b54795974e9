"""Runs a command that a person typed, in a shell, in the workspace."""

from __future__ import annotations

import subprocess

__all__ = ["ShellRunner"]


class ShellRunner:
    """Implements ports.Runner. The command comes from the command line, never from a tool argument."""

    def __init__(self, timeout: float = 1800.0) -> None:
        self._timeout = timeout

    def run(self, command: str, folder: str) -> tuple[int, str]:
        try:
            done = subprocess.run(
                command,
                shell=True,  # noqa: S602 - it is the user's own command, typed for a shell
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=self._timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return 124, f"no end after {self._timeout:.0f} seconds"
        return done.returncode, done.stdout.decode("utf-8", "replace")
