"""Folding of what is asked of known values: whether they equal another, which is larger, what a member of one is."""

from __future__ import annotations

import operator

from featureops.core.fold.accesses import called_member, member_at
from featureops.core.fold.expressions import Expressions
from featureops.core.fold.literals import Fact, Nothing, literal, same
from featureops.core.fold.text import bare
from featureops.core.fold.values import KEEP, Const, Context, Record, Scalar, Value, is_pure
from featureops.core.syntax import Node

__all__ = ["Comparisons"]

_SIDES = 2
_ORDER = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
_EQUAL = {"==": True, "!=": False, "<>": False}


class Comparisons(Expressions):
    def _reduce(self, node: Node, context: Context) -> Value:
        word, index = _operator(node) if node.shape == "comparison" else "", node.file.pack.index
        match node.shape:
            case "equal" | "not-equal":
                sides = [*node.roles("left"), *node.roles("right")]
                return self._compare(node, sides, is_equal=node.shape == "equal")
            case "comparison" if word in _EQUAL:
                return self._compare(node, node.items, is_equal=_EQUAL[word])
            case "comparison" if word in index.containing_words | index.lacking_words and len(node.items) == _SIDES:
                return self._contains(node, node.items[0], node.items[1], is_in=word in index.containing_words)
            case "comparison" if word in _ORDER:
                return self._order(node, word)
            case "member" | "index":
                return self._access(node)
            case "call":
                asked = self._asked(node)
                return asked if asked is not None else super()._reduce(node, context)
        return super()._reduce(node, context)

    def _fact(self, node: Node) -> Fact | None:
        """What an expression is known to be."""
        value = self.reduce(node, "value") if node in self.hot else literal(node)
        if isinstance(value, Const):
            return value.value if not value.effects else None
        return value if isinstance(value, bool | Scalar | Record | Nothing) else None

    def _compare(self, node: Node, sides: list[Node], *, is_equal: bool, is_text: bool = False) -> Value:
        if len(sides) != _SIDES or (node.shape != "call" and len(node.items) != _SIDES):
            return self._children(node)
        left, right = (self._fact(side) for side in sides)
        if left is None or right is None:
            return self._children(node)
        if not is_text and not node.file.pack.text.equal_texts and _is_text(left) and _is_text(right):
            return KEEP  # whether two equal texts are the same object is not told by their value
        found = same(left, right)
        return Const(found is is_equal) if found is not None else self._children(node)

    def _order(self, node: Node, word: str) -> Value:
        facts = [self._fact(item) for item in node.items]
        values = [fact.value for fact in facts if isinstance(fact, Scalar)]
        numbers = [value for value in values if not isinstance(value, str)]
        if len(node.items) != _SIDES or len(numbers) != _SIDES:
            return self._children(node)
        return Const(bool(_ORDER[word](*numbers)))

    def _access(self, node: Node) -> Value:
        owner = node.role("object")
        whole = self._fact(owner) if owner is not None and owner in self.hot else None
        if not isinstance(whole, Record):
            return self._children(node)
        found = member_at(node, whole)
        return Const(found) if found is not None else KEEP

    def _asked(self, node: Node) -> Value | None:
        """A call of a member of a known value, or one that compares two; None for any other."""
        callee, arguments = node.role("function"), node.role("arguments")
        if callee is None:
            return None
        owner, name = (callee.role("object"), callee.role("property")) if callee.shape == "member" else (None, None)
        whole = self._fact(owner) if owner is not None and owner in self.hot else None
        if isinstance(whole, Record):
            found = called_member(node, whole)
            return Const(found) if found is not None else KEEP
        index = node.file.pack.index
        items = _plain(_items(arguments))
        if isinstance(whole, Scalar) and isinstance(whole.value, str) and name is not None and not items:
            return Const(Scalar(whole.value, whole.quote)) if name.text in index.text_members else None
        if owner is not None and name is not None and name.text in index.equal_methods and len(items) == 1:
            return self._compare(node, [owner, items[0]], is_equal=True, is_text=True)
        if callee.text in index.equal_functions:
            return self._compare(node, items, is_equal=True, is_text=True)
        if owner is not None and name is not None and name.text in index.containing_methods and len(items) == 1:
            return self._contains(node, items[0], owner, is_in=True)
        if callee.text in index.containing_functions and len(items) >= _SIDES:
            return self._contains(node, items[0], items[1], is_in=True)
        return None

    def _contains(self, node: Node, item: Node, holder: Node, *, is_in: bool) -> Value:
        """Whether a list that is written out holds a known value."""
        listed, value = bare(holder), self._fact(item)
        if value is None or listed.shape != "list" or not (item in self.hot or listed in self.hot):
            return self._children(node)
        parts = _plain(listed.items)
        facts = [self._fact(part) for part in parts]
        found = [same(fact, value) if fact is not None else None for fact in facts]
        open_parts = (part for fact, part in zip(facts, parts, strict=True) if fact is None)
        if any(found) and all(is_pure(part, self.is_known) for part in open_parts):
            return Const(is_in)
        return Const(not is_in) if None not in found else self._children(node)


def _items(arguments: Node | None) -> list[Node]:
    return arguments.items if arguments is not None else []


def _plain(items: list[Node]) -> list[Node]:
    """Items without what only stands around each."""
    return [item.role("operand") or item if item.shape == "argument" else item for item in items]


def _is_text(fact: Fact) -> bool:
    return isinstance(fact, Scalar) and isinstance(fact.value, str)


def _operator(node: Node) -> str:
    """The word between the two sides of a comparison; empty where there are more."""
    words = [child.text for child in node.children if not child.named]
    return words[0] if len(words) == 1 else ""
