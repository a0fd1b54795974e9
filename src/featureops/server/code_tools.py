"""The tools that read and change code. A handler only translates: arguments in, use case, answer out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from featureops.app.deps import Deps
from featureops.core.errors import BadArgument
from featureops.server import schemas
from featureops.server.arguments import (
    ApplyPlan,
    CleanupFlag,
    DetectFlag,
    EvaluateChange,
    UndoChange,
    WrapChange,
)
from featureops.server.render import Result, brief
from featureops.server.spec import ToolSpec, tool
from featureops.server.worker import in_thread

if TYPE_CHECKING:
    from featureops.app.removal import Terms

__all__ = ["CODE_TOOLS"]


@tool(
    EvaluateChange,
    schemas.Evaluation,
    title="Assess a change",
    description="Assess the risk of the uncommitted code change and say whether it needs a feature flag: call it first,"
    " before committing risky work. Returns risk level, evidence with file and line, a flag to reuse or a suggested"
    " name, and the exact next calls.",
    toolsets=("code",),
    effect="reads",
)
async def evaluate_change(deps: Deps, given: EvaluateChange) -> Result:
    from featureops.app import evaluate

    return await in_thread(
        evaluate.evaluate,
        deps,
        base=given.base,
        files=tuple(given.files or ()),
        description=given.description or "",
        code_context=given.code_context or "",
        risk_level=given.risk_level,
    )


@tool(
    DetectFlag,
    schemas.Detection,
    title="Find flags in code",
    description="Find existing feature flags: before creating one, pass description for ranked flags to reuse; flagName"
    " for every usage of one with file and line; neither for an inventory of the code. A file as path:line also tells"
    " which flags guard that line.",
    toolsets=("code",),
    effect="reads",
)
async def detect_flag(deps: Deps, given: DetectFlag) -> Result:
    from featureops.app import detect

    places = [name for name in given.files or () if detect.has_lines(name)]
    guards = await in_thread(detect.guards, deps, places) if places else {}
    return {**await _detected(deps, given, bool(places)), **guards}


async def _detected(deps: Deps, given: DetectFlag, has_places: bool) -> Result:
    from featureops.app import detect

    if given.flag_name:
        return await in_thread(detect.usages, deps, given.flag_name)
    if not given.description:
        return {} if has_places else await in_thread(detect.inventory, deps)
    files, code = tuple(given.files or ()), given.code_context or ""
    return await detect.candidates(deps, given.description, files=files, code_context=code, limit=given.limit)


@tool(
    WrapChange,
    schemas.Wrapping,
    title="Wrap code in a flag",
    description="Put code behind a feature flag: guard, import, else branch. Default: the uncommitted change (of path,"
    " or all), the old code becoming the off branch; or path with startLine and endLine. Previews a diff and a planId;"
    " apply: true writes. In a clean tree it returns how this repository asks for a flag.",
    toolsets=("code",),
    effect="previews",
)
async def wrap_change(deps: Deps, given: WrapChange) -> Result:
    lines, idiom = _lines(given), await _wants_idiom(deps, given)
    from featureops.app import wrap

    if idiom:
        language, file_name, framework = given.language, given.file_name or given.path, given.framework_hint
        return await in_thread(
            wrap.idiom, deps, flag=given.flag_name, language=language, file_name=file_name, framework=framework
        )
    path = given.path or given.file_name
    paths = (path,) if path else ()
    verb = partial(wrap.wrap, off=given.off, nested=given.nested, form=given.form, base=given.base)
    return await in_thread(verb, deps, flag=given.flag_name, paths=paths, lines=lines, apply=given.apply)


def _lines(given: WrapChange) -> tuple[int, int] | str | None:
    """Errors: BadArgument for half a range, a range without a file, or a range together with fromDiff."""
    if given.symbol is not None:
        if given.start_line is not None or given.from_diff or not (given.path or given.file_name):
            raise BadArgument("symbol needs path, and neither lines nor fromDiff.", "Pass path and symbol together.")
        return given.symbol
    if given.start_line is None and given.end_line is None:
        return None
    if given.start_line is None or not (given.path or given.file_name):
        raise BadArgument("A range of lines needs path and startLine.", "Pass path, startLine and endLine together.")
    if given.from_diff:
        raise BadArgument("fromDiff and startLine exclude each other.", "Pass lines, or fromDiff for the change.")
    end = given.end_line or given.start_line
    if end < given.start_line:
        raise BadArgument("endLine is before startLine.", "Both count from 1 and both lines are wrapped.")
    return given.start_line, end


async def _wants_idiom(deps: Deps, given: WrapChange) -> bool:
    """Nothing to wrap was named: no lines, and no change that could be meant."""
    if _lines(given) or given.from_diff or given.apply:
        return False
    if given.from_diff is False or given.code_context:
        return True
    if not deps.changes.is_repository():
        return True
    return not await in_thread(deps.changes.changes, given.base)


@tool(
    CleanupFlag,
    schemas.Cleanup,
    title="Remove a flag from code",
    description="Remove a feature flag from the code: folds its conditions, deletes the dead branch and what only that"
    " used. Needs preservePath, or variant (a name), or value (of a string, number or object flag): ask the user what"
    " stays if unsure. Previews a diff, leftovers, a planId and readiness (what production serves); apply: true writes"
    " unless that is blocked.",
    toolsets=("code",),
    effect="previews",
)
async def cleanup_flag(deps: Deps, given: CleanupFlag) -> Result:
    from featureops.app import cleanup, removal

    keep, files = cleanup.fixing_of(given.preserve_path, given.variant, given.value), tuple(given.files or ())
    if keep is None:
        return _which_path(given)
    terms = _terms(deps, given, apply=given.apply)
    found = await removal.remove(deps, flag=given.flag_name, keep=keep, files=files, terms=terms)
    return brief(found, detailed=given.response_format == "detailed")


def _terms(deps: Deps, given: CleanupFlag | ApplyPlan, *, apply: bool) -> Terms:
    """A tool call names no command of its own, and no flag that the policy protects."""
    from featureops.app import removal

    verify = removal.configured_verify(deps) if given.verify else None
    return removal.Terms(apply=apply, force=given.force, verify=verify)


def _which_path(given: CleanupFlag) -> Result:
    question = f'Ask the user which branch of "{given.flag_name}" stays, then call again with preservePath.'
    return {
        "success": True,
        "requiresUserInput": True,
        "flagName": given.flag_name,
        "targetFiles": list(given.files or ()),
        "nextStep": question,
        "options": ["enabled", "disabled"],
        "hint": "flag_health tells which branch the backend serves today.",
    }


@tool(
    ApplyPlan,
    schemas.Applied,
    title="Apply a previewed plan",
    description="Write the edits of a plan that wrap_change or cleanup_flag previewed, exactly as shown. Refused when a"
    " file changed since. Returns a changeId for undo_change.",
    toolsets=("code",),
    effect="destroys",
)
async def apply_plan(deps: Deps, given: ApplyPlan) -> Result:
    from featureops.app import removal

    return brief(await removal.apply_plan(deps, given.plan_id, _terms(deps, given, apply=True)))


@tool(
    UndoChange,
    schemas.Undone,
    title="Undo an applied change",
    description="Take back (revert) the latest change, or changeId: of code, or of a flag in the backend (state,"
    " strategies, fields). Refused when the file or flag changed since.",
    toolsets=("code", "flags", "release"),
    effect="destroys",
)
async def undo_change(deps: Deps, given: UndoChange) -> Result:
    from featureops.app import undo

    return await undo.undo(deps, given.change_id, given.confirm)


CODE_TOOLS: tuple[ToolSpec, ...] = (evaluate_change, detect_flag, wrap_change, cleanup_flag, apply_plan, undo_change)
