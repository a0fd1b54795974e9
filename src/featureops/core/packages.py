"""Languages whose files see all names of their package: which file a name comes from, what a class has as members."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from featureops.core.contents import Contents, Memo, declaration
from featureops.core.given import initializer
from featureops.core.pack import LanguagePack, Packs
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node, SourceFile

__all__ = ["Packages", "declared_names", "member_binding", "packages_of"]

_NESTED = 3


def packages_of(names: Names) -> list[str]:
    """The packages that a file says it belongs to; those around them too where their names are seen."""
    own = names.packages or [""]
    if not names.file.pack.modules.around:
        return own
    parts = [package.split(".") for package in own]
    return list(dict.fromkeys(".".join(each[:end]) for each in parts for end in range(len(each), -1, -1)))


def member_binding(names: Names, holder: Node, name: str) -> Binding | None:
    """What a name means as a member of a class of the file: a value or, failing that, a function; also of a class
    without a name inside it."""
    body = holder.role("body")
    companions = holder.file.pack.index.companions
    inner = [item for item in body.items if item.shape == "class"] if body is not None else []
    nameless = [item for item in inner if item.role("name") is None or item.type in companions]
    for scope in (holder, *nameless):
        binding = names.member(scope, name) or names.member(scope, f"{name}()")
        if binding is not None:
            return binding
    return None


def declared_names(data: bytes, pack: LanguagePack) -> set[bytes]:
    """The names that a file declares for others, where files say so themselves, and perhaps a few more."""
    # One expression a word: each starts with its word, which is found faster than one of several.
    patterns = (re.compile(rf"{re.escape(word)}\s+(\w+)".encode()) for word in pack.modules.declared)
    return {name for pattern in patterns for name in pattern.findall(data)}


class _PackageFiles:
    """Finds a package's names among the files of a repository; nothing is parsed that can't hold the name."""

    def __init__(self, paths: Iterable[str], contents: Contents) -> None:
        self._paths = paths
        self._contents = contents
        self.known: dict[str, Mapping[bytes, list[str]]] = {}
        """By the id of a language: names with the files that declare them."""
        self.find: Callable[[LanguagePack], Mapping[bytes, list[str]]] = self._declared

    def declaring(self, importer: str, name: str, pack: LanguagePack) -> list[str]:
        """The files of the language that declare the name, the nearest first."""
        self._contents.touched.add(declaration(pack, name))
        if pack.id not in self.known:
            self.known[pack.id] = self.find(pack)
        folder = posixpath.dirname(importer) or "."
        found = (path for path in self.known[pack.id].get(name.encode(), ()) if path != importer)
        return sorted(found, key=lambda path: (len(posixpath.relpath(posixpath.dirname(path) or ".", folder)), path))

    def _declared(self, pack: LanguagePack) -> Mapping[bytes, list[str]]:
        found: dict[bytes, list[str]] = {}
        for path in sorted(path for path in self._paths if path.endswith(pack.extensions)):
            for name in declared_names(self._contents.skim(path) or b"", pack):
                found.setdefault(name, []).append(path)
        return found

    @cached_property
    def _by_folder(self) -> Mapping[str, list[str]]:
        """Paths by the name of their folder, sorted."""
        found: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            found.setdefault(posixpath.basename(posixpath.dirname(path)), []).append(path)
        return found

    @cached_property
    def _beside(self) -> Mapping[str, list[str]]:
        """Paths by their folder, sorted."""
        found: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            found.setdefault(posixpath.dirname(path), []).append(path)
        return found

    @cached_property
    def _by_stem(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self._paths:
            found.setdefault(posixpath.splitext(posixpath.basename(path))[0], []).append(path)
        return found

    def candidates(self, importer: str, package: str, name: str, pack: LanguagePack | None) -> Iterator[str]:
        """Files that may hold the name, the likeliest first: those called like it, those in the package's folder, those
        where packages start."""
        shown = pack.modules.declaring if pack is not None else None
        pattern = re.compile(shown.replace("{name}", re.escape(name)).encode()) if shown is not None else None
        folder = package.rpartition(".")[2]
        beside = posixpath.dirname(importer)
        suffix = package.replace(".", "/")
        called = sorted(self._by_stem.get(name, ()), key=lambda path: (f"{suffix}/{name}." not in path, path))
        folders = dict.fromkeys((folder, *(pack.modules.roots if pack is not None else ())))
        inside = (path for each in folders for path in self._by_folder.get(each, ()))
        word = name.encode()
        for path in dict.fromkeys((*called, *self._beside.get(beside, ()), *inside)):
            data = self._contents.text(path) or b""
            if word in data and (pattern is None or _declares(data, word, pattern)):
                yield path


def _declares(data: bytes, word: bytes, pattern: re.Pattern[bytes]) -> bool:
    """Whether a line, with the one before it, declares the word. Only lines that hold it are looked at."""
    at = data.find(word)
    while at >= 0:
        end = at + len(word)
        start = data.rfind(b"\n", 0, max(0, data.rfind(b"\n", 0, at))) + 1
        if pattern.search(data, start, end + 1) is not None:
            return True
        at = data.find(word, end)
    return False


_Place = tuple[str, Binding]


class Packages:
    """What a name means where files belong to packages. `file` and `names` are the repository's parsed files."""

    def __init__(
        self,
        paths: Iterable[str],
        contents: Contents,
        packs: Packs,
        file: Callable[[str], SourceFile | None],
        names: Callable[[str], Names],
    ) -> None:
        self._packs, self._file, self._names = packs, file, names
        self._paths = _PackageFiles(paths, contents)
        self._known: Memo[tuple[str, str, str], _Place | None] = Memo(contents)

    def forget(self) -> None:
        """Find names again when they are asked for: the files that hold them are let go of."""
        self._known.forget()

    def find_by(self, find: Callable[[LanguagePack], Mapping[bytes, list[str]]]) -> None:
        """Take it from the caller which files of a language declare which names, once that is asked for."""
        self._paths.find = find

    def know(self, pack: LanguagePack) -> None:
        """Find it now."""
        if pack.modules.declared and pack.id not in self._paths.known:
            self._paths.known[pack.id] = self._paths.find(pack)

    def hold(self, path: str) -> bool:
        """Whether a file belongs to a package by its language's rule."""
        pack = self._packs.for_path(path)
        return pack is not None and pack.modules.style == "package"

    def named(self, importer: str, package: str, name: str, depth: int = 0) -> tuple[str, Binding] | None:
        """A name of a package, or a member of the class that the package's last part names."""

        def find() -> _Place | None:
            return self._in_files(importer, package, name) or self._in_class(importer, package, name, depth)

        return self._known.of((posixpath.dirname(importer), package, name), find, None)

    def visible(self, path: str, node: Node) -> tuple[str, Binding] | None:
        """A name that the file's own package, or a whole package that it imports, brings in."""
        if node.type not in node.file.pack.index.identifiers or not self.hold(path):
            return None
        packages = (*packages_of(self._names(path)), *self._names(path).wildcards)
        found = (self.named(path, package, node.text) for package in packages)
        return next((place for place in found if place is not None), None)

    def by_full_name(self, path: str, node: Node) -> tuple[str, Binding] | None:
        """What `a.b.Name` means."""
        package, _, name = "".join(node.text.split()).rpartition(".")
        return self.named(path, package, name) if package and self.hold(path) else None

    def _in_files(self, importer: str, package: str, name: str) -> tuple[str, Binding] | None:
        for path in self._candidates(importer, package, name):
            file = self._file(path) if self.hold(path) else None
            if file is None or package not in (self._names(path).packages or [""]):
                continue
            binding = self._names(path).top(name) or self._names(path).top(f"{name}()")
            if binding is not None and binding.imported is None:
                return path, binding
        return None

    def _candidates(self, importer: str, package: str, name: str) -> Iterable[str]:
        pack = self._packs.for_path(importer)
        if pack is not None and pack.modules.declared:
            return self._paths.declaring(importer, name, pack)
        return self._paths.candidates(importer, package, name, pack)

    def _in_class(self, importer: str, package: str, name: str, depth: int) -> tuple[str, Binding] | None:
        outer, _, last = package.rpartition(".")
        found = self.named(importer, outer, last, depth + 1) if last and depth < _NESTED else None
        holder = initializer(found[1]) if found is not None else None
        if found is None or holder is None:
            return None
        binding = member_binding(self._names(found[0]), holder, name)
        return (found[0], binding) if binding is not None else None
