"""The commits of a repository as changes: the files at each commit, and both sides of what it changed.

Everything comes from the object database: nothing is checked out. Contents are kept by object id, so that walking
along a history reads each version of a file once.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from featureops.core.model import ChangedFile

__all__ = ["Commit", "History", "Tree"]

_LARGEST = 2_000_000


@dataclass(frozen=True, slots=True)
class Commit:
    """`seconds` is the committer's time; `parent` the first parent."""

    id: str
    parent: str
    seconds: int
    subject: str


class Tree:
    """The files of one commit. `over` holds contents that replace those of the commit."""

    def __init__(self, history: History, ids: Mapping[str, str], over: Mapping[str, bytes] | None = None) -> None:
        self._history = history
        self.ids = ids
        self.over = dict(over or {})

    def with_files(self, files: Mapping[str, bytes]) -> Tree:
        return Tree(self._history, self.ids, {**self.over, **files})

    def paths(self) -> Sequence[str]:
        return sorted({*self.ids, *self.over})

    def read(self, path: str) -> bytes | None:
        if path in self.over:
            return self.over[path]
        return self._history.blob(self.ids[path]) if path in self.ids else None

    def grep(self, needles: Sequence[bytes]) -> Iterable[str]:
        """The source files that hold any of the byte strings."""
        self._history.load(self.ids[path] for path in self.paths() if path in self.ids and self._history.wanted(path))
        found = []
        for path in self.paths():
            data = (self.read(path) or b"") if path in self.over or self._history.wanted(path) else b""
            if any(needle in data for needle in needles):
                found.append(path)
        return found


class History:
    """One repository. `wanted` tells which paths are searched. Use as a context manager: it holds one git process."""

    def __init__(self, root: Path, wanted: Callable[[str], bool]) -> None:
        self.root = root
        self.wanted = wanted
        self._blobs: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        command = ["git", "-C", str(self.root), "cat-file", "--batch"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def commits(self, most: int, since: str = "HEAD") -> list[Commit]:
        """The newest commits that have exactly one parent, newest first."""
        form = "--format=%H%x00%P%x00%ct%x00%s"
        rows = self._git("log", f"-{most}", "--no-merges", form, since).decode("utf-8", "replace").splitlines()
        fields = (row.split("\0", 3) for row in rows)
        return [Commit(name, parent, int(at), subject) for name, parent, at, subject in fields if parent]

    def tree(self, commit: str) -> Tree:
        ids = {}
        for row in self._git("ls-tree", "-r", "-z", commit).split(b"\0"):
            info, _, path = row.partition(b"\t")
            mode, kind, oid = [*info.split(), b"", b"", b""][:3]
            if kind == b"blob" and mode != b"120000":
                ids[path.decode("utf-8", "surrogateescape")] = oid.decode()
        return Tree(self, ids)

    def changes(self, commit: Commit) -> list[ChangedFile]:
        """Both sides of every file that the commit changed; large and binary ones are named but not read."""
        rows = self._git("diff-tree", "-r", "-z", "--no-renames", commit.parent, commit.id).split(b"\0")
        found = []
        for info, path in zip(rows[::2], rows[1::2], strict=False):
            _, _, before, after, _ = info.split()
            name = path.decode("utf-8", "surrogateescape")
            found.append(self._changed(name, before.decode(), after.decode()))
        return found

    def _changed(self, path: str, before: str, after: str) -> ChangedFile:
        old, new = (None if not oid.strip("0") else self.blob(oid) for oid in (before, after))
        status: Literal["added", "modified", "deleted"] = (
            "added" if old is None else "deleted" if new is None else "modified"
        )
        if any(side is not None and (b"\0" in side[:8000] or len(side) > _LARGEST) for side in (old, new)):
            return ChangedFile(path, status, None, None, skipped="binary or too large")
        return ChangedFile(path, status, old, new)

    def blob(self, oid: str) -> bytes:
        self.load([oid])
        return self._blobs[oid]

    def load(self, oids: Iterable[str]) -> None:
        """Read contents that aren't known yet; submodules have none."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        for oid in oids:
            if oid in self._blobs:
                continue
            stdin.write(oid.encode() + b"\n")
            stdin.flush()
            header = stdout.readline().split()
            missing = header[-1] == b"missing"
            self._blobs[oid] = b"" if missing else stdout.read(int(header[2]))
            if not missing:
                stdout.read(1)

    def _git(self, *arguments: str) -> bytes:
        return subprocess.run(["git", "-C", str(self.root), *arguments], check=True, capture_output=True).stdout
