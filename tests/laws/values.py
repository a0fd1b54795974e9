"""Generated programs around a flag that gives a variant or a text instead of yes or no."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, get_args

from tests.laws.programs import Place, Programs, program

__all__ = ["KINDS", "Kind", "drawn"]

Kind = Literal["flag", "variant", "text"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass
class ValuePrograms(Programs):
    """The programs of `Programs`, whose reads compare, switch on, take apart and show what the flag gives."""

    kind: Kind = "variant"

    def head(self) -> None:
        if self.kind == "variant":
            super().head()
            return
        self.emit(0, "from openfeature import api", "import { OpenFeature } from '@openfeature/web-sdk';")
        self.emit(0, "from rt import t, f, held, run", "import { t, f, later } from './rt';")
        self.emit(0, "")
        self.emit(0, "client = api.get_client()", "const client = OpenFeature.getClient();")

    def asked(self, key: str) -> str:
        """What the flag gives, as a text."""
        if self.kind == "text":
            return self.word(f'client.get_string_value({key}, "x")', f"client.getStringValue({key}, 'x')")
        return self.whole(key) + self.word('["name"]', ".name")

    def whole(self, key: str) -> str:
        return self.word(f"client.get_variant({key})", f"client.getVariant({key})")

    def tested(self, text: str) -> str:
        """A condition on a text."""
        operator = self.rng.choice(self.word("== !=", "=== !== ==").split())
        sides = [text, self.rng.choice(['"a"', '"b"', '""', '"c"'])]
        if self.chance(0.2):
            sides.reverse()
        return f"({sides[0]} {operator} {sides[1]})" if self.chance(0.85) else text

    def direct_read(self) -> str:
        if self.kind == "variant" and self.chance(0.2):
            return self.whole(self.key()) + self.word('["enabled"]', ".enabled")
        return self.tested(self.asked(self.key()))

    def flag_read(self) -> str:
        draw = self.rng.random()
        if draw < 0.1:
            return self.tested(self.asked(self.word('"other"', "'other'")))
        return self.direct_read() if draw < 0.45 or not self.flags else self.rng.choice(self.flags)

    def _flag_variable(self, place: Place) -> None:
        name, key = self.fresh("on"), self.key()
        draw = self.rng.random()
        if draw < 0.3:
            super()._flag_variable(place)
        elif draw < 0.65 or self.kind == "text":
            text = self.asked(key)
            self.emit(place.depth, f"{name} = {text}", f"const {name} = {text};")
            self.flags += [self.tested(name), name]
        elif self.python or draw < 0.85:
            self.emit(place.depth, f"{name} = {self.whole(key)}", f"const {name} = {self.whole(key)};")
            text = name + self.word('["name"]', ".name")
            self.flags += [self.tested(text), text, name + self.word('.get("enabled")', "?.enabled")]
            if self.chance(0.15):
                self.emit(place.depth, f"t({name})", f"t({name});")
        else:
            self.emit(place.depth, "", f"const {{ name: {name}, enabled: {name}e }} = {self.whole(key)};")
            self.flags += [self.tested(name), f"{name}e"]

    def _switch(self, place: Place) -> None:
        subject = self.asked(self.key())
        self.emit(place.depth, f"match {subject}:", f"switch ({subject}) {{")
        for value in self.rng.sample(['"a"', '"b"', '""', '"c"'], self.rng.randint(1, 3)):
            self.emit(place.depth + 1, f"case {value}:", f"case {value}:")
            if not self.python and self.chance(0.2):
                continue
            self.block(Place(place.depth + 2, place.budget - 1, loop=False, returns=place.returns))
            if not self.python and self.chance(0.8):
                self.emit(place.depth + 2, "", "break;")
        if self.chance(0.6):
            self.emit(place.depth + 1, "case _:", "default:")
            self.block(Place(place.depth + 2, place.budget - 1, loop=False, returns=place.returns))
        self.closed(place.depth)


def drawn(seed: int, kind: Kind, *, python: bool) -> str:
    """The program of a seed around a flag of this kind."""
    if kind == "flag":
        return program(seed, python=python)
    return ValuePrograms(random.Random(seed), python, kind=kind).program()
