"""Plans and changes as files of the state folder: JSON, written whole or not at all, readable by their owner only.

<state>/plans/<root digest>/<plan id>.json
<state>/journal/<root digest>/<number>.json      one change; holds the contents before and after
<state>/journal/<root digest>.lock
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NotRequired, TypedDict, cast, get_args

from featureops.adapters.staging import Slot
from featureops.core.errors import Conflict
from featureops.core.model import FileEdit, Json, Plan

__all__ = [
    "Entry",
    "Phase",
    "entry_from_bytes",
    "entry_to_bytes",
    "locked",
    "plan_from_bytes",
    "plan_to_bytes",
    "private_folder",
    "root_digest",
    "write_record",
]

Phase = Literal["started", "staged", "applied", "undoing", "unstaged", "undone"]
_PHASES: tuple[Phase, ...] = get_args(Phase)
_WAIT = 0.02


class _FileRecord(TypedDict):
    path: str
    before: str | None
    after: str | None
    real: NotRequired[str]
    mode: NotRequired[int | None]
    temporary: NotRequired[str]


class _EntryRecord(TypedDict):
    number: int
    changeId: str
    planId: str
    verb: str
    title: str
    root: str
    createdAt: float
    phase: str
    files: list[_FileRecord]
    folders: list[str]


class _PlanRecord(TypedDict):
    planId: str
    verb: str
    title: str
    root: str
    createdAt: float
    files: list[_FileRecord]
    reads: dict[str, str]
    result: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change in the journal; what `ports.Change` asks for, and what it takes to finish it or take it back.

    `phase` runs started → staged → applied while applying, undoing → unstaged → undone while undoing. Everything is
    staged from "staged" and "unstaged" on: from there a crash is finished, before it is taken back.
    """

    number: int
    change_id: str
    plan_id: str
    verb: str
    title: str
    root: str
    created_at: float
    phase: Phase
    slots: tuple[Slot, ...]
    folders: tuple[str, ...]

    @property
    def state(self) -> Literal["started", "applied", "undone"]:
        if self.phase in ("started", "staged"):
            return "started"
        return "undone" if self.phase in ("unstaged", "undone") else "applied"

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(slot.path for slot in self.slots)


def root_digest(root: str) -> str:
    return hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:16]


def private_folder(path: Path) -> None:
    """Make the folder and what is missing above it, for the owner only. Errors: OSError."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)


def write_record(path: Path, content: bytes) -> None:
    """Replace the file, flushed to the disk. Errors: OSError; no half file is left."""
    private_folder(path.parent)
    staged = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        staged.replace(path)
    except OSError:
        with suppress(OSError):
            staged.unlink()
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def locked(path: Path, wait: float) -> Iterator[None]:
    """Hold the lock of a root; the system lets it go when the process dies. Errors: Conflict after `wait` seconds."""
    import time

    private_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + wait
        while not _try_lock(descriptor):
            if time.monotonic() >= deadline:
                raise Conflict(
                    "Another featureops process is writing to this root; nothing was changed.",
                    "Wait until it is done and try again.",
                )
            time.sleep(_WAIT)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def plan_to_bytes(plan: Plan) -> bytes:
    files = [_FileRecord(path=one.path, before=_text(one.before), after=_text(one.after)) for one in plan.edits]
    record = _PlanRecord(
        planId=plan.plan_id,
        verb=plan.verb,
        title=plan.title,
        root=plan.root,
        createdAt=plan.created_at,
        files=files,
        reads=dict(plan.reads),
        result=dict(plan.result),
    )
    return json.dumps(record).encode()


def plan_from_bytes(content: bytes) -> Plan:
    """Errors: ValueError, KeyError, TypeError (not one of our files)."""
    record = cast("_PlanRecord", _object(content))
    return Plan(
        plan_id=record["planId"],
        verb=record["verb"],
        title=record["title"],
        root=record["root"],
        created_at=record["createdAt"],
        edits=tuple(FileEdit(one["path"], _bytes(one["before"]), _bytes(one["after"])) for one in record["files"]),
        reads=record["reads"],
        result=record["result"],
    )


def entry_to_bytes(entry: Entry) -> bytes:
    files = [
        _FileRecord(
            path=slot.path,
            before=_text(slot.before),
            after=_text(slot.after),
            real=slot.real,
            mode=slot.mode,
            temporary=slot.temporary,
        )
        for slot in entry.slots
    ]
    record = _EntryRecord(
        number=entry.number,
        changeId=entry.change_id,
        planId=entry.plan_id,
        verb=entry.verb,
        title=entry.title,
        root=entry.root,
        createdAt=entry.created_at,
        phase=entry.phase,
        files=files,
        folders=list(entry.folders),
    )
    return json.dumps(record).encode()


def entry_from_bytes(content: bytes) -> Entry:
    """Errors: ValueError, KeyError, TypeError (not one of our files)."""
    record = cast("_EntryRecord", _object(content))
    phase = next((phase for phase in _PHASES if phase == record["phase"]), None)
    if phase is None:
        raise ValueError(f"unknown phase {record['phase']!r}")
    return Entry(
        number=record["number"],
        change_id=record["changeId"],
        plan_id=record["planId"],
        verb=record["verb"],
        title=record["title"],
        root=record["root"],
        created_at=record["createdAt"],
        phase=phase,
        slots=tuple(
            Slot(one["path"], one["real"], _bytes(one["before"]), _bytes(one["after"]), one["mode"], one["temporary"])
            for one in record["files"]
        ),
        folders=tuple(record["folders"]),
    )


def _object(content: bytes) -> Mapping[str, object]:
    loaded: object = json.loads(content)
    if not isinstance(loaded, dict):
        raise TypeError("a record is a JSON object")
    return loaded


def _text(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode("ascii")


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)
