"""The laws of cleanup and wrapping on many programs in every language: `python -m tests.laws.nightly --programs 20000`.

`--kind change` checks wrapping alone, `--kind flag` the cleanup of flags that are on or off. The programs are spread
over processes. `--minutes` bounds the run, and `--state FILE` remembers how far each language and kind came, so that
another run goes on there. A language without its toolchain is named and passed over. Every difference is printed; the
command ends with 1 where there was one.
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
from typing import Literal, cast

from tests.laws.soundness import LANGUAGES, check, kinds_of
from tests.laws.typed.toolchains import TOOLCHAINS, missing
from tests.laws.values import KINDS, Kind
from tests.laws.wrapping import PATHS, check_changes

__all__ = ["main"]

_SHARE = 100
_CHANGE: Literal["change"] = "change"


@dataclass(frozen=True)
class _Share:
    """Programs for one process."""

    language: str
    kind: Kind | Literal["change"]
    first: int
    last: int
    end: float

    @property
    def name(self) -> str:
        return f"{self.language} {self.kind}"


def _checked(share: _Share) -> tuple[_Share, list[str] | None]:
    """None where the time was over."""
    if time.time() >= share.end:
        return share, None
    seeds = range(share.first, share.last)
    if share.kind == "change":
        return share, [str(fault) for fault in check_changes(seeds, share.language)]
    return share, [str(fault) for fault in check(seeds, share.language, share.kind)]


def _kinds(language: str, wanted: Sequence[str]) -> Iterator[Kind | Literal["change"]]:
    for kind in kinds_of(language) if language in LANGUAGES else ():
        if not wanted or kind in wanted:
            yield kind
    if language in PATHS and (not wanted or _CHANGE in wanted):
        yield _CHANGE


def _shares(
    languages: Sequence[str], kinds: Sequence[str], programs: int, seed: int, done: dict[str, int], end: float
) -> Iterator[_Share]:
    """The languages take turns, so that a run that is cut short has seen something of each."""
    names = [(language, kind) for language in languages for kind in _kinds(language, kinds)]
    for first in range(seed, seed + programs, _SHARE):
        for language, kind in names:
            share = _Share(language, kind, first, min(first + _SHARE, seed + programs), end)
            if share.last > done.get(share.name, seed):
                yield share


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.laws.nightly", description=__doc__)
    parser.add_argument("--programs", type=int, default=20_000, help="for each language and kind of flag")
    parser.add_argument("--seed", type=int, default=0, help="the first program")
    every = sorted({*LANGUAGES, *PATHS})
    parser.add_argument("--language", choices=every, action="append", help="only these; may be repeated")
    parser.add_argument("--kind", choices=(*KINDS, _CHANGE), action="append", help="only these; may be repeated")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=600.0, help="begin nothing after so long")
    parser.add_argument("--state", type=Path, help="where to remember how far the run came")
    given = parser.parse_args(arguments)
    wanted = given.language or every
    absent = {language: missing(language) for language in wanted if language in TOOLCHAINS and missing(language)}
    for language, command in absent.items():
        print(f"{language} is passed over: there is no {command} on this machine")
    done = cast("dict[str, int]", json.loads(given.state.read_text())) if given.state and given.state.exists() else {}
    end, faults, count = time.time() + 60 * given.minutes, 0, 0
    languages = [each for each in wanted if each not in absent]
    shares = _shares(languages, given.kind or (), given.programs, given.seed, done, end)
    with multiprocessing.get_context("spawn").Pool(given.jobs) as pool:
        for share, found in pool.imap(_checked, shares):
            if found is None:
                break
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
