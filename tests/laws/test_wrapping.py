"""The laws of wrapping on the first generated pairs of programs; the command of `wrapping` checks as many as asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.laws.changes.drawing import drawn_pair
from tests.laws.changes.writing import written
from tests.laws.nightly import main as nightly
from tests.laws.running import Run, run_all
from tests.laws.wrapping import Tally, check_changes, main

PYTHON = [("python", first) for first in range(0, 500, 100)]
OTHERS = [("typescript" if first % 200 else "javascript", first) for first in range(0, 500, 100)]


@pytest.mark.parametrize(("language", "first"), [*PYTHON, *OTHERS])
def test_a_wrapped_program_does_what_the_new_one_does_when_on_and_the_old_one_when_off(
    language: str, first: int
) -> None:
    tally = Tally()
    faults = list(check_changes(range(first, first + 100), language, tally))
    assert not faults, "\n".join(map(str, faults))
    assert tally.wrapped > 100
    assert tally.refused == [], "a changed function of plain statements is never refused"


@pytest.mark.parametrize("python", [True, False])
def test_generated_pairs_run_and_most_of_them_differ(python: bool) -> None:
    sides = [(seed, side, program) for seed in range(60) for side, program in enumerate(drawn_pair(seed))]
    runs = [Run(f"{seed}-{side}", written(program, python=python), value=True) for seed, side, program in sides]
    traces = run_all(runs, "python" if python else "typescript")
    wrong = ("uncaught", "endless", "late")
    assert not [(name, line) for name, trace in traces.items() for line in trace if line.startswith(wrong)]
    assert sum(traces[f"{seed}-0"] != traces[f"{seed}-1"] for seed in range(60)) > 30


def test_a_seed_always_gives_the_same_pair() -> None:
    assert drawn_pair(11) == drawn_pair(11)


def test_the_command_counts_what_was_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--programs", "2", "--seed", "3", "--language", "javascript"]) == 0
    assert "2 pairs in javascript: " in capsys.readouterr().out


def test_changes_are_checked_every_night_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "state.json"
    few = ["--language", "python", "--kind", "change", "--jobs", "1", "--state", str(state)]
    assert nightly([*few, "--programs", "2"]) == 0
    assert "2 programs, both values: 0 differences" in capsys.readouterr().out
    assert nightly([*few, "--programs", "2"]) == 0
    assert "0 programs, both values: 0 differences" in capsys.readouterr().out
