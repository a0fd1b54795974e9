"""What a file is, by its path alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import lru_cache
from typing import cast

from featureops.core.assess.tables import PATH_RULES, PathRule
from featureops.core.assess.values import LanguageSignals, PathKind

__all__ = ["path_kind"]

# A folder of these kinds says nothing about a file that a grammar reads: programs live there too.
_WEAK_FOLDERS = frozenset({"docs", "infrastructure"})
_NOT_FOR_CODE = frozenset({"configuration", "docs", "asset"})


def path_kind(path: str, tables: Sequence[LanguageSignals], *, claimed: bool) -> PathKind:
    """The kind of a file. The languages' own customs (manifests, lockfiles, test files) come first, then
    `tables.PATH_RULES` in order; anything else is code. `claimed`: a language pack reads files of this extension."""
    *folders, name = path.split("/")
    for table in tables:
        own = _own_kind(name, table)
        if own is not None:
            return own
    rule = next((rule for rule in PATH_RULES if _fits(rule, folders, name, claimed=claimed)), None)
    return cast("PathKind", rule.kind) if rule else "code"


def _own_kind(name: str, table: LanguageSignals) -> PathKind | None:
    groups: tuple[tuple[PathKind, tuple[str, ...]], ...] = (
        ("generated", table.generated),
        ("dependencies", table.lockfiles + table.manifests),
        ("infrastructure", table.infrastructure),
        ("tests", table.tests),
    )
    return next((kind for kind, patterns in groups if patterns and _matching(patterns).match(name)), None)


def _fits(rule: PathRule, folders: Sequence[str], name: str, *, claimed: bool) -> bool:
    if claimed and rule.kind in _NOT_FOR_CODE:
        return False
    if rule.names and _matching(rule.names).match(name):
        return True
    return bool(rule.folders.intersection(folders)) and not (claimed and rule.kind in _WEAK_FOLDERS)


@lru_cache(maxsize=256)
def _matching(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """What matches the names that any of the globs does."""
    return re.compile("|".join(translate(pattern) for pattern in patterns))
