"""A read of a flag, as every finder of reads gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from featureops.core.project import Constant
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["Proof", "Read", "held_by", "uses_of"]

Proof = Literal["proven", "likely", "unproven"]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """One place that asks. `node` is the whole expression whose value the flag decides (awaits and pinned members
    included), `key` what gives the flag's name and `constant` its value, None when it can't be known (dynamic).

    `value` is "boolean", "variant", "string" ..., or "decorator", "component", "entry", "test" for places without a
    value, or "name" for the part of a pattern that gives the value a name. `holder` is the identifier that such a
    pattern binds, or the one whose member is read.
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
    holder: Node | None = None

    @property
    def flag(self) -> str | None:
        return self.constant.value if self.constant else None


def uses_of(read: Read, names: Names) -> Iterator[Read]:
    """The places where the name is used that a pattern gives to the value; none where it is assigned anew."""
    binding = names.of.get(read.holder) if read.holder is not None and read.value == "name" else None
    if binding is not None and binding.is_single:
        for use in binding.uses:
            yield replace(read, node=use, value="boolean", holder=None)


def held_by(read: Read, names: Names) -> tuple[Binding, Node] | None:
    """The binding that exists only to be asked, and what makes it: it can go with its last use."""
    binding = names.of.get(read.holder) if read.holder is not None else None
    if binding is None or not binding.is_single:
        return None
    maker = next((node for node in binding.definitions[0].ancestors() if node.shape == "declarator"), None)
    if maker is None:
        return None
    if read.value != "name":
        return binding, maker
    pattern = read.node.parent
    return binding, read.node if pattern is not None and len(pattern.items) > 1 else maker
