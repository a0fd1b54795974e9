"""A real Unleash for the tests, one for all processes that run them: the first one starts it, the last one stops it.

Where it can't be had the tests fail and say why; `FEATUREOPS_TEST_UNLEASH=off` leaves them out by name.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from featureops.adapters.unleash.local import LocalUnleash, Running

OFF = os.environ.get("FEATUREOPS_TEST_UNLEASH", "").lower() == "off"
CACHE = Path(os.environ.get("FEATUREOPS_TEST_CACHE") or Path.home() / ".cache" / "featureops-tests")


@contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """The file that counts the processes which use the server."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / "users"


def counted(users: Path, more: int) -> int:
    known = int(users.read_text() or 0) if users.exists() else 0
    users.write_text(str(known + more))
    return known + more


@pytest.fixture(scope="session")
def unleash(testrun_uid: str) -> Iterator[Running]:
    if OFF:
        pytest.skip("FEATUREOPS_TEST_UNLEASH=off: not tried on a real Unleash")
    # A short path: PostgreSQL's socket lies in it.
    folder = Path(tempfile.gettempdir()) / f"featureops-{testrun_uid[:8]}"
    server = LocalUnleash(CACHE, folder, tell=lambda _: None)
    with locked(folder) as users:
        running = server.up()
        counted(users, 1)
    try:
        yield running
    finally:
        with locked(folder) as users:
            if counted(users, -1) == 0:
                server.down()
