"""Where a program's types list its flags: the members of a union, of a type of literals, of a type by keys.

Like elsewhere (`core.registries`) only what is named for flags counts: what merely holds the same word is data.
"""

from __future__ import annotations

from featureops.core.fold.layout import leading_comments
from featureops.core.model import Span
from featureops.core.registries import keys_in, speaks_of_flags
from featureops.core.syntax import Node, SourceFile

__all__ = ["listed_in_types"]

_NAMED = frozenset({"type-definition", "declarator", "assign"})
_SIGNS = frozenset({"|", ","})


def listed_in_types(file: SourceFile, flag: str) -> list[Span]:
    """The bytes of the alternatives and members of types that list the flag by its key."""
    found: list[Span] = []
    for key in keys_in(file, flag):
        outer = key.parent
        whole = outer if outer is not None and not outer.shape and len(outer.children) == 1 else key
        span = _alternative(whole)
        found += [span] if span is not None else _member(key)
    return found


def _alternative(node: Node) -> Span | None:
    """One of several that a type allows, with the sign between it and its neighbour."""
    holder = node.parent
    while holder is not None and holder.parent is not None and _is_union(holder) and _is_union(holder.parent):
        holder = holder.parent
    if holder is None or not (_is_union(holder) or _is_of_literals(holder)) or not _is_for_flags(holder):
        return None
    parts, signs = _parts(holder)
    if node not in parts or len(parts) == 1:
        return None
    at = parts.index(node)
    if at:
        span = Span(parts[at - 1].end, node.end)
    else:
        leads = signs[0] if signs and signs[0].start < node.start else None
        span = Span(node.start, parts[1].start) if leads is None else Span(leads.start, signs[1].start)
    has_note = any(part.is_comment and span.holds(part.span) for part in holder.walk())
    return None if has_note else span


def _parts(holder: Node) -> tuple[list[Node], list[Node]]:
    """The alternatives, and the signs between them."""
    parts: list[Node] = []
    signs: list[Node] = []
    for child in holder.children:
        if _is_union(child):
            inner = _parts(child)
            parts += inner[0]
            signs += inner[1]
        elif child.text in _SIGNS:
            signs.append(child)
        elif child.named and not child.is_comment and child is not holder.role("object"):
            parts.append(child)
    return parts, signs


def _is_union(node: Node) -> bool:
    return node.type in node.file.pack.index.unions


def _is_of_literals(node: Node) -> bool:
    owner = node.role("object") if node.shape == "index" else None
    return owner is not None and owner.text in owner.file.pack.index.literal_types


def _is_for_flags(node: Node) -> bool:
    """Whether a type is declared outside of functions under a name that speaks of flags."""
    for outer in node.ancestors():
        if outer.shape in _NAMED:
            name = outer.role("name") or outer.role("left")
            return name is not None and speaks_of_flags(name.text)
        if outer.shape in ("function", "lambda", "class", "parameter"):
            return False
    return False


def _member(label: Node) -> list[Span]:
    """The member of a type by keys, with its lines and the comment on it."""
    field, file = label.parent, label.file
    if field is None or field.shape != "field" or field.role("name") is not label or field.role("value") is not None:
        return []
    holder = field.parent
    others = [item for item in holder.items if item is not field] if holder is not None else []
    if not others or not _is_for_flags(field):
        return []
    notes = leading_comments(field)
    start, end = file.line_start(min([field.start, *(note.start for note in notes)])), file.line_end(field.end - 1)
    before, behind = file.data[file.line_start(field.start) : field.start], file.data[field.end : end]
    if not before.strip() and not behind.strip(b";, \t\r\n"):
        return [Span(start, end)]
    after = [item for item in others if item.start > field.start]
    return [Span(field.start, after[0].start)] if after else [Span(others[-1].end, field.end)]
