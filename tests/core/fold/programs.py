"""Generated programs with a flag, in Python and in JavaScript that is also TypeScript, printing a trace.

One abstract program is drawn and written down in both languages, so that both see the same shapes: nested conditions,
effects in conditions, early exits, loops, closures, exceptions, variables and wrappers around the flag.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

FLAG = "new-way"


@dataclass
class Writer:
    """Draws one program. `python` chooses the spelling; the same seed gives the same program in both."""

    rng: random.Random
    python: bool
    lines: list[str] = field(default_factory=list)
    count: int = 0
    names: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    def fresh(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def word(self, python: str, other: str) -> str:
        return python if self.python else other

    # ---------------------------------------------------------- expressions

    def flag_read(self) -> str:
        direct = self.word(f'client.is_enabled("{FLAG}")', f"client.isEnabled('{FLAG}')")
        other = self.word('client.is_enabled("other")', "client.isEnabled('other')")
        choice = self.rng.random()
        if choice < 0.12:
            return other
        if choice < 0.5 or not self.flags:
            return direct
        return self.rng.choice(self.flags)

    def effect(self) -> str:
        self.count += 1
        return f"f({self.count}, {self.word(str(self.rng.random() < 0.5), str(self.rng.random() < 0.5).lower())})"

    def atom(self) -> str:
        draw = self.rng.random()
        if draw < 0.42:
            return self.flag_read()
        if draw < 0.62:
            return self.effect()
        if draw < 0.85 and self.names:
            return self.rng.choice(self.names)
        return self.word(self.rng.choice(["True", "False"]), self.rng.choice(["true", "false"]))

    def condition(self, depth: int = 0) -> str:
        draw = self.rng.random()
        if depth > 2 or draw < 0.35:
            return self.atom()
        if draw < 0.5:
            return self.word("not ", "!") + self.tight(depth)
        if draw < 0.9:
            left, right = self.tight(depth), self.tight(depth)
            both = self.rng.random() < 0.5
            return f"{left} {self.word('and' if both else 'or', '&&' if both else '||')} {right}"
        truth = self.rng.random() < 0.5
        return f"{self.flag_read()} {self.word('==', '===')} {self.word(str(truth), str(truth).lower())}"

    def tight(self, depth: int) -> str:
        text = self.condition(depth + 1)
        return f"({text})" if any(part in text for part in (" and ", " or ", "&&", "||", "==", "not ")) else text

    def value(self) -> str:
        if self.rng.random() < 0.5:
            return self.condition()
        test, yes, no = self.condition(1), self.atom(), self.atom()
        return self.word(f"({yes} if {test} else {no})", f"({test} ? {yes} : {no})")

    # ---------------------------------------------------------- statements

    def emit(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def block(self, depth: int, budget: int, *, loop: bool, returns: bool) -> None:
        names, flags = list(self.names), list(self.flags)
        for _ in range(self.rng.randint(1, 3)):
            self.statement(depth, budget, loop=loop, returns=returns)
        self.names, self.flags = names, flags

    def close(self, depth: int) -> None:
        if not self.python:
            self.emit(depth, "}")

    def statement(self, depth: int, budget: int, *, loop: bool, returns: bool) -> None:
        forms: list[Callable[[int, int, bool, bool], None]] = [self._call, self._call, self._variable, self._flag_variable]
        if budget > 0:
            forms += [self._if, self._if, self._if, self._for, self._try, self._closure, self._guard]
        if loop and self.rng.random() < 0.3:
            forms.append(self._jump)
        self.rng.choice(forms)(depth, budget, loop, returns)

    def _call(self, depth: int, budget: int, loop: bool, returns: bool) -> None:
        del budget, loop, returns
        draw = self.rng.random()
        if draw < 0.5:
            self.emit(depth, self.word(f"t({self.value()})", f"t({self.value()});"))
        elif draw < 0.75:
            self.emit(depth, self.word(f"{self.condition()}", f"{self.condition()};"))
        else:
            self.count += 1
            self.emit(depth, self.word(f"t({self.count})", f"t({self.count});"))

    def _variable(self, depth: int, budget: int, loop: bool, returns: bool) -> None:
        del budget, loop, returns
        value = self.value()
        name = self.fresh("v")
        self.emit(depth, self.word(f"{name} = {value}", f"const {name} = {value};"))
        self.names.append(name)

    def _flag_variable(self, depth: int, budget: int, loop: bool, returns: bool) -> None:
        del budget, loop, returns
        read = self.flag_read()
        name = self.fresh("on")
        self.emit(depth, self.word(f"{name} = {read}", f"const {name} = {read};"))
        self.flags.append(name)

    def _if(self, depth: int, budget: int, loop: bool, returns: bool) -> None:
        condition = self.condition()
        self.emit(depth, self.word(f"if {condition}:", f"if ({condition}) {{"))
        self.block(depth + 1, budget - 1, loop=loop, returns=returns)
        for _ in range(self.rng.choice([0, 0, 1, 2])):
            condition = self.condition()
            self.emit(depth, self.word(f"elif {condition}:", f"}} else if ({condition}) {{"))
            self.block(depth + 1, budget - 1, loop=loop, returns=returns)
        if self.rng.random() < 0.5:
            self.emit(depth, self.word("else:", "} else {"))
            self.block(depth + 1, budget - 1, loop=loop, returns=returns)
        self.close(depth)

    def _guard(self, depth: int, budget: int, loop: bool, returns: bool) -> None:
        del budget, loop
        if not returns:
            return self._call(depth, 0, False, False)
        condition = self.condition()
        self.emit(depth, self.word(f"if {condition}:", f"if ({condition}) {{"))
        self.emit(depth + 1, self.word(f"return {self.value()}", f"return {self.value()};"))
        self.close(depth)
        return None

    def _for(self, depth: int, budget: int, loop: bool, returns: bool) -> None:
        del loop
        name = self.fresh("i")
        self.emit(depth, self.word(f"for {name} in range(2):", f"for (const {name} of [0, 1]) {{"))
        self.block(depth + 1, budget - 1, loop=True, returns=returns)
        self.close(depth)

    def _jump(self, depth: int, budget: int, loop: bool, returns: bool) -> None:
        del budget, loop, returns
        condition, word = self.condition(), self.rng.choice(["break", "continue"])
        self.emit(depth, self.word(f"if {condition}:", f"if ({condition}) {{"))
        self.emit(depth + 1, self.word(word, word + ";"))
        self.close(depth)

    def _try(self, depth: int, budget: int, loop: bool, returns: bool) -> None:
        self.emit(depth, self.word("try:", "try {"))
        self.block(depth + 1, budget - 1, loop=loop, returns=returns)
        if self.rng.random() < 0.4:
            self.emit(depth + 1, self.word("raise ValueError('x')", "throw new Error('x');"))
        self.emit(depth, self.word("except ValueError:", "} catch (e) {"))
        self.block(depth + 1, budget - 1, loop=loop, returns=returns)
        self.close(depth)

    def _closure(self, depth: int, budget: int, loop: bool, returns: bool) -> None:
        del loop, returns
        name = self.fresh("g")
        self.emit(depth, self.word(f"def {name}():", f"function {name}() {{"))
        self.block(depth + 1, budget - 1, loop=False, returns=True)
        self.emit(depth + 1, self.word(f"return {self.value()}", f"return {self.value()};"))
        self.close(depth)
        self.emit(depth, self.word(f"t({name}())", f"t({name}());"))

    # ---------------------------------------------------------- whole programs

    def program(self) -> str:
        self.emit(0, self.word("from UnleashClient import UnleashClient", "import { Unleash } from 'unleash-client';"))
        self.emit(0, self.word("from rt import t, f", "import { t, f } from './rt';"))
        self.emit(0, "")
        self.emit(0, self.word("client = UnleashClient()", "const client = new Unleash();"))
        self.emit(0, "")
        for _ in range(self.rng.randint(0, 2)):
            self._wrapper()
        for _ in range(self.rng.randint(1, 2)):
            name = self.fresh("main")
            self.emit(0, self.word(f"def {name}():", f"function {name}() {{"))
            self.block(1, 3, loop=False, returns=True)
            self.emit(1, self.word("return None", "return null;"))
            self.close(0)
            self.emit(0, self.word(f"t({name}())", f"t({name}());"))
            self.emit(0, "")
        return "\n".join(self.lines) + "\n"

    def _wrapper(self) -> None:
        name = self.fresh("is_on" if self.python else "isOn")
        read = self.flag_read()
        if self.rng.random() < 0.3:
            read = self.word(f"not {read}", f"!{read}")
        self.emit(0, self.word(f"def {name}():", f"function {name}() {{"))
        self.emit(1, self.word(f"return {read}", f"return {read};"))
        self.close(0)
        self.emit(0, "")
        self.flags.append(f"{name}()")


def program(seed: int, *, python: bool) -> str:
    """The program of a seed."""
    return Writer(random.Random(seed), python).program()  # noqa: S311 - a reproducible draw, no secret


RUNTIME = '''
class UnleashClient:
    def __init__(self, state): self.state = state
    def is_enabled(self, key): return self.state[key]
'''
