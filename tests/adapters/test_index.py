from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from featureops.adapters.index import FileIndex
from featureops.core.model import Json

VALUE: Json = {"a": [1, None, True, "ü\udcff"], "b": {}}


def index(folder: Path, root: str = "/r", configuration: str = "") -> FileIndex:
    return FileIndex(folder, root, configuration)


def stored(folder: Path) -> Path:
    (path,) = (folder / "scans").glob("*.db")
    return path


def test_what_is_kept_is_found_again_by_another_object(tmp_path: Path) -> None:
    index(tmp_path).keep({"one": VALUE, "two": 2})
    assert (index(tmp_path).load("one"), index(tmp_path).load("two"), index(tmp_path).load("three")) == (VALUE, 2, None)


@pytest.mark.parametrize("other", [{"root": "/other"}, {"configuration": "another"}])
def test_another_root_or_configuration_finds_nothing(tmp_path: Path, other: dict[str, str]) -> None:
    index(tmp_path).keep({"one": VALUE})
    assert index(tmp_path, **other).load("one") is None


@pytest.mark.parametrize("damage", ["content", "header", "empty", "cut", "another kind"])
def test_a_damaged_file_is_not_believed_and_made_anew(tmp_path: Path, damage: str) -> None:
    index(tmp_path).keep({"one": VALUE})
    path = stored(tmp_path)
    if damage == "content":
        with sqlite3.connect(path) as store:
            store.execute("UPDATE found SET value = zeroblob(20)")
        store.close()
    else:
        whole = path.read_bytes()
        path.write_bytes({"header": b"x" * 100 + whole[100:], "empty": b"", "cut": whole[:5000]}.get(damage, b"hello"))
    assert index(tmp_path).load("one") is None
    index(tmp_path).keep({"one": VALUE})
    assert index(tmp_path).load("one") == VALUE


def test_a_folder_that_can_not_be_written_means_working_without(tmp_path: Path) -> None:
    (tmp_path / "scans").write_text("a file where the folder should be")
    index(tmp_path).keep({"one": VALUE})
    assert index(tmp_path).load("one") is None


def test_a_writer_that_holds_the_file_is_not_waited_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("featureops.adapters.index._WAIT", 0.05)
    index(tmp_path).keep({"one": VALUE})
    holder = sqlite3.connect(stored(tmp_path))
    holder.execute("BEGIN EXCLUSIVE")
    assert index(tmp_path).load("one") is None
    index(tmp_path).keep({"one": 2})
    holder.rollback()
    holder.close()
    assert index(tmp_path).load("one") == VALUE


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    index(tmp_path).keep({"one": VALUE})
    assert (tmp_path / "scans").stat().st_mode & 0o077 == 0
