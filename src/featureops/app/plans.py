"""Plans: made by the code verbs, applied and taken back here, under the modes the process was started with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from featureops.app.deps import Deps
from featureops.core.errors import Denied
from featureops.core.model import FileEdit, Json, Plan

__all__ = ["apply", "apply_plan", "new_plan", "refuse_when_read_only", "undo"]


def new_plan(
    deps: Deps, verb: str, title: str, edits: Sequence[FileEdit], reads: Mapping[str, str], result: Mapping[str, Json]
) -> Plan:
    """A plan, saved in the journal unless it has no edits or the process is read-only.

    Edits that change nothing are left out. `plan_id` is 12 hex digits of the SHA-256 over verb, root and edits: the
    same change has the same id. `reads` maps the other paths that were read to the SHA-256 of their content (hex;
    empty for "no such file").
    """
    kept = tuple(sorted((edit for edit in edits if edit.before != edit.after), key=lambda edit: edit.path))
    edited = {edit.path for edit in kept}
    plan = Plan(
        plan_id=_digest(verb, deps.workspace.root, kept),
        verb=verb,
        title=title,
        root=deps.workspace.root,
        created_at=deps.clock(),
        edits=kept,
        reads={path: reads[path] for path in sorted(reads) if path not in edited},
        result=dict(result),
    )
    if kept and not deps.modes.read_only:
        deps.journal.save(plan)
    return plan


def apply_plan(deps: Deps, plan_id: str) -> dict[str, Json]:
    """Apply a saved plan; the result of `apply`. Errors: BadArgument (no such plan), and those of `apply`."""
    refuse_when_read_only(deps, "apply a plan")
    return apply(deps, deps.journal.load(plan_id))


def apply(deps: Deps, plan: Plan) -> dict[str, Json]:
    """Write the edits of a plan: {"planId", "changeId", "applied", "files": [{"path", "action"}], "message"}.

    In dry-run mode nothing is written and "applied" is false. Errors: Denied (read-only), MovedOn, Unwritable,
    OutsideWorkspace; nothing is written then.
    """
    refuse_when_read_only(deps, "apply a plan")
    files: list[Json] = [{"path": edit.path, "action": _action(edit)} for edit in plan.edits]
    outcome: dict[str, Json] = {"planId": plan.plan_id, "changeId": None, "applied": False, "files": files}
    if not plan.edits:
        return {**outcome, "message": "The plan has no edits: there was nothing to write."}
    if deps.modes.dry_run:
        return {**outcome, "message": f"Dry run: {_count(len(files))} would have been written."}
    change = deps.journal.apply(plan)
    message = f"Applied to {_count(len(files))}. Take it back with `undo` and change {change.change_id}."
    return {**outcome, "changeId": change.change_id, "applied": True, "message": message}


def undo(deps: Deps, change_id: str | None = None) -> dict[str, Json]:
    """Take back a change, by default the latest: {"changeId", "undone", "files": [{"path", "action"}], "message"}.

    Errors: Denied (read-only), MovedOn (a file changed since), BadArgument (no such change, or none at all).
    """
    refuse_when_read_only(deps, "take back a change")
    if deps.modes.dry_run:
        message = "Dry run: nothing was taken back."
        return {"changeId": change_id, "undone": False, "files": [], "message": message}
    change = deps.journal.undo(change_id)
    files: list[Json] = [{"path": path, "action": "restored"} for path in change.paths]
    message = f"Took back {change.title!r}: {_count(len(files))} as before."
    return {"changeId": change.change_id, "undone": True, "files": files, "message": message}


def refuse_when_read_only(deps: Deps, what: str) -> None:
    """`what` completes "The server is read-only: it doesn't …". Errors: Denied."""
    if deps.modes.read_only:
        raise Denied(f"The server is read-only: it doesn't {what}.", "Restart it without --read-only to allow writes.")


def _digest(verb: str, root: str, edits: Sequence[FileEdit]) -> str:
    digest = hashlib.sha256()
    for part in (verb, root):
        _add(digest.update, part.encode("utf-8", "surrogateescape"))
    for edit in edits:
        _add(digest.update, edit.path.encode("utf-8", "surrogateescape"))
        _add(digest.update, edit.before)
        _add(digest.update, edit.after)
    return digest.hexdigest()[:12]


def _add(update: Callable[[bytes], None], part: bytes | None) -> None:
    # The length in front keeps neighbours apart; -1 is "no such file".
    update(b"%d:" % (-1 if part is None else len(part)))
    update(part or b"")


def _action(edit: FileEdit) -> str:
    if edit.before is None:
        return "created"
    return "deleted" if edit.after is None else "edited"


def _count(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"
