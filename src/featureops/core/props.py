"""Properties that every use of a component gives the same known value: they go, with their types and what is given.

A component counts only where everything that is said of its name is an element whose properties can be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from featureops.core.callers import has_other_name
from featureops.core.detect.places import is_test_path
from featureops.core.fold.accesses import is_written
from featureops.core.fold.layout import leading_comments
from featureops.core.given import argument
from featureops.core.holders import alias_of
from featureops.core.mentions import mentions_of
from featureops.core.project import Project
from featureops.core.scopes import Binding
from featureops.core.settled import Settled
from featureops.core.syntax import Node

__all__ = ["settled_properties"]

_FUNCTIONS = ("function", "lambda")


@dataclass(frozen=True, slots=True, eq=False)
class _Component:
    """`first` is the one parameter of its function, `annotations` what says its type."""

    path: str
    binding: Binding
    name: Node
    first: Node
    annotations: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Property:
    """`part` is what takes it in, `binding` has its uses, `default` is what it is where it is left out."""

    part: Node | None
    binding: Binding
    default: Node | None


def settled_properties(
    project: Project, known: Mapping[Node, bool], files_with: Callable[[str], Sequence[str]]
) -> Iterator[Settled]:
    """The properties that are settled by expressions with a known value."""
    seen: set[tuple[str, str, str]] = set()
    for node in known:
        attribute = _attribute_of(node)
        tag = _tag(attribute.parent) if attribute is not None and attribute.parent is not None else None
        label = attribute.role("name") if attribute is not None else None
        component = _component(project, tag) if tag is not None else None
        if attribute is None or component is None or label is None:
            continue
        if (component.path, component.binding.name, label.text) in seen:
            continue
        seen.add((component.path, component.binding.name, label.text))
        found = _Uses(project, known, files_with, component, label.text).settled(attribute)
        if found is not None:
            yield found


# ---------------------------------------------------------------- elements


def _attribute_of(node: Node) -> Node | None:
    """The attribute whose value an expression is."""
    outer = node.parent
    while outer is not None and outer.shape in ("paren", "not", "markup-expression"):
        node, outer = outer, outer.parent
    is_value = outer is not None and outer.shape == "markup-attribute" and outer.role("value") is node
    return outer if is_value else None


def _tag(opening: Node) -> Node | None:
    """The name of the component that an element's first tag, or all of it, is for."""
    pattern = opening.file.pack.wrap.components
    name = next((child for child in opening.children if child.field == "name"), None)
    is_name = name is not None and name.type in name.file.pack.index.identifiers
    return name if is_name and name is not None and pattern and re.match(pattern, name.text) else None


def _opening(tag: Node) -> Node | None:
    """The tag with attributes that a name begins; None for any other place of the name, itself for a closing tag."""
    opening = tag.parent
    if opening is None or tag.field != "name":
        return None
    element = opening if opening.shape == "markup-element" else opening.parent
    return opening if element is not None and element.shape == "markup-element" else None


# ---------------------------------------------------------------- components


def _component(project: Project, tag: Node) -> _Component | None:
    meant = project.meaning(tag.file.path, tag)
    found = project.origin(*meant) if meant is not None else None
    holder = found[1].definitions[0].parent if found is not None and found[1].is_single else None
    if found is None or holder is None:
        return None
    function = _unwrapped(holder.role("value")) if holder.shape == "declarator" else holder
    listed = function.role("parameters") if function is not None and function.shape in _FUNCTIONS else None
    if listed is None or len(listed.items) != 1:
        return None
    first = listed.items[0]
    stated = (first.role("type"), holder.role("type") if holder.shape == "declarator" else None)
    annotations = tuple(each for each in stated if each is not None)
    return _Component(found[0], found[1], found[1].definitions[0], first, annotations)


def _unwrapped(value: Node | None) -> Node | None:
    """The function that is given to a call which makes a component of it with the same properties."""
    callee = value.role("function") if value is not None and value.shape == "call" else None
    if value is None or callee is None or callee.text not in callee.file.pack.index.component_wrappers:
        return value
    return argument(value, 0)


def _property(project: Project, component: _Component, name: str) -> _Property | None:
    """How the function takes a property in; None where it can't be told, or does not."""
    first = component.first
    pattern = (first.role("name") or first) if first.shape == "parameter" else first
    names = project.names(component.path)
    if pattern.shape != "destructuring":
        return _of_whole(names.of.get(pattern), name)
    for item in pattern.items:
        key = item.role("key") if item.shape == "destructured" else item
        local = item.role("value") if item.shape == "destructured" else item
        binding = names.of.get(local) if local is not None else None
        if key is not None and key.text == name and binding is not None and binding.is_single:
            default = next((child for child in item.children if child.field == "right"), None)
            return _Property(item, binding, default)
    return None


def _of_whole(whole: Binding | None, name: str) -> _Property | None:
    """A property that is read off the object of all of them, of which nothing else gets hold."""
    if whole is None or not whole.is_single:
        return None
    accesses = [use.parent for use in whole.uses if use.parent is not None]
    if not all(access.shape == "member" and access.role("object") in whole.uses for access in accesses):
        return None
    own = [access for access in accesses if (label := access.role("property")) is not None and label.text == name]
    if not own or any(is_written(access) for access in own):
        return None
    binding = Binding(name, whole.scope)
    binding.definitions.extend(whole.definitions)
    binding.uses.extend(own)
    return _Property(None, binding, None)


class _Uses:
    """All that is said of a component's name and of the type of its properties."""

    def __init__(
        self,
        project: Project,
        known: Mapping[Node, bool],
        files_with: Callable[[str], Sequence[str]],
        component: _Component,
        name: str,
    ) -> None:
        self._project, self._known, self._files_with = project, known, files_with
        self._component, self._name = component, name
        self._listed: list[Node] = []
        self._defaults: list[bool] = []

    def settled(self, attribute: Node) -> Settled | None:
        """What goes where every element gives the property the value that this attribute does."""
        value, taken = self._value(attribute), _property(self._project, self._component, self._name)
        openings = self._openings() if taken is not None and not self._has_other_name() else None
        if value is None or taken is None or openings is None:
            return None
        given: list[Node] = []
        odd: list[Node] = []
        for opening in openings:
            own = self._attribute(opening)
            held = self._value(own) if own is not None else self._default(taken)
            if held is not value:
                if not is_test_path(opening.file.pack, opening.file.path):
                    return None
                odd.append(own or opening)
            if own is not None:
                given.append(own)
        types = self._types()
        if types is None or (self._component.annotations and not types):
            return None
        part = taken.part or given[0]
        notes = tuple(note for each in types for note in leading_comments(each))
        parts = tuple(each for each in (*given, *types, *self._listed) if each is not part)
        return Settled(self._component.path, taken.binding, part, value, parts, tuple(odd), notes)

    # -------------------------------------------------------------- elements

    def _openings(self) -> list[Node] | None:
        """The first tags of all elements of the component; None where something else is done with it."""
        found: list[Node] = []
        for node in self._mentions(self._component.binding.name):
            alias = alias_of(node) if _brings_in(node) else None
            if alias is not None and alias.text != node.text:
                return None
            if node is self._component.name or _brings_in(node):
                continue
            opening, in_test = _opening(node), is_test_path(node.file.pack, node.file.path)
            if opening is None and (in_test or self._is_list(node)):
                continue
            if opening is None:
                return None
            if not self._is_component(node) or any(item.shape == "markup-expression" for item in opening.items):
                return None
            element = opening.parent
            if element is None or element.role("close") is not opening:
                found.append(opening)
        return found

    def _is_list(self, node: Node) -> bool:
        """Whether the component is given a list of its properties, their types or defaults, and notes the entry."""
        target, index = node.parent, node.file.pack.index
        label = target.role("property") if target is not None and target.shape == "member" else None
        assign = target.parent if target is not None else None
        if label is None or label.text not in index.property_lists or assign is None or assign.shape != "assign":
            return False
        table = assign.role("right")
        if assign.role("left") is not target or table is None or table.shape != "object":
            return False
        entries = [item for item in table.items if item.shape == "pair"]
        own = [item for item in entries if (key := item.role("key")) is not None and key.text == self._name]
        self._defaults += [value for item in own if (value := self._constant(item.role("value"))) is not None]
        self._listed += [assign] if own == entries else own
        return len(entries) == len(table.items)

    def _mentions(self, name: str) -> Iterator[Node]:
        for path in self._files_with(name):
            file = self._project.file(path)
            yield from mentions_of(file, name) if file is not None else ()

    def _is_component(self, tag: Node) -> bool:
        meant = self._project.meaning(tag.file.path, tag)
        found = self._project.origin(*meant) if meant is not None else None
        return found is not None and found[1] is self._component.binding

    def _has_other_name(self) -> bool:
        own = self._component
        return has_other_name(self._project, own.path, own.binding, self._files_with)

    def _attribute(self, opening: Node) -> Node | None:
        for item in opening.items:
            label = item.role("name") if item.shape == "markup-attribute" else None
            if label is not None and label.text == self._name:
                return item
        return None

    def _value(self, attribute: Node) -> bool | None:
        value = attribute.role("value")
        if value is None:
            return True  # the name alone
        return self._constant(value.role("operand") if value.shape == "markup-expression" else value)

    def _default(self, taken: _Property) -> bool | None:
        """What the property is where an element leaves it out."""
        return next(iter(self._defaults), self._constant(taken.default))

    def _constant(self, node: Node | None) -> bool | None:
        inner = node.role("operand") if node is not None and node.shape in ("paren", "not") else None
        if node is not None and inner is not None and node not in self._known:
            value = self._constant(inner)
            return value if value is None or node.shape == "paren" else not value
        if node is not None and node.shape in ("true", "false"):
            return node.shape == "true"
        return self._known.get(node) if node is not None else None

    # -------------------------------------------------------------- types

    def _types(self) -> list[Node] | None:
        """What declares the property, if anything; None where another component may use that."""
        found: list[Node] = []
        for annotation in self._component.annotations:
            found += [part for part in annotation.walk() if self._declares(part)]
            for name in {part.text for part in annotation.walk() if part.type in part.file.pack.index.identifiers}:
                members = self._members(name)
                if members is None:
                    return None
                found += members
        return found if len(found) <= 1 else None

    def _declares(self, node: Node) -> bool:
        label = node.role("name") if node.shape == "field" else None
        return label is not None and label.text == self._name

    def _members(self, name: str) -> list[Node] | None:
        """The member of a type of that name which declares the property."""
        mentions = [node for node in self._mentions(name) if not _brings_in(node)]
        holders = [node.parent for node in mentions if node.parent is not None and node.parent.role("name") is node]
        definitions = [holder for holder in holders if holder.shape == "type-definition"]
        members = [part for holder in definitions for part in holder.walk() if self._declares(part)]
        if not members:
            return []
        spans = [annotation.span for annotation in self._component.annotations]
        others = [node for node in mentions if node.parent not in definitions]
        is_own = all(
            node.file is self._component.name.file and any(s.holds(node.span) for s in spans) for node in others
        )
        is_plain = len(definitions) == 1 and _is_plain(definitions[0], members[0])
        return members if is_own and is_plain and len(members) == 1 else None


def _is_plain(definition: Node, member: Node) -> bool:
    """Whether a member is one of the type's own."""
    return member.parent is not None and member.parent.parent is definition


def _brings_in(node: Node) -> bool:
    """Whether a mention only brings the name in or gives it away."""
    outer = next((each for each in node.ancestors() if each.shape in ("import", "export", "block")), None)
    return outer is not None and outer.shape != "block" and outer.role("declaration") is None
