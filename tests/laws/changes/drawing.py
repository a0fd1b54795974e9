"""Draws a program and what a person made of it: statements and expressions added, taken away, replaced, moved."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.laws.changes.tree import Expr, Function, FunctionKind, Program, Stmt

__all__ = ["drawn_pair"]

_NAMES = ("alpha", "beta", "gamma", "delta", "total")
_KINDS: tuple[FunctionKind, ...] = ("plain", "plain", "plain", "async", "generator", "method")
_SIMPLE = (
    *("say", "say", "say", "effect", "keep", "keep", "keep", "assign", "assign", "update", "pair", "table", "yield"),
    *("comment", "blank", "guard", "fail", "jump", "arrow"),
)
_COMPOUND = {
    **dict.fromkeys(("if", "for", "while", "scope", "closure", "each", "generator", "async"), 1),
    **dict.fromkeys(("if-else", "try", "finally"), 2),
    **dict.fromkeys(("chain", "switch"), 3),
}
_DEEDS = ("replace", "remove", "insert", "value", "value", "inside", "inside", "surround", "unwrap", "swap")


def drawn_pair(seed: int) -> tuple[Program, Program]:
    """The old and the new program of a seed."""
    return _Drawing(random.Random(seed)).pair()


@dataclass
class _Drawing:
    rng: random.Random
    count: int = 0

    def number(self) -> int:
        self.count += 1
        return self.count

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    # ---------------------------------------------------------- programs

    def pair(self) -> tuple[Program, Program]:
        old = Program(tuple(self._function() for _ in range(self.rng.choice([1, 1, 2]))), self.chance(0.4))
        functions = list(old.functions)
        for at in self.rng.sample(range(len(functions)), self.rng.randint(1, min(2, len(functions)))):
            functions[at] = self._changed_function(functions[at])
        extra = [self._function()] if self.chance(0.1) else []
        at = self.rng.randint(0, len(functions))
        functions[at:at] = extra
        return old, Program(tuple(functions), old.imported, extra[0].name if extra else "")

    def _function(self) -> Function:
        body = self.block(2, self.rng.randint(2, 5))
        return Function(self.rng.choice(_KINDS), f"run{self.number()}", body, self.expr(2))

    def _changed_function(self, function: Function) -> Function:
        if self.chance(0.1):
            return replace(function, result=self._changed_expr(function.result))
        return replace(function, body=self._changed(function.body))

    # ---------------------------------------------------------- drawing

    def block(self, budget: int, length: int) -> tuple[Stmt, ...]:
        return tuple(self.statement(budget) for _ in range(length))

    def statement(self, budget: int) -> Stmt:
        if budget > 0 and self.chance(0.35):
            kind = self.rng.choice(list(_COMPOUND))
            blocks = tuple(self._inner(budget) for _ in range(_COMPOUND[kind]))
            given = (self._condition(), self._condition(), self.expr(2))
            return Stmt(kind, self.number(), f"g{self.number()}", given, blocks)
        kind = self.rng.choice(_SIMPLE)
        name = f"h{self.number()}" if kind == "arrow" else self.rng.choice(_NAMES)
        values = (self.shown() if kind == "say" else self.expr(), self.expr(2))
        values = (self._condition(), values[1]) if kind in {"guard", "fail", "jump"} else values
        return Stmt(kind, self.number(), name, values)

    def _inner(self, budget: int) -> tuple[Stmt, ...]:
        found = self.block(budget - 1, self.rng.choice([1, 1, 2, 2, 3]))
        if self.chance(0.1):
            found += (Stmt("leave", self.number(), values=(self.expr(1),)),)
        return found

    def shown(self) -> Expr:
        """A value of any type, to be shown."""
        if self.chance(0.5):
            return self.expr()
        kind = self.rng.choice(["list", "object", "table", "text", "each"])
        return Expr(kind, self.number(), self.rng.choice(_NAMES), (self.expr(1), self.expr(1)))

    def expr(self, depth: int = 0) -> Expr:
        """A number."""
        kinds = ["number", "name", "name", "name", "call"]
        if depth < 2:
            kinds += ["call", "sum", "choice", "lambda", "await", "invoke", "sum", "choice"]
        kind = self.rng.choice(kinds)
        arity = {"call": 1, "sum": 2, "choice": 3, "lambda": 1, "await": 1, "invoke": 1}.get(kind, 0)
        parts = [self.expr(depth + 1) for _ in range(arity)]
        if kind == "choice":
            parts[0] = self._condition(depth + 1)
        return Expr(kind, self.number(), self.rng.choice(_NAMES), tuple(parts))

    def _condition(self, depth: int = 1) -> Expr:
        return Expr("test", self.number(), parts=(self.expr(depth), self.expr(depth)))

    # ---------------------------------------------------------- changing

    def _changed(self, statements: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
        found = list(statements)
        for _ in range(self.rng.choice([1, 1, 1, 2, 3])):
            if not found:
                return (self.statement(1),)
            self._deed(found, self.rng.choice(_DEEDS))
        return tuple(found)

    def _deed(self, found: list[Stmt], deed: str) -> None:
        at = self.rng.randrange(len(found))
        one = found[at]
        if deed == "insert":
            found[at:at] = self.block(self.rng.choice([0, 0, 1, 2]), self.rng.randint(1, 2))
        elif deed == "replace":
            found[at] = self.statement(self.rng.choice([0, 0, 1, 2]))
        elif deed == "remove":
            del found[at : at + self.rng.randint(1, 2)]
        elif deed == "swap" and at + 1 < len(found):
            found[at], found[at + 1] = found[at + 1], found[at]
        elif deed == "surround":
            last = at + self.rng.randint(1, 3)
            kind = self.rng.choice(["if", "for", "finally", "try", "scope"])
            blocks = (tuple(found[at:last]), *(self._inner(1) for _ in range(_COMPOUND[kind] - 1)))
            given = (self._condition(), self._condition(), self.expr(2))
            found[at:last] = [Stmt(kind, self.number(), f"g{self.number()}", given, blocks)]
        elif deed == "unwrap" and one.blocks:
            found[at : at + 1] = one.blocks[0]
        elif deed == "inside" and one.blocks:
            which = self.rng.randrange(len(one.blocks))
            blocks = tuple(self._changed(block) if i == which else block for i, block in enumerate(one.blocks))
            found[at] = replace(one, blocks=blocks)
        elif one.values:
            which = 0 if self.chance(0.7) else self.rng.randrange(len(one.values))
            values = tuple(self._changed_expr(v) if i == which else v for i, v in enumerate(one.values))
            found[at] = replace(one, values=values)

    def _changed_expr(self, expr: Expr) -> Expr:
        if expr.kind == "test" or (expr.parts and self.chance(0.7)):
            which = self.rng.randrange(len(expr.parts))
            parts = tuple(self._changed_expr(part) if i == which else part for i, part in enumerate(expr.parts))
            return replace(expr, parts=parts)
        if self.chance(0.2):
            return Expr("call", self.number(), parts=(expr,)) if expr.kind not in {"list", "object"} else self.shown()
        return self.expr(1)
