"""The loader of `[tests]` in `<language>/language.toml`: how tests are written and mocks are told what to answer."""

from __future__ import annotations

import re

from featureops.core.errors import Bug
from featureops.core.testing.rules import TableRules, TestRules
from featureops.languages.tables import Table, subtable, text, texts

__all__ = ["test_rules"]


def test_rules(table: Table) -> TestRules:
    unknown = set(table) - set(TestRules.__dataclass_fields__)
    if unknown:
        raise Bug(f"tests: unknown keys {sorted(unknown)}")

    def words(key: str) -> frozenset[str]:
        return frozenset(texts(table, key))

    return TestRules(
        inside=_pattern(table, "inside"),
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
        arguments=words("arguments"),
        naming=words("naming"),
        ids=words("ids"),
        results=words("results"),
        modules=_pattern(table, "modules"),
        prefix=text(table, "prefix", ""),
        assertions=words("assertions"),
        first=words("first"),
        after=_pattern(table, "after"),
        after_nodes=words("after_nodes"),
        lets=words("lets"),
        borrowed=_pattern(table, "borrowed"),
        shared=_pattern(table, "shared"),
        tables=_tables(subtable(table, "tables")) if "tables" in table else None,
    )


def _tables(table: Table) -> TableRules:
    unknown = set(table) - set(TableRules.__dataclass_fields__)
    if unknown:
        raise Bug(f"tests.tables: unknown keys {sorted(unknown)}")

    def words(key: str) -> frozenset[str]:
        return frozenset(texts(table, key))

    return TableRules(
        marks=words("marks"),
        tables=words("tables"),
        named=words("named"),
        sources=words("sources"),
        naming=words("naming"),
        around=words("around"),
        fixtures=words("fixtures"),
        params=text(table, "params", ""),
        cell=text(table, "cell", ""),
        comment=_pattern(table, "comment"),
        calls=_pattern(table, "calls"),
        loops=words("loops"),
        lists=words("lists"),
        rows=words("rows"),
        nodes=words("nodes"),
        yields=words("yields"),
        absent=bool(table.get("absent", False)),
        counted=bool(table.get("counted", False)),
        over=text(table, "over", ""),
    )


def _pattern(table: Table, key: str) -> str:
    pattern = text(table, key, "")
    try:
        re.compile(pattern)
    except re.error as error:
        raise Bug(f"tests: {key} is no regular expression: {error}") from error
    return pattern
