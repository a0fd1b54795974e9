"""The loader of `[tests]` in `<language>/language.toml`: how tests are written and mocks are told what to answer."""

from __future__ import annotations

import re

from featureops.core.errors import Bug
from featureops.core.testing.rules import TestRules
from featureops.languages.tables import Table, text, texts

__all__ = ["test_rules"]


def test_rules(table: Table) -> TestRules:
    unknown = set(table) - set(TestRules.__dataclass_fields__)
    if unknown:
        raise Bug(f"tests: unknown keys {sorted(unknown)}")

    def words(key: str) -> frozenset[str]:
        return frozenset(texts(table, key))

    return TestRules(
        names=_pattern(table, "names"),
        calls=_pattern(table, "calls"),
        groups=_pattern(table, "groups"),
        hooks=_pattern(table, "hooks"),
        asserts=_pattern(table, "asserts"),
        marks=words("marks"),
        hook_names=words("hook_names"),
        hook_marks=words("hook_marks"),
        answers=words("answers"),
        turns=words("turns"),
        told=words("told"),
        given=words("given"),
        same=words("same"),
        joined=words("joined"),
        infix=words("infix"),
        checks=words("checks"),
        computed=words("computed"),
        naming=words("naming"),
        assertions=words("assertions"),
    )


def _pattern(table: Table, key: str) -> str:
    pattern = text(table, key, "")
    try:
        re.compile(pattern)
    except re.error as error:
        raise Bug(f"tests: {key} is no regular expression: {error}") from error
    return pattern
