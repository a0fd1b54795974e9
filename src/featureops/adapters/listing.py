"""What files there are under a root, and a key for the content of each that costs no reading.

Git knows the blob of every tracked file and which files differ from theirs; every other file is known by its size,
times and inode. Submodules that are checked out and repositories inside the repository are part of the tree.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from featureops.adapters.gitcmd import GitRunner, split_z
from featureops.core.errors import BadArgument
from featureops.ports import Tree

__all__ = ["list_tree"]

_VENDORED = frozenset(
    [
        "node_modules",
        "bower_components",
        "vendor",
        "third_party",
        "dist",
        "build",
        "out",
        "target",
        "site-packages",
        "venv",
        "env",
        "__pycache__",
    ]
)
_LISTED = ("ls-files", "--stage", "-v", "-z")
_CHANGED = ("diff-files", "--name-only", "-z", "--relative", "--ignore-submodules=all", "--", ".")
_OTHERS = ("ls-files", "--others", "--exclude-standard", "-z")
_PLAIN, _WHOLE, _BLOB = "H 100", " 0", slice(9, -2)
"""A file of the index as it is usual: checked out, no link; not unmerged; and where its blob stands."""
_NESTED = 8
_LINK, _REPOSITORY = "120000", "160000"


@dataclass(slots=True)
class _Found:
    """`keys` by path; a path without one yet is to be looked at (`doubtful`). `listed` is git's word on its index."""

    keys: dict[str, str] = field(default_factory=dict)
    doubtful: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    listed: list[tuple[str, bytes]] = field(default_factory=list)

    def fingerprint(self) -> str:
        """Stands for the keys: those that git gave stand in its own words."""
        digest = hashlib.sha256()
        for folder, out in self.listed:
            digest.update(f"{folder}\0{len(out)}\0".encode("utf-8", "surrogateescape") + out)
        own = [(path, self.keys.get(path)) for path in sorted(set(self.doubtful))]
        digest.update(repr((own, sorted(self.skipped.items()))).encode("utf-8", "surrogateescape"))
        return digest.hexdigest()


def list_tree(root: str) -> Tree:
    """Tracked and untracked files that are not ignored; where git has no say, every file but hidden and vendored
    folders. Symbolic links are passed over: what they point to is listed under its own name, or lies outside.
    """
    found = _Found()
    if not _from_git(root, "", found, 0):
        found = _Found(doubtful=list(_walk(root)))
    _look(root, found)
    return Tree(tuple(sorted(found.keys)), found.keys, found.fingerprint(), found.skipped)


def _from_git(root: str, below: str, found: _Found, depth: int) -> bool:
    """Add what git lists under the folder `below`; False without git, outside a repository, and where the folder itself
    is ignored.
    """
    git = GitRunner(os.path.join(root, below))
    folder = f"{below}/" if below else ""
    nested: list[tuple[str, str]] = []
    try:
        with ThreadPoolExecutor(3) as pool:
            # None of these needs the answer of another, and each waits for a disk.
            all_listed = pool.submit(git.run, *_LISTED)
            others = pool.submit(git.run, *_OTHERS)
            changed = pool.submit(lambda: git.no_filters().run(*_CHANGED))
            if below and git.run("rev-parse", "--show-prefix").out.strip():
                return False
            listed = all_listed.result()
            if not listed.ok:
                return False
            added = _Found()
            nested += _staged(listed.out, folder, added)  # while the others still run
            more = [each.result() for each in (changed, others)]
        if not all(each.ok for each in more):
            return False
        if not listed.out and not any(each.out for each in more) and git.run("check-ignore", "-q", ".").ok:
            return False
    except BadArgument:
        return False
    found.keys |= added.keys
    found.skipped |= added.skipped
    found.doubtful += added.doubtful
    found.listed.append((folder, listed.out))
    for each in more:
        nested += _changed(each.out, folder, found)
    for path, reason in nested:
        inside = depth < _NESTED and os.path.lexists(os.path.join(root, path, ".git"))
        if os.path.islink(os.path.join(root, path)) or not inside or not _from_git(root, path, found, depth + 1):
            found.skipped[path] = reason
    return True


def _staged(out: bytes, folder: str, found: _Found) -> list[tuple[str, str]]:
    """Enter the lines (tag, mode, blob, stage, tab, path); the submodules among them come back."""
    nested = []
    for line in out.decode("utf-8", "surrogateescape").split("\0"):
        facts, tab, name = line.partition("\t")
        path = folder + name
        if facts.startswith(_PLAIN) and facts.endswith(_WHOLE):
            found.keys[path] = facts[_BLOB]
            continue
        if not tab:
            continue
        mode = facts[2:8]
        if mode == _REPOSITORY:
            nested.append((path, "submodule"))
        elif mode == _LINK:
            found.skipped[path] = "symbolic link"
        else:  # unmerged, not checked out, or a file that git was told to take as unchanged
            found.doubtful.append(path)
    return nested


def _changed(out: bytes, folder: str, found: _Found) -> list[tuple[str, str]]:
    """Take the blobs back from files that differ from theirs; the repositories among the untracked come back."""
    nested = []
    for name in split_z(out):
        path = folder + name
        if path.endswith("/"):
            nested.append((path.rstrip("/"), "nested repository"))
            continue
        found.keys.pop(path, None)
        found.skipped.pop(path, None)
        found.doubtful.append(path)
    return nested


def _look(root: str, found: _Found) -> None:
    """Give the doubtful files that are there a key from their status."""
    base = root + os.sep
    for path in found.doubtful:
        try:
            status = os.lstat(base + path)
        except OSError as error:
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                found.skipped[path] = f"unreadable: {error.strerror}"
            continue
        if stat.S_ISREG(status.st_mode):
            found.keys[path] = f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}-{status.st_ino}"
        else:
            found.skipped[path] = _kind(status.st_mode)


def _walk(root: str) -> Iterator[str]:
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            entries = list(os.scandir(os.path.join(root, folder)))
        except OSError:
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if not entry.is_dir(follow_symlinks=False):
                yield path
            elif not entry.name.startswith(".") and entry.name not in _VENDORED:
                pending.append(path)


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "symbolic link"
    return "submodule" if stat.S_ISDIR(mode) else "not a regular file"
