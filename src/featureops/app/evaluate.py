"""evaluate: how risky is this change, and does it need a flag? Answered from the real diff."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from featureops.app.code import KnownCode
from featureops.app.deps import Deps
from featureops.core.assess.answer import Existing, Question, answer, no_changes
from featureops.core.assess.hunks import line_of, line_starts
from featureops.core.assess.impact import reach_signals
from featureops.core.assess.kinds import BEHAVIOUR, assess_file
from featureops.core.assess.past import history_signals
from featureops.core.assess.paths import path_kind
from featureops.core.assess.reach import settle
from featureops.core.assess.scoring import LEVELS, Verdict, decide, needing
from featureops.core.assess.values import FileAssessment, Guards, Level, Occurrence, Signal
from featureops.core.errors import BadArgument, UserFixable
from featureops.core.model import ChangedFile, Json
from featureops.languages.signal_tables import all_signals

__all__ = ["Candidates", "KnownFlags", "evaluate"]

Candidates = Callable[[str], Sequence[tuple[str, float, str]]]
"""Words of a change -> flags that may already serve it: (name, confidence 0..1, location), best first."""
KnownFlags = Callable[[], Sequence[str]]
"""The names of the flags that the repository or the backend knows."""

_REUSE = 0.7
_BRANCH = "Nothing is uncommitted: this is what the branch changes since it left the default branch."
_MOST_NAMES = 40
_TELLING = frozenset(("function", "class", "enum", "import", "export", "parameter", "declarator", "assign", "if"))
# An import alone runs nothing; but what it renames is used under the other name, so that counts as a use.
_IMPORT_LINE = re.compile(rb"\s*(?:(?:import|from|use|using)\s+(?!\()|export\s[^=(]*\bfrom\b)(?!.*\bas\b)[^\n]*")


def evaluate(
    deps: Deps,
    *,
    base: str | None = None,
    staged: bool = False,
    files: Sequence[str] = (),
    description: str = "",
    code_context: str = "",
    risk_level: str | None = None,
    guards: Guards | None = None,
    candidates: Candidates | None = None,
    known_flags: KnownFlags | None = None,
) -> dict[str, Json]:
    """Assess what the working tree changes against `base`, or the index when `staged`.

    `files` (paths or folders) narrow it down. Without changes to look at, `code_context` is taken for new code, and
    outside a repository `files` for new files. `description` and `risk_level` may raise the risk, never lower it. The
    same input gives the same answer. The last three stand in for what `app.code.KnownCode` finds in the code: flags
    that guard a place, flags that fit, flags that there are.

    Returns the object of design section 3.2. Errors: BadArgument (unknown risk level, unknown base, no such file).
    """
    level = _level(risk_level)
    changes, base, note = _changes(deps, base, staged, files, code_context)
    policy = deps.config.policy
    question = Question(description, base, (), policy.naming, _environment(deps), policy.max_step, note)
    if not changes:
        return no_changes(question)
    tables, code = all_signals(), KnownCode(deps)
    judged = [assess_file(change, deps.packs, tables, guards or code.guards) for change in changes]
    settled = settle(judged, lambda names: _occurrences(deps, names, changes))
    around = [*history_signals(settled, deps.changes.past(base)), *_reach(deps, settled, code)]
    verdict = decide(settled, description, level, around, deps.config.evaluate)
    existing = _existing(settled, verdict, description, candidates or code.candidates)
    if verdict.needs_flag and existing is None:
        question = replace(question, known_flags=tuple((known_flags or code.flags)()))
    return answer(settled, verdict, existing, question)


def _reach(deps: Deps, files: Sequence[FileAssessment], code: KnownCode) -> list[Signal]:
    """Signals of the code around the change."""
    tables = all_signals()

    def files_with(names: Sequence[str]) -> Sequence[str]:
        found = deps.workspace.grep([name.encode() for name in names])
        claimed = (path for path in sorted(found) if deps.packs.for_path(path) is not None)
        return [path for path in claimed if path_kind(path, tables, claimed=True) == "code"]

    return reach_signals(files, code.project, files_with, tables)


def _level(risk_level: str | None) -> Level | None:
    if risk_level is None:
        return None
    if risk_level not in LEVELS:
        raise BadArgument(f"riskLevel {risk_level!r} is unknown.", f"Use one of: {', '.join(LEVELS)}.")
    return next(level for level in LEVELS if level == risk_level)


def _environment(deps: Deps) -> str:
    return next(iter(deps.config.policy.environments), "development")


def _changes(
    deps: Deps, base: str | None, staged: bool, files: Sequence[str], code_context: str
) -> tuple[list[ChangedFile], str | None, str]:
    """The changes to assess, what they are a difference from, and a sentence about where they come from when it is not
    the diff that was asked for."""
    wanted = [str(PurePosixPath(path)) for path in files]
    if deps.changes.is_repository():
        found = sorted(deps.changes.changes(base, staged), key=lambda each: each.path)
        chosen = [each for each in found if not wanted or _wanted(each, wanted)]
        if chosen:
            return chosen, base, ""
        fork = deps.changes.fork_point() if base is None and not (staged or found or code_context) else None
        if fork is not None:
            branch = sorted(deps.changes.changes(fork), key=lambda each: each.path)
            chosen = [each for each in branch if not wanted or _wanted(each, wanted)]
            if chosen:
                return chosen, fork, _BRANCH
        if not code_context:
            return [], base, _hint(found, wanted)
    elif base is not None:
        raise BadArgument(
            "There is no git repository here, so nothing can be compared with a base.",
            "Run it inside a repository, or leave out base and name the files.",
        )
    if code_context:
        path = wanted[0] if wanted else "code-context"
        return [_context(deps, path, code_context)], None, "Assessed from codeContext, not from a diff."
    contents = [ChangedFile(path, "added", None, deps.workspace.read(path)) for path in sorted(wanted)]
    if contents:
        note = "There is no git repository here: the files were assessed as if all of them were new."
        return contents, None, note
    return [], None, "There is no git repository here: name the files or give codeContext to assess something."


def _wanted(change: ChangedFile, wanted: Sequence[str]) -> bool:
    paths = [path for path in (change.path, change.old_path) if path is not None]
    return any(item in (path, ".") or path.startswith(f"{item}/") for path in paths for item in wanted)


def _hint(found: Sequence[ChangedFile], wanted: Sequence[str]) -> str:
    if not found:
        return "The working tree equals its base; call again after an edit, or give a base."
    others = ", ".join(each.path for each in found[:3])
    return f"None of the {len(wanted)} given files differs from its base; these do: {others}."


def _context(deps: Deps, path: str, code_context: str) -> ChangedFile:
    """Code without a diff. Without a path the grammar that understands most of it decides."""
    content = code_context.encode("utf-8", "surrogatepass")
    if deps.packs.for_path(path) is not None:
        return ChangedFile(path, "modified", b"", content)
    from featureops.core.syntax import TooDeep, parse

    best, most = path, -1
    for pack in deps.packs.languages:
        if pack.holds.encode() not in content:
            continue
        name = f"{path}{pack.extensions[0]}"
        try:
            file = parse(name, content, pack)
            # Several grammars may accept a piece: the one that sees most definitions in it understands it.
            known = -1 if file.errors() else sum(node.shape in _TELLING for node in file.root.walk())
        except TooDeep:
            continue
        if known > most:
            best, most = name, known
    return ChangedFile(best, "modified", b"", content)


def _occurrences(deps: Deps, names: Sequence[str], changes: Sequence[ChangedFile]) -> list[Occurrence]:
    """Whole-word uses of names in files that run: tests and documents name much that nobody calls, and an import alone
    runs nothing."""
    if len(names) > _MOST_NAMES:
        return [Occurrence(name, "", 0) for name in names]
    contents = {change.path: change.after for change in changes}
    pattern = re.compile(rb"(?<![\w$])(?:" + b"|".join(re.escape(name.encode()) for name in names) + rb")(?![\w$])")
    tables = all_signals()
    paths = sorted({*contents, *deps.workspace.grep([name.encode() for name in names])})
    found: list[Occurrence] = []
    for path in paths:
        kind = path_kind(path, tables, claimed=deps.packs.for_path(path) is not None)
        content = contents[path] if path in contents else _read(deps, path)
        if content is not None and kind not in {"tests", "docs", "generated"}:
            found += [Occurrence(hit.group().decode(), path, hit.start()) for hit in _hits(pattern, content)]
    return found


def _hits(pattern: re.Pattern[bytes], content: bytes) -> list[re.Match[bytes]]:
    hits = []
    for hit in pattern.finditer(content):
        line_start = content.rfind(b"\n", 0, hit.start()) + 1
        line_end = content.find(b"\n", hit.end())
        line = content[line_start : line_end if line_end >= 0 else len(content)]
        if not _IMPORT_LINE.fullmatch(line.rstrip()):
            hits.append(hit)
    return hits


def _read(deps: Deps, path: str) -> bytes | None:
    try:
        return deps.workspace.read(path)
    except UserFixable:
        # It went away or became unreadable since the scan: then it calls nothing.
        return None


def _existing(
    files: Sequence[FileAssessment], verdict: Verdict, description: str, candidates: Candidates
) -> Existing | None:
    """The flag that guards the change, or most of it; else the best candidate, where it is good enough."""
    if verdict.covered_by:
        flag = verdict.covered_by[0]
        file, hunk = next(item for item in needing(files) if item[1].covered_by[:1] == (flag,))
        line = line_of(line_starts(file.change.after or b""), hunk.span.start)
        return Existing(flag, f"{file.path}:{line}", "ancestor_block", "parent_coverage", 0.95)
    if not verdict.needs_flag:
        return None
    symbols = [name for file in files if file.kind in BEHAVIOUR for name, _ in file.after.functions]
    ranked = [
        each for each in candidates(" ".join([description, *dict.fromkeys(symbols)]).strip()) if each[1] >= _REUSE
    ]
    if not ranked:
        return None
    name, confidence, location = min(ranked, key=lambda each: (-each[1], each[0]))
    return Existing(name, location, "detected_in_codebase", "detect_flag_tool", round(confidence, 2))
