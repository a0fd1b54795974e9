"""An abstract program around a flag: what every language with classes can say, without its spelling.

Expressions are yes-or-no values; only what is shown may be a number or a text. Names are unique in their program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "Assign",
    "Blank",
    "Both",
    "Choose",
    "Class",
    "Closure",
    "Effect",
    "Expression",
    "Finally",
    "For",
    "If",
    "Invoked",
    "Jump",
    "Let",
    "Method",
    "Name",
    "Not",
    "Number",
    "Positive",
    "Read",
    "Remark",
    "Return",
    "Same",
    "Scoped",
    "Show",
    "Statement",
    "Switch",
    "Text",
    "Truth",
    "Try",
    "While",
]

Holder = Literal["local", "field", "method"]


@dataclass(frozen=True)
class Read:
    """The client is asked. `constant` is the name of the key, "" for the key itself, "other" for another flag."""

    constant: str = ""


@dataclass(frozen=True)
class Name:
    """A variable, a field of the object, or a call of one of its methods (with an argument or none)."""

    name: str
    holder: Holder = "local"
    argument: Expression | None = None


@dataclass(frozen=True)
class Invoked:
    """A closure is called."""

    name: str
    argument: Expression


@dataclass(frozen=True)
class Effect:
    """Leaves a mark in the trace and gives the value."""

    mark: int
    value: bool


@dataclass(frozen=True)
class Truth:
    value: bool


@dataclass(frozen=True)
class Positive:
    """Whether the number that a loop counts is not 0."""

    name: str


@dataclass(frozen=True)
class Not:
    operand: Expression


@dataclass(frozen=True)
class Both:
    """And, or. `bare`: inner ones that bind tighter stand without parentheses."""

    word: Literal["and", "or"]
    parts: tuple[Expression, ...]
    bare: bool = False


@dataclass(frozen=True)
class Same:
    left: Expression
    right: Expression
    equal: bool


@dataclass(frozen=True)
class Choose:
    test: Expression
    yes: Expression
    no: Expression


@dataclass(frozen=True)
class Number:
    value: int


@dataclass(frozen=True)
class Text:
    """A text with a value in it."""

    part: Expression


Expression = Read | Name | Invoked | Effect | Truth | Positive | Not | Both | Same | Choose | Number | Text

# ---------------------------------------------------------------- statements


@dataclass(frozen=True)
class Show:
    """The value goes into the trace. Without `shown` it is only worked out: an effect, or a call."""

    value: Expression
    shown: bool = True


@dataclass(frozen=True)
class Let:
    """`typed`: with the name of its type, where the language lets that out."""

    name: str
    value: Expression
    mutable: bool = False
    typed: bool = True


@dataclass(frozen=True)
class Assign:
    name: str
    value: Expression


@dataclass(frozen=True)
class If:
    """Arms of a condition and a block. `short`: on one line where the language has such a form."""

    arms: tuple[tuple[Expression, Block], ...]
    otherwise: Block | None = None
    short: bool = False


@dataclass(frozen=True)
class While:
    """At most three times round; `name` counts."""

    name: str
    condition: Expression
    body: Block


@dataclass(frozen=True)
class For:
    name: str
    body: Block


@dataclass(frozen=True)
class Jump:
    word: Literal["break", "continue"]


@dataclass(frozen=True)
class Return:
    value: Expression


@dataclass(frozen=True)
class Try:
    body: Block
    throws: bool
    handler: Block


@dataclass(frozen=True)
class Finally:
    body: Block
    last: Block


@dataclass(frozen=True)
class Scoped:
    """A block by itself, where the language has such."""

    body: Block


@dataclass(frozen=True)
class Switch:
    """On a yes-or-no value; `through` lets the first case run into what follows, where the language allows it."""

    subject: Expression
    cases: tuple[tuple[bool, Block], ...]
    otherwise: Block | None
    through: bool = False


@dataclass(frozen=True)
class Closure:
    """A function in a variable. `body` None: it only gives `value`."""

    name: str
    parameter: str
    body: Block | None
    value: Expression


@dataclass(frozen=True)
class Remark:
    number: int


@dataclass(frozen=True)
class Blank:
    pass


Statement = (
    Show | Let | Assign | If | While | For | Jump | Return | Try | Finally | Scoped | Switch | Closure | Remark | Blank
)
Block = tuple[Statement, ...]


@dataclass(frozen=True)
class Method:
    """`parameter` "" for none; what it gives is the last thing it does."""

    name: str
    parameter: str
    body: Block
    value: Expression
    private: bool = True


@dataclass(frozen=True)
class Class:
    """The program: an object that is given the client, of which the public methods run one after the other."""

    constants: tuple[str, ...]
    fields: tuple[tuple[str, Expression], ...]
    methods: tuple[Method, ...] = field(default=())
