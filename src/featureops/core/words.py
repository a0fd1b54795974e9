"""The words that a name consists of, however it is written."""

from __future__ import annotations

import re

__all__ = ["words_of"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words_of(text: str) -> list[str]:
    """The words of a name in any case, in lower case."""
    return [word.lower() for word in _WORD.findall(text)]
