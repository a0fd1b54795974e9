"""Folds the files of a repository, each with what is known in it, by as many processes as pay.

Of the other files a fold sees the text as it is then: whether they still use a name. So files are folded one after
another. A file that another process folds meanwhile brings along what was asked of the others; where the files folded
before it say something else by now, it is folded again. The result is that of one process, to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from featureops.core.carried import pack, unpack
from featureops.core.checks import check_at
from featureops.core.constructed import is_made_in
from featureops.core.fixing import Fixing
from featureops.core.fold.editor import apply_edits
from featureops.core.fold.folder import FileFold, Folded
from featureops.core.fold.injected import class_name
from featureops.core.fold.joining import joined
from featureops.core.fold.settling import declared_where_set
from featureops.core.fold.taking import taken_back
from featureops.core.given import definition_of
from featureops.core.hosted import Opened, Shown, fold_hosted, opened, used_by
from featureops.core.implicit import is_hidden
from featureops.core.mentions import has_word, speaks_of
from featureops.core.orphans import is_bare, serving
from featureops.core.project import Project
from featureops.core.runstate import RunState
from featureops.core.scopes import Binding
from featureops.core.sources import Source
from featureops.core.syntax import SourceFile
from featureops.core.testing.finding import is_test_file
from featureops.core.testing.plan import FilePlan
from featureops.core.verify import fault
from featureops.core.workers import Share, Workers, shares
from featureops.core.wrap.telling import Types

__all__ = ["Folds"]

_WORTH = 12
"""Files to fold from which on a second process saves more time than it costs."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """What a file is offered as, why it may not stand (None when it may), and whether no code is left in it."""

    output: bytes
    fault: str | None = None
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A fold made by another process, what it asked of other files (whether they use a name), and whether it is one
    that `drops_nothing`."""

    folded: Folded
    asked: Mapping[str, bool]
    checked: _Checked
    drops_nothing: bool


class Folds:
    """Fills `folded` and `outputs` of a run's state. `plans` says what goes of the tests."""

    def __init__(
        self, source: Source, flag: str, fixing: Fixing, project: Project, state: RunState, workers: Workers
    ) -> None:
        self.plans: Mapping[str, FilePlan] = {}
        self._source, self._flag, self._fixing = source, flag, fixing
        self._project, self._state, self._workers = project, state, workers
        self._asked: dict[str, bool] = {}
        self._words: dict[str, list[str]] = {}
        self._checked: dict[str, tuple[Folded, _Checked]] = {}
        self._idle: dict[str, Folded] = {}

    def fold_all(self, paths: Sequence[str]) -> None:
        """Fold files in their order."""
        parts = shares(self._workers, paths, _WORTH)
        if len(parts) == 1:
            for path in paths:
                self.fold(path)
            return
        for packed, words in self._workers.each(self._share, parts)[1:]:
            self._words.update(words)
            for path, each in packed.items():
                self._take(path, unpack(each, self._project) if each is not None else None)

    def _share(self, part: Share) -> tuple[dict[str, bytes | None], dict[str, list[str]]]:
        """Fold the files of a part: those of the first one for good, those of others for `_take`."""
        number, paths = part
        found: dict[str, bytes | None] = {}
        known = set(self._words)
        for path in paths:
            self.fold(path)
            checked = self._check(path) if path in self._state.folded else None
            if checked is None:
                continue
            outputs = {self._state.outputs[path], checked.output}
            drops_nothing = not any(serving(self._project, path, each) for each in outputs)
            if drops_nothing:
                self._idle[path] = self._state.folded[path]
            if number:
                ahead = _Ahead(self._state.folded[path], self._asked, checked, drops_nothing)
                found[path] = pack(ahead, self._project)
        return found, {word: paths for word, paths in self._words.items() if word not in known} if number else {}

    def _take(self, path: str, ahead: object) -> None:
        """Take over a fold of another process, unless it would be another one by now."""
        if not isinstance(ahead, _Ahead) or any(
            self.is_named_beside(path, name) is not answer for name, answer in ahead.asked.items()
        ):
            self.fold(path)
            return
        file = self._project.file(path)
        if file is not None:
            self._state.folded[path] = ahead.folded
            self._state.outputs[path] = apply_edits(file.data, ahead.folded.edits)
            self._checked[path] = ahead.folded, ahead.checked
            if ahead.drops_nothing:
                self._idle[path] = ahead.folded

    def fold(self, path: str) -> None:
        file = self._project.file(path)
        if file is None:
            return
        self._asked = {}
        if file.pack.markup is None:
            folded = self._folding(file, self._is_used_elsewhere).run()
        else:
            reads = [read for read in self._state.reads.get(path, ()) if read.flag == self._flag]
            found = opened(self._project.names(path), reads, keep=self._fixing.keep) if self._fixing.is_switch else []
            folded = fold_hosted(file, found, partial(self._fold_script, file))
        self._state.folded[path] = folded
        self._state.outputs[path] = apply_edits(file.data, folded.edits)

    def checked(self, path: str) -> tuple[bytes, str | None]:
        """The content of a folded file as it is offered, and why it may not stand; None when it may."""
        found = self._check(path)
        return found.output, found.fault

    def may_drop(self, path: str) -> bool:
        """Whether a file may have served itself of another one, and does not any more as it is now."""
        return path not in self._idle or self._idle[path] is not self._state.folded.get(path)

    def is_bare(self, path: str) -> bool:
        """Whether no code is left in a file as it is offered."""
        return path in self._checked and self._checked[path][1].is_bare

    def _check(self, path: str) -> _Checked:
        file, folded = self._project.file(path), self._state.folded[path]
        if file is None or self._state.outputs[path] == file.data:
            return _Checked(self._state.outputs[path])
        known = self._checked.get(path)
        if known is not None and known[0] is folded:
            return known[1]
        parsed = self._project.parsed
        after = joined(file, folded.edits, apply_edits(file.data, folded.edits), parsed)
        output = declared_where_set(file, after, Types(self._project, path).of, parsed)
        output = taken_back(file, output, self._flag, partial(self._is_named_beside, path))
        result = parsed.file(path, output, file.pack)
        found = _Checked(output, fault(self._project.names(path), parsed.names(result)), is_bare(file, result))
        self._checked[path] = folded, found
        return found

    def _fold_script(self, file: SourceFile, shown: Shown, found: Sequence[Opened]) -> Folded:
        """The script of a file whose markup uses some of its names."""
        names = self._project.names(file.path)
        fold = self._folding(file, used_by(names, shown.used, self._is_used_elsewhere))
        fold.parts.update((*shown.freed(names), *shown.parts))
        fold.seeds.update(shown.known)
        for each in found:
            fold.seeds.update(each.known)
            if each.is_alone:
                fold.seeds[each.read] = fold.values[each.binding] = each.value
            elif (maker := definition_of(each.binding)) is not None:
                fold.held = {**fold.held, each.binding: maker}
        return fold.run()

    def _folding(self, file: SourceFile, is_used_elsewhere: Callable[[Binding], bool]) -> FileFold:
        path, names = file.path, self._project.names(file.path)
        seeds = self._state.seeds.get(path, {})
        safe = {node: value for node, value in seeds.items() if not file.error_near(node.span)}
        fold = FileFold(file, names, self._mentions, is_used_elsewhere)
        fold.seeds = safe
        fold.is_made = lambda owner: is_made_in(self._project, self.with_word(class_name(owner)), owner)
        fold.is_hidden = partial(is_hidden, self._project, path)
        fold.check = partial(check_at, self._project, path)
        fold.freed = frozenset(found.part for found in self._state.handed)
        fold.held = self._state.held.get(path, {})
        fold.asked = self._state.asked.get(path, frozenset())
        fold.gates = self._state.gates.get(path, {})
        fold.cuts = self._state.cuts.get(path, [])
        fold.parts = set(self._state.doomed.get(path, ()))
        fold.entries = self.plans[path].cuts if path in self.plans else frozenset()
        fold.spread = frozenset(self._state.spread.get(path, ()))
        return fold

    def _mentions(self, comment: str) -> bool:
        return speaks_of(comment, [self._flag, *(constant.name for constant in self._state.constants.values())])

    # -------------------------------------------------------------- the other files

    def output(self, path: str) -> bytes:
        """A file as it is now."""
        data = self._state.outputs.get(path)
        return data if data is not None else self._source.read(path) or b""

    def _is_used_elsewhere(self, binding: Binding) -> bool:
        """Whether another file, as it is now, has the word. Any mention keeps a visible name."""
        answer = self.is_named_beside(binding.definitions[0].file.path, binding.name)
        self._asked[binding.name] = answer
        return answer

    def _is_named_beside(self, path: str, name: str) -> bool:
        self._asked[name] = answer = self.is_named_beside(path, name)
        return answer

    def is_named_beside(self, path: str, name: str) -> bool:
        """Whether a file other than `path` has a word."""
        return any(has_word(self.output(other), name) for other in self.with_word(name) if other != path)

    def is_in_code(self, word: str) -> bool:
        """Whether a file that holds no tests has a word."""
        paths = (path for path in self.with_word(word) if not is_test_file(self._project, path))
        return any(has_word(self.output(path), word) for path in paths)

    def with_word(self, name: str) -> list[str]:
        """The files that had a word at first."""
        if name not in self._words:
            found: Iterable[str] = self._source.grep([name.encode()])
            self._words[name] = [path for path in found if self._project.packs.reading(path) is not None]
        return self._words[name]
