"""Asking a question about many files, which a caller may spread over processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

__all__ = ["Sift", "sift_one_by_one"]

Sift = Callable[[Callable[[str], bool], Sequence[str]], Sequence[str]]
"""Of some files those for which a question is answered with yes. What is learned on the way may be lost again."""


def sift_one_by_one(question: Callable[[str], bool], paths: Sequence[str]) -> Sequence[str]:
    """In this process, in turn."""
    return [path for path in paths if question(path)]
