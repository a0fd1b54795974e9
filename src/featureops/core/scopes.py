"""Names of one file: what is bound where, and which identifier means which binding.

Built from the language file alone (binders, scopes, imports), so that a rule about names holds in every language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from featureops.core.pack import ShapeRule
from featureops.core.syntax import Node, SourceFile

__all__ = ["Binding", "ImportEntry", "Names", "string_value"]


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
        self._separator = file.pack.modules.separator
        self._tables: dict[Node, dict[str, Binding]] = {file.root: {}}
        self._scopes = self._index.function_scopes | self._index.block_scopes | self._index.class_scopes
        self.of: dict[Node, Binding] = {}
        self.opened: set[str] = set()
        self.extensions: dict[str, list[Node]] = {}
        self.spelt: dict[str, list[Node]] = {}
        self.packages: set[str] = set()
        identifiers: list[Node] = []
        outer: set[str] = set()
        for node in file.root.walk():
            if not node.named:
                continue
            if node.type in self._index.identifiers:
                identifiers.append(node)
                self._bind_bare(node)
            elif node.type in self._index.outer_names:
                outer.update(item.text for item in node.items)
            if node.rule is not None:
                self._bind(node, node.rule)
        for table in self._tables.values():
            for binding in table.values():
                binding.outer = binding.name in outer
        for node in identifiers:
            self.spelt.setdefault(node.text, []).append(node)
            self._resolve(node)

    # -------------------------------------------------------------- binding

    def _bind_bare(self, node: Node) -> None:
        if node.parent is not None and f"{node.parent.type}.{node.field}" in self._index.bare_parameters:
            self._define(node, node.parent)

    def _bind(self, node: Node, rule: ShapeRule) -> None:
        if rule.name == "import":
            self._bind_import(node)
        elif rule.name in ("open-import", "package"):
            self._open(node, rule)
        elif rule.name == "extension" and (extended := node.role("name")) is not None:
            plain = next((part for part in extended.walk() if part.type in self._index.identifiers), extended)
            self.extensions.setdefault(plain.text, []).append(node)
        elif rule.binds:
            scope = self._scope_for(node, rule)
            for name in self._bound(node, rule):
                self._define(name, scope)

    def _open(self, node: Node, rule: ShapeRule) -> None:
        named = node.role("module") or node.role("name")
        if named is not None:
            text = "".join(named.text.split())
            (self.opened if rule.name == "open-import" else self.packages).add(text)

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

    def _define(self, name: Node, scope: Node) -> Binding:
        table = self._tables.setdefault(scope, {})
        binding = table.setdefault(name.text, Binding(name.text, scope))
        binding.definitions.append(name)
        self.of[name] = binding
        return binding

    def _scope_for(self, node: Node, rule: ShapeRule) -> Node:
        if rule.scope == "block" and node.type in self._index.block_scopes:
            return node  # a loop or a handler that is a scope of its own
        kinds = self._scopes
        if rule.scope == "function":
            kinds = self._index.function_scopes | self._index.class_scopes
        return next((outer for outer in node.ancestors() if outer.type in kinds), self.file.root)

    def _bind_import(self, node: Node) -> None:
        module_node = node.role("module")
        module = (string_value(module_node) or module_node.text) if module_node else ""
        scope = next((outer for outer in node.ancestors() if outer.type in self._scopes), self.file.root)
        tree, own = node.role("tree"), node.role("alias")
        if tree is not None:
            self._bind_tree(node, tree, scope, "")
            return
        if own is not None:
            name = node.role("name")
            module = module or self.file.pack.modules.here
            self._enter(own, scope, ImportEntry(module, name.text if name is not None else "*", node, node))
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

    def _bind_tree(self, statement: Node, part: Node, scope: Node, prefix: str) -> None:
        """`use a::{b, c::{d as e, self}, f::*}`: paths with groups in them."""
        shape = part.shape
        if shape == "import-group":
            group = part.role("module")
            inner = self._joined(prefix, group.text) if group is not None else prefix
            for item in part.items:
                if item is not group:
                    self._bind_tree(statement, item, scope, inner)
            return
        if shape == "open-import":
            module = part.role("module")
            self.opened.add(self._joined(prefix, module.text if module is not None else ""))
            return
        path, alias = (part.role("name"), part.role("alias")) if shape == "import-name" else (part, None)
        if path is None:
            return
        owner, name = (path.role("object"), path.role("property")) if path.shape == "member" else (None, path)
        if name is None:
            return
        module_text = self._joined(prefix, owner.text) if owner is not None else prefix
        if name.text in self._index.self_names:
            module_text, _, last = prefix.rpartition(self._separator)
            binding = self._tables.setdefault(scope, {}).setdefault(last, Binding(last, scope))
            binding.definitions.append(alias or name)
            binding.imported = ImportEntry(module_text, last, part, statement)
            return
        self._enter(alias or name, scope, ImportEntry(module_text, name.text, part, statement))

    def _joined(self, prefix: str, text: str) -> str:
        return self._separator.join(piece for piece in (prefix, "".join(text.split())) if piece)

    def _enter(self, name: Node, scope: Node, entry: ImportEntry) -> None:
        self._define(name, scope).imported = entry

    def _import_entries(self, node: Node, module: Node | None) -> Iterator[Node]:
        stack = list(reversed(node.items))
        while stack:
            part = stack.pop()
            if part is module:
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
        if not self._index.not_references.isdisjoint((f"{parent.type}.{node.field}", f"{parent.type}.*")):
            return
        binding = self.lookup(node.text, node)
        if binding is None:
            return
        self.of[node] = binding
        binding.uses.append(node)
        if not self._index.writes.isdisjoint((f"{parent.type}.{node.field}", f"{parent.type}.*")):
            binding.writes.append(node)

    def lookup(self, name: str, at: Node) -> Binding | None:
        """What a name means at a place, from the innermost scope outwards; methods do not see their class's body."""
        inside_function = False
        for outer in at.ancestors():
            if outer.type not in self._scopes:
                continue
            closed = outer.type in self._index.class_scopes and outer.type not in self._index.open_classes
            hidden = inside_function and closed
            binding = None if hidden else self._tables.get(outer, {}).get(name)
            if binding is not None:
                return binding
            inside_function = inside_function or outer.type in self._index.function_scopes
        return None

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


def string_value(node: Node) -> str | None:
    """The value of a plain string literal; None for anything else, for interpolation and for escapes."""
    if node.shape != "string":
        return None
    index = node.file.pack.index
    if any(child.type in index.interpolations for child in node.children):
        return None
    text = node.text
    body = text.lstrip("rRbBuUfF@$#")
    raw = not {"r", "R", "@", "#"}.isdisjoint(text[: len(text) - len(body)])
    body = body.rstrip("#") if raw else body
    for quote in ('"""', "'''", '"', "'", "`"):
        if body.startswith(quote) and body.endswith(quote) and len(body) >= 2 * len(quote):
            value = body[len(quote) : -len(quote)]
            return None if "\\" in value and not raw else value
    return None
