from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from featureops.adapters.journal import FileJournal
from featureops.adapters.records import locked
from featureops.core.errors import BadArgument, Conflict, MovedOn, OutsideWorkspace, Unwritable
from featureops.core.model import FileEdit, Plan
from tests.trees import git, repository, snapshot, write


class Ticking:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "root", a_dot_py=b"old\n", b_dot_py=b"bee\r\n", pkg__c_dot_py=b"see")
    return tmp_path / "root"


@pytest.fixture
def journal(tmp_path: Path, root: Path) -> FileJournal:
    return FileJournal(tmp_path / "state", Ticking(), root)


def plan(root: Path, *edits: FileEdit, plan_id: str = "p1", reads: dict[str, str] | None = None) -> Plan:
    return Plan(plan_id, "wrap", f"Title of {plan_id}", str(root), 1.0, edits, reads or {}, {"diff": "…", "n": 1})


A = FileEdit("a.py", b"old\n", b"new\n")


# ---------------------------------------------------------------- plans


def test_a_plan_comes_back_as_it_was_saved(journal: FileJournal, root: Path) -> None:
    edits = (A, FileEdit(os.fsdecode(b"caf\xe9\n.py"), None, bytes(range(256))), FileEdit("b.py", b"bee\r\n", None))
    saved = plan(root, *edits, reads={"pkg/c.py": "00"})
    journal.save(saved)
    assert journal.load("p1") == saved


def test_an_unknown_plan_is_refused_with_the_latest_ones(journal: FileJournal, root: Path) -> None:
    with pytest.raises(BadArgument) as error:
        journal.load("nope")
    assert "no plan yet" in error.value.hint
    journal.save(plan(root, A))
    with pytest.raises(BadArgument) as error:
        journal.load("nope")
    assert "p1 (Title of p1)" in error.value.hint


@pytest.mark.parametrize("plan_id", ["../p1", "", "a/b", "x" * 65, "p1.json", "p1\n"])
def test_a_plan_id_is_never_a_path(journal: FileJournal, root: Path, plan_id: str) -> None:
    journal.save(plan(root, A))
    with pytest.raises(BadArgument):
        journal.load(plan_id)
    with pytest.raises(BadArgument):
        journal.save(plan(root, A, plan_id=plan_id))


def test_a_damaged_plan_is_an_error_that_names_the_file(journal: FileJournal, root: Path, tmp_path: Path) -> None:
    journal.save(plan(root, A))
    (path,) = (tmp_path / "state" / "plans").rglob("p1.json")
    path.write_text('{"planId": "p1"')
    with pytest.raises(BadArgument, match=r"p1\.json"):
        journal.load("p1")


def test_only_the_latest_200_plans_are_kept(journal: FileJournal, root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "plans"
    journal.save(plan(root, A, plan_id="first"))
    (oldest,) = folder.rglob("first.json")
    for number in range(203):
        (oldest.parent / f"old{number}.json").write_bytes(b"{}")
        os.utime(oldest.parent / f"old{number}.json", (number, number))
    journal.save(plan(root, A, plan_id="last"))
    names = {path.stem for path in folder.rglob("*.json")}
    assert len(names) == 200
    assert {"first", "last", "old202"} <= names
    assert "old4" not in names


def test_the_state_folder_is_for_its_owner_only_and_the_root_holds_nothing_of_it(
    journal: FileJournal, root: Path, tmp_path: Path
) -> None:
    journal.save(plan(root, A))
    journal.apply(plan(root, A))
    for path in (tmp_path / "state", *(tmp_path / "state").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert set(snapshot(root)) == {"a.py", "b.py", "pkg", "pkg/c.py"}


# ---------------------------------------------------------------- apply and undo


def test_apply_writes_every_edit_and_undo_restores_bytes_and_modes(journal: FileJournal, root: Path) -> None:
    (root / "a.py").chmod(0o751)
    (root / "b.py").chmod(0o400)
    before = snapshot(root)
    change = journal.apply(plan(root, A, FileEdit("b.py", b"bee\r\n", None), FileEdit("x/y/z.py", None, b"\xff\r\n")))
    assert (change.state, change.verb, change.plan_id, change.paths) == (
        "applied",
        "wrap",
        "p1",
        ("a.py", "b.py", "x/y/z.py"),
    )
    after = snapshot(root)
    assert after["a.py"] == ("file", 0o751, b"new\n")
    assert after["x/y/z.py"][2] == b"\xff\r\n"
    assert "b.py" not in after
    assert journal.undo().state == "undone"
    assert snapshot(root) == before


def test_changes_are_taken_back_the_latest_first_or_by_their_id(journal: FileJournal, root: Path) -> None:
    first = journal.apply(plan(root, A, plan_id="p1"))
    second = journal.apply(plan(root, FileEdit("b.py", b"bee\r\n", b"2"), plan_id="p2"))
    third = journal.apply(plan(root, FileEdit("pkg/c.py", b"see", b"3"), plan_id="p3"))
    assert [one.change_id for one in journal.history()] == [third.change_id, second.change_id, first.change_id]
    assert journal.undo(first.change_id).change_id == first.change_id
    assert journal.undo().change_id == third.change_id
    assert journal.undo("p2").change_id == second.change_id
    assert [one.state for one in journal.history(limit=2)] == ["undone", "undone"]
    with pytest.raises(BadArgument, match="no applied change"):
        journal.undo()


@pytest.mark.parametrize("change_id", ["nope", "../1"])
def test_an_unknown_change_is_refused_with_the_latest_ones(journal: FileJournal, root: Path, change_id: str) -> None:
    change = journal.apply(plan(root, A))
    with pytest.raises(BadArgument) as error:
        journal.undo(change_id)
    assert change.change_id in error.value.hint


def test_a_change_is_taken_back_only_once(journal: FileJournal, root: Path) -> None:
    change = journal.apply(plan(root, A))
    journal.undo()
    with pytest.raises(BadArgument, match="already"):
        journal.undo(change.change_id)


def test_undo_refuses_when_a_file_changed_since_and_restores_none(journal: FileJournal, root: Path) -> None:
    journal.apply(plan(root, A, FileEdit("b.py", b"bee\r\n", None)))
    (root / "b.py").write_bytes(b"again")
    before = snapshot(root)
    with pytest.raises(MovedOn, match=r"b\.py"):
        journal.undo()
    assert snapshot(root) == before


def test_undo_brings_a_deleted_file_back_even_when_its_folder_is_gone(journal: FileJournal, root: Path) -> None:
    before = snapshot(root)
    journal.apply(plan(root, FileEdit("pkg/c.py", b"see", None)))
    (root / "pkg").rmdir()
    journal.undo()
    assert snapshot(root) == before


def test_undo_leaves_a_new_folder_that_somebody_uses(journal: FileJournal, root: Path) -> None:
    journal.apply(plan(root, FileEdit("new/n.py", None, b"n")))
    write(root, new__mine_dot_py="mine")
    journal.undo()
    assert (root / "new" / "mine.py").exists()
    assert not (root / "new" / "n.py").exists()


def test_changes_of_another_root_are_left_alone(journal: FileJournal, root: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", a_dot_py=b"old\n")
    other = FileJournal(tmp_path / "state", Ticking(), tmp_path / "other")
    journal.apply(plan(root, A))
    assert other.history() == []
    with pytest.raises(BadArgument):
        other.undo()
    with pytest.raises(BadArgument, match="belongs to"):
        other.apply(plan(root, A))


def test_a_plan_without_edits_is_refused(journal: FileJournal, root: Path) -> None:
    with pytest.raises(BadArgument, match="no edits"):
        journal.apply(plan(root, FileEdit("a.py", b"old\n", b"old\n")))


# ---------------------------------------------------------------- what moved on


@pytest.mark.parametrize(
    "edit",
    [
        FileEdit("a.py", b"older\n", b"new\n"),
        FileEdit("a.py", None, b"new\n"),
        FileEdit("missing.py", b"was\n", b"new\n"),
        FileEdit("missing.py", b"was\n", None),
        FileEdit("pkg", b"was a file", b"new\n"),
    ],
)
def test_a_file_that_is_not_as_planned_stops_the_whole_plan(journal: FileJournal, root: Path, edit: FileEdit) -> None:
    before = snapshot(root)
    with pytest.raises(MovedOn, match=edit.path.replace(".", r"\.")):
        journal.apply(plan(root, FileEdit("b.py", b"bee\r\n", b"2"), edit))
    assert snapshot(root) == before
    assert journal.history() == []


def test_a_file_that_was_only_read_stops_the_plan_too(journal: FileJournal, root: Path) -> None:
    before = snapshot(root)
    with pytest.raises(MovedOn, match=r"pkg/c\.py"):
        journal.apply(plan(root, A, reads={"pkg/c.py": "0" * 64}))
    with pytest.raises(MovedOn, match=r"vanished\.py"):
        journal.apply(plan(root, A, reads={"vanished.py": "0" * 64}))
    assert snapshot(root) == before
    journal.apply(plan(root, A, reads={"absent.py": ""}))


def test_an_edit_while_the_change_is_staged_stops_it(root: Path, tmp_path: Path) -> None:
    def meddle(step: str) -> None:
        if step == "fsync b.py":
            (root / "a.py").write_bytes(b"mine\n")

    journal = FileJournal(tmp_path / "state", Ticking(), root, step=meddle)
    with pytest.raises(MovedOn, match=r"a\.py"):
        journal.apply(plan(root, A, FileEdit("b.py", b"bee\r\n", b"2"), FileEdit("n/n.py", None, b"n")))
    assert {path: entry[2] for path, entry in snapshot(root).items() if entry[0] == "file"} == {
        "a.py": b"mine\n",
        "b.py": b"bee\r\n",
        "pkg/c.py": b"see",
    }
    assert not (root / "n").exists()
    assert journal.recover() == []


# ---------------------------------------------------------------- places that are never written


def test_links_are_written_through_inside_the_root(journal: FileJournal, root: Path) -> None:
    (root / "link.py").symlink_to("pkg/c.py")
    (root / "folder").symlink_to("pkg")
    before = snapshot(root)
    journal.apply(plan(root, FileEdit("link.py", b"see", b"sea"), FileEdit("folder/new.py", None, b"n")))
    assert (root / "link.py").is_symlink()
    assert (root / "pkg" / "c.py").read_bytes() == b"sea"
    assert (root / "pkg" / "new.py").read_bytes() == b"n"
    journal.undo()
    assert snapshot(root) == before


def test_two_edits_that_are_one_file_are_refused(journal: FileJournal, root: Path) -> None:
    (root / "link.py").symlink_to("a.py")
    with pytest.raises(BadArgument, match="one file"):
        journal.apply(plan(root, A, FileEdit("link.py", b"old\n", b"other\n")))
    assert (root / "a.py").read_bytes() == b"old\n"


@pytest.mark.parametrize(
    "path", ["../out.py", "/tmp/out.py", "out/new.py", "direct.py", ".git/config", "sub/.GIT/hooks/x"]
)
def test_nothing_outside_the_root_or_inside_git_is_written(journal: FileJournal, root: Path, path: str) -> None:
    outside = root.parent / "outside"
    write(outside, x_dot_py="x")
    (root / "out").symlink_to("../outside")
    (root / "direct.py").symlink_to("../outside/new.py")
    before = snapshot(root.parent)
    with pytest.raises(OutsideWorkspace):
        journal.apply(plan(root, A, FileEdit(path, None, b"evil")))
    assert {name: what for name, what in snapshot(root.parent).items() if not name.startswith("state")} == before


def test_a_link_into_gits_own_folder_is_refused(journal: FileJournal, root: Path) -> None:
    git(root, "init", "-q")
    (root / "innocent").symlink_to(".git/hooks")
    with pytest.raises(OutsideWorkspace, match="git's own"):
        journal.apply(plan(root, FileEdit("innocent/pre-commit", None, b"#!/bin/sh\n")))
    assert not (root / ".git" / "hooks" / "pre-commit").exists()


def test_a_folder_swapped_for_a_link_while_writing_leads_nowhere(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "outside", c_dot_py=b"see")

    def swap(step: str) -> None:
        if step == "create pkg/c.py":
            (root / "pkg").rename(root / "was")
            (root / "pkg").symlink_to("../outside")

    journal = FileJournal(tmp_path / "state", Ticking(), root, step=swap)
    with pytest.raises((Unwritable, MovedOn)):
        journal.apply(plan(root, A, FileEdit("pkg/c.py", b"see", b"evil")))
    assert snapshot(tmp_path / "outside") == {"c.py": ("file", 0o644, b"see")}
    assert (root / "a.py").read_bytes() == b"old\n"


def test_a_hard_linked_file_is_replaced_and_its_other_name_keeps_the_old_content(
    journal: FileJournal, root: Path
) -> None:
    (root / "twin.py").hardlink_to(root / "a.py")
    journal.apply(plan(root, A))
    assert ((root / "a.py").read_bytes(), (root / "twin.py").read_bytes()) == (b"new\n", b"old\n")


# ---------------------------------------------------------------- disks that refuse


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 128 kB."""
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k", "none", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a file system can't be mounted by this user")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_changes_nothing_and_leaves_nothing_behind(tiny_disk: Path, tmp_path: Path) -> None:
    write(tiny_disk, a_dot_py=b"old\n", b_dot_py=b"b")
    before = snapshot(tiny_disk)
    journal = FileJournal(tmp_path / "state", Ticking(), tiny_disk)
    big = FileEdit("b.py", b"b", b"x" * 200_000)
    with pytest.raises(Unwritable) as error:
        journal.apply(plan(tiny_disk, A, FileEdit("new/n.py", None, b"n"), big))
    assert "Free some space" in error.value.hint
    assert snapshot(tiny_disk) == before
    assert (journal.history(), journal.recover()) == ([], [])


def test_a_full_state_disk_changes_nothing(tiny_disk: Path, root: Path) -> None:
    before = snapshot(root)
    journal = FileJournal(tiny_disk / "state", Ticking(), root)
    big = plan(root, A, FileEdit("big.py", None, b"x" * 200_000))
    for write_it in (journal.save, journal.apply):
        with pytest.raises(Unwritable, match="state folder"):
            write_it(big)
    assert snapshot(root) == before
    assert not list(tiny_disk.rglob("*.new"))
    journal.apply(plan(root, A))


def _write_with_a_size_limit(state: Path, root: Path) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
    journal = FileJournal(state, time.time, root)
    edits = (A, FileEdit("big.py", None, b"x" * 60_000))
    try:
        journal.apply(plan(root, *edits))
    except Unwritable as error:
        sys.exit(0 if "space" in error.hint else 3)
    sys.exit(4)


def test_a_limit_on_the_size_of_files_changes_nothing(root: Path, tmp_path: Path) -> None:
    before = snapshot(root)
    process = multiprocessing.get_context("spawn").Process(
        target=_write_with_a_size_limit, args=(tmp_path / "state", root)
    )
    process.start()
    process.join(60)
    assert process.exitcode == 0
    assert snapshot(root) == before


def test_a_rename_that_the_system_refuses_takes_the_others_back(root: Path, tmp_path: Path) -> None:
    def refuse(step: str) -> None:
        if step == "rename pkg/c.py":
            raise OSError(errno.EPERM, "Operation not permitted")

    before = snapshot(root)
    journal = FileJournal(tmp_path / "state", Ticking(), root, step=refuse)
    edits = (
        A,
        FileEdit("b.py", b"bee\r\n", None),
        FileEdit("n/n.py", None, b"n"),
        FileEdit("pkg/c.py", b"see", b"sea"),
    )
    with pytest.raises(Unwritable, match="not permitted") as error:
        journal.apply(plan(root, *edits))
    assert error.value.hint
    assert snapshot(root) == before
    assert (journal.history(), journal.recover()) == ([], [])


@pytest.mark.parametrize("verb", ["apply", "undo"])
@pytest.mark.parametrize("number", range(24))
def test_an_error_of_the_disk_at_any_step_leaves_the_tree_before_or_after(
    root: Path, tmp_path: Path, verb: str, number: int
) -> None:
    edits = (
        A,
        FileEdit("b.py", b"bee\r\n", None),
        FileEdit("n/m/n.py", None, b"n"),
        FileEdit("pkg/c.py", b"see", b"sea"),
    )
    healthy = FileJournal(tmp_path / "state", Ticking(), root)
    original = snapshot(root)
    if verb == "undo":
        healthy.apply(plan(root, *edits))
    before = snapshot(root)
    left = number

    def fail(_: str) -> None:
        nonlocal left
        left -= 1
        if left == -1:
            raise OSError(errno.EIO, "Input/output error")

    journal = FileJournal(tmp_path / "state", Ticking(), root, step=fail)
    refused = False
    try:
        if verb == "apply":
            journal.apply(plan(root, *edits))
        else:
            journal.undo()
    except Unwritable:
        refused = True
    assert (snapshot(root) == before) == refused
    assert journal.recover() == []
    applied = [one for one in healthy.history() if one.state == "applied"]
    assert bool(applied) == (refused == (verb == "undo"))
    if applied:
        healthy.undo()
    assert snapshot(root) == original


def test_a_file_that_can_not_be_replaced_is_found_out_by_the_real_system(root: Path, journal: FileJournal) -> None:
    # A mount point can't be renamed over, not even by root.
    bound = subprocess.run(
        ["mount", "--bind", str(root / "b.py"), str(root / "b.py")], check=False, capture_output=True
    )
    if bound.returncode:
        pytest.skip("a file can't be mounted by this user")
    try:
        before = snapshot(root)
        with pytest.raises(Unwritable, match="Nothing was changed"):
            journal.apply(plan(root, A, FileEdit("b.py", b"bee\r\n", b"2")))
        assert snapshot(root) == before
    finally:
        subprocess.run(["umount", str(root / "b.py")], check=True)
    assert journal.recover() == []


UNPRIVILEGED = textwrap.dedent("""
    import fcntl, os, sys, time
    from pathlib import Path
    state, root = map(Path, sys.argv[1:])
    # Everything is loaded before the rights go: the interpreter may lie in a folder that others can't read.
    from featureops.adapters.journal import FileJournal
    from featureops.adapters.settings import confirmation_secret, load_settings
    from featureops.adapters.workspace import LocalWorkspace
    import ahocorasick_rs
    from featureops.core.errors import BadArgument, Unwritable
    from featureops.core.model import FileEdit, Plan
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    if not os.access(root, os.R_OK):
        sys.exit(77)
    workspace = LocalWorkspace(root)
    assert workspace.grep([b"old"]) == {"a.py": (0,), "locked/b.py": (0,)}, workspace.skipped
    assert workspace.skipped == {"secret.py": "unreadable: Permission denied"}, workspace.skipped
    try:
        workspace.read("secret.py")
        sys.exit("a file without read permission was read")
    except BadArgument:
        pass
    journal = FileJournal(state, time.time, root)
    edits = (FileEdit("a.py", b"old\\n", b"new\\n"), FileEdit("locked/b.py", b"old\\n", b"new\\n"))
    try:
        journal.apply(Plan("p1", "wrap", "t", str(root), 1.0, edits))
        sys.exit("a read-only folder was written")
    except Unwritable as error:
        assert "writable" in error.hint, error.hint
    assert journal.history() == [] and journal.recover() == []
    try:
        confirmation_secret(load_settings(root, {"FEATUREOPS_STATE_DIR": str(root / "locked" / "state")}))
        sys.exit("a read-only state folder was written")
    except Unwritable as error:
        assert "FEATUREOPS_STATE_DIR" in error.hint
    try:
        FileJournal(root / "locked" / "state", time.time, root).save(Plan("p1", "wrap", "t", str(root), 1.0, edits))
        sys.exit("a read-only state folder was written")
    except Unwritable:
        pass
""")


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that another user can reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="featureops-test-") as folder:
        yield Path(folder)


def test_without_permission_nothing_is_read_or_written_and_the_rest_goes_on(shared: Path) -> None:
    root, state = shared / "root", shared / "state"
    write(root, a_dot_py=b"old\n", locked__b_dot_py=b"old\n", secret_dot_py=b"old\n")
    state.mkdir()
    if os.getuid() == 0:
        for path in (shared, state, root, *root.rglob("*")):
            os.chown(path, 65534, 65534)
    before = snapshot(root)
    (root / "secret.py").chmod(0)
    (root / "locked").chmod(0o555)
    command = [sys.executable, "-c", UNPRIVILEGED, str(state), str(root)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/")
    (root / "locked").chmod(0o755)
    (root / "secret.py").chmod(0o644)
    if done.returncode == 77:
        pytest.skip("the folder for temporary files can't be reached by another user")
    assert done.returncode == 0, done.stderr
    assert snapshot(root) == before


def test_a_journal_that_can_not_be_read_is_an_error_and_does_not_stop_the_start(root: Path, tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "state", Ticking(), root)
    change = journal.apply(plan(root, A))
    (entry,) = (tmp_path / "state" / "journal").rglob("1.json")
    entry.rename(entry.with_name("pending.json"))
    entry.with_name("pending.json").unlink()
    entry.with_name("pending.json").mkdir()  # reading it fails for root too
    assert len(journal.recover()) == 1
    entry.mkdir()
    with pytest.raises(Unwritable) as error:
        journal.undo(change.change_id)
    assert "FEATUREOPS_STATE_DIR" in error.value.hint


# ---------------------------------------------------------------- two processes


def _apply_many(state: Path, root: Path, name: str, times: int) -> None:
    journal = FileJournal(state, time.time, root)
    for number in range(times):
        while True:
            text = (root / "count.py").read_bytes()
            try:
                edit = FileEdit("count.py", text, text + f"{name}{number}\n".encode())
                journal.apply(plan(root, edit, plan_id=f"{name}{number}"))
                break
            except MovedOn:
                continue


def test_two_processes_that_apply_at_once_lose_nothing(root: Path, tmp_path: Path) -> None:
    write(root, count_dot_py=b"")
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_apply_many, args=(tmp_path / "state", root, name, 8)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(100)
        assert writer.exitcode == 0
    lines = (root / "count.py").read_text().split()
    assert sorted(lines) == sorted(f"{name}{number}" for name in "ab" for number in range(8))
    journal = FileJournal(tmp_path / "state", time.time, root)
    assert len(journal.history(100)) == 16
    for _ in range(16):
        journal.undo()
    assert (root / "count.py").read_bytes() == b""


def test_a_second_process_gives_up_with_a_clear_error_and_recovery_leaves_it_alone(root: Path, tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "state", Ticking(), root, lock_wait=0.1)
    journal.apply(plan(root, A))
    (lock,) = (tmp_path / "state" / "journal").glob("*.lock")
    with locked(lock, 0.0):
        pending = lock.with_suffix("") / "pending.json"
        pending.write_bytes(b"{}")
        with pytest.raises(Conflict, match="Another featureops process"):
            journal.undo()
        assert journal.recover() == []
    pending.unlink()
    assert (root / "a.py").read_bytes() == b"new\n"
    journal.undo()


def test_the_plan_and_the_change_work_in_a_repository_and_git_sees_only_the_edit(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo", a_dot_py=b"old\n")
    journal = FileJournal(tmp_path / "state", Ticking(), root)
    journal.apply(plan(root, A))
    assert git(root, "status", "--porcelain") == " M a.py\n"
    journal.undo()
    assert git(root, "status", "--porcelain") == ""
