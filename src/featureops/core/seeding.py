"""Where a flag is asked in a repository, and what each of these places is known to give: the seeds of folding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from featureops.core.asked import Read, aliased, held_by, others_asked, uses_of
from featureops.core.carried import pack, unpack
from featureops.core.detect.built import files_that_build, files_that_spell
from featureops.core.detect.following import learn_callers
from featureops.core.detect.needles import flag_needles, places_of
from featureops.core.fixing import Fixing
from featureops.core.flagobjects import kept_object
from featureops.core.fold.values import Record
from featureops.core.holders import holder_name
from featureops.core.learning import is_followed
from featureops.core.leftovers import gate_of
from featureops.core.open_gates import open_gates
from featureops.core.project import Project
from featureops.core.reads import find_reads
from featureops.core.registries import keys_in
from featureops.core.runstate import RunState
from featureops.core.sources import Source
from featureops.core.syntax import SourceFile
from featureops.core.workers import Share, Workers, shares

__all__ = ["Seeding"]

_WORTH = 24
"""Files to read from which on a second process saves more time than it costs."""


class Seeding:
    """Fills a `RunState` with the reads of the flag, in the files that `files` names afterwards."""

    def __init__(
        self, source: Source, flag: str, fixing: Fixing, project: Project, state: RunState, workers: Workers
    ) -> None:
        self.source = source
        self.flag = flag
        self.fixing = fixing
        self.project = project
        self.state = state
        self.workers = workers
        self.files: set[str] = set()
        self._searched: set[bytes] = set()
        self._presence = project.parsed.presence(project.packs, project.config)

    def _needles(self) -> list[bytes]:
        """What a file must hold to be worth parsing: the key, and the names of constants that hold it."""
        return sorted(flag_needles(self.flag, self.project.config, self.project.packs))

    def find(self) -> None:
        pending = self._needles()
        built = files_that_build(self.project, self.flag, self.source.grep, self.source.read, self._presence)
        passing = learn_callers(self.project, self.source.grep, self.source.read)
        for path in (*built, *passing, *files_that_spell(self.project, self.flag, self.source.grep)):
            if path not in self.files:
                self.files.add(path)
                pending.extend(sorted(self._read_file(path)))
        pending.extend(sorted(reader.name.encode() for reader in self.project.readers if reader.is_built))
        while pending:
            self._searched.update(pending)
            fresh = [path for path in self.source.grep(pending) if path not in self.files]
            self.files.update(fresh)
            pending = sorted(self._read_files(fresh) - self._searched)

    def _read_files(self, paths: Sequence[str]) -> set[bytes]:
        """Seeds of some files, by as many processes as pay; returns what `_read_file` does of each.

        What was learned of the house's functions in one file counts in those that are read after it: where anything
        is, the files of other processes are read again.
        """
        parts, known = shares(self.workers, paths, _WORTH), len(self.project.readers)
        if len(parts) == 1:
            return {name for path in paths for name in self._read_file(path)}
        (names, _), *others = self.workers.each(self._read_share, parts)
        for (_, share), (more, packed) in zip(parts[1:], others, strict=True):
            found = unpack(packed, self.project) if packed and len(self.project.readers) == known else None
            if isinstance(found, RunState):
                self.state.take(found)
            names |= more if found is not None else {name for path in share for name in self._read_file(path)}
        return names

    def _read_share(self, part: Share) -> tuple[set[bytes], bytes | None]:
        """What `_read_file` returns of a part, and for other processes the state that it makes, if it is worth
        anything."""
        number, paths = part
        known, own = len(self.project.readers), self.state
        self.state = RunState() if number else own
        try:
            names = {name for path in paths for name in self._read_file(path)}
            is_usable = number > 0 and len(self.project.readers) == known
            return names, pack(self.state, self.project) if is_usable else None
        finally:
            self.state = own

    def _read_file(self, path: str) -> set[bytes]:
        """Seeds of one file; returns names of constants that hold the key, to be looked for elsewhere."""
        file = self.project.file(path)
        if file is None:
            return set()
        written = places_of(file.data, self._searched)
        found = find_reads(self.project, path, self._near(file, written))
        reads = [aliased(read, self.flag, self.project.config.aliases) for read in found]
        self.state.asked[path] = others_asked(reads, self.flag)
        reads = [read for read in reads if read.flag in (self.flag, None)]
        # What a house's own function is given is seen where it is called.
        reads = [read for read in reads if read.flag or not is_followed(self.project, path, read)]
        self.state.reads[path] = reads
        for read in tuple(reads):
            if read.flag != self.flag:
                continue
            if read.constant is not None and read.constant.definition is not None:
                self.state.constants[read.constant.definition] = read.constant
            self._seed(path, read)
            self._take_name(read)
        gates, self.state.reads[path] = open_gates(self.flag, self.state.reads[path], self.fixing)
        if gates:
            self.state.doom(path, gates)
        return {name.encode() for name in self._constant_names(path)}

    def _near(self, file: SourceFile, written: list[int]) -> list[int] | None:
        """Where reads of the file may be: around every way of asking, and the names that are looked for; None for
        anywhere."""
        asking = self._presence.offsets(file.path, file.data)
        if self.project.config.reads or self._presence.asking(file.pack).places(file.data, asking) is None:
            return None
        readers = {reader.name.encode() for reader in self.project.readers}
        return [*asking, *written, *places_of(file.data, readers)]

    def _seed(self, path: str, read: Read) -> None:
        """What the read gives, or the gate that it is: one that stays open or shut for good."""
        is_shown, reads = self.fixing.shows(read), self.state.reads[path]
        gate = gate_of(read, is_shown=is_shown) if is_shown is not None else None
        value = self.fixing.of(read)
        if gate is not None and is_shown is not None:
            reads[reads.index(read)] = gate
            self.state.open_gate(path, gate.node, is_shown=is_shown)
        elif value is not None:
            self.state.seeds.setdefault(path, {})[read.node] = value
        elif read.is_boxed and read.node.file.pack.markup is not None and self.fixing.is_switch:
            # The markup has a way to get the value.
            self.state.seeds.setdefault(path, {})[read.node] = Record()
            reads[reads.index(read)] = replace(read, value="boolean")

    def _take_name(self, read: Read) -> None:
        """What only holds the flag's value, or what it is a member of: the uses of a name are known, and it can go."""
        path = read.node.file.path
        names = self.project.names(path)
        held = held_by(read, names)
        if not held:
            return
        self.state.held.setdefault(path, {}).update(held)
        known = ((use.node, self.fixing.of(use)) for use in uses_of(read, names))
        seeds = self.state.seeds.setdefault(path, {})
        seeds.update((node, value) for node, value in known if value is not None)
        reads = self.state.reads[path]
        if read.value == "name":
            reads[reads.index(read)] = replace(read, value="boolean")

    def _constant_names(self, path: str) -> set[str]:
        """Names under which this file holds the key."""
        file = self.project.file(path)
        names: set[str] = set()
        for node in keys_in(file, self.flag) if file is not None else ():
            made = kept_object(node)
            label = made.role("name") if made is not None else None
            constant, holder = self.project.constant(path, node), label.text if label is not None else holder_name(node)
            if constant is not None and constant.value == self.flag and holder:
                names.add(holder)
        return names
