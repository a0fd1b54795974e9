from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import pytest

from featureops.app import exposure, strategies
from featureops.app.deps import Deps
from featureops.app.metadata import FlagFields, update_flag
from featureops.app.strategies import StrategyFields
from featureops.core.errors import BadArgument
from featureops.core.flagrules import OPERATORS
from featureops.core.flagstate import rollout_of
from featureops.core.model import Constraint, ContextField, Json, Segment
from tests.app.flag_deps import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    found = Bench(tmp_path)
    found.make()
    return found


def update(bench: Bench, strategy_id: str, fields: StrategyFields) -> dict[str, Json]:
    return bench.run(
        lambda deps: strategies.update_flag_strategy(
            deps, name="new-checkout", environment="production", strategy_id=strategy_id, fields=fields
        )
    )


def preview(bench: Bench, **given: object) -> dict[str, Json]:
    return bench.run(lambda deps: exposure.preview_exposure(deps, name="new-checkout", **given))  # type: ignore[arg-type]


def rows(answer: dict[str, Json]) -> list[dict[str, Json]]:
    return cast("list[dict[str, Json]]", answer["environments"])


def test_only_the_named_fields_of_the_one_strategy_change(bench: Bench) -> None:
    first, second = bench.rollout(20), bench.rollout(30)
    answer = update(bench, second, StrategyFields(percentage=40, title="Staff"))
    assert answer["updatedFields"] == ["rolloutPercentage", "title"]
    assert answer["strategyId"] == second
    states = {each.id: (rollout_of(each), each.title) for each in bench.state().strategies}
    assert states == {first: (20, ""), second: (40, "Staff")}


def test_constraints_are_set_and_cleared(bench: Bench) -> None:
    strategy = bench.rollout(20)
    only_norway: Json = {"contextName": "country", "operator": "IN", "values": ["no"]}
    update(bench, strategy, StrategyFields(constraints=[cast("dict[str, Json]", only_norway)]))
    assert [each.context_name for each in bench.state().strategies[0].constraints] == ["country"]
    update(bench, strategy, StrategyFields(percentage=25))
    assert len(bench.state().strategies[0].constraints) == 1
    update(bench, strategy, StrategyFields(constraints=[]))
    assert bench.state().strategies[0].constraints == ()


def test_nothing_to_change_and_an_unknown_strategy_are_refused(bench: Bench) -> None:
    strategy = bench.rollout(20)
    with pytest.raises(BadArgument, match="Nothing to change") as raised:
        update(bench, strategy, StrategyFields())
    assert "rolloutPercentage" in raised.value.hint
    with pytest.raises(BadArgument) as unknown:
        update(bench, strategy[:-1], StrategyFields(percentage=1))
    assert strategy in unknown.value.hint


def test_of_several_rollouts_the_named_one_is_set(bench: Bench) -> None:
    first, second = bench.rollout(20), bench.rollout(30)

    def roll(strategy_id: str | None) -> dict[str, Json]:
        return bench.run(
            lambda deps: strategies.set_flag_rollout(
                deps,
                name="new-checkout",
                environment="production",
                fields=StrategyFields(percentage=50),
                strategy_id=strategy_id,
            )
        )

    with pytest.raises(BadArgument, match="which one") as raised:
        roll(None)
    assert "strategyId" in raised.value.hint
    assert roll(second)["strategyId"] == second
    assert [rollout_of(each) for each in bench.state().strategies] == [20, 50]
    assert first == bench.state().strategies[0].id


def test_who_gets_the_flag_now_and_after_a_change_is_told_and_nothing_is_written(bench: Bench) -> None:
    bench.rollout(10)
    bench.enable()
    writes = bench.backend.writes
    answer = preview(bench, environment="production", users=2000, fields=StrategyFields(percentage=50))
    (row,) = rows(answer)
    now, after = cast("dict[str, int]", row["now"]), cast("dict[str, int]", row["after"])
    assert (now["of"], after["of"]) == (2000, 2000)
    assert 140 <= now["on"] <= 260
    assert 900 <= after["on"] <= 1100
    assert (bench.backend.writes, rollout_of(bench.state().strategies[0])) == (writes, 10)
    assert preview(bench, environment="production", users=2000)["environments"] == [
        {key: value for key, value in row.items() if key != "after"}
    ]


def test_each_context_is_told_why(bench: Bench) -> None:
    strategy = bench.rollout(100)
    only_norway: Json = {"contextName": "country", "operator": "IN", "values": ["no"]}
    update(bench, strategy, StrategyFields(title="Norway", constraints=[cast("dict[str, Json]", only_norway)]))
    contexts = [{"country": "no"}, {"country": "se"}]
    off = rows(preview(bench, environment="production", contexts=contexts, enabled=True))[0]
    assert off["contexts"] == [
        {"context": {"country": "no"}, "now": False, "because": "production is off", "after": True},
        {"context": {"country": "se"}, "now": False, "because": "production is off", "after": False},
    ]
    bench.enable()
    on = rows(preview(bench, contexts=contexts))[1]
    assert on["contexts"] == [
        {"context": {"country": "no"}, "now": True, "because": 'it passes "Norway"'},
        {"context": {"country": "se"}, "now": False, "because": "it passes no strategy"},
    ]


def test_a_parent_that_is_off_is_the_reason(bench: Bench) -> None:
    bench.make("new-basket")
    bench.rollout(100)
    bench.enable()

    async def depend(deps: Deps) -> None:
        await update_flag(deps, name="new-checkout", fields=FlagFields(dependency={"feature": "new-basket"}))

    bench.run(depend)
    off = rows(preview(bench, environment="production", contexts=[{"userId": "1"}]))[0]
    assert off["contexts"] == [
        {
            "context": {"userId": "1"},
            "now": False,
            "because": "new-basket, which it depends on, is not as it must be",
        }
    ]
    assert cast("list[dict[str, Json]]", off["strategies"])[0]["on"] == 1
    bench.enable("new-basket")
    on = rows(preview(bench, environment="production", contexts=[{"userId": "1"}]))[0]
    assert on["contexts"] == [{"context": {"userId": "1"}, "now": True, "because": "it passes flexibleRollout (100 %)"}]


def test_a_change_needs_its_environment(bench: Bench) -> None:
    with pytest.raises(BadArgument, match="environment"):
        preview(bench, enabled=True)


NORWAY = (Constraint("country", "IN", ("no",)),)


def roll(bench: Bench, **given: object) -> dict[str, Json]:
    fields = StrategyFields(percentage=20, **given)  # type: ignore[arg-type]
    return bench.run(
        lambda deps: strategies.set_flag_rollout(deps, name="new-checkout", environment="production", fields=fields)
    )


def test_segments_are_named_or_numbered_and_cleared(bench: Bench) -> None:
    first = asyncio.run(bench.backend.put_segment(Segment(0, "norway", "", NORWAY), "me"))
    second = asyncio.run(bench.backend.put_segment(Segment(0, "staff", "", NORWAY), "me"))
    roll(bench, segments=["norway", str(second.id)])
    assert bench.state().strategies[0].segments == (first.id, second.id)
    update(bench, bench.state().strategies[0].id, StrategyFields(title="Staff"))
    assert bench.state().strategies[0].segments == (first.id, second.id)
    roll(bench, segments=[])
    assert bench.state().strategies[0].segments == ()


def test_a_misspelt_segment_is_told_with_the_nearest(bench: Bench) -> None:
    asyncio.run(bench.backend.put_segment(Segment(0, "norway", "", NORWAY), "me"))
    with pytest.raises(BadArgument, match="norwai") as raised:
        roll(bench, segments=["norwai"])
    assert '"norway"' in raised.value.hint
    assert bench.backend.writes == 0


def test_a_misspelt_context_field_is_told_and_a_property_of_the_house_is_not(bench: Bench) -> None:
    for name in ("userid", "user-id", "sesionId"):
        with pytest.raises(BadArgument, match=name) as raised:
            roll(bench, constraints=[{"contextName": name, "operator": "IN", "values": ["1"]}])
        assert "Did you mean" in raised.value.hint
    assert bench.backend.writes == 0
    roll(bench, constraints=[{"contextName": "companyId", "operator": "IN", "values": ["1"]}])


def test_only_legal_values_of_a_context_field_are_taken(bench: Bench) -> None:
    field = ContextField("country", legal_values=("norway", "sweden"))
    asyncio.run(bench.backend.put_context_field(field, "me"))
    with pytest.raises(BadArgument, match="norwai") as raised:
        roll(bench, constraints=[{"contextName": "country", "operator": "IN", "values": ["norwai"]}])
    assert '"norway"' in raised.value.hint
    roll(bench, constraints=[{"contextName": "country", "operator": "IN", "values": ["norway"]}])


WRONG: dict[str, dict[str, Json]] = {
    "IN": {"value": "1"},
    "NOT_IN": {"value": "1"},
    "STR_ENDS_WITH": {"values": []},
    "STR_STARTS_WITH": {},
    "STR_CONTAINS": {"values": ["x" * 101]},
    "NUM_EQ": {"value": "1.42.0"},
    "NUM_GT": {},
    "NUM_GTE": {"value": "many"},
    "NUM_LT": {"value": ""},
    "NUM_LTE": {"values": ["1"]},
    "DATE_AFTER": {"value": "tomorrow"},
    "DATE_BEFORE": {"value": "1"},
    "SEMVER_EQ": {"value": "1.42"},
    "SEMVER_GT": {"value": "v1.2.3"},
    "SEMVER_GTE": {"value": "1"},
    "SEMVER_LT": {},
    "SEMVER_LTE": {"value": "x"},
    "REGEX": {"value": "["},
}


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_constraint_that_can_not_be_is_refused_before_anything_is_written(bench: Bench, operator: str) -> None:
    row: Json = {"contextName": "userId", "operator": operator, **WRONG[operator]}
    with pytest.raises(BadArgument) as raised:
        roll(bench, constraints=[row])
    assert raised.value.hint
    assert bench.backend.writes == 0
    assert len(OPERATORS) == 18
