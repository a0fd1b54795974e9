"""Removes a flag from a whole repository: reads become values, values spread across files, leftovers are named.

Pure: files come through a `Source`. Nothing is offered that was not verified (`core.verify`); a file whose check fails
is refused as a whole and the rest is still done.
"""

from __future__ import annotations

from collections.abc import Mapping

from featureops.core.cleaned import CleanupResult, verdict_of
from featureops.core.config import Config
from featureops.core.fixing import Fixing
from featureops.core.flag_types import listed_in_types
from featureops.core.folds import Folds
from featureops.core.hosted import is_read_only, left_in_markup
from featureops.core.leftovers import is_open, leftovers_of, mentions, odd_arguments
from featureops.core.losses import asking_fields, lost_functions, lost_imports, may_go, stands_alone
from featureops.core.marks import marks_of
from featureops.core.mentions import has_word, names_in_code
from featureops.core.model import FileEdit, Leftover
from featureops.core.orphans import emptied_files, orphaned_files
from featureops.core.pack import Packs
from featureops.core.parsed import Parsed
from featureops.core.project import Constant, Project
from featureops.core.registries import defaults_of_key, entries_named, entries_of_key, unlisted
from featureops.core.remains import Remains, not_gone
from featureops.core.repeated import until_settled
from featureops.core.runstate import RunState
from featureops.core.seeding import Seeding
from featureops.core.sources import MappingSource, Source
from featureops.core.spreading import Spreading
from featureops.core.syntax import Node, parse
from featureops.core.testing.finding import explained, is_for_tests_only, test_plans
from featureops.core.testing.plan import FilePlan
from featureops.core.workers import ALONE, Workers

__all__ = ["CleanupResult", "MappingSource", "Source", "cleanup", "cleanup_project"]

_ROUNDS = 20
_NOT_ASKED = frozenset({"test", "definition"})
_OPEN_KINDS = frozenset({"unproven", "refused", "not-foldable", "syntax-error"})


def cleanup_project(
    files: Mapping[str, bytes], flag: str, keep: bool | Fixing, packs: Packs, config: Config | None = None
) -> CleanupResult:
    """`cleanup` over files in memory."""
    return cleanup(MappingSource(files), flag, keep, packs, config or Config())


def cleanup(
    source: Source,
    flag: str,
    keep: bool | Fixing,
    packs: Packs,
    config: Config,
    only: frozenset[str] | None = None,
    workers: Workers = ALONE,
    parsed: Parsed | None = None,
) -> CleanupResult:
    """Fix the flag at `keep` and fold everything that follows. `only` limits the files that may be edited; the
    result is the same however many `workers` there are, and whatever is `parsed` already."""
    fixing = keep if isinstance(keep, Fixing) else Fixing(keep)

    def clean(files: Source) -> CleanupResult:
        project = Project(files.paths(), files.read, packs, config, parsed)
        return _Cleanup(files, flag, fixing, project, only, workers).run()

    return until_settled(clean(source), source, clean)


class _Cleanup:
    def __init__(
        self,
        source: Source,
        flag: str,
        fixing: Fixing,
        project: Project,
        only: frozenset[str] | None,
        workers: Workers,
    ) -> None:
        self.source = source
        self.flag = flag
        self.fixing = fixing
        self.only = only
        self.project = project
        self.state = RunState()
        self.seeding = Seeding(source, flag, fixing, self.project, self.state, workers)
        self.folds = Folds(source, flag, fixing, self.project, self.state, workers)
        self.spreading = Spreading(self.project, self.state, self.seeding, only, self.folds.with_word)
        self.plans: dict[str, FilePlan] = {}
        self.remains = Remains(self.project, flag, fixing, self.state.constants, source.grep, self.folds.output)

    def run(self) -> CleanupResult:
        self.seeding.find()
        self._look_around()
        self._settle()
        self._verify()
        if self._clean_tests():
            self._settle()
            self._verify()
        return self._result()

    def _look_around(self) -> None:
        """The fields that the house asks through."""
        reads = [read for reads in self.state.reads.values() for read in reads if read.flag == self.flag]
        for node, (path, name) in asking_fields(self.project, reads, self.folds.with_word).items():
            self.state.constants.setdefault(node, Constant(self.flag, "wrapper", path, node, name))

    def _settle(self) -> None:
        for _ in range(_ROUNDS):
            self._fold_all()
            if not self.spreading.step() and not self._drop_definitions() and not self.spreading.drop_handed():
                break

    def _clean_tests(self) -> bool:
        """What tests say of the flag goes once no other code asks for it."""
        left = [item for item in self._leftovers(set()) if item.kind in _OPEN_KINDS]
        if self.only is None and self.fixing.is_switch and is_for_tests_only(self.project, self.state.asking(), left):
            names = {constant.name for constant in self.state.constants.values() if constant.name}
            paths = self.seeding.files | self.state.asked_beside(self.flag, self.folds.with_word, self.folds.is_in_code)
            reads = {path: self.state.reads.get(path, []) for path in sorted(paths - self.state.refused.keys())}
            beside, in_code, keep = self.folds.is_named_beside, self.folds.is_in_code, self.fixing.keep
            self.plans = test_plans(self.project, self.flag, names, reads, beside, in_code, keep=keep)
            self.folds.plans = self.plans
        for path, plan in self.plans.items():
            self.state.doom(path, plan.parts)
            self.state.seeds.setdefault(path, {}).update(plan.known)
            self.state.cuts.setdefault(path, []).extend(plan.pieces)
            self.state.folded.pop(path, None)
        return bool(self.plans)

    # -------------------------------------------------------------- folding

    def _fold_all(self) -> None:
        waiting = sorted({*self.state.seeds, *self.state.gates, *self.state.doomed} - self.state.folded.keys())
        self.folds.fold_all([path for path in waiting if self._may_fold(path)])

    def _may_fold(self, path: str) -> bool:
        file = self.project.file(path)
        return (file is None or not is_read_only(file)) and (self.only is None or path in self.only)

    # -------------------------------------------------------------- across files

    def _drop_definitions(self) -> bool:
        """What only made the flag known and that no code names any more, and what other files used of a file."""
        grown = False
        unfolded = frozenset(node for folded in self.state.folded.values() for node in folded.unfolded)
        for node in self.remains.unused(self.state.reads, unfolded):
            grown = self.state.doom(node.file.path, [node]) or grown
        for node, constant in self.state.constants.items():
            if constant.name and self._is_unused(node, constant):
                grown = self.state.doom(constant.path, [node]) or grown
                for path in self.folds.with_word(constant.name):
                    grown = self.state.doom(path, entries_named(self.project.file(path), constant.name)) or grown
        grown = self._drop_entries() or grown
        outputs, output = self.state.outputs, self.folds.output
        lost = lost_functions(self.project, outputs, output, self.folds.with_word)
        outputs = {path: after for path, after in outputs.items() if self.folds.may_drop(path)}
        for node, path in {**lost, **lost_imports(self.project, outputs, output, self.source.grep)}.items():
            grown = self.state.doom(path, [node]) or grown
        for path in list(self.state.outputs):
            folded = self.state.folded.get(path)
            if folded is not None and (folded.values or folded.results or folded.methods) and self._drop_exports(path):
                grown = True
        return grown

    def _drop_entries(self) -> bool:
        """Where flags are listed by their keys, once nothing asks for this one."""
        if not self.state.folded or any(
            is_open(read, self.flag, self.fixing) for reads in self.state.reads.values() for read in reads
        ):
            return False
        grown = False
        for path in sorted(self.seeding.files):
            file = self.project.file(path)
            entries = [*entries_of_key(file, self.flag), *defaults_of_key(file, self.flag)] if file is not None else []
            grown = self.state.doom(path, entries) or grown
            if file is not None:
                grown = self.state.cut(path, listed_in_types(file, self.flag)) or grown
            if file is not None and self.fixing.is_switch and self.fixing.keep:
                grown = self.state.cut(path, marks_of(file, self.flag)) or grown
        return grown

    def _drop_exports(self, path: str) -> bool:
        """A file whose visible names lost their last users elsewhere is folded again, so that it can drop them."""
        before = self.state.outputs[path]
        self.folds.fold(path)
        return self.state.outputs[path] != before

    def _is_unused(self, node: Node, constant: Constant) -> bool:
        if constant.resolution == "wrapper" and not may_go(node):
            return False
        # A file may hold the key twice under one name: as a constant and as the member of an enum.
        alike = [part for part, other in self.state.constants.items() if other.name == constant.name]
        for path in self.folds.with_word(constant.name):
            file, data, is_own = self.project.file(path), self.folds.output(path), path == constant.path
            data = unlisted(file, data, constant.name)
            is_asking = is_own and constant.resolution == "wrapper"
            if is_asking and stands_alone(node, constant.name, data, self.project.names(path)):
                continue
            for part in alike if is_own else ():
                if part.file is node.file:
                    data = data.replace(part.file.data[part.start : part.end], b"", 1)
            if self._is_named(path, data, constant.name):
                return False
        return bool(self.state.folded)

    def _is_named(self, path: str, data: bytes, name: str) -> bool:
        pack = self.project.packs.for_path(path)
        return has_word(data, name) and (pack is None or names_in_code(parse(path, data, pack), name))

    # -------------------------------------------------------------- result

    def _verify(self) -> None:
        for path in sorted(self.state.folded):
            self.state.outputs[path], reason = self.folds.checked(path)
            if reason is not None:
                self._refuse(path, reason)

    def _refuse(self, path: str, reason: str) -> None:
        """A refused file stays as it is, and with it those that its calls, or the calls of its functions, are in."""
        self.state.refused[path] = reason
        self.state.outputs[path] = self.source.read(path) or b""
        for group in [each for each in self.state.together if path in each]:
            for other in sorted(group - self.state.refused.keys()):
                self._refuse(other, f"it belongs with {path}, which stays as it is")

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
            edits = self._deleted(edits)
        left = explained(self.project, self.plans, self._leftovers({edit.path for edit in edits if edit.after is None}))
        open_left = [item for item in left if item.kind in _OPEN_KINDS]
        verdict = verdict_of(edited=bool(edits), is_open=bool(open_left))
        tests = {path: plan.removed for path, plan in self.plans.items() if plan.removed and path in reads}
        seen = tuple(sorted(self.seeding.files))
        return CleanupResult(tuple(edits), tuple(left), reads, verdict, seen, tests, *self._kinds())

    def _kinds(self) -> tuple[frozenset[str], frozenset[str]]:
        """What the flag is asked for, and which of that it is fixed at."""
        reads = [read for reads in self.state.reads.values() for read in reads if read.flag == self.flag]
        asked = [read for read in reads if read.proof != "unproven" and read.value not in _NOT_ASKED]
        fixed = frozenset(read.value for read in asked if self.fixing.of(read) is not None)
        return frozenset(read.value for read in asked), fixed

    def _deleted(self, edits: list[FileEdit]) -> list[FileEdit]:
        """The edits with those files deleted that only the removed code used, or that have none left."""
        outputs = {edit.path: edit.after for edit in edits if edit.after is not None}
        read, files_with = self.source.read, lambda name: self.source.grep([name])
        gone = {
            *orphaned_files(self.project, outputs, files_with, read, self.folds.may_drop),
            *emptied_files(self.project, outputs, files_with, read, self.folds.is_bare),
        }
        kept = [edit for edit in edits if edit.path not in gone]
        return sorted([*kept, *(FileEdit(path, read(path), None) for path in gone)], key=lambda edit: edit.path)

    def _leftovers(self, deleted: set[str]) -> list[Leftover]:
        found: list[Leftover] = []
        dropped = self.state.dropped_names()
        for path in sorted(self.seeding.files - deleted):
            file = self.project.file(path)
            after = self.folds.output(path)
            unfolded = self.state.folded[path].unfolded if path in self.state.folded else {}
            if file is not None and is_read_only(file):
                unfolded = self.state.seeds.get(path, {})
            elif file is not None and file.pack.markup is not None and path in self.state.folded:
                found.extend(left_in_markup(file, after, self.state.folded[path].values))
            reads = not_gone(self.state.reads.get(path, []), self.state.doomed.get(path, set()))
            refused, failed = self.state.refused.get(path), self.project.failed.get(path)
            found.extend(odd_arguments(path, file, self.state.settled))
            found.extend(item for name in dropped for item in mentions(path, after, name, file.pack if file else None))
            found.extend(leftovers_of(path, file, after, self.flag, self.fixing, reads, unfolded, refused, failed))
        return [*found, *(item for item in self._kept_settings() if item not in found)]

    def _kept_settings(self) -> list[Leftover]:
        """Where a setting that was asked for the flag is still written, since something else may use it."""
        doomed = {node for nodes in self.state.doomed.values() for node in nodes}
        kept = {each.path: each.name for node, each in self.state.constants.items() if _is_setting(node, each, doomed)}
        found = (
            item for path, name in sorted(kept.items()) for item in mentions(path, self.folds.output(path), name, None)
        )
        return list(dict.fromkeys(found))


def _is_setting(node: Node, constant: Constant, doomed: set[Node]) -> bool:
    """Whether a constant is an entry of an object of settings, and stays."""
    return node.shape == "pair" and constant.resolution == "wrapper" and node not in doomed
