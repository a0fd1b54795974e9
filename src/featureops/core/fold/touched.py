"""What the edits of a pass take away, by name: nothing else of a file can have lost a use."""

from __future__ import annotations

import re
from collections.abc import Iterable

from featureops.core.fold.editor import Editor
from featureops.core.mentions import each_mention, leaves_in
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["look_at_all", "look_at_fresh", "touched_bindings", "touched_fields", "touched_leaves", "touched_members"]

_NAME = re.compile(r"[^\W\d]|[^\w\s\"'-]")
"""How a name begins: numbers and texts are none."""


def touched_bindings(names: Names, editor: Editor, also: Iterable[Binding] = ()) -> list[Binding]:
    """What the names mean that stand in what goes; and `also`."""
    if editor.bindings is None:
        meant = (names.of.get(node) for node in touched_leaves(editor) if _NAME.match(node.text))
        editor.bindings = list(dict.fromkeys(binding for binding in meant if binding is not None))
    return list(dict.fromkeys((*editor.bindings, *also)))


def touched_members(names: Names, editor: Editor) -> list[Binding]:
    """`touched_bindings`, and what has the name of a member in what goes, of whatever object, unless such a member is
    still asked for."""
    if editor.spare is None:
        named = dict.fromkeys(node.text for node in touched_leaves(editor) if _is_member(node))
        each = ((name, each_mention(editor.file, name)) for name in named)
        editor.spare = [name for name, nodes in each if not any(_is_asked(node, editor) for node in nodes)]
    spare = editor.spare
    return touched_bindings(names, editor, (binding for name in spare for binding in names.called(name)))


def touched_fields(names: Names, editor: Editor) -> list[Binding]:
    """What else than what goes has one of its names in classes only."""
    texts = dict.fromkeys(text for node in touched_leaves(editor) if _NAME.match(text := node.text))
    return list(dict.fromkeys(binding for text in texts for binding in _only_in_classes(names, editor, text)))


def touched_leaves(editor: Editor) -> list[Node]:
    """The names and other leaves in what goes, in document order."""
    among = editor.among
    leaves = _leaves(editor)
    return leaves if among is None else [leaf for leaf in leaves if _plain(leaf.text) in among]


def look_at_fresh(editor: Editor, before: Editor) -> None:
    """Look at those names alone of which more goes than went in an earlier pass: what else has lost its uses had lost
    them by then. Where a comment goes as well, or what markup is compiled to, more may hang on it."""
    known = frozenset(_leaves(before))
    fresh = [leaf for leaf in _leaves(editor) if leaf not in known]
    index = editor.file.pack.index
    if not index.markup_names and not any(leaf.is_comment for leaf in fresh):
        editor.among = frozenset(_plain(leaf.text) for leaf in fresh)


def look_at_all(editor: Editor) -> None:
    if editor.among is not None:
        editor.among = editor.bindings = editor.spare = None


def _leaves(editor: Editor) -> list[Node]:
    if editor.leaves is None:
        editor.leaves = leaves_in(editor.file, (edit.span for edit in editor.merged))
    return editor.leaves


def _plain(text: str) -> str:
    """A name without what may stand around it where it is spoken of: `$name`, `:name`, `@name`, `name?`."""
    return text.strip("$:@&*#?!=\"'`")


def _is_member(node: Node) -> bool:
    return node.parent is not None and node.parent.role("property") is node


def _is_asked(node: Node, editor: Editor) -> bool:
    """Whether a member is spoken of by something that stays and does not only set it."""
    if not _is_member(node) or editor.covers(node.span):
        return False
    target = node.parent
    outer = target.parent if target is not None else None
    return outer is None or outer.shape != "assign" or outer.role("left") is not target


def _only_in_classes(names: Names, editor: Editor, name: str) -> list[Binding]:
    index, found = editor.file.pack.index, list[Binding]()
    scopes = index.function_scopes | index.block_scopes | index.class_scopes
    for node in each_mention(editor.file, name):
        if editor.covers(node.span):
            continue
        scope = next((outer for outer in node.ancestors() if outer.type in scopes), None)
        if scope is None or scope.type not in index.class_scopes:
            return []
        binding = names.of.get(node)
        found.extend([binding] if binding is not None and node in binding.definitions else [])
    return found
