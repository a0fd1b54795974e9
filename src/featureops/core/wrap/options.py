"""The ways of writing one region, the best first: each is worked out once the ones before it do not do."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.wrap.forms import Form
from featureops.core.wrap.values import Ask, No

__all__ = ["Options"]

_MOST = 8
_NONE = (
    "No form of a branch fits here. Put every statement on a line of its own, or move the new code into a function of"
    " its own."
)


class Options:
    """`why` is the reason of the last one that can't be had."""

    def __init__(self, more: Iterator[tuple[Form, Ask] | No]) -> None:
        self.why = _NONE
        self._more = more
        self._found: list[tuple[Form, Ask]] = []

    def __getitem__(self, index: int) -> tuple[Form, Ask]:
        return self._found[index]

    def from_on(self, index: int) -> Iterator[int]:
        """The indices of the options from one on, as far as there are any."""
        while self._has(index):
            yield index
            index += 1

    def _has(self, index: int) -> bool:
        while len(self._found) <= index and len(self._found) < _MOST:
            option = next(self._more, None)
            if option is None:
                break
            if isinstance(option, No):
                self.why = option.reason
            else:
                self._found.append(option)
        return index < len(self._found)
