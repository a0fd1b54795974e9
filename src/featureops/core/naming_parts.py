"""The words of a name, whatever its case style."""

from __future__ import annotations

import re

__all__ = ["name_parts"]

_PARTS = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")


def name_parts(spelling: str) -> list[str]:
    """The words of a name in any case style; a number belongs to the word before it (`checkoutV2` is checkout, V2)."""
    return _PARTS.findall(spelling)
