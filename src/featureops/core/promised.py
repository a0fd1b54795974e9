"""Types of the house that stand for the SDK's client: the code says so, or puts the client where one is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.declared import named_place
from featureops.core.given import definition_of
from featureops.core.mentions import mentions_of
from featureops.core.pack import SdkPack
from featureops.core.project import Project
from featureops.core.receivers import names_client
from featureops.core.syntax import Node

__all__ = ["is_promised", "values_put"]


def is_promised(project: Project, path: str, annotation: Node, sdk: SdkPack) -> bool:
    """Whether the house states, for the compiler only, that the client is of a type: `var _ T = (*Client)(nil)`."""
    blank = annotation.file.pack.text.blank
    return bool(blank) and any(
        names_client(project, where, value, sdk)
        for where, node in _own_types(project, path, annotation)
        for value in _stated(node, blank)
    )


def _own_types(project: Project, path: str, annotation: Node) -> Iterator[tuple[str, Node]]:
    """The names of the house's types that an annotation speaks of, where they are defined."""
    kinds = annotation.file.pack.index.identifiers
    for part in annotation.walk():
        found = named_place(project, path, part) if part.type in kinds or part.shape == "member" else None
        definition = definition_of(found[1]) if found is not None and found[1].definitions else None
        if found is not None and definition is not None and definition.shape == "type-definition":
            yield found[0], found[1].definitions[0]


def _stated(name: Node, blank: str) -> Iterator[Node]:
    """The values of a type that nobody can use."""
    for mention in mentions_of(name.file, name.text):
        holder = mention.parent
        label = holder.role("name") if holder is not None and holder.shape == "declarator" else None
        value = holder.role("value") if holder is not None and label is not None and label.text == blank else None
        if holder is not None and value is not None and holder.role("type") is mention:
            yield value


def values_put(field: Node, name: str) -> Iterator[Node]:
    """What the objects of a type, in its own file, are made with as the value of a field."""
    kind = next((outer.role("name") for outer in field.ancestors() if outer.shape == "type-definition"), None)
    for mention in mentions_of(field.file, name) if kind is not None else ():
        pair = next((outer for outer in mention.ancestors() if outer.shape), None)
        key, value = (pair.role("key"), pair.role("value")) if pair is not None else (None, None)
        if pair is None or pair.shape != "pair" or key is None or value is None or key.text != name:
            continue
        made = next((outer for outer in pair.ancestors() if outer.shape in ("object", "pair")), None)
        stated = made.role("type") if made is not None else None
        if kind is not None and stated is not None and stated.text == kind.text and key.span == mention.span:
            yield value
