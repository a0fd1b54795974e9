"""Names of one file: what is bound where, and which identifier means which binding.

Built from the language file alone (binders, scopes, imports), so that a rule about names holds in every language.
Built for the names that are asked for: a scan asks for a few of each file, and to walk over every node of a file takes
ten times as long as to parse it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from featureops.core.pack import ShapeRule
from featureops.core.syntax import Node, SourceFile

__all__ = ["Binding", "ImportEntry", "Meanings", "Names", "mentions_of", "string_value"]

_LONGEST = 500
_IMPORT_LEVELS = 4


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


class Meanings(dict[Node, Binding]):
    """Which binding an identifier means. A name is worked out when a node of that name is first asked for."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def get(self, node: Node, default: Binding | None = None) -> Binding | None:  # type: ignore[override] # one form
        self._names.know(node)
        return super().get(node, default)

    def __getitem__(self, node: Node) -> Binding:
        self._names.know(node)
        return super().__getitem__(node)

    def __contains__(self, node: object) -> bool:
        if isinstance(node, Node):
            self._names.know(node)
        return super().__contains__(node)


class Names:
    """Bindings and uses of a whole file."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self._index = file.pack.index
        self._tables: dict[Node, dict[str, Binding]] = {file.root: {}}
        self._scopes = self._index.function_scopes | self._index.block_scopes | self._index.class_scopes
        self.of = Meanings(self)
        self._known: set[str] = set()
        self._entered: set[Node] = set()
        self._outer: set[str] = set()
        self._whole = False

    # -------------------------------------------------------------- on demand

    def know(self, node: Node) -> None:
        """Work out the name of a node; nothing for a node that is no name."""
        if self._whole:
            return
        if node.type in self._index.identifiers or (
            node.end - node.start <= _LONGEST and any(outer.shape == "import" for outer in node.ancestors())
        ):
            self._know(node.text)

    def _know(self, name: str) -> None:
        if self._whole or name in self._known:
            return
        self._known.add(name)
        mentions = mentions_of(self.file, name)
        around: dict[Node, None] = {}
        for statement in self._top_imports:
            if name in statement.text:
                around.update(dict.fromkeys(statement.walk()))
        for node in mentions:
            around[node] = None
            for outer in node.ancestors():
                if outer in around:
                    break
                around[outer] = None
        self._enter_all(sorted(around.keys() - self._entered, key=lambda node: (node.start, node.depth)))
        self._entered.update(around)
        for binding in [table[name] for table in self._tables.values() if name in table]:
            binding.definitions.sort(key=lambda node: node.start)
            binding.outer = name in self._outer
        for node in mentions:
            if node.type in self._index.identifiers:
                self._resolve(node)

    def _know_all(self) -> None:
        if self._whole:
            return
        self._whole = True
        identifiers = self._enter_all(node for node in self.file.root.walk() if node not in self._entered)
        for binding in [binding for table in self._tables.values() for binding in table.values()]:
            binding.definitions.sort(key=lambda node: node.start)
            binding.outer = binding.name in self._outer
        entered = (node for node in self._entered if node.type in self._index.identifiers)
        for node in sorted({*identifiers, *entered}, key=lambda node: (node.start, node.depth)):
            self._resolve(node)
        self._entered.clear()

    def _enter_all(self, nodes: Iterable[Node]) -> list[Node]:
        """Bind what the nodes (in document order) bind; the identifiers among them."""
        identifiers: list[Node] = []
        for node in nodes:
            if not node.named:
                continue
            if node.type in self._index.identifiers:
                identifiers.append(node)
                self._bind_bare(node)
            elif node.type in self._index.outer_names:
                self._outer.update(item.text for item in node.items)
            if node.rule is not None:
                self._bind(node, node.rule)
        return identifiers

    @cached_property
    def _top_imports(self) -> list[Node]:
        """The imports outside of functions and classes: these may bind a name that they only hold a part of."""
        found, level = list[Node](), self.file.root.items
        for _ in range(_IMPORT_LEVELS):
            found += [node for node in level if node.shape == "import"]
            level = [inner for node in level if not node.shape for inner in node.items]
        return found

    # -------------------------------------------------------------- binding

    def _bind_bare(self, node: Node) -> None:
        if node.parent is not None and f"{node.parent.type}.{node.field}" in self._index.bare_parameters:
            self._define(node, node.parent)

    def _bind(self, node: Node, rule: ShapeRule) -> None:
        if rule.name == "import":
            self._bind_import(node)
        elif rule.binds:
            scope = self._scope_for(node, rule)
            for name in self._bound(node, rule):
                self._define(name, scope)

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

    def _enter(self, name: Node, scope: Node, entry: ImportEntry) -> None:
        binding = self._define(name, scope)
        if binding.imported is None or binding.imported.entry.start <= entry.entry.start:
            binding.imported = entry

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
        self._know(name)
        inside_function = False
        for outer in at.ancestors():
            if outer.type not in self._scopes:
                continue
            hidden = inside_function and outer.type in self._index.class_scopes
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
        self._know_all()
        for table in self._tables.values():
            yield from table.values()

    def top(self, name: str) -> Binding | None:
        """A module-level binding."""
        self._know(name)
        return self._tables[self.file.root].get(name)

    def in_scope(self, scope: Node) -> dict[str, Binding]:
        self._know_all()
        return self._tables.get(scope, {})


def mentions_of(file: SourceFile, name: str) -> list[Node]:
    """The named nodes that are exactly this text, in document order; found through the bytes, not by a walk."""
    found: list[Node] = []
    key, data = name.encode("utf-8", "surrogateescape"), file.data
    at = data.find(key) if key else -1
    while at >= 0:
        end = at + len(key)
        if not (_part_of_name(data[at - 1 : at]) or _part_of_name(data[end : end + 1])):
            node: Node | None = file.node_at(at, end)
            same: list[Node] = []
            while node is not None and node.start == at and node.end == end:
                same.append(node)
                node = node.parent
            found.extend(node for node in reversed(same) if node.named)
        at = data.find(key, at + 1)
    return found


def _part_of_name(char: bytes) -> bool:
    return char.isalnum() or char == b"_" or char >= b"\x80"


def string_value(node: Node) -> str | None:
    """The value of a plain string literal; None for anything else, for interpolation and for escapes."""
    if node.shape != "string":
        return None
    index = node.file.pack.index
    if any(child.type in index.interpolations for child in node.children):
        return None
    text = node.text
    body = text.lstrip("rRbBuUfF")
    for quote in ('"""', "'''", '"', "'", "`"):
        if body.startswith(quote) and body.endswith(quote) and len(body) >= 2 * len(quote):
            value = body[len(quote) : -len(quote)]
            return None if "\\" in value and text == body else value
    return None
