"""A real Unleash on this machine: it is found again by another process, and stopped with its database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import psutil  # type: ignore[import-untyped]  # ships no types
import pytest

from featureops.adapters.unleash.local import LocalUnleash
from tests.real_unleash import CACHE, OFF


def backend(folder: Path, verb: str) -> Mapping[str, object]:
    """What a process of its own prints."""
    environment = {**os.environ, "FEATUREOPS_STATE_DIR": str(folder), "FEATUREOPS_CACHE_DIR": str(CACHE)}
    command = [sys.executable, "-m", "featureops", "backend", "unleash", verb, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=300)
    return dict(json.loads(done.stdout))


def of(folder: Path) -> list[str]:
    """The processes that work for a state folder."""
    found = (process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"]))
    return [" ".join(words) for words in found if any(str(folder) in word for word in words)]


@pytest.mark.skipif(OFF, reason="FEATUREOPS_TEST_UNLEASH=off: not tried on a real Unleash")
def test_it_is_found_again_and_stopped_with_its_database() -> None:
    folder = Path(tempfile.gettempdir()) / f"featureops-{uuid4().hex[:8]}"
    first = backend(folder, "up")
    try:
        assert psutil.pid_exists(first["pid"])
        assert backend(folder, "up") == first
        assert len(of(folder)) > 0
    finally:
        assert backend(folder, "down") == {"stopped": True}
    assert of(folder) == []
    assert not psutil.pid_exists(first["pid"])
    assert backend(folder, "down") == {"stopped": False}


@pytest.mark.skipif(OFF, reason="FEATUREOPS_TEST_UNLEASH=off: not tried on a real Unleash")
def test_a_process_may_start_it_again_after_it_stopped_it() -> None:
    server = LocalUnleash(CACHE, Path(tempfile.gettempdir()) / f"featureops-{uuid4().hex[:8]}", tell=lambda _: None)
    for _ in range(2):
        try:
            assert psutil.pid_exists(server.up().pid)
        finally:
            assert server.down()
