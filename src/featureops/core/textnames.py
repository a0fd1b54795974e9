"""Variables that something gets at by the text of their name: calls, markup, entries that say nothing but a key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from featureops.core.importing import string_value
from featureops.core.markup.uses import written_in_markup
from featureops.core.mentions import mentions_of
from featureops.core.querying import nodes_of
from featureops.core.syntax import SourceFile

__all__ = ["names_in_texts"]

_BARE_ENTRY = re.compile(rb"\w:\s*[,})\n]")


def names_in_texts(file: SourceFile) -> frozenset[str]:
    """The names of such variables, as they are written where they are variables."""
    return frozenset((*_told(file), *_keys(file))) | written_in_markup(file)


def _told(file: SourceFile) -> Iterator[str]:
    """What calls are given that want the names of variables."""
    index = file.pack.index
    for call in (node.parent for word in index.named_by_text for node in mentions_of(file, word)):
        arguments, callee = (call.role("arguments"), call.role("function")) if call is not None else (None, None)
        if arguments is None or callee is None or callee.text not in index.named_by_text:
            continue
        values = filter(None, map(string_value, arguments.walk()))
        yield from (sigil + value for value in values for sigil in index.sigils)


def _keys(file: SourceFile) -> Iterator[str]:
    """The keys of entries without a value."""
    kinds = file.pack.index.bare_entries
    if not kinds or not _BARE_ENTRY.search(file.data):
        return
    found = nodes_of(file, kinds)
    for node in found if found is not None else (node for node in file.root.walk() if node.type in kinds):
        if len(node.items) == 1:
            yield from (key.text for key in node.roles("key"))
