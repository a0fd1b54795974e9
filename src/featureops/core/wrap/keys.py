"""Where a repository keeps the keys of its flags (constants, an enum, an object): the entry of a new one there."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from featureops.core.fold.editor import apply_edits
from featureops.core.given import unwrapped
from featureops.core.model import Edit, Span
from featureops.core.project import Constant, Project
from featureops.core.scopes import string_value
from featureops.core.syntax import Node
from featureops.core.words import words_of
from featureops.core.wrap.beside import put_in
from featureops.core.wrap.spelt import bare, case_of, spelt
from featureops.core.wrap.values import No

__all__ = ["Entry", "Keys"]

_FEWEST = 2
_ANCHOR = 60
_SORTED = 3
_COLUMN = 2
_NAMED = {"pair": "key", "declarator": "name", "enum-member": "name", "assign": "left", "field": "name"}
_AROUND = frozenset({"declaration", "export", "expression", "decorated", "field", "cast", "const"})


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """The name of a flag's key in a list of keys in the file `path`; with an `edit` it has to be added there."""

    name: str
    path: str
    edit: Edit | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    """One entry: the item of the list, the node of its name, and the text that it stands for."""

    item: Node
    name: Node
    value: Node

    @property
    def label(self) -> str:
        return string_value(self.name) or self.name.text


class Keys:
    """The entries of one flag, in every list that its keys are kept in."""

    def __init__(self, project: Project, flag: str) -> None:
        self.flag = flag
        self._project = project
        self._entries: dict[Node, Entry | No | None] = {}

    def entry(self, constant: Constant) -> Entry | No | None:
        """The entry for the flag beside that of a constant; None where its key is not kept in a list."""
        definition = constant.definition
        if definition is None:
            return None
        if definition not in self._entries:
            self._entries[definition] = _entry_for(constant, self.flag)
        return self._entries[definition]

    def added(self, path: str) -> tuple[bytes, bytes] | None:
        """A file before and after its entry; None where nothing is added to it."""
        edit, file = self._edit(path), self._project.file(path)
        return (file.data, apply_edits(file.data, (edit,))) if edit is not None and file is not None else None

    def put_into(self, path: str, text: bytes | None) -> bytes | None:
        """The text of a file, as it became in the meantime, with the entry; None where nothing is added to it."""
        both, edit = self.added(path), self._edit(path)
        if both is None or edit is None or text is None or text == both[0]:
            return both[1] if both is not None else None
        lead = both[0][max(0, edit.span.start - _ANCHOR) : edit.span.start]
        at = text.find(lead) + len(lead)
        return text[:at] + edit.text + text[at:] if lead in text else None

    def _edit(self, path: str) -> Edit | None:
        found = (each for each in self._entries.values() if isinstance(each, Entry) and each.path == path)
        return next((entry.edit for entry in found if entry.edit is not None), None)

    def named_in(self, text: bytes) -> Iterator[str]:
        """The files whose entries a text may use."""
        for entry in self._entries.values():
            if isinstance(entry, Entry) and entry.edit is not None and entry.name.encode() in text:
                yield entry.path


def _entry_for(constant: Constant, flag: str) -> Entry | No | None:
    """The entry for a flag beside that of `constant`; None where its key is not kept in a list."""
    own = _key_at(constant.definition) if constant.definition is not None else None
    if own is None or own.item.parent is None:
        return _by_hand(constant) if constant.resolution == "enum" else None
    keys = [key for child in own.item.parent.children if (key := _key_at(child, own)) is not None]
    if len(keys) < _FEWEST and constant.resolution != "enum":
        return None
    there = next((key for key in keys if string_value(key.value) == flag), None)
    if there is not None:
        return Entry(there.label, constant.path)
    near = _run(keys, own)
    name = _name(flag, near)
    if any(key.label == name for key in keys):
        return No(f"{name} of {constant.path} stands for another flag already.")
    text = next((text for key in near[::-1] if (text := _text(key, name, flag)) is not None), None)
    edit = put_in([key.item for key in near], _place(near, name), text) if text is not None else None
    return Entry(name, constant.path, edit) if edit is not None else _by_hand(constant)


def _by_hand(constant: Constant) -> No:
    return No(
        f"The keys of flags are kept in {constant.path}, beside {constant.name}, and an entry there can't be made up:"
        " add one for this flag first, then wrap again."
    )


# ---------------------------------------------------------------- what is there


def _key_at(node: Node, like: _Key | None = None) -> _Key | None:
    """The entry that a definition is, or is the whole of; with `like` only one of that kind."""
    if like is not None and node.type != like.item.type:
        return None
    inner = _defining(node)
    name = inner.role(_NAMED[inner.shape]) if inner is not None else None
    if inner is None or name is None:
        return None
    if like is not None and name.type != like.name.type:
        return None
    texts = [part for part in _texts(inner) if not name.span.holds(part.span)]
    alike = [part for part in texts if bare(string_value(part) or "") == bare(name.text)]
    value = unwrapped(texts[0]) if len(texts) == 1 else next(iter(alike), None)
    return _Key(_item(inner), name, value) if value is not None else None


def _defining(node: Node) -> Node | None:
    """The one part of a statement that gives a name a value."""
    if node.shape in _NAMED:
        return node
    inner = [part for part in node.items if part.shape in _NAMED or part.shape in _AROUND]
    return _defining(inner[-1]) if len(inner) == 1 and node.shape in _AROUND else None


def _item(node: Node) -> Node:
    """What is listed, as a whole."""
    parent = node.parent
    while parent is not None and parent.shape in _AROUND and parent.parent is not None:
        if sum(part.type == node.type for part in parent.items) > 1:
            return node
        node, parent = parent, parent.parent
    return node


def _texts(node: Node) -> Iterator[Node]:
    if string_value(node) is not None:
        yield node
        return
    for part in node.items:
        yield from _texts(part)


def _run(keys: Sequence[_Key], own: _Key) -> list[_Key]:
    """The keys that stand together with one, where the list is cut into groups."""
    gaps = [_gap(first.item, second.item) for first, second in pairwise(keys)]
    if not gaps or min(gaps) == max(gaps):
        return list(keys)
    at = next(index for index, key in enumerate(keys) if key.item is own.item)
    first = last = at
    while first > 0 and gaps[first - 1] == min(gaps):
        first -= 1
    while last < len(gaps) and gaps[last] == min(gaps):
        last += 1
    return list(keys[first : last + 1]) if last > first else list(keys)


def _gap(first: Node, second: Node) -> int:
    """Lines between two entries: those of other members and of comments count as well."""
    file = first.file
    return max(0, file.line_of(second.start) - file.line_of(first.end) - 1)


# ---------------------------------------------------------------- what is new


def _name(flag: str, keys: Sequence[_Key]) -> str:
    name = spelt(words_of(flag), case_of(key.label for key in keys))
    return f"flag{name}" if name[:1].isdigit() else name


def _place(keys: Sequence[_Key], name: str) -> int:
    """In order where the list is in order, else at its end."""
    for order in (str, str.lower):
        labels = [order(key.label) for key in keys]
        if len(labels) >= _SORTED and labels == sorted(labels):
            return bisect(labels, order(name))
    return len(keys)


def _text(key: _Key, name: str, flag: str) -> str | None:
    """The text of an entry with another name and key in it; None where it says more that belongs to its own flag."""
    item, edits = key.item, list[Edit]()
    if any(part.is_comment for part in item.walk()):
        return None
    for part in _texts(item):
        text = string_value(part) or ""
        if part is key.value:
            new = flag
        elif bare(text) == bare(key.label):
            new = spelt(words_of(flag), case_of([text]))
        elif key.name.span.holds(part.span):
            new = name
        else:
            return None
        edits.append(Edit(part.span, part.text.replace(text, new, 1).encode()))
    data = item.file.data[: item.end]
    if not any(edit.span == key.name.span for edit in edits):
        written = re.sub(r"\w+", name, key.name.text, count=1)
        edits.append(Edit(*_in_column(key.name, written)))
    ordered = tuple(sorted(edits, key=lambda edit: edit.span.start))
    return apply_edits(data, ordered)[item.start :].decode("utf-8", "surrogateescape")


def _in_column(name: Node, written: str) -> tuple[Span, bytes]:
    """Another name in the place of one, with what follows in its column where the names are written in columns."""
    rest = name.file.data[name.end : name.file.line_end(name.end)]
    room = len(rest) - len(rest.lstrip(b" "))
    width = len(name.text) + room
    if room < _COLUMN:
        return name.span, written.encode()
    return Span(name.start, name.end + room), written.ljust(max(width, len(written) + 1)).encode()
