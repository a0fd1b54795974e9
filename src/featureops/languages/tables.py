"""Reading a data file, value by value: what is not as expected is an error that names the key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import cast

from featureops.core.errors import Bug

__all__ = ["Table", "optional", "read", "subtable", "subtables", "text", "texts"]

Table = Mapping[str, object]


def read(file: Traversable) -> Table:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Bug(f"{file}: {error}") from error


def subtable(parent: Table, key: str) -> Table:
    value = parent.get(key, {})
    if not isinstance(value, dict):
        raise Bug(f"{key}: a table is expected")
    return cast("Table", value)


def subtables(parent: Table, key: str) -> tuple[Table, ...]:
    value = parent.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Bug(f"{key}: an array of tables is expected")
    return tuple(cast("list[Table]", value))


def text(table: Table, key: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise Bug(f"{key}: text is expected in {dict(table)}")
    return value


def optional(table: Table, key: str) -> str | None:
    return text(table, key) if key in table else None


def texts(table: Table, key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Bug(f"{key}: an array of texts is expected")
    return tuple(cast("list[str]", value))
