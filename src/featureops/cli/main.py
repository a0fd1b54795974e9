"""The entry points. Light on purpose: `serve` must not pay for what only the terminal commands need."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Sequence

__all__ = ["main", "serve_main"]

_INTERRUPTED = 130
_COLLECT = (50_000, 20, 50)


def main(arguments: Sequence[str] | None = None) -> None:
    """`featureops ...`. Leaves with the exit codes of the commands."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["serve"]:
        serve_main(given[1:])
    if given == ["--version"]:
        from featureops import __version__

        print(f"featureops {__version__}")
        sys.exit(0)
    # A command makes many syntax nodes and ends: looking for cycles among them costs a third of a scan's time, and
    # looking for them among what is imported a tenth of the start.
    gc.set_threshold(*_COLLECT)
    from featureops.cli.commands import run

    gc.freeze()
    code = run(given)
    if code == _INTERRUPTED and threading.active_count() > 1:
        # A scan in a worker thread can't be stopped, and the interpreter would wait for it.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def serve_main(arguments: Sequence[str] | None = None) -> None:
    """`featureops-mcp ...`, the same as `featureops serve ...`."""
    try:
        from featureops.cli.serve import serve

        code = serve(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:
        # A client may give up while the imports still run: no traceback for that.
        code = 0
    sys.exit(code)
