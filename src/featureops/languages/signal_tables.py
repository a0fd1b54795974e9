"""The loader of `languages/<lang>/signals.toml`: what the risk assessment must know of a grammar and of a language's
customary file names. Read on first use."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import cast

from featureops.core.assess.values import LanguageSignals
from featureops.core.errors import Bug

__all__ = ["NODE_KEYS", "all_signals", "signals_for"]

NODE_KEYS = frozenset(
    {
        "comments",
        "functions",
        "classes",
        "declarations",
        "wrappers",
        "imports",
        "branches",
        "conditions",
        "loops",
        "handlers",
        "exits",
        "statements",
        "decorators",
        "concurrent",
        "types",
        "transparent",
        "identifiers",
        "parameters",
        "text",
        "compares",
    }
)
"""The keys that list node types of the grammar."""
_TUPLES = frozenset(
    {
        *("entry_points", "logs", "tests", "translations", "manifests", "lockfiles", "generated", "infrastructure"),
        "front_ends",
    }
)


@lru_cache(maxsize=64)
def signals_for(language: str) -> LanguageSignals | None:
    """The table of one language, by its folder's name; None where the language has none. Errors: Bug (a key or value
    that no assessment knows)."""
    data = _data(language)
    if data is None:
        return None
    unknown = set(data) - NODE_KEYS - _TUPLES - {"calls", "docstrings"}
    if unknown:
        raise Bug(f"languages/{language}/signals.toml: unknown keys {sorted(unknown)}")
    where = f"languages/{language}/signals.toml"
    groups = {key: frozenset(_texts(data, key, where)) for key in NODE_KEYS}
    lists = {key: _texts(data, key, where) for key in _TUPLES}
    docstrings = _texts(data, "docstrings", where)
    return LanguageSignals(
        language=language,
        calls=_calls(data, where),
        docstrings=(docstrings[0], docstrings[1]) if docstrings else None,
        comments=groups["comments"],
        functions=groups["functions"],
        classes=groups["classes"],
        declarations=groups["declarations"],
        wrappers=groups["wrappers"],
        imports=groups["imports"],
        branches=groups["branches"],
        conditions=groups["conditions"],
        loops=groups["loops"],
        handlers=groups["handlers"],
        exits=groups["exits"],
        statements=groups["statements"],
        decorators=groups["decorators"],
        concurrent=groups["concurrent"],
        types=groups["types"],
        transparent=groups["transparent"],
        identifiers=groups["identifiers"],
        parameters=groups["parameters"],
        text=groups["text"],
        compares=groups["compares"],
        entry_points=lists["entry_points"],
        logs=lists["logs"],
        tests=lists["tests"],
        translations=lists["translations"],
        manifests=lists["manifests"],
        lockfiles=lists["lockfiles"],
        generated=lists["generated"],
        infrastructure=lists["infrastructure"],
        front_ends=lists["front_ends"],
    )


@lru_cache(maxsize=1)
def all_signals() -> tuple[LanguageSignals, ...]:
    """Every language's table, by folder name."""
    folders = sorted(item.name for item in files(__package__).iterdir() if item.is_dir())
    tables = (signals_for(name) for name in folders if not name.startswith("_"))
    return tuple(table for table in tables if table is not None)


def _data(language: str) -> Mapping[str, object] | None:
    """A language's table; with `extends`, over that of the other language."""
    file = files(__package__).joinpath(language, "signals.toml")
    if not file.is_file():
        return None
    data = tomllib.loads(file.read_text("utf-8"))
    base = data.pop("extends", None)
    return {**(_data(str(base)) or {}), **data} if base is not None else data


def _texts(data: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Bug(f"{where}: {key}: an array of texts is expected")
    return tuple(cast("list[str]", value))


def _calls(data: Mapping[str, object], where: str) -> Mapping[str, str]:
    value = data.get("calls", {})
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise Bug(f"{where}: calls: a table of node type = field is expected")
    return cast("dict[str, str]", value)
