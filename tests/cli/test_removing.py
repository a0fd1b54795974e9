"""`cleanup` and `apply` on a real repository with the embedded backend: readiness, certificate, the project's tests."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from featureops.cli.commands import run
from featureops.core.model import Json
from tests.server.talk import repository
from tests.wire import child_environment

FLAGS = """from UnleashClient import UnleashClient

client = UnleashClient(url="http://127.0.0.1/api", app_name="shop")
"""
OLD = """from shop.flags import client


def receipt(order):
    if client.is_enabled("new-receipt"):
        return f"Receipt for {order}"
    return "receipt"


def total(order):
    return client.is_enabled("new-total") and order
"""
CLEANUP = ("cleanup", "new-receipt", "--keep", "enabled", "--apply")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FEATUREOPS_STATE_DIR", str(tmp_path / "state"))
    return repository(tmp_path / "repo", {"shop/flags.py": FLAGS, "shop/pay.py": OLD})


@pytest.fixture
def featureops(root: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run([*arguments, "--root", str(root)])
        return code, *capfd.readouterr()

    return command


def pay(root: Path) -> str:
    return (root / "shop" / "pay.py").read_text()


def make_flag(featureops: Run, *on_in: str) -> None:
    arguments = {"name": "new-receipt", "type": "release", "description": "d"}
    assert featureops("call", "create_flag", json.dumps(arguments))[0] == 0
    for environment in on_in:
        toggle = {"featureName": "new-receipt", "environment": environment, "enabled": True}
        assert featureops("call", "toggle_flag_environment", json.dumps(toggle))[0] == 0


def test_a_blocked_removal_is_shown_with_its_reasons_and_ends_with_3(featureops: Run, root: Path) -> None:
    make_flag(featureops)
    code, out, _ = featureops(*CLEANUP)
    assert code == 3
    assert "readiness blocked  (embedded backend)" in out
    assert "production serves disabled, changed 20" in out
    assert "blocked: In production nobody gets it (last changed 20" in out
    assert "Nothing was written" in out
    assert "--force" in out.splitlines()[-1]
    assert pay(root) == OLD
    plan = out.rsplit("featureops apply ", 1)[1].split()[0]
    assert featureops("apply", plan)[0] == 3
    assert pay(root) == OLD
    code, out, _ = featureops("apply", plan, "--force")
    assert (code, "forced" in out) == (0, True)
    assert 'is_enabled("new-receipt")' not in pay(root)


def test_after_it_the_way_to_the_archive_is_shown_and_works(featureops: Run) -> None:
    make_flag(featureops, "development", "production")
    code, out, _ = featureops(*CLEANUP)
    assert code == 0
    assert "readiness caution" in out
    shown = out.splitlines()[-1]
    assert shown == 'Next: featureops call archive_flag \'{"featureName": "new-receipt"}\''
    assert featureops("call", "archive_flag", '{"featureName": "new-receipt"}')[0] == 0


def test_the_certificate_is_written_as_markdown_or_json_and_is_the_same_again(
    featureops: Run, root: Path, tmp_path: Path
) -> None:
    make_flag(featureops, "development", "production")
    words, data = tmp_path / "certificate.md", tmp_path / "certificate.json"
    answer = json.loads(featureops(*CLEANUP, "--certificate", str(data), "--json")[1])
    first = data.read_bytes()
    assert json.loads(first) == answer["certificate"]
    featureops("undo")
    assert featureops(*CLEANUP, "--certificate", str(data))[0] == 0
    assert data.read_bytes() == first
    featureops("undo")
    assert featureops(*CLEANUP, "--certificate", str(words), "--verify", "true")[0] == 0
    assert words.read_text().startswith("## Flag removed: `new-receipt`\n")
    assert "| the project's own tests | passed: true: exit code 0 |" in words.read_text()
    assert "new-receipt" not in pay(root)


def test_a_certificate_inside_the_repository_is_no_leftover_of_the_next_run(featureops: Run, root: Path) -> None:
    inside = str(root / "certificate.md")
    assert featureops("cleanup", "new-receipt", "--keep", "enabled", "--certificate", inside)[0] == 0
    answer = json.loads(featureops(*CLEANUP, "--certificate", inside, "--json")[1])
    assert answer["leftovers"] == []


@pytest.mark.parametrize("name", ["shop/pay.py", "shop", "nowhere/certificate.md"])
def test_a_certificate_is_not_written_over_anything_else(featureops: Run, root: Path, name: str) -> None:
    assert featureops(*CLEANUP, "--certificate", str(root / name))[0] == 2
    assert pay(root) == OLD


def test_the_output_of_the_command_goes_to_stderr_and_its_end_into_the_answer(featureops: Run, root: Path) -> None:
    code, out, err = featureops(*CLEANUP, "--json", "--verify", "echo working; echo broken >&2; exit 5")
    answer = cast("dict[str, dict[str, Json]]", json.loads(out))
    assert (code, answer["verify"]["exitCode"], answer["verify"]["output"]) == (3, 5, "working\nbroken\n")
    assert "working\nbroken\n" in err
    assert pay(root) == OLD


def test_a_command_has_only_so_much_time(featureops: Run, root: Path) -> None:
    code, out, _ = featureops(*CLEANUP, "--verify", "sleep 300", "--verify-timeout", "1")
    assert (code, "exit code 124" in out) == (3, True)
    assert pay(root) == OLD


def test_a_plan_can_be_verified_too(featureops: Run, root: Path) -> None:
    answer = json.loads(featureops("cleanup", "new-receipt", "--keep", "enabled", "--json")[1])
    assert featureops("apply", answer["planId"], "--verify", "false")[0] == 3
    assert pay(root) == OLD
    assert featureops("apply", answer["planId"], "--verify", "true")[0] == 0
    assert pay(root) != OLD


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_command_runs_takes_the_change_back(number: signal.Signals, root: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "featureops", *CLEANUP, "--verify", "echo begun; sleep 300"],
        cwd=root,
        env=child_environment(root.parent),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stderr is not None
        assert child.stderr.readline() == "begun\n"
        assert pay(root) != OLD
        begin = time.monotonic()
        child.send_signal(number)
        assert child.wait(timeout=60) == 130
        assert time.monotonic() - begin < 60
        assert "The change was taken back." in child.stderr.read()
    assert pay(root) == OLD
