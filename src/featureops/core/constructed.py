"""Whether code makes objects of a class by itself: its constructor can't change then without that code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from featureops.core.fold.injected import class_name
from featureops.core.mentions import mentions_of
from featureops.core.project import Project
from featureops.core.syntax import Node, SourceFile

__all__ = ["constructors_of", "is_made_in", "is_made_unnamed", "makes"]

_NEAR = 3
_CHAINED = re.compile(rb"\bthis\s*\(")
_TYPED = "<["


def is_made_in(project: Project, paths: Iterable[str], owner: Node) -> bool:
    """Whether one of the files calls the constructor, hands it on, calls it from another one, or inherits."""
    for path in paths:
        file = project.file(path)
        mentions = mentions_of(file, class_name(owner)) if file is not None else []
        if file is not None and (any(map(makes, mentions)) or is_made_unnamed(file, mentions, owner)):
            return True
    return False


def is_made_unnamed(file: SourceFile, mentions: Sequence[Node], owner: Node) -> bool:
    """Whether an object may be made without the name of its class: `Service service = new(client)`. What is
    given nothing doesn't count: it can go on so."""
    kinds = file.pack.index.unnamed_makers
    if not kinds or not mentions:
        return False
    made = (node for node in file.root.walk() if node.type in kinds)
    taken = {count for listed in _lists(owner) for count in range(_needed(listed), len(listed) + 1)} - {0}
    return any(_may_be_one(node, mentions) for node in made if any(len(part.items) in taken for part in node.items))


def _lists(owner: Node) -> Iterator[list[Node]]:
    """The parameters of the class and of each of its constructors."""
    for holder in (owner, *constructors_of(owner)):
        for child in holder.children:
            if child.items and all(item.shape == "parameter" for item in child.items):
                yield child.items


def _needed(parameters: list[Node]) -> int:
    return sum(not parameter.roles("value") for parameter in parameters)


def constructors_of(owner: Node) -> Iterator[Node]:
    """The functions of a class that make its objects."""
    body = owner.role("body")
    for item in body.items if body is not None else ():
        name = item.role("name") if item.shape == "function" else None
        if item.shape == "function" and (name is None or name.text == class_name(owner)):
            yield item


def _may_be_one(made: Node, mentions: Sequence[Node]) -> bool:
    """Whether the type that is written where an object is made is the class; elsewhere the class is only spoken of."""
    for outer in made.ancestors():
        if outer.shape in ("declaration", "field") and (kind := outer.role("type")) is not None:
            return any(kind.span.holds(mention.span) for mention in mentions)
        if outer.shape in ("block", "function"):
            break
    return not all(mention.parent is not None and mention.parent.role("name") is mention for mention in mentions)


def makes(mention: Node) -> bool:
    """Whether a mention of a class makes an object of it, or a class of its kind."""
    for at, outer in enumerate(mention.ancestors()):
        callee = outer.role("function") if outer.shape == "call" else None
        if callee is not None and callee.span.holds(mention.span) and at < _NEAR and _is_called(mention, callee):
            return True
        if _is_class_itself(outer):
            return False
        if outer.has_token("::"):
            return True
        if outer.shape == "class":
            name, body = outer.role("name"), outer.role("body")
            if name is mention:
                return _chains(outer)
            return body is None or not body.span.holds(mention.span)
        if outer.shape in ("block", "function", "parameter", "import", "decorator"):
            return False
    return False


def _is_class_itself(outer: Node) -> bool:
    """Whether an expression is the class as an object, such as a logger is named by."""
    name = outer.role("property") if outer.shape == "member" else None
    return name is not None and name.text in name.file.pack.index.class_members


def _is_called(mention: Node, callee: Node) -> bool:
    """Whether a class itself is called, or what makes an instance of it, and no other member of it."""
    behind, index = mention.file.slice(mention.end, callee.end).lstrip(), mention.file.pack.index
    return not behind or behind[0] in _TYPED or behind.lstrip(".:") in index.makers | index.constructors


def _chains(owner: Node) -> bool:
    """Whether one constructor of the class calls another one."""
    if _CHAINED.search(owner.file.data, owner.start, owner.end) is None:
        return False
    calls = (node for node in owner.walk() if node.shape in ("call", "chained"))
    callees = (node.role("function") for node in calls)
    return any(callee is not None and callee.text == "this" for callee in callees)
