from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from featureops.adapters.embedded import EmbeddedBackend
from featureops.app import flags, metadata, plans, strategies
from featureops.app.deps import Deps, Modes
from featureops.app.metadata import FlagFields
from featureops.app.strategies import StrategyFields
from featureops.app.undo import undo
from featureops.core.config import Policy
from featureops.core.errors import BadArgument, Denied, MovedOn
from featureops.core.flagmeta import fingerprint
from featureops.core.model import FileEdit, Flag, Json
from tests.app.flag_deps import Bench

Write = Callable[[Bench], dict[str, Json]]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    found = Bench(tmp_path)
    found.make()
    return found


def take_back(bench: Bench, change: str | None = None, confirm: str | None = None) -> dict[str, Json]:
    return bench.run(lambda deps: undo(deps, change, confirm))


def stored(bench: Bench, name: str = "new-checkout") -> Flag:
    return asyncio.run(bench.backend.flag(name))


def content(bench: Bench) -> str:
    return fingerprint(stored(bench), ids=False)


def toggle(bench: Bench, *, on: bool = True, environment: str = "production") -> dict[str, Json]:
    return bench.run(
        lambda deps: flags.toggle_flag_environment(deps, name="new-checkout", environment=environment, enabled=on)
    )


def roll(bench: Bench, percentage: float = 50) -> dict[str, Json]:
    first = next((each.id for each in bench.state().strategies), None)
    fields = StrategyFields(percentage=percentage)
    return bench.run(
        lambda deps: strategies.set_flag_rollout(
            deps, name="new-checkout", environment="production", fields=fields, strategy_id=first
        )
    )


def remove(bench: Bench) -> dict[str, Json]:
    strategy = bench.state().strategies[0].id
    return bench.run(
        lambda deps: strategies.remove_flag_strategy(
            deps, name="new-checkout", environment="production", strategy_id=strategy
        )
    )


def describe(bench: Bench) -> dict[str, Json]:
    fields = FlagFields("Until July", "experiment", True, True, [{"url": "https://example.com"}])
    return bench.run(lambda deps: metadata.update_flag(deps, name="new-checkout", fields=fields))


def tag(bench: Bench) -> dict[str, Json]:
    return bench.run(
        lambda deps: metadata.update_flag_tags(deps, name="new-checkout", add=[{"value": "one"}], remove=[])
    )


def depend(bench: Bench) -> dict[str, Json]:
    bench.make("new-basket")
    fields = FlagFields(dependency={"feature": "new-basket"})
    return bench.run(lambda deps: metadata.update_flag(deps, name="new-checkout", fields=fields))


def archive(bench: Bench) -> dict[str, Json]:
    return bench.run(lambda deps: flags.archive_flag(deps, name="new-checkout"))


WRITES: list[Write] = [toggle, lambda bench: toggle(bench, on=False), roll, remove, describe, tag, depend, archive]


@pytest.mark.parametrize("served", [False, True])
@pytest.mark.parametrize("write", WRITES)
def test_every_write_is_taken_back(bench: Bench, write: Write, served: bool) -> None:
    bench.rollout(20)
    bench.rollout(30)
    bench.enable("new-checkout", "development")
    if served:
        bench.enable()
    before = content(bench)
    change = write(bench).get("changeId")
    if change is None:
        assert content(bench) == before
        return
    assert content(bench) != before
    answer = take_back(bench)
    assert (answer["changeId"], answer["undone"]) == (change, True)
    assert content(bench) == before


def test_one_after_the_other_is_taken_back_the_latest_first(bench: Bench) -> None:
    seen = [content(bench)]
    for write in (roll, toggle, describe, remove, tag, archive):
        write(bench)
        seen.append(content(bench))
    assert len(set(seen)) == 7
    for expected in reversed(seen[:-1]):
        take_back(bench)
        assert content(bench) == expected
    with pytest.raises(BadArgument):
        take_back(bench)


def test_a_new_flag_goes_into_the_archive(bench: Bench) -> None:
    bench.run(lambda deps: flags.create_flag(deps, name="other-thing", type="release", description="x"))
    take_back(bench)
    assert stored(bench, "other-thing").archived


def test_a_flag_that_moved_on_is_left_alone(bench: Bench) -> None:
    change = str(roll(bench)["changeId"])
    bench.enable()
    before = stored(bench)
    with pytest.raises(MovedOn, match="changed since"):
        take_back(bench, change)
    assert stored(bench) == before


def test_an_earlier_change_is_named_by_its_id_and_only_once(bench: Bench) -> None:
    first = str(tag(bench)["changeId"])
    take_back(bench, first)
    with pytest.raises(BadArgument, match="already"):
        take_back(bench, first)
    with pytest.raises(BadArgument, match="no change"):
        take_back(bench, "flag-99")


def test_what_wants_a_yes_wants_it_for_the_way_back_too(bench: Bench) -> None:
    roll(bench)
    bench.set(Policy(confirm=("production",)))
    before = content(bench)
    asked = take_back(bench)
    assert (asked["undone"], asked["requiresConfirmation"]) == (False, True)
    assert content(bench) == before
    assert take_back(bench, confirm=str(asked["confirm"]))["undone"] is True


def test_the_policy_holds_on_the_way_back(bench: Bench) -> None:
    bench.rollout(100)
    bench.enable()
    toggle(bench, on=False)
    bench.set(Policy(max_step=25))
    with pytest.raises(Denied, match="allows"):
        take_back(bench)
    archive(bench)
    bench.set(Policy(environments=("development",)))
    assert take_back(bench)["undone"] is True


def test_read_only_and_dry_run_write_nothing(bench: Bench) -> None:
    roll(bench)
    before, writes = content(bench), bench.backend.writes
    bench.set(modes=Modes(dry_run=True))
    answer = take_back(bench)
    assert (answer["undone"], answer["dryRun"]) == (False, True)
    bench.set(modes=Modes(read_only=True))
    with pytest.raises(Denied):
        take_back(bench)
    assert (content(bench), bench.backend.writes) == (before, writes)


def test_a_change_in_another_backend_is_not_taken_back_here(bench: Bench, tmp_path: Path) -> None:
    change = str(roll(bench)["changeId"])
    other = EmbeddedBackend(tmp_path / "other.db", lambda: bench.now)
    with pytest.raises(BadArgument, match="another backend"):
        asyncio.run(undo(replace(bench.deps, backend=other), change))


def test_the_latest_of_code_and_flags_is_taken_back(bench: Bench) -> None:
    work = bench.folder / "work"

    def apply(deps: Deps) -> None:
        edit = FileEdit("new.py", None, b"x = 1\n")
        plans.apply(deps, plans.new_plan(deps, "wrap", "A change", [edit], {}, {}))

    tag(bench)
    bench.now += 1
    bench.deps = replace(bench.deps, clock=lambda: bench.now)
    apply(bench.deps)
    assert (work / "new.py").exists()
    take_back(bench)
    assert not (work / "new.py").exists()
    assert stored(bench).tags
    take_back(bench)
    assert not stored(bench).tags
