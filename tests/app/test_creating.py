from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from featureops.app.creating import FirstRollout, create_flag
from featureops.app.deps import Modes
from featureops.core.config import Policy
from featureops.core.errors import BadArgument, Conflict, Denied
from featureops.core.flagstate import rollout_of
from featureops.core.model import Flag, Json, Naming
from tests.app.flag_deps import Bench, CountingBackend


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def create(bench: Bench, name: str = "new-checkout", **given: object) -> dict[str, Json]:
    said = {"type": "release", "description": "Pay with one click"} | given
    return bench.run(lambda deps: create_flag(deps, name=name, **said))  # type: ignore[arg-type]


def stored(bench: Bench, name: str = "new-checkout") -> Flag:
    return asyncio.run(bench.backend.flag(name))


def test_tags_and_links_are_there_from_the_start(bench: Bench) -> None:
    links = [{"url": "https://example.com/pull/7", "title": "The change"}]
    answer = create(bench, tags=[{"value": "checkout"}], links=links)
    flag = stored(bench)
    assert [(tag.type, tag.value) for tag in flag.tags] == [("simple", "checkout")]
    assert [(link.url, link.title) for link in flag.links] == [("https://example.com/pull/7", "The change")]
    assert cast("dict[str, Json]", answer["feature"])["tags"] == [{"type": "simple", "value": "checkout"}]


def test_tags_that_the_policy_requires_are_asked_for(bench: Bench) -> None:
    bench.set(Policy(required_tags=("team",)))
    with pytest.raises(Denied, match="team"):
        create(bench)
    assert bench.backend.writes == 0
    create(bench, tags=[{"type": "team", "value": "payments"}])


def test_a_first_rollout_is_set_and_the_flag_stays_off(bench: Bench) -> None:
    answer = create(bench, rollout=FirstRollout("production", 10))
    state = bench.state()
    assert (state.enabled, [rollout_of(each) for each in state.strategies]) == (False, [10])
    assert cast("dict[str, Json]", answer["rollout"])["rolloutPercentage"] == 10


def test_a_first_rollout_that_the_policy_refuses_is_told_beside_the_new_flag(bench: Bench) -> None:
    bench.set(Policy(environments=("development",)))
    answer = create(bench, rollout=FirstRollout("production", 10))
    assert answer["success"] is True
    assert "production" in str(answer["rollout"])
    assert cast("dict[str, Json]", answer["rollout"])["success"] is False


def test_an_environment_that_there_is_not_is_told_before_anything_is_written(bench: Bench) -> None:
    with pytest.raises(BadArgument) as raised:
        create(bench, rollout=FirstRollout("prodution", 10))
    assert "production" in raised.value.hint
    assert bench.backend.writes == 0


def test_another_spelling_of_a_flag_that_is_there_is_no_new_flag(bench: Bench) -> None:
    create(bench)
    with pytest.raises(Conflict, match="another spelling") as raised:
        create(bench, "newCheckout")
    assert "force" in raised.value.hint
    create(bench, "newCheckout", force=True)


def test_flags_that_look_alike_are_told(bench: Bench) -> None:
    create(bench, "one-click-checkout", description="Pay with one click in the checkout")
    answer = create(bench, "checkout-one-click-payment", description="Pay with one click in the checkout")
    similar = cast("list[dict[str, Json]]", answer["similar"])
    assert [each["flagName"] for each in similar] == ["one-click-checkout"]
    assert similar[0]["inBackend"] is True
    assert "similar" not in create(bench, "dark-colours", description="Show the page in the dark")


def test_flags_of_the_code_that_look_alike_are_told(bench: Bench) -> None:
    code = (
        "from UnleashClient import UnleashClient\nclient = UnleashClient('u', 'a')\n"
        "if client.is_enabled('one-click-checkout'):\n    pay()\n"
    )
    (bench.folder / "work" / "pay.py").write_text(code)
    answer = create(bench, "checkout-one-click-payment", description="Pay with one click in the checkout")
    similar = cast("list[dict[str, Json]]", answer["similar"])
    assert [(each["flagName"], each["inBackend"], each["location"]) for each in similar] == [
        ("one-click-checkout", False, "pay.py:3")
    ]


class Strict(CountingBackend):
    async def naming(self, project: str) -> Naming | None:
        del project
        return Naming("[a-z]+-[0-9]+", "pay-17", "The team and the number of the issue.")


def test_the_naming_pattern_of_the_project_is_checked_before_anything_is_written(bench: Bench) -> None:
    bench.backend = Strict(bench.folder / "state" / "flags.db", lambda: bench.now)
    bench.deps = replace(bench.deps, backend=bench.backend)
    for modes in (Modes(), Modes(dry_run=True)):
        bench.set(modes=modes)
        with pytest.raises(Denied) as raised:
            create(bench)
        assert "pay-17" in raised.value.hint
    assert bench.backend.writes == 0
    assert create(bench, "pay-18")["success"] is True


def test_a_dry_run_creates_nothing_and_sets_no_rollout(bench: Bench) -> None:
    bench.set(modes=Modes(dry_run=True))
    answer = create(bench, tags=[{"value": "checkout"}], rollout=FirstRollout("production", 10))
    assert (answer["dryRun"], "rollout" in answer, bench.backend.writes) == (True, False, 0)
