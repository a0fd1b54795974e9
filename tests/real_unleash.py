"""A real Unleash for the tests. All processes that need one of a version share it: the first one starts it, the last
one stops it.

Where one can't be had the tests fail and say why; `FEATUREOPS_TEST_UNLEASH=off` leaves them out by name.
"""

from __future__ import annotations

import fcntl
import http.cookiejar
import json
import os
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast
from uuid import uuid4

import pytest

from featureops.adapters.unleash.local import VERSION, LocalUnleash, Running
from featureops.core.model import Json

__all__ = ["CACHE", "NEWEST", "OFF", "OLDER", "personal_token", "shared_unleash"]

OFF: Final = os.environ.get("FEATUREOPS_TEST_UNLEASH", "").lower() == "off"
CACHE: Final = Path(os.environ.get("FEATUREOPS_TEST_CACHE") or Path.home() / ".cache" / "featureops-tests")
NEWEST: Final = VERSION
OLDER: Final = "7.6.5"


@contextmanager
def shared_unleash(version: str, testrun: str) -> Iterator[Running]:
    """For as long as the block runs. `testrun` is the same for all processes of a run."""
    if OFF:
        pytest.skip("FEATUREOPS_TEST_UNLEASH=off: not tried on a real Unleash")
    # A short path: PostgreSQL's socket lies in it.
    folder = Path(tempfile.gettempdir()) / f"featureops-{version}-{testrun[:8]}"
    server = LocalUnleash(CACHE, folder, version, tell=lambda _: None)
    with _locked(folder) as users:
        running = server.up()
        _counted(users, 1)
    try:
        yield running
    finally:
        with _locked(folder) as users:
            if _counted(users, -1) == 0:
                server.down()


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    """The file that counts the processes which use the server."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / "users"


def _counted(users: Path, more: int) -> int:
    known = int(users.read_text() or 0) if users.exists() else 0
    users.write_text(str(known + more))
    return known + more


def personal_token(running: Running) -> str:
    """One of a person, which may import flags: an admin token may not."""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )

    def post(path: str, body: Json) -> dict[str, Json]:
        asked = urllib.request.Request(
            f"{running.url}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with opener.open(asked, timeout=20) as answer:
            return cast("dict[str, Json]", json.loads(answer.read()))

    post("/auth/simple/login", {"username": "admin", "password": "unleash4all"})
    wanted: Json = {"description": uuid4().hex, "expiresAt": "2099-01-01T00:00:00Z"}
    return str(post("/api/admin/user/tokens", wanted)["secret"])
