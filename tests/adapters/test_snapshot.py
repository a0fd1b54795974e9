from __future__ import annotations

from pathlib import Path

from featureops.adapters.jail import Jail
from featureops.adapters.snapshot import FileSnapshot
from featureops.adapters.workspace import LocalWorkspace
from tests.trees import repository, write


def test_a_snapshot_finds_what_the_workspace_finds(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="key and key", b_dot_py="nothing", sub__c_dot_txt="a key")
    (root / "binary.py").write_bytes(b"key\0")
    workspace = LocalWorkspace(root)
    found = workspace.snapshot().find([b"key", b"and"])
    assert found == workspace.grep([b"key", b"and"]) == {"a.py": (0, 4, 8), "sub/c.txt": (2,)}
    assert workspace.snapshot().find([]) == {}


def test_a_file_that_changes_later_stays_what_it_was_when_it_was_first_read(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="old key", b_dot_py="old key")
    snapshot = LocalWorkspace(root).snapshot()
    assert snapshot.read("b.py") == b"old key"
    write(root, b_dot_py="new")
    assert snapshot.find([b"key"]) == {"a.py": (4,), "b.py": (4,)}
    write(root, a_dot_py="new", c_dot_py="a key")
    assert snapshot.read("a.py") == b"old key"
    assert snapshot.find([b"key"]) == {"a.py": (4,), "b.py": (4,)}


def test_what_has_no_room_is_searched_as_well(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="key", b_dot_py="key but long", c_dot_py="key")
    workspace = LocalWorkspace(root)
    snapshot = FileSnapshot(Jail(root), workspace.files(), 1000, workspace.read, room=6)
    for _ in range(2):
        assert snapshot.find([b"key"]) == {"a.py": (0,), "b.py": (0,), "c.py": (0,)}


def test_what_cannot_be_read_is_nothing(tmp_path: Path) -> None:
    snapshot = LocalWorkspace(repository(tmp_path, a_dot_py="a")).snapshot()
    assert snapshot.read("gone.py") is None
    assert snapshot.read("../outside.py") is None
