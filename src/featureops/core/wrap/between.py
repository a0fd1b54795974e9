"""What the files of one change need of each other: old code in a branch may use what another file took away."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from featureops.core.mentions import has_word, names_in_code
from featureops.core.model import ChangedFile
from featureops.core.parsed import Parsed
from featureops.core.project import Project
from featureops.core.scopes import Binding
from featureops.core.syntax import Node, TooDeep, parse
from featureops.core.wrap.boxes import declarators_of, definition_name, unwrapped_definition
from featureops.core.wrap.repository import Repository
from featureops.core.wrap.values import Pair

__all__ = ["Between", "taken_away"]

_HOLDERS = ("class", "enum", "type-definition")


class Between:
    """The repository with the files that the change deleted."""

    def __init__(self, repository: Repository, changes: Sequence[ChangedFile], parsed: Parsed) -> None:
        gone = (changed for changed in changes if changed.after is None)
        self.deleted = {changed.path: changed.before for changed in gone if changed.before is not None}
        paths = repository.paths | self.deleted.keys()
        self._packs = repository.packs
        self._project = Project(paths, repository.read, repository.packs, repository.config, parsed)
        self._parsed = parsed

    def needed(self, texts: Mapping[str, bytes]) -> dict[str, set[str]]:
        """For each file that these import from, the names that they have from there."""
        found: dict[str, set[str]] = {}
        for path, text in texts.items():
            pack = self._packs.for_path(path)
            if pack is None or pack.regions is not None:
                continue
            try:
                names = self._parsed.names(self._parsed.file(path, text, pack))
            except TooDeep:
                continue
            for binding in names.imports:
                for target, name in self._reached(path, binding):
                    found.setdefault(target, set()).add(name)
        return found

    def _reached(self, path: str, binding: Binding) -> Iterator[tuple[str, str]]:
        entry = binding.imported
        module = self._project.module_path(path, entry.module) if entry is not None else None
        if entry is not None and module is not None:
            yield module, binding.name if entry.imported in ("*", "default") else entry.imported
        whole = self._project.submodule(path, binding)
        if whole is not None:
            yield whole, binding.name
            yield from ((whole, name) for name in _members(binding.uses))


def _members(uses: Iterable[Node]) -> Iterator[str]:
    """The names that are asked of a module."""
    for use in uses:
        outer = use.parent
        name = outer.role("property") if outer is not None and outer.shape == "member" else None
        if name is not None and name is not use:
            yield name.text


def taken_away(repository: Repository, pairs: Sequence[Pair], changes: Sequence[ChangedFile]) -> dict[str, str]:
    """The names that a file of the change defined, that the old side of another one speaks of and that no code defines
    or names any more; with the path of the file."""
    found: dict[str, str] = {}
    for path, name in _gone(repository, pairs, changes):
        others = (pair for pair in pairs if pair.path != path and _alike(path, pair.path))
        if (
            name not in found
            and any(has_word(pair.old.data, name) for pair in others)
            and not _stands(repository, name)
        ):
            found[name] = path
    return found


def _gone(repository: Repository, pairs: Sequence[Pair], changes: Sequence[ChangedFile]) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        names = _defined(pair.old.root) - _defined(pair.new.root)
        yield from ((pair.path, name) for name in sorted(names))
    for changed in changes:
        pack = repository.packs.for_path(changed.path)
        if changed.after is not None or changed.before is None or pack is None or pack.regions is not None:
            continue
        try:
            root = parse(changed.path, changed.before, pack).root
        except TooDeep:
            continue
        yield from ((changed.path, name) for name in sorted(_defined(root)))


def _alike(path: str, other: str) -> bool:
    return posixpath.splitext(path)[1] == posixpath.splitext(other)[1]


def _defined(holder: Node) -> set[str]:
    """The names of definitions, and those of their members."""
    found: set[str] = set()
    for item in holder.items:
        node = unwrapped_definition(item)
        name = definition_name(node)
        parts = [node] if node.shape in ("field", "enum-member") else declarators_of(node)
        labels = (part.role("name") for part in parts)
        found.update([name] if name is not None else (label.text for label in labels if label is not None))
        body = node.role("body") if node.shape in _HOLDERS else node if node.shape in ("", "block", "package") else None
        found |= _defined(body) if body is not None else set()
    return found


def _stands(repository: Repository, name: str) -> bool:
    """Whether code of the working tree has the name."""
    for path in repository.grep([name.encode()]):
        pack, data = repository.packs.reading(path), repository.read(path)
        if pack is not None and data is not None and has_word(data, name):
            try:
                if pack.regions is not None or names_in_code(parse(path, data, pack), name):
                    return True
            except TooDeep:
                return True
    return False
