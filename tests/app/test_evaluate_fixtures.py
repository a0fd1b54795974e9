"""Every labelled diff of fixtures/evaluate is judged as its label says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from featureops.app.evaluate import evaluate
from featureops.core.assess.answer import LONGEST_ANSWER
from featureops.core.model import Json
from featureops.languages import packs
from tests.app.evaluate_cases import Case, cases, language_of
from tests.app.evaluate_tree import deps_of

CASES = cases()
DISPUTED = [case for case in CASES if case.disputed]
AGREED = [case for case in CASES if not case.disputed]
TRIVIAL = {
    "docs",
    "tests",
    "comments",
    "formatting",
    "dependencies",
    "imports",
    "types",
    "copy",
    "logging",
    "generated",
}
FIELDS = {"needs_flag": "needsFlag", "level": "riskLevel"}


def judge(case: Case, state: Path) -> dict[str, Json]:
    return evaluate(deps_of(state, case.after, case.changes), description=case.description)


def flag_type(result: dict[str, Json]) -> Json:
    suggested = cast("dict[str, Json] | None", result["suggestedFlag"])
    return suggested["type"] if suggested else None


def test_there_are_enough_labelled_diffs_of_both_kinds() -> None:
    needing = [case for case in CASES if case.expect["needs_flag"]]
    assert len(CASES) >= 120
    assert len(needing) >= 50
    assert len(CASES) - len(needing) >= 70


def test_there_are_labelled_diffs_of_both_kinds_in_every_language() -> None:
    found = {(language_of(case), case.expect["needs_flag"]) for case in CASES}
    assert {(pack.id, needs) for pack in packs().languages for needs in (True, False)} <= found


def test_nearly_all_labels_are_agreed_with() -> None:
    assert len(DISPUTED) <= len(CASES) * 0.05


@pytest.mark.parametrize("case", AGREED, ids=lambda case: case.name)
def test_a_labelled_diff_is_judged_as_labelled(case: Case, tmp_path: Path) -> None:
    result = judge(case, tmp_path)
    found = {key: flag_type(result) if key == "type" else result[FIELDS.get(key, key)] for key in case.expect}
    assert found == dict(case.expect), result


@pytest.mark.parametrize("case", DISPUTED, ids=lambda case: case.name)
def test_a_label_that_is_agreed_with_is_not_disputed_any_more(case: Case, tmp_path: Path) -> None:
    result = judge(case, tmp_path)
    assert any(result[FIELDS.get(key, key)] != label for key, label in case.expect.items())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_trivial_change_is_never_asked_to_be_flagged_whatever_the_caller_says(case: Case, tmp_path: Path) -> None:
    deps = deps_of(tmp_path, case.after, case.changes)
    words = "replaces the payment provider, deletes accounts and changes the login"
    result = evaluate(deps, description=words, risk_level="critical")
    if case.expect["kind"] in TRIVIAL:
        assert result["needsFlag"] is False
        assert result["recommendation"] == "no_flag_needed"
        assert result["next"] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_description_never_lowers_what_the_diff_shows(case: Case, tmp_path: Path) -> None:
    deps = deps_of(tmp_path, case.after, case.changes)
    alone, soothed = evaluate(deps), evaluate(deps, description="trivial typo fix in docs", risk_level="low")
    assert cast("float", soothed["riskScore"]) >= cast("float", alone["riskScore"])
    assert soothed["needsFlag"] or not alone["needsFlag"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_same_diff_gives_the_same_bytes_in_few_characters(case: Case, tmp_path: Path) -> None:
    first, second = (json.dumps(judge(case, tmp_path), ensure_ascii=False, separators=(",", ":")) for _ in range(2))
    assert first == second
    assert len(first) <= LONGEST_ANSWER


@pytest.mark.parametrize("case", [case for case in AGREED if case.expect["needs_flag"]], ids=lambda case: case.name)
def test_a_change_that_needs_a_flag_comes_with_every_step_to_get_there(case: Case, tmp_path: Path) -> None:
    result = judge(case, tmp_path)
    flag = cast("dict[str, Json]", result["suggestedFlag"])
    steps = cast("list[dict[str, Json]]", result["next"])
    assert steps[0] == {"tool": "create_flag", "arguments": flag}
    assert steps[-1]["tool"] == "toggle_flag_environment"
    wraps = [cast("dict[str, Json]", step["arguments"]) for step in steps if step["tool"] == "wrap_change"]
    flagged = {hunk["path"] for hunk in cast("list[dict[str, Json]]", result["hunks"]) if hunk["needsFlag"]}
    assert {wrap["fileName"] for wrap in wraps} == flagged != set()
    assert all(wrap["flagName"] == flag["name"] and wrap["fromDiff"] is True for wrap in wraps)
