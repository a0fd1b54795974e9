"""A server that is slow, dies, or says something else: nothing is lost unseen, and every error says what it left."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import pytest

from featureops.adapters.settings import Secret
from featureops.adapters.unleash import AdminApi, UnleashBackend
from featureops.core.errors import BadConfiguration, Denied, FeatureOpsError, Unreachable
from featureops.core.model import Flag, Json, Strategy

TOKEN: Final = "user:a-secret-token"
NAME: Final = "new-checkout"


class Fake:
    """A flag, and what to do with the next requests: each is answered by a plan (status, body, headers), by "die" (the
    connection ends before the answer), or by what Unleash would say."""

    def __init__(self) -> None:
        self.plans: list[tuple[int, bytes, dict[str, str]] | str] = []
        self.seen: list[str] = []
        self.enabled = False

    def answer(self, path: str) -> bytes:
        del path
        return self.flag()

    def flag(self) -> bytes:
        body: Json = {
            "name": NAME,
            "project": "default",
            "type": "release",
            "tags": [],
            "environments": [{"name": "production", "enabled": self.enabled, "type": "production", "strategies": []}],
        }
        return json.dumps(body).encode()


@contextmanager
def serving(fake: Fake) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def do_PUT(self) -> None:
            self._answer("PUT")

        def do_DELETE(self) -> None:
            self._answer("DELETE")

        def _answer(self, verb: str) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fake.seen.append(f"{verb} {self.path}")
            plan = fake.plans.pop(0) if fake.plans else ""
            if plan != "unapplied" and isinstance(plan, str) and self.path.endswith(("/on", "/off")):
                fake.enabled = self.path.endswith("/on")
            if plan in ("die", "unapplied"):
                self.close_connection = True
                return
            status, body, headers = plan if isinstance(plan, tuple) else (200, fake.answer(self.path), {})
            self.send_response(status)
            for key, value in ({"Content-Type": "application/json"} | headers).items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def read(url: str) -> Flag:
    async def run() -> Flag:
        backend = UnleashBackend(AdminApi(url, Secret(TOKEN)), "default")
        try:
            return await backend.flag(NAME, "default")
        finally:
            await backend.close()

    return asyncio.run(run())


def turn_on(url: str) -> Flag:
    async def run() -> Flag:
        backend = UnleashBackend(AdminApi(url, Secret(TOKEN)), "default")
        try:
            return await backend.set_enabled(NAME, "default", "production", True, "me")
        finally:
            await backend.close()

    return asyncio.run(run())


def failing(url: str, call: object = turn_on) -> FeatureOpsError:
    with pytest.raises(FeatureOpsError) as raised:
        (turn_on if call is turn_on else read)(url)
    assert raised.value.hint
    assert TOKEN not in f"{raised.value} {raised.value.hint}"
    return raised.value


def test_a_write_whose_answer_is_lost_but_that_was_done_is_done() -> None:
    fake = Fake()
    fake.plans = ["die"]
    with serving(fake) as url:
        assert turn_on(url).environments[0].enabled
    assert sum(each.endswith("/on") for each in fake.seen) == 1


def test_a_write_that_was_lost_before_it_was_done_is_told_and_not_made_twice() -> None:
    fake = Fake()
    fake.plans = ["unapplied"]
    with serving(fake) as url:
        assert "not applied" in failing(url).message
    assert sum(each.endswith("/on") for each in fake.seen) == 1


def test_a_write_that_can_not_be_looked_up_is_unknown() -> None:
    fake = Fake()
    fake.plans = ["die", *["die"] * 4]
    with serving(fake) as url:
        error = failing(url)
    assert isinstance(error, Unreachable)
    assert "unknown" in error.message
    assert "get_flag_state" in error.hint


def test_a_server_error_to_a_write_is_looked_up() -> None:
    fake = Fake()
    fake.plans = [(502, b"<html>bad gateway</html>", {"Content-Type": "text/html"})]
    with serving(fake) as url:
        assert "not applied" in failing(url).message


def test_a_read_is_tried_again() -> None:
    fake = Fake()
    fake.plans = ["die", (503, b"{}", {})]
    with serving(fake) as url:
        assert read(url).name == NAME
    assert len(fake.seen) == 3


@pytest.mark.parametrize("call", [turn_on, read])
def test_a_limit_is_waited_for_and_then_told(call: object) -> None:
    fake = Fake()
    fake.plans = [(429, b"Too many requests", {"Content-Type": "text/plain", "Retry-After": "0.01"})] * 4
    with serving(fake) as url:
        assert "nothing was done" in failing(url, call).message
    assert len(fake.seen) == 4


def test_a_limit_that_lasts_long_is_told_at_once() -> None:
    fake = Fake()
    fake.plans = [(429, b"", {"Retry-After": "3600"})]
    with serving(fake) as url:
        assert "3600 seconds" in failing(url).hint
    assert len(fake.seen) == 1


def test_half_an_answer_and_no_json_are_told() -> None:
    for body in (b'{"name": "new-che', b"<html>hello</html>"):
        fake = Fake()
        fake.plans = [(200, body, {"Content-Type": "text/html"})] * 4
        with serving(fake) as url:
            assert "UNLEASH_BASE_URL" in failing(url, read).hint


def test_an_answer_of_another_shape_is_no_flag() -> None:
    fake = Fake()
    fake.plans = [(200, b'{"hello": 1}', {})]
    with serving(fake) as url:
        assert "name is missing" in failing(url, read).message


def test_an_expired_token_is_told() -> None:
    fake = Fake()
    fake.plans = [(401, b'{"message": "You must log in to use Unleash."}', {})]
    with serving(fake) as url:
        error = failing(url, read)
    assert isinstance(error, BadConfiguration)
    assert "UNLEASH_PAT" in error.hint


def test_a_missing_permission_is_named() -> None:
    fake = Fake()
    fake.plans = [(403, b'{"message": "No.", "permissions": ["UPDATE_FEATURE_ENVIRONMENT"]}', {})]
    with serving(fake) as url:
        error = failing(url)
    assert isinstance(error, Denied)
    assert "UPDATE_FEATURE_ENVIRONMENT" in error.hint


def test_change_requests_are_told_as_what_they_are() -> None:
    fake = Fake()
    fake.plans = [(403, b'{"message": "x", "permissions": ["SKIP_CHANGE_REQUEST"]}', {})]
    with serving(fake) as url:
        assert "change request" in failing(url).message


def test_a_redirect_is_not_followed() -> None:
    fake = Fake()
    fake.plans = [(302, b"", {"Location": "https://elsewhere.example/login"})]
    with serving(fake) as url:
        assert "elsewhere.example" in failing(url, read).message
    assert len(fake.seen) == 1


def test_the_details_of_a_refusal_are_told() -> None:
    fake = Fake()
    fake.plans = [
        (400, b'{"message": "x", "details": [{"message": "name must match the pattern", "path": "name"}]}', {})
    ]
    with serving(fake) as url:
        assert "must match the pattern" in failing(url).message


def test_a_server_that_is_not_there_is_told() -> None:
    error = failing("http://127.0.0.1:9")
    assert "Nothing was sent" in error.message


def test_a_token_is_not_sent_in_the_clear() -> None:
    with pytest.raises(BadConfiguration, match="not encrypted"):
        AdminApi("http://unleash.example.com", Secret(TOKEN))
    with pytest.raises(BadConfiguration, match="No token"):
        AdminApi("https://unleash.example.com", None)
    AdminApi("https://unleash.example.com/sub/path", Secret(TOKEN))


def test_a_strategy_that_is_not_valid_is_not_sent() -> None:
    fake = Fake()

    async def run(url: str) -> None:
        backend = UnleashBackend(AdminApi(url, Secret(TOKEN)), "default")
        try:
            await backend.put_strategy(NAME, "default", "production", Strategy("flexibleRolout"), "me")
        finally:
            await backend.close()

    with serving(fake) as url, pytest.raises(FeatureOpsError, match="is not a strategy"):
        asyncio.run(run(url))
    assert fake.seen == []
