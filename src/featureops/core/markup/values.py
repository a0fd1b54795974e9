"""Expressions of markup that name what is known now: they are folded as the language of the script is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from featureops.core.fold.editor import Editor, apply_edits
from featureops.core.fold.folder import FileFold
from featureops.core.markup.rules import MarkupRules
from featureops.core.markup.scan import Element
from featureops.core.model import Span
from featureops.core.pack import LanguagePack
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node, SourceFile, parse

__all__ = ["Part", "Values", "with_values"]

_TARGET = b"_ = "
_PLAIN = re.compile(r"'([^'\\<>&{}]*)'|\"([^\"\\<>&{}]*)\"")


def with_values(path: str, text: bytes, pack: LanguagePack, known: Mapping[str, bool]) -> str | None:
    """What is left of an expression; None where it is none, or names nothing of what is known."""
    file = parse(path, _TARGET + text, replace(pack, regions=None, markup=None))
    if file.errors():
        return None
    names = Names(file)
    seeds = {node: known[node.text] for node in file.root.walk() if _is_known(node, names, known)}
    if not seeds:
        return None
    fold = FileFold(file, names, _is_spoken, _is_used)
    fold.seeds.update(seeds)
    after = apply_edits(file.data, fold.run().edits)
    left = after.removeprefix(_TARGET)
    return left.decode("utf-8", "surrogateescape") if left != after and left.strip() else None


def _is_known(node: Node, names: Names, known: Mapping[str, bool]) -> bool:
    if node.text not in known or node in names.of or _is_label(node):
        return False
    return node.shape == "call" or node.type in node.file.pack.index.identifiers


def _is_label(node: Node) -> bool:
    parent = node.parent
    return parent is not None and (parent.role("property") is node or parent.role("key") is node)


def _is_spoken(_comment: str) -> bool:
    return False


def _is_used(_binding: Binding) -> bool:
    return True


class Part:
    """Edits of the markup of a file, of which names are `known`."""

    def __init__(self, file: SourceFile, rules: MarkupRules, known: Mapping[str, bool]) -> None:
        self.file = file
        self.data = file.data
        self.rules = rules
        self.known = known
        self.editor = Editor(file, frozenset())

    def _is_hidden(self, element: Element, name: str) -> bool:
        """Whether the markup around gives the name to something else."""
        plain = name.removeprefix(self.rules.store).removesuffix("()")
        word = re.compile(rf"(?<![\w$]){re.escape(plain)}(?![\w$])")
        for outer in (element, *element.ancestors()):
            for head in outer.heads:
                if self._binds(head.name) and head.value is not None and word.search(self.file.slice(*head.value)):
                    return True
                for attribute in head.attributes:
                    if self._binds(attribute.name) and word.search(self.file.slice(attribute.start, attribute.end)):
                        return True
        return False

    def _binds(self, name: str) -> bool:
        return bool(self.rules.binds) and re.fullmatch(self.rules.binds, name) is not None


class Values(Part):
    """What names a known value and is not `done` yet."""

    def __init__(self, file: SourceFile, rules: MarkupRules, known: Mapping[str, bool], done: Editor) -> None:
        super().__init__(file, rules, known)
        self.done = done

    def put_in(self, top: Element, spans: list[tuple[int, int]]) -> None:
        """Fold the expressions that are left: those among the text, and those of attributes."""
        own = (self.rules.when, self.rules.elif_)
        for element in top.walk():
            head = element.heads[0]
            for attribute in head.attributes:
                is_expression = bool(self.rules.dynamic) and re.fullmatch(self.rules.dynamic, attribute.name)
                if is_expression and not self._binds(attribute.name) and attribute.value:
                    self._put_into(element, attribute.value, is_open=attribute.name not in own)
        for start, end in spans if self.rules.expression else ():
            around = [element for element in top.walk() if element.start <= start and end <= element.end]
            text = self.data[start + 2 : end - 2]
            trimmed = len(text) - len(text.lstrip())
            self._put_into(
                around[-1], (start + 2 + trimmed, start + 2 + trimmed + len(text.strip())), whole=(start, end)
            )

    def _put_into(
        self, element: Element, span: tuple[int, int], whole: tuple[int, int] | None = None, *, is_open: bool = True
    ) -> None:
        if self.done.covers(Span(*span)) or self._is_verbatim(element):
            return
        known = {name: value for name, value in self.known.items() if not self._is_hidden(element, name)}
        left = with_values(self.file.path, self.data[slice(*span)], self.file.pack, known)
        if not is_open and left in (self.file.pack.text.true, self.file.pack.text.false):
            return
        plain = _PLAIN.fullmatch(left) if left is not None and whole is not None else None
        if plain is not None and whole is not None:
            self.editor.replace(*whole, plain[1] or plain[2] or "")
        elif left is not None and b'"' not in left.encode()[: 0 if whole else None]:
            self.editor.replace(*span, left)

    def _is_verbatim(self, element: Element) -> bool:
        word = self.rules.verbatim
        return bool(word) and any(outer.heads[0].has(word) is not None for outer in (element, *element.ancestors()))
