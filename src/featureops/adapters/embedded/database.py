"""Opening, migrating and locking the SQLite file. The only place where sqlite3's errors become ours.

Several processes may use one file: write-ahead log, a busy timeout, and every write in BEGIN IMMEDIATE, so that what a
transaction read is still true when it commits."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from featureops.core.errors import BadConfiguration, FeatureOpsError, Unreachable, Unwritable

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Database"]

_APPLICATION_ID: Final = 0x666F7073  # "fops", in the header of every file that is ours
_BUSY_SECONDS: Final = 10.0
_MIGRATIONS: Final[Sequence[str]] = (
    """
    CREATE TABLE flags (
        name TEXT PRIMARY KEY, project TEXT NOT NULL, type TEXT NOT NULL, description TEXT NOT NULL,
        created_at REAL NOT NULL, impression_data INTEGER NOT NULL, archived INTEGER NOT NULL DEFAULT 0,
        stale INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL) STRICT;
    CREATE TABLE states (
        flag TEXT NOT NULL REFERENCES flags(name), environment TEXT NOT NULL, enabled INTEGER NOT NULL,
        last_seen_at REAL, PRIMARY KEY (flag, environment)) STRICT;
    CREATE TABLE strategies (
        id TEXT PRIMARY KEY, flag TEXT NOT NULL REFERENCES flags(name), environment TEXT NOT NULL,
        position INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX strategies_of_flag ON strategies(flag, environment, position);
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, flag TEXT NOT NULL, environment TEXT,
        created_at REAL NOT NULL, created_by TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL) STRICT;
    CREATE INDEX events_of_flag ON events(flag, id);
    CREATE TABLE metrics (
        flag TEXT NOT NULL, environment TEXT NOT NULL, hour INTEGER NOT NULL, app TEXT NOT NULL,
        yes INTEGER NOT NULL, no INTEGER NOT NULL, PRIMARY KEY (flag, environment, hour, app)) STRICT;
    CREATE TABLE variant_metrics (
        flag TEXT NOT NULL, environment TEXT NOT NULL, hour INTEGER NOT NULL, app TEXT NOT NULL,
        variant TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (flag, environment, hour, app, variant)) STRICT;
    CREATE TABLE unknown_flags (
        name TEXT NOT NULL, environment TEXT NOT NULL, app TEXT NOT NULL, last_seen_at REAL NOT NULL,
        PRIMARY KEY (name, environment, app)) STRICT;
    CREATE TABLE applications (
        app TEXT NOT NULL, instance TEXT NOT NULL, environment TEXT NOT NULL, sdk TEXT NOT NULL,
        last_seen_at REAL NOT NULL, PRIMARY KEY (app, instance, environment)) STRICT;
    """,
    """
    CREATE TABLE tags (
        flag TEXT NOT NULL REFERENCES flags(name), type TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (flag, type, value)) STRICT;
    CREATE TABLE links (
        id TEXT PRIMARY KEY, flag TEXT NOT NULL REFERENCES flags(name), position INTEGER NOT NULL, url TEXT NOT NULL,
        title TEXT NOT NULL) STRICT;
    CREATE INDEX links_of_flag ON links(flag, position);
    CREATE TABLE dependencies (
        child TEXT NOT NULL REFERENCES flags(name), parent TEXT NOT NULL REFERENCES flags(name),
        enabled INTEGER NOT NULL, variants TEXT NOT NULL, PRIMARY KEY (child, parent)) STRICT;
    CREATE INDEX dependencies_of_parent ON dependencies(parent);
    CREATE TABLE segments (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL,
        constraints TEXT NOT NULL) STRICT;
    CREATE TABLE context_fields (
        name TEXT PRIMARY KEY, description TEXT NOT NULL, stickiness INTEGER NOT NULL, legal_values TEXT NOT NULL)
        STRICT;
    """,
)


class Database:
    """One connection, opened at the first use and shared by the threads of this process under a lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A snapshot. Errors: BadConfiguration (not our file, damaged), Unwritable, Unreachable (locked)."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock of the file. Errors as `read`; nothing is changed then."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        import sqlite3

        with self._lock:
            try:
                connection = self._open()
                connection.execute(begin)
                try:
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise _ours(self.path, error) from error

    def _open(self) -> sqlite3.Connection:
        import sqlite3

        if self._connection is not None:
            return self._connection
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(self.path, error.strerror or str(error)) from error
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        try:
            _prepare(connection, self.path)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    tables, application = _content(connection)
    if tables and application != _APPLICATION_ID:
        raise _not_ours(path, "it holds the tables of another program")
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    if _version(connection) != len(_MIGRATIONS):
        _migrate(connection, path)


def _content(connection: sqlite3.Connection) -> tuple[int, int]:
    # One snapshot: between two statements another process may just be creating the tables.
    connection.execute("BEGIN")
    try:
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        application = connection.execute("PRAGMA application_id").fetchone()[0]
    finally:
        connection.execute("ROLLBACK")
    return int(tables), int(application)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    # SQLite does not honour the busy timeout for this statement when two processes create a file at the same time.
    import sqlite3

    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # another process may have been faster
        if version > len(_MIGRATIONS):
            raise BadConfiguration(
                f"{path} was written by a newer featureops (schema {version}, this one knows {len(_MIGRATIONS)}).",
                "Upgrade featureops, or point it to another file.",
            )
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, applied_at REAL) STRICT"
        )
        for number, script in enumerate(_MIGRATIONS[version:], start=version + 1):
            for statement in filter(str.strip, script.split(";")):
                connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (?, unixepoch('subsec'))", (number,))
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _ours(path: Path, error: sqlite3.Error) -> FeatureOpsError:
    name: str = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return _not_ours(path, str(error))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Unreachable(
            f"{path} stayed locked for {_BUSY_SECONDS:.0f} s by another process.",
            "Try again; look for a featureops that hangs, or another program that has the file open.",
        )
    if name.startswith(("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PERM")):
        return _unwritable(path, str(error))
    return _not_ours(path, str(error))


def _not_ours(path: Path, why: str) -> BadConfiguration:
    return BadConfiguration(
        f"{path} is not a flag file of featureops, or it is damaged: {why}.",
        "Point featureops to another file, or move this one away: a new, empty one is made at the next call.",
    )


def _unwritable(path: Path, why: str) -> Unwritable:
    return Unwritable(
        f"The flag file {path} can't be written: {why}. Nothing was changed.",
        "Free some disk space or make the folder writable, or point featureops to another folder.",
    )
