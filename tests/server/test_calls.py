"""Calling tools through the server object: strict arguments, teaching errors, plans that are written and taken back."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from mcp import Client

from featureops.app import plans
from featureops.app.deps import Deps, Modes
from featureops.cli.compose import compose
from featureops.core.errors import BadConfiguration
from featureops.core.model import FileEdit, Json
from featureops.server.serving import FeatureOpsServer, build_server
from tests.server.talk import MODES, Mode, call, content, error_of, repository, talk, text_of

WRITING = Modes()
OLD, NEW = "print('old')\n", "print('new')\n"


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> Mode:
    return "legacy" if request.param == "legacy" else "auto"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FEATUREOPS_STATE_DIR", str(tmp_path / "state"))
    return repository(tmp_path / "repo", {"app.py": OLD})


def server_of(root: Path, modes: Modes = WRITING) -> FeatureOpsServer:
    return build_server(lambda: compose(root, modes), read_only=modes.read_only)


def planned(root: Path) -> str:
    """The id of a saved plan that edits app.py."""
    deps = compose(root, Modes())
    edit = FileEdit("app.py", OLD.encode(), NEW.encode())
    return plans.new_plan(deps, "wrap", "Wrap it", [edit], {}, {"diff": "-old\n+new\n"}).plan_id


# ---------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("cleanup_flag", {}, "flagName is required"),
        ("cleanup_flag", {"flagName": 41}, "flagName: should be a text, in quotes"),
        ("detect_flag", {"limit": "41"}, "limit: should be a whole number, without quotes"),
        ("detect_flag", {"limit": True}, "limit: should be a whole number, without quotes"),
        ("detect_flag", {"limit": 0}, "limit: should be greater than or equal to 1"),
        ("cleanup_flag", {"flagName": "a", "apply": "yes"}, "apply: should be true or false, without quotes"),
        ("cleanup_flag", {"flagName": "a", "apply": 1}, "apply: should be true or false, without quotes"),
        ("cleanup_flag", {"flagName": "a", "preservePath": "on"}, "preservePath: should be 'enabled' or 'disabled'"),
        ("cleanup_flag", {"flagName": "a", "variant": 1}, "variant: should be a text, in quotes"),
        ("cleanup_flag", {"flagName": "a", "flagname": "b"}, 'flagname is not an argument (did you mean "flagName"?)'),
        ("apply_plan", {"plan_id": "x"}, 'plan_id is not an argument (did you mean "planId"?)'),
        (
            "set_flag_rollout",
            {"featureName": "a", "environment": "b", "rolloutPercentage": 101},
            "rolloutPercentage: should be less than or equal to 100",
        ),
        (
            "set_flag_rollout",
            {
                "featureName": "a",
                "environment": "b",
                "rolloutPercentage": 5,
                "variants": [{"name": "x", "weight": 1.5}],
            },
            "variants.0.weight: should be a whole number, without quotes",
        ),
        ("wrap_change", {"flagName": ""}, "flagName: String should have at least 1 character"),
    ],
)
def test_an_argument_that_does_not_fit_is_named_and_nothing_is_coerced(
    tool: str, arguments: dict[str, Json], said: str, mode: Mode, root: Path
) -> None:
    error = error_of(call(server_of(root), mode, tool, arguments))
    assert error["code"] == "BAD_ARGUMENT"
    assert said in error["message"]
    assert error["hint"].startswith("Arguments of this tool: ")


def test_a_rejected_value_is_never_repeated(mode: Mode, root: Path) -> None:
    arguments: dict[str, Json] = {"flagName": ["s3cret"], "preservePath": "s3cret", "apply": "s3cret"}
    result = call(server_of(root), mode, "cleanup_flag", arguments)
    assert result.is_error
    assert "s3cret" not in json.dumps(result.structured_content) + text_of(result)


def test_every_mistake_is_reported_at_once(mode: Mode, root: Path) -> None:
    message = error_of(call(server_of(root), mode, "cleanup_flag", {"apply": 1, "keep": "x"}))["message"]
    assert message.count(";") == 2


def test_a_list_sent_as_the_text_of_its_json_is_understood_and_other_text_is_left_alone(root: Path) -> None:
    answer = content(call(server_of(root), "auto", "cleanup_flag", {"flagName": "[1]", "files": '["a.py"]'}))
    assert answer["flagName"] == "[1]"
    assert answer["targetFiles"] == ["a.py"]


def test_code_that_looks_like_json_stays_text(root: Path) -> None:
    result = call(server_of(root), "auto", "wrap_change", {"flagName": "a", "codeContext": '{"a": 1}', "startLine": 3})
    assert "path" in error_of(result)["message"]


def test_an_unknown_tool_is_answered_with_the_nearest_and_all_names(mode: Mode, root: Path) -> None:
    error = error_of(call(server_of(root), mode, "clean_flag"))
    assert error["code"] == "UNKNOWN_TOOL"
    assert 'did you mean "cleanup_flag"?' in error["message"]
    assert "evaluate_change" in error["hint"]


# ---------------------------------------------------------------- endings


def test_a_plan_is_written_and_taken_back_byte_for_byte(mode: Mode, root: Path) -> None:
    plan = planned(root)
    server = server_of(root)
    applied = content(call(server, mode, "apply_plan", {"planId": plan}))
    assert applied["applied"] is True
    assert (root / "app.py").read_text() == NEW
    undone = content(call(server, mode, "undo_change", {"changeId": applied["changeId"]}))
    assert undone["undone"] is True
    assert (root / "app.py").read_text() == OLD


def test_a_file_that_moved_on_is_refused_and_stays(mode: Mode, root: Path) -> None:
    plan = planned(root)
    (root / "app.py").write_text("print('mine')\n")
    error = error_of(call(server_of(root), mode, "apply_plan", {"planId": plan}))
    assert error["code"] == "MOVED_ON"
    assert "app.py" in error["message"]
    assert (root / "app.py").read_text() == "print('mine')\n"


def test_a_dry_run_answers_and_writes_nothing(mode: Mode, root: Path) -> None:
    plan = planned(root)
    answer = content(call(server_of(root, Modes(dry_run=True)), mode, "apply_plan", {"planId": plan}))
    assert answer["applied"] is False
    assert (root / "app.py").read_text() == OLD


def test_a_writer_left_out_by_read_only_cannot_be_called(mode: Mode, root: Path) -> None:
    plan = planned(root)
    error = error_of(call(server_of(root, Modes(read_only=True)), mode, "apply_plan", {"planId": plan}))
    assert error["code"] == "UNKNOWN_TOOL"
    assert (root / "app.py").read_text() == OLD


def test_cleanup_asks_which_branch_stays(mode: Mode, root: Path) -> None:
    answer = content(call(server_of(root), mode, "cleanup_flag", {"flagName": "new-checkout", "files": ["app.py"]}))
    assert answer["requiresUserInput"] is True
    assert answer["flagName"] == "new-checkout"
    assert answer["targetFiles"] == ["app.py"]
    assert "Ask the user" in str(answer["nextStep"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"startLine": 3}, "needs path"),
        ({"path": "app.py", "endLine": 3}, "needs path and startLine"),
        ({"path": "app.py", "startLine": 3, "endLine": 2}, "endLine is before startLine"),
        ({"path": "app.py", "startLine": 1, "fromDiff": True}, "exclude each other"),
    ],
)
def test_half_a_range_of_lines_is_refused(arguments: dict[str, Json], said: str, root: Path) -> None:
    error = error_of(call(server_of(root), "auto", "wrap_change", {"flagName": "a", **arguments}))
    assert said in error["message"]
    assert error["hint"]


# ---------------------------------------------------------------- dependencies and faults


def test_the_dependencies_are_made_once_at_the_first_call(mode: Mode, root: Path) -> None:
    made: list[Deps] = []

    def factory() -> Deps:
        made.append(compose(root, Modes()))
        return made[-1]

    server = build_server(factory)

    async def conversation(client: Client) -> None:
        assert not made
        for _ in range(3):
            await client.call_tool("cleanup_flag", {"flagName": "a"})

    talk(server, mode, conversation)
    assert len(made) == 1


def test_a_broken_configuration_is_told_and_can_be_mended_without_a_restart(mode: Mode, root: Path) -> None:
    (root / "featureops.toml").write_text('[backend]\nkind = "embeded"\n')
    server = server_of(root)
    error = error_of(call(server, mode, "list_projects"))
    assert error["code"] == BadConfiguration.code
    assert "featureops.toml" in error["message"]
    (root / "featureops.toml").write_text('[backend]\nkind = "none"\n')
    assert error_of(call(server, mode, "get_flag_state", {"featureName": "a"}))["message"].startswith("No flag backend")


def test_the_unleash_backend_is_refused_with_words_while_it_has_no_token(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNLEASH_BASE_URL", "https://unleash.example.org")
    monkeypatch.delenv("UNLEASH_PAT", raising=False)
    error = error_of(call(server_of(root), "auto", "list_projects"))
    assert error["code"] == BadConfiguration.code
    assert "UNLEASH_PAT" in error["hint"]


def test_a_fault_of_ours_is_logged_with_an_id_and_its_text_stays_here(
    mode: Mode, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Deps:
        raise RuntimeError("password=hunter2")

    with caplog.at_level(logging.ERROR):
        result = call(build_server(broken), mode, "list_projects")
    error = error_of(result)
    assert error["code"] == "BUG"
    assert "hunter2" not in json.dumps(result.structured_content) + text_of(result)
    incident = error["hint"].rpartition("incident ")[2][:8]
    record = next(record for record in caplog.records if incident in record.getMessage())
    assert record.exc_info is not None
    assert "hunter2" in str(record.exc_info[1])


@pytest.mark.parametrize("ending", [SystemExit(3), KeyboardInterrupt()])
def test_a_tool_that_exits_does_not_take_the_server_with_it(ending: BaseException, mode: Mode, root: Path) -> None:
    server = server_of(root)

    @server.tool()
    async def leave() -> str:
        raise ending

    async def conversation(client: Client) -> None:
        first = await client.call_tool("leave", {})
        assert error_of(first)["code"] == "BUG"
        second = await client.call_tool("cleanup_flag", {"flagName": "a"})
        assert not second.is_error

    talk(server, mode, conversation)


def test_a_long_call_does_not_hold_up_another(mode: Mode, root: Path) -> None:
    entered, free = threading.Event(), threading.Event()

    def slow() -> Deps:
        entered.set()
        assert free.wait(10)
        return compose(root, Modes())

    async def conversation(client: Client) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "cleanup_flag", {"flagName": "a"})
            await anyio.to_thread.run_sync(entered.wait)
            assert (await client.list_tools()).tools
            free.set()

    talk(build_server(slow), mode, conversation)
