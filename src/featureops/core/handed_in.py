"""Where a name's value comes from that the code around it does not bind: test frameworks and callers hand it in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from featureops.core.given import argument, parameters_of
from featureops.core.mentions import mentions_of
from featureops.core.project import Project
from featureops.core.scopes import Binding, string_value
from featureops.core.syntax import Node

__all__ = ["injected", "memo", "passed"]


def injected(project: Project, path: str, binding: Binding) -> tuple[str, Node] | None:
    """The function whose result a test gets as the parameter of its name, with its file."""
    index = binding.scope.file.pack.index
    if not index.injectors or binding.scope.shape != "function":
        return None
    for where in (path, *_above(project, path, index.injected_from)):
        found = project.names(where).top(binding.name) if project.file(where) is not None else None
        function = found.definitions[0].parent if found is not None else None
        if function is not None and function.shape == "function" and _is_injector(function):
            return where, function
    return None


def _above(project: Project, path: str, names: frozenset[str]) -> Iterator[str]:
    """The files of some names in the folder of a file and those around it, the nearest first."""
    folder = posixpath.dirname(path)
    while True:
        yield from (found for name in sorted(names) if (found := posixpath.join(folder, name)) in project.paths)
        if not folder:
            return
        folder = posixpath.dirname(folder)


def _is_injector(function: Node) -> bool:
    outer = function.parent
    for item in outer.items if outer is not None and outer.shape == "decorated" else ():
        marked = item.role("operand") if item.shape == "decorator" else None
        callee = marked.role("function") if marked is not None and marked.shape == "call" else marked
        if callee is not None and callee.text in function.file.pack.index.injectors:
            return True
    return False


def passed(project: Project, path: str, binding: Binding) -> list[Node]:
    """What the calls in its own file put into a parameter; none where the function is used in another way."""
    function = binding.scope
    name = function.role("name") if function.shape == "function" else None
    own = project.names(path).of.get(name) if name is not None else None
    listed = parameters_of(function, project.names(path)) if own is not None else []
    if own is None or binding not in listed or not own.is_single:
        return []
    found: list[Node] = []
    for use in own.uses:
        call = use.parent
        if call is None or call.shape != "call" or call.role("function") is not use:
            return []
        value = argument(call, listed.index(binding), binding.name)
        if value is None:
            return []
        found.append(value)
    return found


def memo(name: Node) -> Node | None:
    """The value of a name that a call around it defines: `let(:client) { ... }`."""
    index = name.file.pack.index
    around = set(name.ancestors()) if index.memos else set()
    for word in sorted(index.memos) if around else ():
        for mention in mentions_of(name.file, word):
            call = mention.parent
            if (
                call is None
                or call.shape != "call"
                or call.role("function") is not mention
                or call.parent not in around
            ):
                continue
            given = argument(call, 0)
            block = next((item for item in call.items if item.type in index.block_scopes), None)
            body = next((item for item in block.items if item.shape == "block"), None) if block is not None else None
            named = string_value(given) if given is not None else word.rstrip("!")
            if body is not None and body.items and named == name.text:
                return body.items[-1]
    return None
