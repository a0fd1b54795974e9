"""How files name each other: which file an import's text means, and which names a file gives away."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property

from featureops.core.pack import LanguagePack, Packs
from featureops.core.scopes import Binding, Names, string_value
from featureops.core.syntax import Node, SourceFile

__all__ = ["Folders", "files_at", "given_name", "held_name", "may_give", "module_files", "re_exports"]

_UNWRITTEN = ("*", "default")
"""What a file may give away without saying so."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Folders:
    """Where files lie: the folders of languages in which an import names a folder, or its files see each other's
    names; the files of a name or of a glob."""

    def __init__(self, paths: Iterable[str], packs: Packs, read: Callable[[str], bytes | None]) -> None:
        self._paths, self._packs, self._read = paths, packs, read
        self._manifests: dict[str, str | None] = {}
        self._globs: dict[str, list[str]] = {}

    def forget(self) -> None:
        """Read the manifests again when they are asked for."""
        self._manifests.clear()

    @cached_property
    def _files(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            pack = self._packs.for_path(path)
            if pack is not None and pack.modules.scope == "folder":
                found.setdefault(posixpath.dirname(path), []).append(path)
        return found

    def __contains__(self, folder: str) -> bool:
        return folder in self._files

    @cached_property
    def with_stem(self) -> Mapping[str, list[str]]:
        """All files by their name without its ending."""
        found: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            found.setdefault(posixpath.splitext(posixpath.basename(path))[0], []).append(path)
        return found

    def matching(self, glob: str) -> list[str]:
        """The files whose path ends as the glob says."""
        if glob not in self._globs:
            self._globs[glob] = sorted(path for path in self._paths if fnmatchcase("/" + path, "*/" + glob))
        return self._globs[glob]

    def visible(self, path: str, node: Node) -> Iterator[str]:
        """The files whose names a file sees without an import at a node, the likeliest first; some may not be there."""
        pack = node.file.pack
        if node.type in pack.index.class_visible | pack.index.qualified or pack.modules.unbound == "folder":
            yield from _named_files(path, node.text, pack, self.with_stem)
        yield from _loaded_files(node.file)
        for glob in pack.modules.shared:
            yield from self.matching(glob)

    def holding(self, folder: str, name: str) -> list[str]:
        """The files of a folder that have a name at all."""
        word = name.encode()
        return [path for path in self._files.get(folder, ()) if word in (self._read(path) or b"")]

    def beside(self, path: str, name: str) -> list[str]:
        """The other files whose top-level names a file sees without an import, of those that have the name."""
        pack = self._packs.for_path(path)
        if pack is None or pack.modules.scope != "folder":
            return []
        return [other for other in self.holding(posixpath.dirname(path), name) if other != path]

    def named(self, importer: str, module: str, pack: LanguagePack) -> str | None:
        """The folder that an import's text names, by a manifest above it or another one of the repository; without any,
        the longest tail that is one.
        """
        folder, is_declared = posixpath.dirname(importer), False
        while True:
            declared = self._declared(posixpath.join(folder, pack.modules.manifest or ""), pack)
            is_declared = is_declared or declared is not None
            if declared is not None and _is_below(module, declared):
                return self._inside(folder, module[len(declared) + 1 :])
            if not folder:
                break
            folder = posixpath.dirname(folder)
        others = {folder: declared for folder, declared in self._modules(pack).items() if _is_below(module, declared)}
        if others:
            folder = max(others, key=lambda folder: len(others[folder]))
            return self._inside(folder, module[len(others[folder]) + 1 :])
        parts = [] if is_declared else module.split("/")
        tails = ("/".join(parts[at:]) for at in range(len(parts)))
        return next((tail for tail in tails if tail in self), None)

    def _inside(self, folder: str, rest: str) -> str | None:
        inside = posixpath.normpath(posixpath.join(folder, rest))
        found = "" if inside == "." else inside
        return found if found in self else None

    def _modules(self, pack: LanguagePack) -> Mapping[str, str]:
        """What the manifests of the repository declare, by the folder that they lie in."""
        places = self.matching(pack.modules.manifest) if pack.modules.manifest else []
        found = ((posixpath.dirname(path), self._declared(path, pack)) for path in places)
        return {folder: declared for folder, declared in found if declared is not None}

    def _declared(self, manifest: str, pack: LanguagePack) -> str | None:
        """The module that a manifest declares; None where there is no such file."""
        if manifest not in self._manifests:
            data = self._read(manifest) if pack.modules.manifest and manifest in self._paths else None
            found = re.search(
                pack.modules.manifest_module or "(?!)", (data or b"").decode("utf-8", "replace"), re.MULTILINE
            )
            self._manifests[manifest] = found[1] if found else None
        return self._manifests[manifest]


def _is_below(module: str, declared: str) -> bool:
    return module == declared or module.startswith(declared + "/")


def module_files(importer: str, module: str, pack: LanguagePack) -> Iterator[str]:
    """The paths that an import's text may mean, the likeliest first; most of them are no files."""
    bases = {"dotted": _dotted_bases, "namespace": _namespace_bases, "tree": _tree_bases}
    for base in bases.get(pack.modules.style, _path_bases)(importer, module, pack):
        yield from files_at(base, pack)


def _named_files(importer: str, name: str, pack: LanguagePack, with_stem: Mapping[str, list[str]]) -> Iterator[str]:
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


def _loaded_files(file: SourceFile) -> Iterator[str]:
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
    return next((each for each in names.called(name) if each.definitions[0].type in visible), None)


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
    return _assigned_export(names, name) if names.file.pack.index.export_targets else None


def _assigned_export(names: Names, name: str) -> Binding | None:
    """What a file gives away by assigning to an export target: the whole (`*`), an entry of it, or a member."""
    targets = names.file.pack.index.export_targets
    for statement in names.file.root.items:
        assign = statement.role("operand") if statement.shape == "expression" else None
        left = assign.role("left") if assign is not None and assign.shape == "assign" else None
        value = assign.role("right") if assign is not None else None
        if left is None or value is None or left.shape != "member":
            continue
        owner, member = left.role("object"), left.role("property")
        if owner is None or member is None:
            continue
        if left.text in targets:
            if name in ("*", "default"):
                return _standing_for(names, member, value)
            found = _entry(names, value, name)
            if found is not None:
                return found
        elif member.text == name and owner.text in targets:
            return _standing_for(names, member, value)
    return None


def _entry(names: Names, value: Node, name: str) -> Binding | None:
    """An entry of an object that is given away as a whole, also where a variable holds the object."""
    holder = names.of.get(value)
    if holder is not None:
        parent = holder.definitions[0].parent
        value = (parent.role("value") if parent is not None else None) or value
    for item in value.items if value.shape == "object" else ():
        key, inner = item.role("key"), item.role("value")
        if key is not None and inner is not None and (string_value(key) or key.text) == name:
            return _standing_for(names, key, inner)
    return None


def _standing_for(names: Names, name: Node, value: Node) -> Binding:
    """The binding that a value is, or a new one for a value without a name."""
    known = names.of.get(value)
    if known is not None:
        return known
    binding = Binding(name.text, names.file.root)
    binding.definitions.append(name)
    return binding


def may_give(data: bytes, name: str, pack: LanguagePack) -> bool:
    """Whether a file can give away a name, as far as its bytes tell."""
    passing = pack.modules.passing
    if passing is None or name in _UNWRITTEN or name.encode("utf-8", "surrogateescape") in data:
        return True
    return re.search(passing.encode(), data) is not None


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


def files_at(base: str, pack: LanguagePack) -> Iterator[str]:
    """The paths that a path may mean which an import gives without an extension, or as a folder."""
    yield base
    for extension in pack.extensions:
        yield base + extension
    inside = base if not base or base.endswith("/") else base + "/"
    for index in pack.modules.indexes:
        for extension in pack.extensions:
            yield inside + index + extension
    stem, dot, _ = base.rpartition(".")
    if dot:
        for extension in pack.extensions:
            yield stem + extension
