"""Small questions about a place in a file that every part of detection asks."""

from __future__ import annotations

import re
import unicodedata
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import dropwhile, islice

from featureops.core.fold.chains import is_last
from featureops.core.pack import LanguagePack
from featureops.core.syntax import Node, SourceFile

__all__ = ["MAX_TEXT", "clean", "climbed", "is_test_path", "shape_around", "string_at", "text_shape", "whole_word"]

MAX_TEXT = 200
"""Longest line that an answer quotes, in characters."""

_TRANSPARENT = frozenset({"paren", "cast", "await"})
_PASSED = frozenset({"concat", "format"})
_SPOKEN = {
    "elif": "if",
    "declarator": "assign",
    "field": "assign",
    "destructuring": "assign",
    "arguments": "argument",
    "keyword-argument": "argument",
    "markup-expression": "markup",
    "markup-attribute": "markup",
    "markup-element": "markup",
    "expression": "statement",
    "yield": "statement",
    "lambda": "return",
    "function": "return",
    "parameter": "default",
}
_WORD = re.compile(rb"[\w-]")


def clean(text: str) -> str:
    """One line for an answer: trimmed, no control or bidirectional characters, at most MAX_TEXT characters."""
    plain = text.strip()
    if plain.isascii() and plain.isprintable():
        return plain if len(plain) <= MAX_TEXT else plain[: MAX_TEXT - 1] + "…"
    shown = (" " if char == "\t" else char for char in plain if char == "\t" or _shown(char))
    line = "".join(islice(dropwhile(str.isspace, shown), MAX_TEXT + 1))  # a line can be a whole file
    return line.rstrip() if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1] + "…"


def _shown(char: str) -> bool:
    return (char.isascii() and char.isprintable()) or (not char.isascii() and unicodedata.category(char)[0] != "C")


def climbed(node: Node) -> Node:
    """The outermost node that is only parentheses, casts and awaits around this one."""
    while node.parent is not None and node.parent.shape in _TRANSPARENT:
        node = node.parent
    return node


def shape_around(node: Node) -> str:
    """The construct that an expression sits in: if, conditional, and, or, not, return, assign, argument, markup ...

    "statement" where its value is dropped, "" where nothing is known.
    """
    if node.shape == "decorator":
        return "decorated"
    outermost = climbed(node)
    if _is_given(outermost):
        return "return"
    parent = climbed(node).parent
    while parent is not None:
        shape = parent.shape
        if shape == "block":
            return "statement"
        if shape and shape not in _PASSED:
            return _SPOKEN.get(shape, shape)
        parent = parent.parent
    return ""


def _is_given(node: Node) -> bool:
    """Whether a function that says what it gives back gives this without a word for it."""
    block = node.parent
    function = block.parent if block is not None and is_last(block, node) else None
    return function is not None and (function.shape == "lambda" or function.role("type") is not None)


def is_test_path(pack: LanguagePack | None, path: str) -> bool:
    """Whether one of the pack's globs fits the path, the file's name, or a part of the path."""
    return pack is not None and _fits(pack.test_paths, path)


@lru_cache(maxsize=4096)
def _fits(globs: tuple[str, ...], path: str) -> bool:
    tails = [path]
    while "/" in tails[-1]:
        tails.append(tails[-1].partition("/")[2])
    return any(fnmatchcase(tail, glob) for glob in globs for tail in tails)


def string_at(file: SourceFile, start: int, end: int) -> Node | None:
    """The string that some bytes stand in by themselves."""
    node: Node | None = file.node_at(start, end)
    while node is not None and node.shape != "string":
        if node.shape:
            return None
        node = node.parent
    return node


def text_shape(file: SourceFile, start: int, end: int) -> str:
    """What some bytes that say nothing stand in: comment, string or text."""
    node = file.node_at(start, end)
    if node.is_comment:
        return "comment"
    return "string" if string_at(file, start, end) is not None else "text"


def whole_word(data: bytes, start: int, end: int) -> bool:
    """Whether the bytes are no part of a longer name."""
    before = data[start - 1 : start] if start else b""
    return not _WORD.match(before) and not _WORD.match(data[end : end + 1])
