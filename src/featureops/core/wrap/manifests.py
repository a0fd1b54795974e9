"""What a repository says that it is made of: which SDK and which frameworks its manifests name, and what they lack."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from featureops.core.pack import LanguagePack, SdkPack
from featureops.core.project import Project
from featureops.core.templates import ManifestForm, WrapTemplate

__all__ = ["Manifest", "Manifests", "sdk_for", "templates_for"]

_MOST = 8
_ANY = "*"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A file that lists packages."""

    path: str
    text: str
    form: ManifestForm

    def names(self, package: str) -> bool:
        """Whether it lists a package; `*` stands for the rest of a name."""
        return _pattern(package).search(self.text) is not None

    def term(self, package: str) -> str:
        """What adds a package to it."""
        group, _, name = package.rpartition(":")
        return f"{self.form.add.format(package=package, group=group, name=name)} ({self.path})"


class Manifests:
    """The manifests of a repository, by the file that they count for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._found: dict[tuple[str, str], list[Manifest]] = {}
        self._folders: dict[str, list[str]] | None = None

    def near(self, path: str, pack: LanguagePack) -> list[Manifest]:
        """Those of the folders around a file, the nearest first."""
        folder, found = posixpath.dirname(path), list[Manifest]()
        while True:
            found.extend(self._in(folder, pack))
            if not folder:
                return found[:_MOST]
            folder = posixpath.dirname(folder)

    def lacking(self, path: str, pack: LanguagePack, package: str) -> str | None:
        """What has to be installed, in the terms of the nearest manifest; None where a manifest names it."""
        near = self.near(path, pack)
        plain = package.rpartition(":")[2]
        if any(manifest.names(plain) for manifest in near):
            return None
        return near[0].term(package) if near else package

    def _in(self, folder: str, pack: LanguagePack) -> list[Manifest]:
        key = (folder, pack.id)
        if key not in self._found:
            paths = sorted(self._beside(folder))
            self._found[key] = [
                Manifest(path, text, form)
                for form in pack.wrap.manifests
                for path in paths
                if any(fnmatchcase(posixpath.relpath(path, folder or "."), glob) for glob in form.files)
                and (text := self._text(path)) is not None
            ]
        return self._found[key]

    def _beside(self, folder: str) -> Iterable[str]:
        """The files of a folder, and of the folders in it."""
        if self._folders is None:
            self._folders = {}
            for path in self._project.paths:
                own = posixpath.dirname(path)
                for outer in {own, posixpath.dirname(own)}:
                    self._folders.setdefault(outer, []).append(path)
        return self._folders.get(folder, ())

    def _text(self, path: str) -> str | None:
        data = self._project.contents.text(path)
        return data.decode("utf-8", "replace") if data is not None else None


@cache
def _pattern(package: str) -> re.Pattern[str]:
    spelt = re.escape(package).replace(r"\*", r"[\w./@-]*").replace(r"\-", "[-_.]")
    return re.compile(rf"(?<![\w.@/-]){spelt}(?![\w-])", re.IGNORECASE)


def sdk_for(pack: LanguagePack, near: Sequence[Manifest]) -> SdkPack | None:
    """The SDK whose package the nearest manifest names, else the preferred one."""
    ordered = sorted(pack.sdks, key=lambda sdk: (not sdk.preferred, sdk.id))
    for manifest in near:
        for sdk in ordered:
            if any(manifest.names(package) for package in sdk.packages or (sdk.package,)):
                return sdk
    return next(iter(ordered), None)


def templates_for(sdk: SdkPack, near: Sequence[Manifest], source: str, *, markup: bool) -> list[WrapTemplate]:
    """The templates of an SDK that fit: those for a framework that a manifest or the file itself names, the nearest
    first, then those for anything."""
    ranks: list[tuple[int, WrapTemplate]] = []
    for template in sdk.templates:
        rank = _rank(template.frameworks, near, source)
        if rank is None and template.scope == "component" and markup:
            rank = len(near) + 1
        if rank is not None or not template.frameworks or _ANY in template.frameworks:
            ranks.append((len(near) + 2 if rank is None else rank, template))
    return [template for _, template in sorted(ranks, key=lambda pair: pair[0])]


def _rank(frameworks: Sequence[str], near: Sequence[Manifest], source: str) -> int | None:
    named = [framework for framework in frameworks if framework != _ANY]
    for index, manifest in enumerate(near):
        if any(map(manifest.names, named)):
            return index
    return len(near) if any(_pattern(framework).search(source) for framework in named) else None
