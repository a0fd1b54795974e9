"""Every place where a process can die while it writes, by really dying there."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from featureops.adapters.journal import FileJournal
from featureops.core.model import FileEdit, Plan
from tests.trees import snapshot, write

SCRIPT = Path(__file__).with_name("crash_journal.py")
EDITS = (
    FileEdit("a.py", b"old a\n", b"new a, longer\n"),
    FileEdit("gone.py", b"to be deleted\n", None),
    FileEdit("new/deep/b.py", None, b"new b\r\n"),
    FileEdit("pkg/run.sh", b"#!/bin/sh\n", b""),
    FileEdit("via.py", b"target\n", b"\xff\x00 bytes"),
)


Run = Callable[[str, int], tuple[int, list[str]]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """(verb, step to die at) to (exit code, steps reached), in a process of its own on `tmp_path`'s state and root."""
    command = [sys.executable, str(SCRIPT), str(tmp_path / "state"), str(tmp_path / "root")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def ask(verb: str, die_at: int) -> tuple[int, list[str]]:
            stdin.write(f"{verb} {die_at}\n")
            stdin.flush()
            code, steps = json.loads(stdout.readline())
            return int(code), [str(step) for step in steps]

        yield ask
        stdin.close()
    assert process.returncode == 0


def tree(root: Path) -> Path:
    write(
        root,
        a_dot_py=b"old a\n",
        gone_dot_py=b"to be deleted\n",
        pkg__run_dot_sh=b"#!/bin/sh\n",
        real__t_dot_py=b"target\n",
    )
    write(root, other_dot_py="not part of it")
    (root / "pkg" / "run.sh").chmod(0o750)
    (root / "gone.py").chmod(0o600)
    (root / "via.py").symlink_to("real/t.py")
    return root


def prepared(base: Path) -> tuple[Path, Path]:
    """(state folder, root) with the plan saved."""
    state, root = base / "state", tree(base / "root")
    FileJournal(state, time.time, root).save(Plan("crash", "wrap", "A change", str(root), 1.0, EDITS))
    return state, root


def restore(base: Path, kept: Path) -> None:
    """Put the prepared folders back to what `kept` holds: the journal knows the root by its path."""
    for name in ("state", "root"):
        shutil.rmtree(base / name, ignore_errors=True)
        shutil.copytree(kept / name, base / name, symlinks=True)


def keep(base: Path, kept: Path) -> None:
    for name in ("state", "root"):
        shutil.copytree(base / name, kept / name, symlinks=True)


@pytest.mark.parametrize("verb", ["apply", "undo"])
def test_a_kill_at_any_step_ends_before_or_after_and_leaves_nothing_behind(tmp_path: Path, run: Run, verb: str) -> None:
    kept = tmp_path / "kept"
    state, root = prepared(tmp_path)
    original = snapshot(root)
    if verb == "undo":
        assert run("apply", -1)[0] == 0
    start = snapshot(root)
    keep(tmp_path, kept)
    code, steps = run(verb, -1)
    assert code == 0
    goal = snapshot(root)
    assert len(steps) > 15
    assert goal != start
    outcomes = set()
    for number, step in enumerate(steps):
        restore(tmp_path, kept)
        assert run(verb, number) == (-signal.SIGKILL, steps[:number])
        journal = FileJournal(state, time.time, root)
        journal.recover()
        now = snapshot(root)
        assert now in (start, goal), f"half done after a kill at {step!r}"
        outcomes.add(now == goal)
        assert journal.recover() == [], f"not settled after a kill at {step!r}"
        assert not list(state.rglob("*.new"))
        applied = [one for one in journal.history() if one.state == "applied"]
        assert bool(applied) == ((now == goal) == (verb == "apply")), f"the journal is wrong after a kill at {step!r}"
        if not applied:
            journal.apply(journal.load("crash"))
        journal.undo()
        assert snapshot(root) == original, f"undo failed after a kill at {step!r}"
    assert outcomes == {True, False}


@pytest.mark.parametrize(
    ("verb", "dies_at"),
    [
        ("apply", "create new/deep/b.py"),
        ("apply", "remove gone.py"),
        ("apply", "record applied"),
        ("undo", "rename gone.py"),
    ],
)
def test_a_kill_while_recovering_is_recovered_too(tmp_path: Path, run: Run, verb: str, dies_at: str) -> None:
    kept = tmp_path / "kept"
    state, root = prepared(tmp_path)
    if verb == "undo":
        run("apply", -1)
    start = snapshot(root)
    keep(tmp_path, kept)
    _, steps = run(verb, -1)
    goal = snapshot(root)
    restore(tmp_path, kept)
    run(verb, steps.index(dies_at))
    shutil.rmtree(kept)
    keep(tmp_path, kept)
    code, recovering = run("recover", -1)
    assert code == 0
    assert recovering
    for number in range(len(recovering)):
        restore(tmp_path, kept)
        assert run("recover", number)[0] == -signal.SIGKILL
        FileJournal(state, time.time, root).recover()
        assert snapshot(root) in (start, goal)


def test_an_edit_made_after_the_crash_is_never_overwritten(tmp_path: Path, run: Run) -> None:
    state, root = prepared(tmp_path)
    before = snapshot(root)
    _, steps = run("apply", -1)
    FileJournal(state, time.time, root).undo()
    assert run("apply", steps.index("rename via.py"))[0] == -signal.SIGKILL
    (root / "real" / "t.py").write_bytes(b"mine\n")
    (sentence,) = FileJournal(state, time.time, root).recover()
    assert "via.py changed in between and was left alone" in sentence
    after = snapshot(root)
    assert after.pop("real/t.py")[2] == b"mine\n"
    before.pop("real/t.py")
    assert after == before


def test_an_edit_after_a_change_that_was_done_but_for_its_record_keeps_the_change(tmp_path: Path, run: Run) -> None:
    state, root = prepared(tmp_path)
    _, steps = run("apply", -1)
    FileJournal(state, time.time, root).undo()
    assert run("apply", steps.index("forget"))[0] == -signal.SIGKILL
    (root / "a.py").write_bytes(b"edited by hand\n")
    now = snapshot(root)
    journal = FileJournal(state, time.time, root)
    journal.recover()
    assert snapshot(root) == now
    assert journal.history()[0].state == "applied"
    assert journal.recover() == []


def test_a_folder_swapped_for_a_link_after_the_crash_leads_nowhere(tmp_path: Path, run: Run) -> None:
    state, root = prepared(tmp_path)
    write(tmp_path / "outside", run_dot_sh=b"#!/bin/sh\n")
    _, steps = run("apply", -1)
    FileJournal(state, time.time, root).undo()
    run("apply", steps.index("rename a.py"))
    (root / "pkg").rename(root / "was")
    (root / "pkg").symlink_to("../outside")
    (sentence,) = FileJournal(state, time.time, root).recover()
    assert "pkg/run.sh changed in between" in sentence
    assert snapshot(tmp_path / "outside") == {"run.sh": ("file", 0o644, b"#!/bin/sh\n")}
    assert (root / "a.py").read_bytes() == b"old a\n"
    assert not (root / "new").exists()


def test_the_next_change_settles_what_a_crash_left_before_it_begins(tmp_path: Path, run: Run) -> None:
    state, root = prepared(tmp_path)
    _, steps = run("apply", -1)
    FileJournal(state, time.time, root).undo()
    run("apply", steps.index("remove gone.py"))
    journal = FileJournal(state, time.time, root)
    write(root, c_dot_py=b"c")
    journal.apply(Plan("next", "wrap", "Next", str(root), 2.0, (FileEdit("c.py", b"c", b"d"),)))
    assert not (root / "gone.py").exists()
    assert (root / "a.py").read_bytes() == b"new a, longer\n"
    assert [one.plan_id for one in journal.history()] == ["next", "crash", "crash"]


def test_recover_without_a_state_folder_makes_none(tmp_path: Path) -> None:
    assert FileJournal(tmp_path / "state", time.time, tmp_path).recover() == []
    assert not (tmp_path / "state").exists()
