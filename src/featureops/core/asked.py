"""A place that asks for a flag, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from featureops.core.fold.values import is_pure
from featureops.core.house import house_name
from featureops.core.origins import Proof
from featureops.core.project import Constant
from featureops.core.readers import Through
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["Read", "aliased", "held_by", "is_open_gate", "others_asked", "uses_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """One place that asks. `node` is the whole expression whose value the flag decides (awaits and pinned members
    included), `key` what gives the flag's name and `constant` its value, None when it can't be known (dynamic).

    `value` is "boolean", "variant", "string" ..., or "decorator", "component", "entry", "block", "test", "definition"
    for places without a value, or "name" for the part of a pattern that gives the value a name. `holder` is the
    identifier that such a pattern binds, or the one whose member is read. `through` is the house's own function that
    asks; where that does more than ask, the read is not `is_exact`. `spelt` is how a literal of the value
    is written, as of a `CallForm`. The "details" of a value hold one of the kind `within` in their members `pinned`, or
    in a way of their own where that `is_boxed`.
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
    through: Through | None = None
    is_exact: bool = True
    spelt: str = "{}"
    within: str = ""
    pinned: tuple[str, ...] = ()
    is_boxed: bool = False

    @property
    def shown(self) -> int:
        """Where a person looks for it: at the name of what is called, where a chain begins on an earlier line."""
        callee = self.call.role("function") if self.call.shape == "call" else None
        name = callee.role("property") if callee is not None else None
        data, start = self.node.file.data, self.node.start
        return name.start if name is not None and data.find(b"\n", start, name.start) >= 0 else start

    @property
    def flag(self) -> str | None:
        return self.constant.value if self.constant else None


def is_open_gate(read: Read, value: bool) -> bool:
    """Whether it is a decorator that the configuration says to gate by this flag alone, and that lets through."""
    is_gate = read.value == "decorator" and read.sdk == "house" and read.is_exact
    return is_gate and value and read.node.shape == "decorator" and read.key is not None and read.key.shape != "list"


def others_asked(reads: Iterable[Read], flag: str) -> frozenset[Node]:
    """The questions for other flags that are nothing but that: what is given to ask has no effects."""
    asked = (
        read
        for read in reads
        if read.proof == "proven" and read.is_exact and read.value == "boolean" and read.flag not in (None, flag)
    )
    return frozenset(read.node for read in asked if _is_plain(read.call))


def _is_plain(call: Node) -> bool:
    callee, arguments = call.role("function"), call.role("arguments")
    owner = callee.role("object") if callee is not None else None
    parts = [*(arguments.items if arguments is not None else ()), *((owner,) if owner is not None else ())]
    return call.shape == "call" and all(
        is_pure(part.role("value") or part if part.shape == "keyword-argument" else part, lambda _: False)
        for part in parts
    )


def uses_of(read: Read, names: Names) -> Iterator[Read]:
    """The places where the name is used that a pattern gives to the value; none where it is assigned anew."""
    binding = names.of.get(read.holder) if read.holder is not None and read.value == "name" else None
    if binding is not None and binding.is_single:
        for use in binding.uses:
            yield replace(read, node=use, value="boolean", holder=None)


def aliased(read: Read, flag: str, aliases: Mapping[str, tuple[str, ...]]) -> Read:
    """A read by a name that stands for the flag: of the configuration, or a member in another case style."""
    path = read.node.file.path
    if read.constant is None and read.key is not None and read.key.text in aliases.get(flag, ()):
        return replace(read, constant=Constant(flag, "constant", path))
    if read.key is None and read.flag is not None and read.flag == house_name(flag):
        return replace(read, constant=Constant(flag, "literal", path))
    return read


def held_by(read: Read, names: Names) -> dict[Binding, Node]:
    """The bindings that exist only to be asked, each with what makes it: it can go with the last use.

    Empty where a name can't be followed, or where a pattern takes the rest of the flags too: it would get one more.
    """
    binding = names.of.get(read.holder) if read.holder is not None else None
    maker = _maker(binding)
    if binding is None or maker is None:
        return {}
    if read.value != "name":
        return {} if _is_one_of_several(binding.definitions[0], maker) else {binding: maker}
    pattern = read.node.parent
    items = pattern.items if pattern is not None else []
    identifiers = read.node.file.pack.index.identifiers
    if any(item.shape != "destructured" and item.type not in identifiers for item in items):
        return {}
    found = {binding: read.node if len(items) > 1 else maker}
    source = maker.role("value")
    outer = names.of.get(source) if source is not None else None
    whole = _maker(outer)
    return found | {outer: whole} if outer is not None and whole is not None else found


def _is_one_of_several(name: Node, maker: Node) -> bool:
    """Whether a pattern takes more than the name out of what the declarator is given."""
    pattern = maker.role("name")
    return pattern is not None and pattern is not name and len(pattern.items) > 1


def _maker(binding: Binding | None) -> Node | None:
    """The declarator of a name that is bound once."""
    if binding is None or not binding.is_single:
        return None
    return next((node for node in binding.definitions[0].ancestors() if node.shape == "declarator"), None)
