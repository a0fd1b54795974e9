"""Detection is measured against labels (tests/bench/bench_accuracy.py): there must be enough of them, on both sides."""

from __future__ import annotations

from tests.bench.bench_accuracy import measure
from tests.fixture_cases import cases

LEAST = 25
MEASURED = ("python", "typescript")


def test_there_are_enough_labels_to_measure_by() -> None:
    scores = measure(cases("detect"))
    few = {
        language: (scores[language].positives, scores[language].negatives)
        for language in MEASURED
        if min(scores[language].positives, scores[language].negatives) < LEAST
    }
    assert not few, f"(positives, negatives) of a language, each at least {LEAST}: {few}"


def test_a_label_names_a_line_of_a_file_of_its_case() -> None:
    for case in cases("detect"):
        lines = {path: data.count(b"\n") + 1 for path, data in case.files("before").items()}
        for label in (*case.tables("usages"), *case.tables("lookalikes")):
            if label["path"] == "featureops.toml":
                continue  # made from the case's config
            assert 1 <= int(str(label["line"])) <= lines.get(str(label["path"]), 0), f"{case.id}: {label}"


def test_a_look_alike_is_no_usage_as_well() -> None:
    for case in cases("detect"):
        usages = {(label["path"], label["line"]) for label in case.tables("usages")}
        twice = usages & {(label["path"], label["line"]) for label in case.tables("lookalikes")}
        assert not twice, f"{case.id}: {sorted(map(str, twice))}"
