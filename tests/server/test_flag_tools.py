"""The flag tools as a client calls them, on the embedded backend."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from featureops.app.deps import Modes
from featureops.cli.compose import compose
from featureops.core.model import Json
from featureops.server.serving import FeatureOpsServer, build_server
from tests.server.talk import call, content, error_of, repository


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FeatureOpsServer:
    monkeypatch.setenv("FEATUREOPS_STATE_DIR", str(tmp_path / "state"))
    root = repository(tmp_path / "repo", {"a.py": "x = 1\n"})
    return build_server(lambda: compose(root, Modes()))


def asked(server: FeatureOpsServer, tool: str, **arguments: Json) -> dict[str, Json]:
    return content(call(server, "auto", tool, arguments))


def create(server: FeatureOpsServer, name: str = "new-fee", **more: Json) -> dict[str, Json]:
    return asked(server, "create_flag", name=name, type="release", description="A fee", **more)


def feature(answer: dict[str, Json]) -> dict[str, Json]:
    return cast("dict[str, Json]", answer["feature"])


def test_a_flag_is_created_with_tags_a_link_and_a_first_rollout_and_taken_back(server: FeatureOpsServer) -> None:
    tags: Json = [{"type": "team", "value": "payments"}]
    links: Json = [{"url": "https://example.com/pull/7", "title": "The change"}]
    answer = create(server, tags=tags, links=links, environment="production", rolloutPercentage=10)
    assert feature(answer)["tags"] == tags
    assert cast("dict[str, Json]", answer["rollout"])["rolloutPercentage"] == 10
    rollout, creation = (asked(server, "undo_change") for _ in range(2))
    assert "rollout" in str(rollout["message"])
    assert creation["changeId"] == answer["changeId"]
    assert feature(asked(server, "get_flag_state", featureName="new-fee"))["archived"] is True


def test_half_a_first_rollout_is_refused(server: FeatureOpsServer) -> None:
    for half in ({"environment": "production"}, {"rolloutPercentage": 10}):
        given: dict[str, Json] = {"name": "new-fee", "type": "release", "description": "A fee", **half}
        assert "both" in error_of(call(server, "auto", "create_flag", given))["hint"]


def test_fields_and_tags_change_and_are_taken_back_by_the_id_of_the_answer(server: FeatureOpsServer) -> None:
    create(server)
    updated = asked(server, "update_flag", featureName="new-fee", description="Until July", stale=True)
    assert updated["updatedFields"] == ["description", "stale"]
    tagged = asked(server, "update_flag_tags", featureName="new-fee", addTags=[{"type": "team", "value": "payments"}])
    assert tagged["tags"] == [{"type": "team", "value": "payments"}]
    asked(server, "undo_change", changeId=tagged["changeId"])
    asked(server, "undo_change", changeId=updated["changeId"])
    found = feature(asked(server, "get_flag_state", featureName="new-fee"))
    assert (found["description"], found["stale"], found["tags"]) == ("A fee", False, [])
    again = error_of(call(server, "auto", "undo_change", {"changeId": updated["changeId"]}))
    assert "already" in again["message"]


def test_flags_are_searched_and_paged(server: FeatureOpsServer) -> None:
    for name in ("fee-a", "fee-b", "fee-c", "dark-colours"):
        create(server, name)
    asked(server, "update_flag_tags", featureName="fee-b", addTags=[{"type": "team", "value": "payments"}])
    asked(server, "toggle_flag_environment", featureName="fee-c", environment="development", enabled=True)

    def keys(**arguments: Json) -> Json:
        return asked(server, "list_flags", keysOnly=True, **arguments)["keys"]

    assert keys(query="fee-") == ["fee-a", "fee-b", "fee-c"]
    assert keys(tag="team:payments") == ["fee-b"]
    assert keys(state="development:enabled") == ["fee-c"]
    assert keys(query="fee-", order="desc", lifecycle="initial") == ["fee-c", "fee-b", "fee-a"]
    first = asked(server, "list_flags", query="fee-", limit=2)
    assert [cast("dict[str, Json]", row)["name"] for row in cast("list[Json]", first["flags"])] == ["fee-a", "fee-b"]
    assert keys(query="fee-", limit=2, cursor=first["nextCursor"]) == ["fee-c"]


@pytest.mark.parametrize(
    ("tool", "arguments", "right"),
    [
        ("get_flag_state", {"featureName": "new-fe"}, "new-fee"),
        ("update_flag", {"featureName": "new-fee", "type": "relase"}, "release"),
        ("update_flag", {"featureName": "new-feee", "stale": True}, "new-fee"),
        ("update_flag", {"featureName": "new-fee"}, "description"),
        ("toggle_flag_environment", {"featureName": "new-fee", "environment": "prod", "enabled": True}, "production"),
        ("list_flags", {"state": "prodution:enabled"}, "production"),
        ("list_flags", {"projectId": "defalt"}, "default"),
    ],
)
def test_what_is_misspelt_is_told_with_the_nearest(
    server: FeatureOpsServer, tool: str, arguments: dict[str, Json], right: str
) -> None:
    create(server)
    assert right in error_of(call(server, "auto", tool, arguments))["hint"]


def test_the_short_forms_that_people_use_are_understood(server: FeatureOpsServer) -> None:
    create(server, "new-basket")
    answer = create(server, tags=["simple:shop", "basket"], links=["https://example.com/pull/7"])
    found = feature(answer)
    assert found["tags"] == [{"type": "simple", "value": "basket"}, {"type": "simple", "value": "shop"}]
    assert cast("list[dict[str, Json]]", found["links"])[0]["url"] == "https://example.com/pull/7"
    tagged = asked(server, "update_flag_tags", featureName="new-fee", removeTags=["basket"])
    assert tagged["tags"] == [{"type": "simple", "value": "shop"}]
    updated = asked(server, "update_flag", featureName="new-fee", dependency="new-basket")
    assert feature(updated)["dependencies"] == [{"feature": "new-basket", "enabled": True, "variants": []}]


def test_a_context_is_taken_as_an_sdk_takes_it(server: FeatureOpsServer) -> None:
    create(server)
    rows: Json = [{"contextName": "age", "operator": "NUM_GT", "value": "17"}]
    asked(
        server,
        "set_flag_rollout",
        featureName="new-fee",
        environment="production",
        rolloutPercentage=100,
        constraints=rows,
    )
    asked(server, "toggle_flag_environment", featureName="new-fee", environment="production", enabled=True)
    contexts: Json = [{"userId": 7, "properties": {"age": 18}}, {"userId": "7", "age": "17"}]
    answer = asked(server, "preview_exposure", featureName="new-fee", environment="production", contexts=contexts)
    found = cast("list[dict[str, list[dict[str, Json]]]]", answer["environments"])[0]["contexts"]
    assert [row["now"] for row in found] == [True, False]
    assert found[0]["context"] == {"userId": "7", "age": "18"}


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("create_flag", {"tags": [{"name": "simple", "value": "shop"}]}, "tags.0: 'name' is no key of it; keys: type"),
        ("create_flag", {"tags": "simple:shop"}, "tags: should be a list, in brackets"),
        ("create_flag", {"links": [{"url": "https://example.com", "titel": "x"}]}, '(did you mean "title"?)'),
        ("create_flag", {"links": [7]}, "links.0: should be an object"),
        (
            "update_flag",
            {"featureName": "a", "dependency": {"feature": "b", "variant": "x"}},
            '(did you mean "variants"?)',
        ),
        (
            "set_flag_rollout",
            {"constraints": [{"contextName": "age", "operator": "IN", "values": ["1"], "caseSensitive": True}]},
            "constraints.0: 'caseSensitive' is no key of it",
        ),
        ("set_flag_rollout", {"segments": "norway"}, "segments: should be a list, in brackets"),
        ("set_flag_rollout", {"variants": ["a"]}, "variants.0: should be an object"),
        ("update_flag_strategy", {"variants": [{"name": "a", "weigth": 1}]}, '(did you mean "weight"?)'),
        ("preview_exposure", {"contexts": {"userId": "1"}}, "contexts: should be a list, in brackets"),
        ("preview_exposure", {"contexts": [{"userId": ["1"]}]}, "contexts.0.userId: should be a text, in quotes"),
    ],
)
def test_what_would_be_lost_or_can_not_be_told_is_refused(
    server: FeatureOpsServer, tool: str, given: dict[str, Json], said: str
) -> None:
    error = error_of(call(server, "auto", tool, given))
    assert error["code"] == "BAD_ARGUMENT"
    assert said in error["message"]


def test_the_beginning_of_an_environment_is_told_as_the_nearest(server: FeatureOpsServer) -> None:
    create(server)
    error = error_of(call(server, "auto", "get_flag_state", {"featureName": "new-fee", "environment": "prod"}))
    assert '"production"' in error["hint"]


def test_a_type_that_there_is_not_is_told_and_no_empty_list_is_given(server: FeatureOpsServer) -> None:
    error = error_of(call(server, "auto", "list_flags", {"type": "kill_switch"}))
    assert '"kill-switch"' in error["hint"]


def test_all_operators_are_named_where_one_is_none(server: FeatureOpsServer) -> None:
    create(server)
    rows: Json = [{"contextName": "age", "operator": "equals", "values": ["1"]}]
    given: dict[str, Json] = {"featureName": "new-fee", "environment": "production", "rolloutPercentage": 5}
    error = error_of(call(server, "auto", "set_flag_rollout", given | {"constraints": rows}))
    assert "STR_CONTAINS" in error["hint"]
    assert "SEMVER_LTE" in error["hint"]
