"""A bar on a terminal for scans that take longer than a moment."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Bar"]

_PATIENCE = 1.0


class Bar:
    """Shown on stderr after a second, if that is a terminal. Gone when the scan is done."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._shown: tuple[Progress, TaskID] | None = None

    def __call__(self, done: int, total: int, /) -> None:
        if self._shown is None:
            if done >= total or time.monotonic() - self._started < _PATIENCE or not sys.stderr.isatty():
                return
            from rich.console import Console
            from rich.progress import Progress

            # No thread of its own: a process with threads can't be forked.
            progress = Progress(console=Console(stderr=True), transient=True, auto_refresh=False)
            progress.start()
            self._shown = progress, progress.add_task("Searching", total=total)
        progress, task = self._shown
        progress.update(task, completed=done, refresh=True)
        if done >= total:
            progress.stop()
            self._shown, self._started = None, time.monotonic()
