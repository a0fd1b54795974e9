"""Putting contents in the place of files so that each file is either old or new, never half.

A new content is written beside its file under a temporary name, flushed to the disk and renamed. Every folder is opened
from the root without following links (`adapters.jail`). A file with several hard links is replaced, not written
through: its other names keep the old content. Mode bits and the owner are kept, extended attributes are not.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from featureops.adapters.jail import Jail
from featureops.core.errors import BadArgument, OutsideWorkspace

__all__ = ["Slot", "Stage", "fsync_folder"]

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Slot:
    """One file of a change. `real` is the path relative to the root after following links; `mode` are the permission
    bits before the change (None: there was no file).
    """

    path: str
    real: str
    before: bytes | None
    after: bytes | None
    mode: int | None
    temporary: str

    @property
    def parent(self) -> str:
        return self.real.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.real.rpartition("/")[2]


class Stage:
    """Moves the slots of one change to `after` (forward) or to `before`. `step` is told what is about to happen.

    Errors: OSError from every method; the caller decides what it means.
    """

    def __init__(self, jail: Jail, slots: Sequence[Slot], folders: Sequence[str], step: Callable[[str], None]) -> None:
        self._jail = jail
        self._slots = slots
        self._folders = folders
        self._step = step

    def current(self, slot: Slot) -> bytes | None:
        """What is there now; None is "no file". Errors: BadArgument (a folder or a device took its place)."""
        try:
            return self._jail.read(slot.real)[0]
        except BadArgument:
            if os.path.lexists(os.path.join(self._jail.root, slot.real)):
                raise
            return None

    def at(self, slot: Slot, *, forward: bool) -> bool:
        """Whether the file already holds the wanted content."""
        try:
            return self.current(slot) == (slot.after if forward else slot.before)
        except (BadArgument, OutsideWorkspace):
            return False

    def make_folders(self) -> None:
        for path in self._folders:
            self._step(f"mkdir {path}")
            parent, _, name = path.rpartition("/")
            with self._jail.folder(parent) as (dir_fd, prefix), contextlib.suppress(FileExistsError):
                os.mkdir(prefix + name, dir_fd=dir_fd)
                fsync_folder(dir_fd)

    def make_parents(self) -> None:
        """Folders of the files that are to come back, where somebody removed them when they were empty."""
        for slot in self._slots:
            if slot.before is None:
                continue
            parts = slot.parent.split("/") if slot.parent else []
            for depth in range(len(parts)):
                with (
                    self._jail.folder("/".join(parts[:depth])) as (dir_fd, prefix),
                    contextlib.suppress(FileExistsError),
                ):
                    os.mkdir(prefix + parts[depth], dir_fd=dir_fd)

    def write(self, slots: Sequence[Slot], *, forward: bool) -> None:
        """Write the temporary files of the slots; slots that end without a file have none."""
        for slot in slots:
            content = slot.after if forward else slot.before
            if content is None:
                continue
            self._step(f"create {slot.path}")
            with self._jail.folder(slot.parent) as (dir_fd, prefix):
                descriptor = os.open(prefix + slot.temporary, _NEW, 0o666, dir_fd=dir_fd)
                try:
                    self._fill(slot, descriptor, content)
                finally:
                    os.close(descriptor)
                fsync_folder(dir_fd)

    def swap(self, slots: Sequence[Slot], *, forward: bool) -> None:
        """Rename the temporary files over the files, or remove the files."""
        for slot in slots:
            content = slot.after if forward else slot.before
            with self._jail.folder(slot.parent) as (dir_fd, prefix):
                if content is None:
                    self._step(f"remove {slot.path}")
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(prefix + slot.name, dir_fd=dir_fd)
                else:
                    self._step(f"rename {slot.path}")
                    source, target = prefix + slot.temporary, prefix + slot.name
                    os.replace(source, target, src_dir_fd=dir_fd, dst_dir_fd=dir_fd)
                fsync_folder(dir_fd)

    def clear(self) -> None:
        """Remove every temporary file that is there."""
        for slot in self._slots:
            self._step(f"clear {slot.path}")
            with self._parent(slot.parent) as place, contextlib.suppress(FileNotFoundError):
                if place is not None:
                    os.unlink(place[1] + slot.temporary, dir_fd=place[0])

    def remove_folders(self) -> None:
        """Remove the folders that were made for the change, unless somebody put something into them."""
        for path in reversed(self._folders):
            self._step(f"rmdir {path}")
            parent, _, name = path.rpartition("/")
            with self._parent(parent) as place, contextlib.suppress(OSError):
                if place is not None:
                    os.rmdir(place[1] + name, dir_fd=place[0])

    @contextmanager
    def _parent(self, path: str) -> Iterator[tuple[int | None, str] | None]:
        """The folder, or None when it is gone: then nothing of ours is in it either."""
        with contextlib.ExitStack() as stack:
            try:
                place = stack.enter_context(self._jail.folder(path))
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                    raise
                yield None
                return
            yield place

    def _fill(self, slot: Slot, descriptor: int, content: bytes) -> None:
        half = len(content) // 2
        _write(descriptor, content[:half])
        self._step(f"write {slot.path}")
        _write(descriptor, content[half:])
        if slot.mode is not None and hasattr(os, "fchmod"):
            self._keep_owner(slot, descriptor)
            os.fchmod(descriptor, slot.mode)
        self._step(f"fsync {slot.path}")
        os.fsync(descriptor)

    def _keep_owner(self, slot: Slot, descriptor: int) -> None:
        try:
            held = os.lstat(os.path.join(self._jail.root, slot.real))
        except OSError:
            return
        mine = os.fstat(descriptor)
        if (held.st_uid, held.st_gid) != (mine.st_uid, mine.st_gid) and stat.S_ISREG(held.st_mode):
            with contextlib.suppress(PermissionError):
                os.fchown(descriptor, held.st_uid, held.st_gid)


def _write(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def fsync_folder(descriptor: int | None) -> None:
    """Make renames in a folder last; systems that can't flush a folder are let off."""
    if descriptor is not None:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
