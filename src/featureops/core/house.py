"""The house's own ways of asking (`[[reads]]` in the configuration): how each form fits a piece of code."""

from __future__ import annotations

import re

from featureops.core.config import HouseRead
from featureops.core.given import argument
from featureops.core.scopes import string_value
from featureops.core.syntax import Node

__all__ = [
    "attribute",
    "attributed",
    "decorating_call",
    "gate_key",
    "house_argument",
    "house_name",
    "inside_member",
    "inside_same",
    "is_condition_option",
    "is_entry_of",
    "member_pattern",
    "name_parts",
    "option_name",
    "tag",
    "tail_matches",
]

_PARTS = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")


def name_parts(spelling: str) -> list[str]:
    """The words of a name in any case style; a number belongs to the word before it (`checkoutV2` is checkout, V2)."""
    return _PARTS.findall(spelling)


def house_name(spelling: str) -> str:
    """The kebab-case name of a flag spelt newCheckout, NEW_CHECKOUT, NewCheckout or new-checkout."""
    parts = name_parts(spelling.strip("'\"`"))
    return "-".join(part.lower() for part in parts)


def tail_matches(callee: str, target: str) -> bool:
    """Whether a callee ends in the names of the target, whatever signs the language puts between names."""
    text, tail = _dotted(callee), _dotted(target)
    return text == tail or text.endswith("." + tail)


def _dotted(name: str) -> str:
    return "".join(name.split()).replace("?.", ".").replace("->", ".").replace("::", ".")


def house_argument(call: Node, flag: int | str | None) -> Node | None:
    if isinstance(flag, str):
        return argument(call, 1_000_000, flag)
    return argument(call, flag or 0)


def member_pattern(target: str) -> re.Pattern[str]:
    before, _, after = "".join(target.split()).partition("{flag}")
    head = re.escape(before.rstrip(".")) + r"(?:\.|\?\.|\[)" if before.endswith(".") else re.escape(before)
    return re.compile(rf"(?:.*\.)?{head}['\"`]?(?P<flag>[A-Za-z][\w-]*)['\"`]?\]?{re.escape(after)}")


def is_entry_of(node: Node, target: str) -> bool:
    """Whether an index, `features[Flags.NEW_CHECKOUT]`, asks for what is spelt `features.{flag}`."""
    owner, (holder, _, after) = node.role("object"), "".join(target.split()).partition(".{flag}")
    return owner is not None and not after and tail_matches(owner.text, holder)


def gate_key(node: Node, read: HouseRead, shape: str) -> Node | None:
    if shape == "decorator":
        call = decorating_call(node)
        callee = call.role("function") if call is not None else None
        if call is None or callee is None or not tail_matches(callee.text, read.target):
            return None
        return house_argument(call, read.flag)
    name = tag(node)
    return attribute(node, str(read.flag)) if name is not None and name.text == read.target else None


def decorating_call(decorator: Node) -> Node | None:
    """The node that holds what a decorator is called by and with: itself, or the call in it."""
    return decorator if decorator.role("function") is not None else decorator.role("operand")


def tag(element: Node) -> Node | None:
    """The name of an element of markup."""
    return next((child for child in _opening(element).items if child.field == "name"), None)


def attributed(element: Node, name: str) -> Node | None:
    """An attribute of an element of markup."""
    for item in _opening(element).items:
        label = item.role("name") if item.shape == "markup-attribute" else None
        if label is not None and label.text == name:
            return item
    return None


def attribute(element: Node, name: str) -> Node | None:
    """The value of an attribute of an element of markup."""
    found = attributed(element, name)
    value = found.role("value") if found is not None else None
    return (value.role("operand") or value) if value is not None and value.shape == "markup-expression" else value


def _opening(element: Node) -> Node:
    return element.role("open") or element


def inside_member(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.shape in ("member", "index") and parent.role("object") is node


def inside_same(node: Node, text: str) -> bool:
    parent = node.parent
    same = parent is not None and parent.shape in ("member", "index", "call")
    return same and parent is not None and "".join(parent.text.split()) == text


def is_condition_option(pair: Node) -> bool:
    """Whether an argument says under which condition its call acts: `if: :new_checkout?`."""
    index, name = pair.file.pack.index, option_name(pair)
    return name in index.condition_options or name in index.inverted_options


def option_name(pair: Node) -> str:
    """The name of an option that is given to a call; empty for anything else."""
    is_given = pair.shape == "pair" and pair.parent is not None and pair.parent.shape == "arguments"
    key = pair.role("key") if is_given else None
    return (string_value(key) or key.text) if key is not None else ""
