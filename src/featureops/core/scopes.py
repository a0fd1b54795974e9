"""Names of one file: what is bound where, and which identifier means which binding.

Built from the language file alone (binders, scopes, imports), so that a rule about names holds in every language.
Built for the names that are asked for: a scan asks for a few of each file, and to walk over every node of a file takes
ten times as long as to parse it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from featureops.core.brought import TopImports
from featureops.core.importing import (
    ImportEntry,
    entry_of_call,
    imported_by_call,
    names_of_import,
    string_value,
)
from featureops.core.markup.uses import written_in_markup
from featureops.core.mentions import is_everywhere, leaves_in, mentions_of
from featureops.core.model import Span
from featureops.core.pack import ShapeRule
from featureops.core.selves import holder_meant
from featureops.core.syntax import Node, SourceFile

__all__ = ["Binding", "ImportEntry", "Meanings", "Names", "string_value"]

_LONGEST = 500
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
    """Which binding an identifier means. A name is worked out when a node of that name is first asked for."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def get(self, node: Node, default: Binding | None = None) -> Binding | None:  # type: ignore[override] # one form
        self._names.know(node)
        return super().get(node, default)

    def settled(self, node: Node) -> Binding | None:
        """`get` of a name that is known already, or just being worked out."""
        return super().get(node)

    def __getitem__(self, node: Node) -> Binding:
        self._names.know(node)
        return super().__getitem__(node)

    def __contains__(self, node: object) -> bool:
        if isinstance(node, Node):
            self._names.know(node)
        return super().__contains__(node)


class Names(TopImports):
    """Bindings and uses of a whole file."""

    def __init__(self, file: SourceFile) -> None:
        super().__init__(file)
        self._index = file.pack.index
        self._tables: dict[Node, dict[str, Binding]] = {file.root: {}}
        self._scopes = self._index.function_scopes | self._index.block_scopes | self._index.class_scopes
        self._closed = self._index.class_scopes - self._index.open_classes
        self.of = Meanings(self)
        self._known: set[str] = set()
        self._asked: set[Node] = set()
        self._entered: set[Node] = set()
        self._outer: set[str] = set()
        self._whole = False

    # -------------------------------------------------------------- on demand

    def know(self, node: Node) -> None:
        """Work out the name of a node; nothing for a node that is no name."""
        if self._whole or node in self._asked:
            return
        self._asked.add(node)
        if node.type in self._index.identifiers or (
            node.end - node.start <= _LONGEST and any(outer.shape == "import" for outer in node.ancestors())
        ):
            self._know(node.text)
            binding = self.of.settled(node)
            if binding is not None:
                self._know(binding.name)  # an import's text can bring in another name than it says

    def _know(self, name: str) -> None:
        if self._whole or name in self._known:
            return
        self._known.add(name)
        if is_everywhere(self.file, name):
            return  # made by a program: such a name means something else in every function
        mentions = mentions_of(self.file, name)
        around: dict[Node, None] = {}
        for statement in self.top_imports:
            if self.file.pack.modules.implied is not None or name in statement.text:
                around.update(dict.fromkeys(statement.walk()))
        for node in mentions:
            around[node] = None
            for outer in node.ancestors():
                if outer in around:
                    break
                around[outer] = None
        self._enter_all(sorted(around.keys() - self._entered, key=lambda node: (node.start, node.depth)))
        self._entered.update(around)
        self._settle(self._called(name))
        for node in mentions:
            if self._is_name(node):
                self._resolve(node)

    def _know_all(self) -> None:
        if self._whole:
            return
        self._whole = True
        identifiers = self._enter_all(node for node in self.file.root.walk() if node not in self._entered)
        self._settle(binding for table in self._tables.values() for binding in table.values())
        entered = (node for node in self._entered if self._is_name(node))
        for node in sorted({*identifiers, *entered}, key=lambda node: (node.start, node.depth)):
            self._resolve(node)
        self._entered.clear()

    def _settle(self, bindings: Iterable[Binding]) -> None:
        """Nothing more is bound to these names."""
        for binding in bindings:
            binding.definitions.sort(key=lambda node: node.start)
            binding.outer = binding.name in self._outer or binding.name in self._reached_by_text

    def _called(self, name: str) -> list[Binding]:
        keys = (name, f"{name}()") if self._index.call_names else (name,)
        return [table[key] for table in self._tables.values() for key in keys if key in table]

    def _is_name(self, node: Node) -> bool:
        return node.type in self._index.identifiers and not node.shape

    def _enter_all(self, nodes: Iterable[Node]) -> list[Node]:
        """Bind what the nodes (in document order) bind; the identifiers among them."""
        identifiers: list[Node] = []
        for node in nodes:
            if not node.named:
                continue
            if self._is_name(node):
                identifiers.append(node)
                self._bind_bare(node)
            elif node.type in self._index.outer_names:
                self._outer.update(item.text for item in node.items)
            if node.rule is not None:
                self._bind(node, node.rule)
        return identifiers

    # -------------------------------------------------------------- binding

    def _bind_bare(self, node: Node) -> None:
        if node.parent is not None and f"{node.parent.type}.{node.field}" in self._index.bare_parameters:
            self._define(node, node.parent)

    @cached_property
    def _reached_by_text(self) -> frozenset[str]:
        """Variables that calls, or the markup around, get at by their names."""
        calls = (node.parent for word in self._index.named_by_text for node in mentions_of(self.file, word))
        given = [
            string_value(part)
            for call in calls
            if call is not None and (arguments := call.role("arguments")) is not None
            if (callee := call.role("function")) is not None and callee.text in self._index.named_by_text
            for part in arguments.walk()
        ]
        named = {sigil + value for value in given if value is not None for sigil in self._index.sigils}
        return frozenset(named) | written_in_markup(self.file)

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
        around = (outer for outer in node.ancestors() if outer.type in self._scopes)
        scope = self.file.root if node.role("path") is not None else next(around, self.file.root)
        for name, entry, text in names_of_import(node):
            self._enter(name, scope, entry, text)

    def _enter(self, name: Node, scope: Node, entry: ImportEntry, text: str | None = None) -> None:
        """Bind an imported name; of several imports the last one counts, in whatever order they are found."""
        binding = self._define(name, scope, text)
        if binding.imported is None or binding.imported.entry.start <= entry.entry.start:
            binding.imported = entry

    # -------------------------------------------------------------- use

    def _resolve(self, node: Node) -> None:
        if self.of.settled(node) is not None or node.parent is None:
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
        holder = holder_meant(owner)
        is_open = holder is not None and holder.type in self._index.open_classes
        table = self._tables.get(holder, {}) if holder is not None and is_open else {}
        calls = parent.parent is not None and parent.parent.shape == "call" and parent.parent.role("function") is parent
        return (table.get(f"{node.text}()") if calls and self._index.call_names else None) or table.get(node.text)

    def lookup(self, name: str, at: Node) -> Binding | None:
        """What a name means at a place, from the innermost scope outwards; methods do not see their class's body."""
        self._know(_plain(name))
        inside_function = closed = False
        for outer in at.ancestors():
            if outer.type not in self._scopes:
                continue
            hidden = inside_function and outer.type in self._closed and at.type not in self._index.class_visible
            binding = None if hidden else self._tables.get(outer, {}).get(name)
            if binding is not None and not (closed and self._is_local(binding)) and not self._is_unmade(binding, at):
                return binding
            closed = closed or outer.type in self._index.closed_scopes
            inside_function = inside_function or outer.type in self._index.function_scopes
        return None

    def _is_local(self, binding: Binding) -> bool:
        name = binding.definitions[0]
        holder = name.parent.shape if name.parent is not None else ""
        return name.type in self._index.local_names and holder not in ("function", "class", "enum")

    def _is_unmade(self, binding: Binding, at: Node) -> bool:
        """Whether a place is in what the name is given, where that does not see the name yet."""
        made = binding.definitions[0].parent if self._index.late_names else None
        return made is not None and made.type in self._index.late_names and made.span.holds(at.span)

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
        self._know(_plain(name))
        return self._tables[self.file.root].get(name)

    def called(self, name: str) -> list[Binding]:
        """The bindings of a name in all scopes."""
        self._know(name)
        return self._called(name)

    def member(self, scope: Node, name: str) -> Binding | None:
        """A binding of this one scope."""
        self._know(_plain(name))
        return self._tables.get(scope, {}).get(name)

    def bound_in(self, spans: Sequence[Span]) -> list[Binding]:
        """The bindings with a definition in some bytes."""
        return self._defined_by(leaves_in(self.file, spans), spans)

    def imported_in(self, spans: Sequence[Span]) -> list[Binding]:
        """The bindings of what some bytes bring in from elsewhere."""
        found = self._defined_by([leaf for leaf in leaves_in(self.file, spans) if _is_brought(leaf)], spans)
        return [each for each in found if each.imported is not None]

    def _defined_by(self, leaves: list[Node], spans: Sequence[Span]) -> list[Binding]:
        statements = dict.fromkeys(outer for leaf in leaves for outer in leaf.ancestors() if outer.shape == "import")
        brought = (text or name.text for outer in statements for name, _, text in names_of_import(outer))
        known = (leaf.text for leaf in leaves if leaf.type in self._index.identifiers)
        found = (each for text in dict.fromkeys((*brought, *known)) for each in self.called(text))
        return [
            each
            for each in found
            if any(span.start < name.end and name.start < span.end for name in each.definitions for span in spans)
        ]

    def in_scope(self, scope: Node) -> dict[str, Binding]:
        if scope is self.file.root:
            self._know_all()
        for node in scope.walk() if not self._whole else ():
            for name in self._names_bound(node):
                self._know(name)
        return self._tables.get(scope, {})

    def _names_bound(self, node: Node) -> Iterator[str]:
        rule, parent = node.rule, node.parent
        if parent is not None and f"{parent.type}.{node.field}" in self._index.bare_parameters:
            yield node.text
        elif rule is not None and rule.name == "import":
            yield from (text or name.text for name, _, text in names_of_import(node))
        elif rule is not None and rule.binds:
            yield from (name.text for name in self._bound(node, rule))


def _is_brought(leaf: Node) -> bool:
    """Whether a name is in what brings in names."""
    return any(
        outer.shape == "import"
        or (outer.rule is not None and outer.rule.binds and imported_by_call(outer.role("value")) is not None)
        for outer in leaf.ancestors()
    )


def _plain(key: str) -> str:
    return key.removesuffix("()")
