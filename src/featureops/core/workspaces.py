"""Imports by a name that a manifest declares: packages of the same repository, and prefixes that stand for folders.

Sources: the fields `name` and `main` of package.json (docs.npmjs.com), `compilerOptions.paths` and `baseUrl` of
tsconfig.json (typescriptlang.org/tsconfig).
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain

from featureops.core.model import Json
from featureops.core.modules import files_at, module_files
from featureops.core.pack import LanguagePack

__all__ = ["Workspaces"]

_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')


class Workspaces:
    """The manifests of a repository, each read when an import asks for it."""

    def __init__(self, paths: Collection[str], read: Callable[[str], bytes | None]) -> None:
        self._paths, self._read = paths, read
        self._tables: dict[str, Mapping[str, Json]] = {}
        self._packages: dict[str, dict[str, str]] = {}

    def bases(self, importer: str, module: str, pack: LanguagePack) -> Iterator[str]:
        """Paths without an extension that the text of an import may mean, the likeliest first."""
        if module.startswith(("./", "../", "/")):
            return
        yield from self._aliased(importer, module, pack)
        if pack.modules.manifest is not None and not pack.modules.manifest_module:
            yield from self._in_package(module, pack.modules.manifest, pack)

    def file(self, importer: str, module: str, pack: LanguagePack) -> str | None:
        """The file of the repository that the text of an import means."""
        named = (path for base in self.bases(importer, module, pack) for path in files_at(base, pack))
        return next((path for path in chain(module_files(importer, module, pack), named) if path in self._paths), None)

    def text_at(self, path: str, names: Iterable[str]) -> str | None:
        """The text to which some names lead in a file of data."""
        value: Json = dict(self._table(path))
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value if isinstance(value, str) else None

    # -------------------------------------------------------------- packages

    def _in_package(self, module: str, manifest: str, pack: LanguagePack) -> Iterator[str]:
        parts = module.split("/")
        for count in (2, 1):
            name, rest = "/".join(parts[:count]), parts[count:]
            folder = self._named(manifest).get(name) if len(parts) >= count else None
            if folder is None:
                continue
            if not rest:
                main = self._table(posixpath.join(folder, manifest)).get("main")
                yield from [posixpath.normpath(posixpath.join(folder, main))] if isinstance(main, str) else []
            for root in pack.modules.roots:
                yield posixpath.normpath(posixpath.join(folder, root, *rest))

    def _named(self, manifest: str) -> Mapping[str, str]:
        """The folders of the packages by their names."""
        if manifest not in self._packages:
            found = self._packages[manifest] = {}
            for path in self._called.get(manifest, ()):
                name = self._table(path).get("name")
                if isinstance(name, str):
                    found.setdefault(name, posixpath.dirname(path))
        return self._packages[manifest]

    @cached_property
    def _called(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            if path.endswith(".json"):
                found.setdefault(posixpath.basename(path), []).append(path)
        return found

    # -------------------------------------------------------------- prefixes

    def _aliased(self, importer: str, module: str, pack: LanguagePack) -> Iterator[str]:
        folder = posixpath.dirname(importer)
        while pack.modules.prefixes:
            for manifest in pack.modules.prefixes:
                yield from self._prefixed(posixpath.join(folder, manifest), folder, module)
            if not folder:
                return
            folder = posixpath.dirname(folder)

    def _prefixed(self, path: str, folder: str, module: str) -> Iterator[str]:
        options = self._table(path).get("compilerOptions")
        if not isinstance(options, dict):
            return
        root, patterns = options.get("baseUrl"), options.get("paths")
        base = posixpath.join(folder, root) if isinstance(root, str) else folder
        for pattern, targets in patterns.items() if isinstance(patterns, dict) else ():
            head, star, tail = pattern.partition("*")
            fits = module.startswith(head) and module.endswith(tail) if star else module == pattern
            taken = module[len(head) : len(module) - len(tail)] if star else ""
            for target in targets if fits and isinstance(targets, list) else ():
                if isinstance(target, str):
                    yield posixpath.normpath(posixpath.join(base, target.replace("*", taken)))
        if isinstance(root, str):
            yield posixpath.normpath(posixpath.join(base, module))

    def _table(self, path: str) -> Mapping[str, Json]:
        """A JSON file, with the comments and last commas that people put there; empty where it is none."""
        if path not in self._tables:
            self._tables[path] = _parsed(self._read(path) or b"") if path in self._paths else {}
        return self._tables[path]


def _parsed(data: bytes) -> Mapping[str, Json]:
    text = data.decode("utf-8-sig", "replace")
    for extra in (_COMMENT, _LAST_COMMA):
        text = extra.sub(lambda found: found[1] or "", text)
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
