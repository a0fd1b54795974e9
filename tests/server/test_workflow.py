"""The whole workflow as an assistant goes through it, on a real repository, in both eras.

Every answer passes its published output schema: the client checks it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import anyio
import pytest
from mcp import Client
from mcp.types import Implementation

from featureops.app.deps import Modes
from featureops.cli.compose import compose, shipped_guidance
from featureops.core.model import Json
from featureops.server.serving import FeatureOpsServer, build_server
from tests.server.talk import MODES, Mode, call, content, error_of, repository, talk

FLAGS = """from UnleashClient import UnleashClient

client = UnleashClient(url="http://127.0.0.1/api", app_name="shop")
"""
OLD = """from shop.flags import client


def receipt(order):
    if client.is_enabled("new-receipt"):
        return f"Receipt for {order}"
    return "receipt"


def pay(order, amount):
    print("paying", order)
    fee = amount * 0.02
    charge(order, amount + fee)
    return "paid"


def charge(order, total):
    print("charging", order, total)
"""
NEW = OLD.replace("    fee = amount * 0.02\n", "    fee = amount * 0.03 + 1\n    authorize(order)\n")


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> Mode:
    return "legacy" if request.param == "legacy" else "auto"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FEATUREOPS_STATE_DIR", str(tmp_path / "state"))
    return repository(tmp_path / "repo", {"shop/flags.py": FLAGS, "shop/pay.py": OLD})


def server_of(root: Path) -> FeatureOpsServer:
    return build_server(lambda: compose(root, Modes()), guidance=shipped_guidance())


def rows(value: Json) -> list[dict[str, Json]]:
    return cast("list[dict[str, Json]]", value)


def test_a_change_goes_behind_a_flag_is_released_and_the_flag_goes_again(mode: Mode, root: Path) -> None:
    pay = root / "shop" / "pay.py"
    pay.write_text(NEW)

    async def conversation(client: Client) -> None:
        async def done(tool: str, **arguments: Json) -> dict[str, Json]:
            return content(await client.call_tool(tool, arguments))

        assessed = await done("evaluate_change")
        assert assessed["needsFlag"] is True
        assert [step["tool"] for step in rows(assessed["next"])][:2] == ["create_flag", "wrap_change"]

        found = await done("detect_flag", description="payment fee and authorization")
        assert "recommendation" in found
        await done("create_flag", name="new-fee", type="release", description="The new fee")

        preview = await done("wrap_change", flagName="new-fee")
        assert preview["applied"] is False
        assert pay.read_text() == NEW
        await done("apply_plan", planId=preview["planId"])
        wrapped = pay.read_text()
        assert 'client.is_enabled("new-fee")' in wrapped
        assert "0.02" in wrapped
        assert "0.03" in wrapped

        usages = rows((await done("detect_flag", flagName="new-fee"))["usages"])
        assert [usage["path"] for usage in usages] == ["shop/pay.py"]

        on = await done("toggle_flag_environment", featureName="new-fee", environment="production", enabled=True)
        assert on["enabled"] is True
        for percentage in (25, 100):
            await done(
                "set_flag_rollout", featureName="new-fee", environment="production", rolloutPercentage=percentage
            )
        state = await done("get_flag_state", featureName="new-fee", environment="Production")
        strategies = rows(rows(state["environments"])[0]["strategies"])
        assert len(strategies) == 1

        listed = await done("list_flags", limit=1)
        assert [flag["name"] for flag in rows(listed["flags"])] == ["new-fee"]
        assert [project["id"] for project in rows((await done("list_projects"))["projects"])] == ["default"]
        health = rows((await done("flag_health"))["flags"])
        assert {flag["flagName"] for flag in health} == {"new-fee", "new-receipt"}

        gone = await done("cleanup_flag", flagName="new-fee", preservePath="enabled", apply=True)
        assert gone["verdict"] == "complete"
        assert pay.read_text() == NEW
        await done("undo_change")
        assert pay.read_text() == wrapped

        removed = await done(
            "remove_flag_strategy", featureName="new-fee", environment="production", strategyId=strategies[0]["id"]
        )
        assert removed["remainingStrategies"] == []

    talk(server_of(root), mode, conversation)


def test_in_a_clean_tree_wrap_tells_how_the_repository_asks(mode: Mode, root: Path) -> None:
    answer = content(call(server_of(root), mode, "wrap_change", {"flagName": "new-fee", "fileName": "shop/cart.py"}))
    idiom = cast("dict[str, Json]", answer["repositoryIdiom"])
    assert idiom["condition"] == 'client.is_enabled("new-fee")'
    assert answer["templates"]
    assert (root / "shop" / "pay.py").read_text() == OLD


def test_lines_are_wrapped_as_named(mode: Mode, root: Path) -> None:
    arguments: dict[str, Json] = {"flagName": "new-fee", "path": "shop/pay.py", "startLine": 11, "endLine": 11}
    answer = content(call(server_of(root), mode, "wrap_change", {**arguments, "apply": True}))
    assert answer["applied"] is True
    text = (root / "shop" / "pay.py").read_text()
    assert '    if client.is_enabled("new-fee"):\n        print("paying", order)\n' in text


def test_detect_without_words_is_an_inventory(mode: Mode, root: Path) -> None:
    answer = content(call(server_of(root), mode, "detect_flag"))
    assert [flag["flagName"] for flag in rows(answer["flags"])] == ["new-receipt"]


def test_a_flag_that_nobody_uses_is_told_with_a_next_step(mode: Mode, root: Path) -> None:
    error = error_of(
        call(server_of(root), mode, "cleanup_flag", {"flagName": "new-reciept", "preservePath": "enabled"})
    )
    assert error["code"] == "UNKNOWN_FLAG"
    assert error["hint"]


def test_an_answer_is_short_unless_more_is_asked_for(mode: Mode, root: Path) -> None:
    reads = "".join(f'def f{number}():\n    return client.is_enabled("flag-{number}")\n\n\n' for number in range(400))
    (root / "shop" / "many.py").write_text("from shop.flags import client\n\n\n" + reads)
    server = server_of(root)
    short = content(call(server, mode, "detect_flag"))
    assert short["truncated"] is True
    assert "responseFormat" in str(short["hint"])
    detailed = content(call(server, mode, "detect_flag", {"responseFormat": "detailed"}))
    assert len(rows(short["flags"])) < len(rows(detailed["flags"]))
    assert len(rows(detailed["flags"])) > 300


def test_production_waits_for_a_person_where_the_policy_says_so(mode: Mode, root: Path) -> None:
    (root / "featureops.toml").write_text('[policy]\nconfirm = ["production"]\n')
    server = server_of(root)
    content(call(server, mode, "create_flag", {"name": "new-fee", "type": "release", "description": "d"}))
    toggle: dict[str, Json] = {"featureName": "new-fee", "environment": "production", "enabled": True}
    asked = content(call(server, mode, "toggle_flag_environment", toggle))
    assert asked["requiresConfirmation"] is True
    assert asked["enabled"] is False
    other = error_of(call(server, mode, "toggle_flag_environment", {**toggle, "confirm": "made-up"}))
    assert other["code"] == "DENIED"
    done = content(call(server, mode, "toggle_flag_environment", {**toggle, "confirm": asked["confirm"]}))
    assert done["enabled"] is True


def test_the_audit_log_names_the_client(mode: Mode, root: Path, tmp_path: Path) -> None:
    server = server_of(root)

    async def main() -> None:
        async with Client(server, mode=mode, client_info=Implementation(name="some-editor", version="1")) as client:
            arguments: dict[str, Json] = {"name": "new-fee", "type": "release", "description": "d"}
            content(await client.call_tool("create_flag", arguments))

    anyio.run(main)
    log = (tmp_path / "state" / "audit.jsonl").read_text()
    assert '"client":"some-editor"' in log
    assert "new-fee" in log
