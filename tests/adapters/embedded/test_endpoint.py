from __future__ import annotations

import asyncio
import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast
from urllib.parse import urlsplit

import pytest
from UnleashClient.cache import FileCache
from UnleashClient.clients.unleash_client import UnleashClient

from featureops.adapters.embedded import EmbeddedBackend
from featureops.adapters.embedded.endpoint import serve_endpoint
from featureops.core.errors import BadArgument
from featureops.core.model import Constraint, Flag, Json, Payload, Strategy, Variant

T = TypeVar("T")
TOKEN = "*:development.any"
USERS = [{"userId": str(number)} for number in range(400)]


@dataclass(frozen=True)
class Place:
    backend: EmbeddedBackend
    url: str
    folder: Path

    def do(self, call: Coroutine[None, None, Flag]) -> None:
        asyncio.run(call)

    def make(self, name: str, strategy: Strategy | None = None, *, enabled: bool = True) -> None:
        self.do(self.backend.create(name, "default", "release", "", False, "me"))
        if strategy is not None:
            self.do(self.backend.put_strategy(name, "default", "development", strategy, "me"))
        if enabled:
            self.do(self.backend.set_enabled(name, "default", "development", enabled=True, by="me"))


@contextmanager
def serving(folder: Path) -> Iterator[Place]:
    backend = EmbeddedBackend(folder / "flags.db", time.time)
    endpoint = serve_endpoint(backend, time.time)
    yield Place(backend, endpoint.url, folder)
    endpoint.close()
    backend.close_now()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with serving(tmp_path) as found:
        yield found


@contextmanager
def sdk(place: Place) -> Iterator[UnleashClient]:
    client = UnleashClient(
        url=place.url,
        app_name="shop",
        custom_headers={"Authorization": TOKEN},
        cache=FileCache("shop", directory=str(place.folder / "cache")),
        refresh_interval=1,
        metrics_interval=1,
    )
    client.initialize_client()
    yield client
    client.destroy()


def eventually(call: Callable[[], T], wanted: Callable[[T], bool]) -> T:
    deadline = time.monotonic() + 15
    while not wanted(value := call()):
        assert time.monotonic() < deadline, f"still {value!r}"
        time.sleep(0.05)
    return value


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Json]:
        return cast("dict[str, Json]", json.loads(self.body))


def ask(
    place: Place, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(place.url).netloc, timeout=10)
    try:
        connection.request(method, path, body, {"Authorization": TOKEN} | dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def test_the_sdk_sees_off_on_and_off_again(place: Place) -> None:
    place.make("new-checkout", enabled=False)
    with sdk(place) as client:
        assert not client.is_enabled("new-checkout")
        place.do(place.backend.set_enabled("new-checkout", "default", "development", enabled=True, by="me"))
        eventually(lambda: client.is_enabled("new-checkout"), lambda on: on)
        place.do(place.backend.archive("new-checkout", "default", "me"))
        eventually(lambda: client.is_enabled("new-checkout"), lambda on: not on)


def test_the_sdk_and_the_preview_agree_user_by_user(place: Place) -> None:
    place.make("quarter", Strategy("flexibleRollout", {"rollout": "25", "stickiness": "userId"}))
    place.make("norway", Strategy("default", constraints=(Constraint("country", "IN", ("NO",)),)))
    with sdk(place) as client:
        seen = [client.is_enabled("quarter", dict(user)) for user in USERS]
        nordic = [client.is_enabled("norway", {"properties": {"country": country}}) for country in ("NO", "SE")]
    flag = asyncio.run(place.backend.flag("quarter"))
    assert [seen] == asyncio.run(place.backend.evaluate([(flag, "development")], USERS))
    assert 60 < sum(seen) < 140
    assert nordic == [True, False]


def test_the_sdk_gets_variants_with_payloads_by_their_weights(place: Place) -> None:
    variants = (
        Variant("blue", 0, payload=Payload("json", '{"colour": 1}')),
        Variant("grey", 900, "fix"),
    )
    place.make("button", Strategy("flexibleRollout", {"rollout": "100", "stickiness": "userId"}, variants=variants))
    with sdk(place) as client:
        got = [client.get_variant("button", dict(user)) for user in USERS]
    names = [variant["name"] for variant in got]
    assert set(names) == {"blue", "grey"}
    assert 10 < names.count("blue") < 90
    blue = next(variant for variant in got if variant["name"] == "blue")
    assert blue["payload"] == {"type": "json", "value": '{"colour": 1}'}


def test_what_the_sdk_counted_arrives_once(place: Place) -> None:
    place.make("new-checkout")
    before = time.time()
    with sdk(place) as client:
        for _ in range(3):
            client.is_enabled("new-checkout")
        client.is_enabled("no-such-flag")
        client.get_variant("new-checkout")
        eventually(lambda: place.backend.metrics.usage("new-checkout"), bool)
    (row,) = place.backend.metrics.usage("new-checkout")
    flag = asyncio.run(place.backend.flag("new-checkout"))
    development, production = flag.environments
    assert (row["environment"], row["appName"], row["yes"], row["no"]) == ("development", "shop", 4, 0)
    assert row["variants"] == {"disabled": 1}
    assert (development.yes, development.no, production.yes) == (4, 0, 0)
    assert development.last_seen_at is not None
    assert development.last_seen_at >= before - 1
    assert production.last_seen_at is None
    assert [report["name"] for report in place.backend.metrics.unknown_flags()] == ["no-such-flag"]
    assert flag.version == 2


def test_an_unchanged_document_is_not_sent_twice(place: Place) -> None:
    place.make("new-checkout")
    first = ask(place, "GET", "/api/client/features")
    again = ask(place, "GET", "/api/client/features", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status, again.status, again.body) == (200, 304, b"")
    place.do(place.backend.set_enabled("new-checkout", "default", "production", enabled=True, by="me"))
    other = ask(place, "GET", "/api/client/features", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status == 304
    place.do(place.backend.set_enabled("new-checkout", "default", "development", enabled=False, by="me"))
    changed = ask(place, "GET", "/api/client/features", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_the_sdk_is_answered_not_modified(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.make("new-checkout")
    caplog.set_level("DEBUG", logger="urllib3.connectionpool")
    with sdk(place) as client:
        eventually(lambda: [r.getMessage() for r in caplog.records if " 304 " in r.getMessage()], bool)
        assert client.is_enabled("new-checkout")


def test_the_document_is_unleash_version_two(place: Place) -> None:
    place.make("new-checkout")
    document = ask(place, "GET", "/api/client/features").json()
    alone = ask(place, "GET", "/api/client/features/new-checkout").json()
    assert document["version"] == 2
    assert document["features"] == [alone]
    assert (alone["name"], alone["type"], alone["enabled"], alone["project"]) == (
        "new-checkout",
        "release",
        True,
        "default",
    )
    missing = ask(place, "GET", "/api/client/features/new-chekout")
    assert missing.status == 404
    assert "new-checkout" in str(missing.json()["message"])


def test_the_token_decides_the_environment(place: Place) -> None:
    place.make("new-checkout")

    def enabled(token: str) -> Json:
        answer = ask(place, "GET", "/api/client/features/new-checkout", headers={"Authorization": token})
        return answer.json()["enabled"] if answer.status == 200 else answer.status

    assert enabled("*:development.x") is True
    assert enabled("default:production.x") is False
    assert enabled("Bearer default:development.x") is True
    assert [enabled(token) for token in ("", "secret", "*:staging.x", "web:development.x")] == [401] * 4
    body = ask(place, "GET", "/api/client/features", headers={"Authorization": ""}).json()
    assert "default:development" in str(body["message"])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/client/metrics", b"{", 400),
        ("/api/client/metrics", b"[]", 400),
        ("/api/client/metrics", b"{}", 400),
        ("/api/client/metrics", b'{"appName": "a", "bucket": {"toggles": {"x": {"yes": -1}}}}', 400),
        ("/api/client/metrics", b'{"appName": "a", "bucket": {"toggles": {"x": 3}}}', 400),
        ("/api/client/metrics", b"[" * 100_000, 400),
        ("/api/client/metrics", b" " * 1_000_001, 413),
        ("/api/client/metrics", b'{"appName": "a", "bucket": null}', 202),
        ("/api/client/register", b'{"appName": "a", "instanceId": "i", "sdkVersion": "s:1"}', 202),
        ("/api/client/register", b"{}", 400),
        ("/api/client/register", b'{"appName": "\\ud800"}', 202),
        (
            "/api/client/metrics",
            b'{"appName": "\\ud800", "bucket": {"toggles": {"\\udfff": {"yes": 1, "variants": {"\\ud800": 1}}}}}',
            202,
        ),
        ("/api/admin/projects", b"{}", 404),
    ],
)
def test_a_body_that_does_not_fit_is_refused_and_the_server_goes_on(
    place: Place, path: str, body: bytes, status: int
) -> None:
    assert ask(place, "POST", path, body).status == status
    assert ask(place, "GET", "/health").json() == {"health": "GOOD"}


def test_another_host_name_is_refused(place: Place) -> None:
    assert ask(place, "GET", "/api/client/features", headers={"Host": "evil.example"}).status == 403
    assert ask(place, "GET", "/api/client/features", headers={"Host": "localhost:1"}).status == 200


def test_it_listens_on_this_machine_only(place: Place) -> None:
    with pytest.raises(BadArgument, match="this machine only"):
        serve_endpoint(place.backend, time.time, "0.0.0.0")
    port = urlsplit(place.url).port
    assert port is not None
    with pytest.raises(BadArgument, match="can't listen"):
        serve_endpoint(place.backend, time.time, port=port)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_tells_its_address_and_ends_with_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom featureops.adapters.embedded.endpoint import run_endpoint\n"
        "run_endpoint(Path(sys.argv[1]), time.time, environment='production')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "flags.db")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    connection = http.client.HTTPConnection(urlsplit(told["url"]).netloc, timeout=10)
    connection.request("GET", "/api/client/features", headers={"Authorization": told["token"]})
    document = json.loads(connection.getresponse().read())
    connection.close()
    process.send_signal(number)
    rest, _ = process.communicate(timeout=10)
    assert (process.returncode, rest) == (0, "")
    assert document["query"]["environment"] == told["environment"] == "production"
