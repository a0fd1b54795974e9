"""What kind of change a file's change is, by its path and its syntax."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from featureops.core.assess.facts import all_tests, imported_modules, side_facts, smallest_statements, whole_nodes
from featureops.core.assess.hunks import line_hunks, line_starts, lines_span, split_lines
from featureops.core.assess.normal import same_up_to, tokens
from featureops.core.assess.pages import page_kind
from featureops.core.assess.paths import path_kind
from featureops.core.assess.textual import inert_lines, same_text, text_facts
from featureops.core.assess.units import quieted
from featureops.core.assess.values import (
    Definition,
    FileAssessment,
    Guards,
    Hunk,
    HunkKind,
    JudgedHunk,
    Kind,
    LanguageSignals,
    SideFacts,
)
from featureops.core.detect.places import is_test_path
from featureops.core.model import ChangedFile, Span
from featureops.core.pack import Packs
from featureops.core.syntax import Node, SourceFile, TooDeep, parse

__all__ = ["BEHAVIOUR", "assess_file"]

_MANY_NODES = 20
BEHAVIOUR: frozenset[Kind] = frozenset({"new-behaviour", "changed-behaviour", "removed-behaviour"})
"""Kinds that change what a running program does."""


def assess_file(change: ChangedFile, packs: Packs, tables: Sequence[LanguageSignals], guards: Guards) -> FileAssessment:
    """Judge one changed file by itself. A file of nothing but new or removed definitions comes back as
    "new-behaviour" or "removed-behaviour": `reach.settle` knows the other files and has the last word."""
    pack = packs.for_path(change.path)
    kind = path_kind(change.path, tables, claimed=pack is not None)
    if kind == "code":
        kind = "tests" if is_test_path(pack, change.path) else kind
    if change.skipped is not None or (change.before is None and change.after is None):
        return FileAssessment(change, "asset" if kind == "code" else kind, (), SideFacts(), SideFacts())
    hunks = line_hunks(change.before or b"", change.after or b"")
    if kind != "code":
        return _plain(change, kind, hunks)
    if any(fnmatchcase(f"/{change.path}", pattern) for table in tables for pattern in table.translations):
        return _plain(change, "copy", hunks)
    if not hunks:
        return _plain(change, "moved" if change.status == "renamed" else "formatting", hunks)
    table = next((table for table in tables if pack is not None and table.language == pack.id), None)
    page = packs.host(change.path) is not None
    if pack is None or table is None or page:
        return _unparsed(change, hunks, guards, page=page)
    try:
        before = parse(change.path, change.before or b"", pack)
        after = parse(change.path, change.after or b"", pack)
        return _parsed(change, before, after, hunks, table, guards)
    except TooDeep:
        return _unparsed(change, hunks, guards)


def _plain(change: ChangedFile, kind: Kind, hunks: Sequence[Hunk]) -> FileAssessment:
    """A file whose kind is known without looking at its syntax. Queries in it count: a migration may drop a table."""
    before, after = _numbered_lines(change, hunks)
    judged = tuple(JudgedHunk(hunk, "inert", Span(0, 0)) for hunk in hunks)
    if kind == "migration":
        return FileAssessment(change, kind, judged, text_facts(before), text_facts(after))
    return FileAssessment(change, kind, judged, SideFacts(), SideFacts())


def _numbered_lines(
    change: ChangedFile, hunks: Sequence[Hunk]
) -> tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]]:
    old, new = split_lines(change.before or b""), split_lines(change.after or b"")
    removed = [(at + 1, old[at]) for hunk in hunks for at in range(hunk.before_start, hunk.before_end)]
    added = [(at + 1, new[at]) for hunk in hunks for at in range(hunk.after_start, hunk.after_end)]
    return removed, added


def _unparsed(change: ChangedFile, hunks: Sequence[Hunk], guards: Guards, *, page: bool = False) -> FileAssessment:
    removed, added = _numbered_lines(change, hunks)
    old, new = [line for _, line in removed], [line for _, line in added]
    before, after = text_facts(removed), text_facts(added)
    if inert_lines(old + new):
        return _plain(change, "comments", hunks)
    if same_text(split_lines(change.before or b""), split_lines(change.after or b"")):
        return _plain(change, "formatting", hunks)
    known = page_kind(change.before, change.after) if page and change.before and change.after else None
    if known is not None:
        return _plain(change, known, hunks)
    starts, length = line_starts(change.after or b""), len(change.after or b"")
    judged = []
    for hunk in hunks:
        lines = split_lines(change.before or b"")[hunk.before_start : hunk.before_end]
        lines += split_lines(change.after or b"")[hunk.after_start : hunk.after_end]
        kind: HunkKind = "inert" if inert_lines(lines) else "behaviour"
        judged.append(JudgedHunk(hunk, kind, lines_span(starts, hunk.after_start, hunk.after_end, length)))
    return FileAssessment(
        change, _behaviour(change, judged), _guarded(change, judged, guards, _no_statements), before, after
    )


def _parsed(
    change: ChangedFile,
    before: SourceFile,
    after: SourceFile,
    hunks: Sequence[Hunk],
    table: LanguageSignals,
    guards: Guards,
) -> FileAssessment:
    trivial = _trivial(change, before, after, table)
    judged = [_judge(hunk, before, after, table, fresh=change.before is None) for hunk in hunks]
    if trivial is not None:
        quiet = tuple(replace(each, kind="inert") for each in judged)
        return FileAssessment(change, trivial, quiet, SideFacts(), SideFacts(), parsed=True)
    tests = {each.hunk for each in judged if each.kind != "inert" and _only_tests(each.hunk, before, after, table)}
    judged = [JudgedHunk(each.hunk, "inert", each.span) if each.hunk in tests else each for each in judged]
    judged = quieted(_same_names(judged), before, after, table)
    kinds = {each.kind for each in judged}
    loud = [each.hunk for each in judged if each.kind != "inert"]
    old_spans = _spans(before, [(hunk.before_start, hunk.before_end) for hunk in loud])
    new_spans = _spans(after, [(hunk.after_start, hunk.after_end) for hunk in loud])
    kind = _behaviour(change, judged)
    if kinds == {"inert"}:
        kind = "tests" if tests else "comments"
    elif kinds <= {"inert", "import"}:
        kind = "imports"
    return FileAssessment(
        change,
        kind,
        _guarded(change, judged, guards, lambda span: smallest_statements(after, span, table)),
        side_facts(before, old_spans, table),
        side_facts(after, new_spans, table),
        imported_modules(after if change.after is not None else before, table),
        parsed=True,
    )


def _trivial(change: ChangedFile, before: SourceFile, after: SourceFile, table: LanguageSignals) -> Kind | None:
    if change.before is None or change.after is None:
        return None
    old, new = _differing(before.root.children, after.root.children)
    if len(old) == len(new) > _MANY_NODES and not _alike(old[0], new[0], table):
        return None
    return same_up_to(tokens(old, table), tokens(new, table))


def _alike(left: Node, right: Node, table: LanguageSignals) -> bool:
    """The first of many pairs: when already this one differs, there is no need to read the others."""
    return left.type != right.type or same_up_to(tokens([left], table), tokens([right], table)) is not None


def _differing(old: Sequence[Node], new: Sequence[Node]) -> tuple[Sequence[Node], Sequence[Node]]:
    """Without the equal nodes at either end: the walk over the rest is what costs."""
    head = 0
    while head < min(len(old), len(new)) and _same(old[head], new[head]):
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and _same(old[-1 - tail], new[-1 - tail]):
        tail += 1
    return old[head : len(old) - tail], new[head : len(new) - tail]


def _same(left: Node, right: Node) -> bool:
    return left.type == right.type and left.text == right.text


def _spans(file: SourceFile, ranges: Sequence[tuple[int, int]]) -> list[Span]:
    length = len(file.data)
    return [lines_span(file.line_starts, first, last, length) for first, last in ranges if last > first]


def _judge(hunk: Hunk, before: SourceFile, after: SourceFile, table: LanguageSignals, *, fresh: bool) -> JudgedHunk:
    old = lines_span(before.line_starts, hunk.before_start, hunk.before_end, len(before.data))
    new = lines_span(after.line_starts, hunk.after_start, hunk.after_end, len(after.data))
    removed_kind, removed = whole_nodes(before, old, table, fresh=False) if hunk.removed else ("inert", ())
    added_kind, added = whole_nodes(after, new, table, fresh=fresh) if hunk.added else ("inert", ())
    order: tuple[HunkKind, ...] = ("behaviour", "definition", "import", "inert")
    kind = next(kind for kind in order if kind in {removed_kind, added_kind})
    if kind == "behaviour":
        return JudgedHunk(hunk, kind, new)
    return JudgedHunk(hunk, kind, new, added, removed)


def _only_tests(hunk: Hunk, before: SourceFile, after: SourceFile, table: LanguageSignals) -> bool:
    old = lines_span(before.line_starts, hunk.before_start, hunk.before_end, len(before.data))
    new = lines_span(after.line_starts, hunk.after_start, hunk.after_end, len(after.data))
    return (not hunk.removed or all_tests(before, old, table)) and (not hunk.added or all_tests(after, new, table))


def _same_names(hunks: Sequence[JudgedHunk]) -> list[JudgedHunk]:
    """A definition that is there on both sides under one name with another body was changed, not added."""
    added = {each.name: each for hunk in hunks for each in hunk.added}
    removed = {each.name: each for hunk in hunks for each in hunk.removed}
    changed = {name for name in added.keys() & removed.keys() if added[name].digest != removed[name].digest}
    return [replace(hunk, kind="behaviour") if _names(hunk.added + hunk.removed) & changed else hunk for hunk in hunks]


def _names(definitions: Sequence[Definition]) -> set[str]:
    return {each.name for each in definitions}


def _behaviour(change: ChangedFile, hunks: Sequence[JudgedHunk]) -> Kind:
    if change.status == "added" or change.before is None:
        return "new-behaviour"
    telling = [each for each in hunks if each.kind in {"behaviour", "definition"}]
    if telling and all(each.hunk.added == 0 or _only_removes(each) for each in telling):
        return "removed-behaviour"
    if telling and all(each.kind == "definition" and each.hunk.removed == 0 for each in telling):
        return "new-behaviour"
    return "changed-behaviour"


def _only_removes(hunk: JudgedHunk) -> bool:
    return hunk.kind == "definition" and bool(hunk.removed) and not hunk.added


def _guarded(
    change: ChangedFile,
    hunks: Sequence[JudgedHunk],
    guards: Guards,
    statements: Callable[[Span], Sequence[Span]],
) -> tuple[JudgedHunk, ...]:
    """The hunks with the flags that guard each of them: as a whole, or, where the change brings the condition along,
    each statement of it that was not there before."""
    content = change.after
    if content is None:
        return tuple(hunks)
    old = split_lines(change.before or b"")

    def covering(each: JudgedHunk) -> tuple[str, ...]:
        span = _trimmed(content, each.span)
        whole = tuple(guards(change.path, content, span))
        if whole:
            return whole
        gone = _squeezed(b"\n".join(old[each.hunk.before_start : each.hunk.before_end]))
        inner = statements(each.span)
        fresh = [one for one in inner if one != span and _squeezed(content[one.start : one.end]) not in gone]
        found = [tuple(guards(change.path, content, one)) for one in fresh]
        return tuple(flag for flag in found[0] if all(flag in flags for flags in found)) if found else ()

    return tuple(
        replace(each, covered_by=covering(each)) if each.kind in {"behaviour", "definition"} else each for each in hunks
    )


def _squeezed(text: bytes) -> bytes:
    """In one line: a statement that was only indented anew is still found in the old lines."""
    return b" ".join(text.split())


def _trimmed(content: bytes, span: Span) -> Span:
    """Without the blanks at either end: a branch begins at its first statement, not at the start of its line."""
    text = content[span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    return Span(start, max(start, span.start + len(text.rstrip())))


def _no_statements(_span: Span) -> Sequence[Span]:
    return ()
