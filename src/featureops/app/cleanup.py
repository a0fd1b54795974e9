"""The first half of the cleanup verb: a plan that takes a flag out of the workspace. `app.removal` is the other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from featureops.app import plans
from featureops.app.deps import Deps
from featureops.core.cleanup import CleanupResult
from featureops.core.cleanup import cleanup as clean
from featureops.core.errors import BadArgument, Denied, UnknownFlag
from featureops.core.fixing import Fixing
from featureops.core.model import FileEdit, Json, Leftover, Plan
from featureops.core.textdiff import diffs
from featureops.ports import Snapshot, Workspace

__all__ = ["WorkspaceSource", "fixing_of", "planned", "refuse_protected"]

_VALUES = frozenset({"boolean", "variant", "string", "number", "object"})


class WorkspaceSource:
    """The workspace as the engine wants it; a file that can't be read is None.

    Make one for each run: the whole run, and the hashes of its plan, see the same contents.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._found: dict[tuple[bytes, ...], list[str]] = {}

    @cached_property
    def _files(self) -> Snapshot:
        return self._workspace.snapshot()

    def paths(self) -> Sequence[str]:
        return self._files.files()

    def read(self, path: str) -> bytes | None:
        return self._files.read(path)

    def find(self, needles: Sequence[bytes]) -> Mapping[str, tuple[int, ...]]:
        return self._files.find(needles)

    def grep(self, needles: Sequence[bytes]) -> Sequence[str]:
        wanted = tuple(needles)
        if wanted not in self._found:
            self._found[wanted] = list(self._files.find(wanted))
        return self._found[wanted]

    def hashes(self, paths: Iterable[str]) -> dict[str, str]:
        """SHA-256 of the files as this run read them: a change in one of them makes its plan stale."""
        contents = {path: self.read(path) for path in sorted(paths)}
        return {path: hashlib.sha256(data).hexdigest() for path, data in contents.items() if data is not None}


def fixing_of(keep: str | None, variant: str | None, value: Json) -> Fixing | None:
    """What a flag is fixed at, of which at most one is given: the path that stays ("enabled", "disabled"), a variant's
    name, a JSON value; None for nothing. Errors: BadArgument for more than one, and for a variant without a name."""
    given = [text for text, each in (("keep", keep), ("variant", variant), ("value", value)) if each is not None]
    if len(given) > 1:
        hint = "keep (preservePath) is for a flag that is on or off, variant for a variant, value for a string, number"
        raise BadArgument(f"{' and '.join(given)} exclude each other.", f"{hint} or object: pass one of them.")
    if variant is not None:
        if not variant.strip():
            raise BadArgument("The variant has no name.", "Give the name of the variant that stays, such as blue.")
        return Fixing(variant=variant)
    if value is not None:
        return Fixing(value is not False, value=value, has_value=True)
    return Fixing(keep == "enabled") if keep is not None else None


def planned(
    deps: Deps, *, flag: str, keep: bool | Fixing, files: Sequence[str] = (), unprotect: bool = False
) -> tuple[Plan, dict[str, Json]]:
    """A plan that removes a flag that stays on or off, or gives a variant or a value for good, saved if it has edits;
    with the object of design section 3.2 about it. Nothing is written to the workspace, and no backend is asked.

    Errors: UnknownFlag (no file names it), Denied (the policy protects it, without `unprotect`), BadArgument (a file
    that is not there, a variant or a value that no read asks for).
    """
    name = flag.strip()
    if not name:
        raise BadArgument("The flag has no name.", "Give the flag's key, such as new-checkout.")
    refuse_protected(deps, name, unprotect=unprotect)
    for path in files:
        deps.workspace.read(path)
    source = WorkspaceSource(deps.workspace)
    fixing = keep if isinstance(keep, Fixing) else Fixing(keep)
    result = clean(source, name, fixing, deps.packs, deps.config, frozenset(files) if files else None, deps.workers)
    if result.verdict == "nothing" and not result.leftovers:
        raise _unknown(deps, name)
    _check_kinds(name, fixing, result)
    answer = _answer(name, fixing, result)
    title = f"remove {name}, keep {_kept(fixing)}"
    plan = plans.new_plan(deps, "cleanup", title, result.edits, source.hashes(result.seen), answer)
    answer["planId"] = plan.plan_id if plan.edits else None
    return plan, answer


def refuse_protected(deps: Deps, name: str, *, unprotect: bool) -> None:
    """Errors: Denied. No tool call may `unprotect`: that is for the person at the command line."""
    if name in deps.config.policy.protected and not unprotect:
        hint = "Take it off [policy] protected in featureops.toml; on the command line, --force overrides it."
        raise Denied(f"The policy protects {name!r}.", hint)


def _unknown(deps: Deps, name: str) -> UnknownFlag:
    from featureops.app import detect

    hint = detect.usages(deps, name).get("hint")
    return UnknownFlag(
        f"No file of {deps.workspace.root} names the flag {name!r}.",
        str(hint) if hint else "List the flags of this repository with `featureops detect` (tool detect_flag).",
    )


def _check_kinds(name: str, fixing: Fixing, result: CleanupResult) -> None:
    """Errors: BadArgument for a variant or a value where every read asks for something else."""
    kinds, wanted = result.kinds, "variant" if fixing.variant is not None else "value"
    fits = "variant" in kinds if fixing.variant is not None else bool(result.fixed) or not fixing.has_value
    if fits or not kinds or not kinds <= _VALUES:
        return
    ways = {"boolean": "--keep enabled or --keep disabled (preservePath)", "variant": "--variant NAME (variant)"}
    hints = sorted({ways.get(kind, "--value JSON of that kind (value)") for kind in kinds})
    asked = " and ".join(sorted(kinds))
    given = "a variant" if wanted == "variant" else fixing.kind
    raise BadArgument(f"The code reads {name!r} as {asked} only: no read gives {given}.", f"Use {' or '.join(hints)}.")


def _kept(fixing: Fixing) -> str:
    if fixing.variant is not None:
        return f"variant {fixing.variant}"
    if fixing.has_value:
        return f"value {json.dumps(fixing.value, ensure_ascii=False)[:60]}"
    return "enabled" if fixing.keep else "disabled"


def _fixed_at(fixing: Fixing) -> dict[str, Json]:
    if fixing.variant is not None:
        return {"preservePath": "enabled", "variant": fixing.variant}
    if fixing.has_value:
        return {"preservePath": "enabled" if fixing.keep else "disabled", "value": fixing.value}
    return {"preservePath": "enabled" if fixing.keep else "disabled"}


def _answer(name: str, fixing: Fixing, result: CleanupResult) -> dict[str, Json]:
    diff, stats = diffs(result.edits)
    return {
        "flagName": name,
        **_fixed_at(fixing),
        "planId": None,
        "applied": False,
        "verdict": result.verdict,
        "files": [_file(edit, stat, result) for edit, stat in zip(result.edits, stats, strict=True)],
        "leftovers": [_leftover(item) for item in result.leftovers],
        "diff": diff,
    }


def _file(edit: FileEdit, stat: tuple[int, int], result: CleanupResult) -> Json:
    insertions, deletions = stat
    action = "deleted" if edit.after is None else "edited"
    reads, tests = result.reads.get(edit.path, 0), result.tests.get(edit.path, ())
    row: dict[str, Json] = {"path": edit.path, "action": action, "reads": reads}
    row.update(insertions=insertions, deletions=deletions)
    if tests:
        row["testsRemoved"] = list(tests)
    return row


def _leftover(item: Leftover) -> Json:
    return {"path": item.path, "line": item.line, "kind": item.kind, "text": item.text, "reason": item.reason}
