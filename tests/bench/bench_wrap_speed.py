"""How long wrapping a large change takes in a warm process: `python -m tests.bench.bench_wrap_speed [--runs N]`.

A made file of about 2,000 lines with 20 changed places, in a repository that asks for flags elsewhere. Printed for each
language: lines, hunks wrapped, and the median of the runs in milliseconds (elapsed, and of the processor).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from featureops.core.config import Config
from featureops.core.model import ChangedFile
from featureops.core.wrap.change import wrap_changes
from featureops.core.wrap.repository import Repository
from featureops.languages import packs

__all__ = ["main"]


@dataclass(frozen=True)
class Made:
    """`function` is one of many alike (`{n}`), `plain` a part of it that `changed` takes the place of."""

    path: str
    head: str
    function: str
    plain: str
    changed: str
    tail: str
    around: Mapping[str, bytes]
    times: int


_PYTHON = Made(
    "app/big.py",
    "import logging\n\n\ndef log(a):\n    logging.info(a)\n\n",
    "\ndef f{n}(a, b):\n    total = a + {n}\n    for item in b:\n        if item > {n}:\n            total += item\n"
    "        else:\n            total -= 1\n    note(total)\n    return total\n",
    "    note(total)\n",
    "    note(total + 1)\n    audit(total, 7)\n",
    "",
    {
        "app/__init__.py": b"",
        "app/flags.py": b'from UnleashClient import UnleashClient\n\nclient = UnleashClient("u", "a")\n',
        "app/other.py": b'from app.flags import client\n\n\ndef f():\n    return client.is_enabled("x")\n',
    },
    200,
)
_TYPESCRIPT = Made(
    "app/big.ts",
    "import { log } from './log';\n",
    "\nexport function f{n}(a: number, b: number[]): number {{\n  let total = a + {n};\n  for (const item of b) {{\n"
    "    if (item > {n}) {{\n      total += item;\n    }}\n  }}\n  log(total);\n  return total;\n}}\n",
    "  log(total);\n",
    "  log(total + 1);\n  log(total, 7);\n",
    "",
    {
        "app/flags.ts": b"import { initialize } from 'unleash-client';\n\nexport const client = initialize({});\n",
        "app/other.ts": b"import { client } from './flags';\n\nexport const f = () => client.isEnabled('x');\n",
    },
    180,
)
_JAVA = Made(
    "src/a/Big.java",
    "package a;\n\nimport java.util.List;\n\npublic class Big {{\n".replace("{{", "{"),
    "\n    int f{n}(int a, List<Integer> b) {{\n        int total = a + {n};\n        for (int item : b) {{\n"
    "            if (item > {n}) {{\n                total += item;\n            }}\n        }}\n        log(total);\n"
    "        return total;\n    }}\n",
    "        log(total);\n",
    "        log(total + 1);\n        audit(total);\n",
    "}\n",
    {
        "src/a/Flags.java": b"package a;\n\nimport io.getunleash.Unleash;\n\n"
        b"class Flags {\n    static Unleash CLIENT;\n}\n",
        "src/a/Other.java": b"package a;\n\nclass Other {\n    boolean f() {\n"
        b'        return Flags.CLIENT.isEnabled("x");\n    }\n}\n',
    },
    180,
)


def _sides(made: Made) -> tuple[bytes, bytes]:
    old, new = [made.head], [made.head]
    for number in range(made.times):
        text = made.function.format(n=number)
        changes = number * 20 // made.times != (number - 1) * 20 // made.times
        old.append(text)
        new.append(text.replace(made.plain, made.changed) if changes else text)
    return "".join([*old, made.tail]).encode(), "".join([*new, made.tail]).encode()


def _once(made: Made, old: bytes, new: bytes) -> int:
    files = {**made.around, made.path: new}

    def grep(needles: Sequence[bytes]) -> dict[str, tuple[int, ...]]:
        return {path: (0,) for path, data in files.items() if any(needle in data for needle in needles)}

    repository = Repository(frozenset(files), files.get, grep, packs(), Config())
    found = wrap_changes(repository, [ChangedFile(made.path, "modified", old, new)], "new-checkout")
    return len([hunk for hunk in found.hunks if hunk.outcome == "wrapped"])


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bench_wrap_speed")
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args(argv).runs
    for made in (_PYTHON, _TYPESCRIPT, _JAVA):
        old, new = _sides(made)
        wrapped, lines = _once(made, old, new), new.count(b"\n")
        elapsed, used = list[float](), list[float]()
        for _ in range(runs):
            start, cpu = time.perf_counter(), time.process_time()
            _once(made, old, new)
            elapsed.append(time.perf_counter() - start)
            used.append(time.process_time() - cpu)
        times = f"{statistics.median(elapsed) * 1000:.0f} ms, processor {statistics.median(used) * 1000:.0f} ms"
        print(f"{made.path}: {lines} lines, {wrapped} hunks wrapped: {times}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
