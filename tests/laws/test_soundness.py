"""The laws of cleanup on a slice of the generated programs; the command of `soundness` checks as many as asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.laws.programs import program
from tests.laws.running import Run, run_all
from tests.laws.soundness import check, main
from tests.laws.values import Kind

SLICES = 4
PROGRAMS = 15


@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("language", ["python", "typescript"])
def test_cleanup_keeps_what_generated_programs_do(language: str, part: int) -> None:
    faults = list(check(range(part * PROGRAMS, (part + 1) * PROGRAMS), language))
    assert not faults, "\n".join(map(str, faults))


@pytest.mark.parametrize("kind", ["variant", "text"])
@pytest.mark.parametrize("language", ["python", "typescript"])
def test_cleanup_keeps_what_programs_do_with_variants_and_texts(language: str, kind: Kind) -> None:
    faults = list(check(range(2 * PROGRAMS), language, kind))
    assert not faults, "\n".join(map(str, faults))


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
