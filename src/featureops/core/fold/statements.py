"""Folding of statements: chains, loops, blocks and the code that becomes unreachable in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from featureops.core.checks import Check, no_check
from featureops.core.fold.arms import Arms, has_arms
from featureops.core.fold.assertions import checked, launched_by
from featureops.core.fold.blocks import Blocks
from featureops.core.fold.case_conditions import CaseConditions
from featureops.core.fold.chains import inside, is_predicate
from featureops.core.fold.choices import Choices, has_conditions
from featureops.core.fold.editor import Editor
from featureops.core.fold.embedded import Embedded
from featureops.core.fold.gated import Gated
from featureops.core.fold.hoisting import Hoisting
from featureops.core.fold.lasting import is_result_seen, kept_generator
from featureops.core.fold.layout import is_alone
from featureops.core.fold.leaving import always_leaves
from featureops.core.fold.loops import Loops
from featureops.core.fold.options import Options
from featureops.core.fold.repeating import Notes, Repeats
from featureops.core.fold.several import Several
from featureops.core.fold.stores import dead_stores
from featureops.core.fold.tuples import Tuples
from featureops.core.fold.values import KEEP, Const, Context, Known, evaluated
from featureops.core.house import is_condition_option
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["Statements"]

_LISTING = frozenset({"arguments", "binder", "enum", "list", "object"})
_GIVE_NOTHING = frozenset({"if", "while"})
_DECIDED = frozenset({"if", "elif", "else", "while"})


def _is_class_body(node: Node) -> bool:
    return node.parent is not None and node.parent.shape == "class" and node.parent.role("body") is node


def _holds_statements(part: Node) -> bool:
    """Whether a part of a declaration has statements of its own, such as the body of a function in it."""
    outer = part.parent
    is_body = part.shape == "block" and outer is not None and outer.shape in ("function", "lambda")
    return part.shape == "case" or is_body


def _is_child(element: Node) -> bool:
    return element.parent is not None and element.parent.shape == "markup-element"


def _is_in_string(node: Node) -> bool:
    return node.parent is not None and node.parent.shape == "string"


class Statements(Hoisting, Loops, Several, Arms, Options, Choices, CaseConditions, Tuples, Embedded, Gated):
    """One pass over a file. `doomed` are statements and entries that go because nothing uses them any more."""

    def __init__(
        self,
        editor: Editor,
        seeds: Mapping[Node, Known],
        hot: frozenset[Node],
        names: Names,
        doomed: frozenset[Node],
        mentions: Callable[[str], bool],
    ) -> None:
        super().__init__(editor, seeds, hot, names, Blocks(editor, mentions))
        self.doomed = doomed
        self.gone.update(doomed)
        self.boolean_bindings: set[Node] = set()
        self.gates: Mapping[Node, bool] = {}
        self.opened: set[Node] = set()
        self.check: Callable[[Node], Check | None] = no_check
        self.visited: set[Node] = set()
        self.repeats: Repeats | None = None

    def visit(self, node: Node) -> None:
        if node in self.doomed or node in self.visited:
            if node.shape == "decorator":
                self.blocks.remove_decorator(node)
            return
        match node.shape:
            case "block" | "case":
                self._block(node)
            case "if":
                self._if(node)
            case "while" | "for":
                self._loop(node)
            case "switch" if has_arms(node):
                self._match(node)
            case "switch" if has_conditions(node):
                self._choose(node)
            case "switch" if not node.roles("value") and not node.roles("initializer") and not _falls_through(node):
                self._conditions(node)
            case "switch" if node.roles("value"):
                self._switch(node)
            case "expression":
                self._expression(node)
            case "return":
                self._value(node, "value", self._return_context(node))
            case "declarator":
                self._value(node, "value", "boolean" if node in self.boolean_bindings else "value")
            case "assign":
                self._value(node, "right", "boolean" if node in self.boolean_bindings else "value")
            case "function":
                self._function(node)
            case "markup-expression":
                self._markup(node)
            case "markup-element" if node in self.gates and _is_child(node):
                self._gate(node)
            case "captures" | "spread" | "list" | "arguments":
                self._listing(node)
            case "import" | "declaration":
                self._entries(node)
            case "class":
                self._class(node)
            case "enum" | "object" | "decorated":
                self.visit_children(node)
            case "" if node.type in node.file.pack.index.interpolations and node.items and _is_in_string(node):
                self._embedded(node, node.items[0])
            case "" | "binder" | "destructuring" | "markup-element" if self._loses_items(node):
                self.blocks.remove_items(node, self.gone)
                super().visit(node)
            case _:
                super().visit(node)

    def _notes(self) -> Notes:
        sets = (self.gone, self.otherwise, self.dropped, self.opened, self.visited)
        return Notes(sets, self.leaves, self.stands_for, self._reduced)

    def _loses_items(self, node: Node) -> bool:
        return any(item in self.doomed for item in node.items) and not _is_class_body(node)

    def _listing(self, node: Node) -> None:
        if node.shape == "spread":
            self._spread(node)
        elif node.shape == "captures":
            self._captures(node)
        elif node.shape == "list":
            self._list(node)
        elif any(is_condition_option(item) for item in node.items):
            self._options(node)
        else:
            super().visit(node)

    def _value(self, node: Node, role: str, context: Context) -> None:
        value = node.role(role)
        for child in node.children:
            if child is value:
                self.place(child, self.reduce(child, context))
            elif child in self.hot:
                self.visit(child)

    def _function(self, node: Node) -> None:
        if self.repeats is None:
            self._parts(node)
        else:
            self.repeats.visit(node, self._parts, self.editor, self._notes())

    def _parts(self, node: Node) -> None:
        """What a function is made of."""
        body = node.role("body")
        for child in node.children:
            if child not in self.hot:
                continue
            if child is body and child.shape != "block":
                self.place(child, self.reduce(child, "boolean" if self._says_boolean(node) else "value"))
            else:
                self.visit(child)

    def _return_context(self, node: Node) -> Context:
        function = next((outer for outer in node.ancestors() if outer.shape in ("function", "lambda")), None)
        return "boolean" if function is not None and self._says_boolean(function) else "value"

    def _says_boolean(self, function: Node) -> bool:
        annotation = function.role("type")
        if annotation is None:
            return is_predicate(function)
        return annotation.text.lstrip(": ").strip() in annotation.file.pack.index.boolean_types

    def _entries(self, node: Node) -> None:
        """An import or a declaration that loses some of its names."""
        for part in node.walk():
            if not _holds_statements(part) and any(item in self.doomed for item in part.items):
                self.blocks.remove_items(part, self.gone)
                self._bare_list(part)
            elif part in self.hot and part.shape == "declarator":
                self.visit(part)

    def _bare_list(self, part: Node) -> None:
        """A list of names of which one is left needs no brackets, where the language has them for several only."""
        kept = [child for child in part.children if child.named and child not in self.gone]
        index = part.file.pack.index
        if part.type in index.bare_lists and len(kept) == 1 and kept[0].text not in index.self_names:
            self.editor.delete(part.start, kept[0].start)
            self.editor.delete(kept[0].end, part.end)

    def _class(self, node: Node) -> None:
        """A class that loses some of its members."""
        self.visit_children(node)
        body = node.role("body")
        if body is not None and body.shape != "block":
            self.blocks.remove(body, self.gone)

    def visit_children(self, node: Node) -> None:
        """An object, an enum or a list that loses some of its entries; a definition that loses decorators."""
        super().visit_children(node)
        holder = (node.role("body") or node) if node.shape in ("object", "enum") else node
        if node.shape in _LISTING and holder.shape != "block" and any(self._goes(item) for item in holder.items):
            self.blocks.remove_items(holder, self.gone)
        for item in node.items if node.shape == "decorated" else ():
            if item in self.doomed:
                self.blocks.remove_inline(item)

    def _goes(self, item: Node) -> bool:
        return item in self.doomed or (item.shape == "spread" and item in self.gone)

    # -------------------------------------------------------------- blocks

    def _block(self, node: Node) -> None:
        """Statements in order; what follows one that newly leaves on every path is unreachable and goes."""
        hoisted = node.file.pack.index.hoisted
        cut = False
        for child in inside(node):
            if child is node.role("guard"):
                continue
            cut = cut and child.type not in node.file.pack.index.jump_targets
            before = child.previous() if child.type in node.file.pack.index.trailing else None
            if (before is not None and before in self.gone) or (
                cut and (child.is_comment or (child.type not in hoisted and child.shape != "case"))
            ):
                self.gone.add(child)
            elif child in self.hot:
                self._statement(node, child)
                cut = cut or (not always_leaves(child) and self._now_leaves(child))
        self.gone.update(dead_stores(*self._live(node), self.names))
        kept = kept_generator(node, self._standing) or self._kept_result(node)
        self.blocks.remove(node, self.gone)
        is_case = node.shape == "case" and bool(node.file.pack.text.empty_case) and node not in self.gone
        if (is_case or (node.shape == "block" and not _is_decided(node))) and self._emptied(node):
            self.blocks.fill(node, kept)
        elif kept:
            self.blocks.add_last(node, kept)

    def _kept_result(self, body: Node) -> str:
        """What a body gives whose last statement gave nothing and went, where that is seen: else the statement before
        it would give its value."""
        pack, last = body.file.pack, body.items[-1] if body.items else None
        if last is None or last.shape not in _GIVE_NOTHING or not self._is_gone(last) or not pack.index.iterations:
            return ""
        if self._emptied(body) or not is_result_seen(body):
            return ""
        if is_alone(last, last.end):
            return pack.text.null
        self.gone.remove(last)  # it stands among others on its line
        self.editor.replace(last.start, last.end, pack.text.null)
        return ""

    def _live(self, block: Node) -> tuple[list[Node], frozenset[Node]]:
        """The statements that are left of a block, and those of them that stood under a condition before."""
        live: list[Node] = []
        fresh: set[Node] = set()
        stack = [(item, False) for item in reversed(block.items)] if self.stands_for else []
        while stack:
            item, was_inside = stack.pop()
            if item in self.gone:
                continue
            inner = self.stands_for.get(item)
            if inner is not None:
                stack.extend((each, True) for each in reversed(inner))
                continue
            live.append(item)
            if was_inside:
                fresh.add(item)
        return live, frozenset(fresh)

    def _statement(self, block: Node, node: Node) -> None:
        """Where expressions are statements, one whose value nobody sees goes once it is known."""
        said = checked(node, self.names, self.check, self.is_known)
        known = self.reduce(said.condition, "boolean") if said is not None and said.condition in self.hot else KEEP
        if said is not None and isinstance(known, Const) and known.holds is said.passes and not known.effects:
            self.gone.add(node)
            return
        is_seen = node is block.items[-1] or not node.file.pack.index.implicit_returns
        if is_seen or (node.shape not in ("and", "or", "not") and node not in self.seeds):
            self.visit(node)
            launched = launched_by(node)
            if launched is not None and self._emptied(launched):
                self.gone.add(node)
            return
        value = self.reduce(node, "boolean")
        if isinstance(value, Const) and not value.effects:
            self.gone.add(node)
        elif isinstance(value, Const):
            self._effects_only(node, value)
        else:
            self.place(node, value)

    def _expression(self, node: Node) -> None:
        inner = node.role("operand")
        if inner is None:
            return
        if inner.shape == "assign":
            self.visit(inner)
            return
        value = self.reduce(inner, "boolean")
        if not isinstance(value, Const):
            self.place(inner, value)
        elif value.effects:
            self._effects_only(inner, value)
        elif inner in self.seeds or inner.shape != "string":
            self.gone.add(node)

    def _effects_only(self, inner: Node, value: Const) -> None:
        """Evaluate what has to be evaluated and drop the known rest."""
        effect = evaluated(value.effects[0], self.is_known) if len(value.effects) == 1 else None
        if effect is not None:
            self.replace_with(inner, effect)
        else:
            self.materialize(inner, value)

    # -------------------------------------------------------------- other statements

    def _list(self, node: Node) -> None:
        """Known values leave the dependency arrays of hooks; elsewhere they become literals. What is doomed goes."""
        call = node.parent.parent if node.parent is not None and node.parent.shape == "arguments" else None
        callee = call.role("function") if call is not None else None
        names = node.file.pack.index.dependency_calls
        if callee is None or callee.text.rpartition(".")[2] not in names:
            super().visit(node)
            return
        for item in node.items:
            if item in self.seeds:
                self.gone.add(item)
            elif item in self.hot:
                self.visit(item)
        self.blocks.remove_items(node, self.gone)


def _is_decided(body: Node) -> bool:
    """Whether what becomes of the emptied body is decided with the statement around it."""
    outer = body.parent
    if outer is None or outer.shape not in _DECIDED:
        return outer is None
    return outer.shape != "else" or (outer.parent is not None and outer.parent.shape in ("if", "elif"))


def _falls_through(switch: Node) -> bool:
    word = switch.file.pack.text.fall_through
    return not word or any(not part.items and part.text == word for part in switch.walk())
