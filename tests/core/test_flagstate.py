from __future__ import annotations

import pytest

from featureops.core.errors import BadArgument
from featureops.core.flagstate import (
    did_you_mean,
    environment_of,
    exposure,
    rollout_of,
    with_enabled,
    with_strategy,
    without_strategy,
)
from featureops.core.model import EnvironmentState, Flag, Strategy


def roll(percentage: str, identity: str = "", *, disabled: bool = False) -> Strategy:
    return Strategy("flexibleRollout", {"rollout": percentage}, identity, disabled=disabled)


def flag(*strategies: Strategy, enabled: bool = False) -> Flag:
    states = (EnvironmentState("development", enabled, strategies=strategies), EnvironmentState("production", False))
    return Flag("a", "default", "release", "", 0.0, environments=states)


def development(changed: Flag) -> EnvironmentState:
    return environment_of(changed, "development")


@pytest.mark.parametrize(
    ("strategies", "enabled", "percent"),
    [
        ((), False, 0),
        ((), True, 100),
        ((roll("30"),), False, 0),
        ((roll("30"),), True, 30),
        ((roll("30"), roll("70", disabled=True)), True, 30),
        ((roll("30"), roll("50")), True, 50),
        ((roll("30", disabled=True),), True, 0),
        ((roll("30"), Strategy("default")), True, 100),
        ((Strategy("gradualRolloutUserId", {"percentage": "15"}),), True, 15),
    ],
)
def test_exposure_is_the_widest_enabled_strategy(strategies: tuple[Strategy, ...], enabled: bool, percent: int) -> None:
    assert exposure(development(flag(*strategies, enabled=enabled))) == percent


@pytest.mark.parametrize(("text", "percent"), [("0", 0), ("7", 7), ("100", 100), ("250", 100), ("-3", 0), ("x", 100)])
def test_a_rollout_stays_between_0_and_100(text: str, percent: int) -> None:
    assert rollout_of(roll(text)) == percent


def test_turning_on_adds_a_strategy_only_when_none_is_enabled() -> None:
    assert len(development(with_enabled(flag(), "development", True)).strategies) == 1
    assert len(development(with_enabled(flag(roll("5")), "development", True)).strategies) == 1
    again = development(with_enabled(flag(roll("5", disabled=True)), "development", True))
    assert [rollout_of(each) for each in again.strategies] == [5, 100]
    assert development(with_enabled(flag(roll("5")), "development", False)).strategies == (roll("5"),)


def test_disabling_or_removing_the_last_enabled_strategy_turns_off() -> None:
    on = flag(roll("5", "x"), roll("6", "y", disabled=True), enabled=True)
    assert not development(with_strategy(on, "development", roll("5", "x", disabled=True))).enabled
    assert not development(without_strategy(on, "development", "x")).enabled
    assert development(without_strategy(on, "development", "y")).enabled


def test_other_environments_are_left_alone() -> None:
    before = flag(roll("5", "x"), enabled=True)
    for after in (with_enabled(before, "development", False), without_strategy(before, "development", "x")):
        assert environment_of(after, "production") == environment_of(before, "production")


def test_an_unknown_id_or_environment_is_refused() -> None:
    with pytest.raises(BadArgument):
        with_strategy(flag(), "development", roll("5", "nowhere"))
    with pytest.raises(BadArgument):
        with_enabled(flag(), "staging", True)


def test_the_nearest_names_are_offered_and_else_those_there_are() -> None:
    assert did_you_mean("Produktion", ["development", "production"]) == 'Did you mean "production"?'
    assert did_you_mean("zzz", ["b", "a"]) == "There are: a, b."
    assert did_you_mean("zzz", []) == "There are none yet."
    assert did_you_mean("zzz", [f"flag-{at:02}" for at in range(12)]).endswith("flag-09 and 2 more.")
