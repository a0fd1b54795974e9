"""Functions that say of several flags what the tests as a whole run with."""

from __future__ import annotations

from featureops.core.syntax import Node

__all__ = ["is_in_catalogue"]

_CATALOGUE = 2


def is_in_catalogue(part: Node, key: Node) -> bool:
    """Whether a statement says of one flag what others beside it say of more: what the tests as a whole run with."""
    block, data = part.parent, part.file.data
    head = data[part.start : key.start]
    if block is None or block.shape != "block" or not head.strip():
        return False
    alike = [item for item in block.items if item is not part and data.startswith(head, item.start)]
    return len(alike) >= _CATALOGUE
