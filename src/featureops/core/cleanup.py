"""Removes a flag from a whole repository: reads become values, values spread across files, leftovers are named.

Pure: files come through a `Source`. Nothing is offered that was not verified (`core.verify`); a file whose check fails
is refused as a whole and the rest is still done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from featureops.core.cleaned import CleanupResult, verdict_of
from featureops.core.config import Config
from featureops.core.constructed import is_made_in
from featureops.core.fixing import Fixing
from featureops.core.flag_types import listed_in_types
from featureops.core.fold.editor import apply_edits
from featureops.core.fold.folder import FileFold, Folded
from featureops.core.fold.injected import class_name
from featureops.core.fold.joining import joined
from featureops.core.given import definition_of
from featureops.core.hosted import Opened, Shown, fold_hosted, is_read_only, left_in_markup, opened, used_by
from featureops.core.leftovers import is_open, leftovers_of, mentions, odd_arguments
from featureops.core.losses import asking_fields, lost_functions, may_go, stands_alone
from featureops.core.marks import marks_of
from featureops.core.mentions import has_word, names_in_code, speaks_of
from featureops.core.model import FileEdit, Leftover
from featureops.core.orphans import emptied_files, orphaned_files
from featureops.core.pack import Packs
from featureops.core.project import Constant, Project
from featureops.core.registries import defaults_of_key, entries_named, entries_of_key, unlisted
from featureops.core.remains import Remains, not_gone
from featureops.core.repeated import until_settled
from featureops.core.runstate import RunState
from featureops.core.scopes import Binding
from featureops.core.seeding import Seeding
from featureops.core.sources import MappingSource, Source
from featureops.core.spreading import Spreading
from featureops.core.syntax import Node, SourceFile, parse
from featureops.core.testing.finding import explained, is_for_tests_only, is_test_file, test_plans
from featureops.core.testing.plan import FilePlan
from featureops.core.verify import fault

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
    source: Source, flag: str, keep: bool | Fixing, packs: Packs, config: Config, only: frozenset[str] | None = None
) -> CleanupResult:
    """Fix the flag at `keep` and fold everything that follows. `only` limits the files that may be edited."""
    fixing = keep if isinstance(keep, Fixing) else Fixing(keep)

    def clean(files: Source) -> CleanupResult:
        return _Cleanup(files, flag, fixing, packs, config, only).run()

    return until_settled(clean(source), source, clean)


class _Cleanup:
    def __init__(
        self, source: Source, flag: str, fixing: Fixing, packs: Packs, config: Config, only: frozenset[str] | None
    ) -> None:
        self.source = source
        self.flag = flag
        self.fixing = fixing
        self.only = only
        self.project = Project(source.paths(), source.read, packs, config)
        self.state = RunState()
        self.seeding = Seeding(source, flag, fixing, self.project, self.state)
        self.spreading = Spreading(self.project, self.state, self.seeding, only, self._with_word)
        self.plans: dict[str, FilePlan] = {}
        self.remains = Remains(self.project, flag, fixing, self.state.constants, source.grep, self._output)

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
        for node, (path, name) in asking_fields(self.project, reads, self._with_word).items():
            self.state.constants.setdefault(node, Constant(self.flag, "wrapper", path, node, name))

    def _settle(self) -> None:
        for _ in range(_ROUNDS):
            self._fold_all()
            if not self.spreading.step() and not self._drop_definitions() and not self.spreading.drop_handed():
                break

    def _clean_tests(self) -> bool:
        """What tests say of the flag goes once no other code asks for it."""
        left = [item.path for item in self._leftovers(set()) if item.kind in _OPEN_KINDS]
        if self.only is None and self.fixing.is_switch and is_for_tests_only(self.project, self.state.asking(), left):
            names = {constant.name for constant in self.state.constants.values() if constant.name}
            paths = self.seeding.files | self.state.asked_beside(self.flag, self._with_word, self._is_in_code)
            reads = {path: self.state.reads.get(path, []) for path in sorted(paths - self.state.refused.keys())}
            beside, in_code, keep = self._is_named_beside, self._is_in_code, self.fixing.keep
            self.plans = test_plans(self.project, self.flag, names, reads, beside, in_code, keep=keep)
        for path, plan in self.plans.items():
            self.state.doom(path, plan.parts)
            self.state.seeds.setdefault(path, {}).update(plan.known)
            self.state.cuts.setdefault(path, []).extend(plan.pieces)
            self.state.folded.pop(path, None)
        return bool(self.plans)

    # -------------------------------------------------------------- folding

    def _fold_all(self) -> None:
        for path in sorted({*self.state.seeds, *self.state.gates, *self.state.doomed}):
            file = self.project.file(path)
            closed = file is not None and is_read_only(file)
            if not closed and path not in self.state.folded and (self.only is None or path in self.only):
                self._fold(path)

    def _fold(self, path: str) -> None:
        file = self.project.file(path)
        if file is None:
            return
        if file.pack.markup is None:
            folded = self._folding(file, self._is_used_elsewhere).run()
        else:
            reads = [read for read in self.state.reads.get(path, ()) if read.flag == self.flag]
            found = opened(self.project.names(path), reads, keep=self.fixing.keep) if self.fixing.is_switch else []
            folded = fold_hosted(file, found, partial(self._fold_script, file))
        self.state.folded[path] = folded
        self.state.outputs[path] = apply_edits(file.data, folded.edits)

    def _fold_script(self, file: SourceFile, shown: Shown, found: Sequence[Opened]) -> Folded:
        """The script of a file whose markup uses some of its names."""
        names = self.project.names(file.path)
        fold = self._folding(file, used_by(names, shown.used, self._is_used_elsewhere))
        fold.parts.update(shown.freed(names))
        for each in found:
            fold.seeds.update(each.known)
            if each.is_alone:
                fold.seeds[each.read] = fold.values[each.binding] = each.value
            elif (maker := definition_of(each.binding)) is not None:
                fold.held = {**fold.held, each.binding: maker}
        return fold.run()

    def _folding(self, file: SourceFile, is_used_elsewhere: Callable[[Binding], bool]) -> FileFold:
        path, names = file.path, self.project.names(file.path)
        seeds = self.state.seeds.get(path, {})
        safe = {node: value for node, value in seeds.items() if not file.error_near(node.span)}
        fold = FileFold(file, names, self._mentions, is_used_elsewhere)
        fold.seeds = safe
        fold.is_made = lambda owner: is_made_in(self.project, self._with_word(class_name(owner)), owner)
        fold.freed = frozenset(found.part for found in self.state.handed)
        fold.held = self.state.held.get(path, {})
        fold.asked = self.state.asked.get(path, frozenset())
        fold.gates = self.state.gates.get(path, {})
        fold.cuts = self.state.cuts.get(path, [])
        fold.parts = set(self.state.doomed.get(path, ()))
        fold.entries = self.plans[path].cuts if path in self.plans else frozenset()
        fold.spread = frozenset(self.state.spread.get(path, ()))
        return fold

    def _mentions(self, comment: str) -> bool:
        return speaks_of(comment, [self.flag, *(constant.name for constant in self.state.constants.values())])

    def _output(self, path: str) -> bytes:
        data = self.state.outputs.get(path)
        return data if data is not None else self.source.read(path) or b""

    def _is_used_elsewhere(self, binding: Binding) -> bool:
        """Whether another file, as it is now, has the word. Any mention keeps a visible name."""
        return self._is_named_beside(binding.definitions[0].file.path, binding.name)

    def _is_named_beside(self, path: str, name: str) -> bool:
        return any(has_word(self._output(other), name) for other in self._with_word(name) if other != path)

    def _is_in_code(self, word: str) -> bool:
        """Whether a file that holds no tests has a word."""
        paths = (path for path in self._with_word(word) if not is_test_file(self.project, path))
        return any(has_word(self._output(path), word) for path in paths)

    def _with_word(self, name: str) -> list[str]:
        return [path for path in self.source.grep([name.encode()]) if self.project.packs.reading(path) is not None]

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
                for path in self._with_word(constant.name):
                    grown = self.state.doom(path, entries_named(self.project.file(path), constant.name)) or grown
        grown = self._drop_entries() or grown
        for node, path in lost_functions(self.project, self.state.outputs, self._output, self._with_word).items():
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
        self._fold(path)
        return self.state.outputs[path] != before

    def _is_unused(self, node: Node, constant: Constant) -> bool:
        if constant.resolution == "wrapper" and not may_go(node):
            return False
        # A file may hold the key twice under one name: as a constant and as the member of an enum.
        alike = [part for part, other in self.state.constants.items() if other.name == constant.name]
        for path in self._with_word(constant.name):
            file, data, is_own = self.project.file(path), self._output(path), path == constant.path
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
            file = self.project.file(path)
            if file is None or self.state.outputs[path] == file.data:
                continue
            edits = self.state.folded[path].edits
            self.state.outputs[path] = joined(file, edits, apply_edits(file.data, edits))
            reason = fault(file, self.state.outputs[path], self.project.names(path))
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
            *orphaned_files(self.project, outputs, files_with, read),
            *emptied_files(self.project, outputs, files_with, read),
        }
        kept = [edit for edit in edits if edit.path not in gone]
        return sorted([*kept, *(FileEdit(path, read(path), None) for path in gone)], key=lambda edit: edit.path)

    def _leftovers(self, deleted: set[str]) -> list[Leftover]:
        found: list[Leftover] = []
        dropped = self.state.dropped_names()
        for path in sorted(self.seeding.files - deleted):
            file = self.project.file(path)
            after = self._output(path)
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
        found = (item for path, name in sorted(kept.items()) for item in mentions(path, self._output(path), name, None))
        return list(dict.fromkeys(found))


def _is_setting(node: Node, constant: Constant, doomed: set[Node]) -> bool:
    """Whether a constant is an entry of an object of settings, and stays."""
    return node.shape == "pair" and constant.resolution == "wrapper" and node not in doomed
