"""What has no use any more because of this change, and only that: a name that was used before and is not after."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from featureops.core.fold.editor import Editor
from featureops.core.fold.layout import leading_comments
from featureops.core.fold.touched import touched_bindings
from featureops.core.fold.values import is_pure
from featureops.core.given import definition_of, initializer, listed_parameter
from featureops.core.mentions import mentions_of
from featureops.core.querying import nodes_shaped
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = [
    "blank_names",
    "blank_out",
    "doom",
    "idle_parameters",
    "is_given_away",
    "is_private",
    "is_visible",
    "newly_unused",
    "statement_of",
]


def newly_unused(
    names: Names,
    editor: Editor,
    is_known: Callable[[Node], bool],
    settled: frozenset[Binding],
    is_used_elsewhere: Callable[[Binding], bool],
    held: Mapping[Binding, Node],
) -> list[Node]:
    """The parts to remove. To evaluate what `is_known` does nothing, `settled` are bindings whose value is known;
    `is_used_elsewhere` looks into other files; `held` are bindings that may go with their part although a call makes
    them.
    """
    found: list[Node] = []
    for binding in touched_bindings(names, editor, (*settled, *held)):
        part = held.get(binding) or _removable(names, editor, binding, is_known, settled)
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
        if binding.imported is not None and (_is_named_in_comments(binding, editor) or _serves_markup(binding, editor)):
            continue
        if binding.scope.type in names.file.pack.index.open_classes and _is_named_openly(names, editor, binding, part):
            continue
        found.append(part)
    return found


def _is_named_in_comments(binding: Binding, editor: Editor) -> bool:
    """Whether a comment that stays names the type that an import brings in."""
    file = binding.definitions[0].file
    tags = file.pack.index.type_tags
    word = re.compile(rb"\b" + re.escape(binding.name.encode("utf-8", "surrogateescape")) + rb"\b")
    for found in word.finditer(file.data) if tags else ():
        comment = _comment_at(file.node_at(found.start()))
        if comment is None or editor.covers(comment.span):
            continue
        start, end = max(comment.start, file.line_start(found.start())), min(comment.end, file.line_end(found.start()))
        if not tags.isdisjoint(file.slice(start, end).split()):
            return True
    return False


def _serves_markup(binding: Binding, editor: Editor) -> bool:
    """Whether markup that stays may be compiled to calls of what an import brings in."""
    file = binding.definitions[0].file
    if binding.name not in file.pack.index.markup_names:
        return False
    return any(not editor.covers(node.span) for node in nodes_shaped(file, "markup-element"))


def _comment_at(node: Node) -> Node | None:
    return next((each for each in (node, *node.ancestors()) if each.is_comment), None)


def _removable(
    names: Names, editor: Editor, binding: Binding, is_known: Callable[[Node], bool], settled: frozenset[Binding]
) -> Node | None:
    """The statement, declarator or import entry that makes the binding, where it can go without losing an effect."""
    if len(binding.definitions) != 1:
        return None
    if binding.imported is not None:
        return binding.imported.entry
    name, parent = binding.definitions[0], definition_of(binding)
    if parent is None or (binding.scope.type in name.file.pack.index.class_scopes and not is_private(binding)):
        return None
    if parent.shape in ("function", "class", "enum", "type-definition"):
        return parent if parent.role("name") is name else None
    part = _injected(binding) or _destructured(binding, names, editor)
    if part is not None:
        return part
    if parent.shape not in ("declarator", "assign") or binding.outer:
        return None
    value = initializer(binding)
    if value is None and _is_bare(parent, binding, names) and all(editor.covers(part.span) for part in binding.writes):
        return parent
    if binding.writes or value is None:
        return None
    return parent if binding in settled or is_pure(_remaining(value, editor), is_known) else None


def _remaining(value: Node, editor: Editor) -> Node:
    """What a choice came to, where all of it but one side goes."""
    sides = [side for role in ("then", "else") if (side := value.role(role)) is not None]
    there = [side for side in sides if not editor.covers(side.span)]
    is_settled = value.shape == "conditional" and len(sides) > len(there) == 1
    return _remaining(there[0], editor) if is_settled else value


def _is_bare(declarator: Node, binding: Binding, names: Names) -> bool:
    """Whether a local variable is declared without a value."""
    is_local = binding.scope is not names.file.root and binding.scope.type not in names.file.pack.index.class_scopes
    return is_local and declarator.shape == "declarator" and declarator.role("value") is None


def _injected(binding: Binding) -> Node | None:
    """The parameter that a name is, where a comment says that parameters are found by their names."""
    marks = binding.definitions[0].file.pack.index.injected_marks
    if not marks:
        return None
    function = next((outer for outer in binding.definitions[0].ancestors() if outer.shape == "function"), None)
    if function is None or binding.scope is not function or binding.writes:
        return None
    comments = leading_comments(statement_of(function))
    is_marked = any(mark in comment.text for mark in marks for comment in comments)
    return listed_parameter(binding, function) if is_marked else None


def _destructured(binding: Binding, names: Names, editor: Editor) -> Node | None:
    """The part of a pattern that gives a variable its name, where other parts stay and none takes the rest."""
    item = binding.definitions[0]
    if item.parent is not None and item.parent.shape == "destructured":
        item = item.parent
    pattern = item.parent
    if pattern is None or pattern.shape != "destructuring" or binding.writes or binding.outer:
        return None
    kinds = item.file.pack.index.identifiers
    others = [other for other in pattern.items if other is not item]
    is_variable = pattern.parent is not None and pattern.parent.shape == "declarator"
    if not is_variable or any(other.shape != "destructured" and other.type not in kinds for other in others):
        return None
    named = (names.of.get(other.role("value") or other) for other in others)
    stays = any(each is not None and any(not editor.covers(use.span) for use in each.uses) for each in named)
    return item if stays else None


def idle_parameters(names: Names, editor: Editor) -> frozenset[Binding]:
    """The parameters of functions that lost all their uses while their functions stay."""
    found: set[Binding] = set()
    for binding in touched_bindings(names, editor):
        is_listed = binding.scope.shape == "function" and binding.imported is None and not binding.outer
        if not is_listed or not binding.uses or editor.covers(binding.definitions[0].span):
            continue
        if all(editor.covers(use.span) for use in binding.uses) and listed_parameter(binding, binding.scope):
            found.add(binding)
    return frozenset(found)


def blank_names(names: Names, editor: Editor) -> list[Node]:
    """Local names that have no use any more but whose value has to be evaluated: they become blank, where the language
    allows no unused variable.
    """
    found: list[Node] = []
    for binding in touched_bindings(names, editor) if names.file.pack.text.blank else ():
        name = binding.definitions[0]
        holder = next((node for node in name.ancestors() if node.shape), None)
        is_local = binding.scope is not names.file.root and len(binding.definitions) == 1
        if not is_local or holder is None or holder.shape not in ("assign", "declarator", "binder"):
            continue
        if binding.uses and not editor.covers(name.span) and all(editor.covers(use.span) for use in binding.uses):
            found.append(name)
    return found


def blank_out(names: list[Node], all_names: Names, editor: Editor) -> None:
    """Write the blank name; a statement that declares no other name becomes a plain assignment."""
    for name in names:
        blank = name.file.pack.text.blank
        editor.replace(name.start, name.end, blank)
        holder = next(node for node in name.ancestors() if node.shape)
        others = [
            part
            for target in holder.roles("left") or holder.roles("name")
            for part in target.walk()
            if part in all_names.of
        ]
        fresh = [part for part in others if part not in names and all_names.of[part].definitions[0] is part]
        declares = next((child for child in holder.children if child.text == ":="), None)
        if declares is not None and all(part.text == blank for part in fresh):
            editor.replace(declares.start, declares.end, "=")


def is_private(binding: Binding) -> bool:
    """Whether a word of the definition keeps a member to its class; what is decorated may be used from anywhere."""
    definition = binding.definitions[0].parent
    statement = statement_of(definition) if definition is not None else None
    if statement is None or any(child.shape == "decorator" for child in statement.children):
        return False
    words = statement.file.pack.index.private_words
    return any(statement.has_token(word) for word in words)


def _is_named_openly(names: Names, editor: Editor, binding: Binding, part: Node) -> bool:
    """Whether another object's member of the same name is still spoken of, `other.name`, or the member itself in a way
    that says no value: `this::name`."""
    for name in mentions_of(names.file, binding.name):
        if part.span.holds(name.span) or editor.covers(name.span):
            continue
        member, meant = name.parent, names.of.get(name)
        is_asked = member is not None and member.shape == "member" and member.role("property") is name
        is_loose = meant is None and name.type in names.file.pack.index.identifiers
        if (is_asked and meant is not binding) or is_loose:
            return True
    return False


def is_visible(names: Names, binding: Binding) -> bool:
    """Whether other files, or the markup around a script, may use the name."""
    if binding.scope is names.file.root and names.file.pack.markup is not None:
        return True
    return is_given_away(names, binding)


def is_given_away(names: Names, binding: Binding) -> bool:
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
            parent.shape in ("declaration", "import") and len(_entries(parent)) == 1
        ):
            node = parent
        else:
            return node
    return node


def _entries(node: Node) -> list[Node]:
    """What a statement lists: of a declaration its names, not the type before them."""
    declarators = [item for item in node.items if item.shape == "declarator"] if node.shape == "declaration" else []
    return declarators or node.items


def doom(parts: set[Node]) -> frozenset[Node]:
    """Widen: a list whose items all go, goes; a statement whose names all go, goes."""
    doomed = set(parts)
    for part in parts:
        if part.shape in ("decorator", "parameter"):
            continue  # what it stands on, or its function, stays
        node = statement_of(part)
        doomed.add(node)
        while node.parent is not None and node.parent.shape not in ("block", "class"):
            parent = node.parent
            if parent.parent is not None and parent.parent.shape == "class":
                break  # a class without members is still a class
            if parent.shape == "arguments" or (
                parent.parent is not None and parent.parent.role("parameters") is parent
            ):
                break  # a call without arguments is still a call
            kept = (parent.role("module"), parent.role("type"))
            rest = [item for item in _entries(parent) if item not in doomed and item not in kept]
            if parent.shape == "declarator" and parent.role("name") in doomed:
                rest = []  # a pattern loses all its names only where they are brought in from a module
            if rest or parent.shape in ("function", "case"):
                break
            node = statement_of(parent)
            doomed.update((parent, node))
    return frozenset(doomed)
