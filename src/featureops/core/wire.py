"""The text that the member of an enum stands for where it has no value: its name, or what annotations or code say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from featureops.core.house import name_parts
from featureops.core.scopes import Names, string_value
from featureops.core.syntax import Node

__all__ = ["wire_name"]


def wire_name(holder: Node, member: Node, names: Names) -> str | None:
    """What a member of an enum without a value of its own is called in text. `names` are those of the enum's file."""
    rules = holder.file.pack.wire
    if rules is None or holder.shape != "enum" or member.shape != "enum-member":
        return None
    name = _label(member)
    told = next((text for text in map(string_value, _arms(names, _label(holder), name)) if text is not None), None)
    if told is not None:
        return told
    given = re.search(rules.member, _annotation(member)) if rules.member else None
    if given is not None:
        return given[1]
    style = re.search(rules.style, _annotation(holder)) if rules.style else None
    if style is not None:
        return _styled(name, style[1])
    return name if rules.plain else None


def _label(node: Node) -> str:
    label = node.role("name")
    return label.text if label is not None else ""


def _arms(names: Names, holder: str, name: str) -> Iterator[Node]:
    """What `Holder::name => "text"` gives, wherever the file says it."""
    pack = names.file.pack
    wanted = {f"{owner}{pack.modules.separator or '.'}{name}" for owner in (holder, *pack.index.class_names)}
    for arm in names.file.root.walk():
        pattern, value = (arm.role("pattern"), arm.role("value")) if arm.shape == "arm" else (None, None)
        if pattern is not None and value is not None and re.split(r"[({\s]", pattern.text)[0] in wanted:
            yield value


def _annotation(node: Node) -> str:
    """The annotations in front of a definition."""
    texts, before = list[str](), node.previous()
    while before is not None and (before.type in node.file.pack.index.modifiers or before.is_comment):
        texts.append("" if before.is_comment else before.text)
        before = before.previous()
    return " ".join(texts)


def _styled(name: str, style: str) -> str:
    parts = [part.lower() for part in name_parts(name)]
    joined = {"-": "-".join(parts), "_": "_".join(parts)}.get("-" if "-" in style else "_" if "_" in style else "")
    if joined is None:
        pascal = "".join(part.capitalize() for part in parts)
        camel = parts[0] + pascal[len(parts[0]) :] if style.lower() != style else "".join(parts)
        joined = pascal if style[:1].isupper() else camel
    return joined.upper() if style.isupper() else joined
