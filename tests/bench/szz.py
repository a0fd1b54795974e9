"""Which commits of a history were found to be wrong later: reverted, named by a `Fixes:` trailer, or the origin of
lines that a later fix removed (SZZ: Śliwerski, Zimmermann, Zeller, "When do changes induce fixes?", MSR 2005).
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["LoggedCommit", "log", "risky"]

_FIX = re.compile(r"(?i)\b(?:fix(?:e[sd])?|fixing|bug(?:fix)?|hotfix|regression|revert(?:s|ed)?|broken|crash)\b")
_TRIVIAL = re.compile(
    r"(?i)\b(?:typos?|lint(?:ing|er)?|eslint|tests?|specs?|docs?|documentation|readme|comments?|format(?:ting)?|style"
    r"|translations?|i18n|ci|build|deps?|dependenc(?:y|ies)|bump|merge|changelog|warnings?|flaky)\b"
)
_REVERTS = re.compile(r"(?i)this reverts commit ([0-9a-f]{7,40})")
_TRAILER = re.compile(r"(?im)^fixes:\s*([0-9a-f]{7,40})\b")
_HEAD = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")
_BLAMED = re.compile(r"(\^?)([0-9a-f]+) ")
_MOST_FILES, _MOST_LINES = 10, 120
_NO_CODE = re.compile(r"^\W*$|^\s*(?://|#|\*|/\*|--)")
"""What a changed line may hold without being code: nothing, brackets, a comment."""


@dataclass(frozen=True, slots=True)
class LoggedCommit:
    id: str
    parent: str
    seconds: int
    author: str
    message: str
    paths: tuple[str, ...]

    @property
    def subject(self) -> str:
        return self.message.partition("\n")[0]


def log(root: Path, most: int) -> list[LoggedCommit]:
    """The newest commits with one parent, newest first."""
    form = "--format=%x01%H%x00%P%x00%ct%x00%ae%x00%B%x00"
    out = _git(root, "log", f"-{most}", "--no-merges", "--name-only", "--no-renames", "-z", form)
    found = []
    for row in out.split("\x01")[1:]:
        name, parent, seconds, author, message, *paths = row.split("\0")
        if parent:
            files = tuple(path.lstrip("\n") for path in paths if path.strip("\n"))
            found.append(LoggedCommit(name, parent, int(seconds), author, message, files))
    return found


def risky(root: Path, commits: Sequence[LoggedCommit], wanted: Callable[[str], bool]) -> set[str]:
    """Those of the commits (newest first) that a later one of them takes back or mends. `wanted` are paths of code."""
    known = {commit.id for commit in commits}
    found = set[str]()
    for commit in commits:
        named = [*_REVERTS.findall(commit.message), *_TRAILER.findall(commit.message)]
        found.update(each for name in named for each in known if each.startswith(name))
        if not named and is_fix(commit, wanted):
            found.update(_origins(root, commit, commits[-1].id, wanted) & known)
    return found


def is_fix(commit: LoggedCommit, wanted: Callable[[str], bool]) -> bool:
    files = [path for path in commit.paths if wanted(path)]
    told = _FIX.search(commit.subject) is not None and _TRIVIAL.search(commit.subject) is None
    return told and 0 < len(files) <= _MOST_FILES


def _origins(root: Path, fix: LoggedCommit, oldest: str, wanted: Callable[[str], bool]) -> set[str]:
    """The commits that wrote the lines of code that a fix removes."""
    found = set[str]()
    files = [path for path in fix.paths if wanted(path)]
    diff = _git(root, "diff", "-U0", "-w", "--no-renames", "--no-ext-diff", fix.parent, fix.id, "--", *files)
    for path, ranges in _removed(diff):
        if sum(last - first + 1 for first, last in ranges) > _MOST_LINES:
            continue
        spans = [word for first, last in ranges for word in ("-L", f"{first},{last}")]
        out = _git(root, "blame", "-w", "-s", "-l", *spans, f"{oldest}..{fix.parent}", "--", path)
        for row in out.splitlines():
            origin = _BLAMED.match(row)
            if origin is not None and not origin[1] and _NO_CODE.match(row.partition(") ")[2]) is None:
                found.add(origin[2])
    return found


def _removed(diff: str) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    path, ranges = "", list[tuple[int, int]]()
    for row in diff.splitlines():
        if row.startswith("--- "):
            if path and ranges:
                yield path, ranges
            path, ranges = row[6:] if row.startswith("--- a/") else "", []
        elif (head := _HEAD.match(row)) is not None and int(head[2] or 1):
            ranges.append((int(head[1]), int(head[1]) + int(head[2] or 1) - 1))
    if path and ranges:
        yield path, ranges


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


def auc(scores: Iterable[float], labels: Iterable[bool]) -> float:
    """The chance that a labelled one scores higher than another: the area under the ROC curve, ties half."""
    rows = sorted(zip(scores, labels, strict=True))
    positives = sum(label for _, label in rows)
    if not 0 < positives < len(rows):
        return float("nan")
    ranks, at = 0.0, 0
    while at < len(rows):
        end = at
        while end < len(rows) and rows[end][0] == rows[at][0]:
            end += 1
        ranks += sum(label for _, label in rows[at:end]) * (at + end + 1) / 2
        at = end
    return (ranks - positives * (positives + 1) / 2) / (positives * (len(rows) - positives))
