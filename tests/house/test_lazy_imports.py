"""A client waits for the server at every start of an editor: nothing heavy is imported before the first tool call."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.wire import list_tools

HEAVY = (
    "libcst",
    "tree_sitter",
    "tree_sitter_python",
    "tree_sitter_c_sharp",
    "tree_sitter_java",
    "tree_sitter_kotlin",
    "tree_sitter_rust",
    "tree_sitter_swift",
    "tree_sitter_typescript",
    "tree_sitter_javascript",
    "tree_sitter_go",
    "ahocorasick_rs",
    "sqlite3",
    "yggdrasil_engine",
    "rich",
    "typer",
    "http.server",
    "requests",
    "UnleashClient",
)
IMPORTED = re.compile(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """Every module that a real server imports from its start to the answer to tools/list, and on to its end."""
    home: Path = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-X", "importtime", "-m", "featureops", "serve", "--root", str(home)]
    _, errors = list_tools(command, home)
    return frozenset(IMPORTED.findall(errors))


def test_the_server_itself_is_seen(imported: frozenset[str]) -> None:
    assert {"featureops", "mcp"} <= imported


@pytest.mark.parametrize("name", HEAVY)
def test_listing_tools_does_not_import(name: str, imported: frozenset[str]) -> None:
    assert name not in imported
