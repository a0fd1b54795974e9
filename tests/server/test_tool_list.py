"""What a model sees before it calls anything."""

from __future__ import annotations

import json
import re
from typing import cast

import pytest
from mcp import Client
from mcp.types import Tool

from featureops.app.deps import Deps
from featureops.server.serving import ALL_TOOLS, TOOLSETS, FeatureOpsServer, build_server
from featureops.server.spec import ToolSpec
from featureops.server.words import INSTRUCTIONS
from tests.server.talk import MODES, Mode, talk

SEED = {
    "create_flag": {"projectId", "name", "type", "description", "impressionData"},
    "evaluate_change": {"repository", "branch", "files", "description", "riskLevel", "codeContext"},
    "detect_flag": {"description", "files", "codeContext"},
    "wrap_change": {"flagName", "language", "fileName", "codeContext", "frameworkHint"},
    "cleanup_flag": {"flagName", "preservePath", "files", "language"},
    "set_flag_rollout": {
        "projectId",
        "featureName",
        "environment",
        "rolloutPercentage",
        "groupId",
        "stickiness",
        "title",
        "disabled",
        "variants",
    },
    "get_flag_state": {"projectId", "featureName", "environment"},
    "toggle_flag_environment": {"projectId", "featureName", "environment", "enabled"},
    "remove_flag_strategy": {"projectId", "featureName", "environment", "strategyId"},
}
NEW = {
    "flag_health",
    "apply_plan",
    "undo_change",
    "list_flags",
    "list_projects",
    "archive_flag",
    "revive_flag",
    "update_flag",
    "update_flag_strategy",
    "update_flag_tags",
    "preview_exposure",
}
WRITERS = {
    "create_flag",
    "set_flag_rollout",
    "toggle_flag_environment",
    "update_flag",
    "update_flag_strategy",
    "update_flag_tags",
    "remove_flag_strategy",
    "archive_flag",
    "revive_flag",
    "apply_plan",
    "undo_change",
}


def no_deps() -> Deps:
    raise AssertionError("listing tools must not need the dependencies")


def tools(server: FeatureOpsServer, mode: Mode = "auto") -> dict[str, Tool]:
    answer = talk(server, mode, lambda client: client.list_tools())
    return {tool.name: tool for tool in answer.tools}


@pytest.mark.parametrize("mode", MODES)
def test_all_tools_are_listed_without_any_dependency(mode: Mode) -> None:
    assert set(tools(build_server(no_deps), mode)) == set(SEED) | NEW


def test_the_nine_tools_of_the_unleash_server_keep_their_parameters() -> None:
    listed = tools(build_server(no_deps))
    for name, parameters in SEED.items():
        properties = cast("dict[str, object]", listed[name].input_schema["properties"])
        assert parameters <= set(properties), name


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("create_flag", ["name", "type", "description"]),
        ("set_flag_rollout", ["featureName", "environment", "rolloutPercentage"]),
        ("toggle_flag_environment", ["featureName", "environment", "enabled"]),
        ("remove_flag_strategy", ["featureName", "environment", "strategyId"]),
        ("wrap_change", ["flagName"]),
        ("cleanup_flag", ["flagName"]),
        ("get_flag_state", ["featureName"]),
    ],
)
def test_nothing_more_is_required_than_the_unleash_server_required(name: str, required: list[str]) -> None:
    assert tools(build_server(no_deps))[name].input_schema["required"] == required


def test_enumerations_are_those_of_the_unleash_server_and_the_new_flag_type() -> None:
    listed = tools(build_server(no_deps))
    properties = listed["create_flag"].input_schema["properties"]
    assert properties["type"]["enum"] == [
        "release",
        "experiment",
        "operational",
        "kill-switch",
        "permission",
        "sunset",
    ]
    assert listed["cleanup_flag"].input_schema["properties"]["preservePath"]["enum"] == ["enabled", "disabled"]


@pytest.mark.parametrize("mode", MODES)
def test_what_a_model_sees_of_all_tools_stays_within_16000_bytes(mode: Mode) -> None:
    seen = [
        {key: tool.model_dump(by_alias=True, mode="json", exclude_none=True)[key] for key in _SEEN}
        for tool in tools(build_server(no_deps), mode).values()
    ]
    assert len(json.dumps(seen, ensure_ascii=False).encode()) <= 16_000


_SEEN = ("name", "description", "inputSchema", "annotations")


@pytest.mark.parametrize("spec", ALL_TOOLS, ids=lambda spec: spec.name)
def test_a_description_is_short_and_begins_with_a_verb(spec: ToolSpec) -> None:
    assert 40 <= len(spec.description) <= 600
    assert re.match(r"[A-Z][a-z]+ ", spec.description)


@pytest.mark.parametrize("mode", MODES)
def test_every_tool_has_a_title_all_four_hints_and_an_output_schema(mode: Mode) -> None:
    for tool in tools(build_server(no_deps), mode).values():
        assert tool.title
        assert tool.output_schema
        assert tool.output_schema["type"] == "object"
        assert tool.annotations is not None
        hints = tool.annotations.model_dump(by_alias=True, exclude_none=True)
        assert set(hints) == {"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}


def test_input_schemas_are_closed_and_hold_no_references_or_unions() -> None:
    for tool in tools(build_server(no_deps)).values():
        assert tool.input_schema["additionalProperties"] is False
        assert not re.search(r'"(\$ref|\$defs|anyOf|oneOf|allOf|title)": ?["\[{]', _without_names(tool))


def _without_names(tool: Tool) -> str:
    # "title" is an argument of set_flag_rollout: its schema is an object, a schema's own title a string.
    return json.dumps(tool.input_schema).replace('"title": {', '"argument": {')


def test_the_order_of_the_list_never_changes() -> None:
    assert list(tools(build_server(no_deps))) == list(tools(build_server(no_deps)))


def test_read_only_leaves_out_writers_and_marks_previews_as_harmless() -> None:
    everything, reading = tools(build_server(no_deps)), tools(build_server(no_deps, read_only=True))
    assert set(everything) - set(reading) == WRITERS
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in reading.values())
    assert everything["cleanup_flag"].annotations is not None
    assert everything["cleanup_flag"].annotations.destructive_hint


@pytest.mark.parametrize("toolset", TOOLSETS)
def test_a_toolset_lists_only_its_own(toolset: str) -> None:
    listed = tools(build_server(no_deps, toolsets=[name for name in TOOLSETS if name == toolset]))
    own = {spec.name for spec in ALL_TOOLS if toolset in spec.toolsets}
    assert set(listed) == own
    assert own != {spec.name for spec in ALL_TOOLS}


@pytest.mark.parametrize("mode", MODES)
def test_the_instructions_teach_the_workflow_within_2000_characters(mode: Mode) -> None:
    async def told(client: Client) -> str | None:
        return client.instructions

    instructions = talk(build_server(no_deps), mode, told)
    assert instructions == INSTRUCTIONS
    assert len(INSTRUCTIONS) <= 2_000
    for step in ("evaluate_change", "detect_flag", "create_flag", "wrap_change", "cleanup_flag", "undo_change"):
        assert step in INSTRUCTIONS


def test_instructions_name_only_tools_that_exist() -> None:
    named = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", INSTRUCTIONS))
    assert named <= set(SEED) | NEW
