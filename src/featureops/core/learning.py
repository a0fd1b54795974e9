"""Learning a house's own way of asking from its code: a function whose result is the flag that it was given.

A dynamic read (its key is a parameter of the function around it) makes that function a reader; every call of it with a
key that is known is then a read as good as the SDK's. Readers of readers are learned the same way, to any depth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from featureops.core.asked import Read
from featureops.core.declared import given_value
from featureops.core.detect.wrappers import lifted, named_wrapper, names_at
from featureops.core.dispatch import classes_asked, may_run, stands_beside
from featureops.core.given import argument, called_name, own_returns, parameters_of
from featureops.core.instances import Holder, declares
from featureops.core.later import asked_later
from featureops.core.mocks import mocked
from featureops.core.origins import Proof
from featureops.core.parameters import parameters_in
from featureops.core.project import Project
from featureops.core.readers import Given, Reader, Through
from featureops.core.syntax import Node

__all__ = ["is_followed", "learn", "read_through", "read_with", "reader_of"]

_STEPS = 12
_FUNCTIONS = ("function", "lambda")
_CASES = {"case": "body", "arm": "value"}
_LOOPS = frozenset({"for", "while", "do"})


def learn(project: Project, path: str, read: Read) -> Reader | None:
    """Remember the function around a read whose key it is given; None where there is none, or it is known already."""
    reader = reader_of(project, path, read)
    if reader is None or reader.function in project.readers:
        return None
    project.readers.add(reader)
    return reader


def is_followed(project: Project, path: str, read: Read) -> bool:
    """Whether a read stands in a function whose calls were followed."""
    reader = reader_of(project, path, read)
    return reader is not None and reader.function in project.readers


def reader_of(project: Project, path: str, read: Read) -> Reader | None:
    """The named function whose result is the read, or what asks it later, and whose parameters give the key."""
    if read.key is None or read.constant is not None or read.proof == "unproven" or read.value in _GATES:
        return None
    filled = read.through.given if read.through is not None else {}
    parts = [node for where, node in filled.values() if where == path] or [read.key]
    result = _result(project, path, read)
    parameters = tuple(parameters_in(project, path, result.function, parts)) if result is not None else ()
    if result is None or not parameters:
        later = asked_later(project, path, read.node, parts)
        if later is None:
            return None
        result, parameters = _Result(later[0], inverted=False, is_exact=False, is_part=True), later[1]
    wrapper = named_wrapper(path, result.function, result.inverted)
    if wrapper is None or wrapper.is_getter:
        return None
    return Reader(
        path=path,
        function=result.function,
        name=wrapper.name,
        key=read.through.reader.key if read.through is not None else read.key,
        key_path=read.through.reader.key_path if read.through is not None else path,
        parameters=parameters,
        given=filled,
        sdk=read.sdk,
        value="details" if result.is_part else read.value,
        when="disabled" if (read.when == "disabled") != result.inverted else "enabled",
        is_likely=read.proof == "likely",
        is_exact=result.is_exact and read.is_exact,
        is_method=wrapper.is_method,
        spelt=read.spelt,
    )


_GATES = frozenset({"decorator", "component", "entry", "block", "test", "definition"})


# ---------------------------------------------------------------- what a function gives


@dataclass(frozen=True, slots=True, eq=False)
class _Result:
    """`is_part`: the function gives an object of which the read is an entry."""

    function: Node
    inverted: bool
    is_exact: bool
    is_part: bool


def _result(project: Project, path: str, read: Read) -> _Result | None:
    """The function whose result a read is, but for fallbacks. It is exact where every fallback is for a client that is
    missing or fails: then what the function gives is what the SDK does.
    """
    value, inverted, is_exact, is_part = read.node, False, True, False
    about = _client_of(read)
    for _ in range(_STEPS):
        value, flipped, exact = _climbed(value, about)
        inverted ^= flipped
        is_exact &= exact
        whole = _object_with(value)
        is_part |= whole is not value
        given = _given_by(whole, about)
        if given is not None:
            return _Result(given[0], inverted, is_exact and given[1] and not is_part, is_part)
        variable = _variable(project, path, value)
        if variable is None:
            return None
        is_exact &= project.names(path).of[variable].is_single
        # What comes beside the value tells whether there is one: `v, err := ...; if err != nil`.
        about = (*about, *(part.text for part in _target(value).items))
        value = variable
    return None


def _object_with(value: Node) -> Node:
    """The object of which a value is an entry; the value itself where it is in none."""
    pair = value.parent
    if pair is not None and pair.shape == "object" and value.type in value.file.pack.index.shorthand:
        return lifted(pair)[0]
    outer = pair.parent if pair is not None and pair.shape == "pair" and pair.role("value") is value else None
    return lifted(outer)[0] if outer is not None and outer.shape == "object" else value


def _client_of(read: Read) -> tuple[str, ...]:
    callee = read.call.role("function")
    owner = callee.role("object") if callee is not None else None
    return (owner.text.rstrip("?!"),) if owner is not None else ()


def _climbed(node: Node, about: tuple[str, ...]) -> tuple[Node, bool, bool]:
    """The widest expression with the same value where the client is there: `client ? client.asks(k) : false`; also a
    choice of which one case is it.
    """
    inverted, is_exact = False, True
    while True:
        node, flipped = lifted(node)
        inverted ^= flipped
        parent = node.parent
        if parent is None:
            return node, inverted, is_exact
        if parent.shape in ("coalesce", "or") and parent.role("left") is node and _is_fallback(parent.role("right")):
            node = parent
            continue
        if parent.shape == "and" and parent.role("right") is node and _speaks_of(parent.role("left"), about):
            node = parent
            continue
        if parent.shape == "conditional" and node is not parent.role("condition"):
            other = parent.role("else") if parent.role("then") is node else parent.role("then")
            if _is_fallback(other):
                is_exact &= _speaks_of(parent.role("condition"), about)
                node = parent
                continue
        choice = _switch_of(node)
        if choice is None:
            return node, inverted, is_exact
        node, is_exact = choice, False


def _switch_of(value: Node) -> Node | None:
    """The switch that gives the value of one of its cases."""
    case = value.parent
    role = _CASES.get(case.shape) if case is not None else None
    if case is None or role is None or case.role(role) is not value or value.shape == "block":
        return None
    outer = case.parent
    whole = outer.parent if outer is not None and outer.shape != "switch" else outer
    return whole if whole is not None and whole.shape == "switch" else None


def _speaks_of(condition: Node | None, about: tuple[str, ...]) -> bool:
    return condition is not None and any(part.text in about for part in condition.walk())


def _is_fallback(node: Node | None) -> bool:
    """An answer that asks nobody: a literal, a parameter, a default, also one that a parameter holds for it."""
    if node is None:
        return False
    calls = [part for part in node.walk() if part.shape in ("call", "await")]
    return not calls or (calls == [node] and _is_accessor(node))


def _is_accessor(call: Node) -> bool:
    """A call without arguments on a plain name."""
    callee, arguments = call.role("function"), call.role("arguments")
    owner = callee.role("object") if callee is not None else None
    plain = owner is not None and owner.type in owner.file.pack.index.identifiers
    return plain and arguments is not None and not arguments.items


def _given_by(value: Node, about: tuple[str, ...]) -> tuple[Node, bool] | None:
    """(function, whether its other results are for a missing client) of the function that returns a value."""
    function = next((outer for outer in value.ancestors() if outer.shape in _FUNCTIONS or outer.shape in _LOOPS), None)
    if function is None or function.shape not in _FUNCTIONS:
        return None
    if function.role("body") is value:
        return function, True
    statement = value.parent
    if statement is not None and statement.parent is not None and len(statement.items) == 1:
        outer = statement.parent
        statement = outer if outer.shape == "return" and statement.shape in ("", "arguments") else statement
    if statement is None:
        return None
    own = list(own_returns(function))
    if statement.shape != "return" and not _is_last(function, value):
        return None
    others = [other for other in own if other is not statement]
    if not all(_is_fallback(_first(other.role("value"))) or other.role("value") is None for other in others):
        return None
    return function, all(_is_for_missing(other, about) for other in others)


def _first(value: Node | None) -> Node | None:
    """The first of several values: what comes behind it tells how it was got."""
    return value.items[0] if value is not None and not value.shape and len(value.items) > 1 else value


def _is_last(function: Node, value: Node) -> bool:
    """Whether a value is the last thing in a function that gives back its last value."""
    body = function.role("body")
    if body is None or not body.items or body.type not in body.file.pack.index.implicit_returns:
        return False
    last = body.items[-1]
    return last is value or (last.shape == "expression" and last.role("operand") is value)


def _is_for_missing(statement: Node, about: tuple[str, ...]) -> bool:
    """Whether a return is taken only where the client is not there, or failed."""
    for outer in statement.ancestors():
        if outer.shape in _FUNCTIONS:
            return False
        if outer.shape in ("if", "elif"):
            return _speaks_of(outer.role("condition"), about)
        if outer.shape == "try":
            return True
    return False


def _variable(project: Project, path: str, value: Node) -> Node | None:
    """Where the variable that holds the value is returned, if nothing but fallbacks is put into it besides."""
    target = _target(value)
    if target is value:
        return None
    name = target if target.type in target.file.pack.index.identifiers else next(iter(target.items), None)
    binding = project.names(path).of.get(name) if name is not None else None
    if binding is None or binding.scope is binding.scope.file.root or binding.outer:
        return None
    others = (part for part in (*binding.definitions, *binding.writes) if part is not name)
    if not all(_is_fallback(given_value(part)) for part in others):
        return None
    return next((use for use in binding.uses if _is_returned(use)), None)


def _target(value: Node) -> Node:
    """What a value is put into; the value itself where it is put into nothing."""
    parent = value.parent
    if parent is None or parent.shape not in ("declarator", "assign", "binder"):
        return value
    return parent.role("name") or parent.role("left") or value


def _is_returned(use: Node) -> bool:
    return _given_by(_object_with(_climbed(use, ())[0]), ()) is not None


# ---------------------------------------------------------------- calls


def read_through(project: Project, path: str, call: Node) -> Read | None:
    """The read that a call of a reader is; "unproven" where its owner can't be told."""
    callee, name = call.role("function"), called_name(call) if len(project.readers) else None
    if callee is None or name is None:
        return None
    readers = project.readers.named(name.text) or _renamed(project, path, name)
    if not readers:
        return None
    meant = names_at(project, path, name)
    found = next((reader for reader in readers if reader.function is meant), None)
    if found is not None:
        return _read(project, path, call, found, "likely" if found.is_likely else "proven")
    methods = [reader for reader in readers if reader.is_method]
    if not methods or (isinstance(meant, Node) and callee is name):
        return None
    owner = callee.role("object")
    owner = (mocked(project.names(path), owner) or owner) if owner is not None else None
    classes = classes_asked(project, path, callee, owner)
    reader, proof = _of_classes(project, classes, methods)
    if reader is not None and (classes or owner is not None):
        return _read(project, path, call, reader, proof)
    beside = (each for each in methods if stands_beside(project, classes, each.path, each.function, each.name))
    other = next(beside, None)
    read = _read(project, path, call, other, "likely") if other is not None else None
    return replace(read, is_exact=False) if read is not None else None


def _renamed(project: Project, path: str, name: Node) -> tuple[Reader, ...]:
    """The readers that a name may stand for which an import gave."""
    binding = project.names(path).of.get(name)
    entry = binding.imported if binding is not None else None
    if entry is None or entry.imported != "default":
        return project.readers.named(entry.imported) if entry is not None else ()
    target = project.module_path(path, entry.module)
    return tuple(reader for reader in project.readers if reader.path == target)


def _of_classes(project: Project, classes: list[Holder], readers: list[Reader]) -> tuple[Reader | None, Proof]:
    """The reader that a call of a method may run, by the classes of its owner."""
    if not classes:
        return readers[0], "unproven"
    for reader in readers:
        proof = may_run(project, classes, reader.path, reader.function, reader.name)
        if proof != "unproven":
            return reader, "likely" if reader.is_likely else proof
    # A type without a body of its own for the method: something else gives it one.
    open_types = [node for _, node in classes if node.shape == "type-definition" and declares(node, readers[0].name)]
    return (readers[0], "likely") if open_types and len(readers) == 1 else (None, "unproven")


def read_with(
    project: Project, path: str, call: Node, methods: Callable[[str, Node, Node], Iterable[Read]]
) -> Read | None:
    """The read of a function that is given a method of the client and runs it: `methods` gives what a call of a name is
    (its file and the call), if it calls such a method.
    """
    name, arguments = called_name(call), call.role("arguments")
    meant = names_at(project, path, name) if name is not None else None
    if arguments is None or not isinstance(meant, Node):
        return None
    listed = parameters_of(meant, project.names(meant.file.path))
    for position, binding in enumerate(listed[: len(arguments.items)]):
        method = argument(call, position, binding.name)
        for use in binding.uses if method is not None and method.shape == "member" else ():
            inner = use.parent
            if method is None or inner is None or inner.shape != "call" or inner.role("function") is not use:
                continue
            for read in methods(meant.file.path, inner, method):
                reader = reader_of(project, meant.file.path, read)
                if reader is not None and reader.function is meant:
                    return _read(project, path, call, reader, read.proof)
    return None


def _read(project: Project, path: str, call: Node, reader: Reader, proof: Proof) -> Read | None:
    given = _filled(path, call, reader)
    if given is None:
        return None
    key = given[reader.parameters[0].binding][1]
    whole = call
    while whole.parent is not None and whole.parent.shape in ("await", "paren"):
        whole = whole.parent
    return Read(
        node=whole if whole.shape == "await" else call,
        call=call,
        sdk=reader.sdk,
        value=reader.value,
        when=reader.when,
        proof=proof,
        key=key,
        constant=project.constant_given(reader.key_path, reader.key, given),
        method=reader.name,
        through=Through(reader, given),
        is_exact=reader.is_exact,
        spelt=reader.spelt,
    )


def _filled(path: str, call: Node, reader: Reader) -> Given | None:
    """What the call puts into the parameters; None where one is left without a value."""
    given = dict(reader.given)
    for parameter in reader.parameters:
        value = next(
            (found for label in parameter.labels if (found := argument(call, parameter.position, label)) is not None),
            None,
        )
        if value is not None:
            given[parameter.binding] = path, value
        elif parameter.default is not None:
            given[parameter.binding] = reader.path, parameter.default
        else:
            return None
    return given
