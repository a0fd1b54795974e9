"""What code that makes objects of a class by itself hands to the constructor, once the class has no use for it.

A parameter goes only where every place that makes the class is a call that can be read, and nothing is lost with what
is handed over there: a plain value, a mock or a client of a test, what the framework asks a provider for anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from featureops.core.constructed import constructors_of, is_made_unnamed, makes
from featureops.core.detect.places import is_test_path
from featureops.core.fold.injected import class_around, class_name
from featureops.core.fold.values import is_pure
from featureops.core.given import definition_of, is_readable, item_given
from featureops.core.made import function_called
from featureops.core.mentions import mentions_of
from featureops.core.project import Project
from featureops.core.receivers import names_client
from featureops.core.syntax import Node

__all__ = ["Handed", "handed"]


@dataclass(frozen=True, slots=True, eq=False)
class Handed:
    """`part` is the parameter, or the field that the constructor fills, `given` the arguments of all calls."""

    part: Node
    given: tuple[Node, ...]

    @property
    def paths(self) -> frozenset[str]:
        return frozenset((self.part.file.path, *(node.file.path for node in self.given)))


def handed(project: Project, part: Node, files_with: Callable[[str], Sequence[str]]) -> Handed | None:
    """What goes with a part of a class; None where it has to stay."""
    owner = class_around(part)
    calls = _calls(project, owner, files_with) if owner is not None else None
    if owner is None or not calls:
        return None
    given: list[Node] = []
    for call in calls:
        listed = _listed(part, owner, call)
        if not listed:
            return None
        item = item_given(call, listed.index(part), (_name_of(part),))
        if item is not None and not _is_idle(project, item):
            return None
        given.extend([item] if item is not None else [])
    return Handed(part, tuple(given))


def _calls(project: Project, owner: Node, files_with: Callable[[str], Sequence[str]]) -> list[Node] | None:
    """Every call that makes the class; None where it is made in another way, too."""
    found: list[Node] = []
    for path in files_with(class_name(owner)):
        file = project.file(path)
        mentions = mentions_of(file, class_name(owner)) if file is not None else []
        if file is None or is_made_unnamed(file, mentions, owner):
            return None
        for mention in filter(makes, mentions):
            call = _call_of(mention)
            if call is None or not is_readable(call):
                return None
            found.append(call)
    return found


def _call_of(mention: Node) -> Node | None:
    """The call that a mention makes an object by."""
    for outer in mention.ancestors():
        callee = outer.role("function") if outer.shape == "call" else None
        if callee is not None:
            return outer if callee.span.holds(mention.span) else None
        if outer.shape not in ("", "member"):
            return None
    return None


def _listed(part: Node, owner: Node, call: Node) -> list[Node]:
    """The parts that a call hands over, in order: parameters, or fields where a constructor is made up of them."""
    arguments = call.role("arguments")
    count = len(arguments.items) if arguments is not None else 0
    others = [item for item in constructors_of(owner) if not item.span.holds(part.span)]
    if others:
        return []
    if part.shape == "parameter":
        listed = part.parent.items if part.parent is not None else []
        return listed if all(item.shape == "parameter" for item in listed) and count <= len(listed) else []
    fields = list(_bare_fields(owner))
    once = [field for field in fields if _is_set_once(field)]
    return next((found for found in (fields, once) if len(found) == count and part in found), [])


def _bare_fields(owner: Node) -> Iterator[Node]:
    """The fields of an object without a value of their own."""
    body = owner.role("body")
    for statement in body.items if body is not None else ():
        if statement.shape == "declaration" and not any(map(statement.has_token, owner.file.pack.index.shared_words)):
            yield from (item for item in statement.items if item.shape == "declarator" and item.role("value") is None)


def _is_set_once(field: Node) -> bool:
    return field.parent is not None and any(map(field.parent.has_token, field.file.pack.index.once_words))


def _name_of(part: Node) -> str:
    name = part.role("name")
    return name.text if name is not None else ""


def _is_idle(project: Project, item: Node) -> bool:
    """Whether nothing is lost with an argument."""
    value = item.role("value") if item.shape == "keyword-argument" else item.role("operand") or item
    if value is None or is_pure(value, lambda _: False):
        return value is not None
    if value.shape != "call" or not all(is_pure(each, lambda _: False) for each in _arguments(value)):
        return False
    return _is_provided(project, value) or _is_client(project, value) or _makes_mock(project, value)


def _is_provided(project: Project, call: Node) -> bool:
    """Whether the call asks a function that the framework asks anyway, and gives what that gave."""
    callee = call.role("function")
    marks = call.file.pack.index.provider_marks
    binding = project.names(call.file.path).of.get(callee) if callee is not None and marks else None
    function = definition_of(binding) if binding is not None and binding.is_single else None
    if function is None or function.shape != "function" or _arguments(call):
        return False
    words = (child.text.lstrip("@").partition("(")[0] for child in function.children if child.shape == "decorator")
    return not marks.isdisjoint(word.rpartition(".")[2] for word in words)


def _is_client(project: Project, call: Node) -> bool:
    """Whether a test makes a client of its own."""
    file, callee = call.file, call.role("function")
    in_test = callee is not None and is_test_path(file.pack, file.path)
    return (
        callee is not None and in_test and any(names_client(project, file.path, callee, sdk) for sdk in file.pack.sdks)
    )


def _makes_mock(project: Project, call: Node) -> bool:
    """Whether a test asks a function of the tests for a mock, and tells it nothing."""
    path, rules = call.file.path, call.file.pack.mocks
    found = function_called(project, path, call) if rules is not None and is_test_path(call.file.pack, path) else None
    if rules is None or found is None or _arguments(call) or not is_test_path(call.file.pack, found[0]):
        return False
    callees = (node.role("function") for node in found[1].walk() if node.shape == "call")
    return any(callee is not None and callee.text.partition("<")[0] in rules.makers for callee in callees)


def _arguments(call: Node) -> list[Node]:
    arguments = call.role("arguments")
    return arguments.items if arguments is not None else []
