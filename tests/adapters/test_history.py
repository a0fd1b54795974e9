from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from featureops.adapters.history import FileHistory
from featureops.core.errors import Unwritable
from featureops.core.model import FlagChange

CHANGE = FlagChange("", "rollout", "new-checkout", "default", "production", "a", 1.0, {"name": "\ud800"}, "f")


def test_changes_come_back_as_they_were_the_latest_first(tmp_path: Path) -> None:
    history = FileHistory(tmp_path / "state", tmp_path)
    first, second = history.add(CHANGE), history.add(replace(CHANGE, before=None))
    assert (first.change_id, second.change_id) == ("flag-1", "flag-2")
    assert list(FileHistory(tmp_path / "state", tmp_path).latest()) == [second, first]
    history.undone("flag-1")
    assert [each.state for each in history.latest()] == ["applied", "undone"]


def test_a_root_sees_its_own_and_the_oldest_go(tmp_path: Path) -> None:
    history = FileHistory(tmp_path / "state", tmp_path / "a")
    for _ in range(203):
        history.add(CHANGE)
    assert len(history.latest()) == 200
    assert history.latest()[0].change_id == "flag-203"
    assert FileHistory(tmp_path / "state", tmp_path / "b").latest() == []


def test_a_damaged_record_is_passed_over(tmp_path: Path) -> None:
    history = FileHistory(tmp_path / "state", tmp_path)
    history.add(CHANGE)
    history.add(CHANGE)
    for content in (b"{", b"[]", b"{}"):
        next((tmp_path / "state").rglob("2.json")).write_bytes(content)
        assert [each.change_id for each in history.latest()] == ["flag-1"]


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(Unwritable):
        FileHistory(tmp_path / "state", tmp_path).add(CHANGE)
