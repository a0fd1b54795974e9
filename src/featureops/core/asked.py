"""A place that asks for a flag, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from featureops.core.project import Constant
from featureops.core.readers import Through
from featureops.core.syntax import Node

__all__ = ["Proof", "Read"]

Proof = Literal["proven", "likely", "unproven"]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """One place that asks. `node` is the whole expression whose value the flag decides (awaits and pinned members
    included), `key` what gives the flag's name and `constant` its value, None when it can't be known (dynamic).

    `value` is "boolean", "variant", "string" ..., or "decorator", "component", "entry", "block", "test" for places
    without a value. `through` is the house's own function that asks; where that does more than ask, the read is not
    `is_exact`.
    """

    node: Node
    call: Node
    sdk: str
    value: str
    when: Literal["enabled", "disabled"]
    proof: Proof
    key: Node | None
    constant: Constant | None
    method: str
    through: Through | None = None
    is_exact: bool = True

    @property
    def flag(self) -> str | None:
        return self.constant.value if self.constant else None
