"""The files under one root, as `ports.Workspace` wants them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from featureops.adapters.jail import Jail, read_all
from featureops.adapters.listing import list_tree
from featureops.adapters.scan import scan
from featureops.adapters.snapshot import FileSnapshot
from featureops.core.errors import BadArgument, OutsideWorkspace
from featureops.ports import Hit, Tree

__all__ = ["LocalWorkspace"]


class LocalWorkspace:
    """Reads files of this machine. `root` is resolved once; `max_file_bytes` bounds what `read` and `grep` load.

    Errors: BadArgument (the root is missing or not a folder).
    """

    def __init__(self, root: str | os.PathLike[str], max_file_bytes: int = 5_000_000) -> None:
        self._jail = Jail(root)
        self._limit = max_file_bytes
        self._skipped: Mapping[str, str] = {}

    @property
    def root(self) -> str:
        return self._jail.root

    @property
    def skipped(self) -> Mapping[str, str]:
        return MappingProxyType(dict(self._skipped))

    def tree(self) -> Tree:
        tree = list_tree(self._jail.root)
        self._skipped = tree.skipped
        return tree

    def files(self) -> Sequence[str]:
        return self.tree().files

    def read(self, path: str) -> bytes:
        descriptor, status = self._jail.open(path)
        try:
            if status.st_size > self._limit:
                raise BadArgument(
                    f"{path!a} has {status.st_size} bytes; files over {self._limit} bytes are not read.",
                    "Name a smaller file: generated files are best regenerated.",
                )
            return read_all(descriptor, status.st_size)
        except OSError as error:
            raise BadArgument(
                f"{path!a} can't be read: {error.strerror}.", "See whether its disk is healthy."
            ) from error
        finally:
            os.close(descriptor)

    def size(self, path: str) -> int | None:
        try:
            descriptor, status = self._jail.open(path)
        except (BadArgument, OutsideWorkspace):
            return None
        os.close(descriptor)
        return status.st_size

    def snapshot(self) -> FileSnapshot:
        return FileSnapshot(self._jail, self.files(), self._limit, self.read)

    def scan(self, wanted: Mapping[str, Sequence[bytes]]) -> Iterator[Hit]:
        return scan(self._jail, wanted, self._limit)

    def grep(self, needles: Sequence[bytes]) -> Mapping[str, tuple[int, ...]]:
        tree = self.tree()
        offsets: dict[str, tuple[int, ...]] = {}
        skipped = dict(tree.skipped)
        for hit in self.scan(dict.fromkeys(tree.files, needles)) if any(needles) else ():
            if hit.reason:
                skipped[hit.path] = hit.reason
            else:
                offsets[hit.path] = hit.offsets
        self._skipped = skipped
        return dict(sorted(offsets.items()))
