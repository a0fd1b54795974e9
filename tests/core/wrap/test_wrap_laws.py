from __future__ import annotations

import pytest

from tests.laws.wrapping import Tally, check_changes


@pytest.mark.parametrize("language", ["python", "typescript", "javascript"])
def test_wrapped_changes_run_as_both_sides_did_and_can_be_taken_out_again(language: str) -> None:
    tally = Tally()
    faults = list(check_changes(range(30), language, tally))
    assert not faults, "\n".join(map(str, faults))
    assert tally.wrapped > 30
