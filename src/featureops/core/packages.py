"""Languages whose files see all names of their package: which file a name comes from, what a class has as members."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node, SourceFile

__all__ = ["PackageFiles", "member_binding", "package_of"]


def package_of(file: SourceFile) -> str:
    """The package that a file says it belongs to."""
    statement = next((item for item in file.root.items if item.shape == "package"), None)
    name = statement.role("name") if statement is not None else None
    return "".join(name.text.split()) if name is not None else ""


def member_binding(names: Names, holder: Node, name: str) -> Binding | None:
    """What a name means as a member of a class of the file: a value or, failing that, a function; also of a class
    without a name inside it."""
    body = holder.role("body")
    nameless = [item for item in body.items if item.shape == "class" and item.role("name") is None] if body else []
    for scope in (holder, *nameless):
        table = names.in_scope(scope)
        binding = table.get(name) or table.get(f"{name}()")
        if binding is not None:
            return binding
    return None


class PackageFiles:
    """Finds a package's names among the files of a repository; nothing is parsed that can't hold the name."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes | None]) -> None:
        self._paths = paths
        self._read = read

    @cached_property
    def _by_folder(self) -> Mapping[str, list[str]]:
        """Paths by the name of their folder."""
        found: dict[str, list[str]] = {}
        for path in self._paths:
            found.setdefault(posixpath.basename(posixpath.dirname(path)), []).append(path)
        return found

    @cached_property
    def _by_stem(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self._paths:
            found.setdefault(posixpath.splitext(posixpath.basename(path))[0], []).append(path)
        return found

    def candidates(self, importer: str, package: str, name: str) -> Iterator[str]:
        """Files that may hold the name, the likeliest first: those called like it, those in the package's folder."""
        folder = package.rpartition(".")[2]
        beside = posixpath.dirname(importer)
        suffix = package.replace(".", "/")
        called = sorted(self._by_stem.get(name, ()), key=lambda path: (f"{suffix}/{name}." not in path, path))
        near = [
            path for path in self._by_folder.get(posixpath.basename(beside), ()) if posixpath.dirname(path) == beside
        ]
        seen: set[str] = set()
        for path in (*called, *sorted(near), *sorted(self._by_folder.get(folder, ()))):
            if path not in seen:
                seen.add(path)
                if name.encode() in (self._read(path) or b""):
                    yield path
