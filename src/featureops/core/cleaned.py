"""What comes of a cleanup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from featureops.core.model import FileEdit, Leftover

__all__ = ["CleanupResult", "verdict_of"]


@dataclass(frozen=True, slots=True)
class CleanupResult:
    """`reads` counts the reads removed per file, `tests` names the tests that went, in the order of their files. The
    verdict is complete, partial, nothing or refused. `kinds` are those of the values that the flag is asked for, as of
    `Read`; `fixed` those of reads that get one."""

    edits: tuple[FileEdit, ...]
    leftovers: tuple[Leftover, ...]
    reads: Mapping[str, int]
    verdict: str
    seen: tuple[str, ...] = ()
    tests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()


def verdict_of(*, edited: bool, is_open: bool) -> str:
    return ("partial" if is_open else "complete") if edited else ("refused" if is_open else "nothing")
