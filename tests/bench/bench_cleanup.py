"""Cleanup as a whole process: `python -m tests.bench.bench_cleanup [--files N] [--runs N] [--quick]`.

Three questions, each answered by ratios of runs that took turns on the same machine, of which the median is printed:

- one flag in a large repository, beside `detect --flag` for it (cold: what earlier scans found is forgotten);
- a flag that 200 files ask for, in seconds, with the result written to the repository;
- the same files and the same flag as polyglot-piranha, which comes with `pip install --group bench`; both write.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.asking import ENDINGS, KEY, make_asking
from tests.bench.bench_scan import Tool, compile_all
from tests.bench.corpus import make_repository

__all__ = ["main"]

_ONE = "flag-number-7"
_AIM = 2.0
_EDITED = 200
_SECONDS = 5.0


def _ours(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "featureops", *arguments, "--json"]


def _cleanup(key: str, *more: str) -> list[str]:
    return _ours("cleanup", key, "--keep", "enabled", *more)


def _restored(root: Path) -> None:
    subprocess.run(["git", "checkout", "-q", "."], cwd=root, check=True)


def one_flag(home: Path, files: int) -> dict[str, Tool]:
    """Nothing is written, and nothing is known from an earlier scan."""
    root = home / "large"
    make_repository(root, files)

    def forget() -> None:
        subprocess.run(["rm", "-rf", str(home / "cache")], check=True)

    return {
        "detect --flag": Tool(_ours("detect", "--flag", _ONE), root, forget),
        "cleanup": Tool(_cleanup(_ONE), root, forget),
    }


def many_files(home: Path, language: str, files: int) -> Tool:
    root = home / f"{language}{files}"
    make_asking(root, language, files)
    return Tool(_cleanup(KEY, "--apply"), root, lambda: _restored(root))


def beside_piranha(home: Path, language: str, files: int) -> dict[str, Tool]:
    ours = many_files(home, language, files)
    command = [sys.executable, "-m", "tests.bench.piranha", str(ours.folder), ENDINGS[language], KEY]
    return {
        "piranha": Tool(command, Path(__file__).parents[2], lambda: _restored(ours.folder)),
        "cleanup": ours,
    }


def measured(found: Mapping[str, Tool], runs: int, environment: Mapping[str, str]) -> None:
    for number in range(runs + 1):
        for tool in found.values():
            tool.run(environment)
            if number == 0:
                tool.seconds.clear()  # the first run warms the file cache


def ratio(found: Mapping[str, Tool], mine: str, theirs: str) -> float:
    pairs = zip(found[mine].seconds, found[theirs].seconds, strict=True)
    return statistics.median(own / other for own, other in pairs)


def show(title: str, found: Mapping[str, Tool], verdict: str) -> None:
    print(title)
    for name, tool in found.items():
        used = f"{min(tool.processor):6.2f} s processor {tool.kilobytes // 1024:5} MB"
        print(f"  {name:14} {tool.median:6.2f} s {min(tool.seconds):6.2f} s least {used}")
    print(f"  {verdict}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="How fast cleanup is beside detect and polyglot-piranha.")
    parser.add_argument("--files", type=int, default=10_200, help="files of the large repository")
    parser.add_argument("--piranha-files", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="small repositories, one run each")
    given = parser.parse_args(arguments)
    files, runs, each = (600, 1, 10) if given.quick else (given.files, given.runs, given.piranha_files)
    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
            "FEATUREOPS_STATE_DIR": str(home / "state"),
            "FEATUREOPS_CACHE_DIR": str(home / "cache"),
        }
        found = one_flag(home, files)
        measured(found, runs, environment)
        times = ratio(found, "cleanup", "detect --flag")
        show(f"one flag in {files} files", found, f"cleanup / detect --flag: {times:.2f} (aim: at most {_AIM})")
        for language in ENDINGS:
            edited = {"cleanup": many_files(home, language, each * 2 if given.quick else _EDITED)}
            measured(edited, runs, environment)
            took = edited["cleanup"].median
            show(f"{_EDITED} {language} files edited", edited, f"{took:.2f} s (aim: under {_SECONDS} s)")
        if importlib.util.find_spec("polyglot_piranha") is None:
            print("polyglot-piranha is not installed: pip install --group bench")
            return 0
        for language in ENDINGS:
            found = beside_piranha(home, language, each)
            measured(found, runs, environment)
            times = ratio(found, "cleanup", "piranha")
            show(f"{each} {language} files", found, f"cleanup / piranha: {times:.2f} (aim: at most 1)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
