"""The law that a wrapped file must obey: cleaned up to enabled it is the new file, to disabled the old one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

__all__ = ["Cleaner", "Expected", "Verdict", "check"]

_WORD = re.compile(rb"\w+")

Cleaner = Callable[[str, bytes, bool], bytes | None]
"""(path, wrapped text, keep enabled) to the text without the flag; None when something of the flag is left."""


@dataclass(frozen=True, slots=True)
class Expected:
    """`off` is the new file with every wrapped and every left place as it was. Lines in `added` may be there all the
    same and lines in `removed` may be missing: they belong to what stays outside the branches. Lines in `unused` define
    what nothing in the old file used: they may lose names, since only the new code needs them. The statements in
    `imports` are new, and may lose names too."""

    on: bytes
    off: bytes
    added: frozenset[bytes] = frozenset()
    removed: frozenset[bytes] = frozenset()
    unused: frozenset[bytes] = frozenset()
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
        return Verdict(holds=False, why="removing the flag (enabled) would not give the new code back")
    disabled = cleaner(path, wrapped, False)
    if disabled is None:
        return Verdict(holds=False, why="the flag could not be removed again")
    return _same_but_for_left(disabled, expected)


def _same_but_for_left(disabled: bytes, expected: Expected) -> Verdict:
    if disabled == expected.off:
        return Verdict(holds=True)
    before, after = expected.off.splitlines(keepends=True), disabled.splitlines(keepends=True)
    if [line for line in before if line.strip()] == [line for line in after if line.strip()]:
        return Verdict(holds=True, exact=False)
    exact = True
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, come = _code(before[i1:i2]), _code(after[j1:j2])
        if gone and gone <= expected.unused and _words(come) <= _words(gone):
            exact = False
            continue
        known = {line for line in come if line in expected.added or _is_import_of_less(line, expected)}
        if not gone <= expected.removed or come != known:
            return Verdict(holds=False, why="removing the flag (disabled) would not give the old code back")
        exact = exact and bool(gone or come)
    return Verdict(holds=True, exact=exact)


def _is_import_of_less(line: bytes, expected: Expected) -> bool:
    words = set(_WORD.findall(line))
    return any(line[:1] == whole[:1] and words <= set(_WORD.findall(whole)) for whole in expected.imports)


def _words(lines: frozenset[bytes]) -> set[bytes]:
    return {word for line in lines for word in _WORD.findall(line)}


def _code(lines: list[bytes]) -> frozenset[bytes]:
    return frozenset(line.strip() for line in lines if line.strip())
