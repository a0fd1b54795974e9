"""`python -m tests.agreement.nightly --flags 1000`: draws flags and contexts, asks everybody, prints every difference.

It needs a real Unleash, which it starts and stops itself. Exit code 1 where somebody disagrees.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from tests.agreement.asking import both, differences, everybody
from tests.agreement.generated import drawn
from tests.real_unleash import NEWEST, shared_unleash


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flags", type=int, default=1000)
    parser.add_argument("--contexts", type=int, default=20, help="at most 20, as many as a preview shows")
    parser.add_argument("--seed", type=int, default=17)
    given = parser.parse_args()
    started = time.monotonic()
    asked = drawn(given.seed, given.flags, min(given.contexts, 20))
    with (
        tempfile.TemporaryDirectory() as folder,
        shared_unleash(NEWEST, uuid4().hex) as unleash,
        both(asked, unleash, Path(folder)) as places,
    ):
        answers = everybody(places)
    found = differences(answers, asked)
    for sentence in found:
        print(sentence)
    on = sum(sum(row) for row in next(iter(answers.values())).values())
    for who, rows in answers.items():
        print(f"{len(rows)} flags: {who}")
    print(
        f"{len(asked.flags)} flags x {len(asked.contexts)} contexts, {on} on: {len(found)} differences;"
        f" {time.monotonic() - started:.0f} s"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
