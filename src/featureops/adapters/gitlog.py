"""The commits of the past, as git lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from featureops.core.commits import PastCommit

__all__ = ["LOG_FORM", "lately", "parse_log"]

LOG_FORM: Final = "--format=%x01%ct%x00%ae%x00%s%x00"
"""What `parse_log` reads, with `--name-only -z`."""
_DAY, _LATELY = 86_400, 30


def parse_log(out: bytes) -> list[PastCommit]:
    """The commits of a log in the order in which git names them."""
    found = []
    for row in out.decode("utf-8", "surrogateescape").split("\x01")[1:]:
        seconds, author, subject, *rest = row.split("\0")
        paths = (path.lstrip("\n") for path in rest)
        found.append(PastCommit(int(seconds or 0), author, subject, tuple(path for path in paths if path)))
    return found


def lately(commits: Sequence[PastCommit]) -> Mapping[str, int]:
    """The files that changed in the newest 30 days, with how many whole days before the newest commit."""
    newest, found = max((commit.seconds for commit in commits), default=0), dict[str, int]()
    for commit in commits:
        days = (newest - commit.seconds) // _DAY
        if days <= _LATELY:
            found |= {path: min(days, found.get(path, days)) for path in commit.paths}
    return found
