from __future__ import annotations

import pytest

from featureops.core.config import Config, HouseRead
from featureops.core.detect.needles import Asking, flag_needles, spellings
from featureops.core.detect.places import MAX_TEXT, clean, is_test_path, shape_around, whole_word
from featureops.languages import packs
from tests.core.sources import source


def test_a_flag_has_spellings_for_every_case_style() -> None:
    assert spellings("new-checkout-v2") == (
        "new-checkout-v2",
        "new_checkout_v2",
        "NEW_CHECKOUT_V2",
        "newCheckoutV2",
        "NewCheckoutV2",
    )


def test_needles_of_a_flag_hold_what_the_configuration_adds() -> None:
    assert flag_needles("new-pay", Config()) == (b"new-pay",)
    config = Config(
        reads=(HouseRead("call", "app.is_new_pay", name="new-pay"), HouseRead("call", "other", name="old-pay")),
        aliases={"new-pay": ("Keys.NEW",)},
    )
    assert flag_needles("new-pay", config) == (b"new-pay", b"NEW", b"is_new_pay")
    assert b"NEW_PAY" in flag_needles("new-pay", Config(reads=(HouseRead("member", "f.{flag}"),)))


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("client.is_enabled('x')", True),
        ("client.is_enabled ( 'x' )", True),
        ("useFlag<boolean>('x')", True),
        ("unleash.isEnabled?.('x')", True),
        ("is_enabled = 3", False),
        ("my_is_enabled('x')", False),
        ("is_enabled_now('x')", False),
        ("def f(flag, other): pass", False),
        ("the flag is on", False),
    ],
)
def test_a_hit_is_parsed_only_where_the_name_is_called(text: str, *, called: bool) -> None:
    asking = Asking(packs(), Config())
    data = text.encode()
    offsets = [at for at in range(len(data)) if data.startswith(asking.needles, at)]
    assert bool(asking.places(data, offsets)) is called


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("client.is_enabled('x')", False),
        ("useFlag<boolean>(`x`, 1)", False),
        ("client.is_enabled(KEY)", True),
        ("client.is_enabled(f'{a}-b')", True),
        ("client.is_enabled('a' + b)", True),
        ("useFlag(`${a}-b`)", True),
        ("client.variation(key='x', c=1)", True),
        ("client.enabled? KEY", True),
        ("client.BooleanValue(ctx, KEY, false, c)", True),
        ("client.StringValueDetails(ctx, KEY, v, c)", True),
        ("client.enabled? @key", True),
        ("client.enabled? :x", True),
    ],
)
def test_a_place_with_a_plain_key_needs_no_second_look(text: str, *, open_: bool) -> None:
    asking = Asking(packs(), Config())
    data = text.encode()
    assert bool(asking.places(data, asking.offsets(data), written=False)) is open_
    assert any(call in data for call in asking.needles)


def test_a_call_whose_result_has_flags_as_members_needs_no_argument() -> None:
    data = b"import { useFlags } from 'launchdarkly-react-client-sdk'; const f = useFlags();"
    asking = Asking(packs(), Config())
    assert asking.places(data, asking.offsets(data)) == [9, 68]


def test_an_alias_means_that_the_whole_file_is_read() -> None:
    data = b"import { useFlag as f } from 'sdk'; f('x');"
    asking = Asking(packs(), Config())
    assert asking.places(data, [data.index(b"useFlag")]) is None


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "if CALL:\n    pass", "if"),
        ("a.py", "if a:\n    pass\nelif (CALL):\n    pass", "if"),
        ("a.py", "x = 1 if CALL else 2", "conditional"),
        ("a.py", "if a and CALL:\n    pass", "and"),
        ("a.py", "x = not CALL", "not"),
        ("a.py", "def f():\n    return CALL", "return"),
        ("a.py", "x = CALL", "assign"),
        ("a.py", "f(CALL)", "argument"),
        ("a.py", "f(a=CALL)", "argument"),
        ("a.py", "CALL", "statement"),
        ("a.py", "while CALL: pass", "while"),
        ("a.ts", "const x = await CALL;", "assign"),
        ("a.ts", "const f = () => CALL;", "return"),
        ("a.tsx", "const x = <b a={CALL} />;", "markup"),
        ("a.ts", "switch (CALL) {}", "switch"),
        ("a.ts", "const x = { a: CALL };", "pair"),
    ],
)
def test_the_shape_is_the_construct_around(path: str, text: str, expected: str) -> None:
    file = source(path, text.replace("CALL", "ask()") + "\n")
    call = next(node for node in file.root.walk() if node.shape == "call" and node.text == "ask()")
    assert shape_around(call) == expected


def test_quoted_lines_are_short_and_hold_no_control_characters() -> None:
    assert clean("  a\tb\x00\x1b[31mc\u202ed\u200be  ") == "a b[31mcde"
    assert clean("é" * 500) == "é" * (MAX_TEXT - 1) + "…"
    assert clean("日本\udcff") == "日本"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/unit/test_a.py", True),
        ("pkg/tests/helpers.py", True),
        ("a_test.py", True),
        ("pkg/latest.py", False),
        ("src/attest/app.py", False),
        ("src/a.test.tsx", True),
        ("src/__tests__/a.ts", True),
        ("src/testing.ts", False),
    ],
)
def test_test_files_are_told_by_their_path(path: str, *, expected: bool) -> None:
    assert is_test_path(packs().for_path(path), path) is expected


@pytest.mark.parametrize(
    ("text", "whole"),
    [("a key b", True), ("key", True), ("'key'", True), ("key-2", False), ("my_key", False), ("keys", False)],
)
def test_a_key_is_a_whole_word_or_part_of_another(text: str, *, whole: bool) -> None:
    at = text.index("key")
    assert whole_word(text.encode(), at, at + 3) is whole
