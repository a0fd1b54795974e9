"""Members of a class that a known value settles: a field that is set once, a method or getter that returns a constant.

A member counts only where every mention of its name is understood: in this file each one is a use through the own
object (`self.name`) inside its class, and other files do not mention a name that they might use.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from featureops.core.fold.editor import Editor
from featureops.core.fold.touched import touched_leaves
from featureops.core.mentions import leaves_around
from featureops.core.querying import leaves_of, nodes_shaped
from featureops.core.scopes import Binding
from featureops.core.selves import class_above, holder_meant
from featureops.core.syntax import Node, SourceFile

__all__ = ["Member", "Members", "Place"]

_NAMING = ("member", "function", "pair")


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """`definition` is the statement, field or method, `uses` are the accesses, `value` the initial value of a field,
    `declarations` say its type elsewhere in the class."""

    name: str
    definition: Node
    uses: tuple[Node, ...]
    value: Node | None
    declarations: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """What may define a member, and the initial value of a field."""

    definition: Node
    value: Node | None

    @property
    def is_getter(self) -> bool:
        """Whether an access without a call gives the result of the method."""
        index = self.definition.file.pack.index
        if self.definition.type in index.properties:
            return True
        marks = [child.text for child in self.definition.children if not child.named]
        outer = self.definition.parent
        if outer is not None and outer.shape == "decorated":
            marks += [item.text.lstrip("@ ") for item in outer.items if item.shape == "decorator"]
        return not index.getters.isdisjoint(marks)


class Members:
    def __init__(self, file: SourceFile, is_used_elsewhere: Callable[[Binding], bool]) -> None:
        self.file = file
        self.is_used_elsewhere = is_used_elsewhere
        self.settled: dict[Node, Member] = {}
        self._found: dict[Node, Member | None] = {}
        self._methods: dict[str, list[Node]] | None = None

    def around(self, seed: Node) -> Place | None:
        """The member whose value an expression may decide, if it is one: `member` tells."""
        for outer in seed.ancestors():
            if outer.shape in ("assign", "field", "function"):
                place = _placed(outer)
                return Place(outer, place[2]) if place is not None else None
            if outer.shape == "lambda":
                return None
        return None

    def member(self, definition: Node) -> Member | None:
        if definition not in self._found:
            self._found[definition] = self._build(definition)
        return self._found[definition]

    def unused(self, editor: Editor) -> list[Node]:
        """Settled members, and private methods, that were used and whose uses have all gone."""
        found = [*self.settled.values(), *filter(None, (self.member(node) for node in self._touched_methods(editor)))]
        return [
            part
            for member in found
            if member.uses
            and not editor.covers(member.definition.span)
            and all(editor.covers(use.span) or member.definition.span.holds(use.span) for use in member.uses)
            for part in (member.definition, *member.declarations)
        ]

    def _touched_methods(self, editor: Editor) -> list[Node]:
        """Methods of which an access goes and that nothing outside expects: private ones, and all of a class that is
        built on no other."""
        gone = (node for node in touched_leaves(editor) if node.parent is not None and _is_own(node.parent))
        names = {self._text(node) for node in gone if not node.children and editor.covers(node.span)}
        named = ((node, node.parent) for name in sorted(names) for node in self._naming(name))
        return [
            holder
            for node, holder in named
            if holder is not None
            and _class_of_method(holder) is not None
            and (self._is_private(node, holder) or _stands_alone(holder))
        ]

    def _naming(self, name: str) -> list[Node]:
        """`_named`, as far as it may be the name of a function: other things are spoken of everywhere."""
        if self._leaves is not None and name not in self._leaves:
            return []
        if self._methods is None:
            self._methods = {}
            for function in nodes_shaped(self.file, "function"):
                for leaf in function.children:
                    if leaf.named and not leaf.children:
                        self._methods.setdefault(self._text(leaf), []).append(leaf)
        return self._methods.get(name, [])

    # -------------------------------------------------------------- one member

    @cached_property
    def _leaves(self) -> frozenset[str] | None:
        """The names of the functions of the file among others; told without a look at their nodes."""
        texts = leaves_of(self.file, "function")
        return frozenset(name for text in texts for name in (text, text[1:])) if texts is not None else None

    def _build(self, definition: Node) -> Member | None:
        place = _placed(definition)
        if place is None:
            return None
        owner, name, value = place
        mentions = [node for node in self._named(name.text) if node is name or not _is_variable(node)]
        declared = {node: _declaration(node, owner) for node in mentions if node is not name}
        declarations = [holder for holder in declared.values() if holder is not None]
        mentions = [node for node in mentions if declared.get(node) is None]
        accesses = [_access(node) for node in mentions if node is not name]
        if len(accesses) + 1 != len(mentions) or not all(_is_use(access, owner) for access in accesses):
            return None
        binding = Binding(name.text, owner)
        binding.definitions.append(name)
        if not self._is_private(name, definition) and self.is_used_elsewhere(binding):
            return None
        return Member(name.text, definition, tuple(accesses), value, tuple(declarations))

    def _is_private(self, name: Node, definition: Node) -> bool:
        pattern = self.file.pack.modules.private
        if pattern is not None and re.match(pattern, name.text):
            return True
        return name.text.startswith("#") or any(child.text == "private" for child in definition.children)

    def _named(self, name: str) -> list[Node]:
        """The leaves of the file with a text: names wherever they stand, and strings that hold nothing but a name."""
        return [node for node in leaves_around(self.file, name) if self._text(node) == name]

    def _text(self, leaf: Node) -> str:
        return leaf.text[1:] if leaf.type in self.file.pack.index.symbols else leaf.text


def _placed(definition: Node) -> tuple[Node, Node, Node | None] | None:
    """The class, the name and the initial value of what defines a member; None for what defines none."""
    index = definition.file.pack.index
    if definition.shape == "function":
        owner, name = _class_of_method(definition), definition.role("name")
        return (
            (owner, name, None)
            if owner is not None and name is not None and name.text not in index.constructors
            else None
        )
    if definition.shape == "field":
        owner, name = class_above(definition), definition.role("name")
        return (owner, name, definition.role("value")) if owner is not None and name is not None else None
    target = definition.role("left")
    name = target.role("property") if target is not None and _is_own(target) else None
    statement = definition.parent
    body = statement.parent if statement is not None and statement.shape == "expression" else None
    function = body.parent if body is not None and body.shape == "block" else None
    if name is None or function is None or function.shape != "function":
        return None
    owner, label = _class_of_method(function), function.role("name")
    if owner is None or label is None or label.text not in index.constructors:
        return None
    return owner, name, definition.role("right")


def _is_variable(node: Node) -> bool:
    """Whether a name is that of a variable or an argument: where an object has to be named, it is no member."""
    index, parent = node.file.pack.index, node.parent
    if index.open_classes or index.implicit_members or node.type not in index.identifiers or parent is None:
        return False
    if parent.shape in ("function", "class", "field") or (parent.shape == "member" and parent.role("property") is node):
        return False
    scopes = (outer.type for outer in node.ancestors() if outer.type in index.function_scopes | index.class_scopes)
    return next(scopes, "") not in index.class_scopes


def _declaration(name: Node, owner: Node) -> Node | None:
    """What only says in the class that there is such a member, without a value."""
    label = name
    while label.parent is not None and label.parent.shape == "" and len(label.parent.items) == 1:
        label = label.parent
    field = label.parent
    if field is None or field.shape not in ("field", "declarator") or field.role("name") is not label:
        return None
    return field if field.role("value") is None and class_above(field) is owner else None


def _is_own(node: Node) -> bool:
    """`self.name`, `this.name`."""
    owner = node.role("object") if node.shape == "member" else None
    return owner is not None and owner.text in node.file.pack.index.self_names


def _access(name: Node) -> Node:
    """What reads a member by its name; a name of its own where no object has to be named."""
    return name if _is_implicit(name) or name.parent is None else name.parent


def _is_implicit(name: Node) -> bool:
    """Whether a name stands alone and is spelt as only methods are."""
    index = name.file.pack.index
    is_spelt = name.type in index.implicit_members and name.text.endswith(tuple(index.boolean_endings) or "\n")
    is_alias = name.parent is not None and f"{name.parent.type}.*" in index.not_references
    return is_spelt and not is_alias and name.parent is not None and name.parent.shape not in _NAMING


def _is_use(access: Node, owner: Node) -> bool:
    """Whether an access reads the member of this class' own object."""
    index = access.file.pack.index
    if not (_is_own(access) or _is_implicit(access)) or access.parent is None:
        return False
    parent = access.parent
    written = not index.writes.isdisjoint((f"{parent.type}.{access.field}", f"{parent.type}.*"))
    if written or (parent.shape in ("assign", "for") and access.field == "left") or "augmented" in parent.type:
        return False
    return holder_meant(access.role("object") or access) is owner


def _stands_alone(member: Node) -> bool:
    """Whether what defines a member is not decorated, in a class without others above it that may expect it."""
    index = member.file.pack.index
    if member.parent is not None and member.parent.shape == "decorated":
        return False
    holder = next((outer for outer in member.ancestors() if outer.type in index.class_scopes), None)
    name, body = (holder.role("name"), holder.role("body")) if holder is not None else (None, None)
    if holder is None or name is None or body is None or index.open_classes or index.implicit_members:
        return False
    is_decorated = holder.parent is not None and holder.parent.shape == "decorated"
    above = holder.file.slice(name.end, body.start).split("#")[0].strip(" \t\r\n:({)}")
    return not is_decorated and (not above or above in index.root_classes)


def _class_of_method(node: Node) -> Node | None:
    return class_above(node) if node.shape == "function" else None
