"""One root and nothing outside it: how a path of the workspace becomes an open file descriptor.

A path is opened component by component without following links, from a descriptor of the root. One that goes through
links is resolved first and then opened in the same way. What was checked is therefore what gets opened: a folder that
is swapped for a link in between is noticed.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from featureops.core.errors import BadArgument, OutsideWorkspace

__all__ = ["Jail", "read_all"]

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_HAS_DIR_FD = os.open in os.supports_dir_fd
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read_all(descriptor: int, size: int) -> bytes:
    """Everything from the descriptor on; `size` is what fstat promised and saves a second read in the usual case."""
    chunks = [os.read(descriptor, size + 1)]
    while chunks[-1] and (len(chunks) > 1 or len(chunks[0]) != size):
        chunks.append(os.read(descriptor, 1 << 20))
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class _Descent:
    """The open folders on the way from a root to one below it."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._names: list[str] = []
        self._open: list[int] = []
        """Of the root, then of the named folders."""

    def at(self, relative: str) -> tuple[int, str]:
        """Errors: OSError."""
        if not self._open:
            self._open.append(os.open(self._root, _FOLDER))
        parts = [part for part in relative.split("/") if part not in ("", ".")]
        names = self._names
        shared, most = 0, min(len(parts), len(names))
        while shared < most and parts[shared] == names[shared]:
            shared += 1
        self._close_to(shared)
        for part in parts[shared:]:
            self._open.append(os.open(part, _FOLDER | _NOFOLLOW, dir_fd=self._open[-1]))
            names.append(part)
        return self._open[-1], ""

    def _close_to(self, depth: int) -> None:
        del self._names[depth:]
        while len(self._open) > depth + 1:
            os.close(self._open.pop())

    def close(self) -> None:
        while self._open:
            os.close(self._open.pop())


class Jail:
    """Opens what lies under `root` (an existing folder; its own path may go through links).

    Errors: BadArgument (the root is not a folder).
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        real = os.path.realpath(root)
        if not os.path.isdir(real):
            what = "is not a folder" if os.path.lexists(real) else "does not exist"
            raise BadArgument(f"The root {_show(os.fspath(root))} {what}.", "Give an existing folder with --root DIR.")
        self.root = real

    def clean(self, path: str) -> str:
        """The path with `.` and doubled slashes taken out. Errors: BadArgument (empty, NUL), OutsideWorkspace."""
        if not path or "\0" in path:
            raise BadArgument(f"{_show(path)} is not a path.", "Give a path relative to the workspace root.")
        if os.path.isabs(path):
            raise OutsideWorkspace(f"{_show(path)} is an absolute path.", self._relative_hint(path))
        parts = [part for part in path.replace(os.sep, "/").split("/") if part not in ("", ".")]
        if ".." in parts:
            raise OutsideWorkspace(
                f"{_show(path)} contains `..`.",
                f"Give a path relative to the workspace root {self.root}, without `..`.",
            )
        if not parts:
            raise BadArgument(f"{_show(path)} is the workspace root, a folder.", "Name a file below it.")
        return "/".join(parts)

    def resolve(self, path: str) -> str:
        """The path relative to the root with every link followed; the last components need not exist.

        Errors: BadArgument (a loop of links), OutsideWorkspace.
        """
        real = os.path.realpath(os.path.join(self.root, self.clean(path)))
        if os.path.islink(real):  # what could not be followed to its end
            raise BadArgument(f"{_show(path)} is a loop of symbolic links.", "Mend or remove the links.")
        relative = os.path.relpath(real, self.root).replace(os.sep, "/")
        if relative == ".." or relative.startswith("../") or os.path.isabs(relative):
            raise OutsideWorkspace(
                f"{_show(path)} leads outside the workspace root {self.root} through a symbolic link.",
                "Only files under the root are read and written: give --root a folder that holds both.",
            )
        return relative

    @contextmanager
    def folder(self, relative: str) -> Iterator[tuple[int | None, str]]:
        """(descriptor, prefix) of a resolved folder, to pass on as `dir_fd` and in front of a name.

        Where the system has no `dir_fd`, the descriptor is None and the prefix an absolute path. Errors: OSError.
        """
        if not _HAS_DIR_FD:
            yield None, os.path.join(self.root, relative) + os.sep
            return
        descriptor = os.open(self.root, _FOLDER)
        try:
            for part in relative.split("/"):
                if part in ("", "."):
                    continue
                inner = os.open(part, _FOLDER | _NOFOLLOW, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = inner
            yield descriptor, ""
        finally:
            os.close(descriptor)

    @contextmanager
    def folders(self) -> Iterator[Callable[[str], tuple[int | None, str]]]:
        """`folder` for many in a row: each is opened from the deepest one that it shares with the last one. What a call
        gives is valid until the next call.
        """
        descent = _Descent(self.root)
        try:
            yield descent.at if _HAS_DIR_FD else lambda relative: (None, os.path.join(self.root, relative) + os.sep)
        finally:
            descent.close()

    def open(self, path: str) -> tuple[int, os.stat_result]:
        """A descriptor of a regular file, to be closed by the caller, and its fstat.

        Errors: BadArgument (no such file, a folder, a device, unreadable), OutsideWorkspace.
        """
        try:
            descriptor = self._without_links(path)
            if descriptor is None:
                descriptor = self._opened(self.resolve(path))
        except OSError as error:
            raise self._translated(error, path) from error
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode):
            return descriptor, status
        os.close(descriptor)
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "not a regular file")
        raise BadArgument(f"{_show(path)} is {kind}.", "Name a regular file.")

    def _without_links(self, path: str) -> int | None:
        """A descriptor where no component of the path is a link, which is usual and needs nothing resolved."""
        try:
            return self._opened(self.clean(path)) if _HAS_DIR_FD else None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                return None
            raise

    def _opened(self, relative: str) -> int:
        parent, _, name = relative.rpartition("/")
        with self.folder(parent) as (dir_fd, prefix):
            return os.open(prefix + name, _READ | _NOFOLLOW, dir_fd=dir_fd)

    def read(self, path: str) -> tuple[bytes, os.stat_result]:
        """Content and fstat of a regular file. Errors: as `open`."""
        descriptor, status = self.open(path)
        try:
            return read_all(descriptor, status.st_size), status
        except OSError as error:
            raise self._translated(error, path) from error
        finally:
            os.close(descriptor)

    def _translated(self, error: OSError, path: str) -> BadArgument | OutsideWorkspace:
        if error.errno == errno.ELOOP:
            return OutsideWorkspace(
                f"{_show(path)} turned into a symbolic link while it was opened.", "Try again once nothing moves it."
            )
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return BadArgument(f"There is no file {_show(path)} under {self.root}.", "Check the spelling and the root.")
        if error.errno == errno.ENXIO:
            return BadArgument(f"{_show(path)} is a socket or a device.", "Name a regular file.")
        return BadArgument(f"{_show(path)} can't be read: {error.strerror}.", "Check its permissions.")

    def _relative_hint(self, path: str) -> str:
        inside = os.path.relpath(os.path.realpath(path), self.root).replace(os.sep, "/")
        if inside.startswith("..") or os.path.isabs(inside):
            return f"Give a path relative to the workspace root {self.root}."
        return f"Give it relative to the workspace root: {_show(inside)}."


def _show(path: str) -> str:
    """The path as people can read it on one line, whatever bytes it is made of."""
    return ascii(path) if not path.isprintable() else repr(path)
