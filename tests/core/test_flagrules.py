from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featureops.core.errors import BadArgument
from featureops.core.flagjson import strategy_from_json, strategy_json
from featureops.core.flagrules import OPERATORS, checked_constraint, checked_strategy, checked_variants
from featureops.core.model import Constraint, Payload, Strategy, Variant

GOOD = {
    "IN": ("a", "b"),
    "NOT_IN": ("a",),
    "STR_ENDS_WITH": (".no",),
    "STR_STARTS_WITH": ("x",),
    "STR_CONTAINS": ("@",),
    "NUM_EQ": "1",
    "NUM_GT": "1.5",
    "NUM_GTE": "-3",
    "NUM_LT": "1e3",
    "NUM_LTE": "0",
    "DATE_AFTER": "2026-01-31T12:00:00Z",
    "DATE_BEFORE": "2026-01-31",
    "SEMVER_EQ": "1.2.3",
    "SEMVER_GT": "1.2.3-beta.1",
    "SEMVER_GTE": "0.0.1",
    "SEMVER_LT": "10.20.30+build",
    "SEMVER_LTE": "1.42.0",
    "REGEX": "^a.*z$",
}


def constraint(operator: str, value: object, *, inverted: bool = False) -> Constraint:
    if isinstance(value, str):
        return Constraint("field", operator, value=value, inverted=inverted)
    return Constraint("field", operator, tuple(value), inverted=inverted)  # type: ignore[arg-type] # a tuple of strings


def test_there_are_eighteen_operators() -> None:
    assert len(OPERATORS) == 18
    assert set(OPERATORS) == set(GOOD)


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_takes_its_kind_of_value(operator: str) -> None:
    good = constraint(operator, GOOD[operator])
    assert checked_constraint(good) == good


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("STR_CONTAINS", ()),
        ("IN", ("x" * 101,)),
        ("IN", ("x",) * 251),
        ("NUM_GTE", "1.42.0"),
        ("NUM_EQ", "nan"),
        ("NUM_EQ", "inf"),
        ("NUM_EQ", ""),
        ("NUM_EQ", ("1",)),
        ("DATE_AFTER", "yesterday"),
        ("DATE_AFTER", "20260131"),
        ("SEMVER_EQ", "1.2"),
        ("SEMVER_EQ", "v1.2.3"),
        ("REGEX", "a(?=b)"),
        ("REGEX", r"(a)\1"),
        ("REGEX", "("),
        ("in", ("a",)),
        ("REGX", "a"),
    ],
)
def test_a_value_of_another_kind_is_refused(operator: str, value: object) -> None:
    with pytest.raises(BadArgument) as refused:
        checked_constraint(constraint(operator, value))
    assert refused.value.hint


def test_a_number_operator_on_a_version_points_to_the_version_operators() -> None:
    with pytest.raises(BadArgument) as refused:
        checked_constraint(constraint("NUM_GTE", "1.42.0"))
    assert "SEMVER" in refused.value.hint


def test_a_pattern_cannot_be_inverted_but_a_list_can() -> None:
    assert checked_constraint(constraint("IN", ("a",), inverted=True)).inverted
    with pytest.raises(BadArgument, match="inverted"):
        checked_constraint(constraint("REGEX", "a", inverted=True))


@given(
    st.lists(
        st.tuples(st.integers(0, 1000), st.sampled_from(["variable", "fix"])),
        min_size=1,
        max_size=8,
    )
)
def test_weights_sum_up_to_a_thousand_or_are_refused(weights: list[tuple[int, str]]) -> None:
    variants = [
        Variant(f"v{at}", weight, kind)  # type: ignore[arg-type] # the two literals are sampled
        for at, (weight, kind) in enumerate(weights)
    ]
    fixed = {each.name: each.weight for each in variants if each.weight_type == "fix"}
    try:
        checked = checked_variants(variants)
    except BadArgument:
        assert len(fixed) == len(variants) or sum(fixed.values()) > 1000
        return
    assert sum(each.weight for each in checked) == 1000
    assert {each.name: each.weight for each in checked if each.weight_type == "fix"} == fixed
    free = [each.weight for each in checked if each.weight_type == "variable"]
    assert max(free) - min(free) <= 1
    assert checked_variants(checked) == checked


@pytest.mark.parametrize("payload", [Payload("json", "{"), Payload("number", "x")], ids=["broken json", "not a number"])
def test_a_payload_must_be_what_it_says(payload: Payload) -> None:
    with pytest.raises(BadArgument, match="payload"):
        checked_variants([Variant("a", 1, payload=payload)])


def test_variants_need_different_names() -> None:
    with pytest.raises(BadArgument, match="names of their own"):
        checked_variants([Variant("a", 1), Variant("a", 1)])


@pytest.mark.parametrize("rollout", ["-1", "101", "x", "", "12.5"])
def test_a_rollout_is_a_whole_number_up_to_100(rollout: str) -> None:
    with pytest.raises(BadArgument, match="rollout percentage"):
        checked_strategy(Strategy("flexibleRollout", {"rollout": rollout}), "a")


def test_the_defaults_of_a_rollout_are_filled_in() -> None:
    checked = checked_strategy(Strategy("flexibleRollout", {"rollout": "07"}), "new-checkout")
    assert checked.parameters == {"rollout": "7", "stickiness": "default", "groupId": "new-checkout"}


def test_an_unknown_strategy_is_told_with_the_nearest() -> None:
    with pytest.raises(BadArgument) as refused:
        checked_strategy(Strategy("flexibelRollout"), "a")
    assert 'Did you mean "flexibleRollout"?' in refused.value.hint


def test_a_strategy_survives_json() -> None:
    strategy = Strategy(
        "flexibleRollout",
        {"rollout": "5"},
        "id",
        "title",
        disabled=True,
        sort_order=2,
        constraints=(Constraint("a", "IN", ("x",), inverted=True), Constraint("b", "REGEX", value="x")),
        variants=(Variant("v", 1000, payload=Payload("csv", "a,b")),),
        segments=(1, 2),
    )
    assert strategy_from_json(strategy_json(strategy)) == strategy


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"name": 5.5, "constraints": {}},
        {"name": "default", "variants": [{"name": "a", "weight": "1"}]},
        {"name": "default", "variants": [{"name": "a", "weight": 1, "weightType": "loose"}]},
        {"name": "default", "variants": [{"name": "a", "weight": 1, "payload": {"type": "xml", "value": ""}}]},
        {"name": "default", "constraints": ["x"]},
        {"name": "default", "disabled": "yes"},
    ],
)
def test_json_that_does_not_fit_is_a_bad_argument(broken: dict[str, object]) -> None:
    with pytest.raises(BadArgument):
        strategy_from_json(broken)  # type: ignore[arg-type] # wrong on purpose
