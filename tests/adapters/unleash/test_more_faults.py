"""More of what a server and a network can do: too slow, half a body, a storm of limits, no name, another clock."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from featureops.adapters.settings import Secret
from featureops.adapters.unleash import AdminApi, UnleashBackend, client
from featureops.core.errors import BadConfiguration, Conflict, FeatureOpsError, Unreachable
from featureops.core.model import Flag
from tests.adapters.unleash.test_faults import NAME, TOKEN, Fake, failing, read, serving, turn_on

LIMITED: Final = (429, b"Too many requests", {"Retry-After": "0.01"})


@contextmanager
def raw_server(answer: Callable[[socket.socket, str], None]) -> Iterator[str]:
    """`answer` is given each connection with the first line of its request, and may do what no server does."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=handle, args=(connection,), daemon=True).start()

    def handle(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            text = connection.recv(65_536)
            if text:
                answer(connection, text.partition(b"\r\n")[0].decode())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        thread.join()
        listener.close()


class Half:
    """The flag, whose answers end after half of what they promise: of writes, or of the first so many reads."""

    def __init__(self, *, writes: bool = False, reads: int = 0) -> None:
        self.fake, self.writes, self.reads = Fake(), writes, reads
        self.seen: list[str] = []

    def __call__(self, connection: socket.socket, line: str) -> None:
        self.seen.append(line)
        wrote = line.startswith("POST")
        if wrote:
            self.fake.enabled = True
        body = json.dumps({}).encode() if wrote else self.fake.flag()
        halved = self.writes if wrote else self.reads > 0
        self.reads -= 0 if wrote else 1
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body) + 40 * halved}\r\n"
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode() + body[: len(body) // (1 + halved)])


def test_half_a_body_of_a_write_is_looked_up_and_the_write_not_made_twice() -> None:
    half = Half(writes=True)
    with raw_server(half) as url:
        assert turn_on(url).environments[0].enabled
    assert sum(line.startswith("POST") for line in half.seen) == 1


def test_half_a_body_of_a_read_is_read_again() -> None:
    half = Half(reads=2)
    with raw_server(half) as url:
        assert read(url).name == NAME
    assert len(half.seen) == 3


def test_a_body_that_never_comes_whole_is_told() -> None:
    with raw_server(Half(reads=100)) as url:
        error = failing(url, read)
    assert isinstance(error, Unreachable)
    assert "did not answer" in error.message


class Slow(Fake):
    """Takes its time for every write, and for reads too when `reads`."""

    def __init__(self, *, reads: bool = False) -> None:
        super().__init__()
        self.slow_reads = reads

    def answer(self, path: str) -> bytes:
        if self.slow_reads or path.endswith("/on"):
            time.sleep(0.6)
        return super().answer(path)


def test_a_write_that_takes_too_long_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_ANSWER", 0.3)
    fake = Slow()
    with serving(fake) as url:
        assert turn_on(url).environments[0].enabled
    assert sum(each.endswith("/on") for each in fake.seen) == 1


def test_a_server_that_is_always_too_slow_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_ANSWER", 0.2)
    with serving(Slow(reads=True)) as url:
        assert "unknown" in failing(url).message


def test_a_storm_of_limits_passes_and_each_write_is_made_once() -> None:
    fake = Fake()
    fake.plans = [LIMITED] * 12

    async def run(url: str) -> list[Flag]:
        backend = UnleashBackend(AdminApi(url, Secret(TOKEN)), "default")
        try:
            calls = (backend.set_enabled(NAME, "default", "production", True, "me") for _ in range(8))
            return list(await asyncio.gather(*calls))
        finally:
            await backend.close()

    with serving(fake) as url:
        found = asyncio.run(run(url))
    assert all(flag.environments[0].enabled for flag in found)
    # Each that was refused by a limit was sent again, and none besides.
    assert sum(each.endswith("/on") for each in fake.seen) <= 8 + 12
    assert fake.plans == []


def test_a_name_that_does_not_resolve_is_told_and_nothing_was_sent() -> None:
    for call in (turn_on, read):
        error = failing("https://no-such-unleash.invalid", call)
        assert isinstance(error, Unreachable)
        assert "Nothing was sent" in error.message


@pytest.mark.parametrize("date", ["Fri, 01 Jan 2099 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "soon"])
def test_a_limit_by_another_clock_is_no_reason_to_wait_for_years(date: str) -> None:
    fake = Fake()
    fake.plans = [(429, b"", {"Retry-After": date})]
    started = time.monotonic()
    with serving(fake) as url:
        assert turn_on(url).environments[0].enabled
    assert time.monotonic() - started < 20


def test_times_of_another_clock_are_taken_as_they_are() -> None:
    fake = Fake()
    body = json.loads(fake.flag()) | {"createdAt": "2199-01-01T00:00:00.000Z"}
    body["environments"][0]["lastSeenAt"] = "1970-01-01T00:00:00.000Z"
    fake.plans = [(200, json.dumps(body).encode(), {})]
    with serving(fake) as url:
        flag = read(url)
    assert flag.created_at > time.time()
    assert flag.environments[0].last_seen_at == 0.0


@pytest.mark.parametrize(
    ("status", "kind"), [(401, BadConfiguration), (404, FeatureOpsError), (409, Conflict), (400, FeatureOpsError)]
)
def test_a_write_that_is_refused_says_that_nothing_was_written(status: int, kind: type[FeatureOpsError]) -> None:
    fake = Fake()
    fake.plans = [(status, b'{"message": "No."}', {})]
    with serving(fake) as url:
        error = failing(url)
    assert isinstance(error, kind)
    assert "othing was written" in f"{error.message} {error.hint}"
    assert not fake.enabled
