"""Parameters that every caller in the repository gives the same known value: they, and what is given, can go.

A function counts only where its name has one definition and everything else that is said of the name is a call that
can be read: then all callers are known. Of a method the receivers must look alike too, since others may have one of
that name. Tests do not decide: they lose the argument with the others, and are named where they gave something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from featureops.core.callers import has_other_name, only_names
from featureops.core.checks import is_checked
from featureops.core.detect.places import is_test_path
from featureops.core.fold.values import is_pure
from featureops.core.given import call_of, is_readable, item_given, listed_parameter, parameters_of
from featureops.core.house import name_parts
from featureops.core.mentions import mentions_of
from featureops.core.model import Span
from featureops.core.parameters import parameter_at
from featureops.core.project import Project
from featureops.core.scopes import Binding
from featureops.core.syntax import Node

__all__ = ["Settled", "documentation_of", "settled_parameters"]

_WORDS_OF_A_METHOD = 2


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """`part` is the parameter in its list, `value` what it always is, where it is still used; `given` are the arguments
    of all calls, `odd` those of tests that gave something else. `notes` are comments on what goes."""

    path: str
    binding: Binding
    part: Node
    value: bool | None
    given: tuple[Node, ...]
    odd: tuple[Node, ...]
    notes: tuple[Node, ...] = ()

    @property
    def paths(self) -> frozenset[str]:
        return frozenset((self.path, self.part.file.path, *(node.file.path for node in self.given)))


@dataclass(frozen=True, slots=True, eq=False)
class _Function:
    """`name` is what is called: that of a function, or of the class whose constructor `node` is."""

    path: str
    name: Node
    node: Node


def settled_parameters(
    project: Project, known: Mapping[Node, bool], files_with: Callable[[str], Sequence[str]]
) -> Iterator[Settled]:
    """The parameters that are settled by expressions with a known value."""
    seen: set[tuple[str, int | str]] = set()
    for node, value in known.items():
        item = _item(node)
        call = item.parent.parent if item is not None and item.parent is not None else None
        name = _called(call) if call is not None and call.shape == "call" else None
        if item is None or call is None or name is None:
            continue
        at = _place(item)
        if at is None or (name.text, at) in seen:
            continue
        seen.add((name.text, at))
        found = _Asked(project, known, files_with, call, name).settled(at, value)
        if found is not None:
            yield found


def documentation_of(part: Node, name: str) -> list[Span]:
    """The lines that describe a parameter in the comment above its function, or in the text that its body begins with;
    descriptions of more than a line stay."""
    function = next((outer for outer in part.ancestors() if outer.shape == "function"), None)
    if function is None:
        return []
    file, body = part.file, function.role("body")
    top = function
    while top.parent is not None and top.parent.shape in ("export", "decorated", "declarator", "declaration"):
        top = top.parent
    above = top.previous()
    first = body.items[0] if body is not None and body.items else None
    places = (above if above is not None and above.is_comment else None, first.role("operand") if first else None)
    found: list[Span] = []
    for place in (each for each in places if each is not None and (each.is_comment or each.shape == "string")):
        label = rf"^[ \t]*(?:\*[ \t]*)?(?:[@:]param(?:[ \t]+\{{[^}}\n]*\}})?[ \t]+|:)\[?{re.escape(name)}\b.*\n"
        for match in re.finditer(label.encode(), file.data[place.start : place.end], re.MULTILINE):
            rest = file.data[place.start + match.end() : place.end].lstrip(b" \t*")
            if rest[:1] in (b"@", b":", b"/", b"\n", b"\r", b'"', b"'"):
                found.append(Span(place.start + match.start(), place.start + match.end()))
    return found


class _Asked:
    """All that is said of a function's name."""

    def __init__(
        self,
        project: Project,
        known: Mapping[Node, bool],
        files_with: Callable[[str], Sequence[str]],
        call: Node,
        name: Node,
    ) -> None:
        self._project, self._known, self._files_with = project, known, files_with
        self._call, self._name = call, name
        self._owner = _owner(call)

    def settled(self, at: int | str, value: bool) -> Settled | None:
        if self._owner is not None and len(name_parts(self._name.text)) < _WORDS_OF_A_METHOD:
            return None
        function = self._definition()
        calls = self._calls(function) if function is not None and not self._has_other_name(function) else None
        if function is None or calls is None:
            return None
        parameters = parameters_of(function.node, self._project.names(function.path))
        position = at if isinstance(at, int) else next((n for n, each in enumerate(parameters) if each.name == at), -1)
        if not 0 <= position < len(parameters):
            return None
        binding = parameters[position]
        part = listed_parameter(binding, function.node)
        if part is None or not binding.is_single or not self._is_idle(part):
            return None
        if is_checked(self._project, function.path, function.node, binding, value):
            return None  # such calls do nothing and go
        names = parameter_at(function.node, binding, position).labels
        given: list[Node] = []
        odd: list[Node] = []
        for call in calls:
            item = item_given(call, position, names)
            held = self._value(item) if item is not None else self._value(part)
            if held is not value:
                if not is_test_path(call.file.pack, call.file.path):
                    return None
                odd.append(item or call)
            if item is not None:
                given.append(item)
        return Settled(function.path, binding, part, value, tuple(given), tuple(odd))

    def _is_idle(self, part: Node) -> bool:
        """Whether nothing is lost with a parameter's default, which some languages evaluate where the function is."""
        default = part.role("value")
        return default is None or is_pure(default, lambda node: node in self._known)

    def _value(self, item: Node) -> bool | None:
        """What an argument or a parameter's default is known to be."""
        node = item.role("value") if item.shape in ("keyword-argument", "parameter") else item
        node = (node.role("operand") or node) if node is not None and node.shape == "argument" else node
        if node is None:
            return None
        if node.shape in ("true", "false"):
            return node.shape == "true"
        return self._known.get(node)

    def _mentions(self) -> Iterator[Node]:
        for path in self._files_with(self._name.text):
            file = self._project.file(path)
            if file is not None:
                yield from mentions_of(file, self._name.text)

    def _definition(self) -> _Function | None:
        found: list[Node] = []
        for node in self._mentions():
            holder = node.parent
            if (
                holder is not None
                and holder.shape in ("function", "class", "declarator")
                and holder.role("name") is node
            ):
                found.append(node)
        if len(found) != 1 or found[0].parent is None:
            return None
        name, holder = found[0], found[0].parent
        if any(outer.shape == "decorated" for outer in (holder.parent,) if outer is not None):
            return None
        function = _constructor(holder) if holder.shape == "class" else holder.role("value") or holder
        if function is None or function.shape != "function" or (holder.shape == "class" and self._owner is not None):
            return None
        return _Function(name.file.path, name, function)

    def _has_other_name(self, function: _Function) -> bool:
        binding = self._project.names(function.path).of.get(function.name)
        return binding is not None and has_other_name(self._project, function.path, binding, self._files_with)

    def _calls(self, function: _Function) -> list[Node] | None:
        """Every call of the function; None where something else is done with it."""
        calls: list[Node] = []
        for node in self._mentions():
            if node is function.name or only_names(node):
                continue
            call = call_of(node)
            in_test = is_test_path(node.file.pack, node.file.path)
            if call is not None and is_readable(call) and (in_test or self._is_alike(call, function)):
                calls.append(call)
            elif not in_test or call is not None:
                return None
        return calls

    def _is_alike(self, call: Node, function: _Function) -> bool:
        owner = _owner(call)
        if (owner is None) != (self._owner is None):
            return False
        if owner is not None:
            return owner in (self._owner, *call.file.pack.index.self_names)
        callee = call.role("function")
        names = self._project.names(call.file.path)
        binding = names.of.get(callee) if callee is not None else None
        origin = self._project.origin(call.file.path, binding) if binding is not None else None
        return origin is not None and origin[0] == function.path and function.name in origin[1].definitions


def _item(node: Node) -> Node | None:
    """The item of a list of arguments whose value an expression is."""
    outer = node
    while outer.parent is not None and outer.parent.shape in ("paren", "argument", "keyword-argument"):
        if outer.parent.shape == "keyword-argument" and outer.parent.role("value") is not outer:
            return None
        outer = outer.parent
    return outer if outer.parent is not None and outer.parent.shape == "arguments" else None


def _place(item: Node) -> int | str | None:
    """The position or the keyword of an argument."""
    if item.shape == "keyword-argument":
        name = item.role("name")
        return name.text if name is not None else None
    items = item.parent.items if item.parent is not None else []
    return [each for each in items if each.shape != "keyword-argument"].index(item)


def _called(call: Node) -> Node | None:
    callee = call.role("function")
    if callee is None:
        return None
    if callee.shape == "member":
        return callee.role("property")
    return callee if callee.type in callee.file.pack.index.identifiers else None


def _owner(call: Node) -> str | None:
    """What a method is called on: the last name of it."""
    callee = call.role("function")
    owner = callee.role("object") if callee is not None and callee.shape == "member" else None
    return (owner.role("property") or owner).text if owner is not None else None


def _constructor(holder: Node) -> Node | None:
    body = holder.role("body")
    index = holder.file.pack.index
    items = body.items if body is not None else []
    found = [
        item
        for item in items
        if item.shape == "function" and (name := item.role("name")) is not None and name.text in index.constructors
    ]
    return found[0] if len(found) == 1 else None
