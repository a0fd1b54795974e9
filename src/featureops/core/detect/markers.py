"""Ways of asking in markup, which no grammar knows: in a file of it, or in a text that a class has as its template."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from featureops.core.given import member_of
from featureops.core.model import Span
from featureops.core.pack import SdkPack
from featureops.core.project import Project
from featureops.core.scopes import string_value
from featureops.core.syntax import Node, SourceFile

__all__ = ["marked_key", "marked_name"]

_LINES = 2
_HEAD = re.compile(rb"(?<![\w$.])[\w$][\w$.]*$")


def marked_key(project: Project, path: str, data: bytes, offset: int, flag: str) -> tuple[Span, SdkPack] | None:
    """The way of asking in which a key stands at an offset."""
    host, file = project.packs.host(path), project.file(path)
    given = _template(file, offset) if host is None and file is not None else None
    inside = given.file.pack.index.markup_hosts if given is not None else frozenset[str]()
    return _marked(project, data, offset, {host.id} if host is not None else inside, "{flag}", flag)


def marked_name(project: Project, file: SourceFile, offset: int, name: str, flag: str) -> tuple[Span, SdkPack] | None:
    """The way of asking in which a name stands that leads to the key, as a member of the class around."""
    given = _template(file, offset)
    head = _HEAD.search(file.data, max(0, offset - 200), offset)
    written = ((head.group().decode() if head is not None else "") + name).split(".")
    if given is None or _value(project, given, written) != flag:
        return None
    return _marked(project, file.data, offset, file.pack.index.markup_hosts, "{name}", ".".join(written))


def _marked(
    project: Project, data: bytes, offset: int, kinds: Collection[str], slot: str, text: str
) -> tuple[Span, SdkPack] | None:
    start, stop = offset, data.find(b"\n", offset)
    for _ in range(_LINES + 1):
        start = max(0, data.rfind(b"\n", 0, max(0, start - 1)) + 1)
    lines = data[start : stop if stop >= 0 else len(data)]
    for sdk in project.packs.sdks() if kinds else ():
        for marker in (each for each in sdk.markers if any(kind in kinds for kind in each.hosts) and slot in each.text):
            pattern = marker.text.replace(slot, re.escape(text)).encode()
            for match in re.finditer(pattern, lines):
                if match.start() <= offset - start < match.end():
                    return Span(start + match.start(), start + match.end()), sdk
    return None


def _template(file: SourceFile | None, offset: int) -> Node | None:
    """The text around an offset which a decorator gives to its class as its markup."""
    if file is None or not file.pack.index.markup_entries:
        return None
    text: Node | None = file.node_at(offset)
    while text is not None and text.shape != "string":
        text = text.parent
    entry = text.parent if text is not None else None
    label = entry.role("key") if entry is not None and entry.shape == "pair" else None
    if text is None or label is None or (string_value(label) or label.text) not in file.pack.index.markup_entries:
        return None
    return text if any(outer.shape == "decorator" for outer in text.ancestors()) else None


def _value(project: Project, template: Node, names: list[str]) -> str | None:
    """The text to which names lead from the class that a template belongs to."""
    path = template.file.path
    for holder in _classes(template):
        value = member_of(holder, names[0])
        for name in names[1:]:
            place = project.container(path, value) if value is not None else None
            value = member_of(place[1], name) if place is not None and isinstance(place[1], Node) else None
            path = place[0] if place is not None else path
        constant = project.constant(path, value) if value is not None else None
        return constant.value if constant is not None else None
    return None


def _classes(template: Node) -> Iterator[Node]:
    decorator = next(outer for outer in template.ancestors() if outer.shape == "decorator")
    around = decorator.parent
    if around is not None:
        yield from (node for node in (around, *around.items) if node.shape == "class")
