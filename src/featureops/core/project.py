"""The files of a repository as one program: imports followed across files, constants known by value.

Pure: contents come through the `read` function that the caller gives. Everything is parsed once until `forget`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from featureops.core.config import Config
from featureops.core.modules import given_name, module_files, re_exports
from featureops.core.pack import Packs
from featureops.core.scopes import Binding, Names, string_value
from featureops.core.syntax import Node, SourceFile, TooDeep, parse

__all__ = ["Constant", "Project", "Resolution", "argument", "initializer", "unwrapped"]

_DEPTH = 8
Resolution = Literal["literal", "constant", "enum", "wrapper", "key-builder", "unproven"]


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A string known by value. `definition` is the pair, enum member, assignment or declarator that holds it, None for
    a literal at the place itself; `path` is the file of the definition."""

    value: str
    resolution: Resolution
    path: str
    definition: Node | None = None
    name: str = ""


class Project:
    """`paths` are all files; `read` gives the bytes of one, None if it can't be read."""

    def __init__(
        self, paths: Iterable[str], read: Callable[[str], bytes | None], packs: Packs, config: Config | None = None
    ) -> None:
        self.paths = frozenset(paths)
        self.packs = packs
        self.config = config or Config()
        self.failed: dict[str, str] = {}
        self._aliases = {alias: flag for flag, names in self.config.aliases.items() for alias in names}
        self._read = read
        self._files: dict[str, SourceFile | None] = {}
        self._names: dict[str, Names] = {}
        self._damaged: set[str] = set()
        self.touched: set[str] = set()

    # -------------------------------------------------------------- files

    def file(self, path: str) -> SourceFile | None:
        """The parsed file; None where no pack knows it, it can't be read or it nests too deep (`failed` says which)."""
        self.touched.add(path)
        if path not in self._files:
            self._files[path] = self._parse(path)
        return self._files[path]

    def _parse(self, path: str) -> SourceFile | None:
        pack = self.packs.for_path(path)
        data = self._read(path) if pack is not None else None
        if pack is None or data is None:
            return None
        try:
            file = parse(path, data, pack)
            file.check_depth()
        except TooDeep:
            self.failed[path] = "nested too deep to be worked on"
            return None
        self._names[path] = Names(file)
        if file.errors():
            self._damaged.add(path)
        return file

    def forget(self) -> None:
        """Let go of every parsed file: nodes that were given out belong to no file of this project any more."""
        self._files.clear()
        self._names.clear()

    def names(self, path: str) -> Names:
        """The names of a file that `file` returned."""
        self.file(path)
        return self._names[path]

    def damaged(self) -> list[str]:
        """The files parsed so far that have syntax errors: reads within an error can be missed."""
        return sorted(self._damaged)

    # -------------------------------------------------------------- following names to files

    def module_path(self, importer: str, module: str) -> str | None:
        """The repository's file that an import's text names; None for a package from outside."""
        pack = self.packs.for_path(importer)
        if pack is None:
            return None
        return next((found for found in module_files(importer, module, pack) if found in self.paths), None)

    def origin(self, path: str, binding: Binding, depth: int = 0) -> tuple[str, Binding] | None:
        """Where a binding is really defined, following imports and re-exports; None outside the repository."""
        entry = binding.imported
        if entry is None:
            return path, binding
        if depth > _DEPTH or entry.imported == "*":
            return None
        target = self.module_path(path, entry.module)
        if target is None and entry.module.startswith("."):
            target = self.module_path(path, posixpath.join(entry.module, entry.imported))
        return self.exported(target, entry.imported, depth + 1) if target else None

    def exported(self, path: str, name: str, depth: int = 0) -> tuple[str, Binding] | None:
        """The binding that a file gives away under a name."""
        file = self.file(path)
        if file is None or depth > _DEPTH:
            return None
        binding = given_name(self.names(path), name)
        if binding is not None:
            return self.origin(path, binding, depth)
        for module, imported in re_exports(file, name):
            target = self.module_path(path, module)
            found = self.exported(target, imported, depth + 1) if target else None
            if found is not None:
                return found
        return None

    def outside(self, path: str, binding: Binding) -> tuple[str, str] | None:
        """(module, name) of a package outside the repository that a binding finally stands for, also when files of the
        repository pass it on.
        """
        entry = binding.imported
        return self._outside(path, entry.module, entry.imported, 0) if entry is not None else None

    def _outside(self, path: str, module: str, name: str, depth: int) -> tuple[str, str] | None:
        target = self.module_path(path, module)
        if target is None:
            return module, name
        file = self.file(target) if name != "*" and depth <= _DEPTH else None
        if file is None:
            return None
        binding = given_name(self.names(target), name)
        entry = binding.imported if binding is not None else None
        if entry is not None:
            return self._outside(target, entry.module, entry.imported, depth + 1)
        passed = re_exports(file, name) if binding is None else ()
        found = (self._outside(target, other, there, depth + 1) for other, there in passed)
        return next((place for place in found if place is not None), None)

    def submodule(self, path: str, binding: Binding) -> str | None:
        """The file that a binding stands for, where it was imported as a module."""
        entry = binding.imported
        if entry is None:
            return None
        if entry.imported == "*":
            return self.module_path(path, entry.module)
        joined = f"{entry.module}{entry.imported}" if entry.module.endswith(".") else f"{entry.module}.{entry.imported}"
        pack = self.packs.for_path(path)
        return self.module_path(path, joined) if pack is not None and pack.modules.style == "dotted" else None

    # -------------------------------------------------------------- constants

    def constant(self, path: str, node: Node, depth: int = 0) -> Constant | None:
        """The string that an expression always is, if that can be told."""
        if depth > _DEPTH:
            return None
        node = unwrapped(node)
        literal = string_value(node)
        if literal is not None:
            return Constant(literal, "literal", path)
        return self._named_constant(path, node, depth) or self._alias(path, node)

    def _alias(self, path: str, node: Node) -> Constant | None:
        """A name that the configuration says stands for a key."""
        if not self._aliases:
            return None
        text = "".join(node.text.split())
        found = next((alias for alias in self._aliases if text == alias or text.endswith("." + alias)), None)
        return Constant(self._aliases[found], "constant", path) if found is not None else None

    def _named_constant(self, path: str, node: Node, depth: int) -> Constant | None:
        if node.shape == "member":
            return self._member_constant(path, node, depth)
        if node.type not in node.file.pack.index.identifiers:
            return None
        binding = self.names(path).of.get(node)
        found = self.origin(path, binding) if binding else None
        if found is None:
            return None
        return self._binding_constant(*found, depth)

    def _binding_constant(self, path: str, binding: Binding, depth: int) -> Constant | None:
        value = initializer(binding)
        if value is None or not binding.is_single:
            return None
        inner = self.constant(path, value, depth + 1)
        if inner is None:
            return None
        return Constant(inner.value, "constant", path, binding.definitions[0].parent, binding.name)

    def _member_constant(self, path: str, node: Node, depth: int) -> Constant | None:
        owner, name = node.role("object"), node.role("property")
        if owner is None or name is None:
            return None
        if name.text in node.file.pack.index.key_members:
            return self.constant(path, owner, depth + 1)
        place = self.container(path, owner, depth)
        if place is None:
            return None
        where, holder = place
        if isinstance(holder, str):
            found = self.exported(holder, name.text)
            return self._binding_constant(*found, depth) if found else None
        member = _member_of(holder, name.text)
        if member is None:
            return None
        inner = self.constant(where, member, depth + 1)
        if inner is None:
            return None
        return Constant(inner.value, "enum", where, member.parent, name.text)

    def container(self, path: str, node: Node, depth: int = 0) -> tuple[str, Node | str] | None:
        """What an owner expression stands for: the class, enum or object node, or the path of a module."""
        node = unwrapped(node)
        if depth > _DEPTH:
            return None
        if node.shape == "member":
            module = self._dotted_module(path, node)
            if module is not None:
                return path, module
            owner, name = node.role("object"), node.role("property")
            outer = self.container(path, owner, depth + 1) if owner else None
            if outer is None or name is None:
                return None
            if isinstance(outer[1], str):
                exported = self.exported(outer[1], name.text)
                value = initializer(exported[1]) if exported else None
                return (exported[0], unwrapped(value)) if exported and value else None
            member = _member_of(outer[1], name.text)
            return (outer[0], unwrapped(member)) if member else None
        binding = self.names(path).of.get(node)
        if binding is None:
            return None
        module = self.submodule(path, binding)
        if module is not None:
            return path, module
        found = self.origin(path, binding)
        value = initializer(found[1]) if found else None
        return (found[0], unwrapped(value)) if found and value else None

    def _dotted_module(self, path: str, node: Node) -> str | None:
        """The file of `a.b` where `a.b` was imported by its dotted name."""
        root = node
        while root.shape == "member" and (owner := root.role("object")) is not None:
            root = owner
        binding = self.names(path).of.get(root)
        entry = binding.imported if binding is not None else None
        if entry is None or entry.imported != "*" or node.file.pack.modules.style != "dotted":
            return None
        tail = "".join(node.text.split())[len(root.text) :]
        return self.module_path(path, entry.module + tail)


def argument(call: Node, position: int, keyword: str | None = None) -> Node | None:
    """The value of an argument by keyword or position."""
    arguments = call.role("arguments")
    if arguments is None:
        return None
    plain = []
    for item in arguments.items:
        if item.shape == "keyword-argument":
            name = item.role("name")
            if keyword is not None and name is not None and name.text == keyword:
                return item.role("value")
        else:
            plain.append(item)
    return plain[position] if position < len(plain) else None


def unwrapped(node: Node) -> Node:
    """The expression inside parentheses and casts."""
    while node.shape in ("paren", "cast"):
        inner = node.role("operand")
        if inner is None:
            return node
        node = inner
    return node


def initializer(binding: Binding) -> Node | None:
    """What a binding is given where it is defined; the node itself for a class or an enum; None for a pattern."""
    name = binding.definitions[0]
    parent = name.parent
    if parent is None:
        return None
    if parent.shape in ("class", "enum"):
        return parent
    role = {"declarator": ("name", "value"), "assign": ("left", "right"), "field": ("name", "value")}.get(parent.shape)
    if role is None or parent.role(role[0]) is not name:
        return None
    return parent.role(role[1])


def _member_of(holder: Node, name: str) -> Node | None:
    if holder.shape == "call":
        inner = argument(holder, 0)
        return _member_of(unwrapped(inner), name) if inner is not None else None
    for key, value in _members(holder):
        if key == name:
            return value
    return None


def _members(holder: Node) -> Iterator[tuple[str, Node]]:
    body = holder.role("body") or holder
    for item in body.items:
        inner = item.role("operand") if item.shape == "expression" else item
        if inner is None:
            continue
        key, value = _member_roles(inner)
        if inner.shape in ("class", "enum"):
            key, value = inner.role("name"), inner
        if key is not None and value is not None:
            yield string_value(key) or key.text, value


def _member_roles(node: Node) -> tuple[Node | None, Node | None]:
    roles = {"pair": ("key", "value"), "enum-member": ("name", "value"), "field": ("name", "value")}
    roles["assign"] = ("left", "right")
    names = roles.get(node.shape)
    return (node.role(names[0]), node.role(names[1])) if names else (None, None)
