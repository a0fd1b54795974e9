"""How each language spells an abstract program (`writer`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.laws.typed.tree import (
    Block,
    Choose,
    Class,
    Closure,
    Expression,
    If,
    Jump,
    Let,
    Method,
    Not,
    Statement,
    Switch,
)
from tests.laws.typed.writer import Writer, free_names

__all__ = ["written"]


@dataclass
class _Java(Writer):
    def text(self, part: Expression) -> str:
        return f'"v " + {self.tight(part)}'

    def invoked(self, name: str, argument: str) -> str:
        return f"{name}.test({argument})"

    def let(self, name: str, value: str, typed: bool) -> None:
        self.line(f"{'boolean' if typed else 'var'} {name} = {value};")

    def each(self, name: str, body: Block) -> None:
        self.open(f"for (int {name} : new int[] {{0, 1}})")
        self.block(body)
        self.close()

    def closure(self, closure: Closure) -> None:
        head = f"Predicate<Boolean> {closure.name} = {closure.parameter} ->"
        if closure.body is None:
            self.line(f"{head} {self.expression(closure.value)};")
            return
        self.open(head)
        self.block(closure.body)
        self.line(f"{self.unit}return {self.expression(closure.value)};")
        self.close("};")

    def subject(self, text: str) -> str:
        return f"{text} ? 1 : 0"

    def case(self, value: bool) -> str:
        return f"case {int(value)}:"

    def switch(self, switch: Switch) -> None:
        if not isinstance(switch.subject, Choose):
            super().switch(switch)
            return
        super().switch(Switch(Not(switch.subject), switch.cases, switch.otherwise, switch.through))

    def head(self, program: Class) -> None:
        for text in ("package app;", "", "import io.getunleash.Unleash;", "import java.util.function.Predicate;", ""):
            self.line(text)
        self.open("public class Program")
        self.depth += 1
        for name in program.constants:
            self.line(f"private static final String {name} = {self.key('')};")
        self.line("private final Unleash unleash;")
        for name, _ in program.fields:
            self.line(f"private final boolean {name};")
        self.line()
        self.open("public Program(Unleash unleash)")
        self.line(f"{self.unit}this.unleash = unleash;")
        for name, value in program.fields:
            self.line(f"{self.unit}this.{name} = {self.expression(value)};")
        self.close()

    def one(self, method: Method) -> None:
        parameter = f"boolean {method.parameter}" if method.parameter else ""
        self.open(f"{'private' if method.private else 'public'} boolean {method.name}({parameter})")
        self.block(method.body)
        self.line(f"{self.unit}return {self.expression(method.value)};")
        self.close()

    def tail(self, names: list[str]) -> None:
        self.line()
        self.open("public void run()")
        for name in names:
            self.line(f"{self.unit}Rt.t({name}());")
        self.close()
        self.depth -= 1
        self.close()


@dataclass
class _CSharp(Writer):
    hanging = True
    trace = "Rt.T"
    effect = "Rt.F"
    thrown = 'throw new InvalidOperationException("x");'
    runs_through = False

    def read(self, key: str) -> str:
        return f"unleash.IsEnabled({key})"

    def text(self, part: Expression) -> str:
        return f'$"v {{{self.tight(part)}}}"'

    def caught(self) -> str:
        return "catch (InvalidOperationException)"

    def let(self, name: str, value: str, typed: bool) -> None:
        self.line(f"{'bool' if typed else 'var'} {name} = {value};")

    def each(self, name: str, body: Block) -> None:
        self.open(f"foreach (var {name} in new[] {{ 0, 1 }})")
        self.block(body)
        self.close()

    def closure(self, closure: Closure) -> None:
        head = f"Func<bool, bool> {closure.name} = {closure.parameter} =>"
        if closure.body is None:
            self.line(f"{head} {self.expression(closure.value)};")
            return
        self.open(head)
        self.block(closure.body)
        self.line(f"{self.unit}return {self.expression(closure.value)};")
        self.close("};")

    def short(self, condition: Expression, statement: Statement) -> None:
        self.line(f"if ({self.expression(condition)})")
        self.depth += 1
        if isinstance(statement, If | Let):
            self.depth -= 1
            self.line("{")
            self.block((statement,))
            self.line("}")
            return
        self.statement(statement)
        self.depth -= 1

    def head(self, program: Class) -> None:
        for text in ("using System;", "using Unleash;", "", "namespace App", "{"):
            self.line(text)
        self.depth = 1
        self.open("public class Program")
        self.depth = 2
        for name in program.constants:
            self.line(f"private const string {name} = {self.key('')};")
        self.line("private readonly IUnleash unleash;")
        for name, _ in program.fields:
            self.line(f"private readonly bool {name};")
        self.line()
        self.open("public Program(IUnleash unleash)")
        self.line(f"{self.unit}this.unleash = unleash;")
        for name, value in program.fields:
            self.line(f"{self.unit}this.{name} = {self.expression(value)};")
        self.close()

    def one(self, method: Method) -> None:
        parameter = f"bool {method.parameter}" if method.parameter else ""
        head = f"{'private' if method.private else 'public'} bool {method.name}({parameter})"
        if not method.body and len(method.name) % 2:
            self.line(f"{head} => {self.expression(method.value)};")
            return
        self.open(head)
        self.block(method.body)
        self.line(f"{self.unit}return {self.expression(method.value)};")
        self.close()

    def tail(self, names: list[str]) -> None:
        self.line()
        self.open("public void Run()")
        for name in names:
            self.line(f"{self.unit}Rt.T({name}());")
        self.close()
        for depth in (1, 0):
            self.depth = depth
            self.close()


@dataclass
class _Php(Writer):
    else_if = "elseif"
    trace = r"\Rt::t"
    effect = r"\Rt::f"
    thrown = "throw new \\RuntimeException('x');"

    def key(self, constant: str) -> str:
        return "self::NEW_WAY" if constant == "NEW_WAY" else super().key(constant).replace('"', "'")

    def read(self, key: str) -> str:
        return f"$this->unleash->isEnabled({key})"

    def local(self, name: str) -> str:
        return f"${name}"

    def member(self, name: str) -> str:
        return f"$this->{name}"

    def method(self, name: str, argument: str) -> str:
        return f"$this->{name}({argument})"

    def invoked(self, name: str, argument: str) -> str:
        return f"${name}({argument})"

    def text(self, part: Expression) -> str:
        return f"'v ' . {self.tight(part)}"

    def same(self, left: str, right: str, equal: bool) -> str:
        return f"{left} {'===' if equal else '!=='} {right}"

    def caught(self) -> str:
        return f"catch (\\RuntimeException ${self.fresh()})"

    def count(self, name: str) -> None:
        self.line(f"${name} = 0;")

    def let(self, name: str, value: str, typed: bool) -> None:
        del typed
        self.line(f"${name} = {value};")

    def each(self, name: str, body: Block) -> None:
        self.open(f"foreach ([0, 1] as ${name})")
        self.block(body)
        self.close()

    def closure(self, closure: Closure) -> None:
        if closure.body is None:
            self.line(f"${closure.name} = fn (${closure.parameter}) => {self.expression(closure.value)};")
            return
        free = [name for name in free_names(closure.body, (closure.value,)) if name != closure.parameter]
        held = f" use ({', '.join(f'${name}' for name in free)})" if free else ""
        self.open(f"${closure.name} = function (${closure.parameter}){held}")
        self.block(closure.body)
        self.line(f"{self.unit}return {self.expression(closure.value)};")
        self.close("};")

    def head(self, program: Class) -> None:
        for text in ("<?php", "", "namespace App;", "", "use Unleash\\Client\\Unleash;", ""):
            self.line(text)
        self.line("class Program")
        self.line("{")
        self.depth += 1
        for name in program.constants:
            self.line(f"private const {name} = {self.key('')};")
        self.line("private Unleash $unleash;")
        for name, _ in program.fields:
            self.line(f"private bool ${name};")
        self.line()
        self.open("public function __construct(Unleash $unleash)")
        self.line(f"{self.unit}$this->unleash = $unleash;")
        for name, value in program.fields:
            self.line(f"{self.unit}$this->{name} = {self.expression(value)};")
        self.close()

    def one(self, method: Method) -> None:
        parameter = f"bool ${method.parameter}" if method.parameter else ""
        self.open(f"{'private' if method.private else 'public'} function {method.name}({parameter}): bool")
        self.block(method.body)
        self.line(f"{self.unit}return {self.expression(method.value)};")
        self.close()

    def tail(self, names: list[str]) -> None:
        self.line()
        self.open("public function run(): void")
        for name in names:
            self.line(f"{self.unit}{self.trace}($this->{name}());")
        self.close()
        self.depth -= 1
        self.close()


@dataclass
class _Ruby(Writer):
    unit = "  "

    def key(self, constant: str) -> str:
        return super().key(constant).replace('"', "'")

    def read(self, key: str) -> str:
        return f"@unleash.is_enabled?({key})"

    def member(self, name: str) -> str:
        return f"@{name}"

    def method(self, name: str, argument: str) -> str:
        return f"{name}({argument})" if argument else name

    def invoked(self, name: str, argument: str) -> str:
        return f"{name}.call({argument})"

    def text(self, part: Expression) -> str:
        return f'"v #{{{self.expression(part)}}}"'

    def remark(self, text: str) -> None:
        self.line(f"# {text}")

    def open(self, head: str) -> None:
        self.line("begin" if head in ("", "try") else head)

    def again(self, head: str) -> None:
        self.line("ensure" if head == "finally" else head)

    def close(self, end: str = "end") -> None:
        self.line(end)

    def statement(self, statement: Statement) -> None:
        before = len(self.lines)
        super().statement(statement)
        if isinstance(statement, Jump):
            self.lines[-1] = self.lines[-1].replace("continue", "next")
        self.lines[before:] = [line.removesuffix(";") for line in self.lines[before:]]

    def nested(self, statement: Statement) -> None:
        super().nested(statement)

    def let(self, name: str, value: str, typed: bool) -> None:
        del typed
        self.line(f"{name} = {value}")

    def each(self, name: str, body: Block) -> None:
        self.line(f"[0, 1].each do |{name}|")
        self.block(body)
        self.close()

    def trying(self, body: Block, throws: bool, handler: Block) -> None:
        self.line("begin")
        self.block(body)
        if throws:
            self.line(f"{self.unit}raise ArgumentError, 'x'")
        self.line("rescue ArgumentError")
        self.block(handler)
        self.close()

    def closure(self, closure: Closure) -> None:
        if closure.body is None:
            self.line(f"{closure.name} = ->({closure.parameter}) {{ {self.expression(closure.value)} }}")
            return
        self.line(f"{closure.name} = lambda do |{closure.parameter}|")
        self.block(closure.body)
        self.line(self.unit + self.expression(closure.value))
        self.close()

    def chain(self, statement: If) -> None:
        condition, block = statement.arms[0]
        negated = isinstance(condition, Not) and len(statement.arms) == 1
        if statement.short:
            self.short(condition, block[0])
            return
        self.line(
            f"unless {self.expression(condition.operand)}"
            if negated and isinstance(condition, Not)
            else f"if {self.expression(condition)}"
        )
        self.block(block)
        for other, inner in statement.arms[1:]:
            self.line(f"elsif {self.expression(other)}")
            self.block(inner)
        if statement.otherwise is not None:
            self.line("else")
            self.block(statement.otherwise)
        self.close()

    def short(self, condition: Expression, statement: Statement) -> None:
        before = len(self.lines)
        self.statement(statement)
        inner = [line.strip() for line in self.lines[before:]]
        del self.lines[before:]
        word, test = ("unless", condition.operand) if isinstance(condition, Not) else ("if", condition)
        self.line(f"{inner[0]} {word} {self.expression(test)}")

    def loop(self, name: str, condition: str, body: Block) -> None:
        self.line(f"{name} = 0")
        self.line(f"while {condition}")
        self.line(f"{self.unit}{name} += 1")
        self.line(f"{self.unit}break if {name} > 2")
        self.block(body)
        self.close()

    def switch(self, switch: Switch) -> None:
        self.line(f"case {self.expression(switch.subject)}")
        for value, block in switch.cases:
            self.line(f"when {str(value).lower()}")
            self.block(block)
        if switch.otherwise is not None:
            self.line("else")
            self.block(switch.otherwise)
        self.close()

    def head(self, program: Class) -> None:
        self.line("require 'unleash'")
        self.line()
        self.line("class Program")
        self.depth += 1
        for name in program.constants:
            self.line(f"{name} = {self.key('')}")
        self.line("def initialize")
        self.line(f"{self.unit}@unleash = Unleash::Client.new")
        for name, value in program.fields:
            self.line(f"{self.unit}@{name} = {self.expression(value)}")
        self.close()

    def one(self, method: Method) -> None:
        self.line(f"def {method.name}({method.parameter})" if method.parameter else f"def {method.name}")
        self.block(method.body)
        self.line(self.unit + self.expression(method.value))
        self.close()
        if method.private:
            self.line(f"private :{method.name}")

    def tail(self, names: list[str]) -> None:
        self.line()
        self.line("def run")
        for name in names:
            self.line(f"{self.unit}Rt.t({name})")
        self.close()
        self.depth -= 1
        self.close()


_KINDS: Mapping[str, type[Writer]] = {"java": _Java, "csharp": _CSharp, "php": _Php, "ruby": _Ruby}


def written(program: Class, language: str) -> str:
    """The program in a language."""
    return _KINDS[language]().written(program)
