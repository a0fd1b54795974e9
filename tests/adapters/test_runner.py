"""The command of `--verify` really runs, in the workspace, and its end is told."""

from __future__ import annotations

from pathlib import Path

from featureops.adapters.runner import ShellRunner


def test_a_command_runs_in_the_workspace_and_its_output_is_kept(tmp_path: Path) -> None:
    (tmp_path / "here.txt").write_text("found")
    assert ShellRunner().run("cat here.txt && echo err >&2", str(tmp_path)) == (0, "founderr\n")


def test_a_failing_command_gives_its_exit_code(tmp_path: Path) -> None:
    assert ShellRunner().run("exit 7", str(tmp_path)) == (7, "")


def test_a_command_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    code, output = ShellRunner(timeout=0.3).run("sleep 30", str(tmp_path))
    assert code == 124
    assert "no end" in output
