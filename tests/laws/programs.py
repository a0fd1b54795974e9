"""Generated programs with a flag, in Python and in JavaScript that is also TypeScript, printing a trace.

One abstract program is drawn and written down in both languages, so that both see the same shapes: nested conditions,
effects in conditions, early exits, loops, switches, closures, classes, generators, exceptions, variables, constants and
wrappers around the flag, with comments and blank lines in between.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.laws.expressions import FLAG, Expressions

__all__ = ["FLAG", "Place", "Programs", "program"]


@dataclass(frozen=True)
class Place:
    """Where a statement is drawn: how deep it stands, how much may nest below it, what may jump out of it."""

    depth: int
    budget: int
    loop: bool = False
    returns: bool = False

    def inner(self, *, loop: bool | None = None, returns: bool | None = None) -> Place:
        return Place(
            self.depth + 1,
            self.budget - 1,
            self.loop if loop is None else loop,
            self.returns if returns is None else returns,
        )


@dataclass
class Programs(Expressions):
    """Draws one program, statement by statement."""

    lines: list[str] = field(default_factory=list)

    # ---------------------------------------------------------- writing

    def emit(self, depth: int, python: str, other: str | None = None) -> None:
        text = self.word(python, python if other is None else other)
        if not text:
            self.lines.append("")
            return
        indent, mark = "    " * depth, self.word("#", "//")
        draw = self.rng.random()
        if draw < 0.02:
            self.lines.append(f"{indent}{mark} a remark {self.number()}")
        elif draw < 0.05:
            self.lines.append("")
        self.lines.append(indent + text + (f"  {mark} why" if 0.05 <= draw < 0.07 else ""))

    def opened(self, depth: int, word: str, condition: str) -> None:
        self.emit(depth, f"{word} {condition}:", f"{word} ({condition}) {{")

    def closed(self, depth: int) -> None:
        if not self.python:
            self.emit(depth, "}")

    @contextmanager
    def function(self) -> Iterator[None]:
        """What is in reach inside a nested function: its own names stay inside, and `this` is another one."""
        names, flags = list(self.names), list(self.flags)
        self.names = [name for name in names if not name.startswith("this.")]
        self.flags = [flag for flag in flags if not flag.startswith("this.")]
        yield
        self.names, self.flags = names, flags

    def block(self, place: Place) -> None:
        names, flags = list(self.names), list(self.flags)
        for _ in range(self.rng.randint(1, 3)):
            self.statement(place)
        self.names, self.flags = names, flags

    def statement(self, place: Place) -> None:
        forms: list[Callable[[Place], None]] = [self._call, self._call, self._variable, self._flag_variable]
        forms += [self._reassigned, self._short]
        if place.budget > 0:
            forms += [self._if] * 4 + [
                self._for,
                self._while,
                self._counted_loop,
                self._try,
                self._closure,
                self._switch,
                self._scoped,
            ]
            forms += [self._finally, self._generator, self._asynchronous, self._shadow]
        if place.budget > 0 and place.returns:
            forms += [self._guard, self._guard]
        if place.loop and self.chance(0.3):
            forms.append(self._jump)
        self.rng.choice(forms)(place)

    # ---------------------------------------------------------- simple statements

    def _call(self, place: Place) -> None:
        draw = self.rng.random()
        text = f"t({self.value()})" if draw < 0.55 else self.condition() if draw < 0.75 else f"t({self.number()})"
        if text.startswith(("{", "[", "(")):
            text = f"t({text})"
        self.emit(place.depth, text, text + ";")

    def _variable(self, place: Place) -> None:
        value = self.value()
        name = self.fresh("v")
        self.emit(place.depth, f"{name} = {value}", f"const {name} = {value};")
        self.names.append(name)

    def _flag_variable(self, place: Place) -> None:
        read = self.flag_read() if self.chance(0.7) else self.condition(1)
        name = self.fresh("on")
        self.emit(place.depth, f"{name} = {read}", f"const {name} = {read};")
        self.flags.append(name)

    def _reassigned(self, place: Place) -> None:
        name = self.fresh("m")
        first, test, second = self.flag_read(), self.condition(1), self.value()
        self.emit(place.depth, f"{name} = {first}", f"let {name} = {first};")
        if self.chance(0.5):
            self.opened(place.depth, "if", test)
            self.emit(place.depth + 1, f"{name} = {second}", f"{name} = {second};")
            self.closed(place.depth)
        elif self.chance(0.5):
            self.emit(place.depth, f"{name} = {second}", f"{name} = {second};")
        self.names.append(name)

    def _short(self, place: Place) -> None:
        condition, effect = self.condition(), f"t({self.value()})"
        self.emit(place.depth, f"if {condition}: {effect}", f"if ({condition}) {effect};")

    def _jump(self, place: Place) -> None:
        condition, word = self.condition(), self.rng.choice(["break", "continue"])
        self.opened(place.depth, "if", condition)
        self.emit(place.depth + 1, word, word + ";")
        self.closed(place.depth)

    def _guard(self, place: Place) -> None:
        self.opened(place.depth, "if", self.condition())
        if self.chance(0.3):
            self.block(place.inner())
        value = self.value()
        self.emit(place.depth + 1, f"return {value}", f"return {value};")
        self.closed(place.depth)

    # ---------------------------------------------------------- compound statements

    def _if(self, place: Place) -> None:
        self.opened(place.depth, "if", self.condition())
        self.block(place.inner())
        for _ in range(self.rng.choice([0, 0, 0, 1, 2])):
            self.opened(place.depth, self.word("elif", "} else if"), self.condition())
            self.block(place.inner())
        if self.chance(0.5):
            self.emit(place.depth, "else:", "} else {")
            self.block(place.inner())
        self.closed(place.depth)

    def _for(self, place: Place) -> None:
        name = self.fresh("i")
        self.emit(place.depth, f"for {name} in range(2):", f"for (const {name} of [0, 1]) {{")
        self.names.append(name)
        self.block(place.inner(loop=True))
        self.names.remove(name)
        self.closed(place.depth)
        if self.python and self.chance(0.2):
            self.emit(place.depth, "else:")
            self.block(place.inner())

    def _while(self, place: Place) -> None:
        name = self.fresh("n")
        self.emit(place.depth, f"{name} = 0", f"let {name} = 0;")
        self.opened(place.depth, "while", self.condition())
        self.emit(place.depth + 1, f"{name} += 1", f"{name} += 1;")
        self.opened(place.depth + 1, "if", f"{name} > 2")
        self.emit(place.depth + 2, "break", "break;")
        self.closed(place.depth + 1)
        self.block(place.inner(loop=True))
        self.closed(place.depth)
        if self.python and self.chance(0.3):
            self.emit(place.depth, "else:")
            self.block(place.inner())

    def _counted_loop(self, place: Place) -> None:
        """`for` with a condition, or `do` that goes on while one holds; a plain loop where there is neither."""
        if self.python:
            self._while(place)
            return
        name, condition = self.fresh("n"), self.condition()
        is_for = self.chance(0.6)
        self.emit(
            place.depth, "", f"for (let {name} = 0; {condition}; {name} += 1) {{" if is_for else f"let {name} = 0;"
        )
        if not is_for:
            self.emit(place.depth, "", "do {")
            self.emit(place.depth + 1, "", f"{name} += 1;")
        self.opened(place.depth + 1, "if", f"{name} > 2")
        self.emit(place.depth + 2, "break", "break;")
        self.closed(place.depth + 1)
        self.block(place.inner(loop=True))
        self.emit(place.depth, "", "}" if is_for else f"}} while ({condition});")

    def _try(self, place: Place) -> None:
        self.emit(place.depth, "try:", "try {")
        self.block(place.inner())
        if self.chance(0.4):
            self.emit(place.depth + 1, "raise ValueError('x')", "throw new Error('x');")
        self.emit(place.depth, "except ValueError:", "} catch (e) {")
        self.block(place.inner())
        self.closed(place.depth)

    def _finally(self, place: Place) -> None:
        self.emit(place.depth, "try:", "try {")
        self.block(place.inner())
        self.emit(place.depth, "finally:", "} finally {")
        self.block(Place(place.depth + 1, place.budget - 1))
        self.closed(place.depth)

    def _scoped(self, place: Place) -> None:
        self.emit(place.depth, f"with held({self.number()}):", "{")
        self.block(place.inner())
        self.closed(place.depth)

    def _switch(self, place: Place) -> None:
        subject = self.flag_read() if self.chance(0.6) else self.atom()
        self.emit(place.depth, f"match {subject}:", f"switch ({subject}) {{")
        values = [self.truth()] if self.chance(0.5) else self.word("True False", "true false").split()
        for value in values:
            self.emit(place.depth + 1, f"case {value}:", f"case {value}:" + (" {" if self.chance(0.3) else ""))
            braced = self.lines[-1].split("//")[0].rstrip().endswith("{")
            self.block(Place(place.depth + 2, place.budget - 1, loop=False, returns=place.returns))
            if not self.python and self.chance(0.8):
                self.emit(place.depth + 2, "", "break;")
            if braced and not self.python:
                self.emit(place.depth + 1, "", "}")
        if self.chance(0.6):
            self.emit(place.depth + 1, "case _:", "default:")
            self.block(Place(place.depth + 2, place.budget - 1, loop=False, returns=place.returns))
        self.closed(place.depth)

    # ---------------------------------------------------------- functions

    def _closure(self, place: Place) -> None:
        name, parameter = self.fresh("g"), self.fresh("p")
        with self.function():
            default = f" = {self.flag_read()}" if self.chance(0.3) else ""
        self.emit(place.depth, f"def {name}({parameter}{default}):", f"function {name}({parameter}{default}) {{")
        with self.function():
            self.names.append(parameter)
            self._body(place)
        argument = "" if default and self.chance(0.5) else self.atom()
        self.emit(place.depth, f"t({name}({argument}))", f"t({name}({argument}));")

    def _body(self, place: Place) -> None:
        self.block(Place(place.depth + 1, place.budget - 1, returns=True))
        value = self.value()
        self.emit(place.depth + 1, f"return {value}", f"return {value};")
        self.closed(place.depth)

    def _shadow(self, place: Place) -> None:
        """A parameter that has the name of a flag variable, or a block with a variable of that name."""
        name, plain = self.fresh("s"), [flag for flag in self.flags if flag.isalnum()]
        shadowed = self.rng.choice(plain) if plain else self.fresh("p")
        value = self.effect()
        names, flags = list(self.names), list(self.flags)
        self.flags = [flag for flag in flags if flag != shadowed]
        self.names.append(shadowed)
        if self.python or self.chance(0.5):
            self.emit(place.depth, f"def {name}({shadowed}):", f"const {name} = ({shadowed}) => {{")
            self._body(place)
            self.emit(place.depth, f"t({name}({value}))", f"t({name}({value}));")
        else:
            self.emit(place.depth, "{")
            self.emit(place.depth + 1, f"const {shadowed} = {value};")
            self.block(place.inner())
            self.closed(place.depth)
        self.names, self.flags = names, flags

    def _generator(self, place: Place) -> None:
        name = self.fresh("g")
        self.emit(place.depth, f"def {name}():", f"function* {name}() {{")
        with self.function():
            value, last, condition = self.value(), self.value(), self.condition()
            if self.chance(0.4):
                self.opened(place.depth + 1, "if", self.condition())
                self.emit(place.depth + 2, f"yield {value}", f"yield {value};")
                self.closed(place.depth + 1)
                last, condition = self.number(), self.truth() if self.chance(0.5) else condition
            else:
                self.emit(place.depth + 1, f"yield {value}", f"yield {value};")
            self.opened(place.depth + 1, "if", condition)
            self.emit(place.depth + 2, "return", "return;")
            self.closed(place.depth + 1)
            self.emit(place.depth + 1, f"yield {last}", f"yield {last};")
            self.closed(place.depth)
        self.emit(place.depth, f"t(list({name}()))", f"t([...{name}()]);")

    def _asynchronous(self, place: Place) -> None:
        name = self.fresh("a")
        self.emit(place.depth, f"async def {name}():", f"async function {name}() {{")
        with self.function():
            if self.chance(0.5):
                self.block(Place(place.depth + 1, place.budget - 1, returns=True))
            value = self.value() if self.chance(0.6) else self.direct_read()
            self.emit(place.depth + 1, f"return {value}", f"return {value};")
            self.closed(place.depth)
        self.emit(place.depth, f"t(run({name}()))", f"later({name}());")

    # ---------------------------------------------------------- whole programs

    def program(self) -> str:
        self.head()
        self._constants()
        self.emit(0, "")
        for _ in range(self.rng.randint(0, 2)):
            self._wrapper()
        if self.chance(0.35):
            self._class()
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            name = self.fresh("main")
            self.emit(0, f"def {name}():", f"function {name}() {{")
            self.block(Place(1, 2, returns=True))
            self.emit(1, self.word("return None", "return null;"))
            self.closed(0)
            self.emit(0, f"t({name}())", f"t({name}());")
            self.emit(0, "")
        return "\n".join(self.lines) + "\n"

    def head(self) -> None:
        self.emit(0, "from UnleashClient import UnleashClient", "import { Unleash } from 'unleash-client';")
        names = "t, f, held, run"
        self.emit(0, f"from rt import {names}", "import { t, f, later } from './rt';")
        self.emit(0, "")
        self.emit(0, "client = UnleashClient()", "const client = new Unleash();")

    def _constants(self) -> None:
        if self.chance(0.2):
            self.emit(0, f'NEW_WAY = "{FLAG}"', f"const NEW_WAY = '{FLAG}';")
            self.keys.append("NEW_WAY")
        if self.chance(0.2):
            self.emit(0, "class Keys:", "const Keys = {")
            self.emit(1, f'NEW = "{FLAG}"', f"NEW: '{FLAG}',")
            if self.chance(0.6):
                self.emit(1, 'OTHER = "other"', "OTHER: 'other',")
            self.emit(0, "", "};")
            self.keys.append("Keys.NEW")

    def _wrapper(self) -> None:
        name = self.fresh("is_on" if self.python else "isOn")
        read = self.direct_read() if self.chance(0.8) else self.condition(1)
        if self.chance(0.3):
            read = self.word(f"not ({read})", f"!({read})")
        parameter = self.rng.choice(["", "", "x"])
        if self.python or self.chance(0.6):
            self.emit(0, f"def {name}({parameter}):", f"function {name}({parameter}) {{")
            self.emit(1, f"return {read}", f"return {read};")
            self.closed(0)
        else:
            self.emit(0, "", f"const {name} = ({parameter}) => {read};")
        self.emit(0, "")
        argument = self.rng.choice([self.effect(), self.number()]) if parameter else ""
        self.flags.append(f"{name}({argument})")

    def _class(self) -> None:
        name, me = self.fresh("C"), self.word("self", "this")
        flags, keys = list(self.flags), self.direct_read()
        self.emit(0, f"class {name}:", f"class {name} {{")
        public = self.chance(0.3)
        field_name = "on" if public else self.word("_on", "_on")
        self.emit(1, "def __init__(self, extra):", "constructor(extra) {")
        self.emit(2, f"{me}.{field_name} = {keys}", f"{me}.{field_name} = {keys};")
        self.emit(2, f"{me}.extra = extra", f"{me}.extra = extra;")
        self.closed(1)
        self.emit(1, "")
        self.flags.append(f"{me}.{field_name}")
        if self.chance(0.6):
            read = self.flag_read()
            self.emit(1, "def _is_new(self):", "_is_new() {")
            self.emit(2, f"return {read}", f"return {read};")
            self.closed(1)
            self.emit(1, "")
            self.flags.append(f"{me}._is_new()")
        if self.chance(0.3):
            read = self.direct_read()  # no effects: reading a member counts as pure
            self.emit(1, "@property", "")
            self.emit(1, "def _fresh(self):", "get _fresh() {")
            self.emit(2, f"return {read}", f"return {read};")
            self.closed(1)
            self.emit(1, "")
            self.flags.append(f"{me}._fresh")
        self.emit(1, "def go(self):", "go() {")
        self.names.append(f"{me}.extra")
        self._body(Place(1, 2))
        self.closed(0)
        self.emit(0, "")
        self.names.remove(f"{me}.extra")
        self.flags = flags
        argument = self.atom()
        self.emit(0, f"t({name}({argument}).go())", f"t(new {name}({argument}).go());")


def program(seed: int, *, python: bool) -> str:
    """The program of a seed."""
    return Programs(random.Random(seed), python).program()
