"""The audit log: one JSON object a line, appended, readable by its owner only."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from featureops.core.errors import Unwritable
from featureops.core.model import Json

__all__ = ["JsonLinesAudit"]

_MAX_TEXT: Final = 500
_MAX_ITEMS: Final = 50
_MAX_DEPTH: Final = 8
_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_SECRET_KEY: Final = re.compile(r"token|secret|passw|authorization|credential|api.?key|confirm", re.IGNORECASE)
# Unleash's tokens (project:environment.hash, user:hash) and what follows "Bearer".
_SECRET_TEXT: Final = re.compile(r"(?i)(?<![\w*])(?:user:[\w.-]{8,}|[\w*\[\]-]+:[\w-]+\.[\w.-]{8,}|bearer\s+\S+)")


class JsonLinesAudit:
    """Several processes may append to one file: every entry is one write."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, entry: Mapping[str, Json]) -> None:
        """Strings are capped and freed of control and bidirectional characters; secrets are left out.

        Errors: Unwritable."""
        line = json.dumps(_cleaned(dict(entry)), ensure_ascii=False, separators=(",", ":")) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(descriptor, line.encode())
            finally:
                os.close(descriptor)
        except OSError as error:
            raise Unwritable(
                f"The audit log {self._path} can't be written: {error.strerror}.",
                "Writes to the backend wait until it can: mend the folder or free some disk space.",
            ) from error


def _cleaned(value: Json, depth: int = 0) -> Json:
    if depth > _MAX_DEPTH:
        return "…"
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, list):
        return [_cleaned(item, depth + 1) for item in value[:_MAX_ITEMS]]
    if isinstance(value, dict):
        kept = list(value.items())[:_MAX_ITEMS]
        return {
            _clean_text(key): "<left out>" if _SECRET_KEY.search(key) else _cleaned(item, depth + 1)
            for key, item in kept
        }
    return value


def _clean_text(text: str) -> str:
    text = _SECRET_TEXT.sub("<left out>", _HIDDEN.sub(" ", text[: _MAX_TEXT * 2]))
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"
