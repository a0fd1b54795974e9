"""The loader of `[wrap]` in `<language>/language.toml`: how branches are written around code."""

from __future__ import annotations

from typing import Literal, cast

from featureops.core.templates import ManifestForm
from featureops.core.wraprules import FunctionRules, OnceRules, TypeRules, WrapRules
from featureops.languages.tables import Table, optional, subtable, subtables, text, texts

__all__ = ["wrap_rules"]


def wrap_rules(table: Table) -> WrapRules:
    return WrapRules(
        otherwise=text(table, "otherwise"),
        end=text(table, "end"),
        declare=text(table, "declare"),
        import_name=text(table, "import_name"),
        import_call=text(table, "import_call", ""),
        sections=frozenset(texts(table, "sections")),
        optional_parameters=frozenset(texts(table, "optional_parameters")),
        hooks=optional(table, "hooks"),
        quiet_hooks=frozenset(texts(table, "quiet_hooks")),
        components=optional(table, "components"),
        variable=cast("Literal['snake', 'camel']", text(table, "variable")),
        export_lists=frozenset(texts(table, "export_lists")),
        markup_if_else=text(table, "markup_if_else", ""),
        markup_if=text(table, "markup_if", ""),
        package=optional(table, "package"),
        filled_by=frozenset(texts(table, "filled_by")),
        manifests=tuple(
            ManifestForm(texts(item, "files"), text(item, "add")) for item in subtables(table, "manifests")
        ),
        own_lines=bool(table.get("own_lines", False)),
        defining_calls=optional(table, "defining_calls"),
        valued=frozenset(texts(table, "valued")),
        discarding=optional(table, "discarding"),
        unscoped=bool(table.get("unscoped", False)),
        prefix=text(table, "prefix", ""),
        single_imports=bool(table.get("single_imports", False)),
        tall=tuple(texts(table, "tall")),
        inferred=optional(table, "inferred"),
        makers=frozenset(texts(table, "makers")),
        value_words=texts(table, "value_words"),
        no_result=texts(table, "no_result"),
        quiet_marks=optional(table, "quiet_marks"),
        first_calls=frozenset(texts(table, "first_calls")),
        captures_once=bool(table.get("captures_once", False)),
        hoist=cast("Literal['', 'inferred', 'annotated', 'headed', 'short']", text(table, "hoist", "")),
        hoist_words={word: text(subtable(table, "hoist_words"), word) for word in subtable(table, "hoist_words")},
        turns=optional(table, "turns"),
        closed_texts=bool(table.get("closed_texts", False)),
        refuse=text(table, "refuse", ""),
        types=_types(subtable(table, "types")),
        once=OnceRules(**{key: text(subtable(table, "once"), key) for key in subtable(table, "once")}),
        functions=_functions(subtable(table, "functions")),
    )


def _functions(table: Table) -> FunctionRules:
    waits = subtable(table, "waits")
    return FunctionRules(
        give=text(table, "give", ""),
        plain=text(table, "plain", ""),
        empty=frozenset(texts(table, "empty")),
        receiver=optional(table, "receiver"),
        held=text(table, "held", ""),
        lower=bool(table.get("lower", False)),
        prefix=text(table, "prefix", ""),
        private=text(table, "private", ""),
        drop=frozenset(texts(table, "drop")),
        waits={word: text(waits, word) for word in waits},
        unfit=frozenset(texts(table, "unfit")),
        never=frozenset(texts(table, "never")),
        loose=frozenset(texts(table, "loose")),
    )


def _types(table: Table) -> TypeRules:
    values, results = subtable(table, "values"), subtable(table, "results")
    sets = ("several", "methods", "signatures", "embedded", "plain")
    return TypeRules(
        {kind: texts(values, kind) for kind in values},
        {callee: texts(results, callee) for callee in results},
        *(frozenset(texts(table, name)) for name in sets),
    )
