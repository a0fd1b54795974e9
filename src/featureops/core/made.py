"""What a function of the house puts into the object that it gives: the text behind `NewFlag("key", false).name`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from featureops.core.given import argument, definition_of, initializer, member_of, own_returns, parameters_of, unwrapped
from featureops.core.mentions import mentions_of
from featureops.core.modules import Folders
from featureops.core.readers import Given
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node, SourceFile

__all__ = ["Program", "accessed_field", "function_called", "made_field", "made_name", "received_method"]

_Place = tuple[str, Binding]


class Program(Protocol):
    """What has to be known of the files around."""

    folders: Folders

    def file(self, path: str) -> SourceFile | None: ...

    def names(self, path: str) -> Names: ...

    def meaning(self, path: str, node: Node) -> _Place | None: ...

    def origin(self, path: str, binding: Binding, depth: int = 0) -> _Place | None: ...

    def exported(self, path: str, name: str, depth: int = 0) -> _Place | None: ...

    def container(self, path: str, node: Node, depth: int = 0) -> tuple[str, Node | str] | None: ...


def made_name(program: Program, path: str, part: Node) -> str | None:
    """The name of what a function of the house makes of an argument, and keeps as it is."""
    call = next((outer for outer in part.ancestors() if outer.shape not in ("argument", "arguments", "paren")), None)
    if call is None or call.shape != "call":
        return None
    holder = next((outer for outer in call.ancestors() if outer.shape), None)
    name = (holder.role("name") or holder.role("left")) if holder is not None else None
    if name is None or name.start >= call.start:
        return None
    found = function_called(program, path, call)
    made = _object(found[1], program.names(found[0]), "") if found is not None else None
    return (name.role("property") or name).text if made is not None else None


def made_field(program: Program, path: str, call: Node, name: str) -> tuple[str, Node, Given] | None:
    """(file, expression, what its parameters are filled with) of a field of the object that a call gives."""
    found = function_called(program, path, call)
    if found is None:
        return None
    where, function = found
    names = program.names(where)
    made = _object(function, names, name)
    value = member_of(made, name) if made is not None else None
    if value is None:
        return None
    filled = {
        binding: (path, part)
        for position, binding in enumerate(parameters_of(function, names))
        if binding.is_single and (part := argument(call, position, binding.name)) is not None
    }
    return where, value, filled


def accessed_field(program: Program, path: str, holder: Node, method: str) -> str | None:
    """The field that a method of an object gives, and nothing else; `holder` is the object or a call that makes it."""
    found = function_called(program, path, holder) if holder.shape == "call" else None
    where, made = (found[0], _object(found[1], program.names(found[0]), "")) if found is not None else (path, holder)
    kind = made.role("type") if made is not None and made.shape == "object" else None
    files = (
        (program.file(other) for other in (where, *program.folders.beside(where, method))) if kind is not None else ()
    )
    function = received_method(files, kind.text, method) if kind is not None else None
    given = [value for each in own_returns(function) if (value := each.role("value"))] if function is not None else []
    receiver = function.role("receiver") if function is not None else None
    owner, label = (given[0].role("object"), given[0].role("property")) if len(given) == 1 else (None, None)
    if receiver is None or owner is None or label is None:
        return None
    return label.text if any(part.text == owner.text for part in receiver.walk()) else None


def received_method(files: Iterable[SourceFile | None], kind: str, name: str) -> Node | None:
    """The method of a name where methods name the type that they are for."""
    for file in files:
        for mention in mentions_of(file, name) if file is not None else ():
            function = mention.parent
            receiver = function.role("receiver") if function is not None and function.shape == "function" else None
            if function is None or receiver is None or function.role("name") is not mention:
                continue
            if any(part.text == kind and part.type in part.file.pack.index.identifiers for part in receiver.walk()):
                return function
    return None


def function_called(program: Program, path: str, call: Node) -> tuple[str, Node] | None:
    """The function of the house that a call runs, by its plain name or as one of a module."""
    callee = call.role("function")
    owner, name = (callee.role("object"), callee.role("property")) if callee is not None else (None, None)
    if callee is not None and owner is not None and name is not None:
        place = program.container(path, owner)
        found = program.exported(place[1], name.text) if place is not None and isinstance(place[1], str) else None
    else:
        meant = program.meaning(path, callee) if callee is not None else None
        found = program.origin(*meant) if meant is not None else None
    definition = definition_of(found[1]) if found is not None and found[1].is_single else None
    if definition is not None and definition.shape == "declarator":
        definition = definition.role("value")
    is_function = definition is not None and definition.shape in ("function", "lambda")
    return (found[0], definition) if found and definition is not None and is_function else None


def _object(function: Node, names: Names, field: str) -> Node | None:
    """The one object that a function gives, also by a variable whose field is not set anew."""
    given = [value for each in own_returns(function) if (value := each.role("value")) is not None]
    value = unwrapped(given[0]) if len(given) == 1 else None
    binding = names.of.get(value) if value is not None and value.shape != "object" else None
    if binding is not None and binding.is_single and not any(_is_set(use, field) for use in binding.uses):
        held = initializer(binding)
        value = unwrapped(held) if held is not None else None
    return value if value is not None and value.shape == "object" else None


def _is_set(use: Node, field: str) -> bool:
    member = use.parent
    name = member.role("property") if member is not None and member.shape == "member" else None
    outer = member.parent if member is not None else None
    return name is not None and name.text == field and outer is not None and outer.role("left") is member
