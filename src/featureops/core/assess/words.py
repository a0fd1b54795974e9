"""Identifiers cut into words: the only text that counts as evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["singular", "split_words", "text_words"]

_PIECES = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_KEEP_S = ("ss", "us", "is", "os", "as")
_SHORTEST_PLURAL = 4


@lru_cache(maxsize=8192)
def split_words(identifier: str) -> tuple[str, ...]:
    """`chargeCreditCards` -> ("charge", "credit", "card"): lower case, singular, in order; digits are left out."""
    pieces = (piece.lower() for piece in _PIECES.findall(identifier))
    return tuple(singular(piece) for piece in pieces if not piece.isdigit())


def singular(word: str) -> str:
    """English plurals to the singular, well enough for a table look-up."""
    if len(word) < _SHORTEST_PLURAL or word.endswith(_KEEP_S) or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "shes", "ches")):
        return word[:-2]
    return word[:-1]


def text_words(text: str) -> tuple[str, ...]:
    """The words of a sentence, identifiers in it split too."""
    found: Iterable[str] = _WORDS.findall(text)
    return tuple(word for identifier in found for word in split_words(identifier))
