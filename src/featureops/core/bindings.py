"""What binds names in a file: the bindings of each scope, entered as the nodes that make them are come upon."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from featureops.core.brought import TopImports
from featureops.core.importing import ImportEntry, entry_of_call, imported_by_call, names_of_import
from featureops.core.pack import ShapeRule
from featureops.core.syntax import Node, SourceFile
from featureops.core.textnames import names_in_texts

__all__ = ["Binding", "Meanings", "Tables"]

_DECLARING = frozenset({"package", "extension"})
"""Shapes whose name is one that others have or belong to."""


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
    """Which binding an identifier means. A name is worked out when a node of that name is first asked for: `know` does
    it."""

    def __init__(self, know: Callable[[Node], None]) -> None:
        super().__init__()
        self._know = know

    def get(self, node: Node, default: Binding | None = None) -> Binding | None:  # type: ignore[override] # one form
        self._know(node)
        return super().get(node, default)

    def settled(self, node: Node) -> Binding | None:
        """`get` of a name that is known already, or just being worked out."""
        return super().get(node)

    def __getitem__(self, node: Node) -> Binding:
        self._know(node)
        return super().__getitem__(node)

    def __contains__(self, node: object) -> bool:
        if isinstance(node, Node):
            self._know(node)
        return super().__contains__(node)


class Tables(TopImports):
    """The bindings of a file by their scopes, as far as they are entered. With a node all around it is."""

    def __init__(self, file: SourceFile, know: Callable[[Node], None]) -> None:
        super().__init__(file)
        self._index = file.pack.index
        self._tables: dict[Node, dict[str, Binding]] = {file.root: {}}
        self._scopes = self._index.function_scopes | self._index.block_scopes | self._index.class_scopes
        self.of = Meanings(know)
        self._entered: set[Node] = set()
        self._fresh: dict[Binding, None] = {}

    def _enter_around(self, nodes: Iterable[Node]) -> None:
        """Bind what the nodes and those around them bind."""
        around: dict[Node, None] = {}
        for node in nodes:
            outer: Node | None = node
            while outer is not None and outer not in around and outer not in self._entered:
                around[outer] = None
                outer = outer.parent
        self._enter_all(sorted(around, key=_place))
        self._entered.update(around)
        self._settle()

    def _enter_all(self, nodes: Iterable[Node]) -> list[Node]:
        """Bind what the nodes (in document order) bind; the identifiers among them."""
        identifiers: list[Node] = []
        for node in nodes:
            if not node.named:
                continue
            if self._is_name(node):
                identifiers.append(node)
                self._bind_bare(node)
            if node.rule is not None:
                self._bind(node, node.rule)
        return identifiers

    def _settle(self) -> None:
        """What was just entered, in document order."""
        for binding in self._fresh:
            binding.definitions.sort(key=_start)
            binding.outer = binding.name in self._outer or binding.name in self._reached_by_text
        self._fresh.clear()

    def _is_name(self, node: Node) -> bool:
        return node.type in self._index.identifiers and not node.shape

    @cached_property
    def _outer(self) -> frozenset[str]:
        """The names that some function says are of a scope around it."""
        words = "|".join(map(re.escape, sorted(self._index.outer_words)))
        found: set[str] = set()
        for match in re.finditer(rf"\b(?:{words})\b".encode(), self.file.data, re.IGNORECASE) if words else ():
            node = self.file.node_at(*match.span())
            if node.parent is not None and node.parent.type in self._index.outer_names:
                found.update(item.text for item in node.parent.items)
        return frozenset(found)

    def _bind_bare(self, node: Node) -> None:
        if node.parent is not None and f"{node.parent.type}.{node.field}" in self._index.bare_parameters:
            self._define(node, node.parent)

    @cached_property
    def _reached_by_text(self) -> frozenset[str]:
        return names_in_texts(self.file)

    def _bind(self, node: Node, rule: ShapeRule) -> None:
        if rule.name == "import":
            self._bind_import(node)
        elif rule.binds and rule.name not in _DECLARING:
            scope = self._scope_for(node, rule)
            imported = imported_by_call(node.role("value"))
            for name in self._bound(node, rule):
                entry = entry_of_call(node, name, *imported) if imported is not None else None
                if entry is None:
                    self._define(name, scope)
                else:
                    self._enter(name, scope, entry)

    def _bound(self, node: Node, rule: ShapeRule) -> Iterator[Node]:
        targets = node.items if rule.binds == "*" else node.roles(rule.binds or "")
        for target in targets:
            if rule.binds != "*" or target.rule is None or target.shape == "destructuring":
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
        key = text or self._key(name)
        binding = table.get(key)
        if binding is None:
            binding = table[key] = Binding(text or name.text, scope)
        binding.definitions.append(name)
        self.of[name] = binding
        self._fresh[binding] = None
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
        around = (outer for outer in node.ancestors() if outer.type in self._scopes)
        scope = self.file.root if node.role("path") is not None else next(around, self.file.root)
        for name, entry, text in names_of_import(node):
            self._enter(name, scope, entry, text)

    def _enter(self, name: Node, scope: Node, entry: ImportEntry, text: str | None = None) -> None:
        """Bind an imported name; of several imports the last one counts, in whatever order they are found."""
        binding = self._define(name, scope, text)
        if binding.imported is None or binding.imported.entry.start <= entry.entry.start:
            binding.imported = entry


def _place(node: Node) -> tuple[int, int]:
    return node.start, node.depth


def _start(node: Node) -> int:
    return node.start
