from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from featureops.app import flags, metadata
from featureops.app.metadata import FlagFields
from featureops.core.config import Policy
from featureops.core.errors import BadArgument, Denied, MovedOn, UnknownFlag
from featureops.core.model import Flag, Json
from tests.app.flag_deps import Bench, CountingBackend

ISSUE: dict[str, Json] = {"url": "https://example.com/issues/1", "title": "The issue"}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    found = Bench(tmp_path)
    found.make()
    return found


def put(bench: Bench, fields: FlagFields, confirm: str | None = None) -> dict[str, Json]:
    return bench.run(lambda deps: metadata.update_flag(deps, name="new-checkout", fields=fields, confirm=confirm))


def update(bench: Bench, **given: object) -> dict[str, Json]:
    return put(bench, FlagFields(**given))  # type: ignore[arg-type]


def tag(bench: Bench, add: str = "", remove: str = "") -> dict[str, Json]:
    def rows(words: str) -> list[dict[str, Json]]:
        return [{"value": word} for word in words.split()]

    return bench.run(
        lambda deps: metadata.update_flag_tags(deps, name="new-checkout", add=rows(add), remove=rows(remove))
    )


def stored(bench: Bench, name: str = "new-checkout") -> Flag:
    return asyncio.run(bench.backend.flag(name))


def table(value: Json) -> dict[str, Json]:
    return cast("dict[str, Json]", value)


def test_only_the_named_fields_change_and_the_answer_has_before_and_after(bench: Bench) -> None:
    bench.rollout(20)
    before = stored(bench)
    answer = update(bench, description="Until July", stale=True)
    assert answer["updatedFields"] == ["description", "stale"]
    assert table(answer["before"])["description"] == ""
    assert table(answer["after"])["description"] == "Until July"
    assert stored(bench) == replace(before, description="Until July", stale=True, version=before.version + 1)


def test_every_field_can_be_changed(bench: Bench) -> None:
    update(bench, type="experiment", impression_data=True, add_links=[ISSUE])
    flag = stored(bench)
    assert (flag.type, flag.impression_data, [link.title for link in flag.links]) == ("experiment", True, ["The issue"])
    update(bench, remove_links=["https://example.com/issues/1"])
    assert stored(bench).links == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Nothing to change"),
        ({"type": "relase"}, "not a type"),
        ({"add_links": [{"url": "javascript:alert(1)"}]}, "no address"),
        ({"remove_links": ["https://example.com"]}, "no link"),
        ({"dependency": {"feature": "new-checkout"}}, "itself"),
        ({"dependency": {"enabled": True}}, "feature"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_written(
    bench: Bench, given: dict[str, object], said: str
) -> None:
    with pytest.raises(BadArgument, match=said) as raised:
        update(bench, **given)
    assert raised.value.hint
    assert bench.backend.writes == 0


def test_a_misspelt_parent_is_told_with_the_nearest(bench: Bench) -> None:
    bench.make("new-basket")
    with pytest.raises(UnknownFlag) as raised:
        update(bench, dependency={"feature": "new-baskte"})
    assert "new-basket" in raised.value.hint


def test_a_flag_depends_on_a_parent_and_not_any_more(bench: Bench) -> None:
    bench.make("new-basket")
    update(bench, dependency={"feature": "new-basket", "enabled": False})
    assert [(each.feature, each.enabled) for each in stored(bench).dependencies] == [("new-basket", False)]
    assert stored(bench, "new-basket").children == ("new-checkout",)
    update(bench, dependency={})
    assert stored(bench).dependencies == ()


def test_another_parent_wants_the_yes_that_production_wants_and_words_do_not(bench: Bench) -> None:
    bench.make("new-basket")
    bench.set(Policy(confirm=("production",)))
    assert update(bench, description="Until July")["success"] is True
    asked = update(bench, dependency={"feature": "new-basket"})
    assert asked["requiresConfirmation"] is True
    assert stored(bench).dependencies == ()
    put(bench, FlagFields(dependency={"feature": "new-basket"}), str(asked["confirm"]))
    assert stored(bench).parents == ("new-basket",)


def test_tags_are_added_and_removed_and_the_others_stay(bench: Bench) -> None:
    assert tag(bench, add="one two")["tags"] == [{"type": "simple", "value": "one"}, {"type": "simple", "value": "two"}]
    assert tag(bench, add="three", remove="one four")["tags"] == [
        {"type": "simple", "value": "three"},
        {"type": "simple", "value": "two"},
    ]
    writes = bench.backend.writes
    assert "Nothing to do" in str(tag(bench, add="two")["message"])
    assert bench.backend.writes == writes


def test_a_tag_that_the_policy_requires_stays(bench: Bench) -> None:
    tag(bench, add="checkout other")
    bench.set(Policy(required_tags=("simple:checkout",)))
    tag(bench, remove="other")
    with pytest.raises(Denied, match="simple:checkout"):
        tag(bench, remove="checkout")


def test_a_tag_of_one_letter_and_no_tag_are_refused(bench: Bench) -> None:
    with pytest.raises(BadArgument, match="tag"):
        tag(bench, add="x")
    with pytest.raises(BadArgument, match="Nothing to change"):
        tag(bench)


class Racing(CountingBackend):
    """Somebody else writes between the look and the write."""

    async def update(self, before: Flag, planned: Flag, by: str) -> Flag:
        await super().set_enabled(before.name, before.project, "development", True, "other")
        return await super().update(before, planned, by)


def test_where_somebody_else_was_faster_nothing_is_lost(bench: Bench) -> None:
    racing = Racing(bench.folder / "state" / "flags.db", lambda: bench.now)
    bench.deps = replace(bench.deps, backend=racing)
    update(bench, description="Until July")
    assert (stored(bench).description, bench.state("development").enabled) == ("Until July", True)


def test_an_update_of_a_flag_as_it_was_is_refused(bench: Bench) -> None:
    seen = stored(bench)
    bench.enable()
    with pytest.raises(MovedOn):
        asyncio.run(bench.backend.update(seen, replace(seen, description="Until July"), "me"))


def test_an_archived_flag_is_not_changed(bench: Bench) -> None:
    bench.run(lambda deps: flags.archive_flag(deps, name="new-checkout"))
    with pytest.raises(BadArgument, match="archived"):
        update(bench, stale=True)
