from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from featureops.adapters.embedded.metrics import Report
from featureops.app.health import health
from featureops.core.errors import UnknownFlag
from featureops.core.model import Constraint, Json, Strategy, Variant
from tests.app.flag_deps import Bench

DAY = 86_400


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def check(bench: Bench, *in_code: str, flag: str | None = None) -> dict[str, dict[str, Json]]:
    inventory: dict[str, Json] = {
        "flags": [{"flagName": name, "usages": 2, "files": 1, "languages": [], "sdks": []} for name in in_code],
        "dynamicReads": [],
    }
    answer = bench.run(lambda deps: health(deps, flag=flag, inventory=inventory))
    rows = answer["flags"]
    assert isinstance(rows, list)
    return {str(row["flagName"]): row for row in rows if isinstance(row, dict)}


def put(bench: Bench, name: str, strategy: Strategy) -> None:
    asyncio.run(bench.backend.put_strategy(name, "default", "production", strategy, "me"))


def test_a_flag_on_for_everybody_in_production_is_ready_and_says_which_branch_stays(bench: Bench) -> None:
    bench.make("a")
    bench.enable("a")
    row = check(bench, "a")["a"]
    assert (row["verdict"], row["value"]) == ("ready-to-clean-up", "enabled")
    assert row["next"] == {"tool": "cleanup_flag", "arguments": {"flagName": "a", "preservePath": "enabled"}}


@pytest.mark.parametrize(
    "strategy",
    [
        Strategy("flexibleRollout", {"rollout": "99"}),
        Strategy("default", constraints=(Constraint("country", "IN", ("NO",)),)),
        Strategy("userWithId", {"userIds": "1,2"}),
        Strategy("default", variants=(Variant("a", 500), Variant("b", 500))),
    ],
    ids=["rollout", "constraint", "users", "variants"],
)
def test_a_flag_that_depends_on_the_user_is_active(bench: Bench, strategy: Strategy) -> None:
    bench.make("a")
    put(bench, "a", strategy)
    bench.enable("a")
    row = check(bench, "a")["a"]
    assert (row["verdict"], row["next"]) == ("active", None)


def test_a_disabled_strategy_for_few_does_not_hide_that_everybody_has_it(bench: Bench) -> None:
    bench.make("a")
    put(bench, "a", Strategy("userWithId", {"userIds": "1"}, disabled=True))
    put(bench, "a", Strategy("flexibleRollout", {"rollout": "5"}))
    put(bench, "a", Strategy("flexibleRollout", {"rollout": "100"}))
    bench.enable("a")
    assert check(bench, "a")["a"]["verdict"] == "ready-to-clean-up"


def test_a_variant_for_some_before_the_rollout_for_all_is_still_a_choice(bench: Bench) -> None:
    bench.make("a")
    beta = Strategy("userWithId", {"userIds": "1"}, variants=(Variant("beta", 1000),))
    put(bench, "a", beta)
    put(bench, "a", Strategy("flexibleRollout", {"rollout": "100"}))
    bench.enable("a")
    assert check(bench, "a")["a"]["verdict"] == "active"


def test_one_variant_for_everybody_is_named(bench: Bench) -> None:
    bench.make("a", "experiment")
    variants = (Variant("blue", 1000, "fix"), Variant("grey", 0))
    put(bench, "a", Strategy("flexibleRollout", {"rollout": "100"}, variants=variants))
    bench.enable("a")
    row = check(bench, "a")["a"]
    assert (row["verdict"], row["value"]) == ("ready-to-clean-up", "blue")


def test_off_is_final_only_past_the_lifetime(bench: Bench) -> None:
    bench.make("a")
    assert check(bench, "a")["a"]["verdict"] == "active"
    bench.now += 41 * DAY
    row = check(bench, "a")["a"]
    assert (row["verdict"], row["value"]) == ("ready-to-clean-up", "disabled")
    assert "41 days old" in str(row["evidence"])
    bench.enable("a", "development")
    assert check(bench, "a")["a"]["verdict"] == "stale"


def test_kill_switches_may_stay_on_for_good(bench: Bench) -> None:
    bench.make("a", "kill-switch")
    bench.enable("a")
    bench.now += 400 * DAY
    assert check(bench, "a")["a"]["verdict"] == "active"


def test_a_partial_rollout_past_its_lifetime_or_unseen_for_long_is_stale(bench: Bench) -> None:
    bench.make("old")
    put(bench, "old", Strategy("flexibleRollout", {"rollout": "50"}))
    bench.enable("old")
    bench.make("unseen", "permission")
    bench.backend.metrics.add("production", Report("shop", bench.now, {"unseen": 1}, {"unseen": 0}))
    bench.now += 41 * DAY
    rows = check(bench, "old", "unseen")
    assert [rows[name]["verdict"] for name in ("old", "unseen")] == ["stale", "stale"]
    assert rows["old"]["next"] == {"tool": "get_flag_state", "arguments": {"featureName": "old"}}
    assert "41 days" in str(rows["unseen"]["evidence"])


def test_a_flag_in_the_code_only_is_a_ghost(bench: Bench) -> None:
    bench.make("new-checkout")
    rows = check(bench, "banner", "new-chekout", "new-checkout")
    assert rows["banner"]["verdict"] == "ghost"
    following = rows["banner"]["next"]
    assert isinstance(following, dict)
    assert following["tool"] == "create_flag"
    assert 'It has "new-checkout"' in str(rows["new-chekout"]["evidence"])


def test_a_flag_in_the_backend_only_is_an_orphan_unless_somebody_else_asks_for_it(bench: Bench) -> None:
    bench.make("idle")
    bench.make("elsewhere")
    young = check(bench)
    bench.now += 10 * DAY
    bench.backend.metrics.add("production", Report("shop", bench.now - 60, {"elsewhere": 1}, {"elsewhere": 0}))
    rows = check(bench)
    assert [row["verdict"] for row in (*young.values(), *rows.values())] == ["orphan"] * 4

    def tool(row: dict[str, Json]) -> Json:
        following = row["next"]
        assert isinstance(following, dict)
        return following["tool"]

    assert [tool(young["idle"]), tool(rows["idle"]), tool(rows["elsewhere"])] == [
        "wrap_change",
        "archive_flag",
        "get_flag_state",
    ]


def test_an_archived_flag_that_is_still_read_is_a_zombie(bench: Bench) -> None:
    for name in ("read", "gone"):
        bench.make(name)
        asyncio.run(bench.backend.archive(name, "default", "me"))
    rows = check(bench, "read")
    assert list(rows) == ["read"]
    assert rows["read"]["verdict"] == "zombie"
    assert rows["read"]["next"] == {
        "tool": "cleanup_flag",
        "arguments": {"flagName": "read", "preservePath": "disabled"},
    }


def test_the_most_urgent_come_first_then_the_name_decides(bench: Bench) -> None:
    for name in ("b", "a", "z"):
        bench.make(name)
    bench.enable("z")
    assert list(check(bench, "ghost", "b", "a", "z")) == ["z", "ghost", "a", "b"]


def test_one_flag_can_be_asked_for_and_an_unknown_one_is_told(bench: Bench) -> None:
    bench.make("new-checkout")
    bench.make("other")
    assert list(check(bench, "new-checkout", flag="new-checkout")) == ["new-checkout"]
    with pytest.raises(UnknownFlag) as unknown:
        check(bench, flag="new-chekout")
    assert "new-checkout" in unknown.value.hint


def test_the_inventory_is_taken_from_the_files_when_none_is_given(bench: Bench) -> None:
    (bench.folder / "work" / "shop.py").write_text(
        "from UnleashClient import UnleashClient\n"
        'client = UnleashClient("http://localhost", "shop")\n'
        'if client.is_enabled("new-checkout"):\n'
        "    print(1)\n"
    )
    bench.make("new-checkout")
    bench.enable("new-checkout")
    answer = bench.run(health)
    rows = answer["flags"]
    assert isinstance(rows, list)
    assert [(row["flagName"], row["verdict"], row["usages"]) for row in rows if isinstance(row, dict)] == [
        ("new-checkout", "ready-to-clean-up", 1)
    ]
