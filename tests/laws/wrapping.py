"""Checks the laws of wrapping on generated pairs of programs that are run for real.

    python -m tests.laws.wrapping --programs 20000 --seed 0 --language python

Each pair is an old program and what a person made of it. The change is put behind a flag; then, with the flag off, the
wrapped program's trace must be the old program's, with it on the new one's, and a cleanup must give both texts back.
Pairs of which a part is refused or stays outside are compared on the new side only. Prints every difference, and how
many of the changed places were wrapped.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from featureops.core.cleanup import cleanup_project
from featureops.core.config import Config
from featureops.core.model import ChangedFile
from featureops.core.wrap.change import Wrapped, wrap_changes
from featureops.core.wrap.repository import Repository
from featureops.languages import packs
from tests.laws.changes.drawing import drawn_pair
from tests.laws.changes.writing import written
from tests.laws.expressions import FLAG
from tests.laws.running import Run, run_all

__all__ = ["PATHS", "ChangeFault", "Tally", "check_changes", "main"]

PATHS = {"python": "app/shop.py", "typescript": "app/shop.ts", "javascript": "app/shop.js"}
_CLIENTS = {
    "flags.py": b'from UnleashClient import UnleashClient\n\nclient = UnleashClient("u", "a")\n',
    "app/flags.ts": b"import { initialize } from 'unleash-client';\n\nexport const client = initialize({});\n",
    "app/flags.js": b"import { initialize } from 'unleash-client';\n\nexport const client = initialize({});\n",
}
_CHUNK = 100


@dataclass(frozen=True)
class ChangeFault:
    """A law that a wrapped pair breaks."""

    law: str
    seed: int
    old: str
    new: str
    wrapped: str
    detail: str = ""

    def __str__(self) -> str:
        parts = [f"==== seed {self.seed}: {self.law}", self.detail]
        parts += difflib.unified_diff(self.old.splitlines(), self.new.splitlines(), "old", "new", "", "", 3, "")
        parts += difflib.unified_diff(self.new.splitlines(), self.wrapped.splitlines(), "new", "wrapped", "", "", 3, "")
        return "\n".join(parts)


@dataclass
class Tally:
    """What became of the changed places."""

    wrapped: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Pair:
    seed: int
    old: str
    new: str
    wrapped: str
    whole: bool

    def runs(self) -> Iterator[Run]:
        for side, code, value in (
            ("old", self.old, False),
            ("new", self.new, True),
            ("off", self.wrapped, False),
            ("on", self.wrapped, True),
        ):
            yield Run(f"{self.seed} {side}", code, value)

    def fault(self, law: str, detail: str) -> ChangeFault:
        return ChangeFault(law, self.seed, self.old, self.new, self.wrapped, detail)


def check_changes(seeds: Sequence[int], language: str, tally: Tally | None = None) -> Iterator[ChangeFault]:
    """The faults of the pairs with these seeds."""
    count = tally or Tally()
    for at in range(0, len(seeds), _CHUNK):
        pairs: list[_Pair] = []
        for seed in seeds[at : at + _CHUNK]:
            pair, said = _wrapped(seed, language, count)
            if pair is not None:
                pairs.append(pair)
                yield from _round_trip(pair, language, said)
        yield from _executed(pairs, language)


def _wrapped(seed: int, language: str, count: Tally) -> tuple[_Pair | None, str]:
    """The pair of a seed, wrapped; none where nothing was."""
    old, new = (written(side, python=language == "python") for side in drawn_pair(seed))
    found = _wrap(old, new, language)
    texts = [edit.after for edit in found.edits if edit.path == PATHS[language] and edit.after is not None]
    count.wrapped += sum(hunk.outcome == "wrapped" for hunk in found.hunks)
    count.refused += [(seed, hunk.reason) for hunk in found.hunks if hunk.outcome == "refused"]
    if not texts:
        return None, ""
    whole = all(hunk.outcome == "wrapped" for hunk in found.hunks)
    return _Pair(seed, old, new, texts[0].decode(), whole), " ".join(hunk.reason for hunk in found.hunks).lower()


def _wrap(old: str, new: str, language: str) -> Wrapped:
    path = PATHS[language]
    files = {**_CLIENTS, path: new.encode()}
    repository = Repository(
        frozenset(files),
        files.get,
        lambda needles: {name: (0,) for name, data in files.items() if any(needle in data for needle in needles)},
        packs(),
        Config(),
    )
    return wrap_changes(repository, [ChangedFile(path, "modified", old.encode(), new.encode())], FLAG)


def _round_trip(pair: _Pair, language: str, said: str) -> Iterator[ChangeFault]:
    on, off = (_cleaned(pair.wrapped, language, keep=keep) for keep in (True, False))
    if on != pair.new:
        yield pair.fault("cleaned up to enabled it is the new text", _differing(pair.new, on))
    if not pair.whole:
        return
    if "unused names" not in said and _code(off) != _code(pair.old):
        yield pair.fault("cleaned up to disabled it is the old text", _differing(pair.old, off))


def _cleaned(text: str, language: str, *, keep: bool) -> str:
    path = PATHS[language]
    done = cleanup_project({**_CLIENTS, path: text.encode()}, FLAG, keep, packs())
    return next((edit.after or b"" for edit in done.edits if edit.path == path), text.encode()).decode()


def _code(text: str) -> list[str]:
    """Without blank lines and comments, which a branch can't always keep."""
    return [line for line in text.splitlines() if line.strip() and not line.strip().startswith(("#", "//"))]


def _differing(wanted: str, found: str) -> str:
    return "\n".join(difflib.unified_diff(wanted.splitlines(), found.splitlines(), "wanted", "found", "", "", 2, ""))


def _executed(pairs: Sequence[_Pair], language: str) -> Iterator[ChangeFault]:
    traces = run_all([run for pair in pairs for run in pair.runs()], "python" if language == "python" else "typescript")
    for pair in pairs:
        old, new, off, on = (traces[run.id] for run in pair.runs())
        sides = [("on", "new", new, on), *([("off", "old", old, off)] if pair.whole else [])]
        for flag, side, wanted, found in sides:
            if wanted != found:
                both = zip([*wanted, "(end)"], [*found, "(end)"], strict=False)
                at, (first, second) = next((at, two) for at, two in enumerate(both) if two[0] != two[1])
                yield pair.fault(f"with the flag {flag} it does what the {side} program does",
                    f"the trace differs at {at}: {first} became {second}")  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: prints, and ends with 1 where a law is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.laws.wrapping", description=__doc__)
    parser.add_argument("--programs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--language", choices=sorted(PATHS), default="python")
    parser.add_argument("--refused", action="store_true", help="print what was refused, by seed")
    options = parser.parse_args(arguments)
    tally, faults = Tally(), 0
    for fault in check_changes(range(options.seed, options.seed + options.programs), options.language, tally):
        faults += 1
        print(fault, flush=True)
    for seed, reason in tally.refused if options.refused else ():
        print(f"seed {seed}: {reason}")
    print(
        f"{options.programs} pairs in {options.language}: {tally.wrapped} places wrapped, {len(tally.refused)} refused,"
        f" {faults} differences"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
