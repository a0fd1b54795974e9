"""The law that a wrapped file must obey: cleaned up to enabled it is the new file, to disabled the old one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

__all__ = ["Cleaner", "Expected", "Verdict", "check"]

_WORD = re.compile(rb"\w+")
_MARKS = (b"/", b"*", b"#", b"@", b"[", b"")
_AROUND = b" \t\r\n\xef\xbb\xbf"

Cleaner = Callable[[str, bytes, bool], bytes | None]
"""(path, wrapped text, keep enabled) to the text without the flag; None when something of the flag is left."""


@dataclass(frozen=True, slots=True)
class Expected:
    """`off` is the new file with every wrapped and every left place as it was, None where there is no old side. Lines
    in `added` may be there all the same and lines in `removed` may be missing: they belong to what stays outside the
    branches. Lines in `unused` define what nothing in the old file used: they may lose names, since only the new code
    needs them. `stale` are such lines of the new file, `back` those of definitions that were put back for old code. The
    statements in `imports` are new, and may lose names too."""

    on: bytes
    off: bytes | None
    added: frozenset[bytes] = frozenset()
    removed: frozenset[bytes] = frozenset()
    unused: Callable[[], frozenset[bytes]] = frozenset
    stale: Callable[[], frozenset[bytes]] = frozenset
    back: frozenset[bytes] = frozenset()
    imports: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`exact` is false where blank lines or unused names differ from the old file."""

    holds: bool
    exact: bool = True
    why: str = ""


def check(path: str, wrapped: bytes, expected: Expected, cleaner: Cleaner) -> Verdict:
    enabled = cleaner(path, wrapped, True)
    if enabled is None:
        return Verdict(holds=False, why="the flag could not be removed again")
    if enabled != expected.on:
        return Verdict(holds=False, why=_why_not_new(enabled, expected))
    disabled = cleaner(path, wrapped, False)
    if disabled is None:
        return Verdict(holds=False, why="the flag could not be removed again")
    return Verdict(holds=True) if expected.off is None else _same_but_for_left(disabled, expected.off, expected)


def _why_not_new(enabled: bytes, expected: Expected) -> str:
    new, got = _code(expected.on.splitlines()), _code(enabled.splitlines())
    stale, back = new - got, got - new
    if stale and not back and stale <= expected.stale():
        line = min(stale).decode("utf-8", "replace")
        return f"nothing of the new code uses `{line}`, so it would go with the flag: take that line out first"
    if back and not stale and back <= expected.back:
        lines = (line.strip(_AROUND) for line in enabled.splitlines())
        shown = next((line for line in lines if line in back and line[:1] not in _MARKS), b"")
        text = shown.decode("utf-8", "replace")
        return f"the old code needs `{text}`, which others may use as well: leave that in until the flag is removed"
    return "removing the flag (enabled) would not give the new code back"


def _same_but_for_left(disabled: bytes, off: bytes, expected: Expected) -> Verdict:
    if disabled == off:
        return Verdict(holds=True)
    sides = (text.removeprefix(b"\xef\xbb\xbf") for text in (off, disabled))
    before, after = (side.splitlines(keepends=True) for side in sides)
    if [line for line in before if line.strip()] == [line for line in after if line.strip()]:
        return Verdict(holds=True, exact=False)
    exact = _is_exact(before, after, expected)
    if exact is None:
        # A blank line that both sides have is a poor place to line them up at.
        old, new = ([line for line in side if line.strip()] for side in (before, after))
        exact = False if _is_exact(old, new, expected) is not None or _is_same_otherwise(old, new, expected) else None
    if exact is None:
        return Verdict(holds=False, why="removing the flag (disabled) would not give the old code back")
    return Verdict(holds=True, exact=exact)


def _is_exact(before: list[bytes], after: list[bytes], expected: Expected) -> bool | None:
    """Whether lines of what is left are all that differs; None where others do."""
    exact = True
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, come = _differing(before[i1:i2], after[j1:j2])
        if gone and gone <= expected.unused() and _words(come) <= _words(gone):
            exact = False
            continue
        known = {line for line in come if line in expected.added or _is_import_of_less(line, expected)}
        if not gone <= expected.removed or come != known:
            return None
        exact = exact and bool(gone or come)
    return exact


def _is_same_otherwise(before: list[bytes], after: list[bytes], expected: Expected) -> bool:
    """Whether the lines of what is left are all that differs, wherever they stand: what came may be so like what went
    that it is lined up with it, and what stands between the two seems to have moved."""
    gone, come = _differing(before, after)
    if not gone <= expected.removed or not come <= expected.added:
        return False
    loose = expected.added | expected.removed
    old, new = ([line for each in side if (line := each.strip(_AROUND)) not in loose] for side in (before, after))
    return old == new


def _differing(before: list[bytes], after: list[bytes]) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The lines of code that only one of two pieces has, or has more often."""
    old, new = (Counter(line.strip(_AROUND) for line in side if line.strip(_AROUND)) for side in (before, after))
    return frozenset(old - new), frozenset(new - old)


def _is_import_of_less(line: bytes, expected: Expected) -> bool:
    words = set(_WORD.findall(line))
    return any(line[:1] == whole[:1] and words <= set(_WORD.findall(whole)) for whole in expected.imports)


def _words(lines: frozenset[bytes]) -> set[bytes]:
    return {word for line in lines for word in _WORD.findall(line)}


def _code(lines: list[bytes]) -> frozenset[bytes]:
    return frozenset(line.strip(_AROUND) for line in lines if line.strip(_AROUND))
