"""What each tool takes: strict models whose JSON schema is what a client sees.

Names on the wire are camelCase. Nothing is coerced ("41" is not 41; `rows` has what is taken besides), an unknown
argument is an error, and a rejected value is never repeated: it is the caller's data and may be a secret.
"""

from __future__ import annotations

from typing import Annotated, Literal

from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase
from pydantic import BaseModel, ConfigDict, Field, JsonValue, WithJsonSchema
from pydantic.alias_generators import to_camel

from featureops.server import rows

__all__ = [
    "ApplyPlan",
    "ArchiveFlag",
    "Arguments",
    "CleanupFlag",
    "CreateFlag",
    "DetectFlag",
    "EvaluateChange",
    "FlagHealth",
    "GetFlagState",
    "ListFlags",
    "ListProjects",
    "LongAnswer",
    "PreviewExposure",
    "RemoveFlagStrategy",
    "ReviveFlag",
    "SetFlagRollout",
    "ToggleFlagEnvironment",
    "UndoChange",
    "UpdateFlag",
    "UpdateFlagStrategy",
    "UpdateFlagTags",
    "VariantArgument",
    "VariantPayload",
    "WrapChange",
]

_STRICT = ConfigDict(
    alias_generator=to_camel,
    extra="forbid",
    strict=True,
    frozen=True,
    hide_input_in_errors=True,
    validate_by_name=False,
    validate_by_alias=True,
)

# Lengths are generous for people and small enough that one call can't fill the memory.
_Key = Annotated[str, Field(min_length=1, max_length=256)]
_Name = Annotated[str, Field(min_length=1, max_length=100)]
_Path = Annotated[str, Field(min_length=1, max_length=4096)]
_Paths = Annotated[list[_Path], Field(max_length=1000)]
_Prose = Annotated[str, Field(max_length=20_000)]
_Code = Annotated[str, Field(max_length=500_000)]
_Token = Annotated[str, Field(max_length=500)]
_Force = Annotated[bool, Field(description="only after a person said so")]


_Tags = Annotated[list[rows.Tag], Field(max_length=50, description="{type, value}")]
_Links = Annotated[list[rows.Link], Field(max_length=10, description="{url, title}")]
_Type = Literal["release", "experiment", "operational", "kill-switch", "permission", "sunset"]
_CONSTRAINTS = "{contextName, operator, values or value, inverted, caseInsensitive}; [] clears"
# Checked in full; shown in the words that cost a model less than the nested schema.
_SHOWN_VARIANTS = WithJsonSchema(
    {
        "type": "array",
        "items": {"type": "object"},
        "description": "{name, weight (thousandths), weightType: variable|fix, stickiness,"
        " payload: {type: json|csv|string|number, value}}",
    }
)


class Arguments(ArgModelBase):
    """Base of all."""

    model_config = _STRICT


class LongAnswer(Arguments):
    """Of tools whose answer may be long: "detailed" asks for more than the usual length."""

    response_format: Literal["concise", "detailed"] = "concise"


class EvaluateChange(LongAnswer):
    description: _Prose | None = None
    base: Annotated[str, Field(max_length=300, description="default HEAD")] | None = None
    files: _Paths | None = None
    code_context: _Code | None = None
    risk_level: Literal["low", "medium", "high", "critical"] | None = None
    repository: _Path | None = None
    branch: _Name | None = None


class DetectFlag(LongAnswer):
    description: Annotated[_Prose, Field(description="what the change does, in words")] = ""
    flag_name: _Key | None = None
    files: _Paths | None = None
    code_context: _Code | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 5


class WrapChange(LongAnswer):
    flag_name: _Key
    path: _Path | None = None
    start_line: Annotated[int, Field(ge=1)] | None = None
    end_line: Annotated[int, Field(ge=1)] | None = None
    symbol: Annotated[_Name, Field(description="a function instead of lines")] | None = None
    off: Annotated[Literal["nothing", "keep", "raise"], Field(description="what runs when off")] = "nothing"
    nested: bool = False
    form: Literal["auto", "branch", "functions"] = "auto"
    from_diff: Annotated[bool, Field(description="wrap the uncommitted change")] | None = None
    base: Annotated[str, Field(max_length=300)] | None = None
    apply: bool = False
    language: _Name | None = None
    file_name: Annotated[_Path, Field(description="same as path")] | None = None
    code_context: _Code | None = None
    framework_hint: _Name | None = None


class CleanupFlag(LongAnswer):
    flag_name: _Key
    preserve_path: Annotated[Literal["enabled", "disabled"], Field(description="the branch that stays")] | None = None
    variant: _Name | None = None
    value: JsonValue = None
    files: _Paths | None = None
    apply: bool = False
    force: _Force = False
    verify: Annotated[bool, Field(description="run the configured tests; undo if they fail")] = False
    language: _Name | None = None


class ApplyPlan(Arguments):
    plan_id: _Name
    force: _Force = False
    verify: bool = False


class UndoChange(Arguments):
    change_id: Annotated[_Name, Field(description="default: the latest")] | None = None
    confirm: _Token | None = None


class FlagHealth(LongAnswer):
    flag_name: _Key | None = None


class CreateFlag(Arguments):
    name: _Name
    type: _Type
    description: Annotated[_Prose, Field(description="what it does, and until when")]
    project_id: _Name | None = None
    impression_data: bool = False
    tags: _Tags | None = None
    links: _Links | None = None
    environment: _Name | None = None
    rollout_percentage: Annotated[float, Field(ge=0, le=100, description="set at once in environment")] | None = None
    force: _Force = False
    confirm: _Token | None = None


class UpdateFlag(Arguments):
    feature_name: _Name
    description: _Prose | None = None
    type: _Name | None = None
    stale: bool | None = None
    impression_data: bool | None = None
    add_links: _Links | None = None
    remove_links: Annotated[list[_Path], Field(max_length=20, description="urls")] | None = None
    dependency: (
        Annotated[rows.Dependency, Field(description="parent: {feature, enabled, variants}; {} clears")] | None
    ) = None
    project_id: _Name | None = None
    confirm: _Token | None = None


class UpdateFlagTags(Arguments):
    feature_name: _Name
    add_tags: _Tags | None = None
    remove_tags: _Tags | None = None
    project_id: _Name | None = None
    confirm: _Token | None = None


class GetFlagState(Arguments):
    feature_name: _Name
    project_id: _Name | None = None
    environment: _Name | None = None


class VariantPayload(BaseModel):
    model_config = _STRICT

    type: Literal["json", "csv", "string", "number"]
    value: _Prose


class VariantArgument(BaseModel):
    model_config = _STRICT

    name: _Name
    weight: Annotated[int, Field(ge=0, le=1000, description="thousandths")]
    weight_type: Literal["variable", "fix"] = "variable"
    stickiness: _Name = "default"
    payload: VariantPayload | None = None


class _StrategyArguments(Arguments):
    group_id: _Name | None = None
    stickiness: _Name | None = None
    title: Annotated[str, Field(max_length=500)] | None = None
    disabled: bool | None = None
    segments: Annotated[list[rows.SegmentName], Field(max_length=20, description="names or ids; [] clears")] | None = (
        None
    )


class SetFlagRollout(_StrategyArguments):
    feature_name: _Name
    environment: _Name
    rollout_percentage: Annotated[float, Field(ge=0, le=100)]
    variants: Annotated[list[VariantArgument], Field(max_length=50), _SHOWN_VARIANTS] | None = None
    constraints: Annotated[list[rows.Constraint], Field(max_length=30, description=_CONSTRAINTS)] | None = None
    strategy_id: _Name | None = None
    project_id: _Name | None = None
    confirm: _Token | None = None


class UpdateFlagStrategy(_StrategyArguments):
    feature_name: _Name
    environment: _Name
    strategy_id: _Name
    rollout_percentage: Annotated[float, Field(ge=0, le=100)] | None = None
    variants: Annotated[list[rows.VariantRow], Field(max_length=50, description="as set_flag_rollout's")] | None = None
    constraints: Annotated[list[rows.Constraint], Field(max_length=30, description="as set_flag_rollout's")] | None = (
        None
    )
    project_id: _Name | None = None
    confirm: _Token | None = None


class PreviewExposure(Arguments):
    feature_name: _Name
    environment: _Name | None = None
    contexts: Annotated[list[rows.ContextRow], Field(max_length=1000)] | None = None
    users: Annotated[int, Field(ge=1, le=10_000)] = 1000
    rollout_percentage: Annotated[float, Field(ge=0, le=100)] | None = None
    enabled: bool | None = None
    strategy_id: _Name | None = None
    project_id: _Name | None = None


class ToggleFlagEnvironment(Arguments):
    feature_name: _Name
    environment: _Name
    enabled: bool
    project_id: _Name | None = None
    confirm: _Token | None = None


class RemoveFlagStrategy(Arguments):
    feature_name: _Name
    environment: _Name
    strategy_id: _Name
    project_id: _Name | None = None
    confirm: _Token | None = None


class ArchiveFlag(Arguments):
    feature_name: _Name
    project_id: _Name | None = None
    force: _Force = False
    confirm: _Token | None = None


class ReviveFlag(Arguments):
    feature_name: _Name
    project_id: _Name | None = None
    confirm: _Token | None = None


class ListFlags(Arguments):
    project_id: _Name | None = None
    query: Annotated[_Name, Field(description="part of name or description")] | None = None
    type: _Name | None = None
    state: Annotated[_Name, Field(description="production:enabled")] | None = None
    stale: bool | None = None
    tag: Annotated[_Name, Field(description="type:value")] | None = None
    segment: _Name | None = None
    lifecycle: Literal["initial", "pre-live", "live", "completed", "archived"] | None = None
    archived: bool = False
    keys_only: bool = False
    cursor: Annotated[_Name, Field(description="nextCursor")] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    order: Literal["asc", "desc"] = "asc"
    offset: Annotated[int, Field(ge=0)] = 0


class ListProjects(Arguments):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    order: Literal["asc", "desc"] = "desc"
    offset: Annotated[int, Field(ge=0)] = 0
