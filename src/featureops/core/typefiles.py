"""Files that are called like the one type that they hold: which of them a file speaks of, and does not any more."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from featureops.core.mentions import mentions_of
from featureops.core.project import Project
from featureops.core.syntax import Node, SourceFile, parse
from featureops.core.textdiff import only_in

__all__ = ["is_emptied", "packages", "types_dropped"]

_WORD = re.compile(rb"\w+")
_TYPES = frozenset({"class", "enum", "type-definition"})


def types_dropped(project: Project, path: str, after: bytes) -> set[str]:
    """The files of types that a file named, and that it does not name as it is afterwards."""
    file = project.file(path)
    if file is None or file.pack.modules.style != "package":
        return set()
    lines = (file.data[span.start : span.end] for span in only_in(file.data, after))
    gone = {word for line in lines for word in _WORD.findall(line)} & project.stems
    gone -= set(_WORD.findall(after)) if gone else set()
    found: set[str] = set()
    for name in sorted(gone):
        found.update(_defining(project, file, name.decode()))
    return found


def packages(project: Project, path: str) -> list[str]:
    """The packages that a file belongs to, where those hold its types."""
    file = project.file(path)
    return project.names(path).packages if file is not None and file.pack.modules.style == "package" else []


def is_emptied(project: Project, path: str, after: bytes) -> bool:
    """Whether nothing is left in the type that a file holds."""
    file = project.file(path)
    only = (
        list(_definitions(parse(path, after, file.pack).root)) if file is not None and packages(project, path) else []
    )
    body = only[0].role("body") if len(only) == 1 else None
    return body is not None and not body.items


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _defining(project: Project, file: SourceFile, name: str) -> Iterator[str]:
    """The file of a type's name that the name means where it is used."""
    for node in mentions_of(file, name):
        meant = project.meaning(file.path, node)
        place = project.origin(*meant) if meant is not None else None
        if place is None or place[0] == file.path or _stem(place[0]) != name:
            continue
        other = project.file(place[0])
        if other is not None and _is_only_type(other, name):
            yield place[0]


def _is_only_type(file: SourceFile, name: str) -> bool:
    """Whether a file holds this type and nothing else, and nothing that a framework might find there and run."""
    only = list(_definitions(file.root))
    label = only[0].role("name") if len(only) == 1 and only[0].shape in _TYPES else None
    if label is None or label.text != name:
        return False
    return not any(child.shape == "decorator" for child in only[0].children) or not _does_something(only[0])


def _definitions(block: Node) -> Iterator[Node]:
    for item in block.items:
        if item.shape == "package":
            for body in item.items:
                yield from _definitions(body) if body.shape == "block" else ()
        elif item.shape != "import":
            yield item


def _does_something(definition: Node) -> bool:
    """Whether a type has code of its own."""
    return any(part.shape == "function" and part.role("body") is not None for part in definition.walk())
