"""What becomes of elements and blocks of markup that are shown under a condition that is known now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from featureops.core.markup.conditions import Open, decided
from featureops.core.markup.rules import MarkupRules
from featureops.core.markup.scan import Attribute, Element, Head, Unbalanced, expressions, scan
from featureops.core.markup.values import Part, Values
from featureops.core.model import Edit
from featureops.core.syntax import SourceFile

__all__ = ["exposes_names", "fold_markup"]

_BLANK = b" \t"


def fold_markup(file: SourceFile, known: Mapping[str, bool], given: Mapping[str, bool]) -> tuple[Edit, ...]:
    """The edits outside of the script; none where the elements can't be told. The markup sees what is `known` where the
    names of the script are its own, else what it is `given`."""
    rules = file.pack.markup
    if rules is None or not (known or given):
        return ()
    try:
        top, spans = expressions(file.data, rules)
    except Unbalanced:
        return ()
    seen = known if _exposes(top, rules) else given
    fold = _Fold(file, rules, seen)
    fold.visit(top)
    rest = Values(file, rules, seen, fold.editor)
    rest.put_in(top, spans)
    return tuple(sorted((*fold.editor.result(), *rest.editor.result()), key=lambda edit: edit.span.start))


def exposes_names(file: SourceFile) -> bool:
    """Whether the names of the script are the markup's own."""
    rules = file.pack.markup
    try:
        return rules is not None and _exposes(scan(file.data, rules), rules)
    except Unbalanced:
        return False


def _exposes(top: Element, rules: MarkupRules) -> bool:
    scripts = [child.heads[0] for child in top.children if child.name == rules.script]
    return not rules.exposes or any(head.has(rules.exposes) is not None for head in scripts)


@dataclass(frozen=True, slots=True)
class _Arm:
    """One way of a chain: an element, or a part of a block, from `start` to `end`. `value` is its condition, None for
    the one without; `result` is what that comes to."""

    start: int
    end: int
    head: Head
    value: tuple[int, int] | None
    result: bool | str


class _Fold(Part):
    """What is shown under a condition."""

    def visit(self, parent: Element) -> None:
        if self.rules.verbatim and parent.heads[0].has(self.rules.verbatim) is not None:
            return
        for chain in self._chains(parent):
            for element in chain:
                self._always(element)
            gone = self._fold(chain)
            for element in chain:
                if element not in gone:
                    self.visit(element)

    def _chains(self, parent: Element) -> Iterator[list[Element]]:
        """The children, those that exclude each other together."""
        chain: list[Element] = []
        for child in parent.children:
            follows = bool(chain) and not child.is_block and self._continues(chain[-1], child)
            if not follows:
                if chain:
                    yield chain
                chain = []
            chain.append(child)
        if chain:
            yield chain

    def _continues(self, before: Element, after: Element) -> bool:
        head = after.heads[0]
        is_arm = head.has(self.rules.elif_) is not None or head.has(self.rules.otherwise) is not None
        between = re.sub(rb"<!--.*?-->", b"", self.data[before.end : after.start], flags=re.DOTALL)
        return is_arm and not between.strip()

    # -------------------------------------------------------------- one chain

    def _fold(self, chain: list[Element]) -> list[Element]:
        """Fold what is known; the elements that go."""
        hidden = {name for name in self.known for element in chain if self._is_hidden(element, name)}
        known = {name: value for name, value in self.known.items() if name not in hidden}
        if chain[0].is_block:
            self._fold_block(chain[0], known)
            return []
        try:
            arms = [self._arm(element, known) for element in chain]
        except Open:
            return []
        if arms[0].head.has(self.rules.when) is None or not any(self._is_folded(arm) for arm in arms):
            return []
        kept, gone = _settled(arms)
        taken = [element for element, arm in zip(chain, arms, strict=True) if arm in gone]
        alone = len(kept) == 1 and kept[0].result is True
        holder = next((element for element, arm in zip(chain, arms, strict=True) if alone and arm is kept[0]), None)
        if holder is not None and holder.name == self.rules.wrapper and not self._unwraps(holder):
            return []
        for element in taken:
            self._remove(element.start, element.end)
        if holder is not None:
            self._show(holder)
            return taken
        for at, arm in enumerate(kept):
            self._rewrite(arm, self.rules.when if at == 0 else self.rules.elif_)
        return taken

    def _arm(self, element: Element, known: Mapping[str, bool]) -> _Arm:
        head = element.heads[0]
        given = [head.has(name) for name in (self.rules.when, self.rules.elif_)]
        attribute = next((each for each in given if each is not None), None)
        value = attribute.value if attribute is not None else None
        if attribute is not None and value is None:
            raise Open
        result = self._decided(value, known) if value is not None else True
        return _Arm(element.start, element.end, head, value, result)

    def _decided(self, value: tuple[int, int], known: Mapping[str, bool]) -> bool | str:
        return decided(self.file.path, self.data[value[0] : value[1]], self.file.pack, known)

    def _is_folded(self, arm: _Arm) -> bool:
        return arm.value is not None and arm.result != self._text(arm.value)

    def _text(self, value: tuple[int, int]) -> str:
        return self.file.slice(*value).strip()

    # -------------------------------------------------------------- elements

    def _unwraps(self, holder: Element) -> bool:
        """Whether an element that only holds others can be left out, or has a reason of its own to be there."""
        own = (self.rules.when, self.rules.elif_, self.rules.otherwise)
        others = [attribute for attribute in holder.heads[0].attributes if attribute.name not in own]
        return not others or any(self._binds(attribute.name) for attribute in others)

    def _show(self, element: Element) -> None:
        """What is always shown has no condition; what then only holds others makes way for them."""
        head = element.heads[0]
        own = (self.rules.when, self.rules.elif_, self.rules.otherwise)
        others = [attribute for attribute in head.attributes if attribute.name not in own]
        if element.name == self.rules.wrapper and not others:
            self._unwrap((head.start, head.end), (element.close, element.end))
            return
        for attribute in head.attributes:
            if attribute.name in own:
                self._drop(head, attribute)

    def _drop(self, head: Head, attribute: Attribute) -> None:
        """An attribute with the space before it, or its line."""
        start = attribute.start
        while self.data[start - 1 : start].isspace() and start > head.start:
            start -= 1
        self.editor.delete(start, attribute.end)

    def _rewrite(self, arm: _Arm, name: str) -> None:
        """What is left of an arm's condition, under the name that its place in the chain asks for."""
        attributes = [arm.head.has(each) for each in (self.rules.when, self.rules.elif_, self.rules.otherwise)]
        attribute = next((each for each in attributes if each is not None), None)
        if attribute is None:
            return
        if arm.result is True:
            self.editor.replace(attribute.start, attribute.end, self.rules.otherwise)
            return
        if attribute.name != name:
            self.editor.replace(attribute.start, attribute.start + len(attribute.name), name)
        if self._is_folded(arm) and arm.value is not None and isinstance(arm.result, str):
            self.editor.replace(*arm.value, arm.result)

    def _always(self, element: Element) -> None:
        """What is there in any case, and shown in any case as well, needs no condition for it."""
        head = element.heads[0]
        attribute = head.has(self.rules.shown) if self.rules.shown else None
        if attribute is None or attribute.value is None:
            return
        known = {name: value for name, value in self.known.items() if not self._is_hidden(element, name)}
        try:
            result = self._decided(attribute.value, known)
        except Open:
            return
        if result is True:
            self._drop(head, attribute)
        elif isinstance(result, str) and result != self._text(attribute.value):
            self.editor.replace(*attribute.value, result)

    # -------------------------------------------------------------- blocks

    def _fold_block(self, block: Element, known: Mapping[str, bool]) -> None:
        if block.name != self.rules.when:
            return
        ends = [*(head.start for head in block.heads[1:]), block.close]
        try:
            arms = [self._part(head, end, known) for head, end in zip(block.heads, ends, strict=True)]
        except Open:
            return
        if not any(self._is_folded(arm) for arm in arms):
            return
        kept, gone = _settled(arms)
        if kept and kept[0].result is True:
            arm = kept[0]
            self._unwrap((block.start, arm.head.end), (arm.end, block.end))
        elif not kept:
            self._remove(block.start, block.end)
        else:
            self._fold_parts(block, kept, gone)

    def _part(self, head: Head, end: int, known: Mapping[str, bool]) -> _Arm:
        is_last = head.name == self.rules.otherwise
        value = None if is_last else head.value
        result = self._decided(value, known) if value is not None else True
        return _Arm(head.start, end, head, value, result)

    def _fold_parts(self, block: Element, kept: list[_Arm], gone: list[_Arm]) -> None:
        for arm in gone:
            start, end = self._whole_lines(arm.start, arm.end)
            self.editor.delete(start, end)
        for at, arm in enumerate(kept):
            if arm.result is True and arm.value is not None:
                self.editor.replace(arm.head.start, arm.head.end, "{:" + self.rules.otherwise + "}")
            elif at == 0 and arm.head is not block.heads[0]:
                condition = arm.result if isinstance(arm.result, str) else ""
                self.editor.replace(arm.head.start, arm.head.end, "{#" + self.rules.when + " " + condition + "}")
            elif arm.value is not None and isinstance(arm.result, str) and self._is_folded(arm):
                self.editor.replace(*arm.value, arm.result)

    # -------------------------------------------------------------- text

    def _whole_lines(self, start: int, end: int) -> tuple[int, int]:
        """From the start of the line where only blanks stand before, where that also goes for the end."""
        first, last = self.file.line_start(start), self.file.line_start(end)
        is_alone = not self.data[first:start].strip() and not self.data[last:end].strip()
        return (first, last) if is_alone else (start, end)

    def _remove(self, start: int, end: int) -> None:
        """All of it: with its lines where nothing else stands on them, and one of two blank lines around."""
        first, after = self.file.line_start(start), self.file.line_end(end - 1)
        if self.data[first:start].strip() or self.data[end:after].strip():
            while not self.data[first:start].strip() and self.data[end : end + 1] in (b" ", b"\t"):
                end += 1
            self.editor.delete(start, end)
            return
        before = self.file.line_start(first - 1) if first else first
        following = self.data[after : self.file.line_end(after)] if after < len(self.data) else b""
        ends = not following.strip() or following.lstrip().startswith((b"</", b"{/", b"{:"))
        above = self.data[before:first].strip()
        if ends and above.startswith(b"<!--") and above.endswith(b"-->"):
            first = before
            before = self.file.line_start(first - 1) if first else first
        is_blank = first > 0 and not self.data[before:first].strip()
        self.editor.delete(before if is_blank and ends else first, after)

    def _unwrap(self, head: tuple[int, int], close: tuple[int, int]) -> None:
        """Leave what stands between two marks, and move it to the place of the first."""
        inner = self.data[head[1] : close[0]]
        first = self._line_of(*head)
        last = self._line_of(*close)
        if first is None or last is None:
            self.editor.delete(*head)
            self.editor.delete(*close)
            return
        self.editor.delete(*first)
        self.editor.delete(*last)
        if b"`" in inner or any(b"<" + name.encode() in inner for name in self.rules.still):
            return
        lines = [line for line in inner.split(b"\n")[1:] if line.strip()]
        own = len(self.data[self.file.line_start(head[0]) : head[0]])
        width = min((len(line) - len(line.lstrip(_BLANK)) for line in lines), default=own) - own
        if width > 0:
            self.editor.dedent(head[1], close[0], width)

    def _line_of(self, start: int, end: int) -> tuple[int, int] | None:
        """The lines of a mark that stands alone on them."""
        first, after = self.file.line_start(start), self.file.line_end(end - 1)
        alone = not self.data[first:start].strip() and not self.data[end:after].strip()
        return (first, after) if alone else None


def _settled(arms: list[_Arm]) -> tuple[list[_Arm], list[_Arm]]:
    """The arms that stay, up to one that always holds, and those that go."""
    kept: list[_Arm] = []
    for arm in arms:
        if kept and kept[-1].result is True:
            break
        if arm.result is not False:
            kept.append(arm)
    return kept, [arm for arm in arms if arm not in kept]
