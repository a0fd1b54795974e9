from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import anyio
import pytest
from mcp import Client, MCPError
from mcp.types import ResourceTemplateReference, TextResourceContents

from featureops.adapters.embedded import EmbeddedBackend
from featureops.app import flags, plans
from featureops.app.deps import Deps, Modes
from featureops.cli.compose import compose, shipped_guidance
from featureops.core.model import Constraint, FileEdit, Json, Segment
from featureops.server.serving import FeatureOpsServer, build_server
from tests.server.talk import MODES, Mode, repository, talk


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> Mode:
    return "legacy" if request.param == "legacy" else "auto"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FEATUREOPS_STATE_DIR", str(tmp_path / "state"))
    return repository(tmp_path / "repo", {"app.py": "old\n"})


def server_of(root: Path) -> FeatureOpsServer:
    return build_server(lambda: compose(root, Modes()), guidance=shipped_guidance())


def read(server: FeatureOpsServer, mode: Mode, address: str) -> TextResourceContents:
    async def conversation(client: Client) -> TextResourceContents:
        found = (await client.read_resource(address)).contents[0]
        assert isinstance(found, TextResourceContents)
        return found

    return talk(server, mode, conversation)


def refused(server: FeatureOpsServer, mode: Mode, address: str) -> MCPError:
    async def conversation(client: Client) -> MCPError:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(address)
        return caught.value

    return talk(server, mode, conversation)


def read_json(server: FeatureOpsServer, mode: Mode, address: str) -> dict[str, Json]:
    found = read(server, mode, address)
    assert found.mime_type == "application/json"
    return cast("dict[str, Json]", json.loads(found.text))


def with_flags(root: Path, *names: str) -> None:
    async def create(deps: Deps) -> None:
        for name in names:
            await flags.create_flag(deps, name=name, type="release", description=f"about {name}")
        await deps.flags().close()

    anyio.run(create, compose(root, Modes()))


def names_in(page: dict[str, Json]) -> list[Json]:
    return [cast("dict[str, Json]", flag)["name"] for flag in cast("list[Json]", page["flags"])]


def test_the_templates_are_those_of_the_unleash_server_and_ours(mode: Mode, root: Path) -> None:
    async def conversation(client: Client) -> set[str]:
        return {template.uri_template for template in (await client.list_resource_templates()).resource_templates}

    assert talk(server_of(root), mode, conversation) == {
        "unleash://projects{?limit,order,offset}",
        "unleash://projects/{projectId}/feature-flags{?limit,order,offset}",
        "unleash://projects/{projectId}/feature-flags/{flagName}",
        "unleash://projects/{projectId}/feature-flags/{flagName}/environments/{environment}",
        "unleash://segments/{segmentName}",
        "featureops://guidance/{name}",
        "featureops://plans/{planId}",
    }


def test_projects_are_listed(mode: Mode, root: Path) -> None:
    page = read_json(server_of(root), mode, "unleash://projects")
    assert page["totalProjects"] == 1
    assert cast("list[dict[str, Json]]", page["projects"])[0]["id"] == "default"


def test_flags_are_paged_in_either_order(mode: Mode, root: Path) -> None:
    with_flags(root, "flag-a", "flag-b", "flag-c")
    server, base = server_of(root), "unleash://projects/default/feature-flags"
    assert names_in(read_json(server, mode, base)) == ["flag-a", "flag-b", "flag-c"]
    page = read_json(server, mode, f"{base}?limit=2&order=desc")
    assert (names_in(page), page["nextOffset"], page["totalFlags"]) == (["flag-c", "flag-b"], 2, 3)
    rest = read_json(server, mode, f"{base}?limit=2&order=desc&offset=2")
    assert (names_in(rest), rest["nextOffset"]) == (["flag-a"], None)


def test_one_flag_is_read_at_the_address_that_answers_name(mode: Mode, root: Path) -> None:
    with_flags(root, "new-checkout")
    flag = read_json(server_of(root), mode, "unleash://projects/default/feature-flags/new-checkout")
    assert flag["featureName"] == "new-checkout"
    links = cast("dict[str, Json]", flag["links"])
    assert links["resourceUri"] == "unleash://projects/default/feature-flags/new-checkout"


def test_the_diff_of_a_plan_is_read_whole(mode: Mode, root: Path) -> None:
    deps = compose(root, Modes())
    after = "".join(f"line {number}\n" for number in range(3000))
    edit = FileEdit("app.py", b"old\n", after.encode())
    plan = plans.new_plan(deps, "wrap", "Wrap it", [edit], {}, {})
    diff = read(server_of(root), mode, f"featureops://plans/{plan.plan_id}").text
    assert diff.startswith("diff --git a/app.py b/app.py")
    assert "\n-old\n" in diff
    assert diff.count("\n+line ") == 3000


def test_guidance_is_read_as_markdown(mode: Mode, root: Path) -> None:
    name = shipped_guidance().names()[0]
    page = read(server_of(root), mode, f"featureops://guidance/{name}")
    assert page.mime_type == "text/markdown"
    assert page.text == shipped_guidance().read(name)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("unleash://projects/default/feature-flags/nothing", "nothing"),
        ("featureops://plans/nothing", "nothing"),
        ("featureops://guidance/nothing", "There are: "),
        ("featureops://guidance/..%2f..%2fpyproject", "Unknown resource"),
        ("unleash://nowhere", "Unknown resource"),
    ],
)
def test_what_is_not_there_is_a_protocol_error_that_says_so(address: str, said: str, mode: Mode, root: Path) -> None:
    error = refused(server_of(root), mode, address)
    assert error.code == -32602
    assert said in error.message


def test_a_broken_configuration_is_told_to_the_reader_of_a_resource(mode: Mode, root: Path) -> None:
    (root / "featureops.toml").write_text('[backend]\nkind = "none"\n')
    assert "No flag backend is configured" in refused(server_of(root), mode, "unleash://projects").message


def completed(server: FeatureOpsServer, mode: Mode, template: str, name: str, typed: str, **others: str) -> list[str]:
    async def conversation(client: Client) -> list[str]:
        ref = ResourceTemplateReference(type="ref/resource", uri=template)
        found = await client.complete(ref, {"name": name, "value": typed}, context_arguments=others or None)
        return found.completion.values

    return talk(server, mode, conversation)


ONE_FLAG = "unleash://projects/{projectId}/feature-flags/{flagName}"


def test_names_of_projects_flags_environments_and_segments_are_completed(root: Path, mode: Mode) -> None:
    with_flags(root, "new-checkout", "new-basket", "old-checkout")
    with_segment(root, "norway")
    server = server_of(root)
    assert completed(server, mode, ONE_FLAG, "projectId", "de") == ["default"]
    assert completed(server, mode, ONE_FLAG, "flagName", "new", projectId="default") == ["new-basket", "new-checkout"]
    assert completed(server, mode, ONE_FLAG, "flagName", "check") == ["new-checkout", "old-checkout"]
    assert completed(server, mode, f"{ONE_FLAG}/environments/{{environment}}", "environment", "p") == [
        "production",
        "development",
    ]
    assert completed(server, mode, "unleash://segments/{segmentName}", "segmentName", "NOR") == ["norway"]
    assert completed(server, mode, ONE_FLAG, "flagName", "x", projectId="no-such-project") == []
    assert completed(server, mode, "featureops://plans/{planId}", "planId", "x") == []


def test_a_flag_in_one_environment_and_a_segment_can_be_read(root: Path, mode: Mode) -> None:
    with_flags(root, "new-checkout")
    with_segment(root, "norway")
    server = server_of(root)
    address = "unleash://projects/default/feature-flags/new-checkout/environments/production"
    rows = cast("list[dict[str, Json]]", read_json(server, mode, address)["environments"])
    assert [row["name"] for row in rows] == ["production"]
    segment = read_json(server, mode, "unleash://segments/norway")
    assert cast("list[dict[str, Json]]", segment["constraints"])[0]["values"] == ["no"]
    assert "production" in str(refused(server, mode, address.replace("production", "prod")))
    assert "norway" in str(refused(server, mode, "unleash://segments/norwey"))


def with_segment(root: Path, name: str) -> None:
    async def put(deps: Deps) -> None:
        backend = deps.flags()
        assert isinstance(backend, EmbeddedBackend)
        await backend.put_segment(Segment(0, name, "", (Constraint("country", "IN", ("no",)),)), "me")
        await backend.close()

    anyio.run(put, compose(root, Modes()))
