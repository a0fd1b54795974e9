"""Folding of if / else-if / else chains: which arms stay, which one takes the place of the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from featureops.core.fold.blocks import Blocks
from featureops.core.fold.chains import Arm, arms, inside, is_handled, statements
from featureops.core.fold.comparisons import Comparisons
from featureops.core.fold.editor import Editor
from featureops.core.fold.layout import content, full_end, is_alone
from featureops.core.fold.leaving import always_leaves, loop_leaves, switch_leaves, try_leaves, with_leaves
from featureops.core.fold.text import bare
from featureops.core.fold.values import KEEP, Becomes, Const, Known, Value, evaluated, is_pure
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["Branches"]


class Branches(Comparisons):
    """`gone` are statements that folding removes, `stands_for` what a chain came down to, `leaves` whether control
    never goes on after a chain of which some arms stay, `otherwise` cases that have come to take everything,
    `dropped` the branches that went out of a chain."""

    def __init__(
        self, editor: Editor, seeds: Mapping[Node, Known], hot: frozenset[Node], names: Names, blocks: Blocks
    ) -> None:
        super().__init__(editor, seeds, hot, names)
        self.blocks = blocks
        self.gone: set[Node] = set()
        self.stands_for: dict[Node, list[Node]] = {}
        self.leaves: dict[Node, bool] = {}
        self.otherwise: set[Node] = set()
        self.dropped: set[Node] = set()

    def is_known(self, node: Node) -> bool:
        binding = self.names.of.get(node) if node.type in node.file.pack.index.local_names else None
        holder = binding.definitions[0].parent if binding is not None else None
        return super().is_known(node) or (holder is not None and holder.shape != "function")

    def _now_leaves(self, node: Node) -> bool:
        """Like `always_leaves`, after folding."""
        if node in self.gone:
            return False
        if node in self.stands_for:
            return any(self._now_leaves(item) for item in self.stands_for[node])
        if node in self.leaves:
            return self.leaves[node]
        if node.shape == "block":
            return not is_handled(node) and any(self._now_leaves(item) for item in node.items)
        if node.shape == "switch":
            return switch_leaves(node, self._now_leaves, self._standing, self.otherwise)
        if node.shape == "with":
            return with_leaves(node, self._now_leaves)
        if node.shape == "do" and self.seeds.get(bare(node.role("condition") or node)) is True:
            return loop_leaves(node, self._standing)
        return try_leaves(node, self._now_leaves) if node.shape == "try" else always_leaves(node)

    def _standing(self, node: Node) -> list[Node]:
        """What stands for a statement, or a part of one, after folding."""
        return [] if node in self.gone or node in self.dropped else self.stands_for.get(node, [node])

    def _emptied(self, body: Node) -> bool:
        """Whether folding took everything out of a body that had something in it."""
        items = [item for item in statements(body) if item.shape != "pass"]
        return bool(items) and all(self._is_gone(item) for item in items)

    def _is_gone(self, node: Node) -> bool:
        if node in self.gone:
            return True
        inner = self.stands_for.get(node)
        return inner is not None and all(self._is_gone(item) for item in inner)

    def _if(self, node: Node) -> None:
        chain = arms(node)
        if not chain:
            self._several(node)
            return
        values = [self._condition(arm) for arm in chain]
        kept: list[tuple[Arm, Value]] = []
        for arm, value in zip(chain, values, strict=True):
            if isinstance(value, Const) and not value.effects and not value.value:
                continue
            settled = arm.condition is None or (isinstance(value, Const) and not value.effects)
            kept.append((arm, Const(value=True) if settled else value))
            if settled or (isinstance(value, Const) and value.value):
                break
        for arm, _ in kept:
            self._body(arm)
        while kept and len(kept) < len(chain) + 1 and self._droppable(kept):
            kept.pop()
        self.dropped.update({arm.body for arm in chain} - {arm.body for arm, _ in kept})
        if not kept:
            self.gone.add(node)
        elif isinstance(kept[0][1], Const) and not kept[0][1].effects:
            self._unwrap(node, kept[0][0])
        elif not self._effect_first(node, kept):
            self._keep(node, chain, kept)
            if chain[0].condition in self.hot:
                self.blocks.remove_request(node)

    def _several(self, node: Node) -> None:
        """A statement with more than one condition."""
        self.visit_children(node)

    def _place_subject(self, subject: Node) -> None:
        """Write what decides a choice whose end can't be told. A text or a number stays asked for: types would see that
        no case but one can match."""
        value = self.reduce(subject, "value")
        if not isinstance(value, Const) or isinstance(value.value, bool):
            self.place(subject, value)

    def _guard(self, case: Node) -> bool | None:
        """Whether the condition behind the label of a case holds; None where that can't be told."""
        guard = case.role("guard")
        if guard is None:
            return True
        value = self.reduce(_asked_by(guard), "boolean") if guard in self.hot else KEEP
        return value.holds if isinstance(value, Const) and not value.effects else None

    def _guarded(self, case: Node) -> None:
        """A case whose condition never holds goes; of one whose condition always holds the label stays."""
        guard, holds = case.role("guard"), self._guard(case)
        if guard is None or guard not in self.hot:
            return
        if holds is None:
            is_word = guard.shape == "not" and guard.children[0].text.isalpha()
            condition = (guard.role("operand") if is_word else None) or _asked_by(guard)
            self.place(condition, self.reduce(condition, "boolean"))
        elif not holds:
            self.gone.add(case)
        else:
            before = guard.previous()
            label = before.previous() if before is not None and not before.named and before.text.isalpha() else before
            self.editor.delete(label.end if label is not None else guard.start, guard.end)

    def _condition(self, arm: Arm) -> Value:
        if arm.condition is None:
            return KEEP
        value = self.reduce(arm.condition, "boolean")
        if not isinstance(value, Const):
            return value
        stays = self._initializer(arm) is not None or (arm.inverted and bool(value.effects))
        if stays:
            self.place(arm.condition, value)
            return KEEP
        return Const(not value.holds) if arm.inverted else value

    def _initializer(self, arm: Arm) -> Node | None:
        """The statement before the condition, which has to stay with it."""
        first = arm.head.role("initializer")
        if first is None or first in self.gone:
            return None
        if first in self.hot:
            self.visit(first)
        return first

    def _body(self, arm: Arm) -> None:
        body = arm.body
        if body.shape == "block":
            if body in self.hot:
                self.visit(body)
        elif body in self.hot:
            self.visit(body)

    def _droppable(self, kept: list[tuple[Arm, Value]]) -> bool:
        """A last arm that folding emptied goes too, if its condition may be left unevaluated."""
        arm, value = kept[-1]
        if not self._emptied(arm.body) or (isinstance(value, Const) and value.effects):
            return False
        if arm.condition is None or isinstance(value, Const):
            return True
        return isinstance(value, (type(KEEP), Becomes)) and is_pure(arm.condition, self.is_known)

    def _effect_first(self, node: Node, kept: list[tuple[Arm, Value]]) -> bool:
        """`if f() and flag: A else: B` with the flag off: the call becomes a statement, then only B stands. The same
        for `f() or flag` with the flag on: the call, then A."""
        value = kept[0][1]
        if not isinstance(value, Const) or len(value.effects) != 1 or len(kept) > 1 + (not value.value):
            return False
        rest = [(kept[0][0], Const(value=True))] if value.value else kept[1:]
        effect = evaluated(value.effects[0], self.is_known)
        if effect is None or value.effects[0] in self.hot:
            return False
        if rest and not (isinstance(rest[0][1], Const) and not rest[0][1].effects):
            return False
        file, end = node.file, full_end(node)
        if not is_alone(node, end) or (rest and not self._starts_line(rest[0][0], node)):
            return False
        header = file.line_end(effect.end - 1)
        if rest:
            self._unwrap(node, rest[0][0], effect)
        elif header >= end:
            self.editor.delete(node.start, effect.start)
            self.editor.replace(effect.end, end, self._statement_tail(node))
        else:
            self.editor.delete(node.start, effect.start)
            self.editor.replace(effect.end, header - len(file.eol), self._statement_tail(node))
            self.editor.delete(header, file.line_end(end - 1))
        if not rest:
            self.stands_for[node] = [effect]
        return True

    def _starts_line(self, arm: Arm, node: Node) -> bool:
        """Whether what stays of the arm begins on a line of its own."""
        inside = content(arm.body, node, self.gone)
        if inside is None:
            return False
        line = node.file.line_start(inside[0])
        return line > node.start and not node.file.data[line : inside[0]].strip()

    def _statement_tail(self, node: Node) -> str:
        """What the language puts after an expression to make it a statement."""
        return node.file.pack.text.statement.partition("{}")[2]

    def _unwrap(self, node: Node, arm: Arm, effect: Node | None = None) -> None:
        """The arm's statements take the place of the whole chain, after an effect that has to stay."""
        self._drop_last_comments(arm.body)
        inside = content(arm.body, node, self.gone)
        is_behind = arm.condition is not None and arm.condition.start > arm.body.start
        end = node.end if is_behind else full_end(node)
        if inside is None or (effect is None and self._emptied(arm.body)):
            self.gone.add(node)
            return
        self.stands_for[node] = statements(arm.body) if effect is None else [effect, *statements(arm.body)]
        if effect is None and (self._would_clash(node, arm.body) or _is_marked(node, arm.body)):
            self.editor.replace(node.start, arm.body.start, node.file.pack.text.own_block)
            self.editor.delete(arm.body.end, max(end, arm.body.end))
            self.blocks.remove(arm.body, self.gone)
            self._dedent_body(node, arm.body.start, arm.body.end, self._columns_at(arm.head.start), node)
            return
        start, stop = inside
        self._keep_apart(node, effect)
        if effect is None:
            self.blocks.remove_label(node)
            self.editor.delete(node.start, start)
        else:
            line = node.file.line_start(start)
            self.editor.delete(node.start, effect.start)
            self.editor.replace(effect.end, line, self._statement_tail(node) + node.file.eol.decode())
            self.editor.dedent(line - 1, start, self._columns_at(start) - self._columns(node))
        self._delete_tail(stop, max(end, stop))
        self.editor.dedent(start, stop, self._columns_at(start) - self._columns(node))

    def _keep_apart(self, node: Node, effect: Node | None) -> None:
        """What takes the place of a statement must not go on with the one before it, nor be gone on with below."""
        live = [item for item in self.stands_for[node] if not self._is_gone(item)]
        if live:
            self.blocks.keep_apart(_beside(node, Node.previous), live[0])
            self.blocks.keep_apart(None if live[-1] is effect else live[-1], _beside(node, Node.next))

    def _drop_last_comments(self, body: Node) -> None:
        """What is said of the flag below the last statement of a branch spoke of the branch that follows it."""
        for part in reversed(inside(body) if body.shape == "block" else []):
            if not part.is_comment or not self.blocks.mentions(part.text):
                return
            self.gone.add(part)

    def _delete_tail(self, stop: int, end: int) -> None:
        """What follows the last statement that stays: whole lines where it begins and ends with a line, so that it
        meets the removal of other whole lines without taking a newline twice."""
        file = self.names.file
        first, last = file.line_end(stop - 1), file.line_end(end - 1)
        clean = not file.data[stop:first].strip() and not file.data[end:last].strip()
        if clean and first < last:
            self.editor.delete(first, last)
        else:
            self.editor.delete(stop, end)

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
        scopes = node.file.pack.index.block_scopes | node.file.pack.index.function_scopes
        around = next((outer for outer in node.ancestors() if outer.type in scopes), node.file.root)
        for name, binding in own.items():
            outer = self.names.lookup(name, node)
            if outer is None or outer is binding:
                continue
            used = (use for use in (*outer.uses, *outer.writes, *outer.definitions) if not node.span.holds(use.span))
            if outer.scope in (around, around.parent) or any(around.span.holds(use.span) for use in used):
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
        last = kept[-1][1]
        settled = kept[-1][0].condition is None or (isinstance(last, Const) and not last.effects)
        self.leaves[node] = settled and all(self._now_leaves(arm.body) for arm, _ in kept)

    def _keep_arm(self, arm: Arm, value: Value, first: Arm) -> None:
        if arm.condition is None:
            return
        before = arm.head.role("initializer")
        if before is not None and before in self.gone:
            self.editor.delete(before.start, arm.condition.start)
        elif before is not None and before in self.hot:
            self.visit(before)
        if isinstance(value, Const) and not value.effects and arm is not first:
            word = arm.head.file.pack.text.else_word
            if arm.start < arm.head.start:
                self.editor.delete(arm.head.start, arm.body.start)
            else:
                self.editor.replace(arm.head.start, arm.condition.end, word)
            return
        self.place(arm.condition, value)
        if isinstance(value, Becomes):
            self._join_brace(arm, value.node)

    def _join_brace(self, arm: Arm, condition: Node) -> None:
        """The brace below a condition of several lines comes up behind one that fits on one."""
        before = arm.condition
        if before is None or arm.body.type not in arm.body.file.pack.index.hanging_blocks:
            return
        gap = before.file.slice(before.end, arm.body.start)
        if "\n" in before.text and "\n" not in condition.text and "\n" in gap and not gap.strip():
            self.editor.replace(before.end, arm.body.start, " ")

    def _drop_between(self, node: Node, chain: list[Arm], kept: list[Arm]) -> None:
        previous: Arm | None = None
        for arm in chain:
            if arm in kept:
                previous = arm
            elif previous is not None:
                self._drop_arm(node, previous, arm)

    def _drop_arm(self, node: Node, previous: Arm, arm: Arm) -> None:
        inside, own, file = content(previous.body, node), content(arm.body, node), node.file
        by_lines = file.pack.text.blocks == "indent"
        if by_lines or not any(child.text == "}" for child in previous.body.children[-1:]):
            start, end = (file.line_end(part[1] - 1) if part is not None else 0 for part in (inside, own))
            if start and end and start <= arm.start:
                self.editor.delete(start, end)
                return
        if not by_lines or inside is None or own is None:
            self.editor.delete(previous.body.end, arm.body.end)

    def _fill(self, kept: list[tuple[Arm, Value]]) -> None:
        """A body that folding emptied but that has to stand needs something in it."""
        for arm, _ in kept:
            if self._emptied(arm.body):
                self.blocks.fill(arm.body)


def _beside(node: Node, way: Callable[[Node], Node | None]) -> Node | None:
    """The statement before or behind another one."""
    other = way(node)
    while other is not None and other.is_comment:
        other = way(other)
    return other


def _asked_by(guard: Node) -> Node:
    """The condition of a case; some grammars have a node around it and its word."""
    is_clause = not guard.shape and len(guard.items) == 1 and not guard.children[0].named
    return guard.items[0] if is_clause else guard


def _is_marked(node: Node, body: Node) -> bool:
    """Whether something before a statement holds for all of it, and more than one takes its place."""
    before = node.previous()
    while before is not None and before.is_comment:
        before = before.previous()
    is_mark = before is not None and before.type in before.file.pack.index.modifiers
    return is_mark and body.shape == "block" and len(body.items) > 1
