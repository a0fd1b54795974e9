"""The house's own assertions: functions that do nothing as long as one of their arguments is true, or false, such as
`failIf(condition) { "why" }`.

Such a function has one branch on that parameter and nothing else, or hands it on to another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from featureops.core.fold.chains import arms
from featureops.core.given import argument, parameters_of
from featureops.core.made import function_called
from featureops.core.modules import Folders
from featureops.core.scopes import Binding, Names
from featureops.core.selves import class_of
from featureops.core.syntax import Node, SourceFile

__all__ = ["Check", "Program", "check_at", "is_checked", "no_check"]

_Place = tuple[str, Binding]
_DEPTH = 3


class Program(Protocol):
    """What has to be known of the files around."""

    folders: Folders

    def file(self, path: str) -> SourceFile | None: ...

    def names(self, path: str) -> Names: ...

    def meaning(self, path: str, node: Node) -> _Place | None: ...

    def origin(self, path: str, binding: Binding, depth: int = 0) -> _Place | None: ...

    def exported(self, path: str, name: str, depth: int = 0) -> _Place | None: ...

    def container(self, path: str, node: Node, depth: int = 0) -> tuple[str, Node | str] | None: ...


@dataclass(frozen=True, slots=True)
class Check:
    """A call does nothing where `condition` is `passes`; `others` are what else it is given, evaluated all the same."""

    condition: Node
    passes: bool
    others: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    position: int
    name: str
    passes: bool


def no_check(_: Node) -> Check | None:
    """Where nothing is known of the house."""
    return None


def check_at(program: Program, path: str, call: Node) -> Check | None:
    """The check that a call is; None for any other call."""
    plain = _without_block(call)
    rule = _rule(program, path, plain, 0)
    arguments = plain.role("arguments")
    condition = argument(plain, rule.position, rule.name) if rule is not None else None
    if rule is None or condition is None or arguments is None:
        return None
    others = (item for item in arguments.items if not item.span.holds(condition.span))
    return Check(condition, rule.passes, tuple(item.role("value") or item.role("operand") or item for item in others))


def _without_block(call: Node) -> Node:
    """The call itself, where a block behind it is a call of its own."""
    callee = call.role("function")
    return callee if callee is not None and callee.shape == "call" else call


def is_checked(program: Program, path: str, function: Node, parameter: Binding, value: bool) -> bool:
    """Whether calls of a function that give the parameter this value do nothing."""
    rule = _rule_of(program, path, function, 0)
    return rule is not None and rule.name == parameter.name and rule.passes is value


def _rule(program: Program, path: str, call: Node, depth: int) -> _Rule | None:
    found = function_called(program, path, call) if depth < _DEPTH and call.shape == "call" else None
    return _rule_of(program, *found, depth) if found is not None else None


def _rule_of(program: Program, path: str, function: Node, depth: int) -> _Rule | None:
    names, body = program.names(path), function.role("body")
    parameters = parameters_of(function, names)
    statement = _only_statement(body) if body is not None and not _may_be_another(function) else None
    if statement is None or not all(binding.is_single for binding in parameters):
        return None
    said = _branch(statement) or _handed_on(program, path, statement, depth)
    condition, passes = _plain(*said) if said is not None else (None, False)
    meant = names.of.get(condition) if condition is not None else None
    if meant is None or meant not in parameters:
        return None
    return _Rule(parameters.index(meant), meant.name, passes)


def _may_be_another(function: Node) -> bool:
    """Whether a call may run something else: what a decorator makes of the function, or a class below puts over it."""
    outer, index = function.parent, function.file.pack.index
    if outer is not None and outer.shape == "decorated":
        return True
    words = index.private_words | index.shared_words | index.final_words
    return class_of(function) is not None and not any(map(function.has_token, words))


def _only_statement(body: Node) -> Node | None:
    """The statement that a body consists of, but for what only tells the compiler something."""
    if body.shape != "block":
        return body
    quiet = body.file.pack.index.contract_calls
    items = [item for item in body.items if not (item.is_comment or _is_text(item) or _is_quiet(item, quiet))]
    return items[0] if len(items) == 1 else None


def _is_text(statement: Node) -> bool:
    inner = _called(statement)
    return inner is not None and inner.shape == "string"


def _is_quiet(statement: Node, names: frozenset[str]) -> bool:
    call = _without_block(_called(statement) or statement)
    callee = call.role("function") if call.shape == "call" else None
    return callee is not None and callee.text in names


def _called(statement: Node) -> Node | None:
    return statement.role("operand") if statement.shape == "expression" else None


def _branch(statement: Node) -> tuple[Node, bool] | None:
    """What a lone branch asks for, and the truth with which it does nothing."""
    chain = arms(statement) if statement.shape == "if" and not statement.roles("initializer") else []
    condition = chain[0].condition if len(chain) == 1 else None
    return (condition, chain[0].inverted) if condition is not None else None


def _handed_on(program: Program, path: str, statement: Node, depth: int) -> tuple[Node, bool] | None:
    call = _without_block(_called(statement) or statement)
    rule = _rule(program, path, call, depth + 1)
    condition = argument(call, rule.position, rule.name) if rule is not None else None
    return (condition, rule.passes) if rule is not None and condition is not None else None


def _plain(condition: Node, passes: bool) -> tuple[Node, bool]:
    """A condition without its negations."""
    while True:
        inner = condition.role("operand") if condition.shape in ("paren", "not", "argument") else None
        if inner is None:
            return condition, passes
        passes = passes is not (condition.shape == "not")
        condition = inner
