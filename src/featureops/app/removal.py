"""The cleanup verb as a whole: the plan, what the backend says to it, writing it, checking it, taking it back.

Whatever applies a plan that removes a flag passes here, so the backend is asked before each.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

import anyio
import anyio.to_thread

from featureops import __version__
from featureops.app import plans
from featureops.app.cleanup import planned, refuse_protected
from featureops.app.deps import Deps
from featureops.app.readiness import ask
from featureops.core.certificate import Check, certificate, checksum
from featureops.core.errors import BadArgument, BadConfiguration, Denied, UserFixable
from featureops.core.fixing import Fixing
from featureops.core.model import Json, Plan
from featureops.core.readiness import Readiness, readiness_json

__all__ = ["Terms", "Verify", "apply_plan", "configured_verify", "reads_left", "remove", "remove_with"]

_logger = logging.getLogger(__name__)
_T = TypeVar("_T")

_SHOWN_OUTPUT: Final = 2000
_PARSES: Final = Check(
    "syntax", True, "every changed file parses with no new error, and every name that it uses has its definition"
)


@dataclass(frozen=True, slots=True)
class Verify:
    """A command of the project, run in its root after writing, and how many seconds it may take."""

    command: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Terms:
    """`apply` writes. `force` does so although the backend speaks against it, `unprotect` although the policy protects
    the flag. `verify` takes the change back when it fails."""

    apply: bool = False
    force: bool = False
    unprotect: bool = False
    verify: Verify | None = None


_PREVIEW: Final = Terms()


def configured_verify(deps: Deps) -> Verify:
    """The command that a tool call may run: the one of featureops.toml, where the person who started the server allowed
    it. Errors: Denied (not allowed), BadConfiguration (there is none)."""
    if not deps.modes.run_verify:
        raise Denied(
            "This server was not started with permission to run the project's tests.",
            "Leave verify out and run them yourself; a person can start the server with --allow-verify.",
        )
    if deps.config.cleanup.verify is None:
        raise BadConfiguration(
            "featureops.toml names no command that verifies a cleanup.",
            'Leave verify out, or a person adds verify = "make test" under [cleanup] in featureops.toml.',
        )
    return Verify(deps.config.cleanup.verify, deps.config.cleanup.verify_timeout)


async def remove(
    deps: Deps, *, flag: str, keep: bool | Fixing, files: Sequence[str] = (), terms: Terms = _PREVIEW
) -> dict[str, Json]:
    """Remove a flag that stays on or off, or gives a variant or a value for good: the object of design section 3.2,
    with `readiness` (`core.readiness`), `certificate` (`core.certificate`), `next` and `message`; once applied also
    `changeId`, `readsLeft` (in the code as it is now), `verify` {"command", "exitCode", "output"} and `forced`.

    Where the readiness is blocked and `force` is not given, nothing is written and the verdict is refused. Errors:
    those of `cleanup.planned` and `plans.apply`, BadArgument (`verify` without `apply`).
    """
    _check(deps, terms)
    plan, answer = await _thread(
        partial(planned, deps, flag=flag, keep=keep, files=files, unprotect=terms.unprotect), may_leave=True
    )
    return await _finished(deps, plan, answer, terms)


def remove_with(deps: Deps, *, flag: str, keep: bool | Fixing, terms: Terms) -> Awaitable[dict[str, Json]]:
    """`remove`, whose plan is made before this returns: while there is no event loop and so no other thread, several
    processes can work on it."""
    _check(deps, terms)
    plan, answer = planned(deps, flag=flag, keep=keep, unprotect=terms.unprotect)
    return _finished(deps, plan, answer, terms)


async def apply_plan(deps: Deps, plan_id: str, terms: Terms = _PREVIEW) -> dict[str, Json]:
    """Apply a saved plan: the result of `plans.apply`; for one that removes a flag also what `remove` adds.

    Errors: those of `plans.apply_plan`, Denied (the policy protects the flag).
    """
    plans.refuse_when_read_only(deps, "apply a plan")
    plan = await _thread(partial(deps.journal.load, plan_id))
    if plan.verb != "cleanup":
        return await _thread(partial(plans.apply, deps, plan))
    refuse_protected(deps, str(plan.result.get("flagName")), unprotect=terms.unprotect)
    answer: dict[str, Json] = {**plan.result, "planId": plan.plan_id, "changeId": None}
    done = await _finished(deps, plan, answer, Terms(True, terms.force, terms.unprotect, terms.verify))
    return {key: value for key, value in done.items() if key != "diff"}


def reads_left(deps: Deps, flag: str) -> list[Json]:
    """The places ("path:line") of this code that still ask for a flag. Tests and mentions are no reads."""
    from featureops.app import detect

    rows = detect.usages(deps, flag)["usages"]
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [f"{row['path']}:{row['line']}" for row in found if row.get("kind") in {"read", "wrapper"}]


def _check(deps: Deps, terms: Terms) -> None:
    if terms.apply:
        plans.refuse_when_read_only(deps, "apply a plan")
    if terms.verify is None:
        return
    if not terms.apply:
        raise BadArgument("Verifying needs a written change.", "The command runs on the applied change; add apply.")
    if deps.runner is None:
        raise BadConfiguration("Nothing here can run commands.", "Use the command line for --verify.")


async def _finished(deps: Deps, plan: Plan, answer: dict[str, Json], terms: Terms) -> dict[str, Json]:
    ready = await ask(deps, str(answer["flagName"]), str(answer["preservePath"]))
    answer["readiness"] = readiness_json(ready)
    blocked = ready.verdict == "blocked" and not terms.force
    if plan.edits and terms.apply and blocked:
        answer["verdict"] = "refused"
    elif plan.edits and terms.apply:
        answer |= {"forced": True} if ready.verdict == "blocked" else {}
        answer |= await _written(deps, plan, terms)
    checks = [_PARSES] if plan.edits else []
    if answer.get("applied"):
        left = await _thread(partial(reads_left, deps, str(answer["flagName"])), may_leave=True)
        answer["readsLeft"] = left
        checks += [_no_read(left), await _thread(partial(_as_planned, deps, plan))]
    checks.append(_passed(answer))
    answer["certificate"] = certificate(plan, answer, checks, __version__)
    answer["next"] = _next(answer, ready, blocked=blocked)
    answer["message"] = _message(answer, ready, blocked=blocked and terms.apply)
    return answer


async def _written(deps: Deps, plan: Plan, terms: Terms) -> dict[str, Json]:
    """Write, run the command, take back what it does not pass. Whoever cancels this has it taken back as well."""
    kept = terms.verify is None
    done: dict[str, Json] = {}
    try:
        # A write is not left half way: whether it happened must be known.
        outcome = await _thread(partial(plans.apply, deps, plan))
        done = {"applied": outcome["applied"], "changeId": outcome["changeId"]}
        if terms.verify is not None and deps.runner is not None and outcome["applied"]:
            code, output = await deps.runner.run(terms.verify.command, deps.workspace.root, terms.verify.seconds)
            verified: Json = {
                "command": terms.verify.command,
                "exitCode": code,
                "output": output[-_SHOWN_OUTPUT:],
            }
            done["verify"] = verified
            kept = code == 0
    except anyio.get_cancelled_exc_class():
        if not kept and done.get("applied"):
            _logger.warning("Interrupted: %s", (await _taken_back(deps, done))["message"])
        raise
    if not kept and done.get("applied"):
        done |= await _taken_back(deps, done)
    return done


async def _taken_back(deps: Deps, done: Mapping[str, Json]) -> dict[str, Json]:
    try:
        await _thread(partial(plans.undo, deps, str(done["changeId"])))
    except UserFixable as error:
        said = f"The change is still there: it can't be taken back. {error.message} {error.hint}".strip()
        return {"verdict": "refused", "message": said}
    return {"applied": False, "verdict": "refused", "message": "The change was taken back."}


async def _thread(work: Callable[[], _T], *, may_leave: bool = False) -> _T:
    """In a worker thread. What only reads may be left behind by a cancelled caller, a write may not."""
    if may_leave:
        return await anyio.to_thread.run_sync(work, abandon_on_cancel=True)
    done: list[_T] = []
    with anyio.CancelScope(shield=True):
        done.append(await anyio.to_thread.run_sync(work))
    return done[0]


def _no_read(left: Sequence[Json]) -> Check:
    return Check("no read left", not left, f"{len(left)} left: {', '.join(map(str, left[:5]))}" if left else "")


def _as_planned(deps: Deps, plan: Plan) -> Check:
    """Whether the files hold what was planned, also after the project's command ran."""
    moved = [edit.path for edit in plan.edits if _hash(deps, edit.path) != (edit.after and checksum(edit.after))]
    name = "files are as planned"
    return Check(name, not moved, f"changed since: {', '.join(moved[:5])}" if moved else "")


def _hash(deps: Deps, path: str) -> str | None:
    try:
        return checksum(deps.workspace.read(path))
    except UserFixable:
        return None


def _passed(answer: Mapping[str, Json]) -> Check:
    ran = answer.get("verify")
    if not isinstance(ran, dict):
        return Check("the project's own tests", None)
    return Check("the project's own tests", ran["exitCode"] == 0, f"{ran['command']}: exit code {ran['exitCode']}")


def _next(answer: Mapping[str, Json], ready: Readiness, *, blocked: bool) -> list[Json]:
    name = answer["flagName"]
    if not answer["applied"]:
        if answer["planId"] is None or "verify" in answer:
            return []
        if blocked:
            return [{"tool": "get_flag_state", "arguments": {"featureName": name}}] if ready.flag else []
        return [{"tool": "apply_plan", "arguments": {"planId": answer["planId"]}}]
    if answer["verdict"] == "refused":
        return []
    if answer["readsLeft"]:
        return [{"tool": "detect_flag", "arguments": {"flagName": name}}]
    if ready.flag is None or ready.flag.archived or ready.flag.children:
        return []
    why = "No read is left in this code. Archive it once every running version is without it."
    return [{"tool": "archive_flag", "arguments": {"featureName": name}, "reason": why}]


def _message(answer: Mapping[str, Json], ready: Readiness, *, blocked: bool) -> str:
    name, kept = answer["flagName"], _kept(answer)
    if blocked and not answer["applied"]:
        why = " ".join(reason.text for reason in ready.reasons if reason.level == "blocked")
        return f"Nothing was written, {name} is not ready to leave the code. {why} Only a person may force it."
    ran = answer.get("verify")
    if isinstance(ran, dict) and ran["exitCode"] != 0:
        return f"The command failed with exit code {ran['exitCode']}. {answer['message']}"
    left = _length(answer["leftovers"])
    tail = f" {left} place{'s are' if left != 1 else ' is'} left: see leftovers." if left else ""
    if not _length(answer["files"]):
        return f"Nothing was folded.{tail}"
    done = "Removed" if answer["applied"] else "Would remove"
    return f"{done} {name}, kept {kept}: {_counted(answer['files'])}.{tail}"


def _counted(files: Json) -> str:
    rows = [row for row in files if isinstance(row, dict)] if isinstance(files, list) else []
    reads = sum(count for row in rows if isinstance(count := row.get("reads"), int))
    plural = "" if len(rows) == 1 else "s"
    tests = sum(_length(row.get("testsRemoved")) for row in rows)
    taken = f", with {tests} test{'' if tests == 1 else 's'} of the removed path (testsRemoved)" if tests else ""
    return f"{reads} read{'' if reads == 1 else 's'} in {len(rows)} file{plural}{taken}"


def _length(value: Json) -> int:
    return len(value) if isinstance(value, list) else 0


def _kept(answer: Mapping[str, Json]) -> str:
    """What stays, in words."""
    if "variant" in answer:
        return f"variant {answer['variant']}"
    if "value" in answer:
        return f"value {json.dumps(answer['value'], ensure_ascii=False)[:60]}"
    return str(answer["preservePath"])
