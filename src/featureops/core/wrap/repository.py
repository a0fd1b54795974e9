"""The working tree that a change is wrapped in, and how its code asks for flags."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from featureops.core.config import Config, HouseRead
from featureops.core.detect.needles import Asking
from featureops.core.detect.places import is_test_path
from featureops.core.mentions import mentions_of
from featureops.core.pack import LanguagePack, Packs
from featureops.core.project import Project
from featureops.core.reads import Read, find_reads
from featureops.core.scopes import Binding
from featureops.core.syntax import SourceFile
from featureops.core.wrap.idiom import Idiom, idiom_of, ranked

__all__ = ["Idioms", "Repository"]

_MOST_FILES = 40
_MODELS = 3
_Grep = Callable[[Sequence[bytes]], Mapping[str, tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class Repository:
    """The working tree: `paths` of all files, contents by `read` (None: can't be read), and a scan for byte strings."""

    paths: frozenset[str]
    read: Callable[[str], bytes | None]
    grep: _Grep
    packs: Packs
    config: Config


class Idioms:
    """How the repository asks: its own reads first, then the SDKs' templates."""

    def __init__(self, repository: Repository, project: Project) -> None:
        self.repository = repository
        self.project = project
        self._presence = project.parsed.presence(repository.packs, repository.config)
        self._reads: dict[str, list[Read]] = {}
        self._by_language: dict[str, list[str]] = {}
        self._by_file: dict[str, list[Idiom]] = {}
        self._naming: dict[str, list[str]] = {}

    def reads(self, path: str) -> list[Read]:
        """The reads of a file."""
        if path not in self._reads:
            file = self.project.file(path)
            near = self._near(file) if file is not None else []
            self._reads[path] = find_reads(self.project, path, near)
        return self._reads[path]

    def _near(self, file: SourceFile) -> list[int] | None:
        """Where the file may ask: at every name of a way of asking, also under the one by which it is imported."""
        asking, names = self._presence.asking(file.pack), self.project.names(file.path)
        near = asking.spoken(file.data)
        given = (binding for binding in names.imports if self._gives_another(file.path, binding, asking))
        places = (node.start for binding in given for node in mentions_of(file, binding.name))
        return [*near, *places] if near is not None else None

    def _gives_another(self, path: str, binding: Binding, asking: Asking) -> bool:
        """Whether an import brings in a way of asking by another name, also one that other files pass on."""
        entry, outside = binding.imported, self.project.outside(path, binding)
        names = (entry.imported if entry is not None else "", outside[1] if outside is not None else "")
        return any(asking.names(name) and name != binding.name for name in names)

    def own(self, path: str) -> list[Idiom]:
        """The idioms of one file, in document order."""
        if path not in self._by_file:
            found = [read for read in self.reads(path) if read.proof != "unproven"]
            idioms = (idiom_of(read, self.project.names(path)) for read in found)
            self._by_file[path] = [idiom for idiom in idioms if idiom is not None]
        return self._by_file[path]

    def usable(self, path: str) -> tuple[list[Idiom], str]:
        """The idioms whose reads can be taken out again; where there is none, what the others lack."""
        near = self.near(path)
        found = [idiom for idiom in near if idiom.is_exact]
        if found or not near:
            return found, ""
        return found, (
            f"{near[0].callee}, which {near[0].place} asks with, does more than ask for the flag: a branch on it"
            " could not be taken out again. Declare it under [[reads]] in featureops.toml, and run this again."
        )

    def near(self, path: str) -> list[Idiom]:
        """All idioms that a file could use, the nearest first."""
        pack = self.repository.packs.for_path(path)
        if pack is None:
            return []
        found = list(self.own(path)) if self.project.file(path) is not None else []
        for other in self._asking(pack, path):
            if other != path and self.project.file(other) is not None:
                found.extend(self.own(other))
        return ranked(found, path)

    def naming(self, path: str) -> list[str]:
        """The nearest files that name an SDK's module: what is made there is known as a client elsewhere."""
        pack = self.repository.packs.for_path(path)
        if pack is None:
            return []
        if pack.id not in self._naming:
            modules = {form.module for sdk in pack.sdks for form in sdk.imports}
            hits = self.repository.grep(sorted(module.encode() for module in modules if module))
            self._naming[pack.id] = [hit for hit in hits if hit.endswith(pack.extensions)]
        return sorted(self._naming[pack.id], key=lambda other: (_distance(other, path), other))[:_MODELS]

    def _asking(self, pack: LanguagePack, path: str) -> list[str]:
        """The nearest files of the language that ask for flags; tests are no model."""
        if pack.id not in self._by_language:
            calls = {form.method or form.function or "" for sdk in pack.sdks for form in sdk.calls}
            calls |= {_word_of(read) for read in self.repository.config.reads if read.form in ("call", "member")}
            hits = self.repository.grep(sorted(call.encode() for call in calls if call))
            self._by_language[pack.id] = [
                hit for hit in hits if hit.endswith(pack.extensions) and not is_test_path(pack, hit)
            ]
        files = self._by_language[pack.id]
        return sorted(files, key=lambda other: (_distance(other, path), other))[:_MOST_FILES]


def _word_of(read: HouseRead) -> str:
    """A word that is in every such read: the name of what is called, or of what has the members."""
    if read.form == "call":
        return read.target.rpartition(".")[2]
    return next(iter(re.findall(r"\w+", read.target.partition("{flag}")[0])[::-1]), "")


def _distance(first: str, second: str) -> int:
    return posixpath.relpath(posixpath.dirname(first) or ".", posixpath.dirname(second) or ".").count("/")
