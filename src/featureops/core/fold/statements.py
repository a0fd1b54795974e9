"""Folding of statements: chains, loops, blocks and the code that becomes unreachable in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from featureops.core.fold.blocks import Blocks
from featureops.core.fold.chains import Arm, always_leaves, arms, statements
from featureops.core.fold.editor import Editor
from featureops.core.fold.expressions import Expressions
from featureops.core.fold.layout import content, full_end
from featureops.core.fold.values import KEEP, Becomes, Const, Context, Value, is_pure
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["Statements"]


class Statements(Expressions):
    """One pass over a file. `doomed` are statements and entries that go because nothing uses them any more."""

    def __init__(
        self,
        editor: Editor,
        seeds: Mapping[Node, bool],
        hot: frozenset[Node],
        names: Names,
        doomed: frozenset[Node],
        mentions: Callable[[str], bool],
    ) -> None:
        super().__init__(editor, seeds, hot)
        self.names = names
        self.doomed = doomed
        self.blocks = Blocks(editor, mentions)
        self.gone: set[Node] = set(doomed)
        self.stands_for: dict[Node, list[Node]] = {}
        self.leaves: dict[Node, bool] = {}
        self.boolean_bindings: set[Node] = set()

    def visit(self, node: Node) -> None:
        if node in self.doomed:
            return
        match node.shape:
            case "block" | "case":
                self._block(node)
            case "if":
                self._if(node)
            case "while":
                self._while(node)
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
            case "list":
                self._list(node)
            case "import" | "declaration":
                self._entries(node)
            case _:
                super().visit(node)

    def _value(self, node: Node, role: str, context: Context) -> None:
        value = node.role(role)
        for child in node.children:
            if child is value:
                self.place(child, self.reduce(child, context))
            elif child in self.hot:
                self.visit(child)

    def _function(self, node: Node) -> None:
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
            return False
        return annotation.text.lstrip(": ").strip() in annotation.file.pack.index.boolean_types

    def _entries(self, node: Node) -> None:
        """An import or a declaration that loses some of its names."""
        for part in node.walk():
            if any(item in self.doomed for item in part.items):
                self.blocks.remove_items(part, self.gone)
            elif part in self.hot and part.shape == "declarator":
                self.visit(part)

    # -------------------------------------------------------------- blocks

    def _block(self, node: Node) -> None:
        """Statements in order; what follows one that newly leaves on every path is unreachable and goes."""
        hoisted = node.file.pack.index.hoisted
        cut = False
        for child in node.children:
            if not child.named or (cut and child.is_comment):
                if cut and child.named:
                    self.gone.add(child)
                continue
            if cut and child.type not in hoisted and child.shape != "case":
                self.gone.add(child)
            elif child in self.hot:
                self.visit(child)
                cut = cut or (not always_leaves(child) and self._now_leaves(child))
        self.blocks.remove(node, self.gone)

    def _now_leaves(self, node: Node) -> bool:
        """Like `always_leaves`, after folding."""
        if node in self.gone:
            return False
        if node in self.stands_for:
            return any(self._now_leaves(item) for item in self.stands_for[node])
        if node in self.leaves:
            return self.leaves[node]
        if node.shape == "block":
            return any(self._now_leaves(item) for item in node.items)
        return always_leaves(node)

    def _emptied(self, body: Node) -> bool:
        """Whether folding took everything out of a body that had something in it."""
        items = [item for item in statements(body) if item.shape != "pass"]
        return bool(items) and all(self._is_gone(item) for item in items)

    def _is_gone(self, node: Node) -> bool:
        if node in self.gone:
            return True
        inner = self.stands_for.get(node)
        return inner is not None and all(self._is_gone(item) for item in inner)

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
            self._effects_only(inner, value.effects)
        elif inner in self.seeds or inner.shape != "string":
            self.gone.add(node)

    def _effects_only(self, inner: Node, effects: tuple[Node, ...]) -> None:
        """Evaluate what has to be evaluated and drop the known rest."""
        if len(effects) == 1:
            self.replace_with(inner, effects[0])
        else:
            self.materialize(inner, Const(value=False, effects=effects))

    # -------------------------------------------------------------- chains

    def _if(self, node: Node) -> None:
        chain = arms(node)
        values = [self._condition(arm) for arm in chain]
        kept: list[tuple[Arm, Value]] = []
        for arm, value in zip(chain, values, strict=True):
            if isinstance(value, Const) and not value.effects and not value.value:
                continue
            settled = arm.condition is None or (isinstance(value, Const) and not value.effects)
            kept.append((arm, Const(value=True) if settled else value))
            if settled:
                break
        for arm, _ in kept:
            self._body(arm)
        while kept and len(kept) < len(chain) + 1 and self._droppable(kept, chain):
            kept.pop()
        if not kept:
            self._drop_chain(node, chain, values)
        elif isinstance(kept[0][1], Const) and not kept[0][1].effects:
            self._unwrap(node, kept[0][0])
        else:
            self._keep(node, chain, kept)

    def _condition(self, arm: Arm) -> Value:
        if arm.condition is None:
            return KEEP
        return self.reduce(arm.condition, "boolean")

    def _body(self, arm: Arm) -> None:
        body = arm.body
        if body.shape == "block":
            if body in self.hot:
                self.visit(body)
        elif body in self.hot:
            self.visit(body)

    def _droppable(self, kept: list[tuple[Arm, Value]], chain: list[Arm]) -> bool:
        """A last arm that folding emptied goes too, if its condition may be left unevaluated."""
        arm, value = kept[-1]
        if not self._emptied(arm.body):
            return False
        if len(kept) == 1 and isinstance(value, Const):
            return True
        if arm.condition is None or (isinstance(value, Const) and not value.effects):
            return True
        return isinstance(value, (type(KEEP), Becomes)) and is_pure(arm.condition, self.seeds.__contains__)

    def _drop_chain(self, node: Node, chain: list[Arm], values: list[Value]) -> None:
        effects = [effect for value in values if isinstance(value, Const) for effect in value.effects]
        if effects:
            self._leave_literals(chain, values)
            return
        self.gone.add(node)
        for arm in chain:
            self.stands_for.pop(arm.body, None)

    def _leave_literals(self, chain: list[Arm], values: list[Value]) -> None:
        for arm, value in zip(chain, values, strict=True):
            if arm.condition is not None:
                self.place(arm.condition, value)

    def _unwrap(self, node: Node, arm: Arm) -> None:
        """The arm's statements take the place of the whole chain."""
        inside = content(arm.body, node)
        end = full_end(node)
        if inside is None:
            self.gone.add(node)
            return
        self.stands_for[node] = statements(arm.body)
        if self._would_clash(node, arm.body):
            self.editor.delete(node.start, arm.body.start)
            self.editor.delete(arm.body.end, max(end, arm.body.end))
            self._dedent_body(node, arm.body.start, arm.body.end, self._columns_at(arm.head.start), node)
            return
        start, stop = inside
        self.editor.delete(node.start, start)
        self.editor.delete(stop, max(end, stop))
        self.editor.dedent(start, stop, self._columns_at(start) - self._columns(node))

    def _dedent_body(self, node: Node, start: int, stop: int, inner: int, outer: Node) -> None:
        if node.start != start:
            self.editor.dedent(start, stop, inner - self._columns(outer))

    def _columns_at(self, offset: int) -> int:
        """Columns of indentation of the line of an offset."""
        file = self.names.file
        text = file.data[file.line_start(offset) : offset]
        return len(text) - len(text.lstrip(b" \t"))

    def _would_clash(self, node: Node, body: Node) -> bool:
        """Names of the block that mean something else outside it: the block then stays a block."""
        own = self.names.in_scope(body)
        if not own:
            return False
        for name, binding in own.items():
            outer = self.names.lookup(name, node)
            if outer is not None and outer is not binding:
                return True
        return False

    def _keep(self, node: Node, chain: list[Arm], kept: list[tuple[Arm, Value]]) -> None:
        """Some arms stay: drop the others, make the first one the `if` and a settled one the `else`."""
        first = kept[0][0]
        if first is not chain[0]:
            keyword = node.children[0]
            self.editor.delete(node.start, first.head.start)
            own = first.head.children[0]
            self.editor.replace(own.start, own.end, keyword.text)
        for arm, value in kept:
            self._keep_arm(arm, value, first)
        self._drop_between(node, chain, [arm for arm, _ in kept])
        self._fill(kept)
        settled = kept[-1][0].condition is None or isinstance(kept[-1][1], Const)
        self.leaves[node] = settled and all(self._now_leaves(arm.body) for arm, _ in kept)

    def _keep_arm(self, arm: Arm, value: Value, first: Arm) -> None:
        if arm.condition is None:
            return
        if isinstance(value, Const) and not value.effects and arm is not first:
            word = arm.head.file.pack.text.else_word
            if arm.start < arm.head.start:
                self.editor.delete(arm.head.start, arm.body.start)
            else:
                self.editor.replace(arm.head.start, arm.condition.end, word)
            return
        self.place(arm.condition, value)

    def _drop_between(self, node: Node, chain: list[Arm], kept: list[Arm]) -> None:
        previous: Arm | None = None
        for arm in chain:
            if arm in kept:
                previous = arm
            elif previous is not None:
                inside, own = content(previous.body, node), content(arm.body, node)
                indent = node.file.pack.text.blocks == "indent"
                start = inside[1] if inside is not None and indent else previous.body.end
                self.editor.delete(start, own[1] if own is not None and indent else arm.body.end)

    def _fill(self, kept: list[tuple[Arm, Value]]) -> None:
        """A body that folding emptied but that has to stand needs something in it."""
        for arm, _ in kept:
            if self._emptied(arm.body):
                self.blocks.fill(arm.body)

    # -------------------------------------------------------------- other statements

    def _while(self, node: Node) -> None:
        condition, body = node.role("condition"), node.role("body")
        if condition is None or body is None:
            return
        value = self.reduce(condition, "boolean")
        if isinstance(value, Const) and not value.effects and not value.value:
            self.gone.add(node)
            return
        self.place(condition, value)
        if body in self.hot:
            self.visit(body)
            if self._emptied(body):
                self.blocks.fill(body)

    def _markup(self, node: Node) -> None:
        """`{flag && <New/>}` among the children of an element becomes the element, or goes."""
        inner = node.role("operand")
        if inner is None:
            return
        if node.parent is None or node.parent.shape != "markup-element":
            self.place(inner, self.reduce(inner, "value"))
            return
        value = self.reduce(inner, "render")
        if isinstance(value, Const) and not value.effects:
            self.blocks.remove_inline(node)
        elif isinstance(value, Becomes):
            target = value.node
            while target.shape == "paren" and (operand := target.role("operand")) is not None:
                target = operand
            if target.shape == "markup-element":
                self.editor.delete(node.start, target.start)
                self.editor.delete(target.end, node.end)
                self.editor.dedent(target.start, target.end, self._columns_at(target.start) - self._columns(node))
            elif target.shape == "null":
                self.blocks.remove_inline(node)
            else:
                self.replace_with(inner, target)
        else:
            self.place(inner, value)

    def _list(self, node: Node) -> None:
        """Known values leave the dependency arrays of hooks; elsewhere they become literals."""
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

