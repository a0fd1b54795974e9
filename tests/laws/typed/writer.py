"""Writes an abstract program down: what most languages share, with holes for what each spells in its own way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.laws.expressions import FLAG
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

__all__ = ["Writer", "free_names"]


@dataclass
class Writer:
    """The form that Java, C# and PHP have in common; `hanging` puts braces on lines of their own."""

    lines: list[str] = field(default_factory=list)
    depth: int = 0
    names: int = 0

    unit = "    "
    hanging = False
    else_if = "else if"
    trace = "Rt.t"
    effect = "Rt.f"
    no_else_block = False

    def line(self, text: str = "") -> None:
        self.lines.append(self.unit * self.depth + text if text else "")

    def fresh(self) -> str:
        self.names += 1
        return f"e{self.names}"

    # ------------------------------------------------------ expressions

    def key(self, constant: str) -> str:
        return constant if constant == "NEW_WAY" else f'"{constant or FLAG}"'

    def read(self, key: str) -> str:
        return f"unleash.isEnabled({key})"

    def local(self, name: str) -> str:
        return name

    def member(self, name: str) -> str:
        return name

    def method(self, name: str, argument: str) -> str:
        return f"{name}({argument})"

    def invoked(self, name: str, argument: str) -> str:
        return f"{name}({argument})"

    def text(self, part: Expression) -> str:
        return f'"v " + {self.tight(part)}'

    def same(self, left: str, right: str, equal: bool) -> str:
        return f"{left} {'==' if equal else '!='} {right}"

    def expression(self, value: Expression) -> str:
        match value:
            case Read(constant):
                return self.read(self.key(constant))
            case Name(name, "local"):
                return self.local(name)
            case Name(name, "field"):
                return self.member(name)
            case Name(name, _, argument):
                return self.method(name, "" if argument is None else self.expression(argument))
            case Invoked(name, argument):
                return self.invoked(name, self.expression(argument))
            case Effect(mark, given):
                return f"{self.effect}({mark}, {str(given).lower()})"
            case Truth(given):
                return str(given).lower()
            case Positive(name):
                return f"({self.local(name)} > 0)"
            case Number(number):
                return str(number)
        return self.compound(value)

    def compound(self, value: Expression) -> str:
        match value:
            case Not(operand):
                return "!" + self.tight(operand)
            case Both(word, parts, bare):
                return f" {'&&' if word == 'and' else '||'} ".join(self.part(part, word, bare) for part in parts)
            case Same(left, right, equal):
                return self.same(self.operand(left), self.operand(right), equal)
            case Choose(test, yes, no):
                return f"({self.tight(test)} ? {self.tight(yes)} : {self.tight(no)})"
            case Text(part):
                return self.text(part)
        raise AssertionError(value)

    def part(self, value: Expression, word: str, bare: bool) -> str:
        binds = isinstance(value, Not | Same) or (isinstance(value, Both) and word == "or" and value.word == "and")
        return self.expression(value) if bare and binds else self.tight(value)

    def tight(self, value: Expression) -> str:
        text = self.expression(value)
        return f"({text})" if isinstance(value, Both | Same | Text) else text

    def operand(self, value: Expression) -> str:
        """Of a comparison."""
        text = self.tight(value)
        return f"({text})" if isinstance(value, Not) else text

    # ------------------------------------------------------ statements

    def block(self, block: Block) -> None:
        self.depth += 1
        for statement in block:
            self.statement(statement)
        self.depth -= 1

    def open(self, head: str) -> None:
        if self.hanging and head:
            self.line(head)
            self.line("{")
        else:
            self.line(f"{head} {{".lstrip())

    def again(self, head: str) -> None:
        """The next part of a statement that has several."""
        if self.hanging:
            self.line("}")
            self.open(head)
        else:
            self.line(f"}} {head} {{")

    def close(self, end: str = "}") -> None:
        self.line(end)

    def remark(self, text: str) -> None:
        self.line(f"// {text}")

    def statement(self, statement: Statement) -> None:
        match statement:
            case Show(value, shown):
                text = self.expression(value)
                self.line(f"{self.trace}({text});" if shown else f"{text};")
            case Let(name, value, mutable, typed):
                self.let(name, self.expression(value), typed or mutable)
            case Assign(name, value):
                self.line(f"{self.local(name)} = {self.expression(value)};")
            case Return(value):
                self.line(f"return {self.expression(value)};")
            case Jump(word):
                self.line(f"{word};")
            case Remark(number):
                self.remark(f"a remark {number}")
            case Blank():
                self.line()
            case If():
                self.chain(statement)
            case Closure():
                self.closure(statement)
            case _:
                self.nested(statement)

    def nested(self, statement: Statement) -> None:
        match statement:
            case While(name, condition, body):
                self.loop(name, self.expression(condition), body)
            case For(name, body):
                self.each(name, body)
            case Try(body, throws, handler):
                self.trying(body, throws, handler)
            case Finally(body, last):
                self.open("try")
                self.block(body)
                self.again("finally")
                self.block(last)
                self.close()
            case Scoped(body):
                self.open("")
                self.block(body)
                self.close()
            case Switch():
                self.switch(statement)

    def let(self, name: str, value: str, typed: bool) -> None:
        raise NotImplementedError

    def each(self, name: str, body: Block) -> None:
        raise NotImplementedError

    def closure(self, closure: Closure) -> None:
        raise NotImplementedError

    thrown = 'throw new IllegalStateException("x");'

    def caught(self) -> str:
        return f"catch (IllegalStateException {self.fresh()})"

    def trying(self, body: Block, throws: bool, handler: Block) -> None:
        self.open("try")
        self.block(body)
        if throws:
            self.line(self.unit + self.thrown)
        self.again(self.caught())
        self.block(handler)
        self.close()

    def chain(self, statement: If) -> None:
        if statement.short:
            condition, block = statement.arms[0]
            self.short(condition, block[0])
            return
        for at, (condition, block) in enumerate(statement.arms):
            text = f"if ({self.expression(condition)})"
            if at:
                self.again(f"else {text}" if self.else_if == "else if" else text.replace("if", self.else_if, 1))
            else:
                self.open(text)
            self.block(block)
        if statement.otherwise is not None:
            self.again("else")
            self.block(statement.otherwise)
        self.close()

    def short(self, condition: Expression, statement: Statement) -> None:
        head, before = f"if ({self.expression(condition)})", len(self.lines)
        self.statement(statement)
        inner = self.lines[before:]
        del self.lines[before:]
        if len(inner) == 1:
            self.line(f"{head} {inner[0].strip()}")
        else:
            self.open(head)
            self.lines.extend(self.unit + each for each in inner)
            self.close()

    def count(self, name: str) -> None:
        self.line(f"int {name} = 0;")

    def loop(self, name: str, condition: str, body: Block) -> None:
        self.count(name)
        self.open(f"while ({condition})")
        self.depth += 1
        self.line(f"{self.local(name)} += 1;")
        self.open(f"if ({self.local(name)} > 2)")
        self.line(self.unit + "break;")
        self.close()
        self.depth -= 1
        self.block(body)
        self.close()

    def subject(self, text: str) -> str:
        return text

    def case(self, value: bool) -> str:
        return f"case {str(value).lower()}:"

    runs_through = True

    def switch(self, switch: Switch) -> None:
        self.open(f"switch ({self.subject(self.expression(switch.subject))})")
        for at, (value, block) in enumerate(switch.cases):
            through = at == 0 and switch.through and self.runs_through
            self.arm(self.case(value), block, through=through)
        if switch.otherwise is not None:
            self.arm("default:", switch.otherwise, through=False)
        self.close()

    def arm(self, head: str, block: Block, *, through: bool) -> None:
        self.depth += 1
        self.line(head)
        self.block(block)
        if not through:
            self.line(self.unit + "break;")
        self.depth -= 1

    # ------------------------------------------------------ whole programs

    def written(self, program: Class) -> str:
        self.head(program)
        for method in program.methods:
            self.line()
            self.one(method)
        self.tail([method.name for method in program.methods if not method.private])
        return "\n".join(self.lines) + "\n"

    def head(self, program: Class) -> None:
        raise NotImplementedError

    def one(self, method: Method) -> None:
        raise NotImplementedError

    def tail(self, names: list[str]) -> None:
        raise NotImplementedError


def free_names(block: Block, values: tuple[Expression, ...]) -> list[str]:
    """The variables of the code around that a closure speaks of, in order."""
    found: dict[str, None] = {}
    bound: set[str] = set()
    for value in _values(block, bound):
        found.update(dict.fromkeys(_locals(value)))
    for value in values:
        found.update(dict.fromkeys(_locals(value)))
    return [name for name in found if name not in bound]


def _values(block: Block, bound: set[str]) -> Iterator[Expression]:
    for statement in block:
        match statement:
            case Show(value) | Return(value):
                yield value
            case Let(name, value):
                bound.add(name)
                yield value
            case Assign(name, value):
                yield Name(name)
                yield value
            case If(arms, otherwise):
                for condition, inner in arms:
                    yield condition
                    yield from _values(inner, bound)
                yield from _values(otherwise or (), bound)
            case While(name, condition, body):
                bound.add(name)
                yield condition
                yield from _values(body, bound)
            case For(name, body):
                bound.add(name)
                yield from _values(body, bound)
            case Try(body, _, other) | Finally(body, other):
                yield from _values(body, bound)
                yield from _values(other, bound)
            case Scoped(body):
                yield from _values(body, bound)
            case Switch(subject, cases, otherwise):
                yield subject
                for _, inner in cases:
                    yield from _values(inner, bound)
                yield from _values(otherwise or (), bound)
            case Closure(name, parameter, inside, value):
                bound.update((name, parameter))
                yield value
                yield from _values(inside or (), bound)
            case _:
                pass


def _locals(value: Expression) -> Iterator[str]:
    match value:
        case Name(name, holder, argument):
            if holder == "local":
                yield name
            if argument is not None:
                yield from _locals(argument)
        case Positive(name):
            yield name
        case Invoked(name, argument):
            yield name
            yield from _locals(argument)
        case Not(operand) | Text(operand):
            yield from _locals(operand)
        case Both(_, parts):
            for part in parts:
                yield from _locals(part)
        case Same(left, right):
            yield from _locals(left)
            yield from _locals(right)
        case Choose(test, yes, no):
            for part in (test, yes, no):
                yield from _locals(part)
        case _:
            pass
