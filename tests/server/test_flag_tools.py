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
