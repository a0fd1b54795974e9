"""The laws of cleanup on a slice of the generated programs; the command of `soundness` checks as many as asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.laws.nightly import main as nightly
from tests.laws.programs import program
from tests.laws.running import Run, run_all
from tests.laws.soundness import check, drawn_in, main
from tests.laws.typed.toolchains import TOOLCHAINS, Job, missing, traces_of
from tests.laws.values import Kind

SLICES = 5
PROGRAMS = 34
OTHERS = 40
SAME = "the same trace"


@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("language", ["python", "typescript"])
def test_cleanup_keeps_what_generated_programs_do(language: str, part: int) -> None:
    faults = list(check(range(part * PROGRAMS, (part + 1) * PROGRAMS), language))
    assert not faults, "\n".join(map(str, faults))


@pytest.mark.parametrize("kind", ["variant", "text"])
@pytest.mark.parametrize("language", ["python", "typescript"])
def test_cleanup_keeps_what_programs_do_with_variants_and_texts(language: str, kind: Kind) -> None:
    faults = list(check(range(OTHERS), language, kind))
    assert not faults, "\n".join(map(str, faults))


@pytest.mark.parametrize("language", sorted(TOOLCHAINS))
def test_cleanup_keeps_what_programs_do_in_languages_whose_toolchain_is_here(language: str) -> None:
    if command := missing(language):
        pytest.skip(f"there is no {command} on this machine")
    faults = [fault for fault in check(range(OTHERS), language) if fault.law == SAME]
    assert not faults, "\n".join(map(str, faults))


@pytest.mark.parametrize("language", sorted(TOOLCHAINS))
def test_generated_programs_of_these_languages_run(language: str) -> None:
    if command := missing(language):
        pytest.skip(f"there is no {command} on this machine")
    traces = traces_of([Job(drawn_in(seed, "flag", language), value=True) for seed in range(40)], language)
    wrong = ("uncaught", "endless", "does not compile")
    assert not [line for trace in traces for line in trace if line.startswith(wrong)]
    assert len({tuple(trace) for trace in traces}) > 20


def test_a_run_that_is_cut_short_goes_on_where_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "state.json"
    few = ["--language", "python", "--kind", "flag", "--kind", "variant", "--kind", "text"]
    few += ["--jobs", "1", "--state", str(state)]
    assert nightly([*few, "--programs", "4", "--minutes", "0"]) == 0
    assert not state.exists()
    assert nightly([*few, "--programs", "2"]) == 0
    assert "6 programs, both values: 0 differences" in capsys.readouterr().out
    assert nightly([*few, "--programs", "2"]) == 0
    assert "0 programs, both values: 0 differences" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["python", "typescript"])
def test_the_checker_sees_a_program_that_behaves_differently(language: str) -> None:
    call, end = ("client.is_enabled", "") if language == "python" else ("client.isEnabled", ";")
    code = f"t({call}('new-way')){end}\n"
    setup = "from UnleashClient import UnleashClient\nfrom rt import t\nclient = UnleashClient()\n"
    if language == "typescript":
        setup = "import { t } from './rt';\nconst client = new Unleash();\n"
    traces = run_all([Run("on", setup + code, value=True), Run("off", setup + code, value=False)], language)
    assert [line.lower() for line in traces["on"]] == ["true"]
    assert [line.lower() for line in traces["off"]] == ["false"]


@pytest.mark.parametrize("python", [True, False])
def test_generated_programs_come_to_an_end_without_errors(python: bool) -> None:
    runs = [Run(str(seed), program(seed, python=python), value=True) for seed in range(40)]
    for seed, trace in run_all(runs, "python" if python else "typescript").items():
        assert not [line for line in trace if line.startswith(("uncaught", "endless"))], seed


def test_a_seed_always_gives_the_same_program() -> None:
    draw: Callable[[], list[str]] = lambda: [program(7, python=python) for python in (True, False)]  # noqa: E731 - short
    assert draw() == draw()


def test_the_command_counts_what_it_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--programs", "2", "--seed", "3", "--language", "python"]) == 0
    assert capsys.readouterr().out == "2 programs in python, both values: 0 differences\n"
