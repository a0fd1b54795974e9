"""Listing the files of a root and looking for byte strings in all of them.

Symbolic links are passed over: what they point to is listed under its own name, or lies outside.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from featureops.adapters.gitcmd import GitRunner, split_z
from featureops.adapters.jail import Jail, read_all
from featureops.core.errors import BadArgument

__all__ = ["Found", "Listing", "list_files", "search"]

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
_SNIFF = 8192
_OPEN = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True, slots=True)
class Listing:
    """`files` sorted; `skipped` maps what was passed over to the reason."""

    files: tuple[str, ...]
    skipped: Mapping[str, str]


@dataclass(slots=True)
class Found:
    """`offsets` maps a path to the sorted offsets where a needle starts; `skipped` maps a path to the reason."""

    offsets: dict[str, tuple[int, ...]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def list_files(jail: Jail) -> Listing:
    """Tracked and untracked files that are not ignored; where git has no say, every file but hidden and vendored
    folders.
    """
    names = _from_git(jail.root)
    if names is None:
        return _checked(jail.root, _walk(jail.root))
    return _checked(jail.root, names)


def search(jail: Jail, paths: Sequence[str], needles: Sequence[bytes], limit: int) -> Found:
    """Which of the paths hold one of the needles. Files over `limit` bytes and files with a NUL in their first 8 kB are
    skipped.
    """
    from ahocorasick_rs import BytesAhoCorasick

    found = Found()
    wanted = [needle for needle in dict.fromkeys(needles) if needle]
    if not wanted:
        return found
    automaton = BytesAhoCorasick(wanted)
    for path, content in _contents(jail, paths, limit, found.skipped):
        hits = automaton.find_matches_as_indexes(content, overlapping=True)
        if hits:
            found.offsets[path] = tuple(sorted({start for _, start, _ in hits}))
    return found


def _contents(jail: Jail, paths: Sequence[str], limit: int, skipped: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Paths with their contents; neighbours share the descriptor of their folder, which makes this several times
    faster than opening each from the root.
    """
    by_folder: dict[str, list[str]] = {}
    for path in paths:
        by_folder.setdefault(path.rpartition("/")[0], []).append(path)
    for parent, inside in by_folder.items():
        try:
            with jail.folder(parent) as (dir_fd, prefix):
                for path in inside:
                    content = _read_one(prefix + path.rpartition("/")[2], dir_fd, limit)
                    if isinstance(content, bytes):
                        yield path, content
                    else:
                        skipped[path] = content
        except OSError as error:
            skipped.update(dict.fromkeys(inside, _reason(error)))


def _read_one(name: str, dir_fd: int | None, limit: int) -> bytes | str:
    """The content, or why it was not read."""
    try:
        descriptor = os.open(name, _OPEN, dir_fd=dir_fd)
    except OSError as error:
        return _reason(error)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return "not a regular file"
        if status.st_size > limit:
            return f"larger than {limit} bytes"
        content = read_all(descriptor, status.st_size)
    except OSError as error:
        return _reason(error)
    finally:
        os.close(descriptor)
    return "binary" if b"\0" in content[:_SNIFF] else content


def _reason(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "symbolic link"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "gone"
    return f"unreadable: {error.strerror}"


def _from_git(root: str) -> list[str] | None:
    """What git lists; None without git, outside a repository, and where the root itself is ignored."""
    git = GitRunner(root)
    try:
        listed = git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        if not listed.ok:
            return None
        if not listed.out and git.run("check-ignore", "-q", root).ok:
            return None
    except BadArgument:
        return None
    return list(split_z(listed.out))


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


def _checked(root: str, names: Iterator[str] | list[str]) -> Listing:
    """Only regular files that are there. An index lists deleted files, submodules and links too."""
    files: list[str] = []
    skipped: dict[str, str] = {}
    base = root + os.sep
    for name in set(names):
        if name.endswith("/"):
            skipped[name.rstrip("/")] = "nested repository"
            continue
        try:
            mode = os.lstat(base + name).st_mode
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR):
                skipped[name] = _reason(error)
            continue
        if stat.S_ISREG(mode):
            files.append(name)
        else:
            skipped[name] = _kind(mode)
    return Listing(tuple(sorted(files)), skipped)


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "symbolic link"
    return "submodule" if stat.S_ISDIR(mode) else "not a regular file"
