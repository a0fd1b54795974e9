"""Commits of the past. Apart from what is made of them, so that the ports bring in nothing else."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LOOKED_BACK", "PastCommit"]

LOOKED_BACK = 500
"""Commits of the past that are looked at."""


@dataclass(frozen=True, slots=True)
class PastCommit:
    """A commit before the change. `seconds` since the epoch, `paths` that it touched, relative to the root."""

    seconds: int
    author: str
    subject: str
    paths: tuple[str, ...]
