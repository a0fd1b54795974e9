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

from featureops.adapters.gitcmd import GitRunner
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
_STATUS = ("status", "--porcelain", "-z", "-uall", "--no-renames", "--ignore-submodules=all", "--", ".")
_NESTED = 8
_LINK, _REPOSITORY = "120000", "160000"


@dataclass(slots=True)
class _Found:
    """`keys` by path; a path without one yet is to be looked at (`doubtful`)."""

    keys: dict[str, str] = field(default_factory=dict)
    doubtful: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


def list_tree(root: str) -> Tree:
    """Tracked and untracked files that are not ignored; where git has no say, every file but hidden and vendored
    folders. Symbolic links are passed over: what they point to is listed under its own name, or lies outside.
    """
    found = _Found()
    if not _from_git(root, "", found, 0):
        found = _Found(doubtful=list(_walk(root)))
    _look(root, found)
    files = tuple(sorted(found.keys))
    keys = found.keys
    digest = hashlib.sha256("\0".join(f"{path}\0{keys[path]}" for path in files).encode("utf-8", "surrogateescape"))
    digest.update(repr(sorted(found.skipped.items())).encode())
    return Tree(files, found.keys, digest.hexdigest(), found.skipped)


def _from_git(root: str, below: str, found: _Found, depth: int) -> bool:
    """Add what git lists under the folder `below`; False without git, outside a repository, and where the folder itself
    is ignored.
    """
    try:
        plain = GitRunner(os.path.join(root, below))
        with ThreadPoolExecutor(2) as pool:
            # None of these needs the answer of another, and each waits for a disk.
            prefixed = pool.submit(plain.run, "rev-parse", "--show-prefix")
            all_listed = pool.submit(plain.run, "ls-files", "--stage", "-v", "-z")
            git = plain.no_filters()
            prefix = prefixed.result()
            if not prefix.ok or (below and prefix.out.strip()):
                return False
            changed = git.run(*_STATUS)
            listed = all_listed.result()
        if not (listed.ok and changed.ok):
            return False
        if not listed.out and not changed.out and git.run("check-ignore", "-q", ".").ok:
            return False
    except BadArgument:
        return False
    folder = f"{below}/" if below else ""
    nested = _staged(listed.out, folder, found)
    nested += _changed(changed.out, prefix.out.rstrip(b"\n"), folder, found)
    for path, reason in nested:
        inside = depth < _NESTED and os.path.lexists(os.path.join(root, path, ".git"))
        if os.path.islink(os.path.join(root, path)) or not inside or not _from_git(root, path, found, depth + 1):
            found.skipped[path] = reason
    return True


def _staged(out: bytes, folder: str, found: _Found) -> list[tuple[str, str]]:
    """Enter the lines (tag, mode, blob, stage, tab, path); the submodules among them come back."""
    nested = []
    keys = found.keys
    for line in out.decode("utf-8", "surrogateescape").split("\0"):
        facts, tab, name = line.partition("\t")
        if not tab:
            continue
        path = folder + name
        mode = facts[2:8]
        if mode == _REPOSITORY:
            nested.append((path, "submodule"))
        elif mode == _LINK:
            found.skipped[path] = "symbolic link"
        elif facts[:2] == "H " and facts[-2:] == " 0":
            keys[path] = facts[9:-2]
        else:  # unmerged, not checked out, or a file that git was told to take as unchanged
            found.doubtful.append(path)
    return nested


def _changed(out: bytes, prefix: bytes, folder: str, found: _Found) -> list[tuple[str, str]]:
    """Take the blobs back from files that differ from theirs; the repositories among the untracked come back."""
    nested = []
    for line in out.split(b"\0"):
        name = line[3 + len(prefix) :]
        if not name or line[1:2] == b" ":
            continue
        path = folder + name.decode("utf-8", "surrogateescape")
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
