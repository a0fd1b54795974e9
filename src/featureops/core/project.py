"""The files of a repository as one program: imports followed across files, constants known by value. What it reads
through the `read` function that it is given is parsed once until `forget`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from featureops.core.config import Config
from featureops.core.constants import Constant, Resolution
from featureops.core.contents import Memo, Reading
from featureops.core.enums import constructor_position, held_by_name, keyed_argument
from featureops.core.files import Files
from featureops.core.given import definition_of, initializer, member_of, nth_argument, unwrapped
from featureops.core.kept import kept_field
from featureops.core.keybuilder import built_text
from featureops.core.made import accessed_field, made_field
from featureops.core.mocks import same_as
from featureops.core.modules import Folders, given_name, held_name, may_give, re_exports
from featureops.core.origins import Proof
from featureops.core.pack import Packs
from featureops.core.packages import Packages
from featureops.core.parsed import Parsed
from featureops.core.passed_on import PassedOn
from featureops.core.readers import Given
from featureops.core.scopes import Binding, ImportEntry, string_value
from featureops.core.syntax import Node, SourceFile
from featureops.core.wire import wire_name
from featureops.core.workspaces import Workspaces

__all__ = ["Constant", "Project", "Resolution"]

_DEPTH = 8


class Project(Files):
    """`paths` are all files; `read` gives the bytes of one, None if it can't be read."""

    def __init__(
        self,
        paths: Iterable[str],
        read: Reading,
        packs: Packs,
        config: Config | None = None,
        parsed: Parsed | None = None,
    ) -> None:
        super().__init__(paths, read, packs, parsed)
        self.config = config or Config()
        self.folders = Folders(self.paths, packs, self.contents.text)
        self._aliases = {alias: flag for flag, names in self.config.aliases.items() for alias in names}
        self._workspaces = Workspaces(self.paths, self.contents.text)
        self._given: Given = {}
        self.packages = Packages(self.paths, self.contents, packs, self.file, self.names)
        self._modules: Memo[tuple[str, str], str | None] = Memo(self.contents)
        self._passed_on = PassedOn(self.contents, self.module_path, self._giving, self.names)
        self.proofs: Memo[tuple[Binding, str, int], Proof] = Memo(self.contents)
        self.lineage: Memo[Node, list[tuple[str, Node]]] = Memo(self.contents)
        self.methods: Memo[tuple[Node, str], Node | None] = Memo(self.contents)
        self.fields: Memo[tuple[Node, str | None, int], list[tuple[str, Node]]] = Memo(self.contents)

    def begin(self) -> None:
        super().begin()
        self.folders.forget()

    def forget(self) -> None:
        super().forget()
        for memo in (self._modules, self.proofs, self.lineage, self.methods, self.fields):
            memo.forget()
        self.packages.forget()
        self._passed_on.forget()

    # -------------------------------------------------------------- following names to files

    def module_path(self, importer: str, module: str) -> str | None:
        """The repository's file (or folder) that an import's text names; None for a package from outside."""
        pack = self.packs.reading(importer)
        if pack is None or pack.modules.style == "package":
            return None
        if pack.modules.style == "folder":
            return self.folders.named(importer, module, pack)
        return self._modules.of((importer, module), lambda: self._workspaces.file(importer, module, pack), None)

    def origin(self, path: str, binding: Binding, depth: int = 0) -> tuple[str, Binding] | None:
        """Where a binding is really defined, following imports and re-exports; None outside the repository."""
        entry = binding.imported
        if entry is None:
            return path, binding
        if depth > _DEPTH:
            return None
        if self.packages.hold(path):
            return self.packages.named(path, entry.module, entry.imported)
        target = self._imported_path(path, entry)
        if entry.imported == "*":
            return self.exported(target, "*", depth + 1) if target else None
        if target is None and entry.module.startswith("."):
            target = self.module_path(path, posixpath.join(entry.module, entry.imported))
        return self.exported(target, entry.imported, depth + 1) if target else None

    def _imported_path(self, path: str, entry: ImportEntry) -> str | None:
        pack = self.packs.for_path(path)
        if pack is None or pack.modules.style != "namespace" or entry.imported == "*":
            return self.module_path(path, entry.module)
        return self.module_path(path, f"{entry.module}{pack.modules.separator}{entry.imported}")

    def unbound(self, path: str, node: Node) -> tuple[str, Binding] | None:
        """What a name that its file does not bind means, where files see each other's names without an import."""
        pack = node.file.pack
        if not pack.modules.unbound or node.type not in pack.index.identifiers | pack.index.qualified:
            return None
        last = node.text.rpartition(pack.modules.separator)[2]
        for other in self.folders.visible(path, node):
            file = self.file(other) if other != path and other in self.paths else None
            binding = held_name(self.names(other), last) if file is not None else None
            if binding is not None:
                return other, binding
        return None

    def exported(self, path: str, name: str, depth: int = 0) -> tuple[str, Binding] | None:
        """The binding that a file, or a folder of files, gives away under a name."""
        if path in self.folders:
            return self._in_files(self.folders.holding(path, name), name)
        file = self._giving(path, name)
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

    def _giving(self, path: str, name: str) -> SourceFile | None:
        """A file, unless its bytes show that it does not give the name away."""
        pack = self.packs.reading(path)
        data = self.contents.text(path) if pack is not None else None
        return self.file(path) if pack is not None and data is not None and may_give(data, name, pack) else None

    def _in_files(self, paths: Iterable[str], name: str) -> tuple[str, Binding] | None:
        """A top-level definition in one of some files."""
        for path in paths:
            binding = self.names(path).top(name) if self.file(path) is not None else None
            if binding is not None and binding.imported is None:
                return path, binding
        return None

    def meaning(self, path: str, node: Node) -> tuple[str, Binding] | None:
        """What an identifier means: a binding of its file, or of a file whose names it sees without an import."""
        binding = self.names(path).of.get(node)
        if binding is not None:
            return path, binding
        is_plain = node.type in node.file.pack.index.identifiers
        beside = self._in_files(self.folders.beside(path, node.text), node.text) if is_plain else None
        return beside or self.unbound(path, node) or self.packages.visible(path, node)

    def outside(self, path: str, binding: Binding) -> tuple[str, str] | None:
        """(module, name) of a package outside the repository that a binding finally stands for, also when files of it
        pass that on."""
        entry = binding.imported
        return self._passed_on.outside(path, entry.module, entry.imported) if entry is not None else None

    def submodule(self, path: str, binding: Binding) -> str | None:
        """The file that a binding stands for, where it was imported as a module."""
        entry = binding.imported
        if entry is None:
            return None
        if entry.imported == "*":
            return self.module_path(path, entry.module)
        pack = self.packs.reading(path)
        if pack is None or pack.modules.style not in ("dotted", "tree"):
            return None
        dot = "" if entry.module.endswith(".") else pack.modules.separator or "."
        return self.module_path(path, f"{entry.module}{dot}{entry.imported}")

    def constant(self, path: str, node: Node, depth: int = 0) -> Constant | None:
        """The string that an expression always is, if that can be told."""
        if depth > _DEPTH:
            return None
        node = self._plain(path, node)
        literal = string_value(node)
        if literal is not None:
            return Constant(literal, "literal", path)
        named = self._named_constant(path, node, depth) or self._alias(path, node) or self._stored(path, node)
        return named or self._built(path, node, depth)

    def _stored(self, path: str, node: Node) -> Constant | None:
        """A text of an imported file of data, by the names that lead to it."""
        names: list[str] = []
        while (owner := node.role("object") if node.shape == "member" else None) is not None:
            name = node.role("property")
            names.insert(0, name.text if name is not None else "")
            node = owner
        binding = self.names(path).of.get(node) if node.file.pack.modules.data else None
        entry = binding.imported if binding is not None else None
        target = self.module_path(path, entry.module) if entry is not None else None
        if entry is None or target is None or not target.endswith(node.file.pack.modules.data):
            return None
        whole = entry.imported in ("*", "default")
        text = self._workspaces.text_at(target, names if whole else [entry.imported, *names])
        return Constant(text, "constant", target) if text is not None else None

    def _plain(self, path: str, node: Node) -> Node:
        """An expression without what only stands around it."""
        node = unwrapped(node)
        same = same_as(self.names(path), node) if node.shape == "call" else None
        return unwrapped(same) if same is not None else node

    def _built(self, path: str, node: Node, depth: int) -> Constant | None:
        """A text put together from known parts."""
        text = built_text(node, lambda part: known.value if (known := self.constant(path, part, depth + 1)) else None)
        return Constant(text, "key-builder", path) if text is not None else None

    def constant_given(self, path: str, node: Node, given: Given, depth: int = 0) -> Constant | None:
        """`constant` of an expression whose parameters are filled."""
        before, self._given = self._given, given
        try:
            return self.constant(path, node, depth)
        finally:
            self._given = before

    def _filling(self, path: str, node: Node) -> tuple[str, Node] | None:
        binding = self.names(path).of.get(node) if self._given else None
        return self._given.get(binding) if binding is not None else None

    def _alias(self, path: str, node: Node) -> Constant | None:
        """A name that the configuration says stands for a key."""
        if not self._aliases:
            return None
        text = "".join(node.text.split())
        found = next((alias for alias in self._aliases if text == alias or text.endswith("." + alias)), None)
        if found is None:
            return None
        owner, name = node.role("object"), node.role("property")
        where, holder = (self.container(path, owner) if owner is not None and name is not None else None) or (path, "")
        held = self._member(holder, name.text) if name is not None and not isinstance(holder, str) else None
        return Constant(self._aliases[found], "constant", where, *held_by_name(held))

    def _named_constant(self, path: str, node: Node, depth: int) -> Constant | None:
        if node.shape == "member":
            return self._member_constant(path, node, depth) or self._accessed(path, node, depth)
        if node.shape == "call":
            return self._accessed(path, node, depth)
        if node.type not in node.file.pack.index.identifiers:
            return None
        filling = self._filling(path, node)
        if filling is not None:
            return self.constant(*filling, depth + 1)
        meant = self.meaning(path, node)
        found = self.origin(*meant) if meant else None
        return self._binding_constant(*found, depth) if found else None

    def _binding_constant(self, path: str, binding: Binding, depth: int) -> Constant | None:
        value = initializer(binding)
        if value is None or not binding.is_single:
            return None
        inner = self.constant(path, value, depth + 1)
        if inner is None:
            return None
        return Constant(inner.value, inner.built or "constant", path, definition_of(binding), binding.name)

    def _member_constant(self, path: str, node: Node, depth: int) -> Constant | None:
        owner, name = node.role("object"), node.role("property")
        if owner is None or name is None:
            return None
        if name.text in node.file.pack.index.key_members:
            return self.constant(path, owner, depth + 1)
        place = self.container(path, owner, depth)
        if place is None:
            own = self.names(path).of.get(name) if owner.text in node.file.pack.index.self_names else None
            return self._binding_constant(path, own, depth) if own is not None else None
        where, holder = place
        if isinstance(holder, str):
            found = self.exported(holder, name.text)
            return self._binding_constant(*found, depth) if found else None
        if holder.shape == "call" and (made := self._made(where, holder, name.text, depth)) is not None:
            return made
        member = self._member(holder, name.text)
        if member is None:
            return self._kept(where, holder, name.text, depth) if holder.shape == "class" else None
        inner = self.constant(where, keyed_argument(member) or member, depth + 1)
        if inner is None:
            wire = wire_name(holder, member, self.names(where))
            return Constant(wire, "enum", where, member, name.text) if wire is not None else None
        is_plain = member.parent is not None and member.parent.shape == "declarator"
        kind: Resolution = "constant" if is_plain and holder.type in holder.file.pack.index.plain_members else "enum"
        return Constant(inner.value, inner.built or kind, where, member.parent, name.text)

    def _member(self, holder: Node, name: str) -> Node | None:
        """The value of a member, also of one that an extension in the same file adds."""
        own, label = self.own_member(holder, name), holder.role("name")
        if own is not None or label is None:
            return own
        added = self.names(holder.file.path).extensions(label.text)
        return next((value for each in added if (value := member_of(each, name)) is not None), None)

    def _made(self, path: str, holder: Node, name: str, depth: int) -> Constant | None:
        """A field of an object, or of the one that a function of the house makes of what it is given."""
        if holder.shape != "call":
            member = member_of(holder, name)
            return self.constant(path, member, depth + 1) if member is not None else None
        made = made_field(self, path, holder, name)
        if made is None:
            return self._kept(path, holder, name, depth)
        return self.constant_given(*made[:2], {**self._given, **made[2]}, depth + 1)

    def _kept(self, path: str, holder: Node, name: str, depth: int) -> Constant | None:
        """A field that the classes of an object keep."""
        kept = kept_field(self, path, holder, name)
        return self.constant_given(*kept[:2], {**self._given, **kept[2]}, depth + 1) if kept is not None else None

    def _accessed(self, path: str, node: Node, depth: int) -> Constant | None:
        """`Flags.NEW.key()`: what the members of an enum were made with, by the accessor's name."""
        arguments = node.role("arguments")
        callee = node if node.shape == "member" else node.role("function")
        owner, name = (callee.role("object"), callee.role("property")) if callee is not None else (None, None)
        if owner is None or name is None or (arguments is not None and arguments.items):
            return None
        if name.text in node.file.pack.index.key_members:
            return self.constant(path, owner, depth + 1)
        where, entry = self.container(path, owner, depth + 1) or (path, "")
        if isinstance(entry, str):
            return None
        if (field := accessed_field(self, where, entry, name.text)) is not None:
            return self._made(where, entry, field, depth)
        entry = entry if entry.shape == "enum-member" else entry.parent or entry
        enum = next((outer for outer in entry.ancestors() if outer.shape == "enum"), None)
        label = entry.role("name") if entry.shape == "enum-member" else None
        if enum is None or label is None:
            return None
        if name.text in node.file.pack.index.name_members:
            return Constant(label.text, "enum", where, entry, label.text)
        position, given = constructor_position(enum, name.text), entry.role("value")
        value = nth_argument(given, position) if given is not None and position is not None else None
        inner = self.constant(where, value, depth + 1) if value is not None else None
        return Constant(inner.value, "enum", where, entry, label.text) if inner is not None else None

    def container(self, path: str, node: Node, depth: int = 0) -> tuple[str, Node | str] | None:
        """What an owner expression stands for: the class, enum or object node, or the path of a module."""
        node = self._plain(path, node)
        filling = self._filling(path, node)
        if filling is not None:
            return filling if filling[1].shape == "call" else self.container(*filling, depth + 1)
        if depth > _DEPTH:
            return None
        if node.text in node.file.pack.index.class_names:
            kinds = node.file.pack.index.class_scopes
            around = next((outer for outer in node.ancestors() if outer.type in kinds), None)
            return self.extended(path, around) or (path, around) if around is not None else None
        if node.shape == "member":
            module = self._dotted_module(path, node)
            if module is not None:
                return path, module
            owner, name = node.role("object"), node.role("property")
            outer = self.container(path, owner, depth + 1) if owner else None
            if outer is None and node.type in node.file.pack.index.qualified:
                return self._held(self.unbound(path, node))
            if outer is None or name is None:
                return self._held(self.packages.by_full_name(path, node))
            if isinstance(outer[1], str):
                exported = self.exported(outer[1], name.text)
                value = initializer(exported[1]) if exported else None
                return (exported[0], unwrapped(value)) if exported and value else None
            member = self._member(outer[1], name.text)
            return (outer[0], unwrapped(member)) if member else None
        meant = self.meaning(path, node)
        if meant is None and node.file.pack.modules.style == "tree":
            module = self.module_path(path, node.text)
            return (path, module) if module is not None else None
        module = self.submodule(*meant) if meant is not None else None
        if meant is None or module is not None:
            return (path, module) if module is not None else None
        return self._held(self.origin(*meant))

    def extended(self, path: str, holder: Node) -> tuple[str, Node] | None:
        """The type to which an extension adds members."""
        name = holder.role("name") if holder.shape == "extension" else None
        kinds = holder.file.pack.index.identifiers
        plain = next((part for part in name.walk() if part.type in kinds), None) if name is not None else None
        place = self.container(path, plain) if plain is not None else None
        return (place[0], place[1]) if place is not None and not isinstance(place[1], str) else None

    def _held(self, found: tuple[str, Binding] | None) -> tuple[str, Node | str] | None:
        value = initializer(found[1]) if found else None
        return (found[0], unwrapped(value)) if found and value else None

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
