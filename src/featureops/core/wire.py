"""The text that the member of an enum stands for where it has no value: its name, or what annotations or code say."""

from __future__ import annotations

import re

from featureops.core.naming_parts import name_parts
from featureops.core.scopes import Names, string_value
from featureops.core.syntax import Node

__all__ = ["as_text", "given", "wire_name"]


def wire_name(holder: Node, name: str, names: Names) -> tuple[str, Node] | None:
    """What the member of an enum is called in text, and the member."""
    rules = holder.file.pack.wire
    members = [item for item in (holder.role("body") or holder).walk() if item.shape == "enum-member"]
    member = next((item for item in members if _label(item) == name), None)
    if member is None or rules is None or holder.shape != "enum":
        return None
    told = next((text for text in map(string_value, _arms(names, _label(holder), name)) if text is not None), None)
    if told is not None:
        return told, member
    given = re.search(rules.member, _annotation(member)) if rules.member else None
    if given is not None:
        return given[1], member
    style = re.search(rules.style, _annotation(holder)) if rules.style else None
    if style is not None:
        return _styled(name, style[1]), member
    return (name, member) if rules.plain else None


def _label(node: Node) -> str:
    label = node.role("name")
    return label.text if label is not None else ""


def _arms(names: Names, holder: str, name: str) -> list[Node]:
    """What `Holder::name => "text"` gives, wherever the file says it."""
    dot = names.file.pack.modules.separator
    wanted = {f"{owner}{dot}{name}" for owner in (holder, "Self", "self")}
    found = []
    for use in names.spelt.get(name, ()):
        arm = next((outer for outer in use.ancestors() if outer.shape in ("arm", "block")), None)
        pattern, value = (arm.role("pattern"), arm.role("value")) if arm is not None else (None, None)
        if pattern is not None and value is not None and re.split(r"[({\s]", pattern.text)[0] in wanted:
            found.append(value)
    return found


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


def given(getter: Node) -> Node | None:
    """What a property that is nothing but an expression gives."""
    body = getter.role("body")
    if body is None or body.shape != "block":
        return body
    only = body.items[0] if len(body.items) == 1 else None
    return only.role("value") if only is not None and only.shape == "return" else only


def as_text(call: Node) -> Node | None:
    """The key in `Flag.x.as_text()`."""
    callee = call.role("function")
    name = callee.role("property") if callee is not None and callee.shape == "member" else None
    known = name is not None and name.text in call.file.pack.index.key_calls
    return callee.role("object") if known and callee is not None else None
