"""The tools that a model sees are committed files: changing one is a diff that somebody reads.

`make snapshots` writes them anew.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.wire import list_tools

FOLDER = ROOT / "tests" / "server" / "__toolsnaps__"
WRITING = os.environ.get("FEATUREOPS_WRITE_SNAPSHOTS") == "1"
Tools = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    home = tmp_path_factory.mktemp("home")
    answer, _ = list_tools([sys.executable, "-m", "featureops", "serve", "--root", str(home)], home)
    found = {str(tool["name"]): tool for tool in answer}
    if WRITING:
        write(found)
    return found


def write(tools: Tools) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.json"):
        path.unlink()
    for name, tool in tools.items():
        snapshot(name).write_text(shown(tool), encoding="utf-8")


def snapshot(name: str) -> Path:
    return FOLDER / f"{name}.json"


def shown(tool: dict[str, object]) -> str:
    return json.dumps(tool, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_every_tool_has_a_snapshot_and_every_snapshot_a_tool(tools: Tools) -> None:
    assert tools
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == sorted(tools), "run `make snapshots`, read the diff"


def test_every_tool_is_as_its_snapshot_says(tools: Tools) -> None:
    for name, tool in tools.items():
        assert shown(tool) == snapshot(name).read_text(encoding="utf-8"), f"{name}: run `make snapshots`, read the diff"
