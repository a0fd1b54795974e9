"""Expressions of generated programs, spelt in Python or in JavaScript that is also TypeScript."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

__all__ = ["FLAG", "Expressions"]

FLAG = "new-way"
_BINDING = (" and ", " or ", "&&", "||", "==", "not ", "!=", " is ", " in ", "??", " if ", " ? ", ":=")


@dataclass
class Expressions:
    """Draws expressions. The same seed gives the same program in both languages, as far as their forms go together.

    `names` are variables of any value in reach, `flags` spellings that give the flag's value, `asynchronous` and
    `method` say what kind of function is being written.
    """

    rng: random.Random
    python: bool
    count: int = 0
    names: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def fresh(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def word(self, python: str, other: str) -> str:
        return python if self.python else other

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def truth(self) -> str:
        value = self.chance(0.5)
        return self.word(str(value), str(value).lower())

    # ---------------------------------------------------------- atoms

    def key(self) -> str:
        literal = self.word(f'"{FLAG}"', f"'{FLAG}'")
        return self.rng.choice(self.keys) if self.keys and self.chance(0.4) else literal

    def direct_read(self) -> str:
        return f"client.{self.word('is_enabled', 'isEnabled')}({self.key()})"

    def flag_read(self) -> str:
        draw = self.rng.random()
        if draw < 0.1:
            return self.word('client.is_enabled("other")', "client.isEnabled('other')")
        if draw < 0.45 or not self.flags:
            return self.direct_read()
        return self.rng.choice(self.flags)

    def number(self) -> str:
        self.count += 1
        return str(self.count)

    def effect(self) -> str:
        result = self.truth()
        if self.chance(0.25):
            result = self.rng.choice(["0", "7", '""', '"a"', self.word("None", "null")])
        return f"f({self.number()}, {result})"

    def literal(self) -> str:
        return self.rng.choice([self.truth(), self.truth(), "0", '"a"', self.word("None", "null"), "[]"])

    def atom(self) -> str:
        draw = self.rng.random()
        if draw < 0.42:
            return self.flag_read()
        if draw < 0.62:
            return self.effect()
        if draw < 0.88 and self.names:
            return self.rng.choice(self.names)
        return self.literal()

    # ---------------------------------------------------------- operators

    def condition(self, depth: int = 0) -> str:
        draw = self.rng.random()
        if depth > 2 or draw < 0.33:
            return self.atom()
        if draw < 0.47:
            return self.word("not ", "!") + self.tight(depth)
        if draw < 0.84:
            return self._logical(depth)
        if draw < 0.9:
            return self._comparison()
        if draw < 0.94:
            return self._cast(depth)
        if draw < 0.97:
            return self._choice(depth + 1)
        return self._default(depth)

    def tight(self, depth: int) -> str:
        text = self.condition(depth + 1)
        if self.chance(0.05):
            return f"({text})"
        if self.chance(0.12) and "(" not in text and " " not in text:
            return text
        return f"({text})" if any(part in text for part in _BINDING) else text

    def _logical(self, depth: int) -> str:
        both = self.chance(0.5)
        word = self.word("and" if both else "or", "&&" if both else "||")
        parts = [self.tight(depth) for _ in range(self.rng.choice([2, 2, 2, 3]))]
        return f" {word} ".join(parts)

    def _comparison(self) -> str:
        operator = self.rng.choice(self.word("== != is", "=== !== ==").split())
        sides = [self.flag_read(), self.truth()]
        if self.chance(0.2):
            sides.reverse()
        if self.chance(0.2):
            sides[1] = self.rng.choice([self.effect(), self.flag_read()])
        return f"{sides[0]} {operator} {sides[1]}"

    def _cast(self, depth: int) -> str:
        inner = self.condition(depth + 1)
        if not self.python and self.chance(0.4):
            return f"!!{self.tight(depth)}"
        return f"{self.word('bool', 'Boolean')}({inner})"

    def _choice(self, depth: int) -> str:
        test, yes = self.tight(depth), self.tight(depth)
        other = self._choice(depth + 1) if depth < 3 and self.chance(0.3) else self.tight(depth)
        return self.word(f"({yes} if {test} else {other})", f"({test} ? {yes} : {other})")

    def _default(self, depth: int) -> str:
        if self.python:
            return f"{self.tight(depth)} or {self.tight(depth)}"
        left = self.tight(depth) if self.chance(0.6) else self.flag_read()
        return f"{left} ?? {self.tight(depth)}"

    def value(self) -> str:
        draw = self.rng.random()
        if draw < 0.45:
            return self.condition()
        if draw < 0.75:
            return self._choice(1)
        return self._counted() if draw < 0.83 else self._collected()

    def _counted(self) -> str:
        """Numbers of which the flag chooses one."""
        operand = self.word(f"({self._number()} if {self.tight(1)} else {self._number()})", self._number())
        if not self.python:
            operand = f"({self.tight(1)} ? {operand} : {self._number()})"
        draw = self.rng.random()
        if draw < 0.2:
            return f"-{operand}"
        if draw < 0.3:
            return f"{operand} ** 2"
        sides = [operand, self.number()]
        if self.chance(0.5):
            sides.reverse()
        return f" {self.rng.choice(['-', '*', '+', '>', self.word('==', '===')])} ".join(sides)

    def _number(self) -> str:
        draw = self.rng.random()
        if draw < 0.4:
            return self.number()
        first, second = self.number(), self.number()
        if draw < 0.6:
            return f"(-{first})" if not self.python and draw < 0.5 else f"-{first}"
        return (
            f"{first} {self.rng.choice(['-', '+', '*'])} {second}"
            if draw < 0.9 or self.python
            else f"(t({first}), {second})"
        )

    def _collected(self) -> str:
        first, second = self.tight(1), self.tight(1)
        draw = self.rng.random()
        if draw < 0.3:
            return f"[{first}, {second}]"
        if draw < 0.5:
            return self.word(f'{{"a": {first}, "b": {second}}}', f"{{ a: {first}, b: {second} }}")
        if draw < 0.65:
            return self.word(f'f"{{{self.plain()}}}!"', f"`${{{self.plain()}}}!`")
        if draw < 0.8:
            name = self.fresh("i")
            test = self.tight(1)
            return self.word(f"[{name} for {name} in range(2) if {test}]", f"[0, 1].filter(({name}) => {test})")
        body = self.tight(1)
        return self.word(f"(lambda: {body})()", f"(() => {body})()")

    def plain(self) -> str:
        """An expression without quotes, which fits into a string."""
        candidates = [name for name in (*self.names, *self.flags) if '"' not in name and "'" not in name]
        return self.rng.choice(candidates) if candidates else self.number()
