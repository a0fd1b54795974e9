"""The verb that creates a flag: no second one for the same thing, with the tags and links that it should have, and off
in every environment. As `app.flags` in all else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import anyio.to_thread

from featureops.app.deps import Deps
from featureops.app.flagreads import links_of, project_of
from featureops.app.flagwrites import sentence
from featureops.app.gate import WriteOutcome, WriteRequest, write
from featureops.app.strategies import StrategyFields, set_flag_rollout
from featureops.core.detect.rank import ASK_USER, Known, Wanted, rank
from featureops.core.errors import BadArgument, Conflict, FeatureOpsError, UserFixable
from featureops.core.flagjson import flag_json, link_from_json, tag_from_json
from featureops.core.flagmeta import with_links, with_tags
from featureops.core.flagrules import checked_name, checked_type
from featureops.core.flagsearch import FlagQuery
from featureops.core.flagstate import did_you_mean
from featureops.core.model import Flag, FlagType, Json
from featureops.ports import FlagBackend

__all__ = ["FirstRollout", "create_flag"]

_Rows = Sequence[Mapping[str, Json]]
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_SHORTEST: Final = 4
_COMPARED: Final = 100
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class FirstRollout:
    """A rollout that is set as soon as the flag is there. The environment stays off."""

    environment: str
    percentage: float


async def create_flag(
    deps: Deps,
    *,
    name: str,
    type: str,
    description: str,
    project: str | None = None,
    impression_data: bool = False,
    tags: _Rows = (),
    links: _Rows = (),
    rollout: FirstRollout | None = None,
    force: bool = False,
    confirm: str | None = None,
) -> dict[str, Json]:
    """Off in every environment. Also: `feature` {name, project, type, description, impressionData, createdAt},
    `similar` (flags that may be for the same, in the backend or the code), `rollout` (what setting it answered).

    Errors also: Conflict (the name is taken, maybe by an archived flag; another spelling of it is, unless `force`)."""
    backend, where = deps.flags(), project_of(deps, project)
    kind = cast("FlagType", checked_type(type))
    plain = Flag(checked_name(name), where, kind, description, deps.clock(), impression_data)
    planned = with_links(with_tags(plain, map(tag_from_json, tags)), map(link_from_json, links))
    if rollout is not None:
        await _check_environment(backend, rollout.environment)
    similar, twin = await _similar(deps, planned)
    if twin and not force:
        raise Conflict(
            f'There is a flag "{twin}" already: "{name}" is another spelling of it.',
            "Use it as it is, or choose another name; force creates it all the same.",
        )
    request = WriteRequest("create", None, planned, confirm=confirm)
    outcome = await write(deps, request, lambda to: _made(to, planned, deps.modes.client))
    found = _answer(deps, outcome, similar)
    if rollout is None or outcome.status != "done":
        return found
    return found | {"rollout": await _rolled_out(deps, planned, rollout)}


async def _made(to: FlagBackend, planned: Flag, by: str) -> Flag:
    made = await to.create(
        planned.name, planned.project, planned.type, planned.description, planned.impression_data, by
    )
    if not planned.tags and not planned.links:
        return made
    try:
        return await to.update(made, replace(made, tags=planned.tags, links=planned.links), by)
    except UserFixable as error:
        raise error.__class__(f"The flag was created, off everywhere, but: {error.message}", error.hint) from error


def _answer(deps: Deps, outcome: WriteOutcome, similar: list[Json]) -> dict[str, Json]:
    flag, feature = outcome.after, flag_json(outcome.after, environments=False)
    says = f'create the {flag.type} flag "{flag.name}" in project {flag.project}, off in every environment'
    found: dict[str, Json] = {
        "success": True,
        "dryRun": outcome.status == "dry-run",
        "action": "create",
        "projectId": flag.project,
        "featureName": flag.name,
        "feature": feature,
        "links": links_of(deps.flags(), flag.project, flag.name),
        "before": None,
        "after": feature,
        "message": sentence(outcome, says),
    }
    if outcome.change_id is not None:
        found["changeId"] = outcome.change_id
    if similar:
        found["similar"] = similar
        found["hint"] = "Flags that look alike are in similar: if one is for the same thing, archive this and use it."
    return found


async def _rolled_out(deps: Deps, flag: Flag, rollout: FirstRollout) -> Json:
    """What setting the rollout answers. The flag is there already: what goes wrong is told in the answer."""
    fields = StrategyFields(percentage=rollout.percentage)
    try:
        return await set_flag_rollout(
            deps, name=flag.name, environment=rollout.environment, fields=fields, project=flag.project
        )
    except UserFixable as error:
        return {"success": False, "error": {"code": error.code, "message": error.message, "hint": error.hint}}


async def _check_environment(backend: FlagBackend, environment: str) -> None:
    known = await backend.environments()
    if environment not in known:
        raise BadArgument(f'There is no environment "{environment}".', did_you_mean(environment, known))


# ---------------------------------------------------------------- flags for the same


async def _similar(deps: Deps, planned: Flag) -> tuple[list[Json], str]:
    """Flags that look alike, best first, and the one in the backend whose name is the same but for its spelling."""
    text = f"{planned.name} {planned.description}"
    stored = await _stored(deps, planned)
    twin = next((flag.name for flag in stored if _spelt(flag.name) == _spelt(planned.name)), "")
    known = [Known(flag.name, flag.description) for flag in stored]
    rows: dict[str, Json] = {
        each.name: {"flagName": each.name, "score": each.score, "inBackend": True}
        for each in rank(Wanted(text), known)
        if each.score >= ASK_USER
    }
    for name, score, where in await anyio.to_thread.run_sync(_in_code, deps, text):
        if score >= ASK_USER and name != planned.name and name not in rows:
            rows[name] = {"flagName": name, "score": score, "inBackend": False, "location": where}
    return list(rows.values())[:_SHOWN], twin if twin != planned.name else ""


async def _stored(deps: Deps, planned: Flag) -> Sequence[Flag]:
    """Those that have a word of the name in common; none where the backend can't be searched just now."""
    words = [word for word in _WORD.findall(planned.name) if len(word) >= _SHORTEST]
    query = FlagQuery(planned.project, ",".join(words or [planned.name]), limit=_COMPARED)
    try:
        return (await deps.flags().search(query)).flags
    except BadArgument:
        raise
    except FeatureOpsError:
        return ()


def _in_code(deps: Deps, text: str) -> Sequence[tuple[str, float, str]]:
    from featureops.app.detect import rank_known

    try:
        return rank_known(deps, text)
    except FeatureOpsError:
        return ()


def _spelt(name: str) -> str:
    return re.sub(r"[-_.~]", "", name).casefold()
