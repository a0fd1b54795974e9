"""The normal form of code: what is left of it when layout, comments, types, imports, log lines or prose don't count.

Two versions with the same form at some level differ only in what that level leaves out, so the kind of a trivial change
is *proved* here instead of guessed from words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from featureops.core.assess.tables import LOG_METHODS, LOG_OBJECTS, QUERY, domains_of
from featureops.core.assess.values import Kind, LanguageSignals, Tokens
from featureops.core.assess.words import split_words
from featureops.core.syntax import Node

__all__ = ["callee", "is_log_call", "same_up_to", "tokens"]

_QUOTED = re.compile(r"""([A-Za-z]{0,2})(["'`]{1,3})""")
_TAIL = re.compile(r"[\w$]+(?:\??\.[\w$]+)*$")
# Prose for people: two words or more and nothing that a program would take apart.
_PROSE = re.compile(r"(?s)^\s*[^\W\d_][\w,.'!?:;()\u2019\u2026& \n\t-]*\s[\w,.'!?:;()\u2019\u2026& \n\t-]*$")
_CLOSERS = frozenset(")]}>")
_LEVELS: tuple[tuple[Kind, frozenset[str]], ...] = (
    ("formatting", frozenset()),
    ("comments", frozenset({"comment"})),
    ("types", frozenset({"comment", "type"})),
    ("imports", frozenset({"comment", "type", "import"})),
    ("logging", frozenset({"comment", "type", "import", "log"})),
    ("copy", frozenset({"comment", "type", "import", "log", "copy"})),
)
_MANY = 5_000


def tokens(nodes: Sequence[Node], signals: LanguageSignals) -> Tokens:
    """The normal form of sibling nodes, in order. Raises syntax.TooDeep for absurd nesting."""
    builder = _Builder(signals)
    for node in nodes:
        builder.visit(node, "")
    return Tokens(tuple(builder.pairs), frozenset(builder.declared))


def same_up_to(before: Tokens, after: Tokens) -> Kind | None:
    """The first level at which both are equal; "rename" where a name that the code declares itself was exchanged for a
    fresh one throughout; None: the behaviour may differ."""
    for kind, dropped in _LEVELS:
        if _kept(before, dropped) == _kept(after, dropped):
            return _precise(kind, before, after)
    return "rename" if _renamed(before, after) else None


def callee(node: Node, signals: LanguageSignals) -> str:
    """The dotted name that a call node calls, "" where it is not a plain name."""
    field = (signals.calls or {}).get(node.type)
    target = next((child for child in node.children if field and child.field == field), None) or node.role("function")
    found = _TAIL.search("".join(target.text.split()).replace("::", ".").replace("->", ".")) if target else None
    return found.group().replace("?.", ".") if found else ""


def is_log_call(name: str, customs: Sequence[str] = ()) -> bool:
    """`logger.info`, `console.log`, a bare `print`, and what fits the `customs` of a language: globs of callees."""
    if any(fnmatchcase(name, custom) for custom in customs):
        return True
    *objects, method = name.split(".")
    if not objects:
        return method == "print"
    return method in LOG_METHODS and objects[-1].lower().lstrip("_") in LOG_OBJECTS


def _precise(kind: Kind, before: Tokens, after: Tokens) -> Kind:
    """New types bring imports along: the change is one of types unless the imports explain all of it."""
    if kind != "imports":
        return kind
    dropped = frozenset({"comment", "import"})
    return "imports" if _kept(before, dropped) == _kept(after, dropped) else "types"


def _kept(form: Tokens, dropped: frozenset[str]) -> list[str]:
    return [text for category, text in form.pairs if category not in dropped]


def _renamed(before: Tokens, after: Tokens) -> bool:
    dropped = frozenset({"comment", "type", "import"})
    old = [pair for pair in before.pairs if pair[0] not in dropped]
    new = [pair for pair in after.pairs if pair[0] not in dropped]
    if len(old) != len(new) or len(old) > _MANY * 20:
        return False
    exchange: dict[str, str] = {}
    for left, right in zip(old, new, strict=True):
        if left[0] != right[0] or (left != right and left[0] != "name"):
            return False
        if left[0] == "name" and exchange.setdefault(left[1], right[1]) != right[1]:
            return False
    changed = {left: right for left, right in exchange.items() if left != right}
    old_names = {text for category, text in old if category == "name"}
    fresh = all(right not in old_names for right in changed.values()) and len(set(changed.values())) == len(changed)
    return fresh and all(left in before.declared and right in after.declared for left, right in changed.items())


class _Builder:
    def __init__(self, signals: LanguageSignals) -> None:
        self.signals = signals
        self.pairs: list[tuple[str, str]] = []
        self.declared: set[str] = set()

    def visit(self, node: Node, category: str) -> None:
        category = category or self._category(node)
        if node.type in self.signals.text:
            self._text(node, category)
        elif not node.children:
            self._leaf(node, category)
        elif node.type in self.signals.transparent:
            self._transparent(node, category)
        else:
            self.pairs.append((category or "code", f"<{node.type}"))
            self._children(node, category)
            self.pairs.append((category or "code", ">"))

    def _children(self, node: Node, category: str) -> None:
        children = node.children
        for child in children:
            following = children[child.index + 1] if child.index + 1 < len(children) else None
            if not child.named and following is not None and following.type in self.signals.types:
                self.visit(child, category or "type")
            elif not _droppable(child, following):
                self.visit(child, category)

    def _transparent(self, node: Node, category: str) -> None:
        for child in node.children:
            following = node.children[child.index + 1] if child.index + 1 < len(node.children) else None
            if child.type in {"(", ")"} or _droppable(child, following):
                continue
            typed = not child.named and following is not None and following.type in self.signals.types
            self.visit(child, category or ("type" if typed else ""))

    def _category(self, node: Node) -> str:
        signals = self.signals
        if node.type in signals.comments:
            return "comment"
        if node.type in signals.types:
            return "type"
        if node.type in signals.imports:
            return "import"
        if signals.docstrings and node.type == signals.docstrings[0] and _only_child(node, signals.docstrings[1]):
            return "comment"
        return "log" if node.type in signals.statements and self._only_logs(node) else ""

    def _only_logs(self, node: Node) -> bool:
        calls = self.signals.calls or {}
        items = node.items
        if node.type in calls:
            # In some grammars a call is a statement where it stands in a block by itself.
            items = [node] if node.parent is not None and node.parent.shape == "block" else []
        name = callee(items[0], self.signals) if len(items) == 1 else ""
        if not is_log_call(name, self.signals.logs):
            return False
        # A dotted name runs nothing worth a mention, though some grammars call every step of it a call.
        parts = (child for child in items[0].children if "".join(child.text.split()) != name)
        inner = (each for part in parts for each in part.walk() if each.type in calls)
        return all(_only_reads(each) for each in inner)

    def _leaf(self, node: Node, category: str) -> None:
        text = node.text
        if node.type in self.signals.identifiers:
            if _declares(node, self.signals):
                self.declared.add(text)
            self.pairs.append((category or "name", text))
            return
        quoted = _QUOTED.fullmatch(text)
        if quoted:
            text = quoted.group(1) + ('"' if quoted.group(2)[0] != "`" else "`")
        self.pairs.append((category or "code", text))

    def _text(self, node: Node, category: str) -> None:
        text = node.text
        if node.named and "\n" in text and not node.type.startswith("string"):
            text = " ".join(text.split())
        prose = not category and self._is_prose(node, text)
        if text.strip() or node.type.startswith("string"):
            self.pairs.append(("copy" if prose else category or "code", text))

    def _is_prose(self, node: Node, text: str) -> bool:
        if not _PROSE.match(text) or re.match(QUERY, text):
            return False
        above = node.parent.parent if node.parent is not None else None
        return above is None or above.type not in self.signals.compares


def _droppable(child: Node, following: Node | None) -> bool:
    """Separators that layout tools add and remove: a comma before a closing bracket, semicolons."""
    if child.named:
        return False
    if child.type == ",":
        return following is not None and following.type in _CLOSERS
    return child.type == ";"


def _only_child(node: Node, kind: str) -> bool:
    return len(node.children) == 1 and node.children[0].type == kind


def _only_reads(call: Node) -> bool:
    """Whether a call is written like the read of an attribute, and its name speaks of nothing that is worth a look."""
    name = "".join(call.text.split())
    return _TAIL.fullmatch(name) is not None and not domains_of(split_words(name), weak=True)


def _declares(node: Node, signals: LanguageSignals) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type in signals.identifiers:
        return _declares(parent, signals)
    if parent.type in signals.parameters and node.field not in {"value", "type"}:
        return True
    if node.field == "name":
        own = signals.functions | signals.classes | signals.declarations
        return parent.type in own or "declarator" in parent.type or _binds(parent, node)
    if parent.field == "left" and parent.type.endswith("_list") and parent.parent is not None:
        return _is_root_of(parent.parent)
    return _binds(parent, node) or (node.field in {"left", "pattern"} and _is_root_of(parent))


def _binds(parent: Node, node: Node) -> bool:
    role = parent.rule.binds if parent.rule is not None else None
    return role is not None and node in parent.roles(role)


def _is_root_of(parent: Node) -> bool:
    return any(word in parent.type for word in ("assign", "for", "declaration", "range"))
