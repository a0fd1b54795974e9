"""Wraps a whole change: which files are compared, how the repository asks for flags, what files need of each other."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from featureops.core.cleanup import cleanup
from featureops.core.detect.places import is_test_path
from featureops.core.generated import is_generated
from featureops.core.model import ChangedFile, FileEdit
from featureops.core.pack import LanguagePack
from featureops.core.parsed import Parsed
from featureops.core.project import Project
from featureops.core.syntax import SourceFile, TooDeep
from featureops.core.wrap.altered import altered
from featureops.core.wrap.asking import Where, rendered
from featureops.core.wrap.between import Between, taken_away
from featureops.core.wrap.clients import Clients
from featureops.core.wrap.gathered import RESTORED, Gathered
from featureops.core.wrap.guarded import Guards
from featureops.core.wrap.job import Job
from featureops.core.wrap.keys import Keys
from featureops.core.wrap.layout import style_of
from featureops.core.wrap.lines import (
    Off,
    Selection,
    has_conflict,
    region_of_lines,
    region_of_symbol,
    sides,
    unset_without,
)
from featureops.core.wrap.overlay import Overlay
from featureops.core.wrap.plan import wrap_file
from featureops.core.wrap.regions import Region
from featureops.core.wrap.repository import Idioms, Repository
from featureops.core.wrap.telling import Types
from featureops.core.wrap.values import Ask, Hunk, No, Pair, Shape

__all__ = ["KEY_LISTED", "Wrapped", "wrap_changes", "wrap_lines"]

_MOST_FILES = 40
_NEIGHBOURS = 2
_MODELS = 3
_TRIES = 3
_PARSED = 3_000_000
"""Bytes of text that are kept parsed while a change is wrapped."""
KEY_LISTED = "The flag's key joins the others that are kept here."
_MERGED = "Both sides of a merge are in it: finish the merge, then wrap."
_WRITTEN_ANEW = "A tool writes this file anew: change what it is made from, and wrap that."
_NEW_MODULE = "New module: it makes the flag client once."


@dataclass(frozen=True, slots=True)
class Wrapped:
    """`edits` turn the working tree into the wrapped one. `asks` are the ways of asking that were used, `packages`
    those of SDKs that a new module needs, `seen` every other file whose content mattered."""

    edits: tuple[FileEdit, ...]
    hunks: tuple[Hunk, ...]
    asks: tuple[Ask, ...]
    packages: tuple[str, ...]
    seen: frozenset[str]


def wrap_changes(
    repository: Repository, changes: Sequence[ChangedFile], flag: str, *, nested: bool = False, form: Shape = "auto"
) -> Wrapped:
    """`nested`: code that another flag guards already is wrapped too, instead of left. `form`: how whole
    replaced bodies are written."""
    return _Change(repository, flag, nested=nested, form=form).changes(changes)


def wrap_lines(
    repository: Repository, path: str, what: Selection, flag: str, off: Off = "nothing", *, nested: bool = False
) -> Wrapped | No:
    """Put existing code behind the flag; `off` is what runs when the flag is off."""
    change = _Change(repository, flag, nested=nested)
    file = change.project.file(path)
    if file is None or file.pack.regions is not None:
        return No(f"{path} is in no language that can be wrapped.")
    why = _WRITTEN_ANEW if is_generated(file.data) else _MERGED if has_conflict(file.data) else ""
    if why:
        return Wrapped((), (Hunk(path, 1, len(file.line_starts), "refused", "", why),), (), (), frozenset())
    found = region_of_symbol(file, what) if isinstance(what, str) else region_of_lines(file, what)
    return found if isinstance(found, No) else change.lines(file, found, what, off)


def _nowhere(_word: bytes) -> frozenset[str]:
    return frozenset()


class _Change:
    def __init__(self, repository: Repository, flag: str, *, nested: bool, form: Shape = "branch") -> None:
        self.repository = repository
        self.flag = flag
        self.nested = nested
        self.form = form
        self.parsed = Parsed(size=_PARSED)
        self.project = Project(repository.paths, repository.read, repository.packs, repository.config, self.parsed)
        self.idioms = Idioms(repository, self.project)
        self.results = Gathered()
        self.clients = Clients(self.project)
        self._mentions: dict[str, set[str]] = {}
        self._words: dict[bytes, frozenset[str]] = {}
        self._holding: dict[tuple[bytes, tuple[bytes, ...]], bool] = {}
        self.keys = Keys(self.project, flag)

    # -------------------------------------------------------------- from a diff

    def changes(self, changes: Sequence[ChangedFile]) -> Wrapped:
        found = [self._prepared(changed) for changed in changes]
        pairs = [each for each in found if isinstance(each, Pair)]
        self.results.hunks.extend(each for each in found if isinstance(each, Hunk))
        gone, calls = taken_away(self.repository, pairs, changes), altered(pairs)
        for pair in pairs:
            self._wrap(replace(self._job(pair), gone=gone, altered=calls))
        self._keep_for_others(Between(self.repository, changes, self.parsed))
        return self._wrapped()

    def lines(self, file: SourceFile, region: Region, asked: Selection, off: Off) -> Wrapped:
        names = self.project.names(file.path)
        first, last = region.lines()
        unset = unset_without(names, region) if region.at_run_time and off == "nothing" else None
        if unset is not None:
            reason = (
                f"These lines set {unset}, and the code behind them needs it: with the flag off it would be missing."
                f" Take in the lines that use {unset}, or give it a value before."
            )
            self.results.hunks.append(Hunk(file.path, first, last, "refused", "", reason))
        else:
            pair, region = sides(Pair(file, file, names, names), region, off)
            self._wrap(self._job(pair, (region,)))
        wider = not isinstance(asked, str) and (first, last) != asked
        return self._wrapped(f"Lines {first} to {last}: made wider to whole statements. " if wider else "")

    def _prepared(self, changed: ChangedFile) -> Pair | Hunk:
        """The two sides of a file, or why it is not compared."""
        pack = self.repository.packs.for_path(changed.path)
        if changed.skipped == "unmerged":
            return _whole(changed, "refused", _MERGED)
        why = _untouched(changed, pack)
        if why is not None or pack is None or changed.before is None:
            return _whole(changed, "left", why or "")
        if is_generated(changed.after or b""):
            return _whole(changed, "refused", _WRITTEN_ANEW)
        file = self.project.file(changed.path)
        if file is None or file.data != changed.after:
            reason = self.project.failed.get(changed.path, "it changed while it was read: run this again")
            return _whole(changed, "refused", f"The file could not be taken: {reason}.")
        try:
            old = self.parsed.file(changed.path, changed.before, pack)
            names = self.parsed.names(old)
        except TooDeep:
            return _whole(changed, "refused", "The old side is nested too deep to be worked on.")
        return Pair(old, file, names, self.project.names(changed.path))

    def _job(self, pair: Pair, regions: Sequence[Region] | None = None) -> Job:
        near, lack = self.idioms.usable(pair.path)
        style = style_of(pair.new, self.project.file(near[0].path) if near else None)
        templates = self.clients.idioms(pair, style, near[0] if near else None)
        where = Where(pair, self.project, style, self.keys, self._files_with)

        def ask(region: Region) -> Ask | No:
            if lack:
                return No(lack)
            return rendered([*near, *templates], region, where)

        reads = self.idioms.reads(pair.path)
        types = Types(self.project, pair.path)
        guards = Guards(self.flag, pair.new_names, reads, self.nested)
        job = Job(pair, self.flag, ask, self._clean, self.parsed, style, guards, regions=regions, wide=self._clean_wide)
        return replace(job, type_of=types.of, form=self.form, is_named=partial(self._is_named_beside, pair.path))

    def _is_named_beside(self, path: str, word: str) -> bool:
        """Whether another file has a word, or got it by this change."""
        made = (text for other, text in self.results.texts().items() if other != path)
        return bool(self._with_word(word.encode()) - {path}) or any(word.encode() in text for text in made)

    def _files_with(self, word: str) -> Iterable[str]:
        return self.repository.grep([word.encode()])

    def _clean(self, path: str, text: bytes, keep: bool) -> bytes | None:
        """What the cleanup makes of a wrapped file, seen with the files that it imports; None where it would leave the
        key in a list of keys."""
        return self._cleaned(path, text, keep)

    def _clean_wide(self, path: str, text: bytes, keep: bool) -> bytes | None:
        """The same, where other files of the repository may use what is in this one."""
        return self._cleaned(path, text, keep, wide=True)

    def _with_word(self, word: bytes) -> frozenset[str]:
        if word not in self._words:
            self._words[word] = frozenset(self.repository.grep([word]))
        return self._words[word]

    def _cleaned(self, path: str, text: bytes, keep: bool, *, wide: bool = False) -> bytes | None:
        added = {other: both for other in self.keys.named_in(text) if (both := self.keys.added(other)) is not None}
        added.pop(path, None)
        lists = {other: after for other, (_, after) in added.items()}
        files = {**self._around(path), **lists, path: text}
        whole, searched = self.repository, self._with_word if wide else _nowhere
        source = Overlay({**self.clients.context(), **files}, whole.paths, whole.read, searched, self._holding)
        only = frozenset({path, *lists})
        done = cleanup(source, self.flag, keep, whole.packs, whole.config, only, parsed=self.parsed)
        found = {**files, **{edit.path: edit.after for edit in done.edits if edit.after is not None}}
        return found[path] if all(found[other] == before for other, (before, _) in added.items()) else None

    def _around(self, path: str) -> dict[str, bytes]:
        models = {idiom.path for idiom in self.idioms.usable(path)[0][:_MODELS]} - {path}
        models |= self._mentions.get(path, set())
        found: dict[str, bytes] = {}
        models.update(self.clients.context(), self.idioms.naming(path))
        models.discard(path)
        pending = {path, *models}
        for _ in range(_NEIGHBOURS):
            pending = {other for here in pending for other in self._imported(here)} - {path, *found}
            found.update((other, data) for other in {*pending, *models} if (data := self._context(other)) is not None)
        found.update((other, data) for other in self._manifests({path, *found}) if (data := self._context(other)))
        return found

    def _manifests(self, paths: Iterable[str]) -> set[str]:
        """The files around these that say what the names of modules stand for."""
        named: set[str] = set()
        for path in paths:
            pack, folder = self.repository.packs.for_path(path), posixpath.dirname(path)
            names = (*pack.modules.prefixes, pack.modules.manifest or "") if pack is not None else ()
            folders = [folder]
            while folder:
                folder = posixpath.dirname(folder)
                folders.append(folder)
            named.update(posixpath.join(place, name) for place in folders for name in names if name)
        return named & self.repository.paths

    def _context(self, path: str) -> bytes | None:
        made = self.clients.context().get(path)
        return made if made is not None else self.repository.read(path)

    def _imported(self, path: str) -> Iterable[str]:
        if self.project.file(path) is None:
            return []
        entries = (binding.imported for binding in self.project.names(path).imports)
        targets = (self.project.module_path(path, entry.module) for entry in entries if entry is not None)
        return [target for target in targets if target is not None]

    def _wrap(self, job: Job) -> None:
        path = job.pair.path
        done = wrap_file(job)
        if done.kept and self._sees_more(path, done.kept):
            done = wrap_file(job)
        self.results.jobs[path], self.results.wraps[path] = job, done

    def _sees_more(self, path: str, names: frozenset[str]) -> bool:
        """Let the cleanup of a wrapped file see the others that say a name that came back: it may stay for them."""
        hits = self.repository.grep(sorted(name.encode() for name in names))
        ends = posixpath.splitext(path)[1]
        self._mentions[path] = {hit for hit in sorted(hits)[:_MOST_FILES] if hit != path and hit.endswith(ends)}
        return bool(self._mentions[path])

    # -------------------------------------------------------------- between files

    def _keep_for_others(self, between: Between) -> None:
        """Old code in branches may use what other files of the change took away: definitions and whole files come
        back, where taking the flag out takes them away again. Other old code that needs them is refused."""
        results = self.results
        if not between.deleted and len(results.wraps) < 2:
            return
        for _ in range(_TRIES):
            results.kept, results.names, results.restored = {}, {}, {}
            while self._put_back(between):
                pass
            stays = self._staying(between)
            if not stays:
                return
            for path, job in list(results.jobs.items()):
                if results.wraps[path].asks:
                    self._wrap(replace(job, barred={**job.barred, **stays}))
        results.kept, results.names, results.restored = {}, {}, {}

    def _put_back(self, between: Between) -> bool:
        """What the texts as they are by now need, once; whether there was anything."""
        results, grown = self.results, False
        for target, names in between.needed(results.texts()).items():
            text = between.deleted.get(target)
            if text is not None and target not in results.restored:
                results.restored[target], grown = text, True
            if target not in results.jobs:
                continue
            job = results.jobs[target]
            old, new, known = job.pair.old_names, job.pair.new_names, results.names.get(target, frozenset())
            gone = frozenset(name for name in names if old.top(name) and not new.top(name))
            if gone - known:
                results.names[target], grown = gone | known, True
                results.kept[target] = wrap_file(replace(job, outside=gone | known))
        return grown

    def _staying(self, between: Between) -> dict[str, str]:
        """The names of what was put back for other files and would stay when the flag goes; with the paths."""
        results, texts = self.results, self.results.texts()
        if not results.kept and not results.restored:
            return {}
        whole = self.repository
        around = {other: data for path in texts for other, data in self._around(path).items()}
        files = {**around, **self._keys_in(texts), **texts}
        source = Overlay(files, whole.paths | results.restored.keys(), whole.read, self._with_word, self._holding)
        done = {
            edit.path: edit.after
            for edit in cleanup(source, self.flag, True, whole.packs, whole.config, parsed=self.parsed).edits
        }
        wanted = {path: results.jobs[path].pair.new.data for path in results.kept}
        stays = [path for path, data in wanted.items() if done.get(path, texts[path]) != data or self._lacks(path)]
        found = {name: path for path in stays for name in results.names[path]}
        needed = between.needed(texts)
        left = [path for path in results.restored if done.get(path, b"") is not None]
        return {**found, **{name: path for path in left for name in needed.get(path, ())}}

    def _lacks(self, path: str) -> bool:
        """Whether names that others need could not be put back."""
        pack = self.results.jobs[path].pair.new.pack
        there = self.parsed.names(self.parsed.file(path, self.results.kept[path].text, pack))
        return any(there.top(name) is None for name in self.results.names[path])

    def _keys_in(self, texts: Mapping[str, bytes]) -> dict[str, bytes]:
        """The files that list the key for the wrapped ones."""
        listed = (other for text in texts.values() for other in self.keys.named_in(text))
        return {other: both[1] for other in listed if (both := self.keys.added(other)) is not None}

    # -------------------------------------------------------------- the result

    def _wrapped(self, note: str = "") -> Wrapped:
        for edit, found in self.results.wrapped():
            self.results.edits[edit.path] = edit
            self.results.hunks.extend(found)
        asks = tuple(ask for done in self.results.wraps.values() for ask in done.asks)
        lacking = (self.clients.lacking(path, ask) for path, done in self.results.wraps.items() for ask in done.asks)
        packages = dict.fromkeys(each for found in lacking for each in found)
        for edit in self.clients.made(asks):
            self._make(edit)
        for path in {ask.keys for ask in asks if ask.keys}:
            self._list(path)
        restored = self.results.restored
        hunks = [hunk for hunk in self.results.hunks if hunk.path not in restored or hunk.reason == RESTORED]
        hunks = [replace(hunk, reason=f"{note}{hunk.reason}".strip()) for hunk in hunks] if note else hunks
        edits = tuple(edit for _, edit in sorted(self.results.edits.items()) if edit.before != edit.after)
        seen = frozenset(idiom.path for path in self.results.wraps for idiom in self.idioms.usable(path)[0][:1])
        ordered = tuple(sorted(hunks, key=lambda hunk: (hunk.path, hunk.start_line, hunk.end_line)))
        return Wrapped(edits, ordered, asks, tuple(packages), seen)

    def _make(self, edit: FileEdit) -> None:
        """A file for the client, or the line in a root file that names it."""
        wrapped = self.results.edits.get(edit.path)
        if edit.before is not None and wrapped is not None:
            return
        self.results.edits[edit.path] = edit
        reason = _NEW_MODULE if edit.before is None else "It names the module that makes the flag client."
        self.results.hunks.append(Hunk(edit.path, 1, 1, "left", "", reason))

    def _list(self, path: str) -> None:
        """The flag's key in the file where the keys are kept."""
        done, before = self.results.edits.get(path), self.project.contents.text(path)
        text = self.keys.put_into(path, done.after if done is not None and done.after is not None else before)
        if text is not None and before is not None:
            self.results.edits[path] = FileEdit(path, before, text)
            self.results.hunks.append(Hunk(path, 1, 1, "left", "", KEY_LISTED))


def _untouched(changed: ChangedFile, pack: LanguagePack | None) -> str | None:
    """Why a file of the change is not looked into; None if it is."""
    if changed.skipped is not None:
        return f"Not read: {changed.skipped}."
    if changed.after is None:
        return "Deleted: no old code in a branch needs it."
    if pack is None:
        return "Not code of a known language (documentation, configuration, data): a flag can't switch it."
    if is_test_path(pack, changed.path):
        return "A test: it runs with the flag on and off, it is not switched by it."
    if changed.before is None:
        return "A new file: dead until the new code calls it."
    if changed.before == changed.after:
        return "Renamed, with the same content."
    return None


def _whole(changed: ChangedFile, outcome: str, reason: str, line: int = 1) -> Hunk:
    last = max(1, (changed.after or b"").count(b"\n")) if line == 1 else line
    return Hunk(changed.path, line, last, "refused" if outcome == "refused" else "left", "", reason)
