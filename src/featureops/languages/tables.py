"""Reading a data file, value by value: what is not as expected is an error that names the key."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import cast

from featureops.core.errors import Bug

__all__ = ["Table", "known", "optional", "read", "remember", "subtable", "subtables", "text", "texts"]

Table = Mapping[str, object]

_known: dict[str, Table] = {}
"""What files say, by the checksum of their text."""
_read: set[str] = set()


def read(file: Traversable) -> Table:
    data = file.read_bytes()
    name = hashlib.sha256(data).hexdigest()
    if name not in _known:
        try:
            _known[name] = tomllib.loads(data.decode())
        except tomllib.TOMLDecodeError as error:
            raise Bug(f"{file}: {error}") from error
    _read.add(name)
    return _known[name]


def known() -> Mapping[str, Table]:
    """What was read so far, by the checksums of the texts."""
    return {name: table for name, table in _known.items() if name in _read}


def remember(tables: Mapping[str, Table]) -> None:
    """Take over what an earlier process read: to parse all files takes twenty times as long."""
    _known.update(tables)


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
