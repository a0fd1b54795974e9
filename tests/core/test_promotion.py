"""What speaks against bringing a flag elsewhere, beyond what tests/adapters/unleash/test_promoting.py does for real."""

from __future__ import annotations

from dataclasses import replace

from featureops.core.model import EnvironmentState, Flag, Link, Strategy, Tag
from featureops.core.promotion import Elsewhere, conflict, translated, with_all_said

HALF = Strategy("flexibleRollout", {"rollout": "50"}, id="1")
USERS = Strategy("userWithId", {"userIds": "1,2"}, id="2")
HERE = Elsewhere("shop", ("production",), ("default", "flexibleRollout"), {})


def flag(*strategies: Strategy, enabled: bool = False) -> Flag:
    states = (EnvironmentState("production", enabled, "production", strategies),)
    return Flag("new-checkout", "default", "release", "", 0.0, environments=states)


def test_a_strategy_or_an_environment_that_is_not_there_is_a_conflict() -> None:
    assert "userWithId" in conflict(flag(USERS), None, HERE, ())
    assert "no environment production" in conflict(flag(HALF), None, replace(HERE, environments=("test",)), ())
    assert conflict(flag(), None, replace(HERE, environments=("test",)), ()) == ""
    assert conflict(flag(HALF), None, HERE, ()) == ""


def test_what_is_there_must_be_the_beginning_of_what_is_here() -> None:
    wanted = flag(HALF, Strategy("default", id="3"), enabled=True)
    there = translated(wanted, HERE)
    production = there.environments[0]
    for count in range(3):
        begun = replace(production, enabled=count == 2, strategies=production.strategies[:count])
        assert conflict(wanted, replace(there, environments=(begun,)), HERE, ()) == ""
    early = replace(production, strategies=production.strategies[:1])
    other = replace(production, strategies=production.strategies[::-1])
    for state in (early, other):
        assert "production" in conflict(wanted, replace(there, environments=(state,)), HERE, ())
    assert "archived" in conflict(wanted, replace(there, archived=True), HERE, ())
    assert "tags" in conflict(wanted, replace(there, tags=(Tag("simple", "other"),)), HERE, ())
    assert "links" in conflict(wanted, replace(there, links=(Link("https://example.com"),)), HERE, ())
    assert "staleness" in conflict(wanted, replace(there, stale=True), HERE, ())


def test_links_are_the_same_with_the_slash_that_a_server_adds() -> None:
    wanted = replace(translated(flag(), HERE), links=(Link("https://example.com"), Link("https://example.com/1")))
    there = replace(wanted, links=(Link("https://example.com/", id="7"),))
    assert [link.url for link in with_all_said(there, wanted).links] == [
        "https://example.com/",
        "https://example.com/1",
    ]
