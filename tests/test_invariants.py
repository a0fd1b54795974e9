"""What holds for every case of fixtures/, whatever it is about (the laws of the design, on real code)."""

from __future__ import annotations

import difflib
import re

import pytest

from featureops.core.cleanup import CleanupResult, cleanup_project
from featureops.core.syntax import parse
from featureops.languages import packs
from tests.fixture_cases import Case, Files, apply_edits, cases

BOM = b"\xef\xbb\xbf"
CLEANUPS = pytest.mark.parametrize("case", cases("cleanup"), ids=lambda case: case.id)
WRAPPED = [case for case in cases("wrap") if case.has("after")]  # without: the wrap is refused
WRAPS = pytest.mark.parametrize("case", WRAPPED, ids=lambda case: case.id)
# Words that folding may write although the file did not hold them: a condition that became a constant, a name that
# became blank.
FOLDED_WORDS = {
    b"true",
    b"True",
    b"false",
    b"False",
    b"pass",
    b"not",
    b"null",
    b"None",
    b"undefined",
    b"_",
    b"TRUE",
    b"FALSE",
}


def run(case: Case, files: Files, flag: str | None = None) -> CleanupResult:
    return cleanup_project(files, flag or case.text("flag"), case.fixing, packs(), case.config)


def cleaned(case: Case, files: Files) -> dict[str, bytes]:
    return apply_edits(files, run(case, files).edits)


def edited(case: Case) -> set[str]:
    return {edit.path for edit in run(case, case.files("before")).edits if edit.before is not None}


@CLEANUPS
def test_the_result_parses_as_well_as_the_original(case: Case) -> None:
    before = case.files("before")
    for path, data in cleaned(case, before).items():
        pack = packs().for_path(path)
        if pack is not None and data != before.get(path):
            new = parse(path, data, pack).errors() - parse(path, before.get(path, b""), pack).errors()
            assert not new, f"{path}: {sorted(new)}"


@CLEANUPS
def test_a_second_run_changes_nothing(case: Case) -> None:
    once = cleaned(case, case.files("before"))
    again = run(case, once)
    assert again.edits == ()
    assert again.verdict in {"nothing", "partial", "refused"}


@CLEANUPS
def test_the_same_code_asking_for_another_flag_is_left_alone(case: Case) -> None:
    if re.search(r"\bname = |\[aliases\]|\bdefinition = ", str(case.spec.get("config", ""))):
        pytest.skip("the configuration ties names in the code to this flag")
    flag = case.text("flag")
    other = renamed(case.files("before"), flag)
    assert run(case, other).edits == ()


def renamed(files: Files, flag: str) -> dict[str, bytes]:
    """The files with the flag's key, in whatever case style or put together, turned into another one's."""
    words = [re.escape(word.encode()) for word in re.split(r"[^A-Za-z0-9]+", flag) if word]
    ending = rb"\b" + words[-1] + rb"(?=[\"'`])"
    spelled = re.compile(rb"(?i:" + rb"[-_. ]?".join(words) + rb")|" + ending)
    return {path: spelled.sub(lambda match: match.group() + b"Zz", data) for path, data in files.items()}


@CLEANUPS
def test_windows_line_endings_stay_windows_line_endings(case: Case) -> None:
    before = case.files("before")
    if any(b"\r" in data for data in before.values()):
        pytest.skip("the case has its own line endings")
    windows = {path: data.replace(b"\n", b"\r\n") for path, data in before.items()}
    wanted = {path: data.replace(b"\n", b"\r\n") for path, data in cleaned(case, before).items()}
    assert cleaned(case, windows) == wanted


@CLEANUPS
def test_a_byte_order_mark_stays_where_it_was(case: Case) -> None:
    before, changed = case.files("before"), edited(case)
    if any(data.startswith(BOM) for data in before.values()):
        pytest.skip("the case has byte order marks of its own")
    marked = {path: BOM + data if path in changed else data for path, data in before.items()}
    wanted = {path: BOM + data if path in changed else data for path, data in cleaned(case, before).items()}
    assert cleaned(case, marked) == wanted


@CLEANUPS
def test_a_missing_final_newline_stays_missing(case: Case) -> None:
    before, changed = case.files("before"), edited(case)
    ended = {path for path in changed if before[path].endswith(b"\n")}
    bare = {path: data.rstrip(b"\r\n") if path in ended else data for path, data in before.items()}
    usual, result = cleaned(case, before), cleaned(case, bare)
    assert result.keys() == usual.keys()
    for path, data in result.items():
        assert data.rstrip(b"\r\n") == usual[path].rstrip(b"\r\n"), path
        assert path not in ended or not data.endswith(b"\n"), path


@CLEANUPS
def test_only_lines_that_change_differ_and_no_word_is_invented(case: Case) -> None:
    before = case.files("before")
    for path, data in cleaned(case, before).items():
        old, new = before[path].splitlines(keepends=True), data.splitlines(keepends=True)
        fixed = f"{case.spec.get('variant', '')} {case.spec.get('value', '')}".encode()
        known = set(re.findall(rb"\w+", before[path] + b" " + fixed)) | FOLDED_WORDS
        pack = packs().reading(path)
        kept = {text.encode() for text in pack.text.empty_generators} if pack is not None else set[bytes]()
        if pack is not None and pack.index.iterations:
            kept.add(pack.text.null.encode())  # what a block gives whose last statement went
        if pack is not None and pack.index.widening:  # a number of the kind that a choice gave: 1.0, 1f, 1L
            numbers = set(re.findall(rb"\b\d+\b", before[path]))
            suffixes = {suffix.encode() for kind in pack.index.widening for suffix in (kind, kind.upper())}
            kept |= {b"0", *(number + suffix for number in numbers for suffix in suffixes)}
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        for kind, start, end, new_start, new_end in matcher.get_opcodes():
            added = [line.strip() for line in new[new_start:new_end]]
            assert kind != "insert" or set(added) <= kept, f"{path}:{start + 1}: cleanup added {added}"
            if kind == "replace" and not set(added) <= kept:
                written = set(re.findall(rb"\w+", b"".join(new[new_start:new_end])))
                assert written <= known | kept, (
                    f"{path}:{start + 1}-{end}: cleanup invented {sorted(written - known - kept)}"
                )


@CLEANUPS
def test_every_occurrence_of_the_key_is_gone_or_reported(case: Case) -> None:
    before, flag = case.files("before"), case.text("flag")
    result = run(case, before)
    reported = {(leftover.path, leftover.line) for leftover in result.leftovers}
    key = re.compile(rb"(?<![\w-])" + re.escape(flag.encode()) + rb"(?![\w-])")
    for path, data in apply_edits(before, result.edits).items():
        for number, line in enumerate(data.splitlines(), 1):
            said = {(path, number), (path, 0)} & reported  # line 0 stands for the whole file
            assert said or not key.search(line), f"{path}:{number} still holds {flag} and nothing says so"
    assert all(leftover.reason for leftover in result.leftovers)


@WRAPS
def test_cleaning_up_a_wrap_with_the_flag_on_gives_the_change(case: Case) -> None:
    wrapped = case.files("after")
    result = cleanup_project(wrapped, case.text("flag"), True, packs(), case.config)
    assert apply_edits(wrapped, result.edits) == case.files("on" if case.has("on") else "change")


@WRAPS
def test_cleaning_up_a_wrap_with_the_flag_off_gives_the_old_code(case: Case) -> None:
    wrapped = case.files("after")
    result = cleanup_project(wrapped, case.text("flag"), False, packs(), case.config)
    assert apply_edits(wrapped, result.edits) == case.files("off" if case.has("off") else "before")
