"""Removes a flag from a whole repository: reads become values, values spread across files, leftovers are named.

Pure: files come through a `Source`. Nothing is offered that was not verified (`core.verify`); a file whose check fails
is refused as a whole and the rest is still done.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from featureops.core.config import Config
from featureops.core.fixing import Fixing
from featureops.core.fold.editor import apply_edits
from featureops.core.fold.folder import FileFold, called
from featureops.core.fold.values import Known
from featureops.core.holders import members_named
from featureops.core.leftovers import leftovers_of
from featureops.core.model import FileEdit, Leftover
from featureops.core.orphans import orphaned_files
from featureops.core.pack import Packs
from featureops.core.project import Constant, Project
from featureops.core.scopes import Binding
from featureops.core.seeding import MappingSource, Seeding, Source, State
from featureops.core.syntax import Node
from featureops.core.verify import fault

__all__ = ["CleanupResult", "MappingSource", "Source", "cleanup", "cleanup_project"]

_ROUNDS = 20
_OPEN_KINDS = frozenset({"unproven", "refused", "not-foldable", "syntax-error"})


@dataclass(frozen=True, slots=True)
class CleanupResult:
    """`reads` counts the reads removed per file. The verdict is complete, partial, nothing or refused.
    `kinds` are those of the values that the flag is asked for, as of `Read`; `fixed` those of reads that get one."""

    edits: tuple[FileEdit, ...]
    leftovers: tuple[Leftover, ...]
    reads: Mapping[str, int]
    verdict: str
    seen: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()


def cleanup_project(
    files: Mapping[str, bytes], flag: str, keep: bool | Fixing, packs: Packs, config: Config | None = None
) -> CleanupResult:
    """`cleanup` over files in memory."""
    return cleanup(MappingSource(files), flag, keep, packs, config or Config())


def cleanup(
    source: Source, flag: str, keep: bool | Fixing, packs: Packs, config: Config, only: frozenset[str] | None = None
) -> CleanupResult:
    """Fix the flag at `keep` and fold everything that follows. `only` limits the files that may be edited."""
    fixing = keep if isinstance(keep, Fixing) else Fixing(keep)
    return _Cleanup(source, flag, fixing, packs, config, only).run()


class _Cleanup:
    def __init__(
        self, source: Source, flag: str, fixing: Fixing, packs: Packs, config: Config, only: frozenset[str] | None
    ) -> None:
        self.source = source
        self.flag = flag
        self.fixing = fixing
        self.only = only
        self.project = Project(source.paths(), source.read, packs, config)
        self.state = State()
        self.seeding = Seeding(source, flag, fixing, self.project, self.state)

    def run(self) -> CleanupResult:
        self.seeding.find()
        for _ in range(_ROUNDS):
            self._fold_all()
            if not self._spread() and not self._drop_definitions():
                break
        self._verify()
        return self._result()

    # -------------------------------------------------------------- folding

    def _fold_all(self) -> None:
        for path in sorted({*self.state.seeds, *self.state.doomed}):
            file = self.project.file(path)
            hosted = file is not None and file.pack.regions is not None
            if not hosted and path not in self.state.folded and (self.only is None or path in self.only):
                self._fold(path)

    def _fold(self, path: str) -> None:
        file = self.project.file(path)
        if file is None:
            return
        names = self.project.names(path)
        seeds = self.state.seeds.get(path, {})
        safe = {node: value for node, value in seeds.items() if not file.error_near(node.span)}
        fold = FileFold(file, names, self._mentions, self._is_used_elsewhere)
        fold.seeds = safe
        fold.held = self.state.held.get(path, {})
        fold.parts = set(self.state.doomed.get(path, ()))
        fold.spread = frozenset(self.state.spread.get(path, ()))
        folded = fold.run()
        self.state.folded[path] = folded
        self.state.outputs[path] = apply_edits(file.data, folded.edits)

    def _mentions(self, comment: str) -> bool:
        words = [self.flag, *(constant.name for constant in self.state.constants.values())]
        return any(word and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", comment) for word in words)

    def _output(self, path: str) -> bytes:
        data = self.state.outputs.get(path)
        return data if data is not None else self.source.read(path) or b""

    def _is_used_elsewhere(self, binding: Binding) -> bool:
        """Whether another file, as it is now, has the word. Any mention keeps a visible name."""
        own = binding.definitions[0].file.path
        return any(self._has_word(path, binding.name) for path in self._with_word(binding.name) if path != own)

    def _with_word(self, name: str) -> list[str]:
        return [path for path in self.source.grep([name.encode()]) if self.project.packs.reading(path) is not None]

    def _has_word(self, path: str, name: str) -> bool:
        return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])".encode(), self._output(path)) is not None

    # -------------------------------------------------------------- across files

    def _spread(self) -> bool:
        """Names and functions of one file that are known now are known where they are imported."""
        grown = False
        for path, folded in sorted(self.state.folded.items()):
            known = {**{name: (value, False) for name, value in folded.values.items()}}
            known.update({name: (value, True) for name, value in folded.results.items()})
            for name, (value, is_call) in sorted(known.items()):
                grown = self._spread_name(path, name, value, is_call) or grown
        return grown

    def _spread_name(self, path: str, name: str, value: Known, is_call: bool) -> bool:
        grown = False
        for other in self._with_word(name):
            if other == path or self.project.file(other) is None:
                continue
            seeds = self.state.seeds.setdefault(other, {})
            fresh = {node: value for node in self._uses_in(other, path, name, is_call) if node not in seeds}
            if fresh:
                seeds.update(fresh)
                self.state.spread.setdefault(path, set()).add(name)
                self.seeding.files.add(other)
                self.state.folded.pop(other, None)
                self.state.folded.pop(path, None)
                grown = True
        return grown

    def _uses_in(self, other: str, path: str, name: str, is_call: bool) -> list[Node]:
        nodes: list[Node] = []
        names = self.project.names(other)
        for binding in names.imports:
            origin = self.project.origin(other, binding)
            if origin is not None and origin[0] == path and origin[1].name == name:
                nodes.extend(binding.uses)
            elif self.project.submodule(other, binding) in (path, posixpath.dirname(path)):
                nodes.extend(members_named(binding.uses, name))
        if path in self.project.folders.beside(other, name):
            nodes.extend(self._free_uses(other, name))
        if not is_call:
            return [node for node in nodes if node.parent is None or node.parent.shape != "export"]
        known = self.state.seeds.get(other, {})
        calls = [called(node, False, known) for node in nodes]
        return [call for call in calls if call is not None]

    def _free_uses(self, path: str, name: str) -> list[Node]:
        """Uses of a name that the file itself does not bind."""
        file, names = self.project.file(path), self.project.names(path)
        kinds = file.pack.index.identifiers if file is not None else frozenset()
        nodes = file.root.walk() if file is not None else ()
        return [node for node in nodes if node.type in kinds and node.text == name and node not in names.of]

    def _drop_definitions(self) -> bool:
        """Constants, enum members and entries that held the key and that no code names any more."""
        grown = False
        for node, constant in self.state.constants.items():
            doomed = self.state.doomed.setdefault(constant.path, set())
            if node in doomed or not constant.name or not self._is_unused(node, constant):
                continue
            doomed.add(node)
            self.state.folded.pop(constant.path, None)
            grown = True
        for path in list(self.state.outputs):
            folded = self.state.folded.get(path)
            if folded is not None and (folded.values or folded.results) and self._drop_exports(path):
                grown = True
        return grown

    def _drop_exports(self, path: str) -> bool:
        """A file whose visible names lost their last users elsewhere is folded again, so that it can drop them."""
        before = self.state.outputs[path]
        self._fold(path)
        return self.state.outputs[path] != before

    def _is_unused(self, node: Node, constant: Constant) -> bool:
        # A file may hold the key twice under one name: as a constant and as the member of an enum.
        alike = [part for part, other in self.state.constants.items() if other.name == constant.name]
        for path in self._with_word(constant.name):
            data = self._output(path)
            for part in alike if path == constant.path else ():
                if part.file is node.file:
                    data = data.replace(part.file.data[part.start : part.end], b"", 1)
            if re.search(rf"(?<![\w$]){re.escape(constant.name)}(?![\w$])".encode(), data):
                return False
        return bool(self.state.folded)

    # -------------------------------------------------------------- result

    def _verify(self) -> None:
        for path in sorted(self.state.folded):
            file = self.project.file(path)
            if file is None or self.state.outputs[path] == file.data:
                continue
            reason = fault(file, self.state.outputs[path], self.project.names(path))
            if reason is not None:
                self.state.refused[path] = reason
                self.state.outputs[path] = file.data

    def _result(self) -> CleanupResult:
        edits: list[FileEdit] = []
        reads: dict[str, int] = {}
        for path, after in sorted(self.state.outputs.items()):
            before = self.source.read(path)
            if before is None or before == after:
                continue
            edits.append(FileEdit(path, before, after))
            reads[path] = sum(1 for read in self.state.reads.get(path, ()) if read.flag == self.flag)
        if self.only is None:
            edits.extend(FileEdit(path, self.source.read(path), None) for path in self._orphans(edits))
            edits.sort(key=lambda edit: edit.path)
        left = self._leftovers({edit.path for edit in edits if edit.after is None})
        open_left = [item for item in left if item.kind in _OPEN_KINDS]
        verdict = _verdict(edited=bool(edits), is_open=bool(open_left))
        return CleanupResult(
            tuple(edits), tuple(left), reads, verdict, tuple(sorted(self.seeding.files)), *self._kinds()
        )

    def _kinds(self) -> tuple[frozenset[str], frozenset[str]]:
        reads = [read for reads in self.state.reads.values() for read in reads if read.flag == self.flag]
        asked = [read for read in reads if read.proof != "unproven"]
        return (
            frozenset(read.value for read in asked),
            frozenset(read.value for read in asked if self.fixing.of(read) is not None),
        )

    def _orphans(self, edits: list[FileEdit]) -> list[str]:
        outputs = {edit.path: edit.after for edit in edits if edit.after is not None}
        return orphaned_files(self.project, outputs, lambda name: self.source.grep([name]), self.source.read)

    def _leftovers(self, deleted: set[str]) -> list[Leftover]:
        found: list[Leftover] = []
        for path in sorted(self.seeding.files - deleted):
            file = self.project.file(path)
            after = self._output(path)
            unfolded = self.state.folded[path].unfolded if path in self.state.folded else {}
            if file is not None and file.pack.regions is not None:
                unfolded = self.state.seeds.get(path, {})
            found.extend(
                leftovers_of(
                    path,
                    file,
                    after,
                    self.flag,
                    self.fixing,
                    self.state.reads.get(path, []),
                    unfolded,
                    self.state.refused.get(path),
                    self.project.failed.get(path),
                )
            )
        return found


def _verdict(*, edited: bool, is_open: bool) -> str:
    if edited:
        return "partial" if is_open else "complete"
    return "refused" if is_open else "nothing"
