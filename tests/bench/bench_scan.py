"""Detection as a whole process beside other tools: `python -m tests.bench.bench_scan [--files N] [--root DIR]`.

Every run asks each tool in turn, so that all of them meet the same machine; medians are printed. `beyond start` is what
a run took beyond the same command in an empty repository; the ratios compare that with the whole run of the other tool.
`floor` is the least that could be done, by the same measure: to list the files, to search them with the same sieve, to
parse with tree-sitter those that ask (see floor.py). What a ratio is beyond its floor is what detection itself takes.
`rg` and `ast-grep` come with `pip install --group bench`.
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import featureops
from tests.bench.corpus import NAMES, make_repository

__all__ = ["Tool", "compile_all", "main"]

_KEY = "flag-number-7"
_RULES = """\
id: a
language: python
rule: {any: [{pattern: $C.is_enabled($$$)}, {pattern: $C.get_variant($$$)}]}
---
id: b
language: tsx
rule: {any: [{pattern: useFlag($$$)}, {pattern: useVariant($$$)}, {pattern: $C.isEnabled($$$)}]}
"""


@dataclass
class Tool:
    command: Sequence[str]
    folder: Path
    before: Callable[[], None] = lambda: None
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    kilobytes: int = 0

    def run(self, environment: Mapping[str, str]) -> None:
        self.before()
        started = time.perf_counter()
        process = subprocess.Popen(
            self.command, cwd=self.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        self.seconds.append(time.perf_counter() - started)
        self.processor.append(usage.ru_utime + usage.ru_stime)
        self.kilobytes = max(self.kilobytes, usage.ru_maxrss)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def compile_all() -> None:
    """As an installation has it. Where Python may write none, every run would compile what its command needs."""
    compileall.compile_dir(Path(featureops.__path__[0]), quiet=1)


def tools(root: Path, empty: Path, cache: Path, key: str) -> dict[str, Tool]:
    ours = [sys.executable, "-m", "featureops", "detect", "--json"]
    floor = [sys.executable, "-m", "tests.bench.floor"]
    rg, ast_grep = (_beside(name) for name in ("rg", "ast-grep"))

    def forget() -> None:
        shutil.rmtree(cache, ignore_errors=True)

    found = {
        "start": Tool(ours, empty),
        "inventory, cold": Tool(ours, root, forget),
        "inventory, again": Tool(ours, root),
        "one flag, cold": Tool([*ours, "--flag", key], root, forget),
        "git status": Tool(["git", "status", "--porcelain", "-uall"], root),
        "floor: start": Tool([*floor, "list"], empty),
        "floor: list": Tool([*floor, "list"], root),
        "floor: search": Tool([*floor, "search"], root),
        "floor: parse": Tool([*floor, "parse"], root),
        "floor: one flag": Tool([*floor, "parse", "--key", key], root),
    }
    if rg:
        found["rg, call names"] = Tool([rg, "-c", "|".join(NAMES)], root)
        found["rg, one key"] = Tool([rg, "-c", "-F", key], root)
    if ast_grep:
        found["ast-grep"] = Tool([ast_grep, "scan", "--inline-rules", _RULES], root)
    return found


def _beside(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


def show(found: Mapping[str, Tool]) -> None:
    print(f"{'':18} {'median':>8} {'least':>8} {'beyond start':>13} {'processor':>10} {'memory':>9}")
    for name, tool in found.items():
        start = found[_start(name)].median
        beyond = f"{tool.median - start:11.2f} s" if name.startswith(("inventory", "one flag", "floor")) else ""
        used = f"{min(tool.processor):8.2f} s {tool.kilobytes // 1024:6} MB"
        print(f"{name:18} {tool.median:6.2f} s {min(tool.seconds):6.2f} s {beyond:>13} {used}")
    for mine, theirs, floors in (
        ("inventory, cold", "rg, call names", ("floor: search", "floor: parse")),
        ("inventory, cold", "ast-grep", ()),
        ("one flag, cold", "rg, one key", ("floor: one flag",)),
        ("inventory, again", "git status", ("floor: list",)),
    ):
        if theirs in found:
            figures = (f"{name} {_ratio(found, name, theirs)}" for name in (mine, *floors))
            print(f"beyond start / {theirs}: {', '.join(figures)}")
    print("Medians by time, and in brackets by processor time, which other work on the machine changes less.")


def _start(name: str) -> str:
    return "floor: start" if name.startswith("floor") else "start"


def _ratio(found: Mapping[str, Tool], mine: str, theirs: str) -> str:
    """What runs took beyond their start, by what the other tool took at the same time."""
    ours, start, other = found[mine], found[_start(mine)], found[theirs]
    elapsed = statistics.median(map(_beyond, ours.seconds, start.seconds, other.seconds))
    return f"{elapsed:.2f} ({statistics.median(map(_beyond, ours.processor, start.processor, other.processor)):.2f})"


def _beyond(took: float, nothing: float, other: float) -> float:
    return (took - nothing) / other


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="How fast detection is beside ripgrep, ast-grep and git status.")
    parser.add_argument("--files", type=int, default=10_200)
    parser.add_argument("--lines", type=int, default=210, help="lines a file")
    parser.add_argument("--percent", type=float, default=3.0, help="files that ask for a flag")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--root", type=Path, help="a checkout to measure on instead of a made one")
    parser.add_argument("--key", default=_KEY)
    parser.add_argument("--quick", action="store_true", help="without ast-grep")
    given = parser.parse_args(arguments)
    compile_all()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        root = given.root.resolve() if given.root else home / "tree"
        if given.root is None:
            make_repository(root, given.files, given.lines, given.percent)
        make_repository(home / "empty", 1)
        found = tools(root, home / "empty", home / "cache" / "scans", given.key)
        if given.quick:
            found.pop("ast-grep", None)
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(str(Path(__file__).parents[2] / part) for part in ("src", "")),
            "FEATUREOPS_STATE_DIR": str(home / "state"),
            "FEATUREOPS_CACHE_DIR": str(home / "cache"),
        }
        for number in range(given.runs + 1):
            for tool in found.values():
                tool.run(environment)
                if number == 0:
                    tool.seconds.clear()  # the first run warms the file cache
                    tool.processor.clear()
    show(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
