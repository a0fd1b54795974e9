from __future__ import annotations

from featureops.core.wrap.law import Expected, check

EXPECTED = Expected(
    on=b"new()\n", off=b"old()\nmore()\n", added=frozenset({b"import a"}), unused=lambda: frozenset({b"import b, c"})
)


def judged(on: bytes | None, off: bytes | None, expected: Expected = EXPECTED) -> tuple[bool, bool]:
    verdict = check("m.py", b"wrapped", expected, lambda _path, _text, keep: on if keep else off)
    return verdict.holds, verdict.exact


def test_both_sides_back_byte_for_byte_is_lawful() -> None:
    assert judged(b"new()\n", b"old()\nmore()\n") == (True, True)


def test_the_new_side_must_come_back_exactly_blank_lines_included() -> None:
    assert not judged(b"\nnew()\n", b"old()\nmore()\n")[0]


def test_a_flag_that_can_not_be_removed_breaks_the_law() -> None:
    assert not judged(None, b"old()\nmore()\n")[0]
    assert not judged(b"new()\n", None)[0]


def test_lines_that_were_left_outside_may_stay_when_the_flag_goes() -> None:
    assert judged(b"new()\n", b"import a\nold()\nmore()\n") == (True, True)


def test_other_lines_may_neither_stay_nor_go() -> None:
    assert not judged(b"new()\n", b"import z\nold()\nmore()\n")[0]
    assert not judged(b"new()\n", b"old()\n")[0]
    assert not judged(b"new()\n", b"more()\nold()\n")[0]


def test_blank_lines_may_differ_on_the_old_side_and_that_is_said() -> None:
    assert judged(b"new()\n", b"old()\n\nmore()\n") == (True, False)


def test_an_import_that_nothing_used_may_lose_names_but_gain_none() -> None:
    unused = Expected(on=b"new()\n", off=b"import b, c\nold()\n", unused=lambda: frozenset({b"import b, c"}))
    assert judged(b"new()\n", b"import b\nold()\n", unused) == (True, False)
    assert judged(b"new()\n", b"old()\n", unused) == (True, False)
    assert not judged(b"new()\n", b"import d\nold()\n", unused)[0]
