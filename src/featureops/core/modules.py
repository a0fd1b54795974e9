"""How files name each other: which file an import's text means, and which names a file gives away."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from featureops.core.pack import LanguagePack
from featureops.core.scopes import Binding, Names, string_value
from featureops.core.syntax import SourceFile

__all__ = ["given_name", "module_files", "re_exports"]


def module_files(importer: str, module: str, pack: LanguagePack) -> Iterator[str]:
    """The paths that an import's text may mean, the likeliest first; most of them are no files."""
    if pack.modules.style == "package":
        return
    if pack.modules.style == "tree":
        for base in _tree_bases(importer, module, pack):
            yield from _candidates(base, pack)
        return
    dotted = pack.modules.style == "dotted"
    for base in _dotted_bases(importer, module, pack) if dotted else _path_bases(importer, module, pack):
        yield from _candidates(base, pack)


def given_name(names: Names, name: str) -> Binding | None:
    """The top-level binding that a file gives away under a name, which may be another one."""
    binding = names.top(name)
    if binding is not None:
        return binding
    for statement in names.file.root.items:
        if statement.shape != "export" or any(child.shape == "string" for child in statement.items):
            continue
        given = statement.items[0] if statement.items else None
        if given is None:
            continue
        if name == "default" and statement.has_token("default"):
            return names.of.get(given.role("name") or given)
        for item in given.items:
            parts = [part.text for part in item.items]
            if len(parts) == 2 and parts[1] == name and statement.role("declaration") is None:
                return names.top(parts[0])
    return None


def re_exports(file: SourceFile, name: str) -> Iterator[tuple[str, str]]:
    """(module, name there) of statements that pass names on from another module."""
    for statement in file.root.items:
        if statement.shape != "export":
            continue
        source = next((child for child in statement.items if child.shape == "string"), None)
        module = string_value(source) if source else None
        if module is None:
            continue
        clause = next((child for child in statement.items if child is not source), None)
        if clause is None:
            yield module, name
            continue
        for item in clause.items:
            parts = [part.text for part in item.items]
            if parts and parts[-1] == name:
                yield module, parts[0]


def _dotted_bases(importer: str, module: str, pack: LanguagePack) -> Iterator[str]:
    level = len(module) - len(module.lstrip("."))
    tail = module[level:].replace(".", "/").strip("/")
    folder = posixpath.dirname(importer)
    if level:
        for _ in range(level - 1):
            folder = posixpath.dirname(folder)
        yield posixpath.join(folder, tail) if tail else folder
        return
    for root in pack.modules.roots:
        yield posixpath.join(root, tail)
    while folder:
        yield posixpath.join(folder, tail)
        folder = posixpath.dirname(folder)


def _tree_bases(importer: str, module: str, pack: LanguagePack) -> Iterator[str]:
    rules = pack.modules
    parts = module.split(rules.separator)
    folder, name = posixpath.split(importer)
    stem = name.rpartition(".")[0]
    own = folder if stem in rules.indexes else posixpath.join(folder, stem)
    if parts[0] in (rules.here, rules.up):
        base = own
        while parts and parts[0] in (rules.here, rules.up):
            base = posixpath.dirname(base) if parts.pop(0) == rules.up else base
        yield posixpath.join(base, *parts)
        return
    # Beside the file, or from the root of the package, also where that is called by its name.
    yield posixpath.join(own, *parts)
    tail = parts[1:]
    while tail or parts[0] == rules.root:
        yield posixpath.join(folder, *tail)
        for root in rules.roots:
            yield posixpath.join(folder, root, *tail)
        if not folder:
            return
        folder = posixpath.dirname(folder)


def _path_bases(importer: str, module: str, pack: LanguagePack) -> Iterator[str]:
    folder = posixpath.dirname(importer)
    if module.startswith("."):
        yield posixpath.normpath(posixpath.join(folder, module))
        return
    bare = module.lstrip("@~/") if module.startswith(("@/", "~/", "/")) else module
    for root in pack.modules.roots:
        yield posixpath.normpath(posixpath.join(root, bare))
    while folder:
        yield posixpath.normpath(posixpath.join(folder, bare))
        for root in pack.modules.roots:
            yield posixpath.normpath(posixpath.join(folder, root, bare))
        folder = posixpath.dirname(folder)


def _candidates(base: str, pack: LanguagePack) -> Iterator[str]:
    yield base
    for extension in pack.extensions:
        yield base + extension
    for index in pack.modules.indexes:
        for extension in pack.extensions:
            yield posixpath.join(base, index + extension)
    stem, dot, _ = base.rpartition(".")
    if dot:
        for extension in pack.extensions:
            yield stem + extension
