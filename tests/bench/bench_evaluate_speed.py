"""How long evaluating a diff takes: `python -m tests.bench.bench_evaluate_speed [--runs N] [--files N]`.

A made repository; a diff of some 500 lines in it is evaluated by the command (cold: without an index, the whole
process), and in a warm process with the index that the first run left; one of some 20,000 lines by the command.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from featureops.adapters.git import GitChanges
from featureops.adapters.index import FileIndex
from featureops.adapters.journal import FileJournal
from featureops.adapters.workspace import LocalWorkspace
from featureops.app.deps import Deps
from featureops.app.evaluate import evaluate
from featureops.core.config import Config
from featureops.languages import packs
from tests.bench.bench_scan import compile_all
from tests.bench.corpus import make_repository

__all__ = ["main"]


def change(root: Path, lines: int) -> int:
    """Put so many lines into as many files as take twenty each; the lines written."""
    done = 0
    for path in sorted(root.rglob("*.py")):
        text = path.read_text("utf-8")
        at = text.find("    log.info(")
        if at < 0:
            continue
        new = "".join(f"    order.total = order.total + {done + number}\n" for number in range(20))
        path.write_text(text[:at] + new + text[at:], "utf-8")
        done += 20
        if done >= lines:
            break
    return done


def timed(runs: int, before: Callable[[], None], work: Callable[[], None]) -> str:
    took = list[float]()
    for _ in range(runs):
        before()
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return f"median {statistics.median(took):.2f} s, least {min(took):.2f} s"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="How long evaluating a diff takes.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=int, default=10_200)
    given = parser.parse_args(arguments)
    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        root, cache = home / "tree", home / "cache"
        make_repository(root, given.files, 210, 3.0)
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
            "FEATUREOPS_STATE_DIR": str(home / "state"),
            "FEATUREOPS_CACHE_DIR": str(cache),
        }

        def command() -> None:
            ours = [sys.executable, "-m", "featureops", "evaluate", "--json"]
            subprocess.run(ours, cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)

        def warm() -> None:
            evaluate(deps)

        def forget() -> None:
            shutil.rmtree(cache, ignore_errors=True)

        print(f"{given.files} files, {change(root, 500)} lines changed")
        print(f"  the command, no index: {timed(given.runs, forget, command)}")
        print(f"  the command, index:    {timed(given.runs, lambda: None, command)}")
        deps = Deps(
            LocalWorkspace(root),
            GitChanges(root),
            FileJournal(home / "state", time.time),
            packs(),
            Config(),
            time.time,
            index=FileIndex(cache, str(root)),
        )
        evaluate(deps)
        print(f"  a warm process, index: {timed(given.runs, lambda: None, warm)}")
        print(f"{given.files} files, {change(root, 20_000)} lines changed")
        print(f"  the command, no index: {timed(1, forget, command)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
