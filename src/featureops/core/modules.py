"""How files name each other: which file an import's text means, and which names a file gives away."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from featureops.core.pack import LanguagePack
from featureops.core.scopes import Binding, Names, string_value
from featureops.core.syntax import SourceFile

__all__ = ["given_name", "held_name", "loaded_files", "module_files", "named_files", "re_exports"]


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def module_files(importer: str, module: str, pack: LanguagePack) -> Iterator[str]:
    """The paths that an import's text may mean, the likeliest first; most of them are no files."""
    bases = {"dotted": _dotted_bases, "path": _path_bases, "namespace": _namespace_bases}[pack.modules.style]
    for base in bases(importer, module, pack):
        yield from _candidates(base, pack)


def named_files(importer: str, name: str, pack: LanguagePack, with_stem: Mapping[str, list[str]]) -> Iterator[str]:
    """The files in which a name that nothing binds is looked for, the likeliest first."""
    rules = pack.modules
    parts = [part for part in name.split(rules.separator or " ") if part]
    if rules.unbound == "folder" and parts:
        folder = posixpath.dirname(importer)
        yield from (posixpath.join(folder, parts[-1] + extension) for extension in pack.extensions)
    if rules.unbound == "snake" and parts:
        tail = "/".join(_HUMP.sub("_", part).lower() for part in parts)
        near = with_stem.get(tail.rpartition("/")[2], [])
        fitting = [path for path in near if f"/{posixpath.splitext(path)[0]}".endswith(f"/{tail}")]
        yield from sorted(fitting, key=lambda path: (-len(posixpath.commonprefix([path, importer])), path))


def loaded_files(file: SourceFile) -> Iterator[str]:
    """The paths that the file's loading statements may mean: all their names are seen in it."""
    pack, folder = file.pack, posixpath.dirname(file.path)
    if not pack.modules.loads:
        return
    for statement in file.root.items:
        inner = statement.role("operand") or statement
        callee = inner.role("function")
        if inner.type not in pack.modules.loads and (callee is None or callee.text not in pack.modules.loads):
            continue
        texts = [value for value in map(string_value, inner.walk()) if value]
        for base in (folder, *pack.modules.roots) if texts else ():
            path = posixpath.normpath(posixpath.join(base, texts[-1].lstrip("/")))
            yield from (path, *(path + extension for extension in pack.extensions))


def held_name(names: Names, name: str) -> Binding | None:
    """What a file binds under a name that all files see: at its top, or as a class or constant within its modules."""
    found = names.top(name)
    if found is not None:
        return found
    visible = names.file.pack.index.class_visible
    return next((each for each in names.all if each.name == name and each.definitions[0].type in visible), None)


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


def _namespace_bases(importer: str, module: str, pack: LanguagePack) -> Iterator[str]:
    """The longest tail of the name first: which head stands for a source folder is not said in the code."""
    parts = [part for part in module.split(pack.modules.separator) if part]
    folders = [importer]
    while folders[-1]:
        folders.append(posixpath.dirname(folders[-1]))
    for skipped in range(len(parts)):
        tail = "/".join(parts[skipped:])
        for folder in folders[1:]:
            yield posixpath.join(folder, tail)
        for root in pack.modules.roots:
            yield posixpath.join(root, tail)


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
