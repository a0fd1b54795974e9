"""Several real processes on one file."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from featureops.adapters.embedded import EmbeddedBackend

WRITERS = 4
WRITES = 25

WRITER = """
import asyncio, sys
from pathlib import Path
from featureops.adapters.embedded import EmbeddedBackend
from featureops.core.model import Strategy

async def main(path, who, writes):
    backend = EmbeddedBackend(Path(path), lambda: 1.8e9)
    print("ready", flush=True)
    sys.stdin.readline()
    for at in range(writes):
        await backend.create(f"flag-{who}-{at}", "default", "release", "", False, who)
        strategy = Strategy("flexibleRollout", {"rollout": str(at)}, title=who)
        await backend.put_strategy("shared", "default", "development", strategy, who)
    await backend.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""

OPENER = """
import asyncio, sys
from pathlib import Path
from featureops.adapters.embedded import EmbeddedBackend

backend = EmbeddedBackend(Path(sys.argv[1]), lambda: 1.8e9)
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(backend.flags())
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def go(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors


def test_no_write_of_many_processes_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "flags.db"
    backend = EmbeddedBackend(path, lambda: 1.8e9)
    asyncio.run(backend.create("shared", "default", "release", "", False, "me"))
    go([start(WRITER, str(path), f"writer{number}", str(WRITES)) for number in range(WRITERS)])
    flags = asyncio.run(backend.flags())
    events = asyncio.run(backend.events(limit=10_000))
    asyncio.run(backend.close())
    shared = next(flag for flag in flags if flag.name == "shared")
    strategies = shared.environments[0].strategies
    assert len(flags) == WRITERS * WRITES + 1
    assert shared.version == WRITERS * WRITES + 1
    assert sorted((each.title, int(each.parameters["rollout"])) for each in strategies) == [
        (f"writer{number}", at) for number in range(WRITERS) for at in range(WRITES)
    ]
    assert len({strategy.id for strategy in strategies}) == WRITERS * WRITES
    assert len(events) == 2 * WRITERS * WRITES + 1


def test_processes_may_make_the_file_at_the_same_moment(tmp_path: Path) -> None:
    path = tmp_path / "flags.db"
    go([start(OPENER, str(path)) for _ in range(6)])
    backend = EmbeddedBackend(path, lambda: 1.8e9)
    assert asyncio.run(backend.flags()) == ()
    asyncio.run(backend.close())
