"""The tools that read and change flags in the backend. Who may write is decided in `app.gate`, not here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from featureops.app.deps import Deps
from featureops.core.model import Json
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
    UpdateFlagStrategy,
)
from featureops.server.render import Result
from featureops.server.spec import ToolSpec, tool

if TYPE_CHECKING:
    from featureops.app.strategies import StrategyFields

__all__ = ["FLAG_TOOLS"]


@tool(
    CreateFlag,
    schemas.FlagCreated,
    title="Create a flag",
    description="Create a feature flag in the backend, off in every environment. Use detect_flag first to avoid a"
    " duplicate. Types: release (ship gradually), experiment, operational, kill-switch, permission, sunset.",
    toolsets=("flags",),
    effect="writes",
)
async def create_flag(deps: Deps, given: CreateFlag) -> Result:
    from featureops.app import flags

    return await flags.create_flag(
        deps,
        name=given.name,
        type=given.type,
        description=given.description,
        project=given.project_id,
        impression_data=given.impression_data,
        confirm=given.confirm,
    )


@tool(
    GetFlagState,
    schemas.FlagState,
    title="Get the state of a flag",
    description="Get the state of a feature flag: on or off per environment, rollout strategies with their ids,"
    " variants, type, age and last use.",
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
    " variants). Adds or updates its flexibleRollout strategy; the environment must be on to serve it"
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
    description="Change only the named fields of one rollout strategy of a feature flag: percentage, stickiness,"
    " constraints, variants, title, disabled. Get strategyId from get_flag_state.",
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
    " after a proposed rolloutPercentage or enabled. Writes nothing.",
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
    description="Turn a feature flag on or off (enable, disable, kill) in one environment. Turning off takes effect for"
    " everybody at once; a first turn-on without a strategy serves it to 100 %.",
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
    " Refused while this code still reads it or other flags depend on it. revive_flag brings it back.",
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
    description="List the feature flags of a project in the backend, by name. Page with limit and offset.",
    toolsets=("flags",),
    effect="reads",
)
async def list_flags(deps: Deps, given: ListFlags) -> Result:
    from featureops.app import flags

    paging = given.model_dump(include={"limit", "order", "offset"})
    return await flags.list_flags(deps, project=given.project_id, archived=given.archived, **paging)


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
    " archived but still read. Joins code and backend; each flag has evidence and the exact next call. All flags, or"
    " flagName.",
    toolsets=("code", "flags"),
    effect="reads",
)
async def flag_health(deps: Deps, given: FlagHealth) -> Result:
    from featureops.app import health

    return await health.health(deps, flag=given.flag_name)


FLAG_TOOLS: tuple[ToolSpec, ...] = (
    create_flag,
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
