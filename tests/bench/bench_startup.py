"""From the start of the process to the answer to tools/list: featureops against a bare server of the same SDK.

Run it: `make bench`, or `python -m tests.bench.bench_startup [rounds]`. Runs alternate, so that load hits both alike.
The aim is a ratio of at most 1.25; it is printed, not judged.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.bench_scan import compile_all
from tests.wire import child_environment, first_tools

__all__ = ["main", "started"]

BARE = """
from mcp.server.mcpserver import MCPServer

server = MCPServer("bare")


@server.tool()
async def ping(x: int) -> int:
    return x


server.run()
"""


def main(rounds: int = 9) -> None:
    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        bare = home / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        servers = {
            "bare": [sys.executable, str(bare)],
            "featureops": [sys.executable, "-m", "featureops", "serve", "--root", folder],
        }
        times: dict[str, list[float]] = {name: [] for name in servers}
        for number in range(rounds + 1):
            for name, command in servers.items():
                seconds = started(command, home)
                if number:  # the first round only warms the caches
                    times[name].append(seconds)
    for name, seconds_each in times.items():
        print(f"startup {name:<10} median {statistics.median(seconds_each):.3f} s, best {min(seconds_each):.3f} s")
    ratio = statistics.median(times["featureops"]) / statistics.median(times["bare"])
    print(f"startup ratio      {ratio:.2f} (aim: at most 1.25)")


def started(command: Sequence[str], home: Path) -> float:
    """Seconds until the tools are listed."""
    begin = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=home,
        env=child_environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    ) as process:
        tools = first_tools(process)
        seconds = time.perf_counter() - begin
        process.communicate(timeout=30)
    assert tools
    return seconds


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
