"""Cleanup against the embedded backend: asked before, blocked, forced, verified, taken back, and what comes next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import anyio
import pytest

from featureops.adapters.runner import ShellRunner
from featureops.app import removal
from featureops.app.deps import Modes
from featureops.app.plans import undo
from featureops.app.removal import Terms, Verify
from featureops.core.config import CleanupConfig, Config, Policy
from featureops.core.errors import BadArgument, BadConfiguration, Denied, Unreachable
from featureops.core.model import Event, Flag, Json
from tests.app.cleaning import cleanup
from tests.app.flag_deps import Bench, CountingBackend
from tests.trees import repository, snapshot

FLAGS = b'from UnleashClient import UnleashClient\n\nclient = UnleashClient("u", "shop")\n'
PAY = b"""from shop.flags import client


def pay(total):
    if client.is_enabled("new-checkout"):
        return total + 1
    return total


def receipt(total):
    return client.is_enabled("new-receipt") and total
"""
DAY = 86_400


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    repository(tmp_path / "work", shop__flags_dot_py=FLAGS, shop__pay_dot_py=PAY)
    made = Bench(tmp_path)
    made.deps = replace(made.deps, runner=ShellRunner(lambda _: None))
    return made


def root_of(bench: Bench) -> Path:
    return Path(bench.deps.workspace.root)


def released(bench: Bench) -> None:
    """On for everybody, for long."""
    bench.make()
    for environment in ("development", "production"):
        bench.enable(environment=environment)
    bench.now += 30 * DAY


def remove(
    bench: Bench, *, keep: bool = True, apply: bool = True, force: bool = False, unprotect: bool = False
) -> dict[str, Json]:
    return cleanup(bench.deps, flag="new-checkout", keep=keep, apply=apply, force=force, unprotect=unprotect)


def table(value: Json) -> dict[str, Json]:
    return cast("dict[str, Json]", value)


def rows(value: Json) -> Sequence[dict[str, Json]]:
    return cast("Sequence[dict[str, Json]]", value)


def ready(answer: dict[str, Json]) -> tuple[Json, list[Json]]:
    found = table(answer["readiness"])
    return found["verdict"], [row["id"] for row in rows(found["reasons"])]


# ---------------------------------------------------------------- readiness


def test_a_flag_that_was_on_for_everybody_for_long_is_safe_to_remove(bench: Bench) -> None:
    released(bench)
    answer = remove(bench)
    assert ready(answer) == ("safe", [])
    assert (answer["applied"], answer["verdict"]) == (True, "complete")
    states = rows(table(answer["readiness"])["environments"])
    assert [(state["name"], state["serves"]) for state in states] == [
        ("development", "enabled"),
        ("production", "enabled"),
    ]


def test_what_production_does_not_serve_is_not_kept_without_force(bench: Bench) -> None:
    released(bench)
    before = snapshot(root_of(bench))
    preview = remove(bench, keep=False, apply=False)
    assert ready(preview) == ("blocked", ["kept-value", "kept-value"])
    assert preview["verdict"] == "complete", "a preview still shows everything"
    assert preview["next"] == [{"tool": "get_flag_state", "arguments": {"featureName": "new-checkout"}}]
    refused = remove(bench, keep=False)
    assert (refused["applied"], refused["verdict"]) == (False, "refused")
    assert "In production everybody gets it" in str(refused["message"])
    assert snapshot(root_of(bench)) == before
    forced = remove(bench, keep=False, force=True)
    assert (forced["applied"], forced["forced"]) == (True, True)
    assert table(table(forced["certificate"])["backend"])["forced"] is True


def test_a_blocked_plan_is_no_way_round(bench: Bench) -> None:
    released(bench)
    before = snapshot(root_of(bench))
    plan = str(remove(bench, keep=False, apply=False)["planId"])
    refused = bench.run(lambda deps: removal.apply_plan(deps, plan))
    assert (refused["applied"], refused["verdict"]) == (False, "refused")
    assert snapshot(root_of(bench)) == before
    done = bench.run(lambda deps: removal.apply_plan(deps, plan, Terms(force=True)))
    assert (done["applied"], "diff" in done) == (True, False)
    undo(bench.deps)
    assert snapshot(root_of(bench)) == before


def test_the_backend_is_asked_again_when_a_plan_is_applied(bench: Bench) -> None:
    released(bench)
    preview = remove(bench, apply=False)
    assert ready(preview)[0] == "safe"
    bench.enable(on=False)
    refused = bench.run(lambda deps: removal.apply_plan(deps, str(preview["planId"])))
    assert ready(refused) == ("blocked", ["kept-value"])
    assert refused["applied"] is False


def test_a_partial_rollout_blocks_and_says_how_far_it_is(bench: Bench) -> None:
    bench.make()
    bench.rollout(25)
    bench.enable()
    refused = remove(bench)
    assert ready(refused)[0] == "blocked"
    assert "at most 25 % of the users get it" in str(refused["message"])


def test_a_flag_that_the_backend_does_not_know_is_a_caution(bench: Bench) -> None:
    answer = remove(bench)
    assert ready(answer) == ("caution", ["unknown-flag"])
    assert (answer["applied"], answer["next"]) == (True, [])


def test_without_a_backend_it_says_so(bench: Bench) -> None:
    bench.deps = replace(bench.deps, backend=None)
    answer = remove(bench)
    assert ready(answer) == ("caution", ["no-backend"])
    assert "No flag backend is configured" in str(rows(table(answer["readiness"])["reasons"])[0]["text"])
    assert answer["applied"] is True


class SilentBackend(CountingBackend):
    async def flag(self, name: str, project: str | None = None) -> Flag:
        del name, project
        raise Unreachable("https://flags.example.org does not answer.", "Try again.")


def test_a_backend_that_does_not_answer_blocks_but_shows_the_preview(bench: Bench) -> None:
    bench.deps = replace(bench.deps, backend=SilentBackend(bench.folder / "x.db", lambda: bench.now))
    assert remove(bench, apply=False)["verdict"] == "complete"
    refused = remove(bench)
    assert ready(refused) == ("blocked", ["backend-silent"])
    assert "does not answer" in str(refused["message"])
    assert remove(bench, force=True)["applied"] is True


class FamilyBackend(CountingBackend):
    async def flag(self, name: str, project: str | None = None) -> Flag:
        return replace(await super().flag(name, project), children=("new-basket",))


def test_flags_that_depend_on_it_are_told_and_it_is_not_to_be_archived(bench: Bench) -> None:
    released(bench)
    bench.deps = replace(bench.deps, backend=FamilyBackend(bench.folder / "state" / "flags.db", lambda: bench.now))
    answer = remove(bench)
    assert ready(answer) == ("caution", ["children"])
    assert (answer["applied"], answer["next"]) == (True, [])


def test_force_over_the_backend_is_no_force_over_the_policy(bench: Bench) -> None:
    released(bench)
    plan = str(remove(bench, apply=False)["planId"])
    bench.set(Policy(protected=("new-checkout",)))
    with pytest.raises(Denied):
        remove(bench, force=True)
    with pytest.raises(Denied):
        bench.run(lambda deps: removal.apply_plan(deps, plan, Terms(force=True)))
    assert remove(bench, unprotect=True)["applied"] is True


def test_read_only_refuses_before_anything_else(bench: Bench) -> None:
    bench.set(modes=Modes(read_only=True))
    with pytest.raises(Denied, match="read-only"):
        remove(bench)
    with pytest.raises(Denied, match="read-only"):
        bench.run(lambda deps: removal.apply_plan(deps, "x"))


def test_asking_changes_nothing_in_the_backend(bench: Bench) -> None:
    released(bench)
    remove(bench, force=True)
    assert bench.backend.writes == 0


# ---------------------------------------------------------------- what comes next


def test_after_it_the_flag_may_be_archived_as_no_read_is_left(bench: Bench) -> None:
    released(bench)
    answer = remove(bench)
    assert answer["readsLeft"] == []
    (following,) = rows(answer["next"])
    assert (following["tool"], following["arguments"]) == ("archive_flag", {"featureName": "new-checkout"})
    assert "every running version" in str(following["reason"])


def test_while_a_read_is_left_the_reads_come_next(bench: Bench) -> None:
    released(bench)
    (root_of(bench) / "shop" / "other.py").write_bytes(PAY)
    answer = cleanup(bench.deps, flag="new-checkout", keep=True, files=["shop/pay.py"], apply=True)
    assert answer["readsLeft"] == ["shop/other.py:5"]
    assert answer["next"] == [{"tool": "detect_flag", "arguments": {"flagName": "new-checkout"}}]
    checks = {row["name"]: row["passed"] for row in rows(table(answer["certificate"])["checks"])}
    assert checks["no read left"] is False


# ---------------------------------------------------------------- certificate


def test_the_certificate_of_the_same_change_is_the_same(bench: Bench) -> None:
    released(bench)
    first = remove(bench)["certificate"]
    undo(bench.deps)
    assert remove(bench)["certificate"] == first
    assert table(first)["state"] == "applied"
    assert table(first)["readsRemoved"] == 1


def test_the_certificate_of_a_plan_applied_later_says_the_same(bench: Bench) -> None:
    released(bench)
    at_once = remove(bench)["certificate"]
    undo(bench.deps)
    plan = str(remove(bench, apply=False)["planId"])
    assert bench.run(lambda deps: removal.apply_plan(deps, plan))["certificate"] == at_once


# ---------------------------------------------------------------- the project's own tests


def verified(bench: Bench, command: str, seconds: float = 60) -> dict[str, Json]:
    return cleanup(bench.deps, flag="new-checkout", keep=True, apply=True, verify=command, seconds=seconds)


def test_a_passing_command_is_in_the_certificate(bench: Bench) -> None:
    released(bench)
    answer = verified(bench, "grep -q 'total + 1' shop/pay.py")
    checks = {row["name"]: row["passed"] for row in rows(table(answer["certificate"])["checks"])}
    assert checks == {
        "syntax": True,
        "no read left": True,
        "files are as planned": True,
        "the project's own tests": True,
    }


def test_a_failing_command_takes_the_change_back_and_shows_the_end_of_its_output(bench: Bench) -> None:
    released(bench)
    before = snapshot(root_of(bench))
    answer = verified(bench, "seq 5000; echo at last; exit 9")
    assert (answer["applied"], answer["verdict"], answer["next"]) == (False, "refused", [])
    assert table(answer["verify"])["exitCode"] == 9
    assert len(str(table(answer["verify"])["output"])) == 2000
    assert str(table(answer["verify"])["output"]).endswith("5000\nat last\n")
    assert "exit code 9. The change was taken back." in str(answer["message"])
    assert table(answer["certificate"])["state"] == "taken back"
    assert snapshot(root_of(bench)) == before


def test_a_command_that_does_not_end_takes_the_change_back(bench: Bench) -> None:
    before = snapshot(root_of(bench))
    answer = verified(bench, "sleep 300", 0.3)
    assert (answer["applied"], table(answer["verify"])["exitCode"]) == (False, 124)
    assert snapshot(root_of(bench)) == before


def test_a_command_that_changes_the_files_is_told(bench: Bench) -> None:
    answer = verified(bench, "echo '# formatted' >> shop/pay.py")
    checks = {row["name"]: row for row in rows(table(answer["certificate"])["checks"])}
    assert (answer["applied"], checks["files are as planned"]["passed"]) == (True, False)
    assert "shop/pay.py" in str(checks["files are as planned"]["detail"])


def test_what_a_failing_command_changed_is_not_overwritten(bench: Bench) -> None:
    answer = verified(bench, "echo '# mine' >> shop/pay.py; false")
    assert (answer["applied"], answer["verdict"], answer["next"]) == (True, "refused", [])
    assert "can't be taken back" in str(answer["message"])
    assert "# mine" in (root_of(bench) / "shop" / "pay.py").read_text()


def test_whoever_cancels_it_has_the_change_taken_back(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    before = snapshot(root_of(bench))
    root = root_of(bench)

    async def main() -> None:
        async with anyio.create_task_group() as group:

            def heard(_: str) -> None:
                assert 'is_enabled("new-checkout")' not in (root / "shop" / "pay.py").read_text()
                group.cancel_scope.cancel()

            deps = replace(bench.deps, runner=ShellRunner(heard))
            terms = Terms(apply=True, verify=Verify("echo begun; sleep 300", 60))
            await removal.remove(deps, flag="new-checkout", keep=True, terms=terms)
        await bench.backend.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(main())
    assert snapshot(root_of(bench)) == before
    assert "taken back" in caplog.text


def test_a_dry_run_runs_no_command(bench: Bench) -> None:
    bench.set(modes=Modes(dry_run=True))
    answer = verified(bench, "touch ran")
    assert (answer["applied"], "verify" in answer) == (False, False)
    assert not (root_of(bench) / "ran").exists()


def test_a_blocked_removal_runs_no_command(bench: Bench) -> None:
    bench.make()
    assert verified(bench, "touch ran")["verdict"] == "refused"
    assert not (root_of(bench) / "ran").exists()


def test_a_command_needs_a_written_change_and_something_to_run_it(bench: Bench) -> None:
    with pytest.raises(BadArgument):
        cleanup(bench.deps, flag="new-checkout", keep=True, verify="true")
    bench.deps = replace(bench.deps, runner=None)
    with pytest.raises(BadConfiguration):
        verified(bench, "true")


def test_a_tool_runs_only_the_configured_command_and_only_when_it_may(bench: Bench) -> None:
    config = Config(cleanup=CleanupConfig("make test", 60))
    with pytest.raises(Denied, match="permission"):
        removal.configured_verify(replace(bench.deps, config=config))
    allowed = replace(bench.deps, modes=Modes(run_verify=True))
    with pytest.raises(BadConfiguration, match="names no command"):
        removal.configured_verify(allowed)
    assert removal.configured_verify(replace(allowed, config=config)) == Verify("make test", 60)


def test_events_are_read_once_for_each_answer(bench: Bench) -> None:
    released(bench)
    remove(bench, apply=False)
    assert bench.backend.event_reads == 1
    assert isinstance(asyncio.run(bench.backend.events("new-checkout"))[0], Event)


def test_a_plan_can_be_made_before_there_is_an_event_loop(bench: Bench) -> None:
    pending = removal.remove_with(bench.deps, flag="new-checkout", keep=True, terms=Terms())
    (root_of(bench) / "shop" / "pay.py").write_text("")

    async def main() -> dict[str, Json]:
        try:
            return await pending
        finally:
            await bench.backend.close()

    answer = anyio.run(main)
    assert [row["path"] for row in rows(answer["files"])] == ["shop/pay.py"]
    assert answer["readiness"]
