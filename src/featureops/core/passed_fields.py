"""Fields of typed objects that are always given the same known value: they, what is put into them, and reads of them.

A field counts only where everything that is said of its name can be read, where every object of the type is written out
with its fields, and where nothing else fills objects of the type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from featureops.core.fold.calls import is_method
from featureops.core.given import definition_of
from featureops.core.mentions import mentions_of
from featureops.core.project import Project
from featureops.core.syntax import Node

__all__ = ["PassedField", "passed_fields"]

_Files = Callable[[str], Sequence[str]]
_BOUND = ("assign", "declarator", "parameter")


@dataclass(frozen=True, slots=True, eq=False)
class PassedField:
    """`parts` are the field and the entries that fill it, `uses` what reads it."""

    name: str
    value: bool
    parts: tuple[Node, ...]
    uses: tuple[Node, ...]

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(node.file.path for node in (*self.parts, *self.uses))


def passed_fields(project: Project, known: Mapping[Node, bool], files_with: _Files) -> Iterator[PassedField]:
    """The fields that entries with a known value settle."""
    seen: set[str] = set()
    for node, value in known.items():
        entry = _entry(node)
        key = entry.role("key") if entry is not None else None
        if entry is None or key is None or key.text in seen or not _type_of(entry):
            continue
        seen.add(key.text)
        found = _settled(project, key.text, value, known, files_with)
        if found is not None and _is_written_out(project, found, _type_of(entry), files_with):
            yield found


def _entry(node: Node) -> Node | None:
    while node.parent is not None and node.parent.shape in ("paren", "cast"):
        node = node.parent
    pair = node.parent
    return pair if pair is not None and pair.shape == "pair" and pair.role("value") is node else None


def _holder(entry: Node) -> Node | None:
    return next((outer for outer in entry.ancestors() if outer.shape == "object"), None)


def _type_of(entry: Node) -> str:
    """The name of the type whose object an entry is written in."""
    holder = _holder(entry)
    kind = holder.role("type") if holder is not None else None
    return _last_word(kind) if kind is not None else ""


def _last_word(kind: Node) -> str:
    words = re.findall(r"\w+", kind.text)
    return words[-1] if words else ""


def _settled(
    project: Project, name: str, value: bool, known: Mapping[Node, bool], files_with: _Files
) -> PassedField | None:
    """All that is said of a field's name; None where a part of that can't be read."""
    fields: list[Node] = []
    entries: list[Node] = []
    uses: list[Node] = []
    for mention in _mentions(project, files_with(name), name):
        parent = mention.parent
        if parent is None:
            return None
        if parent.shape == "field" and parent.role("name") is mention:
            fields.append(parent)
        elif parent.shape == "pair" and parent.role("key") is mention:
            if _value(parent.role("value"), known) is not value:
                return None
            entries.append(parent)
        elif parent.shape == "member" and parent.role("property") is mention and _is_read(parent):
            uses.append(parent)
        elif not _is_variable(project, mention):
            return None
    if len(fields) != 1 or len(fields[0].roles("name")) != 1 or not uses or not _is_inside(fields[0], name):
        return None
    return PassedField(name, value, (fields[0], *entries), tuple(uses))


def _is_inside(field: Node, name: str) -> bool:
    """Whether no other code gets at a field by its name, as what writes objects out does."""
    inside = field.file.pack.modules.inside
    return inside is None or re.match(inside, name) is not None


def _mentions(project: Project, paths: Sequence[str], name: str) -> Iterator[Node]:
    for path in paths:
        file = project.file(path)
        if file is not None:
            yield from mentions_of(file, name)


def _value(node: Node | None, known: Mapping[Node, bool]) -> bool | None:
    if node is not None and node.shape in ("true", "false"):
        return node.shape == "true"
    return known.get(node) if node is not None else None


def _is_read(member: Node) -> bool:
    """Whether a member is only read: not written, called or handed over itself."""
    outer, index = member.parent, member.file.pack.index
    if outer is None or outer.children[0].text in index.handing_words:
        return False
    if (outer.shape == "call" and outer.role("function") is member) or outer.role("left") is member:
        return outer.shape not in ("assign", "call")
    return index.writes.isdisjoint((f"{outer.type}.{member.field}", f"{outer.type}.*"))


def _is_variable(project: Project, mention: Node) -> bool:
    """Whether a mention is a variable of the name: one that a pattern takes out of an object is none."""
    binding = project.names(mention.file.path).of.get(mention)
    if binding is None or mention.type in mention.file.pack.index.shorthand:
        return False
    definition = definition_of(binding)
    return definition is not None and definition.shape in _BOUND


def _is_written_out(project: Project, found: PassedField, kind: str, files_with: _Files) -> bool:
    """Whether every object of the type is written out with the field, or is without it what it is with it."""
    field, *entries = found.parts
    owner = next((outer for outer in field.ancestors() if outer.role("name") is not None), None)
    if owner is None or not _is_filled_by_hand(field, owner):
        return False
    if (owner.role("name") or owner).text != kind or any(_type_of(entry) != kind for entry in entries):
        return False
    holders = {_holder(entry) for entry in entries}
    for mention in _mentions(project, files_with(kind), kind):
        literal = next((outer for outer in mention.ancestors() if mention in _words(outer.role("type"))), None)
        if literal is not None and literal.shape == "object":
            items = (literal.role("body") or literal).items
            if literal not in holders and (found.value or not all(item.shape == "pair" for item in items)):
                return False
        elif found.value and not _only_names(mention, owner):
            return False
    return True


def _words(kind: Node | None) -> list[Node]:
    return list(kind.walk()) if kind is not None else []


def _is_filled_by_hand(field: Node, owner: Node) -> bool:
    """Whether nothing at the field or its type says that something else fills it."""
    if any(part.shape == "string" for part in field.walk()):
        return False
    marks, above = field.file.pack.index.filling_marks, owner.previous()
    while above is not None and (above.is_comment or above.type in field.file.pack.index.modifiers):
        if any(part.text in marks for part in above.walk()):
            return False
        above = above.previous()
    return True


def _only_names(mention: Node, owner: Node) -> bool:
    """Whether a mention of a type makes no object of it: in a head of a function, behind the method's own object."""
    if owner.role("name") is mention:
        return True
    for outer in mention.ancestors():
        if outer.shape == "parameter":
            kind = outer.role("type")
            return kind is not None and re.fullmatch(r"[*&\s]*[\w.:]+", kind.text) is not None
        if outer.shape == "function":
            return is_method(outer) or mention in _words(outer.role("type"))
        if outer.shape == "extension":
            return outer.role("name") is not None
        if outer.shape:
            return False
    return False
