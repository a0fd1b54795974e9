"""Frozen values of an assessment. Lines count from 1 unless a field says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from featureops.core.model import ChangedFile, Span

__all__ = [
    "Definition",
    "FileAssessment",
    "Guards",
    "Hunk",
    "HunkKind",
    "JudgedHunk",
    "Kind",
    "LanguageSignals",
    "Layer",
    "Level",
    "Occurrence",
    "PathKind",
    "SideFacts",
    "Signal",
    "Tokens",
]

PathKind = Literal[
    "code",
    "tests",
    "docs",
    "configuration",
    "dependencies",
    "generated",
    "migration",
    "infrastructure",
    "agent-configuration",
    "asset",
]
Kind = Literal[
    "code",
    "tests",
    "docs",
    "configuration",
    "dependencies",
    "generated",
    "migration",
    "infrastructure",
    "agent-configuration",
    "asset",
    "formatting",
    "comments",
    "types",
    "imports",
    "logging",
    "copy",
    "rename",
    "moved",
    "dead-code",
    "uncalled-code",
    "new-behaviour",
    "changed-behaviour",
    "removed-behaviour",
    "none",
]
HunkKind = Literal["inert", "import", "definition", "behaviour"]
Layer = Literal["runtime-control", "ci-cd", "sandboxing", "none"]
Level = Literal["low", "medium", "high", "critical"]

Guards = Callable[[str, bytes, Span], Sequence[str]]
"""Path, its content after the change, a span of it -> the flags whose branch holds the whole span, innermost first."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that differ, as half-open ranges of 0-based line numbers on either side."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int

    @property
    def added(self) -> int:
        return self.after_end - self.after_start

    @property
    def removed(self) -> int:
        return self.before_end - self.before_start


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason behind the score. `weight` is what it adds to riskScore; `line` 0 means the whole file."""

    id: str
    path: str
    line: int
    weight: float
    evidence: str


@dataclass(frozen=True, slots=True)
class LanguageSignals:
    """What an assessment must know of one grammar: node types, straight from a language's signals.toml.

    `calls` maps a call's node type to the field that holds what is called. `types` are erased when only types differ;
    `transparent` nodes leave no mark in the normal form (parentheses, wrappers that only carry a type). `logs` are
    globs of dotted callees. `entry_points` are globs of names, or of an attribute's text; `tests` of file names, too;
    `translations` of paths.
    """

    language: str = ""
    comments: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    declarations: frozenset[str] = frozenset()
    wrappers: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    calls: Mapping[str, str] | None = None
    branches: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    loops: frozenset[str] = frozenset()
    handlers: frozenset[str] = frozenset()
    exits: frozenset[str] = frozenset()
    statements: frozenset[str] = frozenset()
    decorators: frozenset[str] = frozenset()
    concurrent: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    transparent: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    text: frozenset[str] = frozenset()
    docstrings: tuple[str, str] | None = None
    compares: frozenset[str] = frozenset()
    entry_points: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    translations: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    lockfiles: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    infrastructure: tuple[str, ...] = ()
    front_ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, class or other declaration that a hunk adds or removes whole. `anchored` ones run without being
    named anywhere: they carry a decorator or are an entry point by convention. `digest` ignores indentation."""

    name: str
    line: int
    span: Span
    anchored: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A whole-word occurrence of `name` in a file of the workspace; `offset` is in bytes."""

    name: str
    path: str
    offset: int


@dataclass(frozen=True, slots=True)
class SideFacts:
    """What the changed lines of one side hold. Names come with the line they stand on."""

    calls: tuple[tuple[str, int], ...] = ()
    names: tuple[tuple[str, int], ...] = ()
    modules: tuple[tuple[str, int], ...] = ()
    functions: tuple[tuple[str, int], ...] = ()
    queries: tuple[tuple[str, int], ...] = ()
    decorators: tuple[tuple[str, int], ...] = ()
    branches: int = 0
    loops: int = 0
    handlers: int = 0
    guards: int = 0
    statements: int = 0
    concurrent: int = 0


@dataclass(frozen=True, slots=True)
class Tokens:
    """The normal form of some nodes: (category, text) pairs. Categories: code, name, comment, type, import, log, copy.
    `declared` are the names that the nodes declare themselves."""

    pairs: tuple[tuple[str, str], ...]
    declared: frozenset[str]


@dataclass(frozen=True, slots=True)
class JudgedHunk:
    """A hunk with what it is made of. `added` and `removed` hold whole definitions; `covered_by` the guarding flags."""

    hunk: Hunk
    kind: HunkKind
    span: Span
    added: tuple[Definition, ...] = ()
    removed: tuple[Definition, ...] = ()
    covered_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileAssessment:
    """One changed file, understood. `parsed` is False where no grammar could be asked."""

    change: ChangedFile
    kind: Kind
    hunks: tuple[JudgedHunk, ...]
    before: SideFacts
    after: SideFacts
    modules: tuple[tuple[str, int], ...] = ()
    parsed: bool = False

    @property
    def path(self) -> str:
        return self.change.path

    @property
    def lines(self) -> int:
        """Lines added and removed."""
        return sum(each.hunk.added + each.hunk.removed for each in self.hunks)

    @property
    def telling_lines(self) -> int:
        """Those of them that are part of what changes when the program runs."""
        return sum(
            each.hunk.added + each.hunk.removed for each in self.hunks if each.kind in ("behaviour", "definition")
        )
