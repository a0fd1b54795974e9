"""What the history of files tells of a change to them: how often they were mended, by how many, and with what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from featureops.core.assess.kinds import BEHAVIOUR
from featureops.core.assess.values import FileAssessment, Signal
from featureops.core.assess.weights import weigh
from featureops.core.commits import LOOKED_BACK, PastCommit

__all__ = ["history_signals", "is_fix"]

_FIX = re.compile(r"(?i)\b(?:fix(?:e[sd]|ing)?|bugs?|bugfix|hotfix|regression|broken|crash(?:es)?)\b")
_REVERT = re.compile(r"(?i)\brevert(?:s|ed)?\b")
_NO_FIX = re.compile(r"(?i)\b(?:typos?|lint(?:er|ing)?|style|docs?|readme|format(?:ting)?|tests?|ci|bump|deps?)\b")
_WIDE = 30
"""A commit of more files says little of which belong together."""
_TOGETHER, _SHARE = 5, 0.7


def is_fix(subject: str) -> bool:
    """Whether a commit says that it mends what runs."""
    return _FIX.search(subject) is not None and _NO_FIX.search(subject) is None


def history_signals(files: Sequence[FileAssessment], past: Sequence[PastCommit]) -> list[Signal]:
    """Signals from the latest commits before the change, newest first; none without a history."""
    paths = {each.change.old_path or each.path: each.path for each in files if each.kind in BEHAVIOUR}
    old = {each.change.old_path or each.path for each in files if each.change.before is not None}
    known = {old_path: path for old_path, path in paths.items() if old_path in old}
    if not past or not known:
        return []
    touching = [commit for commit in past if not known.keys().isdisjoint(commit.paths)]
    rows = [*_mended(known, touching), *_changed(known, touching, len(past)), *_companions(files, known, touching)]
    return [each for each in rows if each.weight]


def _mended(known: dict[str, str], touching: Sequence[PastCommit]) -> Iterator[Signal]:
    fixes, reverts = Counter[str](), Counter[str]()
    for commit in touching:
        mine = known.keys() & set(commit.paths)
        if _REVERT.search(commit.subject):
            reverts.update(mine)
        elif is_fix(commit.subject):
            fixes.update(mine)
    for signal, found, what in (("history:fixes", fixes, "mended"), ("history:reverts", reverts, "reverted")):
        path, most = _top(found)
        if most:
            text = f"{what} {most} time{'s' if most > 1 else ''} in the latest commits"
            yield Signal(signal, known[path], 0, weigh(signal, found.total()), text)


def _changed(known: dict[str, str], touching: Sequence[PastCommit], looked: int) -> Iterator[Signal]:
    changes = Counter(path for commit in touching for path in commit.paths if path in known)
    path, most = _top(changes)
    if not most:
        where = known[min(known)]
        text = f"not changed in the latest {looked} commits"
        yield Signal("history:untouched", where, 0, weigh("history:untouched", looked // LOOKED_BACK), text)
        return
    text = f"changed in {most} of the latest {looked} commits"
    yield Signal("history:churn", known[path], 0, weigh("history:churn", changes.total()), text)
    authors = {commit.author for commit in touching}
    weight = weigh("history:authors", len(authors))
    yield Signal("history:authors", known[path], 0, weight, f"{len(authors)} authors lately")


def _companions(
    files: Sequence[FileAssessment], known: dict[str, str], touching: Sequence[PastCommit]
) -> Iterator[Signal]:
    """A file that usually changes with one of these, and does not now."""
    here = {path for each in files for path in (each.path, each.change.old_path) if path is not None}
    best: tuple[float, int, str, str] | None = None
    for path in sorted(known):
        mine = [commit for commit in touching if path in commit.paths and len(commit.paths) <= _WIDE]
        others = Counter(other for commit in mine for other in commit.paths if other not in here)
        other, times = _top(others)
        share = times / len(mine) if mine else 0.0
        if times >= _TOGETHER and share >= _SHARE and (best is None or (share, times) > best[:2]):
            best = share, times, path, other
    if best is not None:
        share, times, path, other = best
        weight = weigh("history:companion", 1)
        yield Signal("history:companion", known[path], 0, weight, f"{other} changed with it {times} times, not now")


def _top(found: Counter[str]) -> tuple[str, int]:
    """The most frequent, the first by name of several."""
    return min(found.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
