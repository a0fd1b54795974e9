"""The stdio transport as real processes: what is on the wire, what ends it, and how fast."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import pytest

from featureops.core.model import Json
from tests.server.talk import repository
from tests.wire import child_environment

SERVE = ("-m", "featureops", "serve")
MISBEHAVING = (str(Path(__file__).with_name("misbehaving.py")),)
# A loaded machine takes its time; on an idle one each of these ends in a tenth of it.
SOON = 5.0
LEGACY = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "tests", "version": "0"}}
MODERN = {
    "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "0"},
    }
}


class Wire:
    """One server process, spoken to line by line."""

    def __init__(self, command: tuple[str, ...], home: Path, *, modern: bool = False) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=home,
            env=child_environment(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._writer = cast("IO[bytes]", self.process.stdin)
        self._reader = cast("IO[bytes]", self.process.stdout)
        self._common: dict[str, Json] = dict(MODERN) if modern else {}  # type: ignore[arg-type] # JSON, as written above
        if not modern:
            self.request("initialize", dict(LEGACY))  # type: ignore[arg-type] # JSON, as written above
            self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, message: dict[str, Json] | bytes) -> None:
        line = message if isinstance(message, bytes) else json.dumps(message).encode()
        self._writer.write(line + b"\n")
        self._writer.flush()

    def receive(self) -> dict[str, Json]:
        return cast("dict[str, Json]", json.loads(self._reader.readline()))

    def request(self, method: str, params: dict[str, Json] | None = None) -> dict[str, Json]:
        self.send({"jsonrpc": "2.0", "id": method, "method": method, "params": {**self._common, **(params or {})}})
        answer = self.receive()
        assert answer["id"] == method, answer
        return answer

    def call(self, tool: str, arguments: dict[str, Json] | None = None) -> dict[str, Json]:
        answer = self.request("tools/call", {"name": tool, "arguments": arguments or {}})
        return cast("dict[str, Json]", answer["result"])

    def end(self) -> tuple[int, float, bytes, bytes]:
        """Exit code, seconds, the rest of stdout, stderr."""
        begin = time.monotonic()
        rest, errors = self.process.communicate(timeout=20)
        return self.process.returncode, time.monotonic() - begin, rest, errors


@pytest.fixture(params=["legacy", "modern"])
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    yield from started(SERVE, tmp_path, modern=request.param == "modern")


@pytest.fixture(params=["legacy", "modern"])
def misbehaving(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    repository(tmp_path, {"app.py": "pass\n"})
    yield from started(MISBEHAVING, tmp_path, modern=request.param == "modern")


def started(command: tuple[str, ...], home: Path, *, modern: bool) -> Iterator[Wire]:
    made = Wire(command, home, modern=modern)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.communicate()


def error(answer: dict[str, Json]) -> tuple[Json, Json]:
    body = cast("dict[str, Json]", answer["error"])
    return answer["id"], body["code"]


# ---------------------------------------------------------------- lines that are no message


UNREADABLE: tuple[tuple[bytes, Json, int], ...] = (
    (b"{not json", None, -32700),
    (b'{"jsonrpc":"2.0","id":1', None, -32700),
    (b"[" * 100_000, None, -32700),
    (b"[1, 2]", None, -32600),
    (b"41", None, -32600),
    (b'{"jsonrpc":"2.0","id":7,"method":5}', 7, -32600),
    (b'{"jsonrpc":"1.0","id":"a","method":"ping"}', "a", -32600),
)


def test_lines_that_are_no_message_are_answered_and_blank_ones_passed_over(wire: Wire) -> None:
    for line, identity, code in UNREADABLE:
        wire.send(b"  ")
        wire.send(line)
        assert error(wire.receive()) == (identity, code), line[:60]
        assert wire.request("tools/list")["result"]


@pytest.mark.parametrize("wire", ["modern"], indirect=True)
def test_a_lone_surrogate_is_answered_instead_of_dropped(wire: Wire) -> None:
    result = wire.call("cleanup_flag\ud800", {"flagName": "a\udfff"})
    assert result["isError"] is True
    assert cast("dict[str, dict[str, Json]]", result["structuredContent"])["error"]["code"] == "UNKNOWN_TOOL"


# ---------------------------------------------------------------- stdout belongs to the protocol


def test_what_a_tool_prints_never_reaches_the_wire(misbehaving: Wire) -> None:
    assert misbehaving.call("noisy")["isError"] is False
    assert misbehaving.request("tools/list")["result"]
    code, _, rest, errors = misbehaving.end()
    assert code == 0
    assert rest == b""
    for printed in (b"nobody flushes", b"is flushed", b"raw bytes", b"child that prints"):
        assert printed in errors


def test_a_tool_that_exits_is_an_error_and_the_server_goes_on(misbehaving: Wire) -> None:
    result = misbehaving.call("leave")
    assert result["isError"] is True
    assert misbehaving.call("cleanup_flag", {"flagName": "a"})["isError"] is False


# ---------------------------------------------------------------- endings


def test_the_end_of_input_ends_the_server(wire: Wire) -> None:
    wire.request("tools/list")
    code, seconds, rest, errors = wire.end()
    assert (code, rest, errors) == (0, b"", b"")
    assert seconds < SOON


@pytest.mark.parametrize(("number", "wire"), [(signal.SIGTERM, "legacy"), (signal.SIGINT, "modern")], indirect=["wire"])
def test_a_signal_ends_the_server_without_a_traceback(number: signal.Signals, wire: Wire) -> None:
    wire.request("tools/list")
    wire.process.send_signal(number)
    begin = time.monotonic()
    # Standard input stays open: it is the signal that must end it.
    assert wire.process.wait(timeout=20) == 0
    assert time.monotonic() - begin < SOON
    assert wire.process.communicate() == (b"", b"")


@pytest.mark.parametrize(
    ("ending", "misbehaving"), [("end of input", "legacy"), ("signal", "modern")], indirect=["misbehaving"]
)
def test_a_tool_that_hangs_in_a_thread_does_not_keep_the_server(ending: str, misbehaving: Wire, tmp_path: Path) -> None:
    arguments: dict[str, Json] = {"name": "stuck", "arguments": {}}
    misbehaving.send(
        {"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {**misbehaving._common, **arguments}}
    )
    while not (tmp_path / "entered").exists():
        time.sleep(0.01)
    if ending == "signal":
        misbehaving.process.send_signal(signal.SIGTERM)
    code, seconds, _, _ = misbehaving.end()
    assert code == 0
    assert seconds < SOON


def test_usage_errors_of_serve_have_exit_code_2_and_leave_stdout_alone(tmp_path: Path) -> None:
    for arguments in (["--toolsets", "nonsense"], ["--http", "0.0.0.0:80"], ["--bogus"]):
        done = subprocess.run(
            [sys.executable, *SERVE, *arguments],
            cwd=tmp_path,
            env=child_environment(tmp_path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, b"")
        assert arguments[-1].partition(":")[0].encode() in done.stderr
