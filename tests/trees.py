"""Small real trees for tests: git repositories, and what a folder holds byte for byte."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

__all__ = ["git", "repository", "snapshot", "write"]


def git(root: Path, *arguments: str) -> str:
    """Run git in `root` with an identity of its own and no configuration of the machine."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=root, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def write(root: Path, **files: bytes | str) -> None:
    """Write files; `__` in a keyword stands for `/` and `_dot_` for a dot."""
    for name, content in files.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def repository(root: Path, **files: bytes | str) -> Path:
    """A repository with one commit that holds the files."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q")
    write(root, **files)
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "first")
    return root


def snapshot(root: Path) -> dict[str, tuple[str, int, bytes]]:
    """Everything below the root but `.git`: path to (kind, permission bits, content or link target)."""
    found: dict[str, tuple[str, int, bytes]] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for name in (*folders, *files):
            path = Path(folder, name)
            mode = path.lstat().st_mode
            bits = stat.S_IMODE(mode)
            key = path.relative_to(root).as_posix()
            if stat.S_ISLNK(mode):
                found[key] = ("link", 0, os.fsencode(path.readlink()))
            elif stat.S_ISDIR(mode):
                found[key] = ("folder", bits, b"")
            else:
                found[key] = ("file", bits, path.read_bytes())
    return found
