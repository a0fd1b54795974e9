"""What changed, as git sees it, with the contents of both sides.

git names the paths; this module reads the bytes itself, so that no filter, textconv or external diff ever runs. The
bytes of the working tree are what gets edited, so the other side is brought into their form: where git converts line
endings for a file (`core.autocrlf`, `text`, `eol`), a difference in line endings only is no change, and `before` has
CRLF when the working tree does. Files that a filter driver rewrites (LFS, encryption) are named but not read.
"""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from featureops.adapters.gitcmd import GitRunner, split_z
from featureops.adapters.gitlog import LOG_FORM, lately, parse_log
from featureops.adapters.jail import Jail
from featureops.adapters.renames import paired
from featureops.core.commits import LOOKED_BACK, PastCommit
from featureops.core.errors import BadArgument, OutsideWorkspace
from featureops.core.model import ChangedFile

__all__ = ["GitChanges"]

_SNIFF = 8192
_LINK, _SUBMODULE, _ABSENT = "120000", "160000", "000000"


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of `git diff-index --raw`: modes and object ids on both sides; zeros are "none" or "not known"."""

    path: str
    status: str
    old_mode: str
    new_mode: str
    old_id: str
    new_id: str


class GitChanges:
    """The repository around `root`, which may be a folder inside it: paths are relative to the root and lie below it.

    `max_file_bytes` bounds what is read of one file; `timeout` in seconds bounds one git call.
    """

    def __init__(self, root: str | os.PathLike[str], max_file_bytes: int = 5_000_000, timeout: float = 60.0) -> None:
        self._jail = Jail(root)
        self._limit = max_file_bytes
        self._git = GitRunner(self._jail.root, timeout)

    def is_repository(self) -> bool:
        """False also where git is missing."""
        try:
            return self._git.run("rev-parse", "--is-inside-work-tree").line() == "true"
        except BadArgument:
            return False

    def branch(self) -> str | None:
        """The checked-out branch, also before its first commit; None when detached or outside a repository."""
        return self._asked("symbolic-ref", "--quiet", "--short", "HEAD")

    def is_merging(self) -> bool:
        return self._asked("rev-parse", "--quiet", "--verify", "MERGE_HEAD") is not None

    def head(self) -> str | None:
        """The commit that is checked out; None before the first."""
        return self._asked("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def default_branch(self) -> str | None:
        """What the remote calls its main branch, else `init.defaultBranch`, main or master where that exists."""
        remote = self._asked("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
        if remote:
            return remote.removeprefix("origin/")
        configured = self._asked("config", "--get", "init.defaultBranch")
        for name in dict.fromkeys(filter(None, (configured, "main", "master"))):
            if self._asked("rev-parse", "--verify", "--quiet", f"refs/heads/{name}"):
                return name
        return None

    def tracked(self, path: str) -> bool:
        """Whether the index holds the path. Errors: BadArgument, OutsideWorkspace (not a path below the root)."""
        return self._asked("--literal-pathspecs", "ls-files", "-z", "--", self._jail.clean(path)) is not None

    def changes(self, base: str | None = None, staged: bool = False) -> Sequence[ChangedFile]:
        """See `ports.ChangeSource`. A file whose content is equal on both sides (only its mode changed) is left out.

        Errors: BadArgument (no git, no repository, no such ref).
        """
        self._require_repository()
        git = self._git.no_filters()
        rows = self._rows(git, self._tree(git, base), staged)
        attributes = self._attributes(git, [row.path for row in rows])
        wanted = [row for row in rows if self._why_skipped(row, attributes) is None]
        blobs = self._blobs(git, {oid for row in wanted for oid in (row.old_id, row.new_id if staged else "")})
        converting = (git.run("config", "--get", "core.autocrlf").line() or "false").lower() in ("true", "input")
        changed = []
        for row in rows:
            reason = self._why_skipped(row, attributes)
            if reason is not None:
                changed.append(_skipped(row, reason))
                continue
            after = _blob(blobs, row.new_id, row.new_mode) if staged else self._on_disk(row)
            converted = not staged and _converts(attributes.get(row.path, {}), converting)
            one = _changed(row, _blob(blobs, row.old_id, row.old_mode), after, converted)
            if one is not None:
                changed.append(one)
        return sorted(paired(changed), key=lambda one: one.path)

    def recent(self) -> Mapping[str, int]:
        """See `ports.ChangeSource`: of the newest 300 commits those of the newest 30 days. Errors: none; no repository
        and no commit have no history."""
        return lately(self._log("HEAD", 300))

    def past(self, base: str | None = None) -> Sequence[PastCommit]:
        """See `ports.ChangeSource`. Errors: none; what git can't tell is no history."""
        ref = base or "HEAD"
        return self._log(ref, LOOKED_BACK) if not ref.startswith("-") and "\0" not in ref else []

    def fork_point(self) -> str | None:
        default = self.default_branch()
        if default is None or self.branch() == default:
            return None
        for name in (f"refs/remotes/origin/{default}", f"refs/heads/{default}"):
            found = self._asked("merge-base", name, "HEAD")
            if found:
                return None if found == self.head() else found
        return None

    def _log(self, ref: str, most: int) -> Sequence[PastCommit]:
        options = ("--no-merges", "--no-renames", "--relative", "--name-only", "-z", LOG_FORM)
        try:
            done = self._git.run("log", f"-{most}", *options, "--end-of-options", ref)
        except BadArgument:
            return []
        return parse_log(done.out) if done.ok else []

    # ------------------------------------------------------------ what git is asked

    def _asked(self, *arguments: str) -> str | None:
        try:
            return self._git.run(*arguments).line()
        except BadArgument:
            return None

    def _require_repository(self) -> None:
        inside = self._git.run("rev-parse", "--is-inside-work-tree")
        if inside.line() == "true":
            return
        if "dubious ownership" in inside.err:
            raise BadArgument(
                f"git refuses the repository at {self._jail.root}: it belongs to another user.",
                f"If you trust it, run `git config --global --add safe.directory {self._jail.root}`.",
            )
        raise BadArgument(
            f"There is no git repository at {self._jail.root}.",
            "Run `git init` and commit what is there, or give another folder with --root.",
        )

    def _tree(self, git: GitRunner, base: str | None) -> str:
        """The commit to compare with; before the first commit, the empty tree."""
        ref = base or "HEAD"
        if not ref.startswith("-") and "\0" not in ref:
            commit = git.run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").line()
            if commit:
                return commit
        if base is None:
            empty = git.run("hash-object", "-t", "tree", "--stdin").line()
            if empty:
                return empty
        raise BadArgument(f"There is no commit, branch or tag {ref!r}.", self._nearest_refs(git, ref))

    def _nearest_refs(self, git: GitRunner, ref: str) -> str:
        listed = git.run("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
        names = listed.out.decode("utf-8", "backslashreplace").split()
        close = difflib.get_close_matches(ref, names, n=3, cutoff=0.5) or names[:5]
        return f"There are: {', '.join(close)}." if close else "The repository has no commit yet: leave the ref out."

    def _rows(self, git: GitRunner, tree: str, staged: bool) -> list[_Row]:
        cached = ["--cached"] if staged else []
        # Options of the user's configuration must not reach this: plumbing ignores them, and no rename search means
        # that git reads no content.
        raw = git.run("diff-index", "--raw", "-z", "--no-renames", "--full-index", "--relative", *cached, tree, "--")
        if not raw.ok:
            raise BadArgument(f"git can't compare {self._jail.root}: {raw.err}.", "Run `git status` there to see why.")
        rows = {row.path: row for row in _parse(split_z(raw.out))}
        for line in split_z(git.run("ls-files", "-z", "--unmerged").out):
            path = line.partition("\t")[2]
            rows[path] = _Row(path, "U", "100644", "100644", "", "")
        if not staged:
            untracked = git.run("ls-files", "-z", "--others", "--exclude-standard")
            for path in split_z(untracked.out):
                mode = _SUBMODULE if path.endswith("/") else "100644"
                name = path.rstrip("/")
                seen = rows.get(name)
                # Removed from the index but still on disk: a file that is there on both sides.
                old_mode, old_id = (seen.old_mode, seen.old_id) if seen else (_ABSENT, "")
                rows[name] = _Row(name, "M" if seen else "A", old_mode, mode, old_id, "")
        return list(rows.values())

    def _attributes(self, git: GitRunner, paths: Sequence[str]) -> dict[str, dict[str, str]]:
        stdin = b"\0".join(os.fsencode(path) for path in paths)
        words = (
            split_z(git.run("check-attr", "-z", "--stdin", "text", "eol", "filter", stdin=stdin).out) if paths else []
        )
        found: dict[str, dict[str, str]] = {}
        for path, name, value in zip(words[::3], words[1::3], words[2::3], strict=False):
            found.setdefault(path, {})[name] = value
        return found

    def _blobs(self, git: GitRunner, ids: set[str]) -> dict[str, bytes | None]:
        """Contents by object id; None is "over the limit"."""
        asked = sorted(oid for oid in ids if oid.strip("0"))
        if not asked:
            return {}
        sizes = git.run("cat-file", "--batch-check=%(objectname) %(objectsize)", stdin="\n".join(asked).encode())
        found: dict[str, bytes | None] = {}
        small: list[str] = []
        for line in sizes.out.decode("ascii", "replace").splitlines():
            oid, _, size = line.partition(" ")
            if not size.isdecimal() or int(size) > self._limit:
                found[oid] = None
            else:
                small.append(oid)
        out = git.run("cat-file", "--batch=%(objectsize)", stdin="\n".join(small).encode()).out if small else b""
        position = 0
        for oid in small:
            end = out.index(b"\n", position)
            size_here = int(out[position:end])
            found[oid] = out[end + 1 : end + 1 + size_here]
            position = end + 2 + size_here
        return found

    # ------------------------------------------------------------ the two sides

    def _why_skipped(self, row: _Row, attributes: Mapping[str, Mapping[str, str]]) -> str | None:
        modes = {row.old_mode, row.new_mode}
        if _SUBMODULE in modes:
            return "submodule"
        if _LINK in modes:
            return "symbolic link"
        if row.status == "U":
            return "unmerged"
        driver = attributes.get(row.path, {}).get("filter", "unspecified")
        return None if driver in ("unspecified", "unset") else f"stored through the git filter {driver!r}"

    def _on_disk(self, row: _Row) -> bytes | str | None:
        """Content in the working tree; a string is the reason why it was not read."""
        if row.new_mode == _ABSENT:
            return None
        try:
            status = os.lstat(os.path.join(self._jail.root, row.path))
        except OSError:
            return None
        if not stat.S_ISREG(status.st_mode):
            return "symbolic link" if stat.S_ISLNK(status.st_mode) else "not a regular file"
        if status.st_size > self._limit:
            return f"larger than {self._limit} bytes"
        try:
            return self._jail.read(row.path)[0]
        except OutsideWorkspace:
            return "symbolic link"
        except BadArgument as error:
            return error.message


def _parse(words: Sequence[str]) -> Iterable[_Row]:
    """Rows of `:<old mode> <new mode> <old id> <new id> <status>`, each followed by its path."""
    for meta, path in zip(words[::2], words[1::2], strict=False):
        old_mode, new_mode, old_id, new_id, status = meta.lstrip(":").split(" ")
        yield _Row(path, status[:1], old_mode, new_mode, old_id, new_id)


def _blob(blobs: Mapping[str, bytes | None], oid: str, mode: str) -> bytes | str | None:
    if mode == _ABSENT or not oid.strip("0"):
        return None
    content = blobs.get(oid)
    return "larger than the limit, or missing from the repository" if content is None else content


def _changed(row: _Row, before: bytes | str | None, after: bytes | str | None, converted: bool) -> ChangedFile | None:
    for side in (before, after):
        if isinstance(side, str):
            return _skipped(row, side)
        if side is not None and b"\0" in side[:_SNIFF]:
            return None if before == after else _skipped(row, "binary")
    if isinstance(before, str) or isinstance(after, str):
        return None
    if converted and before is not None and after is not None:
        before = _in_form_of(before, after)
    if before == after:
        return None
    return ChangedFile(row.path, _status(before is None, after is None), before, after)


def _skipped(row: _Row, reason: str) -> ChangedFile:
    status = _status(row.old_mode == _ABSENT, row.new_mode == _ABSENT)
    return ChangedFile(row.path, status, None, None, skipped=reason)


def _status(new: bool, gone: bool) -> Literal["added", "modified", "deleted"]:
    if new:
        return "added"
    return "deleted" if gone else "modified"


def _converts(attributes: Mapping[str, str], autocrlf: bool) -> bool:
    """Whether git converts line endings for the file, as gitattributes(5) has it."""
    text = attributes.get("text", "unspecified")
    if text == "unset":
        return False
    return text in ("set", "auto") or attributes.get("eol", "unspecified") in ("lf", "crlf") or autocrlf


def _in_form_of(before: bytes, after: bytes) -> bytes:
    """`before` with the line endings that git gives, or would take from, the file in the working tree."""
    if b"\r\n" in before:
        return before
    if before == after.replace(b"\r\n", b"\n"):
        return after
    crlf = after.count(b"\r\n")
    return before.replace(b"\n", b"\r\n") if crlf and crlf == after.count(b"\n") else before
