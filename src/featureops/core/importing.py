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
    "opened_by",
    "package_name",
    "string_value",
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
    path, own, module_node, pack = node.role("path"), node.role("name"), node.role("module"), node.file.pack
    module = (string_value(module_node) or module_node.text) if module_node else ""
    alias, implied = node.role("alias"), implied_name(pack, module)
    if node.role("open") is not None:
        return
    if path is not None:
        yield from _named_by_path(node, path)
    elif module_node is not None and (alias is not None or implied is not None):
        if alias is None or alias.type in pack.index.identifiers:
            yield alias or module_node, ImportEntry(module, "*", node, node), implied if alias is None else None
    elif own is not None:  # a module that lies where the file says it does
        yield own, ImportEntry(pack.modules.here, own.text, node, node), None
    elif pack.modules.separator:
        for part, prefix in _leaves(node, ""):
            if not _opens(part):
                yield _qualified(part, prefix, node)
    else:
        yield from _listed(node, module_node, module)


def opened_by(node: Node) -> Iterator[str]:
    """The packages all of whose names an import statement brings in."""
    opened = node.role("open")
    if opened is not None:
        yield "".join(opened.text.split())
    elif node.file.pack.modules.separator:
        yield from (_joined(prefix, part.role("open")) for part, prefix in _leaves(node, "") if _opens(part))


def _listed(node: Node, module_node: Node | None, module: str) -> Iterator[_Bound]:
    for entry in _entries(node, module_node):
        name, alias = entry.role("name"), entry.role("alias")
        if name is None and entry.type in entry.file.pack.index.identifiers:
            yield entry, ImportEntry(module, "default", entry, node), None
        elif name is not None:
            imported = "*" if alias is name or module_node is None else name.text
            # A dotted import binds the first part only: the rest is found as members of it.
            yield alias or name, ImportEntry(module or name.text, imported, entry, node), None


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


def _named_by_path(node: Node, path: Node) -> Iterator[_Bound]:
    """`import a.b.Name`: the last part is the name, what stands before it the module."""
    module, _, imported = "".join(path.text.split()).rpartition(".")
    leaves = [part for part in path.walk() if part.type in node.file.pack.index.identifiers]
    if leaves:
        yield node.role("alias") or leaves[-1], ImportEntry(module, imported, node, node), None


def _leaves(holder: Node, prefix: str) -> Iterator[tuple[Node, str]]:
    """The names that are written with their modules, also in groups that have one in common, with that module."""
    module, index = holder.role("module"), holder.file.pack.index
    inner = _joined(prefix, module)
    for part in holder.items:
        if part is module:
            continue
        is_plain = part.type in index.identifiers or part.shape == "member" or part.text in index.self_names
        if is_plain or _opens(part) or (part.shape == "import-name" and part.role("name") is not None):
            yield part, inner
        else:
            yield from _leaves(part, inner)


def _opens(part: Node) -> bool:
    return part.rule is not None and "open" in part.rule.roles


def _joined(prefix: str, name: Node | None) -> str:
    if name is None:
        return prefix
    separator = name.file.pack.modules.separator
    text = prefix + separator + "".join(name.text.split())
    return separator.join(part for part in text.split(separator) if part)


def _qualified(part: Node, prefix: str, statement: Node) -> _Bound:
    """Import of a name that is written with its module: only its last part is bound."""
    pack, name, alias = part.file.pack, part, None
    if part.shape == "import-name":
        name, alias = part.role("name") or part, part.role("alias")
    separator = pack.modules.separator
    parts = _joined(prefix, name).split(separator)
    if parts[-1] in pack.index.self_names and len(parts) > 1:
        parts.pop()  # the module itself
    last = next((inner for inner in reversed([*name.walk()]) if inner.type in pack.index.identifiers), name)
    entry = ImportEntry(separator.join(parts[:-1]), parts[-1], part, statement)
    return alias or last, entry, None if alias is not None else parts[-1]


def package_name(node: Node) -> str:
    """The full name of the package that a node declares, also inside another one."""
    names = [part.role("name") for part in (node, *node.ancestors()) if part.shape == "package"]
    return ".".join("".join(name.text.split()) for name in reversed(names) if name is not None)


# -------------------------------------------------------------- calls and texts


def imported_by_call(value: Node | None) -> tuple[str, str] | None:
    """(module, name) of a call that brings in a module, or one member of it."""
    member = "*"
    if value is None or not value.file.pack.index.import_calls:
        return None
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
    body = text.lstrip("rRbBuUfF@$#")
    raw = not {"r", "R", "@", "#"}.isdisjoint(text[: len(text) - len(body)])
    body = body.rstrip("#") if raw else body
    for quote in ('"""', "'''", '"', "'", "`"):
        if body.startswith(quote) and body.endswith(quote) and len(body) >= 2 * len(quote):
            value = body[len(quote) : -len(quote)]
            return None if "\\" in value and not raw else value
    return None
