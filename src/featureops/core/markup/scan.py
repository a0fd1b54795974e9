"""The elements, blocks and attributes of markup, as far as they are balanced: what is not, is not worked on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from featureops.core.markup.rules import MarkupRules

__all__ = ["Attribute", "Element", "Head", "Unbalanced", "expressions", "scan"]

_NAME = re.compile(rb"[A-Za-z][^\s/>=\"'{}<]*")
_LABEL = re.compile(rb"[^\s=>/\"'{}<]+|/(?!>)")
_EQUALS = re.compile(rb"\s*=\s*")
_BARE = re.compile(rb"[^\s>\"'=<`{]+")
_SPACE = re.compile(rb"\s*")
_QUOTES = b"\"'`"
_WORD = re.compile(r"([#:/@])\s*(\w+(?:\s+if\b)?)?\s*(.*)", re.DOTALL)


class Unbalanced(ValueError):
    """The markup is not one whose elements can be told."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """`value` are the bytes within the quotes, None where there is none."""

    name: str
    start: int
    end: int
    value: tuple[int, int] | None


@dataclass(slots=True)
class Head:
    """What opens an element or a part of a block: a tag, or braces with a word and what follows it."""

    start: int
    end: int
    name: str
    attributes: tuple[Attribute, ...] = ()
    value: tuple[int, int] | None = None

    def has(self, name: str) -> Attribute | None:
        return next((attribute for attribute in self.attributes if attribute.name == name), None)


@dataclass(slots=True)
class Element:
    """An element, or a block in braces, which has a head for each of its parts. `end` is after what closes it, `close`
    where that begins; what is in one that `is_raw` is no markup."""

    heads: list[Head]
    is_block: bool
    parent: Element | None
    close: int = 0
    end: int = 0
    children: list[Element] = field(default_factory=list)
    is_raw: bool = False

    @property
    def start(self) -> int:
        return self.heads[0].start

    @property
    def name(self) -> str:
        return self.heads[0].name

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.walk()

    def ancestors(self) -> Iterator[Element]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


def scan(data: bytes, rules: MarkupRules) -> Element:
    """All elements below one that is the whole file. Errors: Unbalanced."""
    return _Scan(data, rules).run()


def expressions(data: bytes, rules: MarkupRules) -> tuple[Element, list[tuple[int, int]]]:
    """`scan`, and where expressions stand among the text. Errors: Unbalanced."""
    found = _Scan(data, rules)
    return found.run(), found.expressions


class _Scan:
    def __init__(self, data: bytes, rules: MarkupRules) -> None:
        self.data = data
        self.rules = rules
        self.top = Element([Head(0, 0, "")], is_block=False, parent=None, close=len(data), end=len(data))
        self.open = self.top
        self.expressions: list[tuple[int, int]] = []
        text = "|".join(part for part in (r"<!--", r"</?[A-Za-z]", r"\{" if rules.braces else rules.expression) if part)
        self.next = re.compile(text.encode())

    def run(self) -> Element:
        at = 0
        while (found := self.next.search(self.data, at)) is not None:
            at = self._take(found)
        if self.open is not self.top:
            raise Unbalanced
        return self.top

    def _take(self, found: re.Match[bytes]) -> int:
        text, start = found.group(), found.start()
        if text == b"<!--":
            end = self.data.find(b"-->", start)
            return end + 3 if end >= 0 else len(self.data)
        if text.startswith(b"</"):
            return self._closed(start)
        if text.startswith(b"<"):
            return self._opened(start)
        end = self._braced(start) if self.rules.braces else found.end()
        self.expressions.append((start, end))
        return end

    # -------------------------------------------------------------- tags

    def _opened(self, start: int) -> int:
        name = _NAME.match(self.data, start + 1)
        if name is None:
            raise Unbalanced
        attributes, end, is_closed = self._attributes(name.end())
        head = Head(start, end, name.group().decode("utf-8", "replace"), tuple(attributes))
        element = Element([head], is_block=False, parent=self.open, close=end, end=end)
        self.open.children.append(element)
        if is_closed or head.name in self.rules.void:
            return end
        if self._is_raw(head):
            close = re.compile(rb"</" + re.escape(name.group()) + rb"\s*>").search(self.data, end)
            if close is None:
                raise Unbalanced
            element.close, element.end, element.is_raw = close.start(), close.end(), True
            return close.end()
        self.open = element
        return end

    def _is_raw(self, head: Head) -> bool:
        if head.name in self.rules.raw:
            return True
        is_top = self.open is self.top and bool(self.rules.root)
        return is_top and (head.name != self.rules.root or head.has(self.rules.foreign) is not None)

    def _closed(self, start: int) -> int:
        name = _NAME.match(self.data, start + 2)
        end = self.data.find(b">", start) + 1
        if name is None or not end or self.open.is_block or self.open.name != name.group().decode("utf-8", "replace"):
            raise Unbalanced
        self.open.close, self.open.end = start, end
        self.open = self.open.parent or self.top
        return end

    def _attributes(self, at: int) -> tuple[list[Attribute], int, bool]:
        found: list[Attribute] = []
        while True:
            at = _end(_SPACE, self.data, at)
            if self.data.startswith(b"/>", at):
                return found, at + 2, True
            if self.data.startswith(b">", at):
                return found, at + 1, False
            if self.rules.braces and self.data.startswith(b"{", at):
                end = self._balanced(at)
                found.append(Attribute("{}", at, end, (at + 1, end - 1)))
                at = end
                continue
            label = _LABEL.match(self.data, at)
            if label is None:
                raise Unbalanced
            equals = _EQUALS.match(self.data, label.end())
            value = self._value(equals.end()) if equals is not None else None
            end = label.end() if value is None else value[2]
            inner = None if value is None else (value[0], value[1])
            found.append(Attribute(label.group().decode("utf-8", "replace"), at, end, inner))
            at = end

    def _value(self, at: int) -> tuple[int, int, int]:
        """Where the value of an attribute begins and ends, and where its quotes do."""
        quote = self.data[at : at + 1]
        if quote and quote in b"\"'":
            end = at + 1
            while self.data[end : end + 1] not in (quote, b""):
                is_brace = self.rules.braces and self.data.startswith(b"{", end)
                end = self._balanced(end) if is_brace else end + 1
            if end >= len(self.data):
                raise Unbalanced
            return at + 1, end, end + 1
        if self.rules.braces and quote == b"{":
            end = self._balanced(at)
            return at, end, end
        bare = _BARE.match(self.data, at)
        if bare is None:
            raise Unbalanced
        return at, bare.end(), bare.end()

    # -------------------------------------------------------------- braces

    def _braced(self, start: int) -> int:
        end = self._balanced(start)
        text = self.data[start + 1 : end - 1].decode("utf-8", "surrogateescape")
        word = _WORD.fullmatch(text.strip())
        if word is None or word[1] == "@":
            return end
        name = " ".join((word[2] or "").split())
        length = len(word[3].encode("utf-8", "surrogateescape"))
        until = start + 1 + len(text.rstrip().encode("utf-8", "surrogateescape"))
        head = Head(start, end, name, (), (until - length, until))
        if word[1] == "#":
            element = Element([head], is_block=True, parent=self.open)
            self.open.children.append(element)
            self.open = element
        elif not self.open.is_block or (word[1] == "/" and self.open.name != name):
            raise Unbalanced
        elif word[1] == ":":
            self.open.heads.append(head)
        else:
            self.open.close, self.open.end = start, end
            self.open = self.open.parent or self.top
        return end

    def _balanced(self, start: int) -> int:
        """After the brace that closes the one at `start`."""
        at, depth = start, 0
        while at < len(self.data):
            mark = self.data[at : at + 1]
            if mark in (b"{", b"}"):
                depth += 1 if mark == b"{" else -1
                if not depth:
                    return at + 1
            elif mark in _QUOTES:
                at = self._quoted(at)
                continue
            at += 1
        raise Unbalanced

    def _quoted(self, start: int) -> int:
        quote, at = self.data[start : start + 1], start + 1
        while at < len(self.data) and self.data[at : at + 1] != quote:
            at += 2 if self.data[at : at + 1] == b"\\" else 1
        return at + 1


def _end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    return found.end() if found is not None else at
