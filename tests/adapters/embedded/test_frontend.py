"""The frontend API: what browsers get, read by hand and by the real SDKs for Node and for browsers."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast

import pytest

from featureops.adapters.embedded import EmbeddedBackend
from featureops.core.model import Constraint, Json, Payload, Strategy, Variant
from tests.adapters.embedded.test_endpoint import Place, ask, eventually, serving
from tests.node_sdks import NODE, node_sdks

HERE: Final = Path(__file__).parent
NORWAY: Final = Constraint("country", "IN", ("no",))
BLUE: Final = Variant("blue", 0, payload=Payload("string", "#00f"))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with serving(tmp_path) as found:
        found.make("everybody")
        found.make("norway", Strategy("default", constraints=(NORWAY,)))
        found.make("coloured", Strategy("flexibleRollout", {"rollout": "100"}, variants=(BLUE,)))
        found.make("off", enabled=False)
        yield found


def toggles(body: dict[str, Json]) -> dict[str, Json]:
    found = cast("list[dict[str, Json]]", body["toggles"])
    return {str(row["name"]): row["variant"] for row in found}


def test_a_context_in_the_address_and_one_in_the_body_get_the_same(place: Place) -> None:
    by_address = ask(place, "GET", "/api/frontend?userId=7&properties[country]=no&properties%5Bage%5D=3")
    context: Json = {"userId": "7", "properties": {"country": "no", "age": 3}}
    by_body = ask(place, "POST", "/api/frontend", json.dumps({"context": context}).encode())
    assert by_address.status == by_body.status == 200
    assert by_address.json() == by_body.json()
    assert sorted(toggles(by_body.json())) == ["coloured", "everybody", "norway"]
    assert sorted(toggles(ask(place, "GET", "/api/frontend?userId=7").json())) == ["coloured", "everybody"]


def test_a_toggle_has_the_shape_that_unleash_gives_it(place: Place) -> None:
    found = toggles(ask(place, "GET", "/api/frontend?userId=7").json())
    both = {"feature_enabled": True, "featureEnabled": True}
    assert found["everybody"] == {"name": "disabled", "enabled": False, **both}
    payload = {"type": "string", "value": "#00f"}
    assert found["coloured"] == {"name": "blue", "enabled": True, "payload": payload, **both}


def test_what_did_not_change_is_not_sent_again_and_a_change_is_seen(place: Place) -> None:
    first = ask(place, "GET", "/api/frontend?userId=7")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert ask(place, "GET", "/api/frontend?userId=7", headers=tag).status == 304
    place.do(place.backend.set_enabled("everybody", "default", "development", enabled=False, by="me"))
    again = ask(place, "GET", "/api/frontend?userId=7", headers=tag)
    assert (again.status, list(toggles(again.json()))) == (200, ["coloured"])


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:5173", "http://[::1]:8080"])
def test_pages_of_this_machine_may_ask_the_frontend_api(place: Place, origin: str) -> None:
    asks = {"Origin": origin, "Access-Control-Request-Headers": "authorization,unleash-appname"}
    leave = ask(place, "OPTIONS", "/api/frontend", headers=asks)
    assert (leave.status, leave.headers["Access-Control-Allow-Origin"]) == (204, origin)
    assert "authorization" in leave.headers["Access-Control-Allow-Headers"]
    assert ask(place, "GET", "/api/frontend", headers=asks).headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/api/frontend", "https://evil.example"),
        ("/api/frontend", "http://localhost.evil.example"),
        ("/api/frontend", "http://["),
        ("/api/frontend", "null"),
        ("/api/client/features", "http://localhost:3000"),
    ],
)
def test_no_other_page_gets_leave(place: Place, path: str, origin: str) -> None:
    for verb in ("OPTIONS", "GET"):
        answer = ask(place, verb, path, headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert ask(place, "OPTIONS", path, headers={"Origin": origin}).status == 403


def test_a_host_that_is_none_is_refused(place: Place) -> None:
    assert ask(place, "GET", "/api/frontend", headers={"Host": "["}).status == 403


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"context": 3}', b'{"context": {"properties": [1]}}', b"{}"])
def test_a_body_without_a_context_is_nobody_or_refused(place: Place, body: bytes) -> None:
    answer = ask(place, "POST", "/api/frontend", body)
    assert answer.status == (400 if body in {b"{", b"[]"} else 200)
    assert ask(place, "GET", "/health").status == 200


def run_node(script: str, *arguments: str) -> Json:
    done = subprocess.run(
        [str(NODE), str(HERE / script), str(node_sdks()), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return cast("Json", json.loads(done.stdout))


def used(backend: EmbeddedBackend, name: str) -> list[tuple[Json, Json, Json]]:
    return [(row["appName"], row["yes"], row["no"]) for row in backend.metrics.usage(name)]


def test_the_sdk_for_node_sees_what_the_flags_say_and_counts(place: Place) -> None:
    found = run_node("node_sdk.mjs", place.url, "*:development.any")
    assert found == {
        "everybody": True,
        "norway": {"no": True, "se": False},
        "off": False,
        "unknown": False,
        "variant": {"name": "blue", "enabled": True, "payload": {"type": "string", "value": "#00f"}},
    }
    assert eventually(lambda: used(place.backend, "norway"), bool) == [("shop", 1, 1)]


def test_the_client_for_browsers_sees_what_the_flags_say_and_counts(place: Place) -> None:
    started = time.monotonic()
    found = run_node("browser_sdk.mjs", f"{place.url}/frontend", "*:development.any")
    assert found == {
        "first": {"everybody": True, "norway": False, "off": False},
        "afterwards": {"norway": True},
        "posted": {"everybody": True, "norway": True},
        "variant": {"name": "blue", "enabled": True, "payload": {"type": "string", "value": "#00f"}},
    }
    assert eventually(lambda: used(place.backend, "everybody"), bool)
    assert time.monotonic() - started < 60
