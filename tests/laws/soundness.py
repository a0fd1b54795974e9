"""Checks the laws of cleanup on generated programs that are run for real.

    python -m tests.laws.soundness --programs 20000 --seed 0 --language python --kind flag

prints how many programs were checked and every difference; java, csharp, php and ruby need their toolchain on the
machine. For both values of the flag: running the program with the
flag pinned gives the same trace as running what cleanup left; a second cleanup changes nothing; a complete cleanup
leaves no key; nothing is refused; Windows line endings change nothing but the line endings. The same for flags that
give variants or texts, of which two are what the flag is fixed at.
"""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from featureops.core.cleanup import CleanupResult, cleanup_project
from featureops.core.fixing import Fixing
from featureops.languages import packs
from tests.laws.programs import FLAG
from tests.laws.running import Run, run_all
from tests.laws.typed.dialects import written
from tests.laws.typed.drawing import drawn_class
from tests.laws.typed.toolchains import TOOLCHAINS, missing
from tests.laws.values import KINDS, Kind, drawn

__all__ = ["LANGUAGES", "Fault", "check", "drawn_in", "kinds_of", "main"]

_CHUNK = 200
_TWINS = 4  # every fourth program is also checked with Windows line endings and twice where nothing is left to do
_PATHS = {
    "csharp": "App/Program.cs",
    "java": "app/Program.java",
    "php": "src/Program.php",
    "python": "app/main.py",
    "ruby": "lib/program.rb",
    "typescript": "src/main.ts",
}
_READS = (
    *("is_enabled", "is_enabled?", "isEnabled", "IsEnabled"),
    *("get_variant", "getVariant", "get_string_value", "getStringValue"),
)
_CONSTANTS = ("NEW_WAY", "self::NEW_WAY", "Keys.NEW")
_KEYS = (f'"{FLAG}"', f"'{FLAG}'", *_CONSTANTS)
_WHOLE = frozenset({"complete", "nothing"})


LANGUAGES = tuple(_PATHS)


def kinds_of(language: str) -> tuple[Kind, ...]:
    """The kinds of flags around which there are programs in a language."""
    return ("flag",) if language in TOOLCHAINS else KINDS


def drawn_in(seed: int, kind: Kind, language: str) -> str:
    """The program of a seed around a flag of this kind."""
    if language in TOOLCHAINS:
        return written(drawn_class(seed), language)
    return drawn(seed, kind, python=language == "python")


@dataclass(frozen=True)
class Fault:
    """A law that a program breaks."""

    law: str
    seed: int
    keep: bool
    before: str
    after: str
    detail: str = ""

    def __str__(self) -> str:
        diff = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), "before", "after", "", "", 3, "")
        kept = "enabled" if self.keep else "disabled"
        return "\n".join([f"==== seed {self.seed}, {kept}: {self.law}", *diff, self.detail])


@dataclass(frozen=True)
class _Cleaned:
    seed: int
    keep: bool
    before: str
    after: str

    def run(self, side: str) -> Run:
        return Run(f"{self.seed}-{self.keep}-{side}", self.before if side == "before" else self.after, self.keep)


def check(seeds: Sequence[int], language: str, kind: Kind = "flag") -> Iterator[Fault]:
    """The faults of the programs with these seeds."""
    for at in range(0, len(seeds), _CHUNK):
        cleaned: list[_Cleaned] = []
        for seed in seeds[at : at + _CHUNK]:
            before = drawn_in(seed, kind, language)
            for keep in (True, False):
                result = _cleanup(before, _fixing(keep, kind), language)
                after = _text(result, before)
                cleaned.append(_Cleaned(seed, keep, before, after))
                yield from (
                    Fault(law, seed, keep, before, after, detail)
                    for law, detail in _textual(
                        result, before, after, _fixing(keep, kind), language, twin=seed % _TWINS == 0
                    )
                )
        yield from _executed(cleaned, language)


def _executed(cleaned: Sequence[_Cleaned], language: str) -> Iterator[Fault]:
    traces = run_all([item.run(side) for item in cleaned for side in ("before", "after")], language)
    for item in cleaned:
        pinned, folded = traces[item.run("before").id], traces[item.run("after").id]
        if pinned != folded:
            pairs = zip([*pinned, "(end)"], [*folded, "(end)"], strict=False)
            at, (wanted, found) = next((at, pair) for at, pair in enumerate(pairs) if pair[0] != pair[1])
            detail = f"the trace differs at {at}: {wanted} became {found}"
            yield Fault("the same trace", item.seed, item.keep, item.before, item.after, detail)


def _textual(
    result: CleanupResult, before: str, after: str, fixing: Fixing, language: str, *, twin: bool
) -> Iterator[tuple[str, str]]:
    refused = [item.reason for item in result.leftovers if item.kind == "refused"]
    if refused:
        yield "nothing is refused", "; ".join(refused)
    unfolded = [item.text for item in result.leftovers if item.kind == "not-foldable"]
    is_plain = fixing.variant is None and not fixing.has_value  # else what escapes stays
    if result.verdict not in _WHOLE and not refused and is_plain:
        yield "every read is folded", "; ".join(unfolded)
    left = [line for line in after.splitlines() if any(f"{read}({key}" in line for read in _READS for key in _KEYS)]
    if left and result.verdict in _WHOLE:
        yield "a complete cleanup leaves no read", left[0]
    kept = [key for key in _CONSTANTS if f"({key}" in before and re.search(rf"\b{re.split('[.:]', key)[-1]}\b", after)]
    if kept and result.verdict in _WHOLE:
        yield "a complete cleanup leaves no constant of the key that was used", kept[0]
    again = _text(_cleanup(after, fixing, language), after) if FLAG in after or twin else after
    if again != after:
        yield "a second run changes nothing", "\n".join(difflib.ndiff(after.splitlines(), again.splitlines()))
    if not twin:
        return
    windows = before.replace("\n", "\r\n")
    found = _text(_cleanup(windows, fixing, language), windows)
    if found != after.replace("\n", "\r\n"):
        yield "line endings do not matter", "\n".join(difflib.ndiff(after.splitlines(), found.splitlines()))


def _fixing(keep: bool, kind: Kind) -> Fixing:
    if kind == "variant":
        return Fixing(variant="a" if keep else "b")
    return Fixing(value="a" if keep else "", has_value=True) if kind == "text" else Fixing(keep)


def _cleanup(text: str, fixing: Fixing, language: str) -> CleanupResult:
    return cleanup_project({_PATHS[language]: text.encode()}, FLAG, fixing, packs())


def _text(result: CleanupResult, before: str) -> str:
    for edit in result.edits:
        return (edit.after or b"").decode()
    return before


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: prints, and ends with 1 where a law is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.laws.soundness", description=__doc__)
    parser.add_argument("--programs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--language", choices=sorted(_PATHS), default="python")
    parser.add_argument("--kind", choices=KINDS, default="flag")
    options = parser.parse_args(arguments)
    if options.language in TOOLCHAINS and (command := missing(options.language)):
        parser.error(f"{options.language} needs {command}, which is not on this machine")
    if options.kind not in kinds_of(options.language):
        parser.error(f"there are no programs in {options.language} around a {options.kind}")
    count = 0
    for fault in check(range(options.seed, options.seed + options.programs), options.language, options.kind):
        count += 1
        print(fault, flush=True)
    print(f"{options.programs} programs in {options.language}, both values: {count} differences")
    return 1 if count else 0


if __name__ == "__main__":
    raise SystemExit(main())
