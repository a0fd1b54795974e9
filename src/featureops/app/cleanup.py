"""The cleanup verb: a plan that takes a flag out of the workspace, applied and checked on demand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from featureops.app import plans
from featureops.app.deps import Deps
from featureops.core.cleanup import CleanupResult
from featureops.core.cleanup import cleanup as clean
from featureops.core.errors import BadArgument, BadConfiguration, Denied, UnknownFlag, UserFixable
from featureops.core.fixing import Fixing
from featureops.core.model import FileEdit, Json, Leftover, Plan
from featureops.core.textdiff import stat, unified
from featureops.ports import Workspace

__all__ = ["WorkspaceSource", "cleanup", "fixing_of"]

_VALUES = frozenset({"boolean", "variant", "string", "number", "object"})


@dataclass(frozen=True, slots=True)
class WorkspaceSource:
    """The workspace as the engine wants it; a file that can't be read is None.

    Make one for each run: a file is read and a name is searched for once, so that the whole run, and the hashes of its
    plan, see the same contents.
    """

    workspace: Workspace
    _contents: dict[str, bytes | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _found: dict[tuple[bytes, ...], list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def paths(self) -> Sequence[str]:
        return self.workspace.files()

    def read(self, path: str) -> bytes | None:
        if path not in self._contents:
            self._contents[path] = self._read(path)
        return self._contents[path]

    def _read(self, path: str) -> bytes | None:
        try:
            return self.workspace.read(path)
        except UserFixable:
            return None

    def grep(self, needles: Sequence[bytes]) -> Iterable[str]:
        wanted = tuple(needles)
        if wanted not in self._found:
            self._found[wanted] = sorted(self.workspace.grep(wanted))
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


def cleanup(
    deps: Deps,
    *,
    flag: str,
    keep: bool | Fixing,
    files: Sequence[str] = (),
    apply: bool = False,
    force: bool = False,
    verify: str | None = None,
) -> dict[str, Json]:
    """Remove a flag that stays on or off, or gives a variant or a value for good: the object of design section 3.2.

    A plan is made and saved; `apply` writes it, `verify` then runs a command of the project and takes the change back
    if it fails. Errors: UnknownFlag (no file names it), Denied (the policy protects it and `force` is not given),
    BadArgument (a file that is not there; a variant or value that no read asks for), and those of `plans.apply`.
    """
    name = flag.strip()
    if not name:
        raise BadArgument("The flag has no name.", "Give the flag's key, such as new-checkout.")
    if name in deps.config.policy.protected and not force:
        hint = "Take it off [policy] protected in featureops.toml; on the command line, --force overrides it."
        raise Denied(f"The policy protects {name!r}.", hint)
    if verify is not None and not apply:
        raise BadArgument("--verify needs --apply.", "The command runs on the applied change; add apply.")
    for path in files:
        deps.workspace.read(path)
    source = WorkspaceSource(deps.workspace)
    fixing = keep if isinstance(keep, Fixing) else Fixing(keep)
    result = clean(source, name, fixing, deps.packs, deps.config, frozenset(files) if files else None)
    if result.verdict == "nothing" and not result.leftovers:
        raise _unknown(deps, name)
    _check_kinds(name, fixing, result)
    answer = _answer(name, fixing, result)
    title = f"remove {name}, keep {_kept(fixing)}"
    plan = plans.new_plan(deps, "cleanup", title, result.edits, source.hashes(result.seen), answer)
    answer["planId"] = plan.plan_id if plan.edits else None
    if apply and plan.edits:
        answer.update(_apply(deps, plan, verify))
    answer["next"] = _next(deps, answer)
    answer["message"] = _message(answer, fixing, result)
    return answer


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
        return {"preservePath": None, "value": fixing.value}
    return {"preservePath": "enabled" if fixing.keep else "disabled"}


def _answer(name: str, fixing: Fixing, result: CleanupResult) -> dict[str, Json]:
    return {
        "flagName": name,
        **_fixed_at(fixing),
        "planId": None,
        "applied": False,
        "verdict": result.verdict,
        "files": [_file(edit, result.reads.get(edit.path, 0)) for edit in result.edits],
        "leftovers": [_leftover(item) for item in result.leftovers],
        "diff": unified(result.edits),
    }


def _file(edit: FileEdit, reads: int) -> Json:
    insertions, deletions = stat(edit.before, edit.after)
    action = "deleted" if edit.after is None else "edited"
    return {"path": edit.path, "action": action, "reads": reads, "insertions": insertions, "deletions": deletions}


def _leftover(item: Leftover) -> Json:
    return {"path": item.path, "line": item.line, "kind": item.kind, "text": item.text, "reason": item.reason}


def _apply(deps: Deps, plan: Plan, verify: str | None) -> dict[str, Json]:
    if verify is not None and deps.runner is None:
        raise BadConfiguration("Nothing here can run commands.", "Use the command line for --verify.")
    outcome = plans.apply(deps, plan)
    applied: dict[str, Json] = {"applied": outcome["applied"], "changeId": outcome["changeId"]}
    if verify is None or deps.runner is None or not outcome["applied"]:
        return applied
    code, output = deps.runner.run(verify, deps.workspace.root)
    applied["verify"] = {"command": verify, "exitCode": code, "output": output[-2000:]}
    if code != 0:
        plans.undo(deps, str(outcome["changeId"]))
        applied["applied"] = False
        applied["verdict"] = "refused"
    return applied


def _next(deps: Deps, answer: dict[str, Json]) -> list[Json]:
    if answer["planId"] is not None and not answer["applied"] and "verify" not in answer:
        return [{"tool": "apply_plan", "arguments": {"planId": answer["planId"]}}]
    if answer["applied"] and answer["verdict"] == "complete" and deps.backend is not None:
        return [{"tool": "get_flag_state", "arguments": {"featureName": answer["flagName"]}}]
    return []


def _message(answer: dict[str, Json], fixing: Fixing, result: CleanupResult) -> str:
    if "verify" in answer and not answer["applied"]:
        return f"The command failed: the change was taken back. Flag {answer['flagName']} is still in the code."
    left = len(result.leftovers)
    tail = f" {left} place{'s are' if left != 1 else ' is'} left: see leftovers." if left else ""
    if not result.edits:
        return f"Nothing was folded.{tail}"
    reads = sum(result.reads.values())
    done = "Removed" if answer["applied"] else "Would remove"
    files = len(result.edits)
    counted = f"{reads} read{'s' if reads != 1 else ''} in {files} file{'s' if files != 1 else ''}"
    return f"{done} {answer['flagName']}, kept {_kept(fixing)}: {counted}.{tail}"
