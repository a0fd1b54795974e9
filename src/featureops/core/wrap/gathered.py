"""What wrapping the files of a change has given so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from featureops.core.model import FileEdit
from featureops.core.wrap.job import Job
from featureops.core.wrap.plan import FileWrap
from featureops.core.wrap.values import Hunk

__all__ = ["RESTORED", "Gathered"]

RESTORED = "Put back: the old code in a branch still needs this file."
_STILL_NEEDED = "old code in other files still needs it. Remove it with the flag."


@dataclass(slots=True)
class Gathered:
    """`kept` are the wrapped files with what old code in others needs of them, `names` that, `restored` deleted files
    that it needs. `edits` and `hunks` are those of all other files."""

    edits: dict[str, FileEdit] = field(default_factory=dict)
    hunks: list[Hunk] = field(default_factory=list)
    wraps: dict[str, FileWrap] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    kept: dict[str, FileWrap] = field(default_factory=dict)
    names: dict[str, frozenset[str]] = field(default_factory=dict)
    restored: dict[str, bytes] = field(default_factory=dict)

    def texts(self) -> dict[str, bytes]:
        """What the files with branches, and those with what these need, are by now."""
        asking = {path: done.text for path, done in self.wraps.items() if done.asks}
        return {**asking, **{path: done.text for path, done in self.kept.items()}, **self.restored}

    def wrapped(self) -> Iterator[tuple[FileEdit, tuple[Hunk, ...]]]:
        for path, done in self.wraps.items():
            before, text, hunks = self.jobs[path].pair.new.data, done.text, done.hunks
            if path in self.kept:
                text, names = self.kept[path].text, ", ".join(sorted(self.names[path]))
                hunks = (*hunks, Hunk(path, 1, 1, "left", "kept", f"{names} put back: {_STILL_NEEDED}"))
            yield FileEdit(path, before, text), hunks
        for path, text in self.restored.items():
            yield FileEdit(path, None, text), (Hunk(path, 1, 1, "left", "kept", RESTORED),)
