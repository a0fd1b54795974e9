from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from featureops.app import flags, gate, strategies
from featureops.app.deps import Deps, Modes
from featureops.app.strategies import StrategyFields
from featureops.core.config import Policy
from featureops.core.errors import BadConfiguration, Denied, Unwritable
from featureops.core.model import Json
from tests.app.flag_deps import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.make()
    return bench


async def roll(deps: Deps, percentage: int, confirm: str | None = None, **other: str) -> dict[str, Json]:
    environment = other.get("environment", "production")
    return await strategies.set_flag_rollout(
        deps,
        name="new-checkout",
        environment=environment,
        fields=StrategyFields(percentage=percentage),
        confirm=confirm,
    )


async def toggle(deps: Deps, *, enabled: bool = True, confirm: str | None = None, **other: str) -> dict[str, Json]:
    environment = other.get("environment", "production")
    return await flags.toggle_flag_environment(
        deps, name="new-checkout", environment=environment, enabled=enabled, confirm=confirm
    )


async def every_write(deps: Deps, strategy_id: str) -> list[dict[str, Json] | Denied]:
    calls = [
        flags.create_flag(deps, name="other-flag", type="release", description=""),
        roll(deps, 50),
        toggle(deps),
        strategies.remove_flag_strategy(deps, name="new-checkout", environment="production", strategy_id=strategy_id),
        flags.archive_flag(deps, name="new-checkout"),
    ]
    return [await _or_denied(call) for call in calls]


async def _or_denied(call: object) -> dict[str, Json] | Denied:
    try:
        return await call  # type: ignore[misc, no-any-return] # a list of coroutines of different functions
    except Denied as denied:
        return denied


def test_read_only_sends_no_write_of_any_kind(bench: Bench) -> None:
    known = bench.rollout(10)
    bench.set(modes=Modes(read_only=True))
    answers = bench.run(lambda deps: every_write(deps, known))
    assert [type(answer) for answer in answers] == [Denied] * 5
    assert bench.backend.writes == 0
    assert [entry["result"] for entry in bench.audit()] == ["refused"] * 5


def test_dry_run_reads_for_real_sends_nothing_and_tells_what_would_be(bench: Bench) -> None:
    known = bench.rollout(10)
    bench.set(modes=Modes(dry_run=True))
    answers = bench.run(lambda deps: every_write(deps, known))
    assert bench.backend.writes == 0
    assert [isinstance(answer, dict) and answer["dryRun"] for answer in answers] == [True] * 5
    rollout = answers[1]
    assert isinstance(rollout, dict)
    assert isinstance(before := rollout["before"], dict)
    assert isinstance(after := rollout["after"], dict)
    assert isinstance(strategies := after["strategies"], list)
    assert isinstance(strategy := strategies[0], dict)
    assert (before["exposure"], strategy["id"]) == (0, known)
    assert strategy["parameters"] == {"rollout": "50", "stickiness": "default", "groupId": "new-checkout"}
    assert bench.state().strategies[0].parameters["rollout"] == "10"
    assert [entry["result"] for entry in bench.audit()] == ["dry-run"] * 5


def test_dry_run_is_under_the_policy_too(bench: Bench) -> None:
    bench.set(Policy(environments=("development",)), Modes(dry_run=True))
    with pytest.raises(Denied):
        bench.run(lambda deps: roll(deps, 10))


def test_an_environment_outside_the_policy_is_refused_with_those_inside(bench: Bench) -> None:
    bench.set(Policy(environments=("development",)))
    with pytest.raises(Denied) as refused:
        bench.run(toggle)
    assert "development" in refused.value.hint
    assert bench.run(lambda deps: toggle(deps, environment="development"))["success"] is True


def test_a_protected_flag_refuses_every_write(bench: Bench) -> None:
    known = bench.rollout(10)
    bench.set(Policy(protected=("new-checkout", "other-flag")))
    answers = bench.run(lambda deps: every_write(deps, known))
    assert [type(answer) for answer in answers] == [Denied] * 5
    assert bench.backend.writes == 0


def test_names_must_match_the_whole_pattern(bench: Bench) -> None:
    bench.set(Policy(naming="[a-z]+(-[a-z]+)+"))

    def create(name: str) -> dict[str, Json]:
        return bench.run(lambda deps: flags.create_flag(deps, name=name, type="release", description=""))

    for wrong in ("Checkout", "checkout", "new-checkout-2"):
        with pytest.raises(Denied, match="does not allow the name") as refused:
            create(wrong)
        assert "[a-z]+(-[a-z]+)+" in refused.value.hint
    assert create("other-flag")["success"] is True
    bench.set(Policy(naming="("))
    with pytest.raises(BadConfiguration, match=r"policy\.naming"):
        create("third-flag")


def test_outside_of_the_hours_nobody_is_added_and_anybody_can_be_taken_away(bench: Bench) -> None:
    bench.rollout(50)
    friday_at_nine_in_oslo = bench.now  # 08:00 UTC
    bench.set(Policy(hours="Mon-Fri 09:00-16:00 Europe/Oslo"))
    assert bench.run(toggle)["success"] is True
    bench.now = friday_at_nine_in_oslo + 7 * 3600
    with pytest.raises(Denied, match=r"Fri 16:00 \(Europe/Oslo\)") as refused:
        bench.run(lambda deps: roll(deps, 60))
    assert "Turning off" in refused.value.hint
    bench.now = friday_at_nine_in_oslo + 24 * 3600
    with pytest.raises(Denied, match="Sat 09:00"):
        bench.run(lambda deps: roll(deps, 60))
    assert bench.run(lambda deps: roll(deps, 40))["success"] is True
    assert bench.run(lambda deps: toggle(deps, environment="development"))["enabled"] is True
    assert bench.run(lambda deps: toggle(deps, enabled=False))["success"] is True
    with pytest.raises(Denied, match="hours"):
        bench.run(toggle)


def test_a_step_larger_than_allowed_is_refused_and_the_next_one_named(bench: Bench) -> None:
    bench.set(Policy(max_step=25))
    with pytest.raises(Denied) as refused:
        bench.run(lambda deps: roll(deps, 26))
    assert "at most 25 %" in refused.value.hint
    for percentage in (25, 50, 60):
        bench.run(lambda deps, to=percentage: roll(deps, to))  # type: ignore[misc] # mypy can't infer the default
    with pytest.raises(Denied, match="From 60 % to 100 % is a step of 40 points"):
        bench.run(lambda deps: roll(deps, 100))
    assert bench.run(lambda deps: roll(deps, 0))["success"] is True


def test_turning_production_on_counts_as_a_step_and_off_never_does(bench: Bench) -> None:
    bench.set(Policy(max_step=25))
    with pytest.raises(Denied) as refused:
        bench.run(toggle)
    assert '"rolloutPercentage": 25' in refused.value.hint
    bench.run(lambda deps: roll(deps, 25))
    bench.run(toggle)
    bench.run(lambda deps: toggle(deps, enabled=False))
    assert not bench.state().enabled
    assert bench.run(lambda deps: toggle(deps, environment="development"))["enabled"] is True


def test_production_waits_until_the_flag_was_on_in_development(bench: Bench) -> None:
    bench.set(Policy(environments=("development", "production"), require_in_order=True))
    for call in (toggle, lambda deps: roll(deps, 5)):
        with pytest.raises(Denied, match="never on in development") as refused:
            bench.run(call)
        assert '"environment": "development"' in refused.value.hint
    bench.enable(environment="development")
    bench.enable(environment="development", on=False)
    assert bench.run(toggle)["success"] is True
    assert bench.run(lambda deps: toggle(deps, enabled=False))["success"] is True


def test_a_confirmed_environment_writes_only_with_the_token_of_that_change(bench: Bench) -> None:
    bench.set(Policy(confirm=("production",)))
    asked = bench.run(lambda deps: roll(deps, 10))
    token = str(asked["confirm"])
    assert (asked["success"], asked["requiresConfirmation"], bench.backend.writes) == (False, True, 0)
    for wrong in ("", "x", token[:-1] + "z", token + "0", "ä"):
        with pytest.raises(Denied, match="does not belong"):
            bench.run(lambda deps, confirm=wrong: roll(deps, 10, confirm))  # type: ignore[misc] # see above
    with pytest.raises(Denied, match="does not belong"):
        bench.run(lambda deps: roll(deps, 11, token))
    with pytest.raises(Denied, match="does not belong"):
        bench.run(lambda deps: toggle(deps, confirm=token))
    assert bench.backend.writes == 0
    done = bench.run(lambda deps: roll(deps, 10, token))
    assert (done["success"], bench.backend.writes, "confirm" in done) == (True, 1, False)
    assert bench.run(lambda deps: roll(deps, 50, environment="development"))["success"] is True


def test_a_token_is_void_once_the_flag_moved_or_time_passed(bench: Bench) -> None:
    bench.set(Policy(confirm=("production",)))
    token = str(bench.run(lambda deps: roll(deps, 10))["confirm"])
    bench.now += 15 * 60 + 1
    with pytest.raises(Denied, match="older than 15 minutes"):
        bench.run(lambda deps: roll(deps, 10, token))
    token = str(bench.run(lambda deps: roll(deps, 10))["confirm"])
    bench.enable(environment="development")
    with pytest.raises(Denied, match="does not belong"):
        bench.run(lambda deps: roll(deps, 10, token))
    assert bench.backend.writes == 0


def test_a_token_of_another_secret_is_worth_nothing(bench: Bench) -> None:
    bench.set(Policy(confirm=("production",)))
    token = str(bench.run(lambda deps: roll(deps, 10))["confirm"])
    bench.deps = replace(bench.deps, secret=b"another")
    with pytest.raises(Denied, match="does not belong"):
        bench.run(lambda deps: roll(deps, 10, token))


def test_usage_that_arrives_in_between_does_not_void_a_token(bench: Bench) -> None:
    from featureops.adapters.embedded.metrics import Report

    bench.set(Policy(confirm=("production",)))
    token = str(bench.run(lambda deps: roll(deps, 10))["confirm"])
    bench.backend.metrics.add("production", Report("shop", bench.now, {"new-checkout": 5}, {"new-checkout": 1}))
    assert bench.run(lambda deps: roll(deps, 10, token))["success"] is True


def test_archiving_touches_every_environment_and_so_needs_the_yes_too(bench: Bench) -> None:
    bench.set(Policy(confirm=("production",)))
    asked = bench.run(lambda deps: flags.archive_flag(deps, name="new-checkout"))
    assert asked["requiresConfirmation"] is True
    token = str(asked["confirm"])
    done = bench.run(lambda deps: flags.archive_flag(deps, name="new-checkout", confirm=token))
    assert done["success"] is True


def test_what_is_so_already_is_neither_asked_nor_sent(bench: Bench) -> None:
    bench.set(Policy(confirm=("production",)))
    answer = bench.run(lambda deps: toggle(deps, enabled=False))
    assert (answer["success"], bench.backend.writes) == (True, 0)
    assert str(answer["message"]).startswith("Nothing to do")


def test_every_write_is_in_the_audit_log_before_and_after(bench: Bench) -> None:
    bench.run(lambda deps: roll(deps, 10))
    started, done = bench.audit()
    assert (started["result"], done["result"]) == ("started", "done")
    assert (done["client"], done["action"], done["flag"], done["environment"]) == (
        "tester",
        "rollout",
        "new-checkout",
        "production",
    )
    assert isinstance(planned := done["planned"], dict)
    assert planned["enabled"] is False


def test_a_write_that_fails_is_recorded_as_failed(bench: Bench) -> None:
    flag = asyncio.run(bench.backend.flag("new-checkout"))

    async def fails(_: object) -> Denied:
        raise Unwritable("the disk is full")

    request = gate.WriteRequest("archive", flag, replace(flag, archived=True))
    with pytest.raises(Unwritable):
        bench.run(lambda deps: gate.write(deps, request, fails))  # type: ignore[arg-type] # never returns
    assert [(entry["result"], entry.get("message")) for entry in bench.audit()] == [
        ("started", None),
        ("failed", "the disk is full"),
    ]


def test_nothing_is_sent_when_the_audit_log_cannot_be_written(bench: Bench) -> None:
    (bench.folder / "state" / "audit.jsonl").mkdir()
    with pytest.raises(Unwritable, match="audit log"):
        bench.run(lambda deps: roll(deps, 10))
    assert bench.backend.writes == 0
    assert bench.state().strategies == ()


def test_a_decline_is_recorded_and_says_not_to_ask_again(bench: Bench) -> None:
    bench.set(Policy(confirm=("production",)))
    asked = bench.run(lambda deps: roll(deps, 10))
    declined = gate.decline(bench.deps, asked)
    assert "Do not ask again" in declined.hint
    assert [entry["result"] for entry in bench.audit()] == ["unconfirmed", "declined"]
    assert bench.audit()[-1]["flag"] == "new-checkout"


def test_concurrent_rollouts_of_one_flag_leave_one_strategy(bench: Bench) -> None:
    async def many(deps: Deps) -> list[dict[str, Json]]:
        return list(await asyncio.gather(*(roll(deps, percentage) for percentage in range(10, 13))))

    answers = bench.run(many)
    assert all(answer["success"] for answer in answers)
    assert len(bench.state().strategies) == 1
    assert bench.state().strategies[0].parameters["rollout"] in {"10", "11", "12"}


def test_an_environment_that_the_backend_has_not_is_not_waited_for(bench: Bench) -> None:
    bench.set(Policy(environments=("staging", "development", "production"), require_in_order=True))
    bench.enable(environment="development")
    assert bench.run(toggle)["success"] is True


def test_a_token_is_void_even_when_the_flag_came_back_to_where_it_was(bench: Bench) -> None:
    bench.set(Policy(confirm=("production",)))
    token = str(bench.run(lambda deps: roll(deps, 10))["confirm"])
    asyncio.run(bench.backend.archive("new-checkout", "default", "somebody"))
    asyncio.run(bench.backend.revive("new-checkout", "default", "somebody"))
    with pytest.raises(Denied, match="does not belong"):
        bench.run(lambda deps: roll(deps, 10, token))
