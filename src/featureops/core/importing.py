"""What brings names into a file: import statements, calls that import, texts that imply a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from featureops.core.pack import LanguagePack
from featureops.core.syntax import Node

__all__ = [
    "ImportEntry",
    "entry_of_call",
    "implied_name",
    "imported_by_call",
    "names_of_import",
    "string_value",
    "whole_package",
]

_Bound = tuple[Node, "ImportEntry", str | None]


@dataclass(frozen=True, slots=True, eq=False)
class ImportEntry:
    """`imported` is the name in the other module, "*" for the module itself, "default" for a default import.

    `entry` is the part of `statement` that brings in this one name.
    """

    module: str
    imported: str
    entry: Node
    statement: Node


# -------------------------------------------------------------- statements


def names_of_import(node: Node) -> Iterator[_Bound]:
    """(name, what it stands for, the bound text where that is not the name's own) of an import statement."""
    path, pack = node.role("path"), node.file.pack
    if path is not None:
        yield from _named_by_path(node, path)
        return
    module_node = node.role("module")
    module = (string_value(module_node) or module_node.text) if module_node else ""
    alias, implied = node.role("alias"), implied_name(pack, module)
    if module_node is not None and (alias is not None or implied is not None):
        if alias is None or alias.type in pack.index.identifiers:
            yield alias or module_node, ImportEntry(module, "*", node, node), implied if alias is None else None
        return
    for entry in _entries(node, module_node):
        name, alias = entry.role("name"), entry.role("alias")
        if name is not None and pack.modules.separator:
            yield _qualified(name, alias, module, entry, node)
        elif name is None and entry.type in pack.index.identifiers:
            yield entry, ImportEntry(module, "default", entry, node), None
        elif name is not None and alias is not None:
            imported = "*" if alias is name or module_node is None else name.text
            yield alias, ImportEntry(module or name.text, imported, entry, node), None
        elif name is not None:
            imported = "*" if module_node is None else name.text
            # A dotted import binds the first part only: the rest is found as members of it.
            yield name, ImportEntry(module or name.text, imported, entry, node), None


def whole_package(node: Node) -> str | None:
    """The package of `import a.b.*`."""
    path = node.role("path")
    is_whole = path is not None and any(child.text == "*" for child in node.children)
    return "".join(path.text.split()) if path is not None and is_whole else None


def _named_by_path(node: Node, path: Node) -> Iterator[_Bound]:
    """`import a.b.Name`: the last part is the name, what stands before it the module; `a.b.*` are all names."""
    leaves = [part for part in path.walk() if part.type in node.file.pack.index.identifiers]
    if leaves and whole_package(node) is None:
        module, _, imported = "".join(path.text.split()).rpartition(".")
        yield node.role("alias") or leaves[-1], ImportEntry(module, imported, node, node), None


def _qualified(name: Node, alias: Node | None, prefix: str, entry: Node, statement: Node) -> _Bound:
    """Import of a name that is written with its module: only its last part is bound."""
    pack = name.file.pack
    separator = pack.modules.separator
    parts = [part for part in (prefix + separator + name.text).split(separator) if part]
    last = next((part for part in reversed([*name.walk()]) if part.type in pack.index.identifiers), name)
    return alias or last, ImportEntry(separator.join(parts[:-1]), parts[-1], entry, statement), None


def _entries(node: Node, module: Node | None) -> Iterator[Node]:
    stack = list(reversed(node.items))
    while stack:
        part = stack.pop()
        if part is module or part.shape == "import":
            continue
        if part.shape == "import-name" or part.type in part.file.pack.index.identifiers:
            yield part
        else:
            stack.extend(reversed(part.items))


# -------------------------------------------------------------- calls and texts


def imported_by_call(value: Node | None) -> tuple[str, str] | None:
    """(module, name) of a call that brings in a module, or one member of it."""
    member = "*"
    while value is not None and value.shape in ("await", "paren", "cast", "member"):
        name = value.role("property")
        if name is not None:
            member = name.text if member == "*" else ""
        value = value.role("operand") or value.role("object")
    callee = value.role("function") if value is not None and value.shape == "call" else None
    arguments = value.role("arguments") if value is not None else None
    if callee is None or arguments is None or callee.text not in callee.file.pack.index.import_calls:
        return None
    module = string_value(arguments.items[0]) if len(arguments.items) == 1 else None
    return (module, member) if module is not None and member else None


def entry_of_call(declarator: Node, name: Node, module: str, member: str) -> ImportEntry | None:
    """What a name bound to such a call, or to a part of it, stands for; None for a pattern within a pattern."""
    statement = declarator.parent if declarator.parent is not None else declarator
    if name.parent is declarator:
        return ImportEntry(module, member, declarator, statement)
    entry = name
    while entry.parent is not None and entry.parent is not declarator.role("name"):
        entry = entry.parent
    parts = [entry] if entry is name else entry.items
    if member not in ("*", "default") or entry.parent is None or name not in parts:
        return None
    return ImportEntry(module, parts[0].text, entry, statement)


def implied_name(pack: LanguagePack, module: str) -> str | None:
    """The name that an import brings in by its text alone; None where the language has no such rule."""
    if pack.modules.implied is None or not module:
        return None
    known = (item.name for sdk in pack.sdks for item in sdk.imports if item.module == module)
    found = re.search(pack.modules.implied, module)
    return next(known, None) or (found[1] if found else None)


def string_value(node: Node) -> str | None:
    """The value of a plain string literal; None for anything else, for interpolation and for escapes."""
    if node.shape != "string":
        return None
    index = node.file.pack.index
    if any(child.type in index.interpolations for child in node.children):
        return None
    text = node.text
    if node.type in index.symbols:
        return text[1:].strip("'\"")
    body = text.lstrip("rRbBuUfF")
    for quote in ('"""', "'''", '"', "'", "`"):
        if body.startswith(quote) and body.endswith(quote) and len(body) >= 2 * len(quote):
            value = body[len(quote) : -len(quote)]
            return None if "\\" in value and text == body else value
    return None
