"""What folding knows about an expression, and what it may assume about evaluating one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from featureops.core.detect.places import is_test_path
from featureops.core.syntax import Node

__all__ = [
    "KEEP",
    "Becomes",
    "Const",
    "Context",
    "Keep",
    "Known",
    "Record",
    "Scalar",
    "Value",
    "evaluated",
    "is_boolean",
    "is_pure",
]

Context = Literal["value", "boolean", "falsy", "truthy", "render"]
"""What the place of an expression sees of its value.

value: all of it. boolean: only whether it is true. falsy (left of "and"): which falsy value it is, any true one is
the same. truthy (left of "or"): the other way round. render: what markup shows, where no falsy value shows anything.
"""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text or a number. `quote` is what texts stand in where it is asked for, `spelt` how a literal of its type is
    written there: `{}` is the plain one, `{float}` one with a fraction."""

    value: str | int | float
    quote: str = ""
    spelt: str = "{}"


@dataclass(frozen=True, slots=True)
class Record:
    """A value with members, of which those in `members` are known; names end in `()` where the member is called. It
    can't be written as a whole. `is_entries`: the members are got like entries, not like parts of an object."""

    members: tuple[tuple[str, Known], ...] = ()
    is_entries: bool = False

    def member(self, name: str) -> Known | None:
        return next((value for label, value in self.members if label == name), None)


Known = bool | Scalar | Record


@dataclass(frozen=True, slots=True)
class Keep:
    """The expression stays (parts of it may have been edited)."""


@dataclass(frozen=True, slots=True, eq=False)
class Const:
    """The expression is this value. `effects` must still be evaluated, in order, before the value is used; `source` is
    the part, edited already, that does so and has the value."""

    value: Known
    effects: tuple[Node, ...] = ()
    source: Node | None = None

    @property
    def holds(self) -> bool:
        """Whether it is true; in a place that sees only that, it is true or false."""
        return self.value is True


@dataclass(frozen=True, slots=True, eq=False)
class Becomes:
    """The expression comes down to a part of itself."""

    node: Node


KEEP = Keep()
Value = Keep | Const | Becomes


def is_pure(node: Node, known: Callable[[Node], bool]) -> bool:
    """Whether evaluating does nothing but give a value. Reading a member counts as pure; a call does not, unless the
    language file lists it or it is a read of the flag (`known`)."""
    index = node.file.pack.index
    stack = [node]
    while stack:
        part = stack.pop()
        if known(part) or not part.named or part.is_comment or part.shape in ("lambda", "function"):
            continue
        if part.shape == "call":
            callee, arguments = part.role("function"), part.role("arguments")
            if callee is None or not (callee.text in index.pure_calls or _makes_mock(part, callee.text)):
                if callee is None or not _only_looks(callee):
                    return False
                stack.append(callee)
            stack.extend(arguments.items if arguments else ())
            continue
        if part.shape == "string":
            stack.extend(child for child in part.items if child.type in index.interpolations)
            continue
        if part.type not in index.pure and part.type not in index.interpolations and not _asks(part):
            return False
        stack.extend(part.items)
    return True


def _only_looks(callee: Node) -> bool:
    """Whether a method tells something of its object, by a name that the language's own types give such methods."""
    name = callee.role("property")
    return name is not None and name.text in name.file.pack.index.looking_methods


def _makes_mock(call: Node, callee: str) -> bool:
    rules = call.file.pack.mocks
    makers = rules.makers if rules is not None else frozenset()
    return callee.partition("<")[0] in makers and is_test_path(call.file.pack, call.file.path)


def evaluated(node: Node, known: Callable[[Node], bool]) -> Node | None:
    """The part of an expression that has to be evaluated where nobody sees the value, to stand as a statement; None
    where the language lets it not stand alone.
    """
    while True:
        inner: Node | None = None
        if node.shape in ("not", "paren"):
            inner = node.role("operand")
        elif node.shape in ("equal", "not-equal", "comparison") or _is_quiet_call(node):
            arguments = node.role("arguments")
            acting = [item for item in (arguments or node).items if not is_pure(item, known)]
            inner = acting[0] if len(acting) == 1 else None
        if inner is None:
            return node if node.file.pack.text.bare_values or node.shape in ("call", "await", "assign") else None
        node = inner


def _is_quiet_call(node: Node) -> bool:
    """Whether the call itself does nothing, so that only its arguments may."""
    callee = node.role("function") if node.shape == "call" else None
    return callee is not None and callee.text in node.file.pack.index.pure_calls


def _asks(node: Node) -> bool:
    """Whether the language's custom for names says that a member has no effects."""
    endings = tuple(node.file.pack.index.pure_endings)
    is_name = node.shape in ("member", "cast") or not node.items
    return bool(endings) and is_name and node.text.endswith(endings)


def is_boolean(node: Node) -> bool:
    """Whether the value is true or false and nothing else, by the look of the expression."""
    shape = node.shape
    if shape in ("true", "false", "not", "equal", "not-equal", "comparison"):
        return True
    if shape in ("paren", "await"):
        inner = node.role("operand")
        return inner is not None and is_boolean(inner)
    if shape in ("and", "or"):
        left, right = node.role("left"), node.role("right")
        if node.file.pack.text.boolean_logic or node.file.pack.text.boolean_operands:
            return True
        return left is not None and right is not None and is_boolean(left) and is_boolean(right)
    callee = node.role("function") if shape == "call" else None
    if callee is not None and callee.text in node.file.pack.index.boolean_casts:
        return True
    endings, name = tuple(node.file.pack.index.boolean_endings), callee or node
    return bool(endings) and (callee is not None or name.shape == "member") and name.text.endswith(endings)
