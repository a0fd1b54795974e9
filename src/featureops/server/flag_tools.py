"""The tools that read and change flags in the backend. Who may write is decided in `app.gate`, not here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from featureops.app.deps import Deps
from featureops.core.errors import BadArgument
from featureops.core.flagsearch import FlagQuery
from featureops.core.model import Json, Tag
from featureops.server import schemas
from featureops.server.arguments import (
    ArchiveFlag,
    CreateFlag,
    FlagHealth,
    GetFlagState,
    ListFlags,
    ListProjects,
    PreviewExposure,
    RemoveFlagStrategy,
    ReviveFlag,
    SetFlagRollout,
    ToggleFlagEnvironment,
    UpdateFlag,
    UpdateFlagStrategy,
    UpdateFlagTags,
)
from featureops.server.render import Result
from featureops.server.spec import ToolSpec, tool

if TYPE_CHECKING:
    from featureops.app.creating import FirstRollout
    from featureops.app.strategies import StrategyFields

__all__ = ["FLAG_TOOLS"]


@tool(
    CreateFlag,
    schemas.FlagCreated,
    title="Create a flag",
    description="Create a feature flag in the backend, off in every environment. Use detect_flag first to avoid a"
    " duplicate.",
    toolsets=("flags",),
    effect="writes",
)
async def create_flag(deps: Deps, given: CreateFlag) -> Result:
    from featureops.app import flags

    own = given.model_dump(include={"name", "type", "description", "impression_data", "force", "confirm"})
    return await flags.create_flag(
        deps,
        project=given.project_id,
        tags=given.tags or (),
        links=given.links or (),
        rollout=_first_rollout(given),
        **own,
    )


def _first_rollout(given: CreateFlag) -> FirstRollout | None:
    from featureops.app.creating import FirstRollout

    if (given.environment is None) is not (given.rollout_percentage is None):
        raise BadArgument("A first rollout needs environment and rolloutPercentage.", "Pass both, or neither.")
    if given.environment is None or given.rollout_percentage is None:
        return None
    return FirstRollout(given.environment, given.rollout_percentage)


@tool(
    UpdateFlag,
    schemas.FlagUpdated,
    title="Update a flag",
    description="Change only the named fields of a feature flag in the backend.",
    toolsets=("flags",),
    effect="writes",
    idempotent=True,
)
async def update_flag(deps: Deps, given: UpdateFlag) -> Result:
    from featureops.app import metadata

    own = given.model_dump(exclude={"feature_name", "project_id", "confirm"})
    return await metadata.update_flag(
        deps,
        name=given.feature_name,
        fields=metadata.FlagFields(**own),
        project=given.project_id,
        confirm=given.confirm,
    )


@tool(
    UpdateFlagTags,
    schemas.FlagTagged,
    title="Update the tags of a flag",
    description="Add and remove tags of a feature flag; the others stay.",
    toolsets=("flags",),
    effect="writes",
    idempotent=True,
)
async def update_flag_tags(deps: Deps, given: UpdateFlagTags) -> Result:
    from featureops.app import metadata

    return await metadata.update_flag_tags(
        deps,
        name=given.feature_name,
        add=given.add_tags or (),
        remove=given.remove_tags or (),
        project=given.project_id,
        confirm=given.confirm,
    )


@tool(
    GetFlagState,
    schemas.FlagState,
    title="Get the state of a flag",
    description="Get the state of a feature flag: on or off per environment, strategies with their ids, variants, type,"
    " tags, links, age and last use.",
    toolsets=("flags", "release"),
    effect="reads",
)
async def get_flag_state(deps: Deps, given: GetFlagState) -> Result:
    from featureops.app import flags

    return await flags.get_flag_state(
        deps, name=given.feature_name, project=given.project_id, environment=given.environment
    )


@tool(
    SetFlagRollout,
    schemas.RolloutSet,
    title="Set a rollout",
    description="Set the rollout percentage of a feature flag in one environment (gradual release, canary, A/B"
    " variants). Adds or updates its flexibleRollout strategy; serves once the environment is on"
    " (toggle_flag_environment).",
    toolsets=("release",),
    effect="writes",
    idempotent=True,
)
async def set_flag_rollout(deps: Deps, given: SetFlagRollout) -> Result:
    from featureops.app import strategies

    return await strategies.set_flag_rollout(
        deps,
        name=given.feature_name,
        environment=given.environment,
        fields=_fields(given),
        strategy_id=given.strategy_id,
        project=given.project_id,
        confirm=given.confirm,
    )


@tool(
    UpdateFlagStrategy,
    schemas.StrategyUpdated,
    title="Update a strategy",
    description="Change only the named fields of one rollout strategy of a feature flag. Get strategyId from"
    " get_flag_state.",
    toolsets=("release",),
    effect="writes",
    idempotent=True,
)
async def update_flag_strategy(deps: Deps, given: UpdateFlagStrategy) -> Result:
    from featureops.app import strategies

    return await strategies.update_flag_strategy(
        deps,
        name=given.feature_name,
        environment=given.environment,
        strategy_id=given.strategy_id,
        fields=_fields(given),
        project=given.project_id,
        confirm=given.confirm,
    )


@tool(
    PreviewExposure,
    schemas.Exposure,
    title="Preview exposure",
    description="Who gets a feature flag per environment, and why: for given contexts or a sample of users, now and"
    " after a proposed rolloutPercentage or enabled.",
    toolsets=("release",),
    effect="reads",
)
async def preview_exposure(deps: Deps, given: PreviewExposure) -> Result:
    from featureops.app import exposure
    from featureops.app.strategies import StrategyFields

    own = given.model_dump(include={"environment", "contexts", "users", "enabled", "strategy_id"})
    fields = StrategyFields(percentage=given.rollout_percentage)
    return await exposure.preview_exposure(
        deps, name=given.feature_name, project=given.project_id, fields=fields, **own
    )


def _fields(given: SetFlagRollout | UpdateFlagStrategy) -> StrategyFields:
    from featureops.app.strategies import StrategyFields

    return StrategyFields(
        percentage=given.rollout_percentage,
        group_id=given.group_id,
        stickiness=given.stickiness,
        title=given.title,
        disabled=given.disabled,
        variants=_variants(given),
        constraints=cast("Sequence[dict[str, Json]] | None", given.constraints),
        segments=given.segments,
    )


def _variants(given: SetFlagRollout | UpdateFlagStrategy) -> Sequence[dict[str, Json]] | None:
    if given.variants is None:
        return None
    rows = given.model_dump(mode="json", by_alias=True, exclude_none=True)["variants"]
    return cast("Sequence[dict[str, Json]]", rows)


@tool(
    ToggleFlagEnvironment,
    schemas.EnvironmentToggled,
    title="Turn a flag on or off",
    description="Turn a feature flag on or off (enable, disable, kill) in one environment, for everybody at once. A"
    " first turn-on without a strategy serves 100 %.",
    toolsets=("release",),
    effect="writes",
    idempotent=True,
)
async def toggle_flag_environment(deps: Deps, given: ToggleFlagEnvironment) -> Result:
    from featureops.app import flags

    return await flags.toggle_flag_environment(
        deps,
        name=given.feature_name,
        environment=given.environment,
        enabled=given.enabled,
        project=given.project_id,
        confirm=given.confirm,
    )


@tool(
    RemoveFlagStrategy,
    schemas.StrategyRemoved,
    title="Remove a strategy",
    description="Remove one rollout strategy of a feature flag in one environment. Get strategyId from get_flag_state."
    " Removing the last one turns the environment off.",
    toolsets=("release",),
    effect="destroys",
)
async def remove_flag_strategy(deps: Deps, given: RemoveFlagStrategy) -> Result:
    from featureops.app import strategies

    return await strategies.remove_flag_strategy(
        deps,
        name=given.feature_name,
        environment=given.environment,
        strategy_id=given.strategy_id,
        project=given.project_id,
        confirm=given.confirm,
    )


@tool(
    ArchiveFlag,
    schemas.FlagMoved,
    title="Archive a flag",
    description="Archive (retire) a feature flag that is out of the code: off everywhere, its name stays taken."
    " Refused while this code still reads it or other flags depend on it.",
    toolsets=("flags",),
    effect="destroys",
    idempotent=True,
)
async def archive_flag(deps: Deps, given: ArchiveFlag) -> Result:
    from featureops.app import flags

    return await flags.archive_flag(
        deps, name=given.feature_name, project=given.project_id, force=given.force, confirm=given.confirm
    )


@tool(
    ReviveFlag,
    schemas.FlagMoved,
    title="Revive a flag",
    description="Bring an archived feature flag back, off in every environment.",
    toolsets=("flags",),
    effect="writes",
    idempotent=True,
)
async def revive_flag(deps: Deps, given: ReviveFlag) -> Result:
    from featureops.app import flags

    return await flags.revive_flag(deps, name=given.feature_name, project=given.project_id, confirm=given.confirm)


@tool(
    ListFlags,
    schemas.FlagList,
    title="List flags",
    description="List or search the feature flags of a project in the backend, by name. Page with cursor.",
    toolsets=("flags",),
    effect="reads",
)
async def list_flags(deps: Deps, given: ListFlags) -> Result:
    from featureops.app import flags

    return await flags.list_flags(deps, query=_query(deps, given), cursor=given.cursor, keys_only=given.keys_only)


def _query(deps: Deps, given: ListFlags) -> FlagQuery:
    from featureops.app.flagreads import project_of

    kind, _, value = (given.tag or "").partition(":")
    return FlagQuery(
        project_of(deps, given.project_id),
        given.query or "",
        (given.type,) if given.type else (),
        given.state or "",
        given.stale,
        (Tag(kind, value) if value else Tag("simple", kind),) if given.tag else (),
        given.segment or "",
        given.lifecycle or "",
        given.archived,
        given.order,
        given.limit,
        given.offset,
    )


@tool(
    ListProjects,
    schemas.ProjectList,
    title="List projects",
    description="List the projects of the feature flag backend.",
    toolsets=("flags",),
    effect="reads",
)
async def list_projects(deps: Deps, given: ListProjects) -> Result:
    from featureops.app import flags

    return await flags.list_projects(deps, limit=given.limit, order=given.order, offset=given.offset)


@tool(
    FlagHealth,
    schemas.Health,
    title="Flag health",
    description="Check the health of feature flags: stale, ready to clean up, in code only, in the backend only,"
    " archived but still read. Each has evidence and the exact next call.",
    toolsets=("code", "flags"),
    effect="reads",
)
async def flag_health(deps: Deps, given: FlagHealth) -> Result:
    from featureops.app import health

    return await health.health(deps, flag=given.flag_name)


FLAG_TOOLS: tuple[ToolSpec, ...] = (
    create_flag,
    update_flag,
    update_flag_tags,
    get_flag_state,
    list_flags,
    list_projects,
    flag_health,
    set_flag_rollout,
    toggle_flag_environment,
    update_flag_strategy,
    remove_flag_strategy,
    preview_exposure,
    archive_flag,
    revive_flag,
)
