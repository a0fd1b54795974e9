"""Asking something about many files, which a caller may spread over processes."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Protocol, TypeVar

__all__ = ["Spread", "among", "in_turn"]

_Answer = TypeVar("_Answer")


class Spread(Protocol):
    """What is answered about each of some files, in their order, without those of which None is said. Other processes
    may have answered: what they learned on the way is lost, and no answer may hold a node.
    """

    def __call__(self, question: Callable[[str], _Answer | None], paths: Sequence[str], /) -> Mapping[str, _Answer]: ...


def in_turn(question: Callable[[str], _Answer | None], paths: Sequence[str], /) -> Mapping[str, _Answer]:
    """In this process."""
    answers = ((path, question(path)) for path in paths)
    return {path: answer for path, answer in answers if answer is not None}


def among(known: Container[str] | None, spread: Spread) -> Spread:
    """Of the files only those that are known to be worth a question; all where that is not known."""

    def asked(question: Callable[[str], _Answer | None], paths: Sequence[str], /) -> Mapping[str, _Answer]:
        return spread(question, [path for path in paths if known is None or path in known])

    return asked
