"""Names that a file sees without naming them in an import: whole modules that it opens, and what lies in its package.

A language says with `declared` which texts declare a name that other files see, and with the shapes `open-import` and
`package` which modules a file opens and in which package it lies. Files are looked at only when a name needs it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable

from featureops.core.pack import LanguagePack, SdkPack
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["Declared", "is_client_import", "names_client", "opened_client", "sees", "type_arguments"]


class Declared:
    """Which files of a language declare a name that other files may see."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes | None], pack: LanguagePack) -> None:
        self._paths = sorted(path for path in paths if path.endswith(pack.extensions))
        self._read = read
        self._pattern = re.compile(pack.modules.declared.encode()) if pack.modules.declared else None
        self._index: dict[str, list[str]] | None = None

    def files(self, name: str, importer: str) -> list[str]:
        """The files that declare the name, the nearest first."""
        if self._pattern is None:
            return []
        if self._index is None:
            self._index = self._indexed(self._pattern)
        folder = posixpath.dirname(importer)
        found = (path for path in self._index.get(name, ()) if path != importer)
        return sorted(
            found, key=lambda path: (len(posixpath.relpath(posixpath.dirname(path) or ".", folder or ".")), path)
        )

    def _indexed(self, pattern: re.Pattern[bytes]) -> dict[str, list[str]]:
        table: dict[str, list[str]] = {}
        for path in self._paths:
            for name in {match.group(1) for match in pattern.finditer(self._read(path) or b"")}:
                table.setdefault(name.decode("utf-8", "replace"), []).append(path)
        return table


def sees(names: Names, other: Names) -> bool:
    """Whether what `other` declares is visible in the file of `names` by its plain name."""
    if not other.packages:
        return True
    dot = names.file.pack.modules.separator
    own = [package.split(dot) for package in names.packages]
    around = {dot.join(parts[:end]) for parts in own for end in range(1, len(parts) + 1)}
    return not other.packages.isdisjoint(around | names.opened)


def is_client_import(module: str, imported: str, sdk: SdkPack) -> bool:
    """Whether a name of a module is the SDK's client, its factory or the SDK's module itself."""
    return any(
        item.module == module
        and (imported in item.clients or imported in ("*", "default") or imported in item.functions)
        for item in sdk.imports
    ) or any(item.module in (f"{module}.{imported}", f"{module}::{imported}") for item in sdk.imports)


def opened_client(names: Names, name: str, sdk: SdkPack) -> bool:
    """Whether a name that nothing in the file binds comes from a module of the SDK that the file opens."""
    return any(
        name in item.clients and not names.opened.isdisjoint((item.module, f"{item.module}.{name}"))
        for item in sdk.imports
    )


def names_client(names: Names, node: Node, sdk: SdkPack) -> bool:
    """Whether a node names a client's type: plainly from a module that the file opens, or with its module before it."""
    if node.type in node.file.pack.index.identifiers:
        return names.of.get(node) is None and opened_client(names, node.text, sdk)
    if node.shape != "member":
        return False
    module, _, name = "".join(node.text.split()).rpartition(node.file.pack.modules.separator)
    return any(item.module == module and name in item.clients for item in sdk.imports)


def type_arguments(callee: Node) -> list[Node]:
    """`services.get<Client>()`: what a call is asked to give."""
    kinds = callee.file.pack.index.type_arguments
    return [part for part in callee.walk() if part.type in kinds] if kinds else []
