"""What a class is handed and keeps, once the last use of it has gone: the field, what fills it, and the parameter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from featureops.core.fold.editor import Editor
from featureops.core.fold.touched import touched_fields, touched_leaves, touched_members
from featureops.core.fold.unused import is_private, statement_of
from featureops.core.fold.values import is_pure
from featureops.core.given import definition_of, initializer
from featureops.core.mentions import around_mentions, mentions_of
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["class_around", "class_name", "unused_fields", "unused_injections", "unused_kept", "unused_parameters"]

_NEAR = 3


def unused_fields(names: Names, editor: Editor, is_kept: Callable[[Node, Node], bool]) -> list[Node]:
    """Private fields without a value of their own that were read, and are not any more, with the statements of the
    constructor that fill them. `is_kept` tells whether code that makes objects of a class by itself, or inherits from
    it, hands over a part: where nothing in the class fills a field, its constructor is made up of the fields.
    """
    found: list[Node] = []
    for binding in touched_members(names, editor):
        field = _bare_field(binding)
        owner = class_around(field) if field is not None else None
        if field is None or owner is None or editor.covers(field.span):
            continue
        filled = _only_filling(_uses(names, binding, field), owner, editor)
        if filled is None:
            continue
        if filled or not is_kept(owner, field):
            found += [field, *(statement for statement in filled if not editor.covers(statement.span))]
    return found


def unused_parameters(names: Names, editor: Editor, is_kept: Callable[[Node, Node], bool]) -> list[Node]:
    """Parameters of constructors that were used, and are not any more, where no code calls the constructor."""
    found: list[Node] = []
    for binding in touched_members(names, editor):
        parameter = binding.definitions[0].parent if len(binding.definitions) == 1 else None
        if parameter is None or parameter.shape != "parameter" or editor.covers(parameter.span):
            continue
        if not all(editor.covers(use.span) for use in (*binding.uses, *binding.writes)):
            continue
        owner = _made_by(parameter)
        uses = {*binding.uses, *binding.writes, *_own(names, binding.name, parameter)} if owner is not None else ()
        if owner is None or not uses or not all(editor.covers(use.span) for use in uses):
            continue
        if not is_kept(owner, parameter):
            found.append(parameter)
    return found


def unused_kept(names: Names, editor: Editor, is_kept: Callable[[Node, Node], bool]) -> list[Node]:
    """Private parameters of constructors that are fields as well, and that the class does not ask any more. The only
    one that there is stays: what is made of one thing is made for it."""
    found: dict[Node, None] = {}
    asked = ((class_around(leaf), leaf.text) for leaf in touched_leaves(editor) if _is_own_member(leaf))
    for owner, name in dict.fromkeys(asked):
        parameter = _kept_parameter(owner, name) if owner is not None else None
        if owner is None or parameter is None or parameter in found or editor.covers(parameter.span):
            continue
        if parameter.parent is None or len(parameter.parent.items) == 1:
            continue
        spoken = [node for node in mentions_of(names.file, name) if not parameter.span.holds(node.span)]
        if all(editor.covers(node.span) for node in spoken) and not is_kept(owner, parameter):
            found[parameter] = None
    return list(found)


def _is_own_member(leaf: Node) -> bool:
    member = leaf.parent
    owner = member.role("object") if member is not None and member.role("property") is leaf else None
    return owner is not None and owner.text in leaf.file.pack.index.self_names


def _kept_parameter(owner: Node, name: str) -> Node | None:
    """The parameter that is the private field of this name."""
    index = owner.file.pack.index
    for node in around_mentions(owner, name):
        label = node.role("name") if node.shape == "parameter" and node.role("kept") is not None else None
        if label is None or label.text.lstrip("$") != name or class_around(node) is not owner:
            continue
        words = node.file.slice(node.start, label.start).split()
        marked = any(part.shape == "decorator" for part in node.walk())
        return node if not marked and not index.private_words.isdisjoint(words) else None
    return None


def unused_injections(names: Names, editor: Editor, is_used_elsewhere: Callable[[Binding], bool]) -> list[Node]:
    """Fields that a framework fills by their type, and that were used and are not any more."""
    found: list[Node] = []
    is_marked = any(mark.encode() in names.file.data for mark in names.file.pack.index.injection_marks)
    for binding in touched_fields(names, editor) if is_marked else ():
        field = _plain_field(binding)
        if field is None or not _is_injected(field) or editor.covers(field.span):
            continue
        spoken = [node for node in mentions_of(names.file, binding.name) if not field.span.holds(node.span)]
        if spoken and all(editor.covers(node.span) for node in spoken) and not is_used_elsewhere(binding):
            found.append(field)
    return found


def _is_injected(field: Node) -> bool:
    """Whether all that stands before a field says that a framework fills it."""
    marks = field.file.pack.index.injection_marks
    decorators = [child for child in statement_of(field).children if child.shape == "decorator"]
    words = (re.fullmatch(r"@(?:\w+:)?([\w.]+)(?:\(\))?", each.text.strip()) for each in decorators)
    return bool(decorators) and all(word is not None and word[1].rpartition(".")[2] in marks for word in words)


def _bare_field(binding: Binding) -> Node | None:
    """The declarator of a private field that is given no value where it is declared."""
    field = _plain_field(binding)
    return field if field is not None and is_private(binding) else None


def _plain_field(binding: Binding) -> Node | None:
    if len(binding.definitions) != 1 or binding.imported is not None:
        return None
    if binding.scope.type not in binding.scope.file.pack.index.class_scopes:
        return None
    field = definition_of(binding)
    bare = field is not None and field.shape == "declarator" and initializer(binding) is None
    return field if bare else None


def _uses(names: Names, binding: Binding, field: Node) -> Iterator[Node]:
    """The places that speak of the field, each once; with another object's member of the name all of them count."""
    seen = {binding.definitions[0]}
    for node in (*binding.uses, *binding.writes, *_own(names, binding.name, field)):
        if node not in seen:
            seen.add(node)
            yield node


def _only_filling(uses: Iterable[Node], owner: Node, editor: Editor) -> list[Node] | None:
    """The statements that fill a field, where all else that speaks of it goes; None where something stays, or where
    nothing else was."""
    filled: list[Node] = []
    is_read = False
    for use in uses:
        statement = _filling(use, owner)
        if statement is not None:
            filled.append(statement)
        elif editor.covers(use.span):
            is_read = True
        else:
            return None
    return filled if is_read else None


def _own(names: Names, name: str, but: Node) -> list[Node]:
    """The names of members spelt like this, of whatever object."""
    mentions = mentions_of(names.file, name)
    span = but.span
    parents = ((node, node.parent) for node in mentions if node.start < span.start or span.end < node.end)
    return [node for node, parent in parents if parent is not None and parent.role("property") is node]


def _filling(use: Node, owner: Node) -> Node | None:
    """The statement of the class' constructor that only puts a plain value into the field."""
    target = use.parent if use.parent is not None and use.parent.role("property") is use else use
    assign = target.parent
    if assign is None or assign.shape != "assign" or assign.role("left") is not target:
        return None
    if target is not use and (target.role("object") or target).text not in use.file.pack.index.self_names:
        return None
    value, statement = assign.role("right"), assign.parent
    plain = value is not None and is_pure(value, lambda _: False)
    body = statement.parent if statement is not None and statement.shape == "expression" else None
    constructor = body.parent if body is not None else None
    return statement if plain and constructor is not None and _constructs(constructor, owner) else None


def _constructs(function: Node, owner: Node) -> bool:
    return (
        function.shape == "function"
        and class_name(function) == class_name(owner) != ""
        and class_around(function) is owner
    )


def _made_by(parameter: Node) -> Node | None:
    """The class whose objects are made with a parameter, of a constructor or of the class itself."""
    index = parameter.file.pack.index
    if any(parameter.has_token(word) for word in index.member_words) and not any(
        parameter.has_token(word) for word in index.private_words
    ):
        return None
    for at, outer in enumerate(parameter.ancestors()):
        if at > _NEAR:
            return None
        if outer.shape == "function":
            owner = class_around(outer)
            return owner if owner is not None and _constructs(outer, owner) else None
        if outer.type in index.class_scopes:
            return outer if outer.type not in index.positional and class_around(parameter) is outer else None
    return None


def class_around(node: Node) -> Node | None:
    """The class that a part of it is in, unless it goes on elsewhere."""
    kinds = node.file.pack.index.class_scopes
    outer = next((outer for outer in node.ancestors() if outer.type in kinds), None)
    if outer is None or outer.shape != "class" or any(map(outer.has_token, node.file.pack.index.partial_words)):
        return None
    return outer


def class_name(node: Node) -> str:
    """The name of a class or a function, "" for none."""
    name = node.role("name")
    return name.text if name is not None else ""
