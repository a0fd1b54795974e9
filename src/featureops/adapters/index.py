"""What scans found, kept in the user's cache folder: one small SQLite file a root.

Nothing in it is trusted: a row counts only with the stamp of this very program, configuration and root, and with the
checksum of its content. A file that is damaged, of another kind or of another version is deleted and made anew; a
folder that can't be written means working without.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import featureops
from featureops.core.model import Json

__all__ = ["FileIndex"]

_LAYOUT = 2
_WAIT = 2.0
_TABLE = "CREATE TABLE IF NOT EXISTS found (topic TEXT PRIMARY KEY, stamp TEXT NOT NULL, sum BLOB NOT NULL, value BLOB)"


class FileIndex:
    """As `ports.ScanIndex`. `configuration` is any text that stands for what changes the findings."""

    def __init__(self, folder: Path, root: str, configuration: str = "") -> None:
        name = hashlib.sha256(os.fsencode(root)).hexdigest()[:32]
        self._path = folder / "scans" / f"{name}.db"
        self._about = f"{_LAYOUT}\0{root}\0{configuration}\0"

    def load(self, topic: str) -> Json:
        if not self._path.is_file():
            return None
        try:
            with self._opened() as store:
                row = store.execute("SELECT stamp, sum, value FROM found WHERE topic = ?", (topic,)).fetchone()
            if row is None or row[0] != self._stamp or row[1] != self._sum(topic, row[2]):
                return None
            value: Json = json.loads(row[2])
        except sqlite3.OperationalError:
            return None  # locked for long, or not to be opened
        except (sqlite3.DatabaseError, ValueError, TypeError):
            self._discard()
            return None
        return value

    def keep(self, topics: Mapping[str, Json]) -> None:
        rows = []
        for topic, value in topics.items():
            # To compress it takes longer than all the rest: names and hashes of a hundred thousand files are few bytes.
            written = json.dumps(value, separators=(",", ":")).encode()
            rows.append((topic, self._stamp, self._sum(topic, written), written))
        for _ in range(2):
            try:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with self._opened() as store:
                    store.execute(_TABLE)
                    store.executemany("INSERT OR REPLACE INTO found VALUES (?, ?, ?, ?)", rows)
            except (OSError, sqlite3.OperationalError):
                return
            except sqlite3.DatabaseError:
                self._discard()
            else:
                return

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        store = sqlite3.connect(self._path, timeout=_WAIT)
        try:
            # Lost with the power, it is found out by the checksums.
            store.execute("PRAGMA synchronous = OFF")
            with store:
                yield store
        finally:
            store.close()

    def _discard(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _sum(self, topic: str, written: bytes) -> bytes:
        digest = hashlib.sha256(f"{self._stamp}\0{topic}\0".encode("utf-8", "surrogateescape"))
        digest.update(written)
        return digest.digest()

    @cached_property
    def _stamp(self) -> str:
        """Stands for the root, the configuration, every file of this program and the installed grammars."""
        digest = hashlib.sha256(self._about.encode("utf-8", "surrogateescape"))
        digest.update(sys.version.encode())
        for row in sorted(row for folder in featureops.__path__ for row in _files_below(folder)):
            digest.update(row.encode("utf-8", "surrogateescape"))
        spec = find_spec("tree_sitter")
        if spec is not None and spec.origin is not None:
            # Every installation of a package changes its parent folder.
            digest.update(str(Path(spec.origin).parents[1].stat().st_mtime_ns).encode())
        return digest.hexdigest()


def _files_below(folder: str) -> Iterator[str]:
    """The files of a program with what changes with them."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files_below(entry.path) if entry.name != "__pycache__" else ()
            else:
                status = entry.stat()
                yield f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}\0"
