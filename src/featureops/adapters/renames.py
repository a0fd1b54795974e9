"""Which deleted and added files are one file that moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from featureops.core.model import ChangedFile

__all__ = ["paired"]

_SIMILAR = 0.5  # git's own threshold
_MOST_PAIRS = 40_000


def paired(changed: Sequence[ChangedFile]) -> list[ChangedFile]:
    """The changes with each pair of a deleted and an added file that share half of their bytes as one `renamed`.

    Equal contents are paired first, then the most similar. Empty and skipped files are never paired.
    """
    deleted = [one for one in changed if one.status == "deleted" and one.before]
    added = [one for one in changed if one.status == "added" and one.after]
    renames: dict[str, ChangedFile] = {}
    gone: set[str] = set()
    for _, old, new in _candidates(deleted, added):
        if old.path in gone or new.path in renames:
            continue
        gone.add(old.path)
        renames[new.path] = replace(new, status="renamed", before=old.before, old_path=old.path)
    return [renames.get(one.path, one) for one in changed if one.path not in gone]


def _candidates(
    deleted: Sequence[ChangedFile], added: Sequence[ChangedFile]
) -> list[tuple[float, ChangedFile, ChangedFile]]:
    """Similar pairs, the most similar first. With very many files only equal contents are compared."""
    close = len(deleted) * len(added) <= _MOST_PAIRS
    scored = []
    lines = {id(one): Counter((one.before or one.after or b"").splitlines(True)) for one in (*deleted, *added) if close}
    for old in deleted:
        for new in added:
            if old.before == new.after:
                scored.append((1.0, old, new))
            elif close:
                score = _similarity(lines[id(old)], lines[id(new)])
                if score >= _SIMILAR:
                    scored.append((score, old, new))
    return sorted(scored, key=lambda item: (-item[0], item[1].path, item[2].path))


def _similarity(one: Counter[bytes], other: Counter[bytes]) -> float:
    """Bytes in common lines, as a share of the larger file."""
    common = sum(len(line) * count for line, count in (one & other).items())
    size = max(sum(len(line) * count for line, count in side.items()) for side in (one, other))
    return common / size if size else 0.0
