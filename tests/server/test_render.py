from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from featureops.core.errors import Denied
from featureops.core.model import Json
from featureops.core.untrusted import clean
from featureops.server.render import CONCISE, brief, compact, failure, fit, nearest, rejected, success

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=8), inner, max_size=8),
    max_leaves=15,
)

HIDDEN = {
    "escape": "\x1b",
    "null": "\x00",
    "c1": "\x9b",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "zero width space": "\u200b",
    "byte order mark": "\ufeff",
    "tag": "\U000e0041",
    "lone surrogate": "\ud800",
}


@pytest.mark.parametrize("character", HIDDEN.values(), ids=HIDDEN.keys())
def test_what_a_reader_cannot_see_is_taken_out_of_values_and_keys(character: str) -> None:
    value: Json = {f"na{character}me": [f"a{character}b", {"deep": character}]}
    assert clean(value) == {"name": ["ab", {"deep": ""}]}


def test_code_keeps_its_tabs_line_ends_and_letters_of_every_script() -> None:
    text = "if x:\n\treturn 'Größe 価格 🙂'\r\n"
    assert clean(text) == text


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_a_cleaned_value_can_always_be_encoded(value: Json) -> None:
    compact(clean(value)).encode("utf-8")


def test_text_and_structured_content_say_the_same_in_compact_json() -> None:
    result = success({"flagName": "a", "files": [1, 2]})
    text = result.content[0].model_dump()["text"]
    assert text == '{"flagName":"a","files":[1,2]}'
    assert json.loads(text) == result.structured_content
    assert not result.is_error


def test_an_answer_within_the_limit_is_not_touched() -> None:
    data: dict[str, Json] = {"diff": "x" * 100}
    assert fit(data, 1000) is data


def test_a_long_diff_is_cut_at_a_line_end_and_the_hint_names_the_plan() -> None:
    diff = "".join(f"+line number {number}\n" for number in range(2000))
    shown = success({"planId": "abc123", "verdict": "complete", "diff": diff}).structured_content
    assert len(compact(shown)) <= CONCISE
    assert shown["truncated"] is True
    assert "featureops://plans/abc123" in shown["hint"]
    assert diff.startswith(shown["diff"])
    assert shown["diff"].endswith("\n")
    assert len(shown["diff"]) > CONCISE // 2


def test_a_long_list_loses_its_tail_and_keeps_whole_rows() -> None:
    rows: list[Json] = [{"path": f"src/file{number}.py", "line": number} for number in range(1000)]
    shown = fit({"flagName": "a", "usages": rows}, 4000)
    kept = shown["usages"]
    assert isinstance(kept, list)
    assert kept == rows[: len(kept)]
    assert 40 < len(kept) < 120
    assert shown["truncated"] is True


def test_a_hint_that_was_there_stays_in_front() -> None:
    hint = fit({"hint": "The environment is off.", "diff": "x" * 9000}, 2000)["hint"]
    assert isinstance(hint, str)
    assert hint.startswith("The environment is off. Shortened")


def test_detailed_answers_may_be_five_times_as_long() -> None:
    data: dict[str, Json] = {"diff": "x" * 30_000}
    assert success(data, detailed=True).structured_content == data
    assert len(compact(success(data).structured_content)) <= CONCISE


LONG = st.integers(0, 400).map(lambda length: "x" * length)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(max_size=4), st.lists(LONG | st.lists(LONG, max_size=4), max_size=20), max_size=5))
def test_every_answer_of_lists_fits(data: dict[str, Json]) -> None:
    shown = fit(data, 1000)
    assert len(compact(shown)) <= 1000
    assert shown == data or shown["truncated"] is True


def test_what_cannot_be_cut_does_not_keep_the_rest_from_being_cut() -> None:
    numbers: dict[str, Json] = {str(number): number for number in range(200)}
    shown = fit({"numbers": numbers, "text": "x" * 2000}, 3000)
    assert shown["numbers"] == numbers
    assert len(compact(shown)) <= 3000


def test_an_error_has_the_shape_of_the_unleash_server() -> None:
    result = rejected(Denied("The policy forbids it.", "Ask a person."))
    assert result.is_error
    assert result.structured_content == {
        "success": False,
        "error": {"code": "DENIED", "message": "The policy forbids it.", "hint": "Ask a person."},
    }
    assert result.content[0].model_dump()["text"] == "Error: The policy forbids it.\nHint: Ask a person."


def test_an_error_without_a_hint_has_none_and_a_long_one_is_cut() -> None:
    error = failure("CODE", "m" * 10_000).structured_content["error"]
    assert set(error) == {"code", "message"}
    assert len(error["message"]) == 2000


@pytest.mark.parametrize(
    ("typed", "meant"), [("flagname", "flagName"), ("flag_name", "flagName"), ("pathh", "path"), ("zzz", None)]
)
def test_a_misspelt_argument_gets_the_nearest_name(typed: str, meant: str | None) -> None:
    said = nearest(typed, ["flagName", "path", "apply"])
    assert said == (f' (did you mean "{meant}"?)' if meant else "")


def test_a_long_certificate_names_what_it_leaves_out_instead_of_being_cut() -> None:
    files: list[Json] = [{"path": f"{number}.py"} for number in range(11)]
    whole: dict[str, Json] = {"files": files, "leftovers": [], "sha256": "f"}
    shown = brief({"certificate": whole, "files": files})
    assert shown["certificate"] == {"leftovers": [], "sha256": "f", "omitted": ["files"]}
    assert shown["files"] == files
    assert brief({"certificate": whole}, detailed=True)["certificate"] == whole
    assert brief({"flags": []}) == {"flags": []}
