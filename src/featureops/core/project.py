"""The files of a repository as one program: imports followed across files, constants known by value.

Pure: contents come through the `read` function that the caller gives. Everything is parsed at most once.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from featureops.core.config import Config
from featureops.core.modules import given_name, module_files, re_exports
from featureops.core.pack import Packs
from featureops.core.scopes import Binding, Names, string_value
from featureops.core.syntax import Node, SourceFile, TooDeep, parse
from featureops.core.visible import Declared, sees
from featureops.core.wire import as_text, given, wire_name

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
        self._declared: dict[str, Declared] = {}

    # -------------------------------------------------------------- files

    def file(self, path: str) -> SourceFile | None:
        """The parsed file; None where no pack knows it, it can't be read or it nests too deep (`failed` says which)."""
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
            self._names[path] = Names(file)
        except TooDeep:
            self.failed[path] = "nested too deep to be worked on"
            return None
        return file

    def names(self, path: str) -> Names:
        """The names of a file that `file` returned."""
        self.file(path)
        return self._names[path]

    @cached_property
    def names_on_the_wire(self) -> bool:
        """Whether a member's name in another case style may be a key."""
        endings = tuple(end for pack in self.packs.languages if pack.wire is not None for end in pack.extensions)
        return any(path.endswith(endings) for path in self.paths)

    def damaged(self) -> list[str]:
        """The files parsed so far that have syntax errors: reads within an error can be missed."""
        return sorted(path for path, file in self._files.items() if file is not None and file.errors())

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
        if target is None:
            return next(self.seen(path, entry.imported, entry.module), None)
        return self.exported(target, entry.imported, depth + 1)

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
        pack = self.packs.for_path(path)
        if pack is None or pack.modules.style not in ("dotted", "tree"):
            return None
        dot = "" if entry.module.endswith(".") else pack.modules.separator
        return self.module_path(path, f"{entry.module}{dot}{entry.imported}")

    def seen(self, path: str, name: str, package: str = "") -> Iterator[tuple[str, Binding]]:
        """What a name that the file itself does not bind may mean in the files that it sees without importing them, or
        in the files of a package."""
        pack = self.packs.for_path(path)
        if pack is None or pack.modules.declared is None:
            return
        known = self._declared.get(pack.id) or Declared(self.paths, self._read, pack)
        self._declared[pack.id] = known
        for other in known.files(name, path):
            binding = self.names(other).top(name) if self.file(other) is not None else None
            names = self.names(other) if binding is not None else None
            if binding is None or names is None or binding.imported is not None:
                continue
            if package in names.packages if package else sees(self.names(path), names):
                yield other, binding

    # -------------------------------------------------------------- constants

    def constant(self, path: str, node: Node, depth: int = 0) -> Constant | None:
        """The string that an expression always is, if that can be told."""
        if depth > _DEPTH:
            return None
        node = unwrapped(node)
        literal = string_value(node)
        if literal is not None:
            return Constant(literal, "literal", path)
        if node.shape == "call":
            text = as_text(node)
            return self.constant(path, text, depth + 1) if text is not None else self._alias(path, node)
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
        found = self.origin(path, binding) if binding else next(self.seen(path, node.text), None)
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
        member = self._member(holder, name.text)
        if member is None:
            wire = wire_name(holder, name.text, self.names(where))
            return Constant(wire[0], "enum", where, wire[1], name.text) if wire is not None else None
        inner = self.constant(where, member, depth + 1)
        if inner is None:
            return None
        return Constant(inner.value, "enum", where, member.parent, name.text)

    def _member(self, holder: Node, name: str) -> Node | None:
        """The value of a member, also of one that an extension in the same file adds."""
        own, label = _member_of(holder, name), holder.role("name")
        if own is not None or label is None:
            return own
        added = self.names(holder.file.path).extensions.get(label.text, ())
        return next((value for each in added if (value := _member_of(each, name)) is not None), None)

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
            if outer is None and name is not None and owner is not None:
                return _made(next(self.seen(path, name.text, "".join(owner.text.split())), None))
            if outer is None or name is None:
                return None
            if isinstance(outer[1], str):
                exported = self.exported(outer[1], name.text)
                value = initializer(exported[1]) if exported else None
                return (exported[0], unwrapped(value)) if exported and value else None
            member = self._member(outer[1], name.text)
            return (outer[0], unwrapped(member)) if member else None
        binding = self.names(path).of.get(node)
        if binding is None and node.text in node.file.pack.index.self_names:
            return self._own_type(path, node)
        if binding is None:
            module = self.module_path(path, node.text) if node.file.pack.modules.style == "tree" else None
            if module is not None:
                return path, module
            return _made(next(self.seen(path, node.text), None))
        module = self.submodule(path, binding)
        if module is not None:
            return path, module
        return _made(self.origin(path, binding))

    def _own_type(self, path: str, node: Node) -> tuple[str, Node | str] | None:
        """The type that a place belongs to."""
        kinds = node.file.pack.index.class_scopes
        holder = next((outer for outer in node.ancestors() if outer.type in kinds), None)
        extended = holder.role("name") if holder is not None and holder.shape == "extension" else None
        kinds = node.file.pack.index.identifiers
        parts = extended.walk() if extended is not None else iter(())
        named = next((part for part in parts if part.type in kinds), None)
        found = self.container(path, named) if named is not None else None
        return found or ((path, holder) if holder is not None else None)

    def _dotted_module(self, path: str, node: Node) -> str | None:
        """The file of `a.b` where `a.b` was imported by its dotted name."""
        root = node
        while root.shape == "member" and (owner := root.role("object")) is not None:
            root = owner
        if node.file.pack.modules.style == "tree":
            return self.module_path(path, "".join(node.text.split()))
        binding = self.names(path).of.get(root)
        entry = binding.imported if binding is not None else None
        if entry is None or entry.imported != "*" or node.file.pack.modules.style != "dotted":
            return None
        tail = "".join(node.text.split())[len(root.text) :]
        return self.module_path(path, entry.module + tail)


def _made(found: tuple[str, Binding] | None) -> tuple[str, Node | str] | None:
    """Where a name is bound, and what it is bound to."""
    value = initializer(found[1]) if found else None
    return (found[0], unwrapped(value)) if found and value else None


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
    stack = list(reversed(body.items))
    while stack:
        item = stack.pop()
        if item.shape == "declaration":
            stack.extend(reversed(item.items))
            continue
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
    roles |= {"assign": ("left", "right"), "declarator": ("name", "value")}
    if node.type in node.file.pack.index.getters:
        return node.role("name"), given(node) if node.shape == "function" else node.role("value")
    names = roles.get(node.shape)
    return (node.role(names[0]), node.role(names[1])) if names else (None, None)
