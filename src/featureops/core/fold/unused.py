"""What has no use any more because of this change, and only that: a name that was used before and is not after."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from featureops.core.fold.editor import Editor
from featureops.core.fold.values import is_pure
from featureops.core.project import initializer
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["doom", "is_visible", "newly_unused", "statement_of"]


def newly_unused(
    names: Names,
    editor: Editor,
    seeds: Mapping[Node, bool],
    settled: frozenset[Binding],
    is_used_elsewhere: Callable[[Binding], bool],
    held: Mapping[Binding, Node],
) -> list[Node]:
    """The parts to remove. `settled` are bindings whose value is known; `is_used_elsewhere` looks into other files;
    `held` are bindings that may go with their part although a call makes them.
    """
    found: list[Node] = []
    for binding in names.all:
        part = held.get(binding) or _removable(binding, seeds, settled)
        if part is None or editor.covers(part.span):
            continue
        # A definition that only names itself (recursion, its own type) had no user before either.
        users = [use for use in binding.uses if not part.span.holds(use.span)]
        if not users and binding not in settled:
            continue
        if not all(editor.covers(use.span) for use in users):
            continue
        if is_visible(names, binding) and is_used_elsewhere(binding):
            continue
        found.append(part)
    return found


def _removable(binding: Binding, seeds: Mapping[Node, bool], settled: frozenset[Binding]) -> Node | None:
    """The statement, declarator or import entry that makes the binding, where it can go without losing an effect."""
    if len(binding.definitions) != 1:
        return None
    if binding.imported is not None:
        return binding.imported.entry
    name = binding.definitions[0]
    parent = name.parent
    if parent is None or binding.scope.type in name.file.pack.index.class_scopes:
        return None
    if parent.shape in ("function", "class", "enum", "type-definition"):
        return parent if parent.role("name") is name else None
    if parent.shape not in ("declarator", "assign") or binding.writes or binding.outer:
        return None
    value = initializer(binding)
    if value is None or not (binding in settled or is_pure(value, seeds.__contains__)):
        return None
    return parent


def is_visible(names: Names, binding: Binding) -> bool:
    """Whether other files may use the name."""
    if binding.scope is not names.file.root or binding.imported is not None:
        return False
    modules = names.file.pack.modules
    if not modules.exports:
        return True
    name = binding.definitions[0]
    if any(outer.shape == "export" for outer in name.ancestors()):
        return True
    return any(outer.shape == "export" for use in binding.uses for outer in use.ancestors())


def statement_of(part: Node) -> Node:
    """The whole statement around a definition: its decorators, its `export`, its expression statement."""
    node = part
    while node.parent is not None:
        parent = node.parent
        if parent.shape in ("decorated", "export", "expression") or (
            parent.shape in ("declaration", "import") and len(parent.items) == 1
        ):
            node = parent
        else:
            return node
    return node


def doom(parts: set[Node]) -> frozenset[Node]:
    """Widen: a list whose items all go, goes; a statement whose names all go, goes."""
    doomed = set(parts)
    for part in parts:
        node = statement_of(part)
        doomed.add(node)
        while node.parent is not None and node.parent.shape not in ("block", "class"):
            parent = node.parent
            rest = [item for item in parent.items if item not in doomed and item is not parent.role("module")]
            if rest or parent.shape in ("function", "case"):
                break
            node = statement_of(parent)
            doomed.update((parent, node))
    return frozenset(doomed)
