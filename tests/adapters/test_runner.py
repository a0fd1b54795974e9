"""The command of `--verify` really runs, in the workspace, and its end is told."""

from __future__ import annotations

import os
import time
from pathlib import Path

import anyio
import pytest

from featureops.adapters.runner import ShellRunner


def run(command: str, folder: Path, seconds: float = 60) -> tuple[int, str]:
    return anyio.run(ShellRunner(lambda _: None).run, command, str(folder), seconds)


def is_running(pid: int) -> bool:
    """A process that has ended but that nobody waited for does not run."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return not Path("/proc/self").exists()
    return state != "Z"


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_running(pid)


def test_a_command_runs_in_the_workspace_and_its_output_is_kept(tmp_path: Path) -> None:
    (tmp_path / "here.txt").write_text("found")
    assert run("cat here.txt && echo err >&2", tmp_path) == (0, "founderr\n")


def test_a_failing_command_gives_its_exit_code(tmp_path: Path) -> None:
    assert run("exit 7", tmp_path) == (7, "")


def test_a_command_that_does_not_end_is_stopped_with_what_it_started(tmp_path: Path) -> None:
    code, output = run("sleep 300 & echo $! > child; echo begun; sleep 300", tmp_path, 0.5)
    assert code == 124
    assert output.startswith("begun\n")
    assert "no end" in output
    assert gone(int((tmp_path / "child").read_text()))


def test_what_a_command_leaves_in_the_background_does_not_hold_it_up(tmp_path: Path) -> None:
    code, _ = run("sleep 300 & echo $! > child; exit 0", tmp_path)
    assert code == 0
    assert gone(int((tmp_path / "child").read_text()))


def test_a_cancelled_command_is_stopped_with_what_it_started(tmp_path: Path) -> None:
    async def main() -> None:
        async with anyio.create_task_group() as group:

            def heard(_: str) -> None:
                group.cancel_scope.cancel()

            await ShellRunner(heard).run("sleep 300 & echo $! > child; echo begun; wait", str(tmp_path), 60.0)

    anyio.run(main)
    assert gone(int((tmp_path / "child").read_text()))


def test_the_output_is_passed_on_as_it_comes_and_only_its_end_is_kept(tmp_path: Path) -> None:
    heard: list[str] = []
    command = "i=0; while [ $i -lt 3000 ]; do echo 'line of output \303\251'; i=$((i+1)); done"
    code, output = anyio.run(ShellRunner(heard.append).run, command, str(tmp_path), 60.0)
    assert code == 0
    assert "".join(heard).count("\n") == 3000
    assert "\ufffd" not in "".join(heard)
    assert len(output) == 20_000


def test_a_command_is_given_no_token_and_no_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNLEASH_PAT", "secret")
    monkeypatch.setenv("SHELL", "/nonexistent")
    assert run('echo "${UNLEASH_PAT-none}"; cat', tmp_path) == (0, "none\n")
