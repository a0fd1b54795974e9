"""The files under one root, as `ports.Workspace` wants them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from featureops.adapters.jail import Jail, read_all
from featureops.adapters.scan import list_files, search
from featureops.core.errors import BadArgument, OutsideWorkspace

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

    def files(self) -> Sequence[str]:
        listing = list_files(self._jail)
        self._skipped = listing.skipped
        return listing.files

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

    def grep(self, needles: Sequence[bytes]) -> Mapping[str, tuple[int, ...]]:
        listing = list_files(self._jail)
        found = search(self._jail, listing.files, needles, self._limit)
        self._skipped = {**listing.skipped, **found.skipped}
        return dict(sorted(found.offsets.items()))
