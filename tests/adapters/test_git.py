from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from featureops.adapters.git import GitChanges
from featureops.core.errors import BadArgument
from featureops.core.model import ChangedFile
from tests.trees import git, repository, snapshot, write


def by_path(
    root: Path, base: str | None = None, *, staged: bool = False, limit: int = 5_000_000
) -> dict[str, ChangedFile]:
    return {one.path: one for one in GitChanges(root, max_file_bytes=limit).changes(base, staged)}


def test_modified_added_deleted_and_untracked_files_come_with_both_contents(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="old\n", gone_dot_py="bye\n", same_dot_py="same\n")
    write(root, a_dot_py="new\n", staged_dot_py="s\n", pkg__untracked_dot_py="u\n")
    (root / "gone.py").unlink()
    git(root, "add", "staged.py")
    assert GitChanges(root).changes() == [
        ChangedFile("a.py", "modified", b"old\n", b"new\n"),
        ChangedFile("gone.py", "deleted", b"bye\n", None),
        ChangedFile("pkg/untracked.py", "added", None, b"u\n"),
        ChangedFile("staged.py", "added", None, b"s\n"),
    ]


def test_a_clean_tree_has_no_changes_and_is_not_touched(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="a\n")
    before = (root / ".git" / "index").read_bytes()
    os.utime(root / "a.py", (1, 1))  # git's cached stat no longer fits: it has to look at the content
    (root / "a.py").chmod(0o755)
    assert GitChanges(root).changes() == []
    assert (root / ".git" / "index").read_bytes() == before


def test_staged_compares_the_index_and_ignores_the_working_tree(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="1\n", b_dot_py="1\n")
    write(root, a_dot_py="2\n", b_dot_py="2\n", c_dot_py="untracked\n")
    git(root, "add", "a.py")
    write(root, a_dot_py="3\n")
    assert GitChanges(root).changes(staged=True) == [ChangedFile("a.py", "modified", b"1\n", b"2\n")]
    assert by_path(root)["a.py"].after == b"3\n"


def test_a_base_may_be_a_branch_a_tag_or_a_commit(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="1\n")
    git(root, "tag", "v1")
    write(root, a_dot_py="2\n")
    git(root, "commit", "-qam", "second")
    assert GitChanges(root).changes() == []
    for base in ("v1", "HEAD~1", git(root, "rev-parse", "v1").strip()):
        assert GitChanges(root).changes(base) == [ChangedFile("a.py", "modified", b"1\n", b"2\n")]


@pytest.mark.parametrize("staged", [False, True])
def test_before_the_first_commit_everything_is_added(tmp_path: Path, staged: bool) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, a_dot_py="a\n")
    git(tmp_path, "add", "a.py")
    changes = GitChanges(tmp_path)
    assert changes.changes(staged=staged) == [ChangedFile("a.py", "added", None, b"a\n")]
    assert (changes.head(), changes.branch()) == (None, "main")


def test_a_moved_file_is_one_rename_even_when_edited_and_never_added(tmp_path: Path) -> None:
    text = "".join(f"line {number}\n" for number in range(20))
    root = repository(tmp_path, a_dot_py=text, b_dot_py="unrelated\n" * 30)
    (root / "a.py").rename(root / "moved.py")
    (root / "b.py").unlink()
    write(root, moved_dot_py=text + "more\n")
    found = by_path(root)
    assert found["moved.py"] == ChangedFile("moved.py", "renamed", text.encode(), (text + "more\n").encode(), "a.py")
    assert found["b.py"].status == "deleted"
    assert "a.py" not in found


def test_binary_large_linked_and_submodule_changes_are_named_but_not_read(tmp_path: Path) -> None:
    root = repository(
        tmp_path / "root", image=b"\0one", link_dot_py="was a file\n", large_dot_txt="x", was_large="y" * 200
    )
    other = repository(tmp_path / "other", c_dot_py="c")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    write(root, image=b"\0two", large_dot_txt="x" * 101, was_large="y")
    (root / "link.py").unlink()
    (root / "link.py").symlink_to("/etc/passwd")
    (root / "new-link").symlink_to("/etc")
    repository(root / "nested", d_dot_py="d")
    found = by_path(root, limit=100)
    reasons = {path: one.skipped for path, one in found.items() if path != ".gitmodules"}
    assert reasons.pop("was_large")
    assert reasons == {
        "image": "binary",
        "large.txt": "larger than 100 bytes",
        "link.py": "symbolic link",
        "nested": "submodule",
        "new-link": "symbolic link",
        "sub": "submodule",
    }
    assert all(one.before is None and one.after is None for one in found.values() if one.skipped)


def test_a_sub_folder_sees_only_its_own_changes_relative_to_itself(tmp_path: Path) -> None:
    root = repository(tmp_path, top_dot_py="1", pkg__in_dot_py="1")
    write(root, top_dot_py="2", pkg__in_dot_py="2", pkg__new_dot_py="n", new_dot_py="n")
    changes = GitChanges(root / "pkg")
    assert [one.path for one in changes.changes()] == ["in.py", "new.py"]
    assert changes.tracked("in.py")
    assert not changes.tracked("new.py")
    assert not changes.tracked("*.py")


@pytest.mark.parametrize("name", [b"caf\xe9.py", b"two\nlines.py", "ünï.py".encode(), b"-x.py", b'q"\t\\.py'])
def test_any_name_and_any_bytes_come_through(tmp_path: Path, name: bytes) -> None:
    root = repository(tmp_path)
    path = root / os.fsdecode(name)
    path.write_bytes(b"\xff\xfe old\r\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "name")
    path.write_bytes(b"\xff\xfe new\r\n")
    assert GitChanges(root).changes() == [
        ChangedFile(os.fsdecode(name), "modified", b"\xff\xfe old\r\n", b"\xff\xfe new\r\n")
    ]


def test_a_file_taken_out_of_the_index_but_still_there_is_compared_with_its_commit(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="1\n", b_dot_py="1\n")
    git(root, "rm", "-q", "--cached", "a.py", "b.py")
    write(root, b_dot_py="2\n")
    assert GitChanges(root).changes() == [ChangedFile("b.py", "modified", b"1\n", b"2\n")]


def test_unmerged_files_are_named_as_such(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="base\n")
    git(root, "checkout", "-qb", "other")
    write(root, a_dot_py="theirs\n")
    git(root, "commit", "-qam", "theirs")
    git(root, "checkout", "-q", "main")
    write(root, a_dot_py="ours\n")
    git(root, "commit", "-qam", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "-q", "other")
    assert {path: one.skipped for path, one in by_path(root).items()} == {"a.py": "unmerged"}


# ---------------------------------------------------------------- line endings


def test_a_conversion_of_line_endings_by_git_is_no_change(tmp_path: Path) -> None:
    root = repository(tmp_path, _dot_gitattributes="*.py text eol=crlf\n", a_dot_py=b"one\ntwo\n")
    (root / "a.py").write_bytes(b"one\r\ntwo\r\n")
    assert GitChanges(root).changes() == []


def test_a_real_change_in_a_converted_file_has_the_working_trees_line_endings_on_both_sides(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py=b"one\ntwo\n")
    git(root, "config", "core.autocrlf", "true")
    (root / "a.py").write_bytes(b"one\r\nTWO\r\n")
    assert GitChanges(root).changes() == [ChangedFile("a.py", "modified", b"one\r\ntwo\r\n", b"one\r\nTWO\r\n")]


@pytest.mark.parametrize("attributes", ["", "*.py -text\n"])
def test_without_a_conversion_changed_line_endings_are_a_change(tmp_path: Path, attributes: str) -> None:
    root = repository(tmp_path, _dot_gitattributes=attributes, a_dot_py=b"one\n")
    (root / "a.py").write_bytes(b"one\r\n")
    assert GitChanges(root).changes() == [ChangedFile("a.py", "modified", b"one\n", b"one\r\n")]


# ---------------------------------------------------------------- hostile repositories


def test_no_program_that_a_repositorys_configuration_names_is_run(tmp_path: Path) -> None:
    root = repository(
        tmp_path / "root", _dot_gitattributes="*.py filter=evil diff=evil\n*.js diff=evil\n", b_dot_js="1\n"
    )
    marker = tmp_path / "ran"
    program = f"touch {marker}; cat"
    write(root, a_dot_py="1\n", b_dot_js="2\n")
    git(root, "add", "a.py")
    hooks = root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "pre-commit", "fsmonitor-watchman"):
        (hooks / hook).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (hooks / hook).chmod(0o755)
    for key, value in {
        "filter.evil.clean": program,
        "filter.evil.smudge": program,
        "filter.evil.process": program,
        "filter.evil.required": "true",
        "filter.odd=name.clean": program,
        "diff.evil.textconv": program,
        "diff.evil.command": program,
        "diff.external": program,
        "core.fsmonitor": str(hooks / "fsmonitor-watchman"),
        "core.hooksPath": str(hooks),
        "core.pager": program,
        "core.sshCommand": program,
        "core.gitProxy": program,
    }.items():
        git(root, "config", key, value)
    write(root, a_dot_py="2\n", b_dot_js="2\n")
    assert not marker.exists()
    changes = GitChanges(root)
    found = {one.path: one for one in (*changes.changes(), *changes.changes(staged=True))}
    changes.head(), changes.branch(), changes.default_branch(), changes.tracked("a.py"), changes.is_repository()
    assert found["b.js"].after == b"2\n"
    assert "filter" in (found["a.py"].skipped or "")
    assert not marker.exists()


def test_a_work_tree_elsewhere_in_the_configuration_reads_nothing_there(tmp_path: Path) -> None:
    root = repository(tmp_path / "root", a_dot_py="a")
    write(tmp_path / "secrets", a_dot_py="secret")
    git(root, "config", "core.worktree", str(tmp_path / "secrets"))
    changes = GitChanges(root)
    try:
        found = changes.changes()
    except BadArgument:
        return
    assert all(one.after != b"secret" for one in found)


# ---------------------------------------------------------------- errors


def test_without_a_repository_the_hint_is_to_make_one(tmp_path: Path) -> None:
    changes = GitChanges(tmp_path)
    assert not changes.is_repository()
    assert (changes.branch(), changes.head(), changes.default_branch()) == (None, None, None)
    with pytest.raises(BadArgument) as error:
        changes.changes()
    assert "git init" in error.value.hint


def test_without_git_the_message_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path, a_dot_py="a")
    monkeypatch.setenv("PATH", str(tmp_path))
    changes = GitChanges(root)
    assert not changes.is_repository()
    with pytest.raises(BadArgument, match="git is not installed"):
        changes.changes()


@pytest.mark.parametrize("ref", ["feature-lgoin", "--output=stolen", "HEAD:a.py", "no\0pe"])
def test_an_unknown_ref_is_refused_with_the_nearest_ones(tmp_path: Path, ref: str) -> None:
    root = repository(tmp_path, a_dot_py="a")
    git(root, "branch", "feature-login")
    before = snapshot(root)
    with pytest.raises(BadArgument) as error:
        GitChanges(root).changes(ref)
    assert "feature-login" in error.value.hint
    assert snapshot(root) == before


def test_a_git_folder_that_is_no_repository_is_an_error_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("nonsense")
    assert not GitChanges(tmp_path).is_repository()
    with pytest.raises(BadArgument):
        GitChanges(tmp_path).changes()


def test_variables_that_redirect_git_are_not_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "root", a_dot_py="1\n")
    elsewhere = repository(tmp_path / "other", b_dot_py="1\n")
    monkeypatch.setenv("GIT_DIR", str(elsewhere / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(elsewhere))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    write(root, a_dot_py="2\n")
    assert [one.path for one in GitChanges(root).changes()] == ["a.py"]


# ---------------------------------------------------------------- branches


def test_branch_head_and_default_branch_are_told(tmp_path: Path) -> None:
    root = repository(tmp_path, a_dot_py="a")
    git(root, "checkout", "-qb", "feature/x")
    changes = GitChanges(root)
    assert changes.branch() == "feature/x"
    assert changes.default_branch() == "main"
    assert changes.head() == git(root, "rev-parse", "HEAD").strip()
    git(root, "checkout", "-q", "--detach")
    assert changes.branch() is None


def test_the_default_branch_is_the_remotes_where_it_says_so(tmp_path: Path) -> None:
    origin = repository(tmp_path / "origin", a_dot_py="a")
    git(origin, "branch", "-m", "trunk")
    git(tmp_path, "clone", "-q", str(origin), "clone")
    assert GitChanges(tmp_path / "clone").default_branch() == "trunk"


def commit_at(root: Path, seconds: int) -> None:
    git(root, "add", "-A")
    environment = {**os.environ, "GIT_COMMITTER_DATE": f"{seconds} +0000", "GIT_CONFIG_GLOBAL": os.devnull}
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *identity, "commit", "-qm", "Change"], cwd=root, env=environment, check=True)


def test_what_changed_lately_is_told_by_its_days_before_the_newest_commit(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "pkg").mkdir(parents=True)
    git(root, "init", "-q")
    for days, name in ((50, "old"), (40, "both"), (9, "both"), (2, "odd name"), (0, "new")):
        (root / "pkg" / f"{name}.py").write_text(f"{days}\n")
        commit_at(root, 2_000_000_000 - days * 86_400)
    assert GitChanges(root).recent() == {"pkg/new.py": 0, "pkg/odd name.py": 2, "pkg/both.py": 9}
    assert GitChanges(root / "pkg").recent() == {"new.py": 0, "odd name.py": 2, "both.py": 9}


def test_without_history_nothing_changed_lately(tmp_path: Path) -> None:
    assert GitChanges(tmp_path).recent() == {}
    git(tmp_path, "init", "-q")
    assert GitChanges(tmp_path).recent() == {}
