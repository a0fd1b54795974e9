"""Several processes for one piece of work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

__all__ = ["ALONE", "Share", "Workers", "shares"]

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


class Workers(Protocol):
    """Several processes for work that only reads."""

    def each(self, work: Callable[[_Part], _Result], parts: Sequence[_Part]) -> Sequence[_Result]:
        """`work` of each part, in order, of which this process does the first. Results are values that can be pickled;
        what `work` changes in other processes is lost."""
        ...

    @property
    def count(self) -> int:
        """How many parts are worked on at a time; 1 where another process can't be had."""
        ...


class _Alone:
    """No other process."""

    count = 1

    def each(self, work: Callable[[_Part], _Result], parts: Sequence[_Part]) -> Sequence[_Result]:
        return [work(part) for part in parts]


ALONE: Workers = _Alone()

Share = tuple[int, Sequence[str]]
"""Files for one process, with its number; 0 is the process that asks."""


def shares(workers: Workers, paths: Sequence[str], worth: int) -> Sequence[Share]:
    """Files in their order as one part for each process; as one part alone where they are fewer than `worth`."""
    count = workers.count if len(paths) >= worth else 1
    size = -(-len(paths) // count)
    return [(number, paths[number * size : (number + 1) * size]) for number in range(count)]
