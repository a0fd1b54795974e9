"""Pairs of small programs, an old and a new one, for the properties of wrapping. Each prints what it does."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

__all__ = ["BRACES", "INDENT", "Dialect", "Stmt", "pairs", "rendered"]


@dataclass(frozen=True)
class Stmt:
    """`kind` is "say", "set", "exit", "comment", "blank" or a compound "if", "else", "loop", "try"."""

    kind: str
    number: int
    body: tuple[Stmt, ...] = ()
    other: tuple[Stmt, ...] = ()


@dataclass(frozen=True)
class Dialect:
    """How a program is spelt. `head` and `tail` surround the statements of the one function."""

    head: str
    tail: str
    unit: str
    say: str
    set: str
    exits: tuple[str, ...]
    comment: str
    opening: dict[str, str]
    between: dict[str, str]
    closing: str
    ahead: str = ""


INDENT = Dialect(
    head=(
        'from app.flags import client\n\n\ndef other(a):\n    return client.is_enabled("other-flag")\n\n\ndef run(a):\n'
    ),
    tail="    say(0)\n    return a\n",
    unit="    ",
    say="say({})",
    set="a = a + {}",
    exits=("return {}", "raise ValueError({})", "continue", "break"),
    comment="# note {}",
    opening={"if": "if a % {} == 0:", "else": "if a > {}:", "loop": "for a in range({} % 4):", "try": "try:"},
    between={"else": "else:", "try": "except ValueError:"},
    closing="",
)
BRACES = Dialect(
    head='import { client } from "./flags";\n\nexport function other(a: number) {\n'
    '  return client.isEnabled("other-flag");\n}\n\nexport function run(a: number) {\n',
    tail="  say(0);\n  return a;\n}\n",
    unit="  ",
    say="say({});",
    set="a = a + {};",
    exits=("return {};", "throw new Error(String({}));", "continue;", "break;"),
    comment="// note {}",
    opening={"if": "if (a % {} === 0) {{", "else": "if (a > {}) {{", "loop": "while (a < {}) {{", "try": "try {{"},
    between={"else": "} else {", "try": "} catch (error) {"},
    closing="}",
    ahead="const c{0} = make({0});",
)


def rendered(dialect: Dialect, statements: tuple[Stmt, ...]) -> str:
    return dialect.head + _lines(dialect, statements, 1, in_loop=False) + dialect.tail


def _lines(dialect: Dialect, statements: tuple[Stmt, ...], depth: int, *, in_loop: bool) -> str:
    indent = dialect.unit * depth
    text = ""
    for statement in statements:
        kind, number = statement.kind, statement.number
        if kind == "blank":
            text += "\n" if text and not text.endswith("\n\n") else ""
        elif kind == "exit":
            # Behind a condition: code that can never be reached is no program that anybody changes.
            leaving = dialect.exits[number % (4 if in_loop else 2)].format(number)
            text += indent + dialect.opening["if"].format(number + 2) + "\n"
            text += indent + dialect.unit + leaving + "\n"
            text += indent + dialect.closing + "\n" if dialect.closing else ""
        elif kind in dialect.opening:
            looped = in_loop or kind == "loop"
            text += indent + dialect.opening[kind].format(number + 2) + "\n"
            text += _block(dialect, statement.body, depth + 1, in_loop=looped)
            if kind in dialect.between:
                text += indent + dialect.between[kind] + "\n"
                text += _block(dialect, statement.other, depth + 1, in_loop=in_loop)
            text += indent + dialect.closing + "\n" if dialect.closing else ""
        else:
            text += indent + _simple(dialect, kind, number) + "\n"
    return text


def _block(dialect: Dialect, body: tuple[Stmt, ...], depth: int, *, in_loop: bool) -> str:
    lines = _lines(dialect, body, depth, in_loop=in_loop).strip("\n")
    return (
        f"{lines}\n" + dialect.unit * depth + dialect.say.format(99) + "\n"
        if lines
        else (dialect.unit * depth + dialect.say.format(98) + "\n")
    )


def _simple(dialect: Dialect, kind: str, number: int) -> str:
    if kind == "ahead":
        return dialect.ahead.format(number) if dialect.ahead else dialect.set.format(number)
    return {"say": dialect.say, "set": dialect.set, "comment": dialect.comment}[kind].format(number)


_NUMBERS = st.integers(0, 9)
_SIMPLE = st.builds(Stmt, st.sampled_from(["say", "say", "set", "exit", "comment", "blank", "ahead"]), _NUMBERS)


def _compound(inner: st.SearchStrategy[Stmt]) -> st.SearchStrategy[Stmt]:
    body = st.lists(inner, max_size=3).map(tuple)
    return st.builds(Stmt, st.sampled_from(["if", "else", "loop", "try"]), _NUMBERS, body, body)


_STATEMENTS = st.lists(st.recursive(_SIMPLE, _compound, max_leaves=6), max_size=6).map(tuple)


@st.composite
def _changed(draw: st.DrawFn, statements: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """The same statements with some of them replaced, removed, changed inside, or with new ones between them."""
    found: list[Stmt] = []
    for statement in statements:
        deed = draw(st.sampled_from(["keep", "keep", "keep", "replace", "remove", "insert", "inside"]))
        if deed == "insert":
            found.extend([draw(_SIMPLE), statement])
        elif deed == "replace":
            found.append(draw(_SIMPLE))
        elif deed == "inside" and statement.body:
            found.append(Stmt(statement.kind, statement.number, draw(_changed(statement.body)), statement.other))
        elif deed != "remove":
            found.append(statement)
    return tuple(found)


def pairs(dialect: Dialect) -> st.SearchStrategy[tuple[str, str]]:
    """(old text, new text)."""
    both = _STATEMENTS.flatmap(lambda old: st.tuples(st.just(old), _changed(old)))
    return both.map(lambda sides: (rendered(dialect, sides[0]), rendered(dialect, sides[1])))
