"""A cleanup is offered with all that a second run would find."""

from __future__ import annotations

from featureops.core.cleaned import CleanupResult, verdict_of
from featureops.core.model import FileEdit, Leftover
from featureops.core.repeated import Overlay, until_settled
from featureops.core.sources import MappingSource, Source

_FILES = {"a.py": b"flag flag flag\n", "b.py": b"flag\n", "c.py": b"other\n"}


def _clean(source: Source) -> CleanupResult:
    """Takes one word out of each file, deletes what it empties, and sees the others that are left."""
    edits: list[FileEdit] = []
    left: list[Leftover] = []
    for path in source.grep([b"flag"]):
        before = source.read(path) or b""
        after = before.replace(b"flag", b"", 1).lstrip()
        edits.append(FileEdit(path, before, after or None))
        left.extend(Leftover(path, 1, "not-foldable", "flag", "left") for _ in range(after.count(b"flag")))
    verdict = verdict_of(edited=bool(edits), is_open=bool(left))
    return CleanupResult(tuple(edits), tuple(left), {edit.path: 1 for edit in edits}, verdict)


def test_what_a_second_run_finds_is_taken() -> None:
    source = MappingSource(_FILES)
    result = until_settled(_clean(source), source, _clean)
    assert result.edits == (FileEdit("a.py", b"flag flag flag\n", None), FileEdit("b.py", b"flag\n", None))
    assert (result.verdict, result.leftovers, result.reads) == ("complete", (), {"a.py": 3, "b.py": 1})


def test_what_does_not_come_to_an_end_is_reported() -> None:
    source = MappingSource({"a.py": b"flag " * 9})
    result = until_settled(_clean(source), source, _clean)
    assert result.verdict == "partial"
    assert result.leftovers[-1] == Leftover(
        "a.py", 0, "not-foldable", "", "another cleanup would still change this file"
    )


def test_nothing_runs_again_where_no_read_is_left_in_an_edited_file() -> None:
    source = MappingSource({"a.py": b"flag\n", "b.py": b"flag flag\n"})
    done = CleanupResult(
        (FileEdit("a.py", b"flag\n", b"\n"),),
        (Leftover("b.py", 1, "not-foldable", "", "left"),),
        {"a.py": 1},
        "partial",
    )
    assert until_settled(done, source, _never) is done


def test_an_overlay_shows_files_as_they_will_be() -> None:
    edits = (FileEdit("a.py", _FILES["a.py"], b"new\n"), FileEdit("b.py", _FILES["b.py"], None))
    source = Overlay(MappingSource(_FILES), edits)
    assert list(source.paths()) == ["a.py", "c.py"]
    assert (source.read("a.py"), source.read("b.py"), source.read("c.py")) == (b"new\n", None, b"other\n")
    assert (list(source.grep([b"flag"])), list(source.grep([b"new", b"other"]))) == ([], ["a.py", "c.py"])


def _never(_source: Source) -> CleanupResult:
    raise AssertionError("a run too many")
