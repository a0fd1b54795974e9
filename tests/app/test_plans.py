from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from featureops.adapters.git import GitChanges
from featureops.adapters.journal import FileJournal
from featureops.adapters.workspace import LocalWorkspace
from featureops.app.deps import Deps, Modes
from featureops.app.plans import apply, apply_plan, new_plan, undo
from featureops.core.config import Config
from featureops.core.errors import BadArgument, Denied, MovedOn
from featureops.core.model import FileEdit
from featureops.languages import packs
from tests.trees import snapshot, write

EDITS = (FileEdit("b.py", None, b"new\n"), FileEdit("a.py", b"old\n", b"now\n"), FileEdit("c.py", b"c", None))


def deps_of(base: Path, modes: Modes | None = None) -> Deps:
    root = base / "root"
    if not root.exists():
        write(root, a_dot_py=b"old\n", c_dot_py=b"c", read_dot_py=b"read")
    workspace = LocalWorkspace(root)
    journal = FileJournal(base / "state", lambda: 5.0, workspace.root)
    return Deps(workspace, GitChanges(root), journal, packs(), Config(), lambda: 5.0, modes=modes or Modes())


def test_a_plan_is_applied_by_its_id_and_taken_back(tmp_path: Path) -> None:
    deps = deps_of(tmp_path)
    before = snapshot(tmp_path / "root")
    plan = new_plan(deps, "wrap", "Wrap it", EDITS, {}, {"verdict": "complete"})
    assert snapshot(tmp_path / "root") == before
    done = apply_plan(deps, plan.plan_id)
    assert done == {
        "planId": plan.plan_id,
        "changeId": done["changeId"],
        "applied": True,
        "files": [
            {"path": "a.py", "action": "edited"},
            {"path": "b.py", "action": "created"},
            {"path": "c.py", "action": "deleted"},
        ],
        "message": f"Applied to 3 files. Take it back with `undo` and change {done['changeId']}.",
    }
    assert (tmp_path / "root" / "a.py").read_bytes() == b"now\n"
    taken = undo(deps)
    assert (taken["changeId"], taken["undone"]) == (done["changeId"], True)
    assert taken["files"] == [{"path": path, "action": "restored"} for path in ("a.py", "b.py", "c.py")]
    assert snapshot(tmp_path / "root") == before


def test_the_same_change_has_the_same_id_and_any_other_has_another(tmp_path: Path) -> None:
    deps = deps_of(tmp_path)

    def identity(verb: str = "wrap", *edits: FileEdit) -> str:
        return new_plan(deps, verb, "t", edits or EDITS, {}, {}).plan_id

    assert identity() == identity("wrap", *reversed(EDITS))
    assert len(identity()) == 12
    others = [
        identity("cleanup"),
        identity("wrap", *EDITS[:2]),
        identity("wrap", FileEdit("ab", b"c", b"")),
        identity("wrap", FileEdit("a", b"bc", b"")),
        identity("wrap", FileEdit("a", b"bc", None)),
        identity("wrap", FileEdit("a", b"", b"bc")),
    ]
    assert len({identity(), *others}) == len(others) + 1


def test_edits_that_change_nothing_are_left_out_and_an_empty_plan_applies_to_nothing(tmp_path: Path) -> None:
    deps = deps_of(tmp_path)
    plan = new_plan(deps, "cleanup", "Nothing", [FileEdit("a.py", b"old\n", b"old\n")], {}, {})
    assert plan.edits == ()
    assert apply(deps, plan)["applied"] is False
    with pytest.raises(BadArgument):
        apply_plan(deps, plan.plan_id)


def test_what_was_read_is_checked_and_what_is_edited_is_not_counted_as_read(tmp_path: Path) -> None:
    deps = deps_of(tmp_path)
    reads = {"read.py": hashlib.sha256(b"read").hexdigest(), "a.py": "edited anyway"}
    plan = new_plan(deps, "wrap", "t", EDITS, reads, {})
    assert list(plan.reads) == ["read.py"]
    write(tmp_path / "root", read_dot_py=b"other")
    with pytest.raises(MovedOn, match=r"read\.py"):
        apply(deps, plan)
    write(tmp_path / "root", read_dot_py=b"read")
    assert apply(deps, plan)["applied"] is True


def test_read_only_refuses_to_apply_and_to_undo(tmp_path: Path) -> None:
    allowed = deps_of(tmp_path)
    applied = new_plan(allowed, "wrap", "t", EDITS[:1], {}, {})
    apply(allowed, applied)
    deps = deps_of(tmp_path, Modes(read_only=True))
    before = snapshot(tmp_path)
    plan = new_plan(deps, "wrap", "t", EDITS[1:], {}, {})
    with pytest.raises(Denied, match="read-only") as error:
        apply(deps, plan)
    assert "--read-only" in error.value.hint
    with pytest.raises(Denied):
        apply_plan(deps, plan.plan_id)
    with pytest.raises(Denied):
        undo(deps)
    assert snapshot(tmp_path) == before


def test_dry_run_says_what_would_be_written_and_writes_nothing(tmp_path: Path) -> None:
    deps = deps_of(tmp_path, Modes(dry_run=True))
    plan = new_plan(deps, "wrap", "t", EDITS, {}, {})
    before = snapshot(tmp_path / "root")
    said = apply_plan(deps, plan.plan_id)
    assert (said["applied"], said["changeId"]) == (False, None)
    assert said["message"] == "Dry run: 3 files would have been written."
    assert undo(deps)["undone"] is False
    assert snapshot(tmp_path / "root") == before
