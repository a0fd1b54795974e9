"""What the edits of a pass take away, by name: nothing else of a file can have lost a use."""

from __future__ import annotations

import re
from collections.abc import Iterable

from featureops.core.fold.editor import Editor
from featureops.core.mentions import leaves_in
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["touched_bindings", "touched_leaves"]

_NAME = re.compile(r"[^\W\d]|[^\w\s\"'-]")
"""How a name begins: numbers and texts are none."""


def touched_bindings(names: Names, editor: Editor, also: Iterable[Binding] = ()) -> list[Binding]:
    """The bindings of the names that stand in what goes; and `also`."""
    if editor.bindings is None:
        texts = dict.fromkeys(text for node in touched_leaves(editor) if _NAME.match(text := node.text))
        editor.bindings = list(dict.fromkeys(binding for text in texts for binding in names.called(text)))
    return list(dict.fromkeys((*editor.bindings, *also)))


def touched_leaves(editor: Editor) -> list[Node]:
    """The names and other leaves in what goes, in document order."""
    if editor.leaves is None:
        editor.leaves = leaves_in(editor.file, (edit.span for edit in editor.merged))
    return editor.leaves
