"""Folds one file to a fixpoint: known values spread through names and functions, then what they left unused goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from featureops.core.checks import Check, no_check
from featureops.core.fold.accesses import is_read_plainly, taken
from featureops.core.fold.calls import called, is_method, whole_use
from featureops.core.fold.chains import is_seen_as_boolean
from featureops.core.fold.columns import spare_blanks
from featureops.core.fold.editor import Editor, Frozen
from featureops.core.fold.fields import Fields
from featureops.core.fold.holding import function_binding, is_handed_over, is_lazy, is_pattern
from featureops.core.fold.injected import unused_fields, unused_injections, unused_kept, unused_parameters
from featureops.core.fold.members import Members
from featureops.core.fold.opposites import Term, decided_by_opposites, note_term
from featureops.core.fold.private_methods import unmentioned_methods
from featureops.core.fold.repeating import Repeats
from featureops.core.fold.results import result_of
from featureops.core.fold.statements import Statements
from featureops.core.fold.touched import look_at_all, look_at_fresh
from featureops.core.fold.unread import unread_collections
from featureops.core.fold.unused import (
    blank_names,
    blank_out,
    doom,
    idle_parameters,
    is_private,
    is_visible,
    newly_unused,
)
from featureops.core.fold.values import Const, Context, Known, Record, Scalar, is_pure
from featureops.core.given import definition_of, initializer, lazy_value, sole_name, unwrapped
from featureops.core.mentions import mentions_of
from featureops.core.model import Edit, Span
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node, SourceFile

__all__ = ["FileFold", "Folded"]

_ROUNDS = 60
_HOLDERS = frozenset({"declarator", "assign", "function", "lambda", "block"})


@dataclass(frozen=True, slots=True)
class Folded:
    """The edits, and what other files may rely on: values of names and results of functions at module level, and every
    expression whose value is `known`. `unfolded` are those that stay nevertheless, and patterns, with their value;
    `bound` are parts without a use that code which makes the class hands over, `idle` the parameters of functions that
    lost all their uses, `methods` those that only give a known value, and such fields."""

    edits: tuple[Edit, ...]
    values: Mapping[str, Known]
    results: Mapping[str, Known]
    known: Mapping[Node, Known]
    unfolded: Mapping[Node, Known | None]
    bound: frozenset[Node]
    idle: frozenset[Binding]
    methods: Mapping[Node, Known]


class FileFold:
    """`seeds` are expressions whose value is known, `cuts` bytes that go in any case, `spread` names whose value was
    put in elsewhere; `parts` go with all that they leave empty, `entries` by themselves. `mentions` tells whether a
    comment speaks of the flag, `is_made` whether code makes objects of a class by itself, `is_hidden` whether a use may
    be of something else than what a scope binds, `check` what a call of the house only sees to; `freed` are parts that
    it hands over no more, `asked` questions for other flags: to ask does nothing."""

    def __init__(
        self,
        file: SourceFile,
        names: Names,
        mentions: Callable[[str], bool],
        is_used_elsewhere: Callable[[Binding], bool],
    ) -> None:
        self.file = file
        self.names = names
        self.mentions = mentions
        self.is_used_elsewhere = is_used_elsewhere
        self.seeds: dict[Node, Known] = {}
        self.parts: set[Node] = set()
        self.entries: frozenset[Node] = frozenset()
        self.gates: Mapping[Node, bool] = {}
        self.cuts: list[Span] = []
        self.held: dict[Binding, Node] = {}
        self.is_made: Callable[[Node], bool] = _always
        self.is_hidden: Callable[[Node, Node], bool] = _never
        self.check: Callable[[Node], Check | None] = no_check
        self.freed: frozenset[Node] = frozenset()
        self.asked: frozenset[Node] = frozenset()
        self.spread: frozenset[str] = frozenset()
        self.values: dict[Binding, Known] = {}
        self.results: dict[Binding, Known] = {}
        self._frozen, self._repeats = Frozen(file), Repeats()
        self._members = Members(file, is_used_elsewhere)
        self._boolean: set[Node] = set()
        self._bound: set[Node] = set()
        self._dropped: tuple[Editor, int] | None = None
        self._terms: dict[Binding, Term] = {}
        self._given: dict[Node, list[Node]] = {}
        self._bound_by = cache(self._made_with)
        self._fields = Fields(names)
        alike = (self._spread_values, self._spread_patterns, self._spread_results, self._spread_members)
        self._spreads = (*alike, self._spread_fields, self._spread_opposites)

    def run(self) -> Folded:
        """Fold until nothing more follows."""
        asked, folded = frozenset(self.seeds), self._pass()
        for _ in range(_ROUNDS):
            grown = any(spread(folded) for spread in self._spreads)
            if not grown:
                before = len(self.parts)
                self._drop_unused(folded)
                if len(self.parts) == before:
                    break
            folded = self._pass()
        blanks, spare = blank_names(self.names, folded.editor), spare_blanks(self.file, folded.editor)
        if blanks or spare:
            folded = self._pass()
            blank_out(blanks, self.names, folded.editor)
            for span in spare:
                folded.editor.delete(span.start, span.end)
        wanted = (
            *self.seeds,
            *(self.gates.keys() - folded.opened),
            *(part for binding, part in self.held.items() if is_pattern(binding)),
        )
        unfolded = {node: self.seeds.get(node) for node in wanted if not folded.editor.covers(node.span)}
        if asked.isdisjoint(unfolded):  # a name that is given a text or a number instead may be used as before
            unfolded = {node: value for node, value in unfolded.items() if not isinstance(value, Scalar)}
        values, results = _by_name(self.values), _by_name(self.results)
        bound, idle = frozenset(self._bound), idle_parameters(self.names, folded.editor)
        methods = {**dict(self._known_methods(folded)), **self._fields.definitions()}
        return Folded(folded.editor.result(), values, results, self.seeds, unfolded, bound, idle, methods)

    def _pass(self) -> Statements:
        doomed = doom(self.parts) | self.entries
        hot: set[Node] = {self.file.root}
        for node in (*self.seeds, *self.gates, *doomed):
            hot.add(node)
            for outer in node.ancestors():
                if outer in hot:
                    break
                hot.add(outer)
        editor = Editor(self.file, self._frozen)
        for cut in self.cuts:
            editor.delete(cut.start, cut.end)
        statements = Statements(editor, self.seeds, frozenset(hot), self.names, doomed, self.mentions)
        statements.boolean_bindings = self._boolean
        statements.asked, statements.gates, statements.check = self.asked, self.gates, self.check
        statements.repeats = self._repeats
        self._repeats.begin(self.seeds, {"goes": doomed, "boolean": self._boolean})
        statements.visit(self.file.root)
        return statements

    # -------------------------------------------------------------- names

    def _spread_values(self, folded: Statements) -> bool:
        """Variables that are bound once, to a value that is known now."""
        grown = False
        for node in tuple(self.seeds):
            binding = self._bound_by(node)
            if binding is None or binding in self.values or not binding.is_single or is_handed_over(binding):
                continue
            value = self._initial(binding, folded)
            if value is not None and self._may_spread(binding, value):
                self.values[binding] = value
                self.seeds.update((whole_use(use), value) for use in self._uses(binding))
                grown = True
        return grown

    def _may_spread(self, binding: Binding, value: Known) -> bool:
        """Whether nothing but the uses in this file gets hold of a value with members: it could be changed there."""
        if not isinstance(value, Record):
            return True
        uses = [whole_use(use) for use in binding.uses]
        hidden = not is_visible(self.names, binding) or not self.is_used_elsewhere(binding)
        return hidden and all(is_read_plainly(use, value) for use in uses)

    def _uses(self, binding: Binding) -> list[Node]:
        return [use for use in binding.uses if not self.is_hidden(use, binding.scope)]

    def _spread_patterns(self, folded: Statements) -> bool:
        """Names that a pattern takes out of a value with known members."""
        grown = False
        for node in tuple(self.seeds):
            declarator = next((outer for outer in node.ancestors() if outer.shape in _HOLDERS), None)
            value = declarator.role("value") if declarator is not None and declarator.shape == "declarator" else None
            if declarator is None or value is None:
                continue
            known = self._const(value, folded)
            items = taken(declarator, known, self.names) if isinstance(known, Record) else ()
            for item, binding, inner in items:
                if binding not in self.values and not isinstance(inner, Record):
                    self.values[binding] = inner
                    self.held[binding] = item
                    self.seeds.update((use, inner) for use in binding.uses)
                    grown = True
        return grown

    def _spread_opposites(self, folded: Statements) -> bool:
        """Conditions that are decided since a name has come down to another, or to the opposite of one."""
        reduce = self._scratch(folded).reduce
        for binding in filter(None, map(self._bound_by, tuple(self.seeds))):
            if binding.is_single and not is_visible(self.names, binding) and not is_handed_over(binding):
                note_term(self._terms, binding, self.names, reduce)
        fresh = {row: value for row, value in decided_by_opposites(self.names, self._terms) if row not in self.seeds}
        self.seeds.update(fresh)
        return bool(fresh)

    def _made_with(self, node: Node) -> Binding | None:
        """The name whose value an expression decides."""
        for outer in node.ancestors():
            if outer.shape in ("declarator", "assign"):
                name = outer.role("name") or outer.role("left")
                binding = self.names.of.get(sole_name(name) or name) if name is not None else None
                is_class = binding is not None and binding.scope.type in self.file.pack.index.class_scopes
                return None if is_class and binding is not None and not is_private(binding) else binding
            if outer.shape in ("function", "lambda", "block") and not is_lazy(outer):
                return None
        return None

    def _initial(self, binding: Binding, folded: Statements) -> Known | None:
        value = initializer(binding)
        if value is None:
            return None
        later = lazy_value(unwrapped(value))
        value = later if later is not None and later.parent is not None and is_lazy(later.parent) else value
        only_boolean = bool(binding.uses) and all(is_seen_as_boolean(use) for use in binding.uses)
        context: Context = "boolean" if only_boolean else "value"
        known = self._scratch(folded).reduce(value, context)
        if not isinstance(known, Const) or known.effects:
            return None
        parent = definition_of(binding)
        if only_boolean and parent is not None:
            self._boolean.add(parent)
        return known.value

    def _scratch(self, folded: Statements) -> Statements:
        """The same knowledge with an editor that nobody reads."""
        scratch = Editor(self.file, self._frozen)
        statements = Statements(scratch, self.seeds, folded.hot, self.names, folded.doomed, self.mentions)
        statements.asked, statements.check = self.asked, self.check
        return statements

    # -------------------------------------------------------------- functions

    def _spread_results(self, folded: Statements) -> bool:
        """Functions that only return a known value: their calls are known too."""
        grown = False
        for function in self._functions_around("function", "lambda"):
            value = self._result(function, folded)
            binding = function_binding(function, self.names) if value is not None else None
            if value is None or binding is None or binding in self.results or not binding.is_single:
                continue
            if self._may_be_overridden(function, binding):
                continue
            self.results[binding] = value
            is_async, is_property = _is_async(function), function.type in self.file.pack.index.properties
            for use in self._uses(binding):
                call = whole_use(use) if is_property else called(use, is_async, self.seeds)
                if call is not None:
                    self.seeds[call] = value
            grown = True
        return grown

    def _functions_around(self, *kinds: str) -> list[Node]:
        """The functions of these shapes that directly hold a known expression."""
        around = (next((outer for outer in node.ancestors() if outer.shape in kinds), None) for node in self.seeds)
        return [node for node in dict.fromkeys(around) if node is not None]

    def _known_methods(self, folded: Statements) -> Iterator[tuple[Node, Known]]:
        """Methods that do nothing but give a value that is known."""
        for function in self._functions_around("function"):
            if is_method(function) and not _is_async(function) and not folded.editor.covers(function.span):
                value = self._result(function, folded, function.type in self.file.pack.index.properties)
                if value is not None and not isinstance(value, Record):
                    yield function, value

    def _may_be_overridden(self, function: Node, binding: Binding) -> bool:
        """Whether a class that inherits may answer otherwise: one of the name is elsewhere, and no word forbids it."""
        index = self.file.pack.index
        if binding.scope.type not in index.open_classes or any(map(function.has_token, index.final_words)):
            return False
        own = (node.parent for node in mentions_of(self.file, binding.name) if node.parent is not None)
        alike = [node for node in own if node.shape == "function" and node is not function]
        return bool(alike) or self.is_used_elsewhere(binding)

    def _spread_members(self, folded: Statements) -> bool:
        """Fields that are set once and methods that only return a known value."""
        grown = False
        for place in dict.fromkeys(map(self._members.around, self.seeds)):
            if place is None or place.definition in self._members.settled:
                continue
            initial = place.value
            value = self._const(initial, folded) if initial else self._result(place.definition, folded, place.is_getter)
            member = self._members.member(place.definition) if value is not None else None
            if value is None or member is None:
                continue
            if isinstance(value, Record) and not all(is_read_plainly(use, value) for use in member.uses):
                continue
            self._members.settled[member.definition] = member
            is_async = initial is None and _is_async(member.definition)
            is_called = initial is None and not place.is_getter
            for use in member.uses:
                known = called(use, is_async, self.seeds) if is_called else use
                if known is not None:
                    self.seeds[known] = value
            grown = True
        return grown

    def _spread_fields(self, folded: Statements) -> bool:
        return self._fields.spread(self.seeds, lambda node: self._const(node, folded))

    def _result(self, function: Node, folded: Statements, is_getter: bool = False) -> Known | None:
        value = result_of(function, folded, lambda node: self._const(node, folded), is_getter=is_getter)
        return None if value is None or self._has_effects(function) else value

    def _has_effects(self, function: Node) -> bool:
        """Whether calling it may evaluate more than its body: what its parameters are given when nothing is passed."""
        if function not in self._given:
            listed = function.role("parameters")
            parts = listed.walk() if listed is not None else ()
            self._given[function] = [part for part in parts if part.shape in ("call", "await")]
        return not all(is_pure(call, self.seeds.__contains__) for call in self._given[function])

    def _const(self, node: Node, folded: Statements) -> Known | None:
        known = self._scratch(folded).reduce(node, "value")
        return known.value if isinstance(known, Const) and not known.effects else None

    # -------------------------------------------------------------- unused

    def _is_asked(self, binding: Binding) -> bool:
        return bool(binding.uses) or binding in self.held or binding.name in self.spread

    def _is_kept(self, owner: Node, part: Node) -> bool:
        """Whether code that makes objects of a class hands the part over."""
        if part in self.freed or not self.is_made(owner):
            return False
        self._bound.add(part)
        return True

    def _is_idle(self, node: Node) -> bool:
        return node in self.seeds or node in self.asked

    def _drop_unused(self, folded: Statements) -> None:
        """Give up what has no use any more. After the first time, where nothing more is known since, that is what has
        lost a use since."""
        before, self._dropped = self._dropped, (folded.editor, len(self.seeds))
        if before is not None and before[1] == len(self.seeds):
            look_at_fresh(folded.editor, before[0])
        self._drop_touched(folded)
        look_at_all(folded.editor)

    def _drop_touched(self, folded: Statements) -> None:
        known = {**self.values, **self.results}
        # A name with a text or a number had a use of its own unless it was only there to be asked.
        settled = frozenset(name for name, value in known.items() if isinstance(value, bool) or self._is_asked(name))
        self.parts.update(self._members.unused(folded.editor))
        self.parts.update(unmentioned_methods(self.file, folded.editor, self.is_used_elsewhere))
        self.parts.update(
            newly_unused(self.names, folded.editor, self._is_idle, settled, self.is_used_elsewhere, self.held)
        )
        self.parts.update(self._fields.unused(folded.editor, self.is_used_elsewhere))
        self.parts.update(unread_collections(self.names, folded.editor))
        if self.file.pack.index.private_words:
            self.parts.update(unused_fields(self.names, folded.editor, self._is_kept))
            self.parts.update(unused_injections(self.names, folded.editor, self.is_used_elsewhere))
            self.parts.update(unused_parameters(self.names, folded.editor, self._is_kept))
            self.parts.update(unused_kept(self.names, folded.editor, self._is_kept))


def _always(_owner: Node) -> bool:
    return True


def _never(_use: Node, _scope: Node) -> bool:
    return False


def _is_async(function: Node) -> bool:
    words = function.file.pack.index.async_words
    return any(child.text in words for child in function.children if not child.named)


def _by_name(found: Mapping[Binding, Known]) -> dict[str, Known]:
    return {
        binding.name: value
        for binding, value in found.items()
        if binding.scope is binding.definitions[0].file.root and not isinstance(value, Record)
    }
