"""How an SDK keeps a flag in an object of its own, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["ObjectForm"]


@dataclass(frozen=True, slots=True)
class ObjectForm:
    """A call of `maker` with the key at `flag` gives an object that stands for the flag; `method` asks it. Where `done`
    names something, only an object that is made with one of it may go with the flag: others may still name it.
    """

    maker: str
    method: str
    flag: int = 0
    when: Literal["enabled", "disabled"] = "enabled"
    done: frozenset[str] = frozenset()
