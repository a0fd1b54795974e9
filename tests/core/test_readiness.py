"""What speaks against taking a flag out of the code, and how much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from featureops.core.model import Constraint, Dependency, EnvironmentState, Event, Flag, FlagType, Strategy, Variant
from featureops.core.readiness import Readiness, judge, readiness_json, unasked

DAY = 86_400.0
BORN = 1_700_000_000.0
NOW = BORN + 100 * DAY
ALL = Strategy("flexibleRollout", {"rollout": "100"})
HALF = Strategy("flexibleRollout", {"rollout": "50"})


def flag(production: EnvironmentState, kind: FlagType = "release", development: bool = True) -> Flag:
    other = EnvironmentState("development", development, strategies=(ALL,))
    return Flag("a", "default", kind, "", BORN, environments=(other, production))


def live(*strategies: Strategy, enabled: bool = True, yes: int = 0, no: int = 0) -> EnvironmentState:
    return EnvironmentState("production", enabled, "production", strategies, yes=yes, no=no)


def ask(found: Flag, kept: str = "enabled", *events: Event, listed: tuple[str, ...] = ()) -> Readiness:
    return judge(found, kept, events, NOW, backend="some", listed=listed)


def said(found: Readiness) -> list[tuple[str, str, str | None]]:
    return [(reason.level, reason.id, reason.environment) for reason in found.reasons]


def event(environment: str, days_ago: float, kind: str = "feature-environment-enabled") -> Event:
    return Event(1, kind, "a", environment, NOW - days_ago * DAY, "me", None, None)


def test_the_same_for_everybody_for_long_is_safe() -> None:
    found = ask(flag(live(ALL)))
    assert (found.verdict, found.reasons) == ("safe", ())


@pytest.mark.parametrize(
    ("state", "kept", "id", "words"),
    [
        (live(ALL, enabled=False), "enabled", "kept-value", "In production nobody gets it"),
        (live(ALL), "disabled", "kept-value", "In production everybody gets it"),
        (live(HALF), "enabled", "rollout", "at most 50 % of the users get it"),
        (live(HALF), "disabled", "rollout", "at most 50 % of the users get it"),
        (
            live(Strategy("default", constraints=(Constraint("country", "IN", ("NO",)),))),
            "enabled",
            "rollout",
            "only some users get it (constraints on country)",
        ),
        (live(Strategy("default", segments=(7,))), "enabled", "rollout", "only some users get it (segments)"),
        (live(Strategy("ofTheirOwn")), "enabled", "rollout", "only some users get it"),
        (live(replace(ALL, disabled=True)), "enabled", "kept-value", "nobody gets it"),
        (live(replace(ALL, variants=(Variant("b", 1000),))), "a", "kept-value", "everybody gets it"),
    ],
)
def test_what_users_of_production_would_notice_blocks(state: EnvironmentState, kept: str, id: str, words: str) -> None:
    found = ask(flag(state, development=kept != "disabled"), kept)
    assert found.verdict == "blocked"
    reason = next(reason for reason in found.reasons if reason.environment == "production")
    assert (reason.level, reason.id) == ("blocked", id)
    assert words in reason.text
    assert "2023-11-14" in reason.text, "the date of the state"
    assert f"{kept} is kept" in reason.text


def test_another_environment_with_another_value_is_a_caution() -> None:
    assert said(ask(flag(live(ALL), development=False))) == [("caution", "kept-value", "development")]


def test_an_environment_that_the_policy_leaves_out_does_not_count_unless_it_is_production() -> None:
    found = ask(flag(live(ALL, enabled=False), development=False), "enabled", listed=("staging",))
    assert said(found) == [("blocked", "kept-value", "production")]
    assert [state.name for state in found.environments] == ["production"]


def test_without_an_environment_of_type_production_all_decide() -> None:
    states = (EnvironmentState("here", True, strategies=(ALL,)), EnvironmentState("there", False))
    found = ask(Flag("a", "default", "release", "", BORN, environments=states))
    assert said(found) == [("blocked", "kept-value", "there")]


@pytest.mark.parametrize("kind", ["kill-switch", "permission"])
def test_a_kind_that_is_meant_to_stay_blocks_unless_it_is_marked_as_stale(kind: FlagType) -> None:
    assert said(ask(flag(live(ALL), kind))) == [("blocked", "kind", None)]
    assert said(ask(replace(flag(live(ALL), kind), stale=True))) == [("caution", "kind", None)]


def test_a_change_of_production_within_a_week_is_a_caution_with_its_date() -> None:
    found = ask(flag(live(ALL)), "enabled", event("production", 2), event("production", 60))
    assert said(found) == [("caution", "recent", "production")]
    assert "2024-02-20" in found.reasons[0].text
    assert ask(flag(live(ALL)), "enabled", event("production", 8), event("development", 1)).verdict == "safe"


def test_applications_that_were_answered_otherwise_are_a_caution() -> None:
    found = ask(flag(live(ALL, yes=9, no=3)))
    assert said(found) == [("caution", "metrics", "production")]
    assert "3 of the last 12 answers were disabled" in found.reasons[0].text
    assert ask(flag(live(enabled=False, yes=0, no=9), development=False), "disabled").verdict == "safe"


def test_variants_for_everybody_keep_the_flag_on_but_are_a_caution() -> None:
    both = replace(ALL, variants=(Variant("a", 500), Variant("b", 500)))
    assert said(ask(flag(live(both)))) == [("caution", "variants", "production")]


def test_the_one_variant_that_everybody_gets_may_be_kept() -> None:
    one = replace(ALL, variants=(Variant("b", 1000),))
    assert [reason.environment for reason in ask(flag(live(one)), "b").reasons] == ["development"]


def test_flags_that_depend_on_it_and_flags_that_it_depends_on_are_cautions() -> None:
    found = ask(replace(flag(live(ALL)), children=("c", "b"), dependencies=(Dependency("p"),)))
    assert said(found) == [("caution", "parents", None), ("caution", "children", None)]
    assert found.reasons[1].text.startswith("b and c depend on it")


def test_an_archived_flag_is_off_for_everybody() -> None:
    gone = replace(flag(live(ALL)), archived=True)
    assert ask(gone, "disabled").verdict == "safe"
    found = ask(gone, "enabled", Event(1, "feature-archived", "a", None, BORN + DAY, "me", None, None))
    assert said(found) == [("blocked", "archived", None)]
    assert "2023-11-15" in found.reasons[0].text


def test_the_gravest_reason_is_the_verdict() -> None:
    assert ask(flag(live(HALF), development=False)).verdict == "blocked"
    assert unasked("caution", "no-backend", "Nobody.").verdict == "caution"


def test_as_json_it_holds_the_evidence() -> None:
    answer = readiness_json(ask(flag(live(HALF)), "enabled", event("production", 20)))
    assert answer["verdict"] == "blocked"
    assert answer["backend"] == "some"
    assert answer["environments"] == [
        {
            "name": "development",
            "type": "development",
            "enabled": True,
            "exposure": 100,
            "serves": "enabled",
            "changedAt": "2023-11-14T22:13:20.000Z",
            "lastSeenAt": None,
            "yes": 0,
            "no": 0,
        },
        {
            "name": "production",
            "type": "production",
            "enabled": True,
            "exposure": 50,
            "serves": None,
            "changedAt": "2024-02-02T22:13:20.000Z",
            "lastSeenAt": None,
            "yes": 0,
            "no": 0,
        },
    ]
    assert readiness_json(unasked("blocked", "backend-silent", "No."))["flag"] is None
