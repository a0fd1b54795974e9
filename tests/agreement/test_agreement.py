"""Who gets a flag is the same, whoever is asked. `python -m tests.agreement.nightly --flags 1000` asks for more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from featureops.adapters.unleash.local import Running
from tests.agreement.asking import both, differences, everybody
from tests.agreement.generated import drawn
from tests.real_unleash import NEWEST, shared_unleash


@pytest.fixture(scope="session")
def newest(testrun_uid: str) -> Iterator[Running]:
    with shared_unleash(NEWEST, testrun_uid) as running:
        yield running


def test_the_preview_the_playground_and_the_sdks_agree(newest: Running, tmp_path: Path) -> None:
    asked = drawn(seed=6, flags=80, contexts=12, prefix="agree")
    with both(asked, newest, tmp_path) as places:
        answers = everybody(places)
    assert len(answers) == 6
    assert differences(answers, asked) == []
    on = [sum(row) for row in answers["the preview on Unleash"].values()]
    assert sum(0 < each < 12 for each in on) > 10, "flags that everybody or nobody has prove little"


def test_a_difference_is_told() -> None:
    asked = drawn(seed=6, flags=4, contexts=2)
    same = {flag.name: [True, False] for flag in asked.flags}
    other = same | {asked.flags[3].name: [True, True]}
    assert differences({"one": same, "two": same}, asked) == []
    (sentence,) = differences({"one": same, "two": other}, asked)
    assert "{'one': False, 'two': True}" in sentence
