"""What the changed lines of one side hold: calls, names, branches, guards, error handling, whole definitions."""

from __future__ import annotations

import hashlib
import re
import textwrap
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import takewhile

from featureops.core.assess.normal import callee, is_log_call
from featureops.core.assess.tables import QUERY
from featureops.core.assess.values import Definition, HunkKind, LanguageSignals, SideFacts
from featureops.core.model import Span
from featureops.core.syntax import Node, SourceFile

__all__ = ["all_tests", "imported_modules", "side_facts", "smallest_statements", "whole_nodes"]

_QUERY = re.compile(QUERY)
_NAME_LENGTH = 80


def side_facts(file: SourceFile, spans: Sequence[Span], signals: LanguageSignals) -> SideFacts:
    """Collect from everything that starts inside one of the sorted, disjoint `spans`. Comments hold no evidence."""
    collector = _Collector(file, spans, signals)
    collector.visit(file.root)
    return collector.result()


def imported_modules(file: SourceFile, signals: LanguageSignals) -> tuple[tuple[str, int], ...]:
    """The text of the imports at the top level, each with its line."""
    return tuple((node.text, file.line_of(node.start)) for node in file.root.children if node.type in signals.imports)


def smallest_statements(file: SourceFile, span: Span, signals: LanguageSignals) -> tuple[Span, ...]:
    """The statements that begin inside the span and hold no other statement."""
    found: list[Span] = []
    _gather(file.root, span, signals, found)
    return tuple(found)


def _gather(node: Node, span: Span, signals: LanguageSignals, found: list[Span]) -> bool:
    """Whether the node is or holds a statement."""
    if node.end <= span.start or span.end <= node.start:
        return False
    inner = [_gather(child, span, signals, found) for child in node.children]
    if any(inner):
        return True
    if node.type not in signals.statements or node.start < span.start:
        return False
    found.append(node.span)
    return True


def all_tests(file: SourceFile, span: Span, signals: LanguageSignals) -> bool:
    """Whether nothing but tests that stand among other code is in the span: an attribute before them says so."""
    return bool(signals.decorators) and _tested(file.root, span, signals)


def _tested(node: Node, span: Span, signals: LanguageSignals) -> bool:
    quiet = signals.comments | signals.decorators
    parts = [each for each in node.children if each.start < span.end and span.start < each.end]
    parts = [each for each in parts if each.type not in quiet]
    return bool(parts) and all(_is_test(each, signals) or _tested(each, span, signals) for each in parts)


def _is_test(node: Node, signals: LanguageSignals) -> bool:
    marks = _leading(node, signals)
    return any(fnmatchcase(mark.text, pattern) for mark in marks for pattern in signals.tests)


def whole_nodes(
    file: SourceFile, span: Span, signals: LanguageSignals, *, fresh: bool
) -> tuple[HunkKind, tuple[Definition, ...]]:
    """What the lines of a hunk are made of: "inert" (blank, comments), "import", "definition" (nothing but whole
    declarations, perhaps with imports) or "behaviour"; and the definitions. In a `fresh` file, which runs only when
    something imports it, a binding at the top level is a definition even if making its value calls something."""
    children = file.root.children
    first = bisect_right(children, span.start, key=_end)
    last = bisect_left(children, span.end, key=_start)
    maximal = [part for node in children[first:last] for part in _maximal(node, span, signals)]
    if any(node is None for node in maximal):
        return "behaviour", ()
    nodes = [node for node in maximal if node is not None and not _belongs(node, maximal, signals)]
    nodes = [part for node in nodes for part in _opened(node, signals)]
    definitions = [node for node in nodes if _declaration(node, signals, fresh=fresh) is not None]
    rest = [node for node in nodes if node not in definitions and node.type not in signals.imports]
    if rest:
        return "behaviour", ()
    if definitions:
        return "definition", tuple(_definition(node, signals, fresh=fresh) for node in definitions)
    return ("import", ()) if nodes else ("inert", ())


def _opened(node: Node, signals: LanguageSignals) -> list[Node]:
    """A namespace or a group as the several definitions that it holds; anything else as it is."""
    if node.type not in signals.wrappers:
        return [node]
    quiet = signals.comments | signals.imports
    children = [each for each in node.children if each.named and each.field != "name" and each.type not in quiet]
    inner = [part for child in children for part in _opened(child, signals)]
    return inner if sum(part.type in signals.declarations for part in inner) > 1 else [node]


def _belongs(node: Node, nodes: Sequence[Node | None], signals: LanguageSignals) -> bool:
    """Whether a node is a decorator that stands before its definition, not in it, with the definition among `nodes`."""
    return node.type in signals.decorators and any(
        other is not None and other.type in signals.declarations and node in _leading(other, signals) for other in nodes
    )


def _leading(node: Node, signals: LanguageSignals) -> Sequence[Node]:
    """The decorators right before a node, as its siblings."""
    before = node.parent.children[: node.index] if node.parent is not None else ()
    found = takewhile(lambda each: each.type in signals.decorators | signals.comments, reversed(before))
    return [each for each in found if each.type in signals.decorators]


def _start(node: Node) -> int:
    return node.start


def _end(node: Node) -> int:
    return node.end


def _bare_string(node: Node, signals: LanguageSignals) -> bool:
    """A statement that is just a string where a language writes its documentation so."""
    if signals.docstrings is None or node.type != signals.docstrings[0] or len(node.items) != 1:
        return False
    parts = node.items[0].children
    return any(part.type in signals.text for part in parts) and not any(part.items for part in parts)


def _maximal(node: Node, span: Span, signals: LanguageSignals) -> list[Node | None]:
    """The largest nodes inside the span; None marks a token of a node that reaches beyond it."""
    if node.end <= span.start or span.end <= node.start or node.type in signals.comments:
        return []
    if _bare_string(node, signals):
        return []
    if span.start <= node.start and node.end <= span.end:
        return [node] if node.named or node.text.strip() not in {"", ";", ","} else []
    if not node.children:
        return [None]
    parts = [part for child in node.children for part in _maximal(child, span, signals)]
    inside = [part for part in parts if part is not None and not part.named]
    return [part if part not in inside else None for part in parts]


def _declaration(node: Node, signals: LanguageSignals, *, fresh: bool) -> Node | None:
    """The declaration that a node is, or wraps: a decorated, exported or assigned function, a class, a type."""
    if node.type in signals.declarations:
        return node
    if node.type in signals.functions and node.parent is not None and "declarator" in node.parent.type:
        return node.parent
    if node.type not in signals.wrappers and "declarator" not in node.type:
        return None
    found = (_declaration(child, signals, fresh=fresh) for child in reversed(node.children) if child.named)
    return next((inner for inner in found if inner is not None), None) or _constant(node, signals, fresh=fresh)


def _constant(node: Node, signals: LanguageSignals, *, fresh: bool) -> Node | None:
    """The binding of a name to a value at the top level of a file, if making the value calls nothing."""
    if not _at_top(node) or len(node.items) != 1:
        return None
    binding = node.items[0]
    target = next((child for child in binding.children if child.field in {"name", "left"}), None)
    if target is None or target.type not in signals.identifiers:
        return None
    calls = signals.calls or {}
    runs = not fresh and any(inner.type in calls for inner in binding.walk())
    return None if runs else binding


def _at_top(node: Node) -> bool:
    above = node.parent
    return above is not None and (above.parent is None or (above.parent.parent is None and "export" in above.type))


def _definition(node: Node, signals: LanguageSignals, *, fresh: bool) -> Definition:
    inner = _declaration(node, signals, fresh=fresh) or node
    # What adds to a type that is elsewhere has no name of its own.
    names = [child.text for field in ("name", "left", "type") for child in inner.children if child.field == field]
    name = names[0] if names else ""
    decorated = any(child.type in signals.decorators for child in (*node.children, *inner.children))
    known_by = [name, *(each.text for each in _leading(node, signals))]
    entry = any(fnmatchcase(each, pattern) for each in known_by for pattern in signals.entry_points) or _is_default(
        node
    )
    column = node.start - node.file.line_start(node.start)
    lines = textwrap.dedent(" " * column + node.text).splitlines()
    # A method that goes to another class is not the same any more.
    owners = {"name", "type"}
    around = [child.text for above in node.ancestors() for child in above.children if child.field in owners]
    text = "\n".join([*around, *(line.rstrip() for line in lines)]).encode("utf-8", "surrogateescape")
    digest = hashlib.sha256(text).hexdigest()[:16]
    # The comment above names it too, by custom.
    above = node.parent.children[: node.index] if node.parent is not None else ()
    head = [*takewhile(lambda each: each.type in signals.comments | signals.decorators, reversed(above)), node]
    span = Span(min(each.start for each in head), node.end)
    return Definition(name, node.file.line_of(node.start), span, decorated or entry, digest)


def _is_default(node: Node) -> bool:
    return any(not child.named and child.text == "default" for child in node.children)


class _Collector:
    def __init__(self, file: SourceFile, spans: Sequence[Span], signals: LanguageSignals) -> None:
        self.file, self.spans, self.signals = file, spans, signals
        self._ends = [span.end for span in spans]
        self.counts: Counter[str] = Counter()
        self.counted = (
            ("branches", signals.branches),
            ("loops", signals.loops),
            ("handlers", signals.handlers),
            ("statements", signals.statements),
            ("concurrent", signals.concurrent),
        )
        self.lists: dict[str, list[tuple[str, int]]] = {
            key: [] for key in ("calls", "names", "modules", "functions", "queries", "decorators")
        }

    def result(self) -> SideFacts:
        lists = self.lists
        return SideFacts(
            calls=tuple(lists["calls"]),
            names=tuple(lists["names"]),
            modules=tuple(lists["modules"]),
            functions=tuple(lists["functions"]),
            queries=tuple(lists["queries"]),
            decorators=tuple(lists["decorators"]),
            branches=self.counts["branches"],
            loops=self.counts["loops"],
            handlers=self.counts["handlers"],
            guards=self.counts["guards"],
            statements=self.counts["statements"],
            concurrent=self.counts["concurrent"],
        )

    def visit(self, node: Node) -> None:
        span = self._touching(node)
        if span is None or node.type in self.signals.comments:
            return
        inside = span.start <= node.start
        if node.type in self.signals.functions or node.type in self.signals.classes:
            self._function(node, span)
        if inside and self._take(node):
            return
        for child in node.children:
            self.visit(child)

    def _touching(self, node: Node) -> Span | None:
        at = bisect_right(self._ends, node.start)
        if at < len(self.spans) and self.spans[at].start < node.end:
            return self.spans[at]
        return None

    def _function(self, node: Node, span: Span) -> None:
        named = [child for child in node.children if child.field == "name"]
        if not named and node.parent is not None:
            named = [child for child in node.parent.children if child.field in {"name", "key"}]
        if named:
            self._note("functions", named[0].text, max(node.start, span.start))

    def _decorated(self, node: Node) -> None:
        around = node.parent.children[node.index + 1 :] if node.parent is not None else ()
        names = [part for child in around for part in child.children if part.field == "name"]
        if names:
            self._note("functions", names[0].text, node.start)

    def _note(self, key: str, text: str, offset: int) -> None:
        self.lists[key].append((text[:_NAME_LENGTH], self.file.line_of(offset)))

    def _take(self, node: Node) -> bool:
        """Note what a node is; True where nothing below it is of interest."""
        signals = self.signals
        if node.type in signals.imports:
            self._note("modules", node.text, node.start)
            return True
        for key, types in self.counted:
            self.counts[key] += node.named and node.type in types
        if node.type in signals.conditions and self._is_guard(node):
            self.counts["guards"] += 1
        if node.type in signals.decorators:
            self._note("decorators", node.text.lstrip("@").split("(")[0], node.start)
            self._decorated(node)
        if node.type in (signals.calls or {}):
            return self._call(node)
        if not node.children and node.named:
            self._word(node)
        return False

    def _call(self, node: Node) -> bool:
        name = callee(node, self.signals)
        if is_log_call(name, self.signals.logs):
            return True
        if name:
            self._note("calls", name, node.start)
        return False

    def _word(self, node: Node) -> None:
        if node.type.endswith("identifier"):
            self._note("names", node.text, node.start)
        elif node.type in self.signals.text and _QUERY.match(node.text):
            self._note("queries", " ".join(node.text.split())[:_NAME_LENGTH], node.start)

    def _is_guard(self, node: Node) -> bool:
        """An early exit on a condition, or an assertion."""
        body = next((child for child in node.children if child.field == "consequence"), None) or node.role("then")
        if body is None:
            return "assert" in node.type
        if any(child.field == "alternative" for child in node.children) or node.role("else") is not None:
            return False
        last = body if self._exits(body) else (body.items or [body])[-1]
        return self._exits(last)

    def _exits(self, node: Node) -> bool:
        return node.type in self.signals.exits or node.shape == "raise"
