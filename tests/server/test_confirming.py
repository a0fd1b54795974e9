"""A write that the policy wants confirmed, on clients that can ask a person."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import anyio
import pytest
from mcp import Client
from mcp.client import ClientRequestContext
from mcp.types import CallToolResult, ElicitRequestParams, ElicitResult

from featureops.app.deps import Modes
from featureops.cli.compose import compose
from featureops.core.model import Json
from featureops.server.serving import build_server
from tests.server.talk import MODES, Mode, content, error_of, repository

TOGGLE: dict[str, Json] = {"featureName": "new-fee", "environment": "production", "enabled": True}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FEATUREOPS_STATE_DIR", str(tmp_path / "state"))
    return repository(tmp_path / "repo", {"featureops.toml": '[policy]\nconfirm = ["production"]\n'})


def toggled(
    root: Path, mode: Mode, action: Literal["accept", "decline", "cancel"], ticked: bool
) -> tuple[CallToolResult, bool, list[str]]:
    """The answer, whether production is on afterwards, and the questions that the person saw."""
    questions: list[str] = []

    async def person(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        del context
        questions.append(params.message)
        return ElicitResult(action=action, content={"confirm": ticked} if action == "accept" else None)

    async def main() -> tuple[CallToolResult, bool, list[str]]:
        server = build_server(lambda: compose(root, Modes()))
        async with Client(server, mode=mode, elicitation_callback=person) as client:
            created: dict[str, Json] = {"name": "new-fee", "type": "release", "description": "d"}
            content(await client.call_tool("create_flag", created))
            result = await client.call_tool("toggle_flag_environment", TOGGLE)
            state = await client.call_tool("get_flag_state", {"featureName": "new-fee", "environment": "production"})
        environments = content(state)["environments"]
        return result, '"enabled": True' in str(environments).replace("'", '"'), questions

    return anyio.run(main)


@pytest.mark.parametrize("mode", MODES)
def test_a_yes_lets_the_write_through_after_one_question(mode: Mode, root: Path) -> None:
    result, on, questions = toggled(root, mode, "accept", ticked=True)
    assert content(result)["enabled"] is True
    assert on
    assert len(questions) == 1
    assert '"new-fee" on in production' in questions[0]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("action", "ticked"), [("accept", False), ("decline", False), ("cancel", False)])
def test_anything_but_a_yes_is_final(
    action: Literal["accept", "decline", "cancel"], ticked: bool, mode: Mode, root: Path
) -> None:
    result, on, _ = toggled(root, mode, action, ticked)
    error = error_of(result)
    assert error["code"] == "DENIED"
    assert "Do not ask again" in error["hint"]
    assert not on
