"""Whether a call is made on the repository's own code that asks no SDK: then a telling name is only a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from featureops.core.instances import above, classes_of, holder_of
from featureops.core.mentions import mentions_of
from featureops.core.project import Project
from featureops.core.receivers import names_client
from featureops.core.syntax import Node

__all__ = ["Owned"]

_Place = tuple[str, Node]
_FUNCTIONS = ("function", "lambda")


class Owned:
    """The repository's own code behind receivers. `asks` tells whether a call in a file asks an SDK."""

    def __init__(self, project: Project, asks: Callable[[str, Node], bool]) -> None:
        self._project = project
        self._asks = asks
        self._known: dict[Node, bool] = {}

    def is_own(self, path: str, owner: Node, method: str) -> bool:
        """Whether all that `owner.method` may run is written here and reaches no SDK."""
        found = list(self._code(path, owner, method))
        return bool(found) and not any(self._reaches(*place) for place in found)

    def _code(self, path: str, owner: Node, method: str) -> Iterator[_Place]:
        """The classes, objects and files that give the method a body."""
        place = self._project.container(path, owner)
        where, holder = place if place is not None else (path, owner)
        if isinstance(holder, str):
            yield from self._of_module(holder, method)
        elif holder.shape == "object" and holder.role("type") is None:
            if any(_is_called(node, method) for node in mentions_of(holder.file, method) if _is_in(node, holder)):
                yield where, holder
        else:
            asked = (where, holder) if holder.shape == "call" else (path, owner)
            for each in classes_of(self._project, *asked):
                if any(self._has(other, method) for other in above(self._project, each)):
                    yield each

    def _of_module(self, module: str, method: str) -> Iterator[_Place]:
        found = self._project.exported(module, method)
        definition = found[1].definitions[0].parent if found is not None and found[1].definitions else None
        if found is not None and definition is not None and _has_body(definition):
            yield found[0], definition.file.root

    def _has(self, holder: _Place, method: str) -> bool:
        """Whether a class, or what its file adds to it, has the method with a body."""
        path, node = holder
        named = (name for name in mentions_of(node.file, method) if _is_called(name, method))
        return any(self._is_of(path, name, node) for name in named)

    def _is_of(self, path: str, name: Node, holder: Node) -> bool:
        function = next((outer for outer in name.ancestors() if outer.shape in _FUNCTIONS), None)
        own = holder_of(self._project, path, function) if function is not None else None
        return own is not None and own[1] is holder

    def _reaches(self, path: str, holder: Node) -> bool:
        """Whether the code, or what is above it, speaks of an SDK's client or asks one."""
        known = self._known.get(holder)
        if known is None:
            self._known[holder] = False  # what only leads back to itself reaches nothing
            known = self._known[holder] = any(self._speaks(*place) for place in self._parts(path, holder))
        return known

    def _parts(self, path: str, holder: Node) -> Iterator[_Place]:
        for where, node in above(self._project, (path, holder)):
            yield where, node
            for function in node.file.root.walk():
                if function.shape != "function" or _is_in(function, node):
                    continue
                own = holder_of(self._project, where, function)
                if own is not None and own[1] is node:
                    yield where, function

    def _speaks(self, path: str, node: Node) -> bool:
        sdks = node.file.pack.sdks
        if any(names_client(self._project, path, node, sdk) for sdk in sdks):
            return True
        return any(self._asks(path, call) for call in node.walk() if call.shape == "call")


def _is_in(node: Node, outer: Node) -> bool:
    return outer.start <= node.start and node.end <= outer.end


def _has_body(definition: Node) -> bool:
    value = definition.role("value")
    return definition.role("body") is not None or (value is not None and _has_body(value))


def _is_called(name: Node, method: str) -> bool:
    """Whether a name is that of a function with a body: a method, or a member that is given a function."""
    holder = name.parent
    if holder is None or name.text != method:
        return False
    if holder.shape in ("pair", "field", "declarator"):
        return name in (holder.role("key"), holder.role("name")) and _has_body(holder)
    return holder.shape == "function" and holder.role("name") is name and holder.role("body") is not None
