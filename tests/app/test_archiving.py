"""Archiving a flag is refused while something still needs it; reviving brings it back, off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from featureops.adapters.embedded.metrics import Report
from featureops.app import flags
from featureops.core.config import Policy
from featureops.core.errors import BadArgument, Conflict, Denied, UnknownFlag
from featureops.core.model import Flag, Json
from tests.app.flag_deps import NOW, Bench, CountingBackend
from tests.trees import write

READS = b"""from UnleashClient import UnleashClient

client = UnleashClient("u", "shop")


def pay(total):
    return total + 1 if client.is_enabled("new-checkout") else total
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.make()
    made.enable()
    return made


def archive(bench: Bench, *, force: bool = False, confirm: str | None = None) -> dict[str, Json]:
    return bench.run(lambda deps: flags.archive_flag(deps, name="new-checkout", force=force, confirm=confirm))


def revive(bench: Bench) -> dict[str, Json]:
    return bench.run(lambda deps: flags.revive_flag(deps, name="new-checkout"))


def feature(answer: dict[str, Json]) -> dict[str, Json]:
    return cast("dict[str, Json]", answer["feature"])


def test_a_flag_that_no_code_reads_is_archived_and_revived_off(bench: Bench) -> None:
    assert feature(archive(bench))["archived"] is True
    answer = revive(bench)
    assert (answer["action"], answer["success"]) == ("revive", True)
    assert feature(answer)["archived"] is False
    assert bench.state().enabled is False


def test_while_the_code_reads_it_it_is_refused_with_the_places(bench: Bench) -> None:
    write(bench.folder / "work", pay_dot_py=READS)
    with pytest.raises(Conflict, match=r"pay\.py:7") as refused:
        archive(bench)
    assert "cleanup_flag" in refused.value.hint
    assert bench.backend.writes == 0
    assert feature(archive(bench, force=True))["archived"] is True


def test_a_mention_is_no_read(bench: Bench) -> None:
    write(bench.folder / "work", NOTES_dot_md=b"new-checkout was removed\n")
    assert feature(archive(bench))["archived"] is True


class FamilyBackend(CountingBackend):
    async def flag(self, name: str, project: str | None = None) -> Flag:
        return replace(await super().flag(name, project), children=("new-basket",))


def test_while_other_flags_depend_on_it_it_is_refused(bench: Bench) -> None:
    bench.deps = replace(bench.deps, backend=FamilyBackend(bench.folder / "state" / "flags.db", lambda: bench.now))
    with pytest.raises(Conflict, match="new-basket"):
        archive(bench)


def test_when_it_was_last_asked_for_is_told(bench: Bench) -> None:
    bench.backend.metrics.add("production", Report("shop", NOW, {"new-checkout": 3}, {"new-checkout": 0}, {}))
    assert "2027-01-15" in str(archive(bench)["hint"])


def test_the_policy_is_asked(bench: Bench) -> None:
    bench.set(Policy(protected=("new-checkout",)))
    with pytest.raises(Denied):
        archive(bench, force=True)
    bench.set(Policy(confirm=("production",)))
    asked = archive(bench)
    assert (asked["success"], asked["requiresConfirmation"]) == (False, True)
    assert feature(archive(bench, confirm=str(asked["confirm"])))["archived"] is True


def test_doing_it_twice_changes_nothing(bench: Bench) -> None:
    assert "Nothing to do" in str(revive(bench)["message"])
    archive(bench)
    write(bench.folder / "work", pay_dot_py=READS)
    assert "Nothing to do" in str(archive(bench)["message"])


def test_an_unknown_flag_and_one_that_is_archived_are_told(bench: Bench) -> None:
    with pytest.raises(UnknownFlag):
        bench.run(lambda deps: flags.archive_flag(deps, name="new-chekout"))
    archive(bench)
    with pytest.raises(BadArgument) as refused:
        bench.run(
            lambda deps: flags.toggle_flag_environment(
                deps, name="new-checkout", environment="production", enabled=True
            )
        )
    assert "revive_flag" in refused.value.hint
