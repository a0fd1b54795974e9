"""A text that an expression always is, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from featureops.core.syntax import Node

__all__ = ["Constant", "Resolution"]

Resolution = Literal["literal", "constant", "enum", "wrapper", "key-builder", "unproven"]


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A string known by value. `definition` is the pair, enum member, assignment or declarator that holds it, None for
    a literal at the place itself; `path` is the file of the definition."""

    value: str
    resolution: Resolution
    path: str
    definition: Node | None = None
    name: str = ""

    @property
    def built(self) -> Literal["key-builder"] | None:
        return "key-builder" if self.resolution == "key-builder" else None
