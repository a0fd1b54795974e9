"""Real commits put behind a flag: `python -m tests.bench.bench_wrap REPOSITORY... [--commits N] [--language ID]`.

Each commit of each repository is wrapped as if its change stood uncommitted in the working tree. Then the flag is
cleaned up again from all files of the repository, by the command's own engine: to enabled, which must give the new
files byte for byte, and to disabled, which must give the old ones but for what was reported as left or refused. Printed
per language: hunks of statements wrapped and refused, other hunks left and refused, how many differ from the old side
in blank lines or unused names only (said so by the answer), laws broken. `--show` prints broken ones, `--why` the
reasons of refusals with a place each, `--skip N` passes over the newest commits. With `--compile` the wrapped files
must also compile, each looked at alone, as far as the toolchains on this machine can tell.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from featureops.adapters.settings import load_settings
from featureops.core.cleanup import cleanup
from featureops.core.config import Config
from featureops.core.model import ChangedFile
from featureops.core.scopes import Names
from featureops.core.syntax import TooDeep, parse
from featureops.core.wrap.change import KEY_LISTED, Wrapped, wrap_changes
from featureops.core.wrap.repository import Repository
from featureops.core.wrap.values import Hunk
from featureops.languages import packs
from tests.bench.compiling import Sides, missing_compiler, worse
from tests.bench.history import Commit, History, Tree

__all__ = ["main"]

FLAG = "wrapped-change-probe"
_MOST_FILES = 60
_WORD = re.compile(rb"\w+")


@dataclass(slots=True)
class Count:
    wrapped: int = 0
    refused: int = 0
    other_left: int = 0
    other_refused: int = 0
    inexact: int = 0
    files: int = 0
    broken: list[str] = field(default_factory=list)
    sides: list[Sides] = field(default_factory=list)
    why: Counter[str] = field(default_factory=Counter)
    places: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        asked = self.wrapped + self.refused
        return self.wrapped / asked if asked else 1.0

    def take(self, hunk: Hunk, place: str) -> None:
        if hunk.statement and hunk.outcome != "left":
            self.wrapped += hunk.outcome == "wrapped"
            self.refused += hunk.outcome == "refused"
        elif hunk.outcome == "refused":
            self.other_refused += 1
        else:
            self.other_left += 1
        if hunk.outcome == "refused":
            reason = ("" if hunk.statement else "(not a statement) ") + _general(hunk.reason)
            self.why[reason] += 1
            self.places.setdefault(reason, place)


def _general(reason: str) -> str:
    """The reason without the names of this place."""
    text = re.sub(r"\S*[_/.]\w\S*|\b[a-z]+[A-Z]\w*|\b[A-Z]\w+[A-Z]\w*|\d+", "…", reason)
    return text[:110]


def main(argv: Sequence[str]) -> int:
    options = _options().parse_args(argv)
    if not options.repositories:
        print("name a repository whose commits are to be wrapped")
        return 0
    counts: dict[str, Count] = defaultdict(Count)
    started, seen = time.monotonic(), 0
    for root in options.repositories:
        with History(root, lambda path: packs().for_path(path) is not None) as history:
            for commit in history.commits(options.commits + options.skip)[options.skip :]:
                seen += 1
                for path, line in _walk(history, commit, options, counts):
                    counts[path].broken.append(f"{root.name} {commit.id[:10]} {line}")
    if options.compile:
        _compile(counts, show=options.show)
    _print(counts, options, seen, time.monotonic() - started)
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bench_wrap", description="Wrap real commits.")
    parser.add_argument("repositories", nargs="*", type=Path, help="git directories or checkouts")
    parser.add_argument("--commits", type=int, default=50, help="how many of the newest commits of each")
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--only", help="one commit, by the start of its id")
    parser.add_argument("--language", help="only files of this language, by id")
    parser.add_argument("--config", type=Path, help="a featureops.toml: how the repositories ask for flags")
    parser.add_argument("--show", action="store_true", help="print how broken results differ")
    parser.add_argument("--compile", action="store_true", help="compile each wrapped file, where that can be done here")
    parser.add_argument("--why", action="store_true", help="print the reasons of refusals")
    parser.add_argument("--texts", action="store_true", help="print what each wrapped file looks like, as a diff")
    return parser


# ---------------------------------------------------------------- one commit


def _walk(
    history: History, commit: Commit, options: argparse.Namespace, counts: dict[str, Count]
) -> Iterator[tuple[str, str]]:
    """(language, what is broken) for every file of a commit that breaks the law."""
    if options.only and not commit.id.startswith(options.only):
        return
    changes = history.changes(commit)
    code = [one for one in changes if one.status == "modified" and one.skipped is None and _language(one.path)]
    if options.language:
        code = [one for one in code if _language(one.path) == options.language]
    if not code or len(code) > _MOST_FILES:
        return
    rest = [one for one in changes if one.status in ("added", "deleted")]
    tree = history.tree(commit.id)
    repository = Repository(
        frozenset(tree.paths()),
        tree.read,
        lambda needles: dict.fromkeys(tree.grep(needles), (0,)),
        packs(),
        _config(options),
    )
    found = wrap_changes(repository, [*code, *rest], FLAG)
    _tally(found, code, commit, counts)
    yield from _judge(tree, code, found, counts, options)


def _tally(found: Wrapped, code: Sequence[ChangedFile], commit: Commit, counts: dict[str, Count]) -> None:
    ours = {changed.path for changed in code}
    for hunk in found.hunks:
        if hunk.path in ours:
            counts[_language(hunk.path)].take(hunk, f"{commit.id[:10]} {hunk.path}:{hunk.start_line}")


def _language(path: str) -> str:
    pack = packs().for_path(path)
    return "" if pack is None or pack.regions is not None else pack.id


def _judge(
    tree: Tree,
    code: Sequence[ChangedFile],
    found: Wrapped,
    counts: Mapping[str, Count],
    options: argparse.Namespace,
) -> Iterator[tuple[str, str]]:
    edits = {edit.path: edit.after for edit in found.edits if edit.after is not None}
    wrapped = tree.with_files(edits)
    results = {keep: _cleaned(wrapped, _config(options), keep=keep) for keep in (True, False)} if edits else {}
    yield from _lists(found, results)
    for changed in code:
        after = edits.get(changed.path)
        if after is None or changed.before is None or changed.after is None:
            continue
        language = _language(changed.path)
        counts[language].files += 1
        counts[language].sides.append(Sides(changed.path, changed.before, changed.after, after))
        if options.texts:
            print(_shown(changed.path, changed.after, after))
        on, off = (results[keep].get(changed.path, after) for keep in (True, False))
        hunks = [hunk for hunk in found.hunks if hunk.path == changed.path]
        for what, text, wanted in _faults(changed, after, (on, off), hunks, counts[language]):
            shown = "\n" + _shown(changed.path, wanted, text) if options.show else ""
            yield language, f"{changed.path}: {what}{shown}"


def _lists(found: Wrapped, results: Mapping[bool, Mapping[str, bytes]]) -> Iterator[tuple[str, str]]:
    """The files where the key joined others, and that the cleanup does not give back."""
    for edit in found.edits:
        joined = any(hunk.path == edit.path and hunk.reason == KEY_LISTED for hunk in found.hunks)
        if joined and edit.before != edit.after and any(edit.path not in done for done in results.values()):
            yield _language(edit.path), f"{edit.path}: the key stays among the others"


def _config(options: argparse.Namespace) -> Config:
    """What the featureops.toml of `--config` says."""
    if options.config is None:
        return Config()
    with tempfile.TemporaryDirectory() as root:
        Path(root, "featureops.toml").write_bytes(options.config.read_bytes())
        return load_settings(root, {"HOME": root}).config


def _cleaned(tree: Tree, config: Config, *, keep: bool) -> dict[str, bytes]:
    done = cleanup(tree, FLAG, keep, packs(), config)
    return {edit.path: edit.after or b"" for edit in done.edits}


def _faults(
    changed: ChangedFile, after: bytes, cleaned: tuple[bytes, bytes], hunks: Sequence[Hunk], count: Count
) -> Iterator[tuple[str, bytes, bytes]]:
    """(what is wrong, the text that is, the text that should be)."""
    assert changed.before is not None
    assert changed.after is not None
    if _errors(changed.path, after) > _errors(changed.path, changed.after):
        yield "the wrapped file doesn't parse", after, changed.after
    on, off = cleaned
    if on != changed.after:
        yield "enabled is not the new file", on, changed.after
    if off == changed.before:
        return
    if not _explained(changed.path, off, (changed.before, changed.after), hunks):
        yield "disabled is not the old file", off, changed.before
    elif all(hunk.outcome == "wrapped" for hunk in hunks):
        count.inexact += 1


def _errors(path: str, text: bytes) -> int:
    pack = packs().for_path(path)
    assert pack is not None
    try:
        return len(parse(path, text, pack).errors())
    except TooDeep:
        return 0


def _explained(path: str, off: bytes, sides: tuple[bytes, bytes], hunks: Sequence[Hunk]) -> bool:
    """Whether every line that differs from the old file belongs to what was left or refused (or is blank)."""
    old, new = sides
    olds, news = old.splitlines(), new.splitlines()
    places = [hunk for hunk in hunks if hunk.outcome != "wrapped" or hunk.reason]
    extra, missing = set[bytes](), set[bytes]()
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        near = any(hunk.start_line <= j2 + 2 and j1 <= hunk.end_line + 2 for hunk in places)
        if tag != "equal" and near:
            extra.update(line.strip() for line in news[j1:j2])
            missing.update(line.strip() for line in olds[i1:i2])
    for hunk in places:
        extra.update(line.strip() for line in news[hunk.start_line - 1 : hunk.end_line])
    before, after = _lines(olds), _lines(off.splitlines())
    gone = set(before - after)
    come = {line for line in after - before if not any(_is_less(line, whole) for whole in extra)}
    if any("a line break differs" in hunk.reason for hunk in hunks):
        come = {line for line in come if not any(whole.endswith(b" " + line) for whole in gone)}
    if any(hunk.outcome == "refused" for hunk in hunks):
        # The old code of what is refused is not there: what only that used goes with the flag.
        missing |= _unused(path, old, off)
    return come <= extra and gone <= missing


def _unused(path: str, old: bytes, off: bytes) -> set[bytes]:
    """The lines of the old file that define names which nothing says any more."""
    pack = packs().for_path(path)
    assert pack is not None
    words, found = set(_WORD.findall(off)), set[bytes]()
    file = parse(path, old, pack)
    for binding in Names(file).all:
        if binding.scope is file.root and binding.name.encode() not in words:
            lines = (file.line_text(name.start) for name in binding.definitions)
            found.update(line.strip().encode() for line in lines)
    return found


def _is_less(line: bytes, whole: bytes) -> bool:
    """Whether a line is a longer one without some of its words, such as an import of fewer names."""
    words, others = _WORD.findall(line), _WORD.findall(whole)
    return words[:1] == others[:1] and Counter(words) <= Counter(others)


def _lines(lines: Iterable[bytes]) -> Counter[bytes]:
    return Counter(line.strip() for line in lines if line.strip())


def _shown(path: str, wanted: bytes, got: bytes) -> str:
    before, after = (text.decode("utf-8", "replace").splitlines() for text in (wanted, got))
    return "\n".join(difflib.unified_diff(before, after, f"wanted/{path}", f"got/{path}", lineterm="", n=3))


def _compile(counts: Mapping[str, Count], *, show: bool) -> None:
    for language, count in sorted(counts.items()):
        if command := missing_compiler(language):
            print(f"{language} is not compiled: there is no {command} on this machine")
            continue
        for one, said in worse(count.sides, language):
            shown = "\n" + _shown(one.path, one.new, one.wrapped) if show else ""
            count.broken.append(f"{one.path}: does not compile: {said}{shown}")
        print(f"{language}: {len(count.sides)} wrapped files compiled")


# ---------------------------------------------------------------- the table


def _print(counts: Mapping[str, Count], options: argparse.Namespace, commits: int, seconds: float) -> None:
    print(f"{commits} commits in {seconds:.0f} s")
    head = ("language", "files", "wrapped", "refused", "share", "left", "not statements", "inexact", "broken")
    print("{:<12}{:>7}{:>9}{:>9}{:>8}{:>8}{:>16}{:>9}{:>8}".format(*head))
    for language, count in sorted(counts.items()):
        row = (count.wrapped, count.refused, f"{count.share:.1%}", count.other_left, count.other_refused, count.inexact)
        print("{:<12}{:>7}{:>9}{:>9}{:>8}{:>8}{:>16}{:>9}{:>8}".format(language, count.files, *row, len(count.broken)))
    for language, count in sorted(counts.items()):
        for line in count.broken:
            print(f"broken, {language}: {line}")
        for reason, times in count.why.most_common() if options.why else ():
            print(f"{language} {times:>4} x {reason} [{count.places[reason]}]")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
