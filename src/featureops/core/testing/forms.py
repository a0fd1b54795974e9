"""Calls of an SDK's own test helpers: whose they are, and what they are given."""

from __future__ import annotations

import re

from featureops.core.given import argument
from featureops.core.syntax import Node
from featureops.core.testing.rules import SetupForm

__all__ = ["given_at", "is_key", "is_owned"]


def given_at(call: Node, place: int | str | None) -> Node | None:
    """What a call is given at a position or under a name."""
    if isinstance(place, str):
        return argument(call, 1_000_000, place)
    return argument(call, place) if place is not None else None


def is_key(call: Node, key: Node, form: SetupForm) -> bool:
    """Whether a call is given the key where a helper takes it."""
    arguments = call.role("arguments")
    if form.several and arguments is not None:
        return any((item.role("operand") or item) is key or item is key for item in arguments.items)
    return argument(call, form.flag) is key


def is_owned(call: Node, form: SetupForm) -> bool:
    """Whether the owner of a helper is made with one of the SDK's own, by a line of the file that says so."""
    callee = call.role("function")
    owner = callee.role("object") if callee is not None else None
    text = call.file.slice(0, len(call.file.data))
    made = "|".join(re.escape(name) for name in form.owners)
    if owner is None:
        return re.search(rf"(?<!\w)(?:{made})(?!\w)", text) is not None
    if re.search(rf"(?<!\w)(?:{made})(?!\w)", owner.text):
        return True
    name = re.findall(r"\w+", owner.text)[-1:]
    line = (
        rf"(?<!\w){name[0]}(?!\w)[^\n;]*(?<!\w)(?:{made})(?!\w)|(?<!\w)(?:{made})(?!\w)[^\n;]*(?<!\w){name[0]}(?!\w)"
        if name
        else "$^"
    )
    return re.search(line, text) is not None
