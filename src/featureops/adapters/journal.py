"""Plans and what became of them, as files of the user's state folder (`adapters.records` has the layout).

One change at a time is pending in a root: it lies in `pending.json` until it is done, so that looking for what a crash
left behind costs one `stat`. A lock for each root keeps two processes apart.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from featureops.adapters.jail import Jail
from featureops.adapters.moving import Mover, unwritable
from featureops.adapters.records import (
    Entry,
    entry_from_bytes,
    entry_to_bytes,
    locked,
    plan_from_bytes,
    plan_to_bytes,
    root_digest,
    write_record,
)
from featureops.adapters.staging import Slot, Stage
from featureops.core.errors import BadArgument, Conflict, MovedOn, OutsideWorkspace, Unwritable
from featureops.core.model import FileEdit, Plan
from featureops.ports import Clock

__all__ = ["FileJournal"]

_KEPT = 200
_PLAN_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


def _no_step(_: str) -> None:
    return None


class FileJournal:
    """`ports.Journal` in `state_dir`. With a `root`, only changes of that root are listed, undone and recovered.

    `step` is told what is about to happen, each time before it does; tests stop the process there. `lock_wait` is in
    seconds.
    """

    def __init__(
        self,
        state_dir: Path,
        clock: Clock,
        root: Path | str | None = None,
        *,
        step: Callable[[str], None] = _no_step,
        lock_wait: float = 10.0,
    ) -> None:
        self._plans = state_dir / "plans"
        self._journal = state_dir / "journal"
        self._clock = clock
        self._root = None if root is None else os.path.realpath(root)
        self._step = step
        self._lock_wait = lock_wait

    # ------------------------------------------------------------ plans

    def save(self, plan: Plan) -> None:
        """Keep a plan; the latest 200 of a root stay. Errors: BadArgument (not a plan id), Unwritable."""
        folder = self._plans / root_digest(plan.root)
        try:
            write_record(folder / f"{_checked_id(plan.plan_id)}.json", plan_to_bytes(plan))
            _prune(folder)
        except OSError as error:
            raise unwritable(error, f"The state folder {self._plans.parent}") from error

    def load(self, plan_id: str) -> Plan:
        """Errors: BadArgument (no such plan; the hint lists the latest)."""
        if _PLAN_ID.fullmatch(plan_id):
            for folder in self._folders(self._plans):
                with suppress(FileNotFoundError):
                    return _read_plan(folder / f"{plan_id}.json")
        latest = [f"{plan.plan_id} ({plan.title})" for plan in self._latest_plans(5)]
        hint = f"The latest plans: {'; '.join(latest)}." if latest else "There is no plan yet: preview a change first."
        raise BadArgument(f"There is no plan {plan_id!r} for this root.", hint)

    def _latest_plans(self, limit: int) -> list[Plan]:
        paths = [path for folder in self._folders(self._plans) for path in folder.glob("[!.]*.json")]
        plans = []
        for path in sorted(paths, key=_modified, reverse=True)[:limit]:
            with suppress(BadArgument, FileNotFoundError):
                plans.append(_read_plan(path))
        return plans

    # ------------------------------------------------------------ changes

    def apply(self, plan: Plan) -> Entry:
        """See `ports.Journal`; a folder that a new file needs is made. Errors: also BadArgument (no edits, or two for
        one file, another root), Conflict (another process is writing).
        """
        edits = [edit for edit in plan.edits if edit.before != edit.after]
        if not edits:
            raise BadArgument(f"The plan {plan.plan_id} has no edits.", "There is nothing to apply.")
        if self._root is not None and os.path.realpath(plan.root) != self._root:
            raise BadArgument(
                f"The plan {plan.plan_id} belongs to {plan.root}, not to {self._root}.",
                "Start with --root of the plan.",
            )
        jail = Jail(plan.root)
        folder = self._journal / root_digest(jail.root)
        try:
            with locked(self._lock(folder), self._lock_wait):
                self._settle(folder)
                entry = self._entry(folder, jail, plan, edits)
                self._step("checked")
                done = self._mover(folder, jail).apply(entry)
                _prune(folder)
                return done
        except OSError as error:
            raise unwritable(error, f"The state folder {self._journal.parent}") from error

    def undo(self, change_id: str | None = None) -> Entry:
        """See `ports.Journal`. A plan id stands for the change that applied it. Errors: also Unwritable, Conflict."""
        entry = self._find(change_id)
        folder = self._journal / root_digest(entry.root)
        jail = Jail(entry.root)
        try:
            with locked(self._lock(folder), self._lock_wait):
                if self._settle(folder):
                    entry = self._find(change_id)
                fresh = _read_entry(folder / f"{entry.number}.json")
                if fresh is None or fresh.state != "applied":
                    raise BadArgument(f"The change {entry.change_id} was taken back already.", self._latest_hint())
                return self._mover(folder, jail).undo(fresh)
        except OSError as error:
            raise unwritable(error, f"The state folder {self._journal.parent}") from error

    def recover(self) -> Sequence[str]:
        """See `ports.Journal`. A root that another process is writing to at this moment is left to it."""
        said = []
        for folder in self._folders(self._journal):
            if not (folder / "pending.json").exists():
                continue
            try:
                with locked(self._lock(folder), 0.0):
                    said.extend(self._settle(folder))
            except Conflict:
                continue
            except (OSError, Unwritable) as error:
                said.append(f"An interrupted change could not be settled: {error}")
        return said

    def history(self, limit: int = 20) -> Sequence[Entry]:
        """The latest first."""
        entries = [entry for folder in self._folders(self._journal) for entry in _entries(folder, limit)]
        return sorted(entries, key=lambda entry: (entry.created_at, entry.number), reverse=True)[:limit]

    # ------------------------------------------------------------ parts

    def _folders(self, above: Path) -> list[Path]:
        if self._root is not None:
            return [above / root_digest(self._root)]
        return sorted(path for path in above.glob("*") if path.is_dir())

    def _lock(self, folder: Path) -> Path:
        return folder.with_suffix(".lock")

    def _mover(self, folder: Path, jail: Jail) -> Mover:
        pending = folder / "pending.json"

        def record(entry: Entry) -> None:
            final = entry.phase in ("applied", "undone")
            write_record(folder / f"{entry.number}.json" if final else pending, entry_to_bytes(entry))

        return Mover(jail, record, lambda: pending.unlink(missing_ok=True), self._step)

    def _settle(self, folder: Path) -> list[str]:
        """With the lock held: finish or take back the pending change, if there is one."""
        for leftover in folder.glob(".*.new"):
            leftover.unlink(missing_ok=True)
        entry = _read_entry(folder / "pending.json")
        if entry is None:
            return []
        final = _read_entry(folder / f"{entry.number}.json")
        if final is not None and final.phase == ("undone" if entry.phase in ("undoing", "unstaged") else "applied"):
            # It was done, and only its pending record could not be removed: what people edited since is theirs.
            (folder / "pending.json").unlink(missing_ok=True)
            return []
        try:
            jail = Jail(entry.root)
        except BadArgument as error:
            return [f"The interrupted change {entry.title!r} waits: {error.message}"]
        return [self._mover(folder, jail).settle(entry)]

    def _entry(self, folder: Path, jail: Jail, plan: Plan, edits: Sequence[FileEdit]) -> Entry:
        number = max(_numbers(folder), default=0) + 1
        change_id = f"{number}-{plan.plan_id[:8]}"
        slots = tuple(_slot(jail, edit, f".featureops-{change_id}-{secrets.token_hex(4)}") for edit in edits)
        _require_distinct(slots)
        _require_unmoved(jail, plan, slots)
        return Entry(
            number=number,
            change_id=change_id,
            plan_id=plan.plan_id,
            verb=plan.verb,
            title=plan.title,
            root=jail.root,
            created_at=self._clock(),
            phase="started",
            slots=slots,
            folders=_missing_folders(jail, slots),
        )

    def _find(self, change_id: str | None) -> Entry:
        for entry in self.history(_KEPT):
            if change_id is None and entry.state == "applied":
                return entry
            if change_id is not None and change_id in (entry.change_id, entry.plan_id):
                return entry
        if change_id is None:
            raise BadArgument("There is no applied change of this root to take back.", self._latest_hint())
        raise BadArgument(f"There is no change {change_id!r} of this root.", self._latest_hint())

    def _latest_hint(self) -> str:
        latest = [f"{one.change_id} ({one.title}, {one.state})" for one in self.history(5)]
        return f"The latest changes: {'; '.join(latest)}." if latest else "Nothing was applied here yet."


def _checked_id(plan_id: str) -> str:
    if not _PLAN_ID.fullmatch(plan_id):
        raise BadArgument(f"{plan_id!r} is not a plan id.", "A plan id has up to 64 letters, digits, - and _.")
    return plan_id


def _slot(jail: Jail, edit: FileEdit, temporary: str) -> Slot:
    real = jail.resolve(edit.path)
    for part in (*jail.clean(edit.path).split("/"), *real.split("/")):
        # Names that file systems which fold case or shorten names take for the same folder.
        if part.rstrip(". ").lower() in (".git", "git~1"):
            raise OutsideWorkspace(f"{edit.path!a} lies in git's own folder.", "featureops never writes there.")
    mode = None
    with suppress(OSError):
        mode = os.lstat(os.path.join(jail.root, real)).st_mode & 0o7777
    return Slot(edit.path, real, edit.before, edit.after, mode, temporary)


def _require_distinct(slots: Sequence[Slot]) -> None:
    seen: dict[str, str] = {}
    for slot in slots:
        other = seen.setdefault(slot.real, slot.path)
        if other is not slot.path:
            raise BadArgument(
                f"{other!a} and {slot.path!a} are one file ({slot.real!a}).", "Make a plan with one edit for it."
            )


def _require_unmoved(jail: Jail, plan: Plan, slots: tuple[Slot, ...]) -> None:
    stage = Stage(jail, slots, (), _no_step)
    moved = [slot.path for slot in slots if not stage.at(slot, forward=False)]
    moved += [path for path, digest in plan.reads.items() if _digest(jail, path) != digest]
    if moved:
        named = ", ".join(ascii(path) for path in sorted(moved))
        raise MovedOn(
            f"Changed since plan {plan.plan_id} was made: {named}. Nothing was written.",
            f"Run {plan.verb} again to make a new plan.",
        )


def _digest(jail: Jail, path: str) -> str:
    """SHA-256 of a file, hexadecimal; empty when there is none."""
    try:
        return hashlib.sha256(jail.read(path)[0]).hexdigest()
    except BadArgument:
        return ""


def _missing_folders(jail: Jail, slots: Sequence[Slot]) -> tuple[str, ...]:
    missing: set[str] = set()
    for slot in slots:
        parent = slot.parent
        while slot.after is not None and parent and not os.path.lexists(os.path.join(jail.root, parent)):
            missing.add(parent)
            parent = parent.rpartition("/")[0]
    return tuple(sorted(missing))


def _read_plan(path: Path) -> Plan:
    try:
        return plan_from_bytes(_content(path))
    except (ValueError, KeyError, TypeError) as error:
        raise BadArgument(
            f"The plan in {path} can't be read: {error}.", "Delete the file and preview again."
        ) from error


def _read_entry(path: Path) -> Entry | None:
    """None when there is no such file, or none that this version understands."""
    try:
        return entry_from_bytes(_content(path))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _content(path: Path) -> bytes:
    """Errors: FileNotFoundError, Unwritable (a state folder that can't be read)."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unwritable(
            f"{path} in the state folder can't be read: {error.strerror}.",
            "Make the state folder yours, or set FEATUREOPS_STATE_DIR to one that is.",
        ) from error


def _numbers(folder: Path) -> list[int]:
    return [int(path.stem) for path in folder.glob("*.json") if path.stem.isdecimal()]


def _entries(folder: Path, limit: int) -> list[Entry]:
    numbers = sorted(_numbers(folder), reverse=True)[:limit]
    return [entry for number in numbers if (entry := _read_entry(folder / f"{number}.json")) is not None]


def _modified(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:
        return 0, path.name


def _prune(folder: Path) -> None:
    kept = [path for path in folder.glob("[!.]*.json") if path.name != "pending.json"]
    for path in sorted(kept, key=_modified, reverse=True)[_KEPT:]:
        with suppress(OSError):
            path.unlink(missing_ok=True)
