"""The house's own ways of asking (`[[reads]]` in the configuration): how each form fits a piece of code."""

from __future__ import annotations

import re

from featureops.core.config import HouseRead
from featureops.core.naming_parts import name_parts
from featureops.core.project import argument
from featureops.core.syntax import Node

__all__ = ["gate_key", "house_argument", "house_name", "member_pattern", "name_parts", "tail_matches"]


def house_name(spelling: str) -> str:
    """The kebab-case name of a flag spelt newCheckout, NEW_CHECKOUT, NewCheckout or new-checkout."""
    parts = name_parts(spelling.strip("'\"`"))
    return "-".join(part.lower() for part in parts)


def tail_matches(callee: str, target: str) -> bool:
    text = "".join(callee.split()).replace("?.", ".").replace("->", ".").replace("::", ".")
    return text == target or text.endswith("." + target)


def house_argument(call: Node, flag: int | str | None) -> Node | None:
    if isinstance(flag, str):
        return argument(call, 1_000_000, flag)
    return argument(call, flag or 0)


def member_pattern(target: str) -> re.Pattern[str]:
    before, _, after = "".join(target.split()).partition("{flag}")
    head = re.escape(before.rstrip(".")) + r"(?:\.|\?\.|\[)" if before.endswith(".") else re.escape(before)
    return re.compile(rf"(?:.*\.)?{head}['\"`]?(?P<flag>[A-Za-z][\w-]*)['\"`]?\]?{re.escape(after)}")


def gate_key(node: Node, read: HouseRead, shape: str) -> Node | None:
    if shape == "decorator":
        call = node.role("operand")
        callee = call.role("function") if call is not None else None
        if call is None or callee is None or not tail_matches(callee.text, read.target):
            return None
        return house_argument(call, read.flag)
    opening = next((child for child in node.items if child.field == "open_tag"), node)
    name = next((child for child in opening.items if child.field == "name"), None)
    if name is None or name.text != read.target:
        return None
    for item in opening.items:
        label = item.role("name") if item.shape == "markup-attribute" else None
        value = item.role("value") if label is not None else None
        if label is not None and value is not None and label.text == read.flag:
            return (value.role("operand") or value) if value.shape == "markup-expression" else value
    return None
