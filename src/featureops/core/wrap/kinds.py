"""Types that the repository's own definitions tell: those of variables, of fields and of what functions give back; and
how such a type is written in another file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass

from featureops.core.made import received_method
from featureops.core.project import Project
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["Kind", "Kinds"]

_DEPTH = 8
_AROUND = ("paren", "cast", "await")


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A type as it is written in the file at `path`."""

    path: str
    node: Node


class Kinds:
    """Types as the file at `path` sees them; expressions may be those of any version of it."""

    def __init__(self, project: Project, path: str) -> None:
        self._project = project
        self._path = path

    def results(self, path: str, call: Node, depth: int = 0) -> Sequence[Kind]:
        """The types that a call gives back; none where that can't be told."""
        callee = call.role("function") if call.shape == "call" else None
        if callee is None or depth > _DEPTH:
            return ()
        owner, name = callee.role("object"), callee.role("property")
        if owner is None or name is None:
            return _given(*found) if (found := self._function(self._meant(path, callee))) is not None else ()
        folder = self._module(path, owner)
        if folder is not None:
            found = self._function(self._project.exported(folder, name.text))
            return _given(*found) if found is not None else ()
        holder = self._of(path, owner, depth + 1)
        return self._method(holder, name.text, depth + 1) if holder is not None else ()

    def spelled(self, kind: Kind) -> str | None:
        """How the type is written in the file; None where it lacks the import for that."""
        parts: list[str] = []
        file, at = kind.node.file, kind.node.start
        inside: Node | None = None
        for node in kind.node.walk():
            if inside is not None and inside.span.holds(node.span):
                continue
            if node.shape != "member" and node.type not in file.pack.index.identifiers:
                continue
            inside = node
            text = self._named_here(kind.path, node)
            if text is None:
                return None
            parts += [file.slice(at, node.start), text]
            at = node.end
        text = "".join([*parts, file.slice(at, kind.node.end)])
        return text if "\n" not in text else None

    # -------------------------------------------------------------- of expressions

    def _of(self, path: str, node: Node, depth: int) -> Kind | None:
        if depth > _DEPTH:
            return None
        if node.shape in (*_AROUND, "object"):
            written, inner = node.role("type"), node.role("operand")
            if written is not None:
                return Kind(path, written)
            return self._of(path, inner, depth + 1) if inner is not None else None
        if node.shape == "call":
            found = self.results(path, node, depth + 1)
            return found[0] if len(found) == 1 else None
        if node.shape == "index":
            owner = node.role("object")
            return _element(self._of(path, owner, depth + 1)) if owner is not None else None
        owner, name = (node.role("object"), node.role("property")) if node.shape == "member" else (None, None)
        if owner is None or name is None:
            return self._of_variable(self._meant(path, node), depth + 1)
        folder = self._module(path, owner)
        if folder is not None:
            return self._of_variable(self._project.exported(folder, name.text), depth + 1)
        holder = self._of(path, owner, depth + 1)
        return self._field(holder, name.text, depth + 1) if holder is not None else None

    def _of_variable(self, found: tuple[str, Binding] | None, depth: int) -> Kind | None:
        if found is None or found[1].imported is not None or depth > _DEPTH:
            return None
        path, name = found[0], found[1].definitions[0]
        shapes = ("parameter", "declarator", "assign", "binder", "function", "lambda", "block")
        holder = next((outer for outer in name.ancestors() if outer.shape in shapes), None)
        written = holder.role("type") if holder is not None and holder.shape in ("parameter", "declarator") else None
        if holder is None or written is not None:
            return Kind(path, written) if written is not None else None
        names, values = holder.role("left") or holder.role("name"), holder.role("right") or holder.role("value")
        if names is None or values is None or holder.shape not in ("declarator", "assign", "binder"):
            return None
        left, right = _listed(names), _listed(values)
        at = next((index for index, part in enumerate(left) if part == name), None)
        if at is None:
            return None
        if holder.shape == "binder":
            return _element(self._of(path, values, depth + 1)) if at == 1 else None
        if len(left) == len(right):
            return self._of(path, right[at], depth + 1)
        given = self.results(path, right[0], depth + 1) if len(right) == 1 else ()
        return given[at] if len(given) == len(left) else None

    # -------------------------------------------------------------- of definitions

    def _field(self, holder: Kind, name: str, depth: int) -> Kind | None:
        found = self._defined(holder, depth)
        if found is None or depth > _DEPTH:
            return None
        path, definition = found
        embedded: list[Kind] = []
        for part in definition.walk():
            kind = part.role("type") if part.shape == "field" else None
            if kind is not None and any(child.field == "name" and child.text == name for child in part.children):
                return Kind(path, kind)
            if kind is not None and not any(child.field == "name" for child in part.children):
                embedded.append(Kind(path, kind))
        inner = (self._field(each, name, depth + 1) for each in embedded)
        return next((each for each in inner if each is not None), None)

    def _method(self, holder: Kind, name: str, depth: int) -> Sequence[Kind]:
        found = self._defined(holder, depth)
        label = found[1].role("name") if found is not None else None
        if found is None or label is None or depth > _DEPTH:
            return ()
        path, definition = found
        for other in self._project.folders.holding(posixpath.dirname(path), name):
            method = received_method([self._project.file(other)], label.text, name)
            if method is not None:
                return _given(other, method)
        rules = definition.file.pack.wrap.types
        embedded: list[Kind] = []
        for part in definition.walk():
            if part.type in rules.signatures and any(c.field == "name" and c.text == name for c in part.children):
                return _given(path, part)
            if part.type in rules.embedded and not any(child.field == "name" for child in part.children):
                embedded.extend(Kind(path, child) for child in part.children if child.named)
        inner = (self._method(each, name, depth + 1) for each in embedded)
        return next((each for each in inner if each), ())

    def _defined(self, kind: Kind, depth: int) -> tuple[str, Node] | None:
        """The definition of the type that another one points to."""
        node = kind.node
        while node.shape != "member" and len(parts := [child for child in node.children if child.named]) == 1:
            node = parts[0]
        owner, name = (node.role("object"), node.role("property")) if node.shape == "member" else (None, node)
        folder = self._module(kind.path, owner) if owner is not None else posixpath.dirname(kind.path)
        found = self._project.exported(folder, name.text) if folder is not None and name is not None else None
        definition = found[1].definitions[0].parent if found is not None else None
        if found is None or definition is None or definition.shape != "type-definition":
            return None
        body = definition.role("body")
        points = body is not None and (body.shape == "member" or body.type in body.file.pack.index.identifiers)
        if body is not None and points and depth <= _DEPTH:
            return self._defined(Kind(found[0], body), depth + 1) or (found[0], definition)
        return found[0], definition

    # -------------------------------------------------------------- names

    def _names(self, node: Node) -> Names:
        return self._project.parsed.names(node.file)

    def _meant(self, path: str, node: Node) -> tuple[str, Binding] | None:
        binding = self._names(node).of.get(node)
        if binding is not None:
            return path, binding
        is_name = node.type in node.file.pack.index.identifiers
        return self._project.exported(posixpath.dirname(path), node.text) if is_name else None

    def _module(self, path: str, owner: Node) -> str | None:
        """The folder that a name stands for as a module."""
        names = self._names(owner)
        binding = names.of.get(owner) or (names.top(owner.text) if not owner.children else None)
        entry = binding.imported if binding is not None else None
        return self._project.module_path(path, entry.module) if entry is not None else None

    def _function(self, found: tuple[str, Binding] | None) -> tuple[str, Node] | None:
        holder = found[1].definitions[0].parent if found is not None and found[1].is_single else None
        return (found[0], holder) if found is not None and holder is not None and holder.shape == "function" else None

    # -------------------------------------------------------------- in the file of the change

    def _named_here(self, path: str, node: Node) -> str | None:
        """How a name of a type at `path` is written in the file."""
        owner, name = node.role("object"), node.role("property")
        here, there = posixpath.dirname(self._path), posixpath.dirname(path)
        if owner is not None and name is not None:
            binding = self._names(node).top(owner.text)
            entry = binding.imported if binding is not None else None
            target = self._project.module_path(path, entry.module) if entry is not None else None
            if entry is None or target == here:
                return name.text if target == here else None
            own = (each for each in self._imports if each[1] == entry.module)
            return next((f"{local}.{name.text}" for local, _ in own), None)
        if self._project.exported(there, node.text) is None:
            return node.text if node.text in node.file.pack.wrap.types.plain else None
        if here == there:
            return node.text
        inside = node.file.pack.modules.inside
        if inside is not None and re.search(inside, node.text):
            return None
        own = (each for each in self._imports if self._project.module_path(self._path, each[1]) == there)
        return next((f"{local}.{node.text}" for local, _ in own), None)

    @property
    def _imports(self) -> list[tuple[str, str]]:
        """(name, module) of the modules that the file brings in."""
        bindings = self._project.names(self._path).imports
        return [(each.name, each.imported.module) for each in bindings if each.imported is not None]


def _given(path: str, function: Node) -> list[Kind]:
    """The types of what a function gives back, which may have names."""
    result = function.role("type") or next((child for child in function.children if child.field == "result"), None)
    if result is None:
        return []
    parts = [part for part in result.items if part.shape == "parameter"]
    found: list[Kind] = [] if parts else [Kind(path, result)]
    for part in parts:
        kind = part.role("type")
        names = [child for child in part.children if child.named and child != kind]
        found.extend([Kind(path, kind)] * max(1, len(names)) if kind is not None else [])
    return found


def _listed(node: Node) -> list[Node]:
    return node.items if any(child.named for child in node.children) and node.shape == "" else [node]


def _element(kind: Kind | None) -> Kind | None:
    """The type of what a list or a map holds."""
    parts = [child for child in kind.node.children if child.named] if kind is not None else []
    return Kind(kind.path, parts[-1]) if kind is not None and parts and kind.node.shape != "member" else None
