"""The loader of `[markup]` in `<kind>/host.toml`: how the markup around a script is written."""

from __future__ import annotations

import re

from featureops.core.errors import Bug
from featureops.core.markup.rules import MarkupRules
from featureops.languages.tables import Table, text, texts

__all__ = ["markup_rules"]


def markup_rules(table: Table) -> MarkupRules:
    unknown = set(table) - set(MarkupRules.__dataclass_fields__)
    if unknown:
        raise Bug(f"markup: unknown keys {sorted(unknown)}")
    return MarkupRules(
        when=text(table, "when"),
        elif_=text(table, "elif_"),
        otherwise=text(table, "otherwise"),
        root=text(table, "root", ""),
        script=text(table, "script", "script"),
        exposes=text(table, "exposes", ""),
        gives=frozenset(texts(table, "gives")) if "gives" in table else frozenset(),
        computed=text(table, "computed", ""),
        dynamic=_pattern(table, "dynamic"),
        shown=text(table, "shown", ""),
        foreign=text(table, "foreign", ""),
        raw=frozenset(texts(table, "raw")),
        void=frozenset(texts(table, "void")),
        still=frozenset(texts(table, "still")),
        verbatim=text(table, "verbatim", ""),
        braces=bool(table.get("braces", False)),
        expression=_pattern(table, "expression"),
        wrapper=text(table, "wrapper", ""),
        binds=_pattern(table, "binds"),
        writes=_pattern(table, "writes"),
        props=_pattern(table, "props"),
        store=text(table, "store", ""),
        unwraps=bool(table.get("unwraps", False)),
    )


def _pattern(table: Table, key: str) -> str:
    pattern = text(table, key, "")
    try:
        re.compile(pattern)
    except re.error as error:
        raise Bug(f"markup: {key} is no regular expression: {error}") from error
    return pattern
