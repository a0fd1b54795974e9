"""Which names of its script the markup around uses, and which it writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from featureops.core.markup.rules import MarkupRules
from featureops.core.markup.scan import Attribute, Head, Unbalanced, expressions
from featureops.core.pack import LanguagePack
from featureops.core.syntax import SourceFile

__all__ = ["names_outside", "written_in_markup"]

_NAME = re.compile(rb"[\w$]+")
_WORD = re.compile(rb"[\w$]+(?:-[\w$]+)*")
_ASSIGNED = re.compile(
    r"(?<![\w$.])([\w$]+)\s*(?:=(?![=>])|\+\+|--|(?:[-+*/%&|?^]|<<|>>|\*\*|&&|\|\||\?\?)=)|(?:\+\+|--)([\w$]+)"
)


def names_outside(data: bytes, pack: LanguagePack) -> frozenset[str]:
    """The words outside of the script that may name something of it, and what the markup may mean by them. Every word
    where its elements can't be told, or where they are in no language that is known."""
    rules = pack.markup
    if rules is not None:
        try:
            return frozenset(word for part in _speaking(data, rules) for word in part)
        except Unbalanced:
            pass
    found: set[str] = set()
    at = 0
    for region in re.finditer((pack.regions or "").encode(), data):
        found.update(_words(data[at : region.start(1)]))
        at = region.end(1)
    found.update(_words(data[at:]))
    return frozenset(found)


def _speaking(data: bytes, rules: MarkupRules) -> Iterator[Iterator[str]]:
    """The parts of markup that may name something: elements, attributes, expressions, and what is not markup."""
    top, spans = expressions(data, rules)
    for element in top.walk():
        for head in element.heads:
            yield _words(head.name.encode())
            if head.value is not None:
                yield _exact(data[slice(*head.value)])
            for attribute in head.attributes:
                yield _words(attribute.name.encode())
                if attribute.value is not None and _is_expression(data, attribute, rules):
                    yield _exact(data[slice(*attribute.value)])
        if element.is_raw and element.name != rules.script:
            yield _exact(data[element.heads[0].end : element.close])
    for span in spans:
        yield _exact(data[slice(*span)])


def _is_expression(data: bytes, attribute: Attribute, rules: MarkupRules) -> bool:
    if rules.braces:
        return attribute.name == "{}" or b"{" in data[slice(*(attribute.value or (0, 0)))]
    return re.fullmatch(rules.dynamic, attribute.name) is not None


def _exact(data: bytes) -> Iterator[str]:
    """Names as a script writes them."""
    for match in _NAME.finditer(data):
        yield match.group().decode("utf-8", "replace").lstrip("$")


def _words(data: bytes) -> Iterator[str]:
    """Names as markup may spell them: `new-panel` is NewPanel."""
    for match in _WORD.finditer(data):
        text = match.group().decode("utf-8", "replace")
        yield text.lstrip("$")
        parts = [part.lstrip("$") for part in text.split("-")]
        yield from parts
        ending = "".join(part[:1].upper() + part[1:] for part in parts[1:])
        yield from (parts[0] + ending, parts[0][:1].upper() + parts[0][1:] + ending)


def written_in_markup(file: SourceFile) -> frozenset[str]:
    """The names that the markup may write, or that others may set. All where its elements can't be told."""
    rules, data = file.pack.markup, file.data
    if rules is None:
        return frozenset()
    props = {match[1].decode() for match in re.finditer(rules.props.encode(), data)} if rules.props else set()
    try:
        top, spans = expressions(data, rules)
    except Unbalanced:
        return names_outside(data, file.pack) | props
    found = set(props)
    for element in top.walk():
        for head in element.heads:
            found.update(_written(data, head, rules))
            spans.extend(attribute.value for attribute in head.attributes if attribute.value is not None)
    for start, end in spans:
        for match in _ASSIGNED.finditer(data[start:end].decode("utf-8", "replace")):
            found.add(match[1] or match[2])
    return frozenset(name.lstrip("$") for name in found)


def _written(data: bytes, head: Head, rules: MarkupRules) -> Iterator[str]:
    for attribute in head.attributes:
        if rules.writes and re.fullmatch(rules.writes, attribute.name):
            start, end = attribute.value or (attribute.start, attribute.end)
            yield from re.findall(r"[\w$]+", data[start:end].decode("utf-8", "replace"))
