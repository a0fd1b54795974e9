"""Writes generated programs down in Python and in JavaScript that is also TypeScript, so that they run.

A name is used only where both languages can read it: after its declaration in the same block or one around it, and not
where a function has a variable of its own of that name further down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.laws.changes.tree import Expr, Function, FunctionKind, Program, Stmt

__all__ = ["written"]

_INNER = frozenset({"closure", "generator", "async", "each"})
_BINDING = frozenset({"keep", "assign", "pair", "update"})


def written(program: Program, *, python: bool) -> str:
    return _Writer(python).program(program)


@dataclass
class _Frame:
    """A block, or a function with `kind`. `later` are names that it declares somewhere, `own` all of a function."""

    later: frozenset[str]
    kind: FunctionKind | None = None
    own: frozenset[str] = frozenset()
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Place:
    depth: int
    loop: bool = False
    leave: bool = True

    def inner(self, *, loop: bool | None = None, leave: bool | None = None) -> _Place:
        return _Place(
            self.depth + 1, self.loop if loop is None else loop, self.leave if leave is None else self.leave and leave
        )


def _declared(statements: tuple[Stmt, ...]) -> Iterator[str]:
    """The names that a block itself declares."""
    for one in statements:
        if one.kind in _BINDING:
            yield one.name
        if one.kind == "pair":
            yield f"{one.name}s"
        if one.kind in {"closure", "generator", "async", "arrow"}:
            yield one.name


def _assigned(statements: tuple[Stmt, ...]) -> Iterator[str]:
    """The names that a function declares, in any block."""
    yield from _declared(statements)
    for one in statements:
        if one.kind not in _INNER:
            for block in one.blocks:
                yield from _assigned(block)


class _Writer:
    def __init__(self, python: bool) -> None:
        self.python = python
        self.unit = "    " if python else "  "
        self.end = "" if python else ";"
        self.lines: list[str] = []
        self.frames: list[_Frame] = []

    def word(self, python: str, other: str) -> str:
        return python if self.python else other

    def emit(self, place: _Place, text: str) -> None:
        self.lines.append(self.unit * place.depth + text)

    def plain(self, place: _Place, text: str) -> None:
        self.emit(place, text + self.end)

    # ---------------------------------------------------------- programs

    def program(self, program: Program) -> str:
        top = _Place(0)
        if program.imported:
            self.emit(top, self.word("from flags import client", "import { client } from './flags';"))
            self.emit(top, self.word("from rt import t, f, held, run", "import { t, f, later } from './rt';"))
        else:
            self.emit(
                top, self.word("from UnleashClient import UnleashClient", "import { Unleash } from 'unleash-client';")
            )
            self.emit(top, self.word("from rt import t, f, held, run", "import { t, f, later } from './rt';"))
            self.lines.append("")
            self.plain(top, self.word("client = UnleashClient()", "const client = new Unleash()"))
        self._gap()
        self._header(top, "plain", "other", "x")
        self.plain(top.inner(), self.word('return client.is_enabled("other")', "return client.isEnabled('other')"))
        self._close(top)
        self._gap()
        self._header(top, "async", "late", "x")
        self.plain(top.inner(), "return t(x)")
        self._close(top)
        for function in program.functions:
            self._gap()
            self._function(function)
        self._gap()
        # Names that only the old code uses would be dead in the new one: nobody leaves them there.
        self.plain(top, f"t({self._called('async', 'late', '1')})")
        self.plain(top, self.word("with held(0): f(0, 0)", "f(0, 0)"))
        for function in program.functions:
            for argument in (0, 5) if function.name != program.unused else ():
                self.emit(top, self.word("try:", "try {"))
                self.plain(top.inner(), f"t({self._called(function.kind, function.name, str(argument))})")
                self.emit(top, self.word("except ValueError as error:", "} catch (error) {"))
                self.plain(top.inner(), self.word("t(str(error))", "t(String(error))"))
                self._close(top)
        return "\n".join(self.lines) + "\n"

    def _gap(self) -> None:
        self.lines.extend([""] * (2 if self.python else 1))

    def _called(self, kind: FunctionKind, name: str, argument: str) -> str:
        call = f"{name}({argument})"
        if kind == "method":
            new = self.word("", "new ")
            return f"{new}C{name}(1).{call}"
        if kind == "generator":
            return self.word(f"list({call})", f"[...{call}]")
        return self.word(f"run({call})", f"later({call})") if kind == "async" else call

    def _header(self, place: _Place, kind: FunctionKind, name: str, parameter: str) -> None:
        before = {"async": "async ", "plain": "", "generator": "", "method": ""}[kind]
        star = "*" if kind == "generator" else ""
        self.emit(
            place, self.word(f"{before}def {name}({parameter}):", f"{before}function{star} {name}({parameter}) {{")
        )

    def _close(self, place: _Place) -> None:
        if not self.python:
            self.emit(place, "}")

    def _function(self, function: Function) -> None:
        place = _Place(0)
        if function.kind == "method":
            self.emit(place, self.word(f"class C{function.name}:", f"class C{function.name} {{"))
            self.emit(place.inner(), self.word("def __init__(self, x):", "constructor(x) {"))
            self.plain(place.inner().inner(), self.word("self.x = x", "this.x = x"))
            self._close(place.inner())
            self.lines.append("")
            place = place.inner()
            self.emit(place, self.word(f"def {function.name}(self, x):", f"{function.name}(x) {{"))
        else:
            self._header(place, function.kind, function.name, "x")
        self._body(place, function.kind, "x", function.body, function.result)
        if function.kind == "method":
            self._close(_Place(0))

    def _body(
        self, place: _Place, kind: FunctionKind, parameter: str, body: tuple[Stmt, ...], result: Expr | None
    ) -> None:
        """The statements of a function, its last one and its end."""
        own = frozenset(_assigned(body))
        frame = _Frame(frozenset(_declared(body)), kind, own, {parameter: "let"} if parameter else {})
        self.frames.append(frame)
        inner = _Place(place.depth + 1)
        # Behind it the function goes on: code that can never be reached is no program that anybody changes.
        self._statements(inner, tuple(one for one in body if one.kind != "leave"))
        if kind == "generator":
            self.plain(inner, f"yield {self.top(result)}" if result else "yield 0")
        else:
            self.plain(inner, f"return {self.top(result)}" if result else f"t({parameter or 0})")
        self.frames.pop()
        self._close(place)

    # ---------------------------------------------------------- blocks

    def _block(self, place: _Place, statements: tuple[Stmt, ...]) -> None:
        self.frames.append(_Frame(frozenset(_declared(statements))))
        before = len(self.lines)
        self._statements(place, statements)
        if all(not line.strip() or line.strip().startswith(("#", "//")) for line in self.lines[before:]):
            self.plain(place, "t(0)")
        self.frames.pop()

    def _statements(self, place: _Place, statements: tuple[Stmt, ...]) -> None:
        for at, one in enumerate(statements):
            if one.kind == "leave" and (at + 1 < len(statements) or not place.leave):
                continue
            self._statement(place, one)

    def _statement(self, place: _Place, one: Stmt) -> None:
        if one.kind == "blank":
            if self.lines[-1].strip():
                self.lines.append("")
        elif one.kind == "comment":
            self.emit(place, f"{self.word('#', '//')} note {one.number}")
        elif one.blocks:
            getattr(self, "_" + one.kind.replace("-", "_"))(place, one)
        else:
            getattr(self, f"_{one.kind}")(place, one)

    @property
    def function(self) -> _Frame:
        return next(frame for frame in reversed(self.frames) if frame.kind is not None)

    # ---------------------------------------------------------- names

    def _found(self, name: str, *, near: bool = False) -> str | None:
        """How a name is declared that can be read here; `near`: by the same function."""
        for frame in reversed(self.frames):
            if name in frame.names:
                return frame.names[name]
            if name in frame.later or (frame.kind is not None and (near or name in frame.own)):
                return None
        return None

    def _declare(self, name: str, how: str) -> bool:
        """False where the block has that name already."""
        if name in self.frames[-1].names:
            return False
        self.frames[-1].names[name] = how
        return True

    # ---------------------------------------------------------- simple statements

    def _say(self, place: _Place, one: Stmt) -> None:
        shown = one.values[0]
        if shown.kind == "table":
            entries = (f'"{key}": {self.top(part)},' for key, part in zip("ab", shown.parts, strict=True))
            self.emit(place, "t({")
            for entry in entries:
                self.emit(place.inner(), entry)
            self.plain(place, "})")
            return
        remark = f"  {self.word('#', '//')} why" if one.number % 11 == 3 else ""
        self.emit(place, f"t({self.top(shown)}){self.end}{remark}")

    def _effect(self, place: _Place, one: Stmt) -> None:
        self.plain(place, f"f({one.number}, {self.top(one.values[0])})")

    def _keep(self, place: _Place, one: Stmt, how: str = "const") -> None:
        value = self.top(one.values[0])
        if not self._declare(one.name, how):
            self.plain(place, f"t({value})")
            return
        self.plain(place, self.word("", f"{how} ") + f"{one.name} = {value}")

    def _assign(self, place: _Place, one: Stmt) -> None:
        if self._found(one.name, near=True) == "let":
            self.plain(place, f"{one.name} = {self.top(one.values[0])}")
        else:
            self._keep(place, one, "let")

    def _update(self, place: _Place, one: Stmt) -> None:
        if self._found(one.name, near=True) == "let":
            self.plain(place, f"{one.name} += {self.top(one.values[0])}")
        else:
            self._keep(place, one, "let")

    def _pair(self, place: _Place, one: Stmt) -> None:
        first, second = self.expr(one.values[0]), self.expr(one.values[1])
        names = (one.name, f"{one.name}s")
        if any(name in self.frames[-1].names for name in names):
            self.plain(place, f"t([{first}, {second}])")
            return
        for name in names:
            self._declare(name, "const")
        text = ", ".join(names)
        self.plain(place, self.word(f"{text} = {first}, {second}", f"const [{text}] = [{first}, {second}]"))

    def _table(self, place: _Place, one: Stmt) -> None:
        self._say(place, Stmt("say", one.number, values=(Expr("table", one.number, parts=one.values),)))

    def _yield(self, place: _Place, one: Stmt) -> None:
        word = "yield " if self.function.kind == "generator" else ""
        value = self.top(one.values[0])
        self.plain(place, f"{word}{value}" if word else f"t({value})")

    def _guard(self, place: _Place, one: Stmt) -> None:
        self._opened(place, "if", one.values[0])
        self._leave(place.inner(), Stmt("leave", one.number, values=one.values[1:]))
        self._close(place)

    def _leave(self, place: _Place, one: Stmt) -> None:
        if not place.leave:
            self.plain(place, f"t({one.number})")
            return
        empty = self.function.kind == "generator"
        self.plain(place, "return" if empty else f"return {self.top(one.values[0])}")

    def _fail(self, place: _Place, one: Stmt) -> None:
        self._opened(place, "if", one.values[0])
        number = one.number
        raised = self.word(f"raise ValueError({number})", f"throw new Error('{number}')")
        self.plain(place.inner(), raised if place.leave else f"t({number})")
        self._close(place)

    def _jump(self, place: _Place, one: Stmt) -> None:
        self._opened(place, "if", one.values[0])
        word = ("break", "continue")[one.number % 2]
        self.plain(place.inner(), word if place.loop else f"t({one.number})")
        self._close(place)

    def _arrow(self, place: _Place, one: Stmt) -> None:
        if not self._declare(one.name, "other"):
            return
        own = _Frame(frozenset(), "plain", frozenset(), {"p": "let"})
        self.frames.append(own)
        body = self.top(one.values[0])
        self.frames.pop()
        self.frames[-1].names[one.name] = "function"
        self.plain(place, self.word(f"{one.name} = lambda p: {body}", f"const {one.name} = (p) => {body}"))
        self.plain(place, f"t({one.name}({self.top(one.values[1])}))")

    # ---------------------------------------------------------- compound statements

    def _opened(self, place: _Place, word: str, condition: Expr) -> None:
        text = self.top(condition)
        self.emit(place, self.word(f"{word} {text}:", f"{word} ({text}) {{"))

    def _if(self, place: _Place, one: Stmt) -> None:
        self._opened(place, "if", one.values[0])
        self._block(place.inner(), one.blocks[0])
        if len(one.blocks) > 2:
            self._opened(place, self.word("elif", "} else if"), one.values[1])
            self._block(place.inner(), one.blocks[2])
        if len(one.blocks) > 1:
            self.emit(place, self.word("else:", "} else {"))
            self._block(place.inner(), one.blocks[1])
        self._close(place)

    _if_else = _chain = _if

    def _for(self, place: _Place, one: Stmt) -> None:
        name = f"i{one.number}"
        self.emit(place, self.word(f"for {name} in range(2):", f"for (const {name} of [0, 1]) {{"))
        self._block(place.inner(loop=True), one.blocks[0])
        self._close(place)

    def _while(self, place: _Place, one: Stmt) -> None:
        name = f"n{one.number}"
        self.plain(place, self.word("", "let ") + f"{name} = 0")
        self.emit(place, self.word(f"while {name} < 2:", f"while ({name} < 2) {{"))
        self.plain(place.inner(), f"{name} += 1")
        self._block(place.inner(loop=True), one.blocks[0])
        self._close(place)

    def _try(self, place: _Place, one: Stmt) -> None:
        self.emit(place, self.word("try:", "try {"))
        self._block(place.inner(), one.blocks[0])
        self.emit(place, self.word("except ValueError:", "} catch (error) {"))
        self._block(place.inner(), one.blocks[1])
        self._close(place)

    def _finally(self, place: _Place, one: Stmt) -> None:
        self.emit(place, self.word("try:", "try {"))
        self._block(place.inner(), one.blocks[0])
        self.emit(place, self.word("finally:", "} finally {"))
        self._block(place.inner(loop=False, leave=False), one.blocks[1])
        self._close(place)

    def _scope(self, place: _Place, one: Stmt) -> None:
        self.emit(place, self.word(f"with held({one.number}):", "{"))
        # A block that always leaves would make what stands behind it code that can never be reached.
        self._block(place.inner(), tuple(part for part in one.blocks[0] if part.kind != "leave"))
        self._close(place)

    def _switch(self, place: _Place, one: Stmt) -> None:
        self.emit(place, self.word(f"match {self.top(one.values[2])}:", f"switch ({self.top(one.values[2])}) {{"))
        for at, block in enumerate(one.blocks):
            last = at + 1 == len(one.blocks)
            label = self.word("case _:" if last else f"case {at}:", "default:" if last else f"case {at}:")
            braces = not self.python and (one.number % 2 == 0 or any(True for _ in _declared(block)))
            self.emit(place.inner(), label + (" {" if braces else ""))
            inner = place.inner().inner(loop=False)
            self._block(inner, block)
            left = self.lines[-1].strip().startswith(("return", "throw")) and not braces
            if not self.python and not left and not (block and block[-1].kind == "leave"):
                self.plain(inner, "break")
            if braces:
                self.emit(place.inner(), "}")
        self._close(place)

    # ---------------------------------------------------------- functions inside

    def _function_in(self, place: _Place, one: Stmt, kind: FunctionKind) -> None:
        if not self._declare(one.name, "other"):
            return
        self._header(place, kind, one.name, "p")
        self._body(place, kind, "p", one.blocks[0], one.values[0])
        if kind == "plain":
            self.frames[-1].names[one.name] = "function"
        self.plain(place, f"t({self._called(kind, one.name, self.top(one.values[2]))})")

    def _closure(self, place: _Place, one: Stmt) -> None:
        self._function_in(place, one, "plain")

    def _generator(self, place: _Place, one: Stmt) -> None:
        self._function_in(place, one, "generator")

    def _async(self, place: _Place, one: Stmt) -> None:
        self._function_in(place, one, "async")

    def _each(self, place: _Place, one: Stmt) -> None:
        if self.python:
            self._closure(place, one)
            return
        self.emit(place, f"[0, 1].forEach((i{one.number}) => {{")
        self._body(place, "plain", "", one.blocks[0], None)
        self.lines[-1] += ");"

    # ---------------------------------------------------------- expressions

    def top(self, expr: Expr) -> str:
        """Without the parentheses that only an operand needs."""
        text = self.expr(expr)
        return text[1:-1] if expr.kind in {"sum", "choice", "test"} else text

    def expr(self, expr: Expr) -> str:
        if expr.kind == "name":
            return expr.name if self._found(expr.name) in {"let", "const"} else str(expr.number % 12)
        if expr.kind == "number":
            return str(expr.number % 12)
        if expr.kind == "invoke":
            called = next((n for fr in reversed(self.frames) for n, how in fr.names.items() if how == "function"), None)
            reached = called is not None and self._found(called) == "function"
            argument = self.expr(expr.parts[0])
            return f"{called}({argument})" if reached else f"f({expr.number}, {argument})"
        inner = [_Frame(frozenset(), "plain")] if expr.kind in {"lambda", "each"} else []
        self.frames += inner
        write = self.top if expr.kind in {"lambda", "text"} else self.expr
        parts = [write(part) for part in expr.parts]
        del self.frames[len(self.frames) - len(inner) :]
        return self._built(expr, parts)

    def _built(self, expr: Expr, parts: list[str]) -> str:
        first, second = parts[0], parts[-1]
        match expr.kind:
            case "call":
                return f"f({expr.number}, {first})"
            case "sum":
                return f"({first} + {second})"
            case "test":
                return f"({first} {'<' if expr.number % 2 else '>='} {second})"
            case "choice":
                return self.word(f"({parts[1]} if {first} else {second})", f"({first} ? {parts[1]} : {second})")
            case "lambda":
                return self.word(f"(lambda: {first})()", f"(() => {first})()")
            case "await":
                return f"(await late({first}))" if self.function.kind == "async" else f"f({expr.number}, {first})"
            case "list":
                return f"[{first}, {second}]"
            case "object" | "table":
                return self.word(f'{{"a": {first}, "b": {second}}}', f"{{ a: {first}, b: {second} }}")
            case "text":
                return (
                    f'f"{{{second}}}!"' if self.python and '"' not in second else self.word(first, f"`${{{second}}}!`")
                )
            case _:
                name = f"i{expr.number}"
                return self.word(
                    f"[{first} + {name} for {name} in range(2)]", f"[0, 1].map(({name}) => {first} + {name})"
                )
