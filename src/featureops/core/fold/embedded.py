"""Folding of expressions in the braces of markup and of strings: what is known there needs no braces."""

from __future__ import annotations

from featureops.core.fold.branches import Branches
from featureops.core.fold.text import bare, plain_form, plain_text, stays_on_line
from featureops.core.fold.values import Becomes, Const, Scalar
from featureops.core.syntax import Node

__all__ = ["Embedded"]


class Embedded(Branches):
    """A child of an element becomes the element that it shows; a known text becomes text."""

    def _markup(self, node: Node) -> None:
        """`{flag && <New/>}` among the children of an element becomes the element, or goes."""
        inner = node.role("operand")
        if inner is None:
            return
        if node.parent is None or node.parent.shape != "markup-element":
            self._embedded(node, inner)
            return
        value = self.reduce(inner, "render")
        if isinstance(value, Const) and isinstance(value.value, Scalar):
            self._known_child(node, inner, value)
        elif isinstance(value, Const) and not value.effects:
            self.blocks.remove_inline(node)
        elif isinstance(value, Becomes):
            self._markup_child(node, inner, bare(value.node))
        else:
            self.place(inner, value)

    def _known_child(self, node: Node, inner: Node, value: Const) -> None:
        text = plain_form(value.value)
        if text is not None and stays_on_line(node):
            self.editor.replace(node.start, node.end, text)
        else:
            self.place(inner, value)

    def _markup_child(self, node: Node, inner: Node, target: Node) -> None:
        if target.shape == "null":
            self.blocks.remove_inline(node)
        elif target.shape == "markup-element":
            self.editor.delete(node.start, target.start)
            self.editor.delete(target.end, node.end)
            self.editor.dedent(target.start, target.end, self._columns_at(target.start) - self._columns(node))
        elif (text := plain_text(target)) is not None and stays_on_line(node):
            self.editor.replace(node.start, node.end, text)
        else:
            self.replace_with(inner, target)

    def _embedded(self, node: Node, inner: Node) -> None:
        """An expression in the braces of an attribute or of a string: a plain string needs no braces."""
        value = self.reduce(inner, "value")
        if isinstance(value, Const) and isinstance(value.value, Scalar):
            self._known_part(node, inner, value)
            return
        if node.start < inner.start and inner.end == node.end:
            return  # behind a mark without braces there is room for a name only
        target = bare(value.node) if isinstance(value, Becomes) else None
        text = plain_text(target) if target is not None and len(node.items) == 1 else None
        if target is None or text is None:
            self.place(inner, value)
        elif node.type in node.file.pack.index.interpolations:
            self.editor.replace(node.start, node.end, text)
        elif target.text[:1] in node.file.pack.text.quotes[:2]:
            self.editor.delete(node.start, target.start)
            self.editor.delete(target.end, node.end)
        else:
            self.place(inner, value)

    def _known_part(self, node: Node, inner: Node, value: Const) -> None:
        """A known value among the text of a string, where its own quotes would end that, or in an attribute."""
        is_string, text = node.type in node.file.pack.index.interpolations, plain_form(value.value)
        if text is not None and len(node.items) == 1 and not (is_string and value.effects):
            quote = "" if is_string or not _is_text(value) else '"'
            opens, closes = (0, 0) if is_string or quote else (1, 1)
            self.editor.replace(node.start + opens, node.end - closes, f"{quote}{text}{quote}")
        elif not is_string:
            self.place(inner, value)


def _is_text(value: Const) -> bool:
    return isinstance(value.value, Scalar) and isinstance(value.value.value, str)
