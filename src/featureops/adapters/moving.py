"""Moving one change between before and after, and what a crash or a failing disk in between leads to.

The record of the change is always written first. Until everything is staged nothing of the tree was touched, so a stop
there is taken back; afterwards it is finished. A file that somebody edited in the meantime is never overwritten: then
the rest goes back.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable
from dataclasses import dataclass, replace

from featureops.adapters.jail import Jail
from featureops.adapters.records import Entry, Phase
from featureops.adapters.staging import Slot, Stage
from featureops.core.errors import BadArgument, MovedOn, OutsideWorkspace, Unwritable

__all__ = ["Mover", "moved_slots", "unwritable"]

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def unwritable(error: OSError, what: str, after: str = "Nothing was changed.") -> Unwritable:
    """The error for people, with what to do by its number."""
    if error.errno in _FULL:
        hint = "Free some space on that disk and try again."
    elif error.errno in _FORBIDDEN:
        hint = "Make it writable for the user that runs featureops and try again."
    else:
        hint = "See what is wrong with that folder and try again."
    return Unwritable(f"{what} can't be written: {error.strerror or error}. {after}", hint)


def moved_slots(jail: Jail, stage: Stage, slots: tuple[Slot, ...], *, forward: bool) -> list[str]:
    """Paths whose content is not the one that the move starts from, or that lead somewhere else by now."""
    return [slot.path for slot in slots if not stage.at(slot, forward=not forward) or _elsewhere(jail, slot)]


def _elsewhere(jail: Jail, slot: Slot) -> bool:
    try:
        return jail.resolve(slot.path) != slot.real
    except (BadArgument, OutsideWorkspace):
        return True


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves a change; `record` keeps a phase of it for good, `forget` drops the record of a pending change."""

    jail: Jail
    record: Callable[[Entry], None]
    forget: Callable[[], None]
    step: Callable[[str], None]

    def stage(self, entry: Entry) -> Stage:
        return Stage(self.jail, entry.slots, entry.folders, self.step)

    def apply(self, entry: Entry) -> Entry:
        """From before to after. Errors: MovedOn, Unwritable; nothing is changed then."""
        stage = self.stage(entry)
        self._record(entry, "started")
        try:
            stage.make_folders()
            stage.write(entry.slots, forward=True)
            self._require_unmoved(entry, stage, forward=True)
            self._record(entry, "staged")
        except (OSError, MovedOn) as error:
            self._drop(stage)
            raise _as_ours(error, entry) from error
        return self._swap(entry, stage, forward=True)

    def undo(self, entry: Entry) -> Entry:
        """From after to before. Errors: MovedOn, Unwritable; nothing is changed then."""
        stage = self.stage(entry)
        self._require_unmoved(entry, stage, forward=False)
        self._record(entry, "undoing")
        try:
            stage.make_parents()
            stage.write(entry.slots, forward=False)
            self._require_unmoved(entry, stage, forward=False)
            self._record(entry, "unstaged")
        except (OSError, MovedOn) as error:
            with contextlib.suppress(OSError):
                stage.clear()
                self.forget()
            raise _as_ours(error, entry) from error
        return self._swap(entry, stage, forward=False)

    def settle(self, entry: Entry) -> str:
        """Finish or take back a change that a crash left pending; says which. Errors: OSError."""
        stage = self.stage(entry)
        stage.clear()
        if entry.phase == "started":
            stage.remove_folders()
            self.forget()
            return f"Took back the unfinished change {entry.title!r} ({entry.change_id}): nothing had been written."
        if entry.phase == "undoing":
            self.forget()
            return f"The change {entry.title!r} ({entry.change_id}) stays: its undo had not begun to write."
        forward = entry.phase == "staged"
        word = "change" if forward else "undo of"
        if self._finish(entry, stage, forward=forward):
            return f"Finished the {word} {entry.title!r} ({entry.change_id}) that was interrupted."
        kept = self._back(entry, stage, forward=forward)
        note = f" {', '.join(kept)} changed in between and was left alone." if kept else ""
        return f"Took back the interrupted {word} {entry.title!r} ({entry.change_id}).{note}"

    # ------------------------------------------------------------ parts

    def _record(self, entry: Entry, phase: Phase) -> Entry:
        self.step(f"record {phase}")
        moved = replace(entry, phase=phase)
        self.record(moved)
        return moved

    def _require_unmoved(self, entry: Entry, stage: Stage, *, forward: bool) -> None:
        moved = moved_slots(self.jail, stage, entry.slots, forward=forward)
        if moved:
            raise _moved_on(moved, entry, forward=forward)

    def _swap(self, entry: Entry, stage: Stage, *, forward: bool) -> Entry:
        try:
            stage.swap(entry.slots, forward=forward)
            return self._done(entry, stage, forward=forward)
        except OSError as error:
            try:
                self._back(entry, stage, forward=forward)
            except OSError as second:
                after = "It could not be taken back either; the next start of featureops tries again."
                raise unwritable(second, _place(entry), after) from error
            raise unwritable(error, _place(entry)) from error

    def _done(self, entry: Entry, stage: Stage, *, forward: bool) -> Entry:
        if not forward:
            stage.remove_folders()
        done = self._record(entry, "applied" if forward else "undone")
        # The record is final by now: a pending one that can't be removed is found to be done at the next start.
        with contextlib.suppress(OSError):
            self.step("forget")
            self.forget()
        return done

    def _finish(self, entry: Entry, stage: Stage, *, forward: bool) -> bool:
        """Bring the files that are not there yet to the goal; False when that would overwrite somebody's edit."""
        todo = tuple(slot for slot in entry.slots if not stage.at(slot, forward=forward))
        if moved_slots(self.jail, stage, todo, forward=forward):
            return False
        try:
            if forward:
                stage.make_folders()
            else:
                stage.make_parents()
            stage.write(todo, forward=forward)
            stage.swap(todo, forward=forward)
            self._done(entry, stage, forward=forward)
        except OSError:
            return False
        return True

    def _back(self, entry: Entry, stage: Stage, *, forward: bool) -> list[str]:
        """Bring what was moved back to where it came from; the paths that were left alone because they changed."""
        stage.clear()
        moved = tuple(slot for slot in entry.slots if not stage.at(slot, forward=not forward))
        ours = tuple(slot for slot in moved if stage.at(slot, forward=forward))
        if not forward:
            stage.make_folders()
        stage.write(ours, forward=not forward)
        stage.swap(ours, forward=not forward)
        if forward:
            stage.remove_folders()
        self.forget()
        return [slot.path for slot in moved if slot not in ours]

    def _drop(self, stage: Stage) -> None:
        with contextlib.suppress(OSError):
            stage.clear()
            stage.remove_folders()
            self.forget()


def _as_ours(error: OSError | MovedOn, entry: Entry) -> Unwritable | MovedOn:
    return error if isinstance(error, MovedOn) else unwritable(error, _place(entry))


def _place(entry: Entry) -> str:
    shown = ", ".join(ascii(path) for path in entry.paths[:3])
    more = f" and {len(entry.paths) - 3} more" if len(entry.paths) > 3 else ""
    return f"{shown}{more} under {entry.root}"


def _moved_on(paths: list[str], entry: Entry, *, forward: bool) -> MovedOn:
    named = ", ".join(ascii(path) for path in paths)
    if forward:
        return MovedOn(f"Changed while it was being written: {named}. Nothing was changed.", "Make the plan again.")
    return MovedOn(
        f"Changed since change {entry.change_id} was applied: {named}. Nothing was taken back.",
        "Undo the later changes first, or take this one back by hand: its plan holds the diff.",
    )
