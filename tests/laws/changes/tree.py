"""What generated pairs of programs consist of, apart from how a language spells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Expr", "Function", "FunctionKind", "Program", "Stmt"]

FunctionKind = Literal["plain", "async", "generator", "method"]


@dataclass(frozen=True)
class Expr:
    """`kind` is "number", "name", "call" (with an effect), "sum", "test", "choice", "lambda", "await", "list",
    "object", "text", "each" or "invoke" (of a function in reach)."""

    kind: str
    number: int = 0
    name: str = ""
    parts: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Stmt:
    """A statement: its expressions and the blocks inside it. What can't stand at a place (a jump outside a loop, a name
    that is not in reach) is written down as something that can."""

    kind: str
    number: int
    name: str = ""
    values: tuple[Expr, ...] = ()
    blocks: tuple[tuple[Stmt, ...], ...] = ()


@dataclass(frozen=True)
class Function:
    """A function of the file with one parameter."""

    kind: FunctionKind
    name: str
    body: tuple[Stmt, ...]
    result: Expr


@dataclass(frozen=True)
class Program:
    """`imported` tells whether the flag client comes from another module, `unused` is a function that nothing calls."""

    functions: tuple[Function, ...]
    imported: bool
    unused: str = ""
