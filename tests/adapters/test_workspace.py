from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from featureops.adapters.jail import Jail
from featureops.adapters.workspace import LocalWorkspace
from featureops.core.errors import BadArgument, OutsideWorkspace
from tests.trees import git, repository, write


def test_it_lists_tracked_and_untracked_files_but_not_ignored_or_deleted_ones(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="a", gone_dot_py="b", _dot_gitignore="*.log\n")
    write(root, new__file_dot_py="n", noise_dot_log="x")
    (root / "gone.py").unlink()
    assert LocalWorkspace(root).files() == (".gitignore", "a.py", "new/file.py")


def test_a_sub_folder_of_a_repository_lists_only_what_is_below_it(tmp_path: Path) -> None:
    root = repository(tmp_path, top_dot_py="t", pkg__in_dot_py="i")
    assert LocalWorkspace(root / "pkg").files() == ("in.py",)


def test_the_key_of_a_file_changes_with_its_content_and_the_fingerprint_with_any_key(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="a", b_dot_py="b", top__c_dot_py="c")
    workspace = LocalWorkspace(root)
    before = workspace.tree()
    assert workspace.tree() == before
    write(root, b_dot_py="changed")
    changed = workspace.tree()
    assert {path for path in before.keys if before.keys[path] != changed.keys[path]} == {"b.py"}
    git(root, "add", "-A")
    staged = workspace.tree()
    write(root, new_dot_py="n")
    added = workspace.tree()
    (root / "a.py").unlink()
    gone = workspace.tree()
    assert gone.files == ("b.py", "new.py", "top/c.py")
    assert len({each.fingerprint for each in (before, changed, staged, added, gone)}) == 5
    assert LocalWorkspace(root / "top").files() == ("c.py",)


def test_a_nested_repository_without_a_commit_is_entered_too(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="a")
    write(root, inner__b_dot_py="b")
    git(root / "inner", "init", "-q")
    assert LocalWorkspace(root).files() == ("a.py", "inner/b.py")


def test_outside_git_hidden_and_vendored_folders_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, src__a_dot_py="a", node_modules__b_dot_py="b", _dot_venv__c_dot_py="c", dist__d_dot_py="d")
    write(tmp_path, _dot_env="e")
    assert LocalWorkspace(tmp_path).files() == (".env", "src/a.py")


def test_a_root_that_its_repository_ignores_is_walked(tmp_path: Path) -> None:
    root = repository(tmp_path, _dot_gitignore="scratch/\n")
    write(root, scratch__a_dot_py="a")
    assert LocalWorkspace(root / "scratch").files() == ("a.py",)


def test_nested_repositories_and_submodules_are_entered_and_links_skipped_with_the_reason(tmp_path: Path) -> None:
    root = repository(tmp_path / "root", a_dot_py="a")
    repository(root / "inner", b_dot_py="b")
    other = repository(tmp_path / "other", c_dot_py="c")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    (root / "link.py").symlink_to("a.py")
    workspace = LocalWorkspace(root)
    assert workspace.files() == (".gitmodules", "a.py", "inner/b.py", "sub/c.py")
    assert workspace.skipped == {"link.py": "symbolic link"}


@pytest.mark.parametrize(
    "name", [b"caf\xe9.py", b"two\nlines.py", "ünï.py".encode(), b"-rf.py", b'q"uote\\.py', b" .py"]
)
@pytest.mark.parametrize("in_git", [True, False])
def test_every_name_that_the_file_system_takes_is_listed_read_and_searched(
    tmp_path: Path, name: bytes, in_git: bool
) -> None:
    (tmp_path / os.fsdecode(name)).write_bytes(b"needle")
    if in_git:
        git(tmp_path, "init", "-q")
    workspace = LocalWorkspace(tmp_path)
    (path,) = workspace.files()
    assert os.fsencode(path) == name
    assert workspace.read(path) == b"needle"
    assert workspace.grep([b"needle"]) == {path: (0,)}


def test_grep_tells_where_each_needle_starts_even_where_they_overlap(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py=b"x abcabc bc", b_dot_py=b"nothing", c_dot_py=b"\xff\xfeabc")
    found = LocalWorkspace(tmp_path).grep([b"abc", b"bc", b"", b"abc"])
    assert found == {"a.py": (2, 3, 5, 6, 9), "c.py": (2, 3)}


def test_each_file_is_searched_for_what_is_looked_for_in_it(tmp_path: Path) -> None:
    write(tmp_path, a__a_dot_py=b"one two", a__b_dot_py=b"one two", c_dot_py=b"one two twofold")
    wanted = {
        "a/a.py": (b"one",),
        "a/b.py": (b"two", b"twofold", b"t"),
        "c.py": (b"twofold", b"three"),
        "no.py": (b"x",),
    }
    hits = {hit.path: hit for hit in LocalWorkspace(tmp_path).scan(wanted)}
    assert {path: hit.offsets for path, hit in hits.items()} == {
        "a/a.py": (0,),
        "a/b.py": (4,),
        "c.py": (8,),
        "no.py": (),
    }
    assert hits["no.py"].reason == "gone"
    assert [hit.data for hit in LocalWorkspace(tmp_path).scan({"a/b.py": ()})] == [b"one two"]


def test_grep_without_a_needle_finds_nothing(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py=b"x")
    assert LocalWorkspace(tmp_path).grep([]) == {}


def test_grep_leaves_out_binary_and_large_files_and_says_so(tmp_path: Path) -> None:
    write(tmp_path, bin_dot_dat=b"abc\0", late_dot_dat=b"abc" + b" " * 9000 + b"\0", big_dot_txt=b"abc" * 10_000)
    workspace = LocalWorkspace(tmp_path, max_file_bytes=20_000)
    assert workspace.grep([b"abc"]) == {"late.dat": (0,)}
    assert workspace.skipped == {"bin.dat": "binary", "big.txt": "larger than 20000 bytes"}


def test_an_empty_file_is_read_and_searched(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py=b"")
    workspace = LocalWorkspace(tmp_path)
    assert (workspace.read("a.py"), workspace.size("a.py"), workspace.grep([b"a"])) == (b"", 0, {})


@pytest.mark.parametrize("path", ["../secret", "a/../../secret", "a/../b.py", "/etc/passwd", "..", "./../secret"])
def test_paths_that_leave_the_root_are_refused(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    write(root, b_dot_py="b")
    write(tmp_path, secret="s")
    workspace = LocalWorkspace(root)
    with pytest.raises(OutsideWorkspace) as error:
        workspace.read(path)
    assert error.value.hint
    assert workspace.size(path) is None


def test_an_absolute_path_inside_the_root_is_refused_with_the_relative_one(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py="a")
    with pytest.raises(OutsideWorkspace) as error:
        LocalWorkspace(tmp_path).read(str(tmp_path / "a.py"))
    assert "'a.py'" in error.value.hint


def test_links_are_followed_inside_the_root_and_refused_when_they_leave_it(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, real__a_dot_py="a")
    write(tmp_path, out__b_dot_py="b")
    (root / "in").symlink_to("real")
    (root / "file.py").symlink_to("real/a.py")
    (root / "out").symlink_to("../out")
    (root / "direct.py").symlink_to(tmp_path / "out" / "b.py")
    workspace = LocalWorkspace(root)
    assert workspace.read("in/a.py") == workspace.read("file.py") == b"a"
    assert workspace.size("in/a.py") == 1
    for path in ("out/b.py", "direct.py"):
        with pytest.raises(OutsideWorkspace):
            workspace.read(path)
        assert workspace.size(path) is None
    assert list(workspace.grep([b"b", b"a"])) == ["real/a.py"]


def test_loops_and_dangling_links_are_bad_arguments(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "nowhere").symlink_to("missing")
    workspace = LocalWorkspace(tmp_path)
    for path in ("one", "one/x.py", "nowhere"):
        with pytest.raises(BadArgument):
            workspace.read(path)
    assert workspace.files() == ()


def test_a_folder_that_becomes_a_link_between_the_check_and_the_use_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    write(root, pkg__a_dot_py="inside")
    write(tmp_path, out__a_dot_py="outside")
    (root / "way").symlink_to("pkg")
    honest = Jail.resolve

    def swapping(jail: Jail, path: str) -> str:
        resolved = honest(jail, path)
        (root / "pkg").rename(root / "was")
        (root / "pkg").symlink_to("../out")
        return resolved

    monkeypatch.setattr(Jail, "resolve", swapping)
    with pytest.raises((BadArgument, OutsideWorkspace)):
        LocalWorkspace(root).read("way/a.py")


@pytest.mark.parametrize("path", ["", ".", "a\0b", "missing.py", "folder", "pipe", "socket", "a.py/b"])
def test_what_is_no_file_is_a_bad_argument_and_does_not_hang(tmp_path: Path, path: str) -> None:
    write(tmp_path, a_dot_py="a", folder__b_dot_py="b")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.open(".", os.O_RDONLY)
        try:
            os.chdir(tmp_path)  # the address of a socket may not be longer than some 100 bytes
            listener.bind("socket")
        finally:
            os.fchdir(here)
            os.close(here)
        with pytest.raises(BadArgument) as error:
            LocalWorkspace(tmp_path).read(path)
    assert error.value.hint


def test_grep_passes_over_pipes_without_hanging(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    workspace = LocalWorkspace(tmp_path)
    assert workspace.grep([b"a"]) == {}
    assert workspace.skipped == {"pipe": "not a regular file"}


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, a_dot_py=b"x" * 11)
    workspace = LocalWorkspace(tmp_path, max_file_bytes=10)
    with pytest.raises(BadArgument, match="over 10 bytes"):
        workspace.read("a.py")
    assert workspace.size("a.py") == 11


@pytest.mark.parametrize("name", ["missing", "file.txt"])
def test_a_root_that_is_no_folder_is_refused_with_a_hint(tmp_path: Path, name: str) -> None:
    write(tmp_path, file_dot_txt="x")
    with pytest.raises(BadArgument) as error:
        LocalWorkspace(tmp_path / name)
    assert "--root" in error.value.hint


def test_a_root_that_is_itself_a_link_works_under_its_real_path(tmp_path: Path) -> None:
    write(tmp_path, real__a_dot_py="a")
    (tmp_path / "link").symlink_to("real")
    workspace = LocalWorkspace(tmp_path / "link")
    assert workspace.root == os.path.realpath(tmp_path / "real")
    assert workspace.read("a.py") == b"a"


def test_ten_thousand_files_are_searched_in_a_few_seconds(tmp_path: Path) -> None:
    for folder in range(100):
        (tmp_path / f"p{folder}").mkdir()
        for number in range(100):
            (tmp_path / f"p{folder}" / f"m{number}.py").write_bytes(b"x = 1\n" * 100)
    (tmp_path / "p7" / "m7.py").write_bytes(b"needle")
    workspace = LocalWorkspace(tmp_path)
    start = time.perf_counter()
    assert workspace.grep([b"needle"]) == {"p7/m7.py": (0,)}
    # About half a second alone; the bound leaves room for a busy machine.
    assert time.perf_counter() - start < 8
