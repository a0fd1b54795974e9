"""The writes to the backend as files of the user's state folder, one a change, so that they can be taken back."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final, cast

from featureops.adapters.records import locked, root_digest, write_record
from featureops.core.errors import Conflict, Unwritable
from featureops.core.model import FlagChange, Json

__all__ = ["FileHistory"]

_KEPT: Final = 200
_WAIT: Final = 10.0


class FileHistory:
    """`ports.FlagHistory` of one root in `state_dir`."""

    def __init__(self, state_dir: Path, root: Path | str) -> None:
        self._folder = state_dir / "flags" / root_digest(os.fspath(root))

    def add(self, change: FlagChange) -> FlagChange:
        try:
            with locked(self._folder.with_suffix(".lock"), _WAIT):
                number = max(self._numbers(), default=0) + 1
                kept = replace(change, change_id=f"flag-{number}")
                self._write(number, kept)
                for old in self._numbers()[_KEPT:]:
                    self._path(old).unlink(missing_ok=True)
                return kept
        except (OSError, Conflict) as error:
            raise _unwritable(self._folder, error) from error

    def undone(self, change_id: str) -> None:
        try:
            with locked(self._folder.with_suffix(".lock"), _WAIT):
                for change in self.latest():
                    if change.change_id == change_id:
                        self._write(int(change_id.rpartition("-")[2]), replace(change, state="undone"))
        except (OSError, Conflict) as error:
            raise _unwritable(self._folder, error) from error

    def latest(self, limit: int = _KEPT) -> Sequence[FlagChange]:
        found = []
        for number in self._numbers()[:limit]:
            with suppress(OSError, ValueError, TypeError):  # pruned just now, or no file of ours
                found.append(_change(self._path(number).read_bytes()))
        return found

    def _numbers(self) -> list[int]:
        names = [path.stem for path in self._folder.glob("*.json")]
        return sorted((int(name) for name in names if name.isdecimal()), reverse=True)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.json"

    def _write(self, number: int, change: FlagChange) -> None:
        write_record(self._path(number), json.dumps(asdict(change)).encode("utf-8", "surrogatepass"))


def _change(content: bytes) -> FlagChange:
    """Errors: ValueError, TypeError (not one of our files)."""
    record = json.loads(content)
    if not isinstance(record, dict):
        raise TypeError("a record is a JSON object")
    return FlagChange(**cast("dict[str, Json]", record))  # type: ignore[arg-type] # written by `asdict` above


def _unwritable(folder: Path, error: Exception) -> Unwritable:
    return Unwritable(
        f"The state folder {folder} can't be written: {error}.", "The change can't be taken back by its id."
    )
