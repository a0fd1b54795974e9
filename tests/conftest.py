"""Tests see neither the user's configuration nor leave anything in the user's folders."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A run is repeatable and does not depend on how busy the machine is; look for new examples with
# `pytest --hypothesis-profile=search`.
settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_the_user() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="featureops-tests-") as folder, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("FEATUREOPS_", "UNLEASH_", "GIT_"))]:
            if name != "FEATUREOPS_WRITE_SNAPSHOTS":
                patch.delenv(name)
        patch.setenv("FEATUREOPS_STATE_DIR", str(Path(folder) / "state"))
        # git works the same on a machine where nobody ever told it a name.
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "tests")
            patch.setenv(f"GIT_{role}_EMAIL", "tests@example.invalid")
        # What a terminal is asked to look like must not change what a test reads.
        for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"):
            patch.delenv(name, raising=False)
        yield
