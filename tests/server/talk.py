"""Talking to a server object in memory, in both eras of the protocol."""

from __future__ import annotations

import subprocess
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Literal, TypeVar, cast

import anyio
from mcp import Client
from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult, TextContent

from featureops.core.model import Json

__all__ = ["MODES", "Mode", "call", "content", "error_of", "git", "repository", "talk", "text_of"]

Mode = Literal["auto", "legacy"]
MODES: tuple[Mode, ...] = ("auto", "legacy")
T = TypeVar("T")


def talk(server: MCPServer[None], mode: Mode, conversation: Callable[[Client], Awaitable[T]]) -> T:
    async def main() -> T:
        async with Client(server, mode=mode) as client:
            with anyio.fail_after(30):
                return await conversation(client)

    return anyio.run(main)


def call(server: MCPServer[None], mode: Mode, tool: str, arguments: Mapping[str, Json] | None = None) -> CallToolResult:
    return talk(server, mode, lambda client: client.call_tool(tool, dict(arguments or {})))


def content(result: CallToolResult) -> dict[str, Json]:
    """The structured content of a call that went well."""
    assert not result.is_error, text_of(result)
    return cast("dict[str, Json]", result.structured_content)


def error_of(result: CallToolResult) -> dict[str, str]:
    assert result.is_error
    body = cast("dict[str, Json]", result.structured_content)
    assert body["success"] is False
    return cast("dict[str, str]", body["error"])


def text_of(result: CallToolResult) -> str:
    block = result.content[0]
    assert isinstance(block, TextContent)
    return block.text


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def repository(root: Path, files: Mapping[str, str]) -> Path:
    """A git repository with one commit of `files`."""
    for name, body in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first", "--allow-empty")
    return root
