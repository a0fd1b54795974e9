"""Methods that their class keeps to itself and that lose their last mention, be it a call, a text or a symbol."""

from __future__ import annotations

import re
from collections.abc import Callable

from featureops.core.fold.editor import Editor
from featureops.core.fold.layout import leading_comments
from featureops.core.model import Span
from featureops.core.scopes import Binding
from featureops.core.syntax import Node, SourceFile

__all__ = ["unmentioned_methods"]


def unmentioned_methods(file: SourceFile, editor: Editor, is_used_elsewhere: Callable[[Binding], bool]) -> list[Node]:
    """Methods of private sections, or whose names keep them to their folder, that were spoken of in their file and are
    not any more, there or in another file."""
    index, inside = file.pack.index, file.pack.modules.inside
    has_sections = any(word.encode() in file.data for word in index.private_sections)
    if not editor.merged or not (has_sections or inside):
        return []
    found: list[Node] = []
    for node in file.root.walk() if has_sections else file.root.items:
        name = node.role("name") if node.shape == "function" else None
        if name is None or not (_is_private(node) or _is_inner(node, name.text)) or editor.covers(node.span):
            continue
        if _lost_all(file, editor, node, name.text):
            binding = Binding(name.text, node)
            binding.definitions.append(name)
            if not is_used_elsewhere(binding):
                found.append(node)
    return found


def _lost_all(file: SourceFile, editor: Editor, method: Node, name: str) -> bool:
    """Whether the name stood outside of its method and all of that goes."""
    word = re.compile(rb"(?<!\w)" + re.escape(name.encode("utf-8", "surrogateescape")) + rb"(?!\w)")
    spans = [Span(*found.span()) for found in word.finditer(file.data)]
    start = min((comment.start for comment in leading_comments(method)), default=method.start)
    own = Span(start, method.end)
    others = [span for span in spans if not own.holds(span)]
    return bool(others) and all(editor.covers(span) for span in others)


def _is_inner(method: Node, name: str) -> bool:
    """Whether a method that names the type it is for can be asked for in its folder only."""
    inside = method.file.pack.modules.inside
    return method.role("receiver") is not None and inside is not None and re.search(inside, name) is not None


def _is_private(method: Node) -> bool:
    """Whether a method stands below the word that keeps what follows to its class."""
    index, before = method.file.pack.index, method.previous()
    while before is not None:
        if before.text in index.private_sections:
            return True
        if before.text in index.public_sections:
            return False
        before = before.previous()
    return False
