"""Make or refresh .venv so that it holds the project and its tools. Quiet unless something goes wrong.

Started by scripts/setup with any Python from 3.11 on; standard library only. The stamp keeps the hash of what the
environment was made from, so a second run does nothing; a lock keeps two runs from writing into one environment.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / ".featureops-stamp"
PYTHON = VENV / "bin" / "python"
WANTED = ("-e", ".[demo]", "--group", "dev")


def main() -> int:
    VENV.mkdir(exist_ok=True)
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return 0 if fresh() else build()


def fresh() -> bool:
    """Whether the environment was made from this pyproject.toml, here, and still has a Python."""
    if not runs(PYTHON, "-c", "pass") or not STAMP.exists() or STAMP.read_text() != digest():
        return False
    STAMP.touch()  # newer than pyproject.toml again: make then skips even this script
    return True


def digest() -> str:
    """What the environment depends on: the metadata, this script, and the folder that the editable install names."""
    parts = ((ROOT / "pyproject.toml").read_bytes(), Path(__file__).read_bytes(), os.fsencode(ROOT))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def build() -> int:
    print("Setting up .venv (this happens once) ...", file=sys.stderr, flush=True)
    STAMP.unlink(missing_ok=True)
    failure = with_uv() if shutil.which("uv") else "uv is not installed"
    # uv does not read pip's configuration: where only pip knows the way to the packages, pip has the last word.
    if failure is not None:
        failure = with_pip()
    if failure is not None:
        print(failure, file=sys.stderr)
        return 1
    STAMP.write_text(digest())
    return 0


def with_uv() -> str | None:
    """Install with uv. The output of the step that failed, or None."""
    if not runs(PYTHON, "-c", "pass"):
        made = attempt("uv", "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV))
        if made is not None:
            return made
    return attempt("uv", "pip", "install", "--quiet", "--python", str(PYTHON), *WANTED)


def with_pip() -> str | None:
    """Install with the environment's own pip. The output of the step that failed, or None."""
    if not runs(PYTHON, "-m", "pip", "--version"):
        made = attempt(sys.executable, "-m", "venv", "--clear", str(VENV))
        if made is not None:
            return (
                f"{made}\nsetup: {sys.executable} could not make .venv (Debian, Ubuntu: apt-get install python3-venv)."
            )
    pip = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
    if not runs(PYTHON, "-c", "import pip; assert tuple(map(int, pip.__version__.split('.')[:2])) >= (25, 1)"):
        upgraded = attempt(*pip, "--upgrade", "pip>=25.1")  # the first with --group
        if upgraded is not None:
            return f"{upgraded}\nsetup: pip could not be brought up to date. Is there a network?"
    installed = attempt(*pip, *WANTED)
    if installed is not None:
        return (
            f"{installed}\nsetup: pip could not install the project. Is there a network, and does pip know the proxy?"
        )
    return None


def runs(python: Path, *arguments: str) -> bool:
    try:
        done = subprocess.run([python, *arguments], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def attempt(*command: str) -> str | None:
    """Run quietly in the root. None when it worked, everything it said otherwise."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    return None if done.returncode == 0 else said(command, done.stdout + done.stderr)


def said(command: Sequence[str], output: str) -> str:
    return f"$ {' '.join(command)}\n{output.strip()}"


if __name__ == "__main__":
    sys.exit(main())
