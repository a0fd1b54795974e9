"""What only gives the flag the value that it has from now on anyway, or lets through where it does: it goes along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from featureops.core.asked import Read, is_open_gate
from featureops.core.detect.places import is_test_path
from featureops.core.mocks import speaks
from featureops.core.project import Project
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["asked_of", "set_in_test", "told_in"]

_LIMITS = frozenset({"function", "class"})
_BOOLEANS = {"true": True, "false": False}


def told_in(
    project: Project, path: str, flag: str, reads: Sequence[Read], wanted: Mapping[str, bool]
) -> tuple[list[Node], list[Read]]:
    """The statements and decorators that go, and the reads that are left: a gate that goes counts as folded. `wanted`
    is what a read gives by its `when`.
    """
    names = project.names(path)
    found, rest = list[Node](), list[Read]()
    for read in reads:
        is_told = read.flag == flag and read.value == "test"
        statement = _told(names, read.call, wanted[read.when]) if is_told else None
        if read.flag == flag and is_open_gate(read, wanted[read.when]):
            found.append(read.node)
            rest.append(replace(read, value="boolean"))
        elif statement is None:
            rest.append(read)
        else:
            found.append(statement)
    return found, rest


def asked_of(reads: Iterable[Read]) -> frozenset[str]:
    """The names of what is asked: `Flags` of `Flags.isOn(X)`."""
    callees = (read.call.role("function") for read in reads if read.call.shape == "call")
    owners = (callee.role("object") for callee in callees if callee is not None)
    return frozenset(owner.text.rpartition(".")[2] for owner in owners if owner is not None)


def set_in_test(project: Project, path: str, flag: str, owners: frozenset[str], keep: bool) -> list[Node]:
    """The statements of a test that set the flag to the kept value on what the code asks: `Flags.set(X, true)`."""
    file = project.file(path)
    if file is None or not is_test_path(file.pack, path):
        return []
    calls = (node for node in file.root.walk() if node.shape == "call")
    found = (_set_by(project, path, call, flag, owners, keep) for call in calls)
    return [statement for statement in found if statement is not None]


def _set_by(project: Project, path: str, call: Node, flag: str, owners: frozenset[str], keep: bool) -> Node | None:
    callee, arguments = call.role("function"), call.role("arguments")
    owner = callee.role("object") if callee is not None else None
    statement = call.parent if call.parent is not None and call.parent.shape == "expression" else call
    if owner is None or owner.text.rpartition(".")[2] not in owners or arguments is None:
        return None
    if statement.parent is None or statement.parent.shape not in ("block", "lambda"):
        return None
    given = [item.role("operand") or item if item.shape == "argument" else item for item in arguments.items]
    booleans = [item for item in given if item.shape in _BOOLEANS]
    keys = [item for item in given if item not in booleans]
    if len(keys) != 1 or len(booleans) != 1 or _BOOLEANS[booleans[0].shape] is not keep:
        return None
    constant = project.constant(path, keys[0])
    return statement if constant is not None and constant.value == flag else None


def _told(names: Names, call: Node, value: bool) -> Node | None:
    """The statement around a call of a mock that says nothing but what it answers: the value."""
    for node in (call, *call.ancestors()):
        if node.shape in _LIMITS:
            return None
        if node.parent is None or node.parent.shape not in ("block", "lambda"):
            continue
        booleans = [part for part in node.walk() if part.shape in _BOOLEANS and not _is_key(call, part)]
        if booleans:
            is_so = len(booleans) == 1 and _BOOLEANS[booleans[0].shape] is value
            return (
                node if is_so and node.shape in ("expression", "call", "") and _only_tells(names, node, call) else None
            )
    return None


def _is_key(call: Node, part: Node) -> bool:
    """Whether it is what the asking call is given."""
    arguments = call.role("arguments")
    return arguments is not None and arguments.span.holds(part.span)


def _only_tells(names: Names, statement: Node, call: Node) -> bool:
    """Whether every call of the statement is of a mock, or gets at it."""
    calls = [node for node in statement.walk() if node.shape == "call" and node is not call]
    return all(speaks(names, node) or (call.span.holds(node.span) and not _has_boolean(node)) for node in calls)


def _has_boolean(node: Node) -> bool:
    return any(part.shape in _BOOLEANS for part in node.walk())
