"""Names of one file: what is bound where, and which identifier means which binding.

Built from the language file alone (binders, scopes, imports), so that a rule about names holds in every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from featureops.core.pack import LanguagePack, ShapeRule
from featureops.core.syntax import Node, SourceFile

__all__ = ["Binding", "ImportEntry", "Names", "implied_name", "imported_by_call", "string_value"]


@dataclass(frozen=True, slots=True, eq=False)
class ImportEntry:
    """`imported` is the name in the other module, "*" for the module itself, "default" for a default import.

    `entry` is the part of `statement` that brings in this one name.
    """

    module: str
    imported: str
    entry: Node
    statement: Node


class Binding:
    """A name in a scope. `definitions` and `uses` are identifier nodes; `writes` those that assign it anew."""

    __slots__ = ("definitions", "imported", "name", "outer", "scope", "uses", "writes")

    def __init__(self, name: str, scope: Node) -> None:
        self.name = name
        self.scope = scope
        self.definitions: list[Node] = []
        self.uses: list[Node] = []
        self.writes: list[Node] = []
        self.imported: ImportEntry | None = None
        self.outer = False

    @property
    def is_single(self) -> bool:
        """Bound once and never assigned again, so that its initial value is its value."""
        return len(self.definitions) == 1 and not self.writes and not self.outer


class Names:
    """Bindings and uses of a whole file."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self._index = file.pack.index
        self._tables: dict[Node, dict[str, Binding]] = {file.root: {}}
        self._scopes = self._index.function_scopes | self._index.block_scopes | self._index.class_scopes
        self._closed = self._index.class_scopes - self._index.open_classes
        self.of: dict[Node, Binding] = {}
        self.wildcards: list[str] = []
        self.packages: list[str] = []
        self.extensions: dict[str, list[Node]] = {}
        identifiers: list[Node] = []
        outer: set[str] = set()
        for node in file.root.walk():
            if not node.named:
                continue
            if node.type in self._index.identifiers and not node.shape:
                identifiers.append(node)
                self._bind_bare(node)
            elif node.type in self._index.outer_names:
                outer.update(item.text for item in node.items)
            elif self._index.named_by_text and node.shape == "call":
                outer.update(self._named_by_text(node))
            if node.rule is not None:
                self._bind(node, node.rule)
        for table in self._tables.values():
            for binding in table.values():
                binding.outer = binding.name in outer
        for node in identifiers:
            self._resolve(node)

    # -------------------------------------------------------------- binding

    def _bind_bare(self, node: Node) -> None:
        if node.parent is not None and f"{node.parent.type}.{node.field}" in self._index.bare_parameters:
            self._define(node, node.parent)

    def _named_by_text(self, call: Node) -> Iterator[str]:
        """Variables that a call gets at by their names."""
        callee, arguments = call.role("function"), call.role("arguments")
        if callee is None or arguments is None or callee.text not in self._index.named_by_text:
            return
        for part in arguments.walk():
            value = string_value(part)
            if value is not None:
                yield from (sigil + value for sigil in self._index.sigils)

    def _bind(self, node: Node, rule: ShapeRule) -> None:
        if rule.name == "import":
            self._bind_import(node)
        elif rule.name == "package":
            self.packages.append(_package(node))
        elif rule.name == "extension" and (extended := node.role("name")) is not None:
            plain = next((part for part in extended.walk() if part.type in self._index.identifiers), extended)
            self.extensions.setdefault(plain.text, []).append(node)
        elif rule.binds:
            scope = self._scope_for(node, rule)
            imported = imported_by_call(node.role("value")) if self._index.import_calls else None
            for name in self._bound(node, rule):
                binding = self._define(name, scope)
                if imported is not None:
                    binding.imported = _brought_in(node, name, *imported)

    def _bound(self, node: Node, rule: ShapeRule) -> Iterator[Node]:
        targets = node.items if rule.binds == "*" else node.roles(rule.binds or "")
        for target in targets:
            if rule.binds != "*" or target.rule is None:
                yield from self._pattern(target)

    def _pattern(self, node: Node) -> Iterator[Node]:
        """Identifiers that a pattern binds; `a.b = 1` and defaults inside a pattern bind nothing."""
        stack = [node]
        while stack:
            part = stack.pop()
            if part.type in self._index.identifiers:
                yield part
                continue
            if part.shape in ("member", "index", "call"):
                continue
            stack.extend(child for child in part.children if f"{part.type}.{child.field}" not in self._index.not_bound)

    def _define(self, name: Node, scope: Node, text: str | None = None) -> Binding:
        table = self._tables.setdefault(scope, {})
        binding = table.setdefault(text or self._key(name), Binding(text or name.text, scope))
        binding.definitions.append(name)
        self.of[name] = binding
        return binding

    def _key(self, name: Node) -> str:
        """How tables list a name: functions apart where calls can mean nothing else."""
        parent = name.parent
        if not self._index.call_names or parent is None:
            return name.text
        is_function = parent.shape == "function" or f"{parent.type}.{name.field}" in self._index.call_names
        return f"{name.text}()" if is_function else name.text

    def _scope_for(self, node: Node, rule: ShapeRule) -> Node:
        if rule.scope == "block" and node.type in self._index.block_scopes:
            return node  # a loop or a handler that is a scope of its own
        kinds = self._scopes
        if rule.scope == "function":
            kinds = self._index.function_scopes | self._index.class_scopes
        return next((outer for outer in node.ancestors() if outer.type in kinds), self.file.root)

    def _bind_import(self, node: Node) -> None:
        opened, path = node.role("open"), node.role("path")
        if opened is not None:
            self.wildcards.append("".join(opened.text.split()))
            return
        if path is not None:
            self._bind_path(node, path)
            return
        module_node = node.role("module")
        module = (string_value(module_node) or module_node.text) if module_node else ""
        scope = next((outer for outer in node.ancestors() if outer.type in self._scopes), self.file.root)
        alias, implied = node.role("alias"), implied_name(self.file.pack, module)
        if module_node is not None and (alias is not None or implied is not None):
            if alias is None or alias.type in self._index.identifiers:
                binding = self._define(alias or module_node, scope, implied if alias is None else None)
                binding.imported = ImportEntry(module, "*", node, node)
            return
        own = node.role("name")
        if own is not None:  # a module that lies where the file says it does
            self._enter(own, scope, ImportEntry(self.file.pack.modules.here, own.text, node, node))
            return
        if self.file.pack.modules.separator:
            self._bind_qualified(node, node, "", scope)
            return
        for entry in self._import_entries(node, module_node):
            name, alias = entry.role("name"), entry.role("alias")
            if name is None and entry.type in self._index.identifiers:
                self._enter(entry, scope, ImportEntry(module, "default", entry, node))
            elif name is not None and alias is not None:
                whole = alias is name or module_node is None
                imported = "*" if whole else name.text
                self._enter(alias, scope, ImportEntry(module or name.text, imported, entry, node))
            elif name is not None:
                imported = "*" if module_node is None else name.text
                # A dotted import binds the first part only: the rest is found as members of it.
                self._enter(name, scope, ImportEntry(module or name.text, imported, entry, node))

    def _bind_qualified(self, statement: Node, holder: Node, prefix: str, scope: Node) -> None:
        """Imports of names that are written with their modules, also in groups that have one in common."""
        module, index = holder.role("module"), self._index
        inner = self._joined(prefix, module)
        for part in holder.items:
            if part.rule is not None and "open" in part.rule.roles:
                self.wildcards.append(self._joined(inner, part.role("open")))
            elif part.shape == "import-name" and (name := part.role("name")) is not None:
                self._enter_qualified(name, part.role("alias"), inner, scope, ImportEntry("", "", part, statement))
            elif part.type in index.identifiers or part.shape == "member" or part.text in index.self_names:
                if part is not module:
                    self._enter_qualified(part, None, inner, scope, ImportEntry("", "", part, statement))
            elif part is not module:
                self._bind_qualified(statement, part, inner, scope)

    def _joined(self, prefix: str, name: Node | None) -> str:
        separator = self.file.pack.modules.separator
        text = prefix + separator + "".join(name.text.split()) if name is not None else prefix
        return separator.join(part for part in text.split(separator) if part)

    def _enter_qualified(self, name: Node, alias: Node | None, prefix: str, scope: Node, place: ImportEntry) -> None:
        """Import of a name that is written with its module: only its last part is bound."""
        separator = self.file.pack.modules.separator
        parts = self._joined(prefix, name).split(separator)
        if parts[-1] in self._index.self_names and len(parts) > 1:
            parts.pop()  # the module itself
        last = next((part for part in reversed([*name.walk()]) if part.type in self._index.identifiers), name)
        binding = self._define(alias or last, scope, None if alias is not None else parts[-1])
        binding.imported = ImportEntry(separator.join(parts[:-1]), parts[-1], place.entry, place.statement)

    def _bind_path(self, node: Node, path: Node) -> None:
        """`import a.b.Name`: the last part is the name, what stands before it the module."""
        text = "".join(path.text.split())
        module, _, imported = text.rpartition(".")
        leaves = [part for part in path.walk() if part.type in self._index.identifiers]
        if leaves:
            self._enter(node.role("alias") or leaves[-1], self.file.root, ImportEntry(module, imported, node, node))

    def _enter(self, name: Node, scope: Node, entry: ImportEntry) -> None:
        self._define(name, scope).imported = entry

    def _import_entries(self, node: Node, module: Node | None) -> Iterator[Node]:
        stack = list(reversed(node.items))
        while stack:
            part = stack.pop()
            if part is module or part.shape == "import":
                continue
            if part.shape == "import-name" or part.type in self._index.identifiers:
                yield part
            else:
                stack.extend(reversed(part.items))

    # -------------------------------------------------------------- use

    def _resolve(self, node: Node) -> None:
        if node in self.of or node.parent is None:
            return
        parent = node.parent
        own = self._own_member(node, parent)
        if own is not None:
            self.of[node] = own
            own.uses.append(node)
            whole = parent.parent
            if whole is not None and f"{whole.type}.{parent.field}" in self._index.writes:
                own.writes.append(node)
            return
        if not self._index.not_references.isdisjoint((f"{parent.type}.{node.field}", f"{parent.type}.*")):
            return
        key = self._key(node)
        binding = self.lookup(key, node)
        if binding is None and key != node.text:
            plain = self.lookup(node.text, node)
            binding = plain if plain is not None and plain.imported is not None else None
        if binding is None:
            return
        self.of[node] = binding
        binding.uses.append(node)
        if not self._index.writes.isdisjoint((f"{parent.type}.{node.field}", f"{parent.type}.*")):
            binding.writes.append(node)

    def _own_member(self, node: Node, parent: Node) -> Binding | None:
        """What `this.name` means where members are names of their class's scope."""
        if not self._index.open_classes or parent.shape != "member" or parent.role("property") is not node:
            return None
        owner = parent.role("object")
        if owner is None or owner.text not in self._index.self_names:
            return None
        holder = next((outer for outer in node.ancestors() if outer.type in self._index.open_classes), None)
        table = self._tables.get(holder, {}) if holder is not None else {}
        calls = parent.parent is not None and parent.parent.shape == "call" and parent.parent.role("function") is parent
        return (table.get(f"{node.text}()") if calls and self._index.call_names else None) or table.get(node.text)

    def lookup(self, name: str, at: Node) -> Binding | None:
        """What a name means at a place, from the innermost scope outwards; methods do not see their class's body."""
        inside_function = closed = False
        for outer in at.ancestors():
            if outer.type not in self._scopes:
                continue
            hidden = inside_function and outer.type in self._closed and at.type not in self._index.class_visible
            binding = None if hidden else self._tables.get(outer, {}).get(name)
            if binding is not None and not (closed and self._is_local(binding)):
                return binding
            closed = closed or outer.type in self._index.closed_scopes
            inside_function = inside_function or outer.type in self._index.function_scopes
        return None

    def _is_local(self, binding: Binding) -> bool:
        name = binding.definitions[0]
        holder = name.parent.shape if name.parent is not None else ""
        return name.type in self._index.local_names and holder not in ("function", "class", "enum")

    @cached_property
    def imports(self) -> tuple[Binding, ...]:
        return tuple(binding for binding in self.all if binding.imported is not None)

    @property
    def all(self) -> Iterator[Binding]:
        for table in self._tables.values():
            yield from table.values()

    def top(self, name: str) -> Binding | None:
        """A module-level binding."""
        return self._tables[self.file.root].get(name)

    def in_scope(self, scope: Node) -> dict[str, Binding]:
        return self._tables.get(scope, {})


def _package(node: Node) -> str:
    """The full name of the package that a node declares, also inside another one."""
    names = [part.role("name") for part in (node, *node.ancestors()) if part.shape == "package"]
    return ".".join("".join(name.text.split()) for name in reversed(names) if name is not None)


def imported_by_call(value: Node | None) -> tuple[str, str] | None:
    """(module, name) of a call that brings in a module, or one member of it."""
    member = "*"
    while value is not None and value.shape in ("await", "paren", "cast", "member"):
        name = value.role("property")
        if name is not None:
            member = name.text if member == "*" else ""
        value = value.role("operand") or value.role("object")
    callee = value.role("function") if value is not None and value.shape == "call" else None
    arguments = value.role("arguments") if value is not None else None
    if callee is None or arguments is None or callee.text not in callee.file.pack.index.import_calls:
        return None
    module = string_value(arguments.items[0]) if len(arguments.items) == 1 else None
    return (module, member) if module is not None and member else None


def _brought_in(declarator: Node, name: Node, module: str, member: str) -> ImportEntry | None:
    """What a name bound to such a call, or to a part of it, stands for; None for a pattern within a pattern."""
    statement = declarator.parent if declarator.parent is not None else declarator
    if name.parent is declarator:
        return ImportEntry(module, member, declarator, statement)
    entry = name
    while entry.parent is not None and entry.parent is not declarator.role("name"):
        entry = entry.parent
    parts = [entry] if entry is name else entry.items
    if member not in ("*", "default") or entry.parent is None or name not in parts:
        return None
    return ImportEntry(module, parts[0].text, entry, statement)


def implied_name(pack: LanguagePack, module: str) -> str | None:
    """The name that an import brings in by its text alone; None where the language has no such rule."""
    if pack.modules.implied is None or not module:
        return None
    known = (item.name for sdk in pack.sdks for item in sdk.imports if item.module == module)
    found = re.search(pack.modules.implied, module)
    return next(known, None) or (found[1] if found else None)


def string_value(node: Node) -> str | None:
    """The value of a plain string literal; None for anything else, for interpolation and for escapes."""
    if node.shape != "string":
        return None
    index = node.file.pack.index
    if any(child.type in index.interpolations for child in node.children):
        return None
    text = node.text
    if node.type in index.symbols:
        return text[1:].strip("'\"")
    body = text.lstrip("rRbBuUfF@$#")
    raw = not {"r", "R", "@", "#"}.isdisjoint(text[: len(text) - len(body)])
    body = body.rstrip("#") if raw else body
    for quote in ('"""', "'''", '"', "'", "`"):
        if body.startswith(quote) and body.endswith(quote) and len(body) >= 2 * len(quote):
            value = body[len(quote) : -len(quote)]
            return None if "\\" in value and not raw else value
    return None
