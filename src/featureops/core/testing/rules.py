"""How a language's tests are written and how they tell what a flag answers: what the data files say. Standard library
only."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SetupForm", "TableRules", "TestRules"]


@dataclass(frozen=True, slots=True)
class TableRules:
    """How tests are run for each row of a table.

    Decorators of `marks` are a row each; `tables` are given all rows, `named` the names of the columns and the
    rows, `sources` the name of a function that gives the rows, as a text or in a call of `naming`, and `comment` is
    a regular expression for a comment that does, with the name as its group. `calls` is a regular expression for
    the callee of calls that are given the rows and give what is called with the test; `loops` are methods of a list
    that are given a block for each row. Calls of `lists` are a list, those of `rows` a row, `nodes` are types of
    nodes that are either, `yields` those that give one row back, `around` those whose last part is a list.
    `fixtures` are given the rows as `params`, with which what they stand at is run: there `cell` is one. With
    `absent` a row without the cell has a false one; with `counted` the first of two names of a loop only counts the
    rows. `over` is the word before what a loop goes over, where another word makes it count.
    """

    marks: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    naming: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()
    fixtures: frozenset[str] = frozenset()
    params: str = ""
    cell: str = ""
    comment: str = ""
    calls: str = ""
    loops: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    yields: frozenset[str] = frozenset()
    absent: bool = False
    counted: bool = False
    over: str = ""


@dataclass(frozen=True, slots=True)
class TestRules:
    """The words of the language's test libraries.

    In other files than those of tests, tests lie in what `inside`, a regular expression, opens.

    `names` is a regular expression for functions that are tests, `marks` are decorators of tests. `calls`, `groups` and
    `hooks` are regular expressions for the whole callee of calls that are given a test, a group of tests, or what runs
    before each of a group; `hook_names` and `hook_marks` do that for functions.

    A mock is told what to answer by a call of one of `answers`, with the value, and answers one value after the other
    with `turns`. Between the key and that call stand calls of `told` (about a mock, or with a block that asks it),
    `given` (the arguments that are answered) and `same` (matchers). `joined` names a member of what `told` gives that
    is itself given the answer. `infix` are node types that say "a answers b" without a call. Calls of
    `checks` see whether a mock was called. Those of `computed`
    are given a function that answers, in which those of `arguments` stand for what is asked with; those of `naming` are
    given the name of what is asked, as a text; a mock's own method for it begins with `prefix`.
    `ids` are methods of what is the flag itself that give its key, `results` members of a mock that are given
    what it answers, `modules` is a regular expression for calls that put a function's object in the place of a module.
    `asserts` is a regular expression for calls that
    want to see a value, `assertions` are node types that do.

    Calls of `first` are given the answer before the mock is told what it is for. `after` is a regular expression for
    the callee of calls, and for functions, that run after a test, `after_nodes` are node types that do. `lets` are
    calls that give a name a value for all tests of their group, `borrowed` is a regular expression for the callee of
    calls that stand for tests that are written elsewhere, in a call of `shared` with the same name.
    """

    inside: str = ""
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
    arguments: frozenset[str] = frozenset()
    naming: frozenset[str] = frozenset()
    prefix: str = ""
    ids: frozenset[str] = frozenset()
    results: frozenset[str] = frozenset()
    modules: str = ""
    asserts: str = ""
    assertions: frozenset[str] = frozenset()
    first: frozenset[str] = frozenset()
    after: str = ""
    after_nodes: frozenset[str] = frozenset()
    lets: frozenset[str] = frozenset()
    borrowed: str = ""
    shared: str = ""
    tables: TableRules | None = None


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
