"""A real Unleash for the tests, and one of an older major. All processes that run them share each: the first one starts
it, the last one stops it.

Where one can't be had the tests fail and say why; `FEATUREOPS_TEST_UNLEASH=off` leaves them out by name.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from featureops.adapters.unleash.local import VERSION, LocalUnleash, Running

OFF = os.environ.get("FEATUREOPS_TEST_UNLEASH", "").lower() == "off"
CACHE = Path(os.environ.get("FEATUREOPS_TEST_CACHE") or Path.home() / ".cache" / "featureops-tests")
OLDER = "7.6.5"
VERSIONS = (VERSION, OLDER)


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


@pytest.fixture(scope="session", params=VERSIONS)
def unleash(request: pytest.FixtureRequest, testrun_uid: str) -> Iterator[Running]:
    if OFF:
        pytest.skip("FEATUREOPS_TEST_UNLEASH=off: not tried on a real Unleash")
    version = str(request.param)
    # A short path: PostgreSQL's socket lies in it.
    folder = Path(tempfile.gettempdir()) / f"featureops-{version}-{testrun_uid[:8]}"
    server = LocalUnleash(CACHE, folder, version, tell=lambda _: None)
    with locked(folder) as users:
        running = server.up()
        counted(users, 1)
    try:
        yield running
    finally:
        with locked(folder) as users:
            if counted(users, -1) == 0:
                server.down()
