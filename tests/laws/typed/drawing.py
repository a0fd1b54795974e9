"""Draws abstract programs (`tree`): the same seed is the same program in every language."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from tests.laws.typed.tree import (
    Assign,
    Blank,
    Block,
    Both,
    Choose,
    Class,
    Closure,
    Effect,
    Expression,
    Finally,
    For,
    If,
    Invoked,
    Jump,
    Let,
    Method,
    Name,
    Not,
    Number,
    Positive,
    Read,
    Remark,
    Return,
    Same,
    Scoped,
    Show,
    Statement,
    Switch,
    Text,
    Truth,
    Try,
    While,
)

__all__ = ["drawn_class"]

_CONSTANT = "NEW_WAY"


@dataclass(frozen=True)
class _Place:
    budget: int
    loop: bool = False
    returns: bool = True

    def inner(self, *, loop: bool | None = None) -> _Place:
        return _Place(self.budget - 1, self.loop if loop is None else loop, self.returns)


@dataclass
class _Drawing:
    """`names` are what may be asked here, `fixed` those of them that a closure may hold as well, `flags` what has the
    flag's value, `variables` those that may be given another one."""

    rng: random.Random
    count: int = 0
    constants: list[str] = field(default_factory=list)
    names: list[Expression] = field(default_factory=list)
    flags: list[Expression] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def number(self) -> int:
        self.count += 1
        return self.count

    def fresh(self, prefix: str) -> str:
        return f"{prefix}{self.number()}"

    # ------------------------------------------------------ expressions

    def read(self) -> Expression:
        return Read(self.rng.choice(self.constants) if self.constants and self.chance(0.4) else "")

    def flag(self) -> Expression:
        draw = self.rng.random()
        if draw < 0.1:
            return Read("other")
        return self.read() if draw < 0.45 or not self.flags else self.rng.choice(self.flags)

    def effect(self) -> Expression:
        return Effect(self.number(), self.chance(0.5))

    def atom(self) -> Expression:
        draw = self.rng.random()
        if draw < 0.5:
            return self.flag()
        if draw < 0.72:
            return self.effect()
        if draw < 0.95 and self.names:
            return self.rng.choice(self.names)
        return Truth(self.chance(0.5))

    def condition(self, depth: int = 0) -> Expression:
        draw = self.rng.random()
        if depth > 2 or draw < 0.35:
            return self.atom()
        if draw < 0.5:
            return Not(self.condition(depth + 1))
        if draw < 0.86:
            word: Literal["and", "or"] = "and" if self.chance(0.5) else "or"
            count = self.rng.choice([2, 2, 2, 3])
            return Both(word, tuple(self.condition(depth + 1) for _ in range(count)), self.chance(0.5))
        if draw < 0.93:
            sides: list[Expression] = [self.flag(), Truth(self.chance(0.5))]
            if self.chance(0.2):
                sides[1] = self.effect() if self.chance(0.5) else self.flag()
            self.rng.shuffle(sides)
            return Same(sides[0], sides[1], self.chance(0.6))
        return self._choice(depth + 1)

    def _choice(self, depth: int) -> Expression:
        test, yes = self.condition(depth), self.condition(depth)
        no = self._choice(depth + 1) if depth < 3 and self.chance(0.3) else self.condition(depth)
        return Choose(test, yes, no)

    def open_condition(self) -> Expression:
        """A condition that no compiler knows the answer of."""
        found = self.condition()
        return Both("and", (self.effect(), found)) if _is_constant(found) else found

    def value(self) -> Expression:
        return self.condition() if self.chance(0.6) else self._choice(1)

    def shown(self) -> Expression:
        draw = self.rng.random()
        if draw < 0.55:
            return self.value()
        if draw < 0.7:
            return Choose(self.condition(1), Number(self.number()), Number(self.number()))
        return Text(self.condition(1)) if draw < 0.85 else Number(self.number())

    # ------------------------------------------------------ statements

    @contextmanager
    def scope(self) -> Iterator[None]:
        held = list(self.names), list(self.flags), list(self.variables)
        yield
        self.names, self.flags, self.variables = held

    def block(self, place: _Place, least: int = 1) -> Block:
        with self.scope():
            return tuple(each for _ in range(self.rng.randint(least, 3)) for each in self.statement(place))

    def statement(self, place: _Place) -> Iterator[Statement]:
        draw = self.rng.random()
        if draw < 0.04:
            yield Remark(self.number())
        elif draw < 0.08:
            yield Blank()
        forms: list[Callable[[_Place], Statement]] = [self._show, self._show, self._let, self._let, self._flag_let]
        forms += [self._short, self._mutable]
        if self.variables:
            forms += [self._assign]
        if place.budget > 0:
            forms += [self._if] * 4 + [self._for, self._while, self._try, self._finally, self._scoped, self._switch]
            forms += [self._closure]
        if place.budget > 0 and place.returns:
            forms += [self._guard, self._guard]
        if place.loop and self.chance(0.3):
            forms.append(self._jump)
        yield self.rng.choice(forms)(place)

    def _show(self, _: _Place) -> Statement:
        return Show(self.effect(), shown=False) if self.chance(0.1) else Show(self.shown())

    def _let(self, _: _Place) -> Statement:
        value, name = self.value(), self.fresh("v")
        self.names.append(Name(name))
        return Let(name, value, typed=self.chance(0.7))

    def _flag_let(self, _: _Place) -> Statement:
        value, name = self.flag() if self.chance(0.7) else self.condition(1), self.fresh("on")
        self.flags.append(Name(name))
        return Let(name, value, typed=self.chance(0.7))

    def _mutable(self, _: _Place) -> Statement:
        value, name = self.flag() if self.chance(0.6) else self.value(), self.fresh("m")
        self.names.append(Name(name))
        self.variables.append(name)
        return Let(name, value, mutable=True)

    def _assign(self, _: _Place) -> Statement:
        assign = Assign(self.rng.choice(self.variables), self.value())
        return If(((self.condition(), (assign,)),)) if self.chance(0.5) else assign

    def _short(self, _: _Place) -> Statement:
        return If(((self.condition(), (Show(self.shown()),)),), short=True)

    def _jump(self, _: _Place) -> Statement:
        word: Literal["break", "continue"] = "break" if self.chance(0.5) else "continue"
        return If(((self.open_condition(), (Jump(word),)),), short=self.chance(0.4))

    def _guard(self, place: _Place) -> Statement:
        test = self.open_condition()
        before = self.block(place.inner()) if self.chance(0.3) else ()
        return If(((test, (*before, Return(self.value()))),), short=not before and self.chance(0.4))

    def _if(self, place: _Place) -> Statement:
        count = 1 + self.rng.choice([0, 0, 0, 1, 2])
        arms = tuple((self.condition(), self.block(place.inner())) for _ in range(count))
        return If(arms, self.block(place.inner()) if self.chance(0.5) else None)

    def _for(self, place: _Place) -> Statement:
        name = self.fresh("i")
        with self.scope():
            self.names.append(Positive(name))
            return For(name, self.block(place.inner(loop=True)))

    def _while(self, place: _Place) -> Statement:
        return While(self.fresh("n"), self.open_condition(), self.block(place.inner(loop=True)))

    def _try(self, place: _Place) -> Statement:
        return Try(self.block(place.inner()), self.chance(0.4), self.block(place.inner()))

    def _finally(self, place: _Place) -> Statement:
        return Finally(self.block(place.inner()), self.block(_Place(place.budget - 1, loop=False, returns=False)))

    def _scoped(self, place: _Place) -> Statement:
        return Scoped(self.block(place.inner()))

    def _switch(self, place: _Place) -> Statement:
        inner = _Place(place.budget - 1, loop=False, returns=place.returns)
        values = [True, False] if self.chance(0.5) else [self.chance(0.5)]
        subject = self.flag() if self.chance(0.6) else self.atom()
        if isinstance(subject, Truth):
            subject = self.effect()
        cases = tuple((value, self.block(inner)) for value in values)
        return Switch(subject, cases, self.block(inner) if self.chance(0.6) else None, self.chance(0.2))

    def _closure(self, place: _Place) -> Statement:
        name, parameter = self.fresh("g"), self.fresh("p")
        with self.scope():
            inside = set(self.variables)
            self.names = [each for each in self.names if not isinstance(each, Name) or each.name not in inside]
            self.variables = []
            self.names.append(Name(parameter))
            body = self.block(_Place(place.budget - 1)) if self.chance(0.6) else None
            closure = Closure(name, parameter, body, self.value())
        self.names.append(Invoked(name, self.effect()))
        return closure

    # ------------------------------------------------------ whole programs

    def program(self) -> Class:
        if self.chance(0.4):
            self.constants.append(_CONSTANT)
        fields: list[tuple[str, Expression]] = []
        if self.chance(0.4):
            fields.append((self.fresh("on"), Not(self.read()) if self.chance(0.2) else self.read()))
            self.flags.append(Name(fields[0][0], "field"))
        methods = [self._wrapper() for _ in range(self.rng.randint(0, 2))]
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            with self.scope():
                body = self.block(_Place(2))
                methods.append(Method(self.fresh("main"), "", body, self.value(), private=False))
        return Class(tuple(self.constants), tuple(fields), tuple(methods))

    def _wrapper(self) -> Method:
        value = self.read() if self.chance(0.7) else self.condition(1)
        if self.chance(0.3):
            value = Not(value)
        parameter = self.fresh("p") if self.chance(0.3) else ""
        method = Method(self.fresh("isOn"), parameter, (), value)
        self.flags.append(Name(method.name, "method", self.effect() if parameter else None))
        return method


def _is_constant(value: Expression) -> bool:
    """Whether a compiler may know the value, or a part of it that decides."""
    if isinstance(value, Truth):
        return True
    if isinstance(value, Not):
        return _is_constant(value.operand)
    if isinstance(value, Both):
        return any(map(_is_constant, value.parts))
    if isinstance(value, Same):
        return _is_constant(value.left) and _is_constant(value.right)
    return isinstance(value, Choose) and any(map(_is_constant, (value.test, value.yes, value.no)))


def drawn_class(seed: int) -> Class:
    """The program of a seed."""
    return _Drawing(random.Random(seed)).program()
