"""Line hunks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from featureops.core.assess.hunks import line_hunks, line_of, line_starts, lines_span, split_lines
from featureops.core.assess.values import Hunk

LINES = st.lists(st.sampled_from([b"a", b"b", b"  a", b"}", b"", b"@x"]), max_size=12)


@given(LINES, LINES)
def test_the_hunks_turn_one_text_into_the_other(old: list[bytes], new: list[bytes]) -> None:
    result: list[bytes] = []
    position = 0
    for hunk in line_hunks(b"".join(line + b"\n" for line in old), b"".join(line + b"\n" for line in new)):
        assert hunk.before_start >= position
        result += old[position : hunk.before_start] + new[hunk.after_start : hunk.after_end]
        assert len(result) == hunk.after_end
        position = hunk.before_end
    assert result + old[position:] == new


def test_an_inserted_function_begins_at_its_own_first_line() -> None:
    before = b"def a():\n    x()\n    return 1\n\n\ndef c():\n    return 1\n"
    after = b"def a():\n    x()\n    return 1\n\n\ndef b():\n    return 1\n\n\ndef c():\n    return 1\n"
    (hunk,) = line_hunks(before, after)
    assert split_lines(after)[hunk.after_start : hunk.after_end][0] == b"def b():"


def test_an_inserted_method_does_not_begin_with_its_neighbours_bracket() -> None:
    before = b"class A {\n  a() {\n    x();\n  }\n}\n"
    after = b"class A {\n  a() {\n    x();\n  }\n  b() {\n    y();\n  }\n}\n"
    assert line_hunks(before, after) == (Hunk(4, 4, 4, 7),)


def test_line_endings_alone_are_no_difference() -> None:
    assert line_hunks(b"a\r\nb\r\n", b"a\nb\n") == ()


def test_lines_and_offsets_agree() -> None:
    text = b"one\ntwo\nthree"
    starts = line_starts(text)
    assert [line_of(starts, offset) for offset in (0, 3, 4, 8, 12)] == [1, 1, 2, 3, 3]
    span = lines_span(starts, 1, 3, len(text))
    assert text[span.start : span.end] == b"two\nthree"
