"""Cleanup over the server: readiness, force, the configured command, the archive; also as a real process."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from featureops.app.deps import Modes
from featureops.cli.compose import compose
from featureops.core.model import Json
from featureops.server.serving import FeatureOpsServer, build_server
from tests.server.talk import MODES, Mode, call, content, error_of, repository
from tests.server.test_stdio import SERVE, Wire, started

FLAGS = """from UnleashClient import UnleashClient

client = UnleashClient(url="http://127.0.0.1/api", app_name="shop")
"""
PAY = """from shop.flags import client


def pay(total):
    if client.is_enabled("new-fee"):
        return total + 1
    return total


def receipt(total):
    return client.is_enabled("new-receipt") and total
"""
CLEAN = """from shop.flags import client


def pay(total):
    return total + 1


def receipt(total):
    return client.is_enabled("new-receipt") and total
"""
MAY = Modes(run_verify=True)
CLEANUP: dict[str, Json] = {"flagName": "new-fee", "preservePath": "enabled", "apply": True}


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> Mode:
    return "legacy" if request.param == "legacy" else "auto"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FEATUREOPS_STATE_DIR", str(tmp_path / "state"))
    return repository(tmp_path / "repo", {"shop/flags.py": FLAGS, "shop/pay.py": PAY})


def server_of(root: Path, modes: Modes | None = None) -> FeatureOpsServer:
    return build_server(lambda: compose(root, modes or Modes()))


def pay(root: Path) -> str:
    return (root / "shop" / "pay.py").read_text()


def table(value: Json) -> dict[str, Json]:
    return cast("dict[str, Json]", value)


def release(root: Path, mode: Mode) -> None:
    server = server_of(root)
    content(call(server, mode, "create_flag", {"name": "new-fee", "type": "release", "description": "d"}))
    for environment in ("development", "production"):
        arguments: dict[str, Json] = {"featureName": "new-fee", "environment": environment, "enabled": True}
        content(call(server, mode, "toggle_flag_environment", arguments))


def test_from_the_removal_to_the_archive_and_back(mode: Mode, root: Path) -> None:
    release(root, mode)
    server = server_of(root)
    early = error_of(call(server, mode, "archive_flag", {"featureName": "new-fee"}))
    assert early["code"] == "CONFLICT"
    assert "shop/pay.py:5" in early["message"]
    answer = content(call(server, mode, "cleanup_flag", CLEANUP))
    assert pay(root) == CLEAN
    assert table(answer["readiness"])["verdict"] == "caution", "it was released a moment ago"
    assert table(answer["certificate"])["state"] == "applied"
    following = table(cast("list[Json]", answer["next"])[0])
    archived = content(call(server, mode, str(following["tool"]), table(following["arguments"])))
    assert table(archived["feature"])["archived"] is True
    revived = content(call(server, mode, "revive_flag", {"featureName": "new-fee"}))
    assert table(revived["feature"])["archived"] is False


def test_a_blocked_removal_needs_force_also_as_a_plan(mode: Mode, root: Path) -> None:
    release(root, mode)
    server = server_of(root)
    refused = content(call(server, mode, "cleanup_flag", {**CLEANUP, "preservePath": "disabled"}))
    assert (refused["applied"], refused["verdict"]) == (False, "refused")
    plan = {"planId": refused["planId"]}
    assert content(call(server, mode, "apply_plan", plan))["applied"] is False
    assert pay(root) == PAY
    assert content(call(server, mode, "apply_plan", {**plan, "force": True}))["applied"] is True
    assert "return total\n" in pay(root)


def test_no_tool_call_runs_a_command_of_its_own_or_without_permission(mode: Mode, root: Path) -> None:
    own = error_of(call(server_of(root, MAY), mode, "cleanup_flag", {**CLEANUP, "verify": "touch ran"}))
    assert own["code"] == "BAD_ARGUMENT"
    none = error_of(call(server_of(root, MAY), mode, "cleanup_flag", {**CLEANUP, "verify": True}))
    assert none["code"] == "BAD_CONFIGURATION"
    (root / "featureops.toml").write_text('[cleanup]\nverify = "touch ran"\n')
    denied = error_of(call(server_of(root), mode, "cleanup_flag", {**CLEANUP, "verify": True}))
    assert denied["code"] == "DENIED"
    assert "--allow-verify" in denied["hint"]
    assert not (root / "ran").exists()
    assert pay(root) == PAY


def test_the_configured_command_decides_whether_the_change_stays(mode: Mode, root: Path) -> None:
    settings = root / "featureops.toml"
    settings.write_text('[cleanup]\nverify = "echo no good; exit 4"\n')
    failed = content(call(server_of(root, MAY), mode, "cleanup_flag", {**CLEANUP, "verify": True}))
    assert (failed["applied"], table(failed["verify"])["exitCode"]) == (False, 4)
    assert table(failed["verify"])["output"] == "no good\n"
    assert pay(root) == PAY
    settings.write_text('[cleanup]\nverify = "! grep -q new-fee shop/pay.py"\n')
    passed = content(call(server_of(root, MAY), mode, "cleanup_flag", {**CLEANUP, "verify": True}))
    assert (passed["applied"], table(passed["verify"])["exitCode"]) == (True, 0)
    assert pay(root) == CLEAN


# ---------------------------------------------------------------- as a process


@pytest.fixture(params=["legacy", "modern"])
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    config = '[cleanup]\nverify = "echo begun > begun; sleep 300"\n'
    repository(
        tmp_path, {"shop/flags.py": FLAGS, "shop/pay.py": PAY, "featureops.toml": config, ".gitignore": "state\n"}
    )
    yield from started((*SERVE, "--allow-verify"), tmp_path, modern=request.param == "modern")


def test_the_answer_on_the_wire_has_readiness_and_certificate(wire: Wire, tmp_path: Path) -> None:
    created = wire.call("create_flag", {"name": "new-fee", "type": "kill-switch", "description": "d"})
    assert created["isError"] is False
    answer = table(wire.call("cleanup_flag", CLEANUP)["structuredContent"])
    assert table(answer["readiness"])["verdict"] == "blocked"
    assert table(answer["certificate"])["state"] == "refused"
    assert pay(tmp_path) == PAY
    forced = table(wire.call("cleanup_flag", {**CLEANUP, "force": True})["structuredContent"])
    assert forced["applied"] is True
    assert pay(tmp_path) == CLEAN
    archived = table(wire.call("archive_flag", {"featureName": "new-fee"})["structuredContent"])
    assert table(archived["feature"])["archived"] is True


@pytest.mark.parametrize("ending", ["end of input", "signal", "cancelled"])
def test_whatever_ends_the_command_early_takes_the_change_back(ending: str, wire: Wire, tmp_path: Path) -> None:
    arguments: dict[str, Json] = {"name": "cleanup_flag", "arguments": {**CLEANUP, "verify": True}}
    wire.send({"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {**wire._common, **arguments}})
    until((tmp_path / "begun").exists)
    assert pay(tmp_path) == CLEAN
    if ending == "cancelled":
        wire.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {**wire._common, "requestId": 9}})
        until(lambda: pay(tmp_path) == PAY)
    elif ending == "signal":
        wire.process.send_signal(signal.SIGTERM)
    assert wire.end()[0] == 0
    assert pay(tmp_path) == PAY


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
