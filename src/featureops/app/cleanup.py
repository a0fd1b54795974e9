"""The cleanup verb: a plan that takes a flag out of the workspace, applied and checked on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from featureops.app import plans
from featureops.app.deps import Deps
from featureops.core.cleanup import CleanupResult
from featureops.core.cleanup import cleanup as clean
from featureops.core.errors import BadArgument, BadConfiguration, Denied, UnknownFlag, UserFixable
from featureops.core.model import FileEdit, Json, Leftover, Plan
from featureops.core.textdiff import stat, unified
from featureops.ports import Workspace

__all__ = ["WorkspaceSource", "cleanup"]


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


def cleanup(
    deps: Deps,
    *,
    flag: str,
    keep: bool,
    files: Sequence[str] = (),
    apply: bool = False,
    force: bool = False,
    verify: str | None = None,
) -> dict[str, Json]:
    """Remove a flag, keeping the enabled or the disabled path: the object of design section 3.2.

    A plan is made and saved; `apply` writes it, `verify` then runs a command of the project and takes the change back
    if it fails. Errors: UnknownFlag (no file names it), Denied (the policy protects it and `force` is not given),
    BadArgument (a file that is not there), and those of `plans.apply`.
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
    result = clean(source, name, keep, deps.packs, deps.config, frozenset(files) if files else None)
    if result.verdict == "nothing" and not result.leftovers:
        raise _unknown(deps, name)
    answer = _answer(name, keep, result)
    title = f"remove {name}, keep it {answer['preservePath']}"
    plan = plans.new_plan(deps, "cleanup", title, result.edits, source.hashes(result.seen), answer)
    answer["planId"] = plan.plan_id if plan.edits else None
    if apply and plan.edits:
        answer.update(_apply(deps, plan, verify))
    answer["next"] = _next(deps, answer)
    answer["message"] = _message(answer, result)
    return answer


def _unknown(deps: Deps, name: str) -> UnknownFlag:
    from featureops.app import detect

    hint = detect.usages(deps, name).get("hint")
    return UnknownFlag(
        f"No file of {deps.workspace.root} names the flag {name!r}.",
        str(hint) if hint else "List the flags of this repository with `featureops detect` (tool detect_flag).",
    )


def _answer(name: str, keep: bool, result: CleanupResult) -> dict[str, Json]:
    return {
        "flagName": name,
        "preservePath": "enabled" if keep else "disabled",
        "planId": None,
        "applied": False,
        "verdict": result.verdict,
        "files": [_file(edit, result) for edit in result.edits],
        "leftovers": [_leftover(item) for item in result.leftovers],
        "diff": unified(result.edits),
    }


def _file(edit: FileEdit, result: CleanupResult) -> Json:
    insertions, deletions = stat(edit.before, edit.after)
    action = "deleted" if edit.after is None else "edited"
    reads, tests = result.reads.get(edit.path, 0), result.tests.get(edit.path, ())
    row: dict[str, Json] = {"path": edit.path, "action": action, "reads": reads}
    row.update(insertions=insertions, deletions=deletions)
    if tests:
        row["testsRemoved"] = list(tests)
    return row


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


def _message(answer: dict[str, Json], result: CleanupResult) -> str:
    if "verify" in answer and not answer["applied"]:
        return f"The command failed: the change was taken back. Flag {answer['flagName']} is still in the code."
    left = len(result.leftovers)
    tail = f" {left} place{'s are' if left != 1 else ' is'} left: see leftovers." if left else ""
    if not result.edits:
        return f"Nothing was folded.{tail}"
    reads = sum(result.reads.values())
    done = "Removed" if answer["applied"] else "Would remove"
    files = len(result.edits)
    tests = sum(len(names) for names in result.tests.values())
    counted_tests = f"{tests} test{'s' if tests != 1 else ''}"
    taken = f" With it {counted_tests} of the removed path: see testsRemoved." if tests else ""
    counted = f"{reads} read{'s' if reads != 1 else ''} in {files} file{'s' if files != 1 else ''}"
    return f"{done} {answer['flagName']}, kept {answer['preservePath']}: {counted}.{taken}{tail}"
