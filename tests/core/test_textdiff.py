from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from featureops.core.model import FileEdit
from featureops.core.textdiff import diffs, stat, unified
from tests.trees import git

LINES = st.sampled_from(
    [b"a\n", b"b\n", b"\n", b"    x = 1\n", b"crlf\r\n", b"\xff\xfe\n", b"lone\rreturn\n", b"-- x\n"]
)
CONTENT = st.builds(
    lambda lines, tail: b"".join(lines) + tail,
    st.lists(LINES, max_size=40),
    st.sampled_from([b"", b"no newline", b"\xe9", b"return\r"]),
)


def put(root: Path, path: str, content: bytes | None) -> None:
    if content is not None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def content_of(root: Path, path: str) -> bytes | None:
    return (root / path).read_bytes() if (root / path).exists() else None


def applied_by_git(root: Path, edits: list[FileEdit], context: int = 3) -> dict[str, bytes | None]:
    """What `git apply` makes of the diff, in a folder that holds the contents before."""
    for edit in edits:
        put(root, edit.path, edit.before)
    patch = root / "the.patch"
    patch.write_bytes(unified(edits, context, "surrogateescape").encode("utf-8", "surrogateescape"))
    if patch.stat().st_size:
        git(root, "apply", "--whitespace=nowarn", *(["--unidiff-zero"] if context == 0 else []), "the.patch")
    return {edit.path: content_of(root, edit.path) for edit in edits}


@settings(max_examples=60, deadline=None)
@given(
    before=CONTENT, after=CONTENT, kind=st.sampled_from(["edit", "add", "delete"]), context=st.sampled_from([0, 1, 3])
)
def test_git_applies_what_is_shown(before: bytes, after: bytes, kind: str, context: int) -> None:
    edit = FileEdit("pkg/a b.py", None if kind == "add" else before, None if kind == "delete" else after)
    with tempfile.TemporaryDirectory() as folder:
        assert applied_by_git(Path(folder), [edit], context) == {edit.path: edit.after}


@settings(max_examples=300, deadline=None)
@given(
    before=st.lists(LINES, max_size=60),
    cuts=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8), LINES), max_size=6),
)
def test_a_diff_read_back_gives_both_sides(before: list[bytes], cuts: list[tuple[int, int, bytes]]) -> None:
    after = list(before)
    for start, length, line in cuts:
        after[start : start + length] = [line]
    old, new = b"".join(before), b"".join(after)
    shown = unified([FileEdit("a", old, new)], 10_000, "surrogateescape").encode("utf-8", "surrogateescape")
    if old == new:
        assert shown == b""
        return
    body = [line + b"\n" for line in shown.split(b"\n")[4:-1]]
    assert b"".join(line[1:] for line in body if line[:1] in b" -" and line[:1]) == old
    assert b"".join(line[1:] for line in body if line[:1] in b" +" and line[:1]) == new
    signs = [line[:1] for line in body]
    assert stat(old, new) == (signs.count(b"+"), signs.count(b"-"))


def test_several_files_with_odd_names_are_one_patch(tmp_path: Path) -> None:
    names = [
        "plain.py",
        "with space.py",
        "ünï.py",
        'q"uote\\.py',
        "tab\there.py",
        "two\nlines.py",
        os.fsdecode(b"caf\xe9.py"),
    ]
    edits = [FileEdit(name, b"1\n2\n3\n", b"1\nzwei\n3") for name in names]
    edits += [FileEdit("new/file.py", None, b"n\n"), FileEdit("gone.py", b"g", None), FileEdit("same.py", b"s", b"s")]
    edits += [FileEdit("empty/new.py", None, b""), FileEdit("emptied.py", b"x\n", b"")]
    put(tmp_path, "same.py", b"s")
    assert applied_by_git(tmp_path, edits) == {edit.path: edit.after for edit in edits}


def test_gnu_patch_takes_it_too(tmp_path: Path) -> None:
    put(tmp_path, "a.py", b"1\r\n2\r\n3\r\n")
    diff = unified([FileEdit("a.py", b"1\r\n2\r\n3\r\n", b"1\r\n2b\r\n3\r\n4")])
    try:
        subprocess.run(["patch", "-p1", "--binary"], cwd=tmp_path, input=diff.encode(), check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("GNU patch is not installed")
    assert content_of(tmp_path, "a.py") == b"1\r\n2b\r\n3\r\n4"


def test_the_form_is_the_one_people_know() -> None:
    shown = unified([FileEdit("a.py", b"1\n2\n3\n4\n5\n6\n7\n8\n9\n", b"1\n2\n3\n4\nfive\n6\n7\n8\n9")], 1)
    assert shown == (
        "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n"
        "@@ -4,3 +4,3 @@\n 4\n-5\n+five\n 6\n"
        "@@ -8,2 +8,2 @@\n 8\n-9\n+9\n\\ No newline at end of file\n"
    )


def test_bytes_that_are_not_utf_8_are_shown_and_never_break_json() -> None:
    shown = unified([FileEdit(os.fsdecode(b"caf\xe9"), b"\xff\n", b"\xfe\n")])
    assert "-\\xff\n+\\xfe\n" in shown
    assert '"a/caf\\351"' in shown
    shown.encode("utf-8")


def test_binary_contents_are_named_and_not_shown() -> None:
    assert unified([FileEdit("i.png", b"\0secret", b"\0other")]).endswith("Binary files a/i.png and b/i.png differ\n")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, b"a\nb", (2, 0)),
        (b"a\nb", None, (0, 2)),
        (b"a\n", b"a", (1, 1)),
        (b"", None, (0, 0)),
        (b"x", b"x", (0, 0)),
    ],
)
def test_stat_counts_lines(before: bytes | None, after: bytes | None, expected: tuple[int, int]) -> None:
    assert stat(before, after) == expected


def test_a_small_edit_of_a_large_file_is_a_small_diff() -> None:
    lines = [b"def f%d():\n    return 1\n\n" % number for number in range(20_000)]
    changed = [*lines[:9000], b"def g():\n    return 2\n\n", *lines[9000:15_000], *lines[15_001:]]
    assert stat(b"".join(lines), b"".join(changed)) == (3, 3)


@pytest.mark.parametrize("line", [b"%d\n", b"same\n" + b"%d\n"[:0], b"x%d\n}\n"])
def test_large_files_that_share_nothing_or_too_much_take_no_quadratic_time(line: bytes) -> None:
    old = b"".join(line % number if b"%" in line else line for number in range(60_000))
    new = b"".join(line % -number if b"%" in line else line for number in range(1, 50_000))
    start = time.perf_counter()
    unified([FileEdit("a", old, new)])
    assert time.perf_counter() - start < 10


@given(CONTENT, CONTENT)
def test_a_diff_with_its_counts_is_the_diff_and_the_counts(before: bytes, after: bytes) -> None:
    edits = [FileEdit("a", before, after), FileEdit("b", None, after), FileEdit("c", before, before)]
    assert diffs(edits) == (unified(edits), [stat(edit.before, edit.after) for edit in edits])
