"""The language data as an earlier process read it, kept in the user's cache folder: one file.

Nothing in it is trusted: it counts only with its own checksum, and a table in it only for a data file of that very
text. A folder that can't be written means working without.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from featureops.languages.tables import known, remember

__all__ = ["kept_tables"]

_SUM = 64


@contextlib.contextmanager
def kept_tables(folder: Path) -> Iterator[None]:
    """What is read within is taken from the file, and kept in it."""
    file = folder / "languages.json"
    remembered = _load(file)
    remember(remembered)
    yield
    if known().keys() - remembered.keys():
        with contextlib.suppress(OSError):
            _write(file, json.dumps(known(), separators=(",", ":")).encode())


def _load(file: Path) -> dict[str, dict[str, object]]:
    try:
        data = file.read_bytes()
    except OSError:
        return {}
    if hashlib.sha256(data[_SUM:]).hexdigest().encode() != data[:_SUM]:
        return {}
    tables: dict[str, dict[str, object]] = json.loads(data[_SUM:])
    return tables


def _write(file: Path, written: bytes) -> None:
    """All or nothing: another process may read it meanwhile."""
    from tempfile import NamedTemporaryFile

    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, delete=False) as made:
        made.write(hashlib.sha256(written).hexdigest().encode() + written)
    os.replace(made.name, file)
