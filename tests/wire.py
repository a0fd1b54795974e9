"""The smallest MCP client: raw lines over a real process. It observes and adds nothing of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, cast

import featureops

__all__ = ["PROTOCOL", "child_environment", "first_tools", "list_tools"]

PROTOCOL = "2025-06-18"
Message = Mapping[str, object]


def child_environment(home: Path, *, installed: bool = False) -> dict[str, str]:
    """The environment without whatever configures featureops, its state and home in `home`. A child runs the same
    sources as the tests, wherever an interpreter has been told to look; `installed`: whatever is installed for it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FEATUREOPS_", "UNLEASH_"))}
    kept.pop("PYTHONPATH", None)
    if not installed:
        kept["PYTHONPATH"] = str(Path(featureops.__file__).parents[1])
    return {**kept, "HOME": str(home), "FEATUREOPS_STATE_DIR": str(home / "state")}


def list_tools(command: Sequence[str], home: Path, *, installed: bool = False) -> tuple[list[dict[str, object]], str]:
    """Start the server, ask for its tools, end it by closing its input. The tools, and what it wrote to stderr."""
    process = subprocess.Popen(
        command,
        cwd=home,
        env=child_environment(home, installed=installed),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        answer = first_tools(process)
        _, errors = process.communicate(timeout=30)
    except BaseException:
        process.kill()
        _, errors = process.communicate()
        print(errors[-4000:])
        raise
    assert process.returncode == 0, errors[-4000:]
    return answer, errors


def first_tools(process: subprocess.Popen[str]) -> list[dict[str, object]]:
    """Shake hands and read the answer to tools/list."""
    writer, reader = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
    client = {"name": "tests", "version": "0"}
    hello = {"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client}
    _send(writer, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
    _receive(reader, 1)
    _send(writer, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    _send(writer, {"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {}})
    return cast("list[dict[str, object]]", _receive(reader, 2)["tools"])


def _send(writer: IO[str], message: Message) -> None:
    writer.write(json.dumps(message) + "\n")
    writer.flush()


def _receive(reader: IO[str], wanted: int) -> dict[str, object]:
    for line in reader:
        message = json.loads(line)
        if message.get("id") == wanted:
            assert "result" in message, line
            return cast("dict[str, object]", message["result"])
    raise AssertionError("the server closed its output before it answered")
