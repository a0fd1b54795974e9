"""Functions of the house that ask for whichever flag they are given, and what is known of them so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from featureops.core.scopes import Binding
from featureops.core.syntax import Node

__all__ = ["Given", "Parameter", "Reader", "Readers", "Through"]

Given = Mapping[Binding, tuple[str, Node]]
"""What parameters were filled with: the expression and the file in which it stands."""


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """How a call fills a parameter: by position (from 0, the receiver not counted) or under one of some names."""

    binding: Binding
    position: int
    labels: tuple[str, ...]
    default: Node | None


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A function whose result is the flag that its parameters name.

    `key` is the expression that names the flag where the SDK is asked, in the file `key_path`; `given` fills the
    parameters of the functions on the way there. `value` and `when` are as of the read inside, negations counted in.
    `is_exact`: the result is the SDK's answer and nothing else but the fallback for a client that is missing.
    """

    path: str
    function: Node
    name: str
    key: Node
    key_path: str
    parameters: tuple[Parameter, ...]
    given: Given
    sdk: str
    value: str
    when: Literal["enabled", "disabled"]
    is_likely: bool
    is_exact: bool
    is_method: bool
    spelt: str = "{}"

    @property
    def is_built(self) -> bool:
        """Whether the flag's name is made of more than what the function is given."""
        return self.key.shape in ("concat", "format", "macro", "string")


@dataclass(frozen=True, slots=True, eq=False)
class Through:
    """A call of a reader, and what it fills the parameters with."""

    reader: Reader
    given: Given


@dataclass(slots=True)
class Readers:
    """The functions that were learned, each once."""

    _by_name: dict[str, list[Reader]] = field(default_factory=dict)
    _known: set[Node] = field(default_factory=set)

    def __contains__(self, function: Node) -> bool:
        return function in self._known

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[Reader]:
        return (reader for readers in self._by_name.values() for reader in readers)

    @property
    def paths(self) -> frozenset[str]:
        """The files whose nodes the readers speak of."""
        return frozenset(path for reader in self for path in (reader.path, reader.key_path, *_places(reader.given)))

    def add(self, reader: Reader) -> None:
        self._known.add(reader.function)
        self._by_name.setdefault(reader.name, []).append(reader)

    def named(self, name: str) -> tuple[Reader, ...]:
        return tuple(self._by_name.get(name, ()))


def _places(given: Given) -> Iterator[str]:
    return (path for path, _ in given.values())
