"""Code in functions that run once, when a program starts: a flag that is read there can't be switched any more.

Which functions those are is the language's data: by name, by what marks them, or as constructors of objects that are
made once.
"""

from __future__ import annotations

import re

from featureops.core.syntax import Node
from featureops.core.wrap.boxes import owner_of

__all__ = ["runs_once"]


def runs_once(node: Node) -> str | None:
    """What a node is part of that runs only once: the name of its function, or its file."""
    rules = node.file.pack.wrap.once
    if rules.paths is not None and re.search(rules.paths, node.file.path):
        return node.file.path
    function = _outermost(node)
    if function is None:
        return None
    name_node = function.role("name")
    name = name_node.text if name_node is not None else ""
    if rules.functions is not None and re.search(rules.functions, name):
        return name
    if rules.marks is not None and re.search(rules.marks, _head(function)):
        return name or "this function"
    owner = next((outer for outer in function.ancestors() if outer.shape == "class"), None)
    head = _head(owner) if owner is not None else ""
    if rules.classes is not None and _is_constructor(function, name, owner) and re.search(rules.classes, head):
        return f"the constructor of {_name(owner)}"
    if rules.owners is not None and rules.owned is not None and re.search(rules.owners, head):
        return name if re.search(rules.owned, name) else None
    return None


def _outermost(node: Node) -> Node | None:
    """A callback inside runs later, as often as it is called: only code of the function itself counts."""
    inner = owner_of(node)
    return inner if inner is not None and inner.shape == "function" else None


def _is_constructor(function: Node, name: str, owner: Node | None) -> bool:
    index = function.file.pack.index
    return name in index.constructors or (owner is not None and name == _name(owner))


def _name(owner: Node | None) -> str:
    name = owner.role("name") if owner is not None else None
    return name.text if name is not None else ""


def _head(node: Node) -> str:
    """What stands in front of the body: marks, modifiers, name; also marks that the grammar puts beside it."""
    body = node.role("body")
    start, before = node.start, node.previous()
    while before is not None and before.shape == "decorator":
        start, before = before.start, before.previous()
    parent = node.parent
    if parent is not None and parent.shape in ("decorated", "export"):
        start = min(start, parent.start)
        outer = parent.previous()
        start = outer.start if outer is not None and outer.shape == "decorator" else start
    return node.file.slice(start, body.start if body is not None else node.end)
