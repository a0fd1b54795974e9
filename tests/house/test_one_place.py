"""A language or an SDK is named in its own folder under languages/ and nowhere else in src/.

The words come from the packs themselves, so a new language or SDK is guarded from its first day. A word counts where
code could act on it: as a string of its own (also in a list within a string), as a file suffix that is tested for, as a
part of an identifier or of a file's name. Prose for people (messages, docstrings, comments) may say what it likes.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from featureops.core.config import BackendConfig
from tests.house.source import PACKAGE, Module, docstring_of, modules

LANGUAGES = PACKAGE / "languages"
FOLDERS = sorted(path.parent for path in LANGUAGES.glob("*/language.toml"))
HOSTS = sorted(path.parent for path in LANGUAGES.glob("*/host.toml"))
# The backend that a team runs is named like its SDK; the kinds of backends are a fact of the configuration.
BACKENDS = frozenset(get_args(get_type_hints(BackendConfig)["kind"]))


@cache
def words() -> frozenset[str]:
    """Ids of languages and SDKs, their packages and modules, file suffixes with and without the dot."""
    found: set[str] = set()
    for folder in FOLDERS:
        language = tomllib.loads((folder / "language.toml").read_text(encoding="utf-8"))
        found |= {folder.name, language["id"], *_values(language["grammar"], "module")}
        for suffix in _values(language["grammar"], "extension"):
            found |= {suffix, f"*{suffix}", f"**/*{suffix}"}
        for path in folder.glob("sdks/*.toml"):
            sdk = tomllib.loads(path.read_text(encoding="utf-8"))
            found |= {path.stem, sdk["id"], sdk["package"], *_values(sdk.get("import", []), "module")}
    for folder in HOSTS:
        host = tomllib.loads((folder / "host.toml").read_text(encoding="utf-8"))
        # A page is not always one of templates: reports are written as such files too.
        found |= {folder.name, host["id"], *host["extensions"]} - {"html", ".html", ".htm"}
    return frozenset(found - BACKENDS)


def _values(table: object, key: str) -> Iterator[str]:
    """Every string under `key` or its plural, at any depth."""
    if isinstance(table, list):
        for entry in table:
            yield from _values(entry, key)
    elif isinstance(table, dict):
        for name, value in table.items():
            if name in {key, f"{key}s"} and isinstance(value, str | list):
                yield from [value] if isinstance(value, str) else [word for word in value if isinstance(word, str)]
            else:
                yield from _values(value, key)


@cache
def identifier_words() -> frozenset[str]:
    """Language ids that may not be a part of an identifier. Short ones ("go") are words of English too."""
    return frozenset(folder.name for folder in FOLDERS if len(folder.name) > 3)


def outside(path: Path) -> bool:
    return not any(path.is_relative_to(folder) for folder in (*FOLDERS, *HOSTS))


def named(literal: str) -> set[str]:
    """Words in a string: the whole of it, or one entry of a list without spaces."""
    return {literal, *re.split(r"[|,;]", literal)} & words()


def strings(module: Module) -> Iterator[ast.Constant]:
    scopes = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {id(docstring_of(node)) for node in ast.walk(module.tree) if isinstance(node, scopes)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node


def identifiers(module: Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(module.tree):
        for field in ("id", "attr", "arg", "name"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                yield value, getattr(node, "lineno", 0)


MODULES = [pytest.param(module, id=module.shown) for module in modules() if outside(module.path)]


def test_the_packs_give_words_to_look_for() -> None:
    assert {"python", "typescript", ".py", ".tsx", "launchdarkly", "UnleashClient", "unleash-client"} <= words()


@pytest.mark.parametrize("module", MODULES)
def test_no_string_names_a_language_or_an_sdk(module: Module) -> None:
    for node in strings(module):
        found = named(str(node.value))
        assert not found, f"{module.shown}:{node.lineno}: {sorted(found)} belongs into languages/<language>/"


@pytest.mark.parametrize("module", MODULES)
def test_no_identifier_or_file_names_a_language(module: Module) -> None:
    for name, line in [(module.path.stem, 0), *identifiers(module)]:
        parts = re.split(r"_|\.|(?<=[a-z])(?=[A-Z])", name)
        found = {part.lower() for part in parts} & identifier_words()
        assert not found, f"{module.shown}:{line}: {name} names a language: make it data in languages/<language>/"


def test_no_data_file_outside_the_packs_names_a_language_or_an_sdk() -> None:
    for path in PACKAGE.rglob("*.toml"):
        if outside(path):
            for literal in re.findall(r"[\w@./*-]+", path.read_text(encoding="utf-8")):
                assert not named(literal), f"{path.relative_to(PACKAGE)}: {literal} belongs into languages/<language>/"
