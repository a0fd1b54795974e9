"""Names of one file: what is bound where, and which identifier means which binding.

Built from the language file alone (binders, scopes, imports), so that a rule about names holds in every language.
Built for the names that are asked for, and no further around than needed to tell: to walk over every node of a file
takes ten times as long as to parse it, and a name of one function says nothing about others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import itemgetter

from featureops.core.bindings import Binding, Meanings, Tables
from featureops.core.importing import ImportEntry, imported_by_call, names_of_import, string_value
from featureops.core.mentions import each_mention, is_everywhere, leaves_in, mentions_of, mentions_within
from featureops.core.model import Span
from featureops.core.querying import nodes_of
from featureops.core.selves import holder_meant
from featureops.core.syntax import Node, SourceFile

__all__ = ["Binding", "ImportEntry", "Meanings", "Names", "string_value"]

_LONGEST = 500


class Names(Tables):
    """Bindings and uses of a whole file."""

    def __init__(self, file: SourceFile) -> None:
        super().__init__(file, self.know)
        self._closed = self._index.class_scopes - self._index.open_classes
        self._known: dict[str, set[Node]] = {}
        self._asked: set[Node] = set()
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
            name = node.text
            for level in self._levels(node):
                self._know(name, level)
                binding = self.of.settled(node)
                if binding is not None:
                    # An import's text can bring in another name than it says.
                    self._know(binding.name, binding.scope)
                if binding is not None or not self._may_refer(node):
                    return

    def _levels(self, node: Node) -> Iterator[Node]:
        """The functions around a node, from the inside, and the whole file."""
        for outer in node.ancestors():
            if outer.type in self._index.function_scopes and outer.parent is not None:
                yield outer
        yield self.file.root

    def _know(self, name: str, scope: Node) -> None:
        """Work out all that is said of a name within a scope and bound there: outside of it nobody sees that."""
        if self._whole:
            return
        known = self._known.setdefault(name, set())
        if scope in known or any(outer in known for outer in scope.ancestors()):
            return
        known.add(scope)
        if is_everywhere(self.file, name):
            return  # made by a program: such a name means something else in every function
        mentions = mentions_within(self.file, name, scope)
        self._enter_around((*self._imports_of(name, scope), *mentions))
        for node in mentions:
            if self._is_name(node) and node.depth > scope.depth:
                self._resolve(node, scope)

    def _imports_of(self, name: str, scope: Node) -> Iterator[Node]:
        """The nodes of imports that may bind a name in a scope of the file that is no function."""
        if self.file.pack.modules.implied is None and name not in self.import_text:
            return
        for statement in self.top_imports:
            is_inside = scope is self.file.root or scope.span.holds(statement.span)
            if is_inside and (self.file.pack.modules.implied is not None or name in statement.text):
                yield from statement.walk()

    def _know_all(self) -> None:
        if self._whole:
            return
        self._whole = True
        identifiers = self._enter_all(node for node in self.file.root.walk() if node not in self._entered)
        self._settle()
        entered = (node for node in self._entered if self._is_name(node))
        for node in sorted({*identifiers, *entered}, key=lambda node: (node.start, node.depth)):
            self._resolve(node, self.file.root)
        self._entered.clear()

    def _called(self, name: str) -> list[Binding]:
        keys = (name, f"{name}()") if self._index.call_names else (name,)
        return [table[key] for table in self._tables.values() for key in keys if key in table]

    # -------------------------------------------------------------- use

    def _resolve(self, node: Node, within: Node) -> None:
        """Tell what a node means if that is bound within a scope around it."""
        if self.of.settled(node) is not None or node.parent is None:
            return
        parent, is_whole = node.parent, within is self.file.root
        holder = self._own_class(node, parent)
        if holder is not None:
            if not is_whole and holder.depth < within.depth:
                return  # whether the class has such a member is seen from further out
            own = self._own_member(node, parent, holder)
            if own is not None:
                self.of[node] = own
                own.uses.append(node)
                whole = parent.parent
                if whole is not None and f"{whole.type}.{parent.field}" in self._index.writes:
                    own.writes.append(node)
                return
        if self._is_no_reference(node, parent):
            return
        key = self._key(node)
        binding = self._found(key, node, within)
        if binding is None and key != node.text and is_whole:
            plain = self._found(node.text, node, within)
            binding = plain if plain is not None and plain.imported is not None else None
        if binding is None:
            return
        self.of[node] = binding
        binding.uses.append(node)
        if not self._index.writes.isdisjoint((f"{parent.type}.{node.field}", f"{parent.type}.*")):
            binding.writes.append(node)

    def _is_no_reference(self, node: Node, parent: Node) -> bool:
        if parent.shape == "keyword-argument" and parent.role("name") is node:
            return True  # `total(count = count)` names a parameter of what is called
        return not self._index.not_references.isdisjoint((f"{parent.type}.{node.field}", f"{parent.type}.*"))

    def _may_refer(self, node: Node) -> bool:
        """Whether a node that nothing near means may be what something further out means."""
        parent = node.parent
        if parent is None or not self._is_name(node):
            return False
        return not self._is_no_reference(node, parent) or self._own_class(node, parent) is not None

    def _own_class(self, node: Node, parent: Node) -> Node | None:
        """The class of which `this.name` may be a member, where members are names of their class's scope."""
        if not self._index.open_classes or parent.shape != "member" or parent.role("property") is not node:
            return None
        owner = parent.role("object")
        if owner is None or owner.text not in self._index.self_names:
            return None
        holder = holder_meant(owner)
        return holder if holder is not None and holder.type in self._index.open_classes else None

    def _own_member(self, node: Node, parent: Node, holder: Node) -> Binding | None:
        table = self._tables.get(holder, {})
        calls = parent.parent is not None and parent.parent.shape == "call" and parent.parent.role("function") is parent
        return (table.get(f"{node.text}()") if calls and self._index.call_names else None) or table.get(node.text)

    def lookup(self, name: str, at: Node) -> Binding | None:
        """What a name means at a place, from the innermost scope outwards; methods do not see their class's body."""
        for level in self._levels(at):
            self._know(_plain(name), level)
            binding = self._found(name, at, level)
            if binding is not None:
                return binding
        return None

    def _found(self, name: str, at: Node, within: Node) -> Binding | None:
        """`lookup` as far as to a scope around the place."""
        inside_function = closed = False
        for outer in at.ancestors():
            if outer.type in self._scopes:
                hidden = inside_function and outer.type in self._closed and at.type not in self._index.class_visible
                binding = None if hidden else self._tables.get(outer, {}).get(name)
                if (
                    binding is not None
                    and not (closed and self._is_local(binding))
                    and not self._is_unmade(binding, at)
                ):
                    return binding
                closed = closed or outer.type in self._index.closed_scopes
                inside_function = inside_function or outer.type in self._index.function_scopes
            if outer is within:
                return None
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
        """What the file brings in from elsewhere, in document order; `uses_of` tells who uses it."""
        kinds = (kind for kind, rules in self.file.pack.by_node.items() if any(rule.name == "import" for rule in rules))
        statements = nodes_of(self.file, kinds) if not self._whole else None
        if statements is None:
            self._know_all()
        else:
            calls = (node for word in sorted(self._index.import_calls) for node in mentions_of(self.file, word))
            self._enter_around((*statements, *calls))
        tables = (table.values() for table in self._tables.values())
        found = [(each.imported.entry.start, each) for table in tables for each in table if each.imported is not None]
        return tuple(each for _, each in sorted(found, key=itemgetter(0)))

    def uses_of(self, binding: Binding) -> list[Node]:
        """The places that mean a binding of this file."""
        self._know(binding.name, binding.scope)
        return binding.uses

    @property
    def all(self) -> Iterator[Binding]:
        self._know_all()
        for table in self._tables.values():
            yield from table.values()

    def within(self, node: Node, scope: Node) -> Binding | None:
        """What a name means if that is bound in a scope around it; tells it by that scope alone."""
        if node.type in self._index.identifiers:
            self._know(node.text, scope)
        binding = self.of.settled(node)
        return binding if binding is not None and scope.span.holds(binding.scope.span) else None

    def top(self, name: str) -> Binding | None:
        """A module-level binding."""
        self._know(_plain(name), self.file.root)
        return self._tables[self.file.root].get(name)

    def binds(self, name: str) -> bool:
        """Whether anything in the file is bound to a name."""
        if self._whole or self.file.root in self._known.get(name, ()):
            return bool(self._called(name))
        if is_everywhere(self.file, name):
            return False
        self._enter_around(self._imports_of(name, self.file.root))
        if self._called(name):
            return True
        return any(self.made_by(node) is not None for node in each_mention(self.file, name))

    def called(self, name: str) -> list[Binding]:
        """The bindings of a name in all scopes."""
        self._know(name, self.file.root)
        return self._called(name)

    def member(self, scope: Node, name: str) -> Binding | None:
        """A binding of this one scope."""
        self._know(_plain(name), scope)
        return self._tables.get(scope, {}).get(name)

    def bound_in(self, spans: Sequence[Span]) -> list[Binding]:
        """The bindings with a definition in some bytes."""
        return self._known_ones(self.made_in(spans))

    def made_in(self, spans: Sequence[Span]) -> list[Binding]:
        """`bound_in`, of which only the names are known: `uses_of` tells the rest."""
        return self._defined_by(leaves_in(self.file, spans), spans)

    def _known_ones(self, found: list[Binding]) -> list[Binding]:
        for binding in found:
            self._know(binding.name, binding.scope)
        return found

    def imported_in(self, spans: Sequence[Span]) -> list[Binding]:
        """The bindings of what some bytes bring in from elsewhere."""
        found = self._defined_by(list(_brought(leaves_in(self.file, spans))), spans)
        return [each for each in self._known_ones(found) if each.imported is not None]

    def _defined_by(self, leaves: list[Node], spans: Sequence[Span]) -> list[Binding]:
        statements = dict.fromkeys(outer for leaf in leaves for outer in leaf.ancestors() if outer.shape == "import")
        brought = (name for outer in statements for name, _, _ in names_of_import(outer))
        names = dict.fromkeys((*brought, *(leaf for leaf in leaves if leaf.type in self._index.identifiers)))
        inside = [name for name in names if any(span.start < name.end and name.start < span.end for span in spans)]
        return list(dict.fromkeys(binding for name in inside if (binding := self.made_by(name)) is not None))

    def made_by(self, name: Node) -> Binding | None:
        """The binding of which a node is a definition; it may have others that are not known yet."""
        if not self._whole:
            self._enter_around([name])
        binding = self.of.settled(name)
        return binding if binding is not None and name in binding.definitions else None

    def in_scope(self, scope: Node) -> dict[str, Binding]:
        if scope is self.file.root:
            self._know_all()
        for node in scope.walk() if not self._whole else ():
            for name in self._names_bound(node):
                self._know(name, scope)
        return self._tables.get(scope, {})

    def _names_bound(self, node: Node) -> Iterator[str]:
        rule, parent = node.rule, node.parent
        if parent is not None and f"{parent.type}.{node.field}" in self._index.bare_parameters:
            yield node.text
        elif rule is not None and rule.name == "import":
            yield from (text or name.text for name, _, text in names_of_import(node))
        elif rule is not None and rule.binds:
            yield from (name.text for name in self._bound(node, rule))


def _brought(leaves: Iterable[Node]) -> Iterator[Node]:
    """Those of some names that are in what brings in names."""
    told: dict[Node, bool] = {}
    for leaf in leaves:
        around: list[Node] = []
        is_brought = False
        for outer in leaf.ancestors():
            if outer in told:
                is_brought = told[outer]
                break
            around.append(outer)
            if _brings(outer):
                is_brought = True
                break
        told.update(dict.fromkeys(around, is_brought))
        if is_brought:
            yield leaf


def _brings(node: Node) -> bool:
    binds = node.rule is not None and bool(node.rule.binds)
    return node.shape == "import" or (binds and imported_by_call(node.role("value")) is not None)


def _plain(key: str) -> str:
    return key.removesuffix("()")
