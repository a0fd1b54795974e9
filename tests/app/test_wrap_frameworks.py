"""What a repository of each framework is told that has no flag yet and asks with nothing but a name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from featureops.app import wrap
from featureops.app.deps import Modes
from featureops.cli.compose import compose
from featureops.core.model import Json
from tests.fixture_cases import Case, cases, commit, write_tree

_SHORT = 4_000
_ASKED = {
    "react": "useFlag('new-checkout')",
    "next": "useFlag('new-checkout')",
    "vue": "useFlag('new-checkout')",
    "svelte": "useUnleashClient().isEnabled('new-checkout')",
    "angular": "this.unleash.isEnabled('new-checkout')",
    "nestjs": "this.unleash.isEnabled('new-checkout')",
    "express": "unleash.isEnabled('new-checkout')",
    "django": 'client.is_enabled("new-checkout")',
    "flask": 'client.is_enabled("new-checkout")',
    "fastapi": 'client.is_enabled("new-checkout")',
    "rails": "UNLEASH.is_enabled?('new-checkout')",
    "laravel": "Unleash::isFeatureEnabled('new-checkout')",
    "symfony": "$this->unleash->isEnabled('new-checkout')",
    "spring_boot": 'unleash.isEnabled("new-checkout")',
    "quarkus": 'unleash.isEnabled("new-checkout")',
    "aspnet": '_unleash.IsEnabled("new-checkout")',
    "gin": 'unleash.IsEnabled("new-checkout")',
    "echo": 'unleash.IsEnabled("new-checkout")',
    "net_http": 'unleash.IsEnabled("new-checkout")',
    "actix": 'UNLEASH.is_enabled_str("new-checkout", None, false)',
    "axum": 'UNLEASH.is_enabled_str("new-checkout", None, false)',
    "swiftui": 'FeatureFlags.client.isEnabled(name: "new-checkout")',
    "compose": 'FeatureFlags.unleash.isEnabled("new-checkout")',
}
_CASES = [case for case in cases("wrap") if case.folder.name.startswith("wrap_in_")]


def _framework(case: Case) -> str:
    return case.folder.name.removeprefix("wrap_in_")


def test_every_framework_has_a_case() -> None:
    assert {_framework(case) for case in _CASES} == set(_ASKED)


@pytest.mark.parametrize("case", _CASES, ids=_framework)
def test_with_a_name_alone_the_answer_is_short_and_asks_as_the_framework_does(case: Case, tmp_path: Path) -> None:
    write_tree(tmp_path, case.files("before"))
    commit(tmp_path)
    answer = wrap.idiom(compose(tmp_path, Modes()), flag="new-checkout")
    assert len(json.dumps(answer, ensure_ascii=False)) <= _SHORT
    shown = cast("dict[str, Json]", answer["recommendedTemplate"])
    assert _ASKED[_framework(case)] in str(shown["usage"])
    assert shown["install"]
