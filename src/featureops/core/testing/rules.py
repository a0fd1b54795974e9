"""How a language's tests are written and how they tell what a flag answers: what the data files say. Standard library
only."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SetupForm", "TestRules"]


@dataclass(frozen=True, slots=True)
class TestRules:
    """The words of the language's test libraries.

    `names` is a regular expression for functions that are tests, `marks` are decorators of tests. `calls`, `groups` and
    `hooks` are regular expressions for the whole callee of calls that are given a test, a group of tests, or what runs
    before each of a group; `hook_names` and `hook_marks` do that for functions.

    A mock is told what to answer by a call of one of `answers`, with the value, and answers one value after the other
    with `turns`. Between the key and that call stand calls of `told` (about a mock, or with a block that asks it),
    `given` (the arguments that are answered) and `same` (matchers). `joined` names a member of what `told` gives that
    is itself given the answer. `infix` are node types that say "a answers b" without a call. Calls of
    `checks` see whether a mock was called. Those of `computed`
    are given a function that answers, those of `naming`
    the name of what is asked, as a text. `asserts` is a regular expression for calls that want to see a value,
    `assertions` are node types that do.
    """

    names: str = ""
    marks: frozenset[str] = frozenset()
    calls: str = ""
    groups: str = ""
    hooks: str = ""
    hook_names: frozenset[str] = frozenset()
    hook_marks: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    turns: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    same: frozenset[str] = frozenset()
    joined: frozenset[str] = frozenset()
    infix: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()
    naming: frozenset[str] = frozenset()
    asserts: str = ""
    assertions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SetupForm:
    """A call of an SDK's own test helper that sets a flag: `name` is the method or function.

    `flag` is the position of the key; with `several` every argument is a key, with `entries` the argument is an object
    with keys and values. The value is `gives`, or the argument at `value` (a position or a keyword), or what a call of
    one of `answers` further out is given, past calls of `through`. `owners` are classes or functions of the SDK that
    the owner must have been made with, or the name itself where there is no owner.
    """

    name: str
    owners: tuple[str, ...]
    flag: int = 0
    value: int | str | None = None
    gives: str = ""
    several: bool = False
    entries: bool = False
    answers: frozenset[str] = frozenset()
    through: frozenset[str] = frozenset()
