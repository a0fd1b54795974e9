"""The one view on a parsed file: nodes with shapes and roles, lines, syntax errors. Knows no language.

Nodes are made lazily: asking around an offset builds only the path to it, which is what scanning a large repository
needs (a query over a whole tree costs more than the parse).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from featureops.core.grown import Raw, listed
from featureops.core.model import Span
from featureops.core.pack import LanguagePack, ShapeRule
from featureops.core.regroup import opened, regrouped

if TYPE_CHECKING:
    from tree_sitter import Node as RawNode
    from tree_sitter import Parser, Range
    from tree_sitter import Tree as RawTree

__all__ = ["MAX_DEPTH", "Node", "SourceFile", "TooDeep", "parse"]

_MARK = b"\xef\xbb\xbf"
_RETURN = ord("\r")
MAX_DEPTH = 400
"""Deeper nesting is generated code; the folding rules are recursive, so such a file is left alone with a reason."""

_LEVELS_OF_ONE = 4
"""More levels than this are not made of one of the grammar by regrouping."""

_end = attrgetter("end")


class TooDeep(ValueError):
    """The file nests deeper than MAX_DEPTH."""


class Node:
    """A syntax node. Compared by identity: the same place is the same object for the life of its file. `rule` is the
    shape rule that fits, `shape` its name, "" for none."""

    __slots__ = (
        "_raw",
        "children",
        "depth",
        "end",
        "field",
        "file",
        "index",
        "named",
        "parent",
        "rule",
        "shape",
        "start",
        "type",
    )
    children: tuple[Node, ...]
    rule: ShapeRule | None
    shape: str

    def __init__(self, raw: Raw, file: SourceFile, parent: Node | None, field: str | None, index: int) -> None:
        self._raw = raw
        self.file = file
        self.parent = parent
        self.field = field
        self.index = index
        self.type: str = raw.type
        self.named: bool = raw.is_named
        self.start, self.end = raw.start_byte, raw.end_byte
        if not raw.child_count:
            self.children = ()  # most nodes are leaves: they need no cursor to be asked for children
        elif file.data[self.end - 1] == _RETURN:
            self.end -= 1  # half of the line ending, which some grammars count to what stands before it
        self.depth: int = parent.depth + 1 if parent is not None else 0
        if self.depth > MAX_DEPTH:
            raise TooDeep(file.path)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """What is found when it is first asked for: from then on it costs no call, and it is asked for often."""
            if name == "children":
                self.children = self._build()
            elif name == "rule":
                self.rule = self._ruled()
            elif name == "shape":
                self.shape = self.rule.name if self.rule is not None else ""
            else:
                raise AttributeError(name)
            return object.__getattribute__(self, name)

    def __repr__(self) -> str:
        return f"<{self.type} {self.start}-{self.end}>"

    def _build(self) -> tuple[Node, ...]:
        rules, file = self.file.pack.tree, self.file
        parts = listed(self._raw) if rules is None else regrouped(self._raw, rules)
        if rules is not None and self.depth < MAX_DEPTH // 2:
            parts = opened(parts, self.type, rules, file.read_again)
        return tuple([Node(raw, file, self, name, at) for at, (raw, name) in enumerate(parts)])

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    @property
    def text(self) -> str:
        return self.file.slice(self.start, self.end)

    @property
    def is_comment(self) -> bool:
        return self.type in self.file.pack.index.comments

    @property
    def items(self) -> list[Node]:
        """Named children without comments and modifiers."""
        other = self.file.pack.not_parts
        return [child for child in self.children if child.named and child.type not in other]

    @property
    def is_error(self) -> bool:
        return self._raw.is_error or self._raw.is_missing

    def _ruled(self) -> ShapeRule | None:
        for rule in self.file.pack.by_node.get(self.type, ()) if self.named else ():
            if rule.is_plain or self._fits(rule):
                return rule
        return None

    def _fits(self, rule: ShapeRule) -> bool:
        token = rule.token
        if token is not None and not self.has_token(token) and (self.children or self.text.lower() != token):
            return False
        if rule.having is not None and not any(child.field == rule.having for child in self.children):
            return False
        if (rule.text is not None and self.text != rule.text) or (rule.name == "paren" and len(self.items) > 1):
            return False
        if rule.within and not self._is_within(rule):
            return False
        return rule.without is None or not self.has_token(rule.without)

    def _is_within(self, rule: ShapeRule) -> bool:
        """Whether the parent is one that the rule asks for; a chain of the same node is all one shape."""
        parent = self.parent
        if parent is None:
            return False
        return parent.rule is rule if parent.type == self.type else parent.type in rule.within

    def has_token(self, text: str) -> bool:
        """Whether a direct child is exactly this text."""
        size = len(text.encode())  # told first: to be told the children of a long child costs much more
        for child in self.children:
            if child.type == text or (child.end - child.start == size and not child.children and child.text == text):
                return True
        return False

    def roles(self, role: str) -> list[Node]:
        """The nodes that play a role of this node's shape."""
        rule = self.rule
        target = rule.roles.get(role) if rule else None
        if rule is None or target is None:
            return []
        found = self._at(target)
        if rule.inner is None:
            return found
        return [each.items[0] if each.type == rule.inner and len(each.items) == 1 else each for each in found]

    def _at(self, target: str | int) -> list[Node]:
        if isinstance(target, int):
            items = self.items
            return items[target : target + 1] if target >= 0 else items[len(items) + target : len(items) + target + 1]
        for way in target.split("|"):
            found = self.aimed(way)
            if found:
                return found
        return []

    def aimed(self, way: str) -> list[Node]:
        """What a role's target leads to from this node."""
        if way[0] == ">":
            at = next((place for place, child in enumerate(self.children) if child.text == way[1:]), None)
            after = self.children[at + 1 :] if at is not None else ()
            return [child for child in after if child.named and not child.is_comment][:1]
        if way[0] == "^":
            return self.parent.aimed(way[1:]) if self.parent is not None else []
        if way == ".":
            return [self]
        step, _, rest = way.partition(".")
        found = self._stepped(step)
        return [node for each in found for node in each.aimed(rest)] if rest else found

    def _stepped(self, step: str) -> list[Node]:
        if step[-1] == "]":
            name, _, at = step[:-1].partition("[")
            return self._stepped(name)[int(at) : int(at) + 1]
        if step[0] == "@":
            found = [child for child in self.children if child.type == step.lstrip("@")]
            return found if step[1] == "@" else found[:1]
        return list(self._in_field(step))

    def _in_field(self, name: str) -> Iterator[Node]:
        index = self.file.pack.index
        for child in self.children:
            is_named = child.field == name and (child.named or child.type in index.self_names)
            if is_named and child.type not in index.comments:
                yield child

    def role(self, role: str) -> Node | None:
        rule = self.rule
        if rule is None:
            return None
        name = rule.direct.get(role)
        if name is None:
            found = self.roles(role) if role in rule.roles else ()
            return found[0] if found else None
        index = self.file.pack.index
        for child in self.children:  # the loop of `_in_field`: nothing is asked for more often
            is_named = child.field == name and (child.named or child.type in index.self_names)
            if is_named and child.type not in index.comments:
                return child
        return None

    def ancestors(self) -> Iterator[Node]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def walk(self) -> Iterator[Node]:
        """This node and all below, in document order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            children = node.children
            if children:
                stack.extend(reversed(children))

    def next(self) -> Node | None:
        siblings = self.parent.children if self.parent else ()
        return siblings[self.index + 1] if self.index + 1 < len(siblings) else None

    def previous(self) -> Node | None:
        return self.parent.children[self.index - 1] if self.parent and self.index > 0 else None


class SourceFile:
    """A parsed file. `data` is what was parsed, byte for byte (with its byte order mark, if any). `mentioned`
    and `leaves` keep what `core.mentions` found."""

    def __init__(self, path: str, data: bytes, pack: LanguagePack, tree: RawTree) -> None:
        self.path = path
        self.data = data
        self.pack = pack
        self.tree = tree
        self.mentioned: dict[str, list[Node]] = {}
        self.leaves: dict[Span, dict[Node, None]] = {}
        self.root = Node(tree.root_node, self, None, None, 0)

    def slice(self, start: int, end: int) -> str:
        return self.data[start:end].decode("utf-8", "surrogateescape")

    @cached_property
    def line_starts(self) -> list[int]:
        starts, at = [self._first], self.data.find(b"\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.data.find(b"\n", at + 1)
        return starts

    @cached_property
    def eol(self) -> bytes:
        """The line ending of the first line."""
        first = self.data.find(b"\n")
        return b"\r\n" if first > 0 and self.data[first - 1 : first] == b"\r" else b"\n"

    def line_of(self, offset: int) -> int:
        """The line of an offset, from 1. A byte order mark stands before the first line."""
        return self.data.count(b"\n", 0, offset) + 1  # counted faster than all lines are listed

    def line_start(self, offset: int) -> int:
        return self.data.rfind(b"\n", 0, offset) + 1 or self._first

    def line_end(self, offset: int) -> int:
        """Just after the line's newline, or the end of the file."""
        return self.data.find(b"\n", offset) + 1 or len(self.data)

    @cached_property
    def _first(self) -> int:
        return len(_MARK) if self.data.startswith(_MARK) else 0

    def column_of(self, offset: int) -> int:
        return offset - self.line_start(offset) + 1

    def line_text(self, offset: int) -> str:
        return self.slice(self.line_start(offset), self.line_end(offset)).rstrip("\r\n")

    def node_at(self, start: int, end: int | None = None) -> Node:
        """The smallest node that covers the bytes."""
        stop = start + 1 if end is None else end
        node = self.root
        while True:
            # Children are in order and do not overlap; a generated line can have thousands of them.
            children = node.children
            at = bisect_left(children, stop, key=_end)
            if at == len(children) or children[at].start > start:
                return node
            node = children[at]

    def read_again(self, start: int, end: int) -> RawNode:
        """The tree of some bytes, read as a statement."""
        ending = self.pack.text.statement.format("").encode()
        within = _range(self.data, start, end + len(ending))
        return _parser(self.path, self.pack, [within]).parse(self.data[:end] + ending).root_node

    def check_depth(self) -> None:
        """Errors: TooDeep."""
        if self._reaches(MAX_DEPTH):
            raise TooDeep(self.path)
        if self.pack.tree is not None and self._reaches(MAX_DEPTH // _LEVELS_OF_ONE):
            for _ in self.root.walk():
                pass  # a node that is made too deep tells

    def _reaches(self, limit: int) -> bool:
        """Whether the grammar's tree is deeper. Looks only into what has as many nodes as a deep branch needs."""
        level, depth = [self.tree.root_node], 0
        while level and depth <= limit:
            level = [inner for raw in level for inner in raw.children if inner.descendant_count > limit - depth - 1]
            depth += 1
        return bool(level)

    def errors(self) -> frozenset[tuple[str, str]]:
        """ERROR and MISSING nodes as (type, text); a result may have none that its original has not."""
        if not self.tree.root_node.has_error:
            return frozenset()
        return frozenset((node.type, node.text.strip()) for node in _erroneous(self.tree.root_node, self))

    def error_near(self, span: Span) -> bool:
        """Whether a syntax error touches the bytes."""
        raws = _erroneous(self.tree.root_node, self) if self.tree.root_node.has_error else []
        return any(node.start < span.end and span.start < max(node.end, node.start + 1) for node in raws)


def _erroneous(raw: RawNode, file: SourceFile) -> list[Node]:
    found, stack = [], [raw]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            found.append(Node(node, file, None, None, 0))
            continue
        stack.extend(child for child in node.children if child.has_error or child.is_missing)
    return found


def parse(path: str, data: bytes, pack: LanguagePack) -> SourceFile:
    """Parse. A syntax error does not raise: see `SourceFile.errors`."""
    if pack.regions is not None:
        parser = _parser(path, pack, _ranges(data, pack.regions))
    elif pack.preamble and (head := re.match(pack.preamble.encode(), data)) is not None:
        parser = _parser(path, pack, [_range(data, head.end(), len(data))])
    else:
        parser = _parser(path, pack)
    tree = parser.parse(data)
    if pack.lost_ends and tree.root_node.has_error:
        # Of the same length, so that every offset is that of the file.
        ended = re.sub(pack.lost_ends.encode(), b";", data)
        other = parser.parse(ended) if ended != data else tree
        tree = tree if other.root_node.has_error else other
    return SourceFile(path, data, pack, tree)


def _parser(path: str, pack: LanguagePack, ranges: list[Range] | None = None) -> Parser:
    """The parser of a file; one of its own for parts of it, since a parser keeps what it is told about them."""
    whole = pack.parser(path[path.rfind(".") :].lower())
    if ranges is None or whole.language is None:
        return whole
    from tree_sitter import Parser

    return Parser(whole.language, included_ranges=ranges)


def _ranges(data: bytes, regions: str) -> list[Range]:
    """The parts of a host file that are parsed; one without bytes where there is none."""
    spans = [match.span(1) for match in re.finditer(regions.encode(), data)]
    return [_range(data, *span) for span in spans or [(len(data), len(data))]]


def _range(data: bytes, start: int, end: int) -> Range:
    from tree_sitter import Range

    return Range(_point(data, start), _point(data, end), start, end)


def _point(data: bytes, offset: int) -> tuple[int, int]:
    return data.count(b"\n", 0, offset), offset - data.rfind(b"\n", 0, offset) - 1
