"""The laws of cleanup on many programs, in every language: `python -m tests.laws.nightly --programs 20000`.

The programs are spread over processes. `--minutes` bounds the run, and `--state FILE` remembers how far each language
and kind of flag came, so that another run goes on there. A language without its toolchain is named and passed over.
Every difference is printed; the command ends with 1 where there was one.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tests.laws.soundness import LANGUAGES, check, kinds_of
from tests.laws.typed.toolchains import TOOLCHAINS, missing
from tests.laws.values import Kind

__all__ = ["main"]

_SHARE = 100


@dataclass(frozen=True)
class _Share:
    """Programs for one process."""

    language: str
    kind: Kind
    first: int
    last: int

    @property
    def name(self) -> str:
        return f"{self.language} {self.kind}"


def _checked(share: _Share) -> tuple[_Share, list[str]]:
    return share, [str(fault) for fault in check(range(share.first, share.last), share.language, share.kind)]


def _shares(languages: Sequence[str], programs: int, seed: int, done: dict[str, int]) -> Iterator[_Share]:
    """The languages take turns, so that a run that is cut short has seen something of each."""
    names = [(language, kind) for language in languages for kind in kinds_of(language)]
    for first in range(seed, seed + programs, _SHARE):
        for language, kind in names:
            share = _Share(language, kind, first, min(first + _SHARE, seed + programs))
            if share.last > done.get(share.name, seed):
                yield share


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.laws.nightly", description=__doc__)
    parser.add_argument("--programs", type=int, default=20_000, help="for each language and kind of flag")
    parser.add_argument("--seed", type=int, default=0, help="the first program")
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="only these; may be repeated")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=600.0, help="begin nothing after so long")
    parser.add_argument("--state", type=Path, help="where to remember how far the run came")
    given = parser.parse_args(arguments)
    wanted = given.language or list(LANGUAGES)
    absent = {language: missing(language) for language in wanted if language in TOOLCHAINS and missing(language)}
    for language, command in absent.items():
        print(f"{language} is passed over: there is no {command} on this machine")
    done = cast("dict[str, int]", json.loads(given.state.read_text())) if given.state and given.state.exists() else {}
    shares = _shares([each for each in wanted if each not in absent], given.programs, given.seed, done)
    end, faults, count = time.monotonic() + 60 * given.minutes, 0, 0
    bounded = (share for share in shares if time.monotonic() < end)
    with multiprocessing.get_context("spawn").Pool(given.jobs) as pool:
        for share, found in pool.imap(_checked, bounded):
            print(*found, sep="\n", end="\n" if found else "", flush=True)
            count, faults = count + share.last - share.first, faults + len(found)
            done[share.name] = share.last
            if given.state:
                given.state.write_text(json.dumps(done, indent=1))
    print(", ".join(f"{name} up to {last}" for name, last in sorted(done.items())))
    print(f"{count} programs, both values: {faults} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
