from __future__ import annotations

from pathlib import Path

import pytest

from featureops.app import flags, strategies
from featureops.app.deps import Modes
from featureops.app.strategies import StrategyFields
from featureops.core.errors import BadArgument, BadConfiguration, Conflict, UnknownFlag
from featureops.core.flagsearch import FlagQuery
from featureops.core.model import Json
from tests.app.flag_deps import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def create(bench: Bench, name: str = "new-checkout") -> dict[str, Json]:
    return bench.run(lambda deps: flags.create_flag(deps, name=name, type="release", description="A checkout"))


def roll(bench: Bench, percentage: float, **options: str) -> dict[str, Json]:
    return bench.run(
        lambda deps: strategies.set_flag_rollout(
            deps,
            name="new-checkout",
            environment=options.get("environment", "production"),
            fields=StrategyFields(
                percentage=percentage, stickiness=options.get("stickiness"), title=options.get("title")
            ),
        )
    )


def table(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value


def test_creating_answers_with_the_keys_of_the_unleash_server(bench: Bench) -> None:
    answer = create(bench)
    feature = table(answer["feature"])
    assert (answer["success"], answer["dryRun"], answer["before"]) == (True, False, None)
    assert {key: feature[key] for key in ("name", "project", "type", "description", "impressionData", "createdAt")} == {
        "name": "new-checkout",
        "project": "default",
        "type": "release",
        "description": "A checkout",
        "impressionData": False,
        "createdAt": "2027-01-15T08:00:00.000Z",
    }
    assert table(answer["links"])["resourceUri"] == "unleash://projects/default/feature-flags/new-checkout"
    assert set(table(answer["links"])) == {"ui", "api", "resourceUri"}


def test_a_name_that_is_taken_is_a_conflict_in_a_dry_run_too(bench: Bench) -> None:
    create(bench)
    with pytest.raises(Conflict):
        create(bench)
    bench.set(modes=Modes(dry_run=True))
    with pytest.raises(Conflict):
        create(bench)
    dry = create(bench, "other-flag")
    assert str(dry["message"]).startswith("[DRY RUN] Would create")


def test_a_rollout_is_updated_and_never_piles_up(bench: Bench) -> None:
    create(bench)
    first = roll(bench, 10, stickiness="userId", title="canary")
    second = roll(bench, 50)
    (strategy,) = bench.state().strategies
    assert first["strategyId"] == second["strategyId"] == strategy.id
    assert strategy.parameters == {"rollout": "50", "stickiness": "userId", "groupId": "new-checkout"}
    assert strategy.title == "canary"
    assert (second["rolloutPercentage"], table(second["strategy"])["id"]) == (50, strategy.id)
    before, after = table(second["before"]), table(second["after"])
    assert [table(each)["parameters"] for each in _list(before["strategies"])] == [
        {**strategy.parameters, "rollout": "10"}
    ]
    assert [table(each)["parameters"] for each in _list(after["strategies"])] == [dict(strategy.parameters)]


def _list(value: Json) -> list[Json]:
    assert isinstance(value, list)
    return value


def test_a_rollout_does_not_turn_on_but_says_that_it_is_off(bench: Bench) -> None:
    create(bench)
    off = roll(bench, 10)
    assert not bench.state().enabled
    assert "toggle_flag_environment" in str(off["hint"])
    bench.enable()
    assert "hint" not in roll(bench, 20)


def test_two_rollout_strategies_are_ambiguous_and_both_are_named(bench: Bench) -> None:
    create(bench)
    known = [bench.rollout(10), bench.rollout(20)]
    with pytest.raises(BadArgument, match="2 flexibleRollout") as refused:
        roll(bench, 30)
    assert all(each in refused.value.hint for each in known)


@pytest.mark.parametrize("percentage", [-1, 100.5, 12.5, 101])
def test_a_percentage_is_a_whole_number_up_to_100(bench: Bench, percentage: float) -> None:
    create(bench)
    with pytest.raises(BadArgument, match="not a rollout percentage"):
        roll(bench, percentage)


def test_variants_are_normalised_and_wrong_ones_refused_before_anything_is_written(bench: Bench) -> None:
    create(bench)

    def vary(*variants: dict[str, Json]) -> dict[str, Json]:
        return bench.run(
            lambda deps: strategies.set_flag_rollout(
                deps,
                name="new-checkout",
                environment="production",
                fields=StrategyFields(percentage=100, variants=variants),
            )
        )

    vary({"name": "b", "weight": 1}, {"name": "a", "weight": 1}, {"name": "c", "weight": 1})
    (strategy,) = bench.state().strategies
    assert [(each.name, each.weight) for each in strategy.variants] == [("a", 334), ("b", 333), ("c", 333)]
    writes = bench.backend.writes
    wrong_ones: list[dict[str, Json]] = [
        {"name": "a"},
        {"name": "a", "weight": 5, "weightType": "fix"},
        {"name": "a", "weight": 1001},
    ]
    for wrong in wrong_ones:
        with pytest.raises(BadArgument):
            vary(wrong)
    assert bench.backend.writes == writes
    roll(bench, 50)
    assert len(bench.state().strategies[0].variants) == 3


def test_toggling_answers_with_what_is_there_afterwards(bench: Bench) -> None:
    create(bench)
    on = bench.run(
        lambda deps: flags.toggle_flag_environment(deps, name="new-checkout", environment="production", enabled=True)
    )
    assert (on["enabled"], on["environment"], on["projectId"]) == (True, "production", "default")
    assert table(on["feature"])["version"] == 2
    assert (table(on["before"])["exposure"], table(on["after"])["exposure"]) == (0, 100)
    assert bench.state().enabled


def test_removing_an_unknown_strategy_is_an_error_that_lists_the_known(bench: Bench) -> None:
    create(bench)
    known = bench.rollout(10)

    def remove(strategy_id: str) -> dict[str, Json]:
        return bench.run(
            lambda deps: strategies.remove_flag_strategy(
                deps, name="new-checkout", environment="production", strategy_id=strategy_id
            )
        )

    with pytest.raises(BadArgument) as refused:
        remove("nonsense")
    assert known in refused.value.hint
    answer = remove(known)
    assert (answer["removedStrategyId"], answer["remainingStrategies"]) == (known, [])
    assert bench.state().strategies == ()


def test_the_state_tells_every_environment_or_the_one_asked_for_in_any_case(bench: Bench) -> None:
    create(bench)
    bench.rollout(30)
    bench.enable()
    bench.now += 3 * 86_400

    def ask(environment: str | None) -> dict[str, Json]:
        return bench.run(lambda deps: flags.get_flag_state(deps, name="new-checkout", environment=environment))

    whole, one = ask(None), ask("PRODUCTION")
    assert [table(each)["name"] for each in _list(whole["environments"])] == ["development", "production"]
    (production,) = map(table, _list(one["environments"]))
    assert (production["name"], production["enabled"], production["exposure"]) == ("production", True, 30)
    feature = table(one["feature"])
    assert (feature["ageDays"], feature["lifetimeDays"]) == (3, 40)
    with pytest.raises(BadArgument, match="no environment"):
        ask("staging")


@pytest.mark.parametrize("verb", ["state", "toggle", "rollout", "archive"])
def test_an_unknown_flag_is_told_with_the_nearest_name(bench: Bench, verb: str) -> None:
    create(bench)
    name = "new-chekout"
    calls = {
        "state": lambda: bench.run(lambda deps: flags.get_flag_state(deps, name=name)),
        "toggle": lambda: bench.run(
            lambda deps: flags.toggle_flag_environment(deps, name=name, environment="production", enabled=True)
        ),
        "rollout": lambda: bench.run(
            lambda deps: strategies.set_flag_rollout(
                deps, name=name, environment="production", fields=StrategyFields(percentage=1)
            )
        ),
        "archive": lambda: bench.run(lambda deps: flags.archive_flag(deps, name=name)),
    }
    with pytest.raises(UnknownFlag) as unknown:
        calls[verb]()
    assert 'Did you mean "new-checkout"?' in unknown.value.hint


def test_an_archived_flag_is_listed_apart_and_refuses_writes(bench: Bench) -> None:
    create(bench)
    archived = bench.run(lambda deps: flags.archive_flag(deps, name="new-checkout"))
    assert table(archived["feature"])["archived"] is True
    assert bench.run(flags.list_flags)["flags"] == []
    listed = bench.run(lambda deps: flags.list_flags(deps, query=FlagQuery("default", archived=True)))
    assert [table(each)["name"] for each in _list(listed["flags"])] == ["new-checkout"]
    with pytest.raises(BadArgument, match="archived"):
        roll(bench, 10)


def test_lists_are_paged_by_name(bench: Bench) -> None:
    for name in ("c", "a", "b"):
        bench.make(name)
    first = bench.run(lambda deps: flags.list_flags(deps, query=FlagQuery("default", limit=2)))
    rest = bench.run(lambda deps: flags.list_flags(deps, query=FlagQuery("default", limit=2, offset=2)))
    assert [table(each)["name"] for each in _list(first["flags"])] == ["a", "b"]
    assert [table(each)["name"] for each in _list(rest["flags"])] == ["c"]
    assert (first["totalFlags"], first["nextOffset"], rest["nextOffset"]) == (3, 2, None)
    projects = bench.run(flags.list_projects)
    assert [table(each)["id"] for each in _list(projects["projects"])] == ["default"]


def test_without_a_backend_the_configuration_is_told(bench: Bench) -> None:
    from dataclasses import replace

    bench.deps = replace(bench.deps, backend=None)
    with pytest.raises(BadConfiguration, match="No flag backend"):
        bench.run(flags.list_flags)


def test_a_search_is_paged_with_its_cursor_and_with_no_other(bench: Bench) -> None:
    for name in ("pay-a", "pay-b", "pay-c", "dark"):
        bench.make(name)

    def page(query: FlagQuery, cursor: str | None = None) -> dict[str, Json]:
        return bench.run(lambda deps: flags.list_flags(deps, query=query, cursor=cursor, keys_only=True))

    wanted = FlagQuery("default", words="pay", limit=2)
    first = page(wanted)
    assert (first["keys"], first["flags"], first["totalFlags"]) == (["pay-a", "pay-b"], [], 3)
    rest = page(wanted, str(first["nextCursor"]))
    assert (rest["keys"], rest["nextCursor"]) == (["pay-c"], None)
    for other, cursor in ((FlagQuery("default", words="dark"), str(first["nextCursor"])), (wanted, "x")):
        with pytest.raises(BadArgument, match="cursor"):
            page(other, cursor)


@pytest.mark.parametrize(
    ("query", "right"),
    [
        (FlagQuery("default", state="prodution:enabled"), "production"),
        (FlagQuery("default", state="production:on"), "environment:enabled"),
        (FlagQuery("default", stage="liv"), "live"),
        (FlagQuery("default", segment="norway"), "none yet"),
        (FlagQuery("nowhere"), "default"),
    ],
)
def test_what_can_not_be_searched_for_is_told(bench: Bench, query: FlagQuery, right: str) -> None:
    with pytest.raises(BadArgument) as raised:
        bench.run(lambda deps: flags.list_flags(deps, query=query))
    assert right in f"{raised.value.message} {raised.value.hint}"
