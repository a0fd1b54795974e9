"""The header of a definition that differs: what it only gained, and what no flag can switch."""

from __future__ import annotations

import re

from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Item, boxes_in, declarators_of, frame, same_head, unwrapped_definition
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import No, Stays

__all__ = ["header_judged", "only_gained", "parts_of", "sets_up"]

_WORD = re.compile(rb"\w+")


def header_judged(region: Region, name: str) -> Stays | No:
    """The verdict on a function or class whose header differs."""
    old, new = region.old_items[0].node, region.new_items[0].node
    before, after = unwrapped_definition(old), unwrapped_definition(new)
    if [part.text for part in _wrappers(old)] != [part.text for part in _wrappers(new)]:
        return No(
            f"The decorators of {name} differ, and they act when the file is loaded. Add a second function with the new"
            " decorators and choose between the two where it is called.",
            inside=_only_wrappers(region) and not _lost_wrappers(old, new),
        )
    if after.type in after.file.pack.wrap.makers and only_gained(before, after):
        return Stays(f"{name} only gained what it is made with: hand it in whether the flag is on or off.")
    if after.shape == "class":
        return No(
            f"The bases or the header of {name} differ. Add a new class beside it and choose where it is created.",
            inside=_names(region.old_items[0]) <= _names(region.new_items[0]),
        )
    if same_head(before, after):
        return No(
            f"What {name} does where it fails differs, and that can't stand in a branch. Put the statements with their"
            " handlers into a block of their own first, or into a second function, and choose between the two."
        )
    if _only_added_parameters(before, after):
        return Stays(f"{name} only gained parameters that callers may leave out.")
    return No(
        f"The signature of {name} differs, so callers can't be switched by a flag inside it. Keep the old signature and"
        " add a new function, or add a parameter with a default, and choose where it is called."
    )


def _wrappers(node: Node) -> list[Node]:
    return [part for part in node.items if part.shape == "decorator"]


def _lost_wrappers(old: Node, new: Node) -> bool:
    """Whether a decorator went that may have done something, such as a check: then nothing does that any more, and the
    old body can't do without it."""
    quiet, there = old.file.pack.wrap.quiet_marks, [part.text for part in _wrappers(new)]
    gone = (part.text for part in _wrappers(old) if part.text not in there)
    return any(quiet is None or not re.search(quiet, text) for text in gone)


def _names(item: Item) -> set[bytes]:
    """What the header of a class names: what it is made of, as the old code of its methods knows it."""
    box = next((box for box in boxes_in(item.node) if box.kind == "members"), None)
    return set(_WORD.findall(item.file.data[item.start : box.start if box is not None else item.end]))


def _only_wrappers(region: Region) -> bool:
    """Whether the headers are the same but for the decorators."""
    texts = []
    for item in (region.old_items[0], region.new_items[0]):
        text = " ".join(piece.decode("utf-8", "replace") for piece in frame(item, boxes_in(item.node)))
        for part in _wrappers(item.node):
            text = text.replace(part.text, "", 1)
        texts.append("".join(text.replace("[]", "").split()))
    return texts[0] == texts[1]


# ---------------------------------------------------------------- what is made with more


def only_gained(old: Node, new: Node) -> bool:
    """Whether a class or its constructor is made with more, and nothing else of the header differs."""
    if any(map(new.has_token, new.file.pack.wrap.value_words)):
        return False
    sides = [(node, parts_of(node), node.role("body")) for node in (old, new)]
    heads, lists = [], []
    for node, parts, body in sides:
        data, end = node.file.data, body.start if body is not None else node.end
        middle = (parts.start, parts.end) if parts is not None else (end, end)
        heads.append(b"".join((data[node.start : middle[0]] + data[middle[1] : end]).split()))
        lists.append([part.text for part in parts.items] if parts is not None else [])
    rest = iter(lists[1])
    return heads[0] == heads[1] and len(lists[0]) < len(lists[1]) and all(text in rest for text in lists[0])


def parts_of(node: Node) -> Node | None:
    """The list of parameters."""
    found = node.role("parameters")
    if found is not None:
        return found
    return next((part for part in node.items if part.items and all(p.shape == "parameter" for p in part.items)), None)


def sets_up(statement: Node, region: Region) -> bool:
    """Whether a statement of a constructor sets a field that the old class has not: it must be set in both states."""
    makers = statement.file.pack.wrap.makers
    maker = next((outer for outer in statement.ancestors() if outer.shape == "function"), None)
    operand = statement.role("operand") if statement.shape == "expression" else None
    target = operand.role("left") if operand is not None and operand.shape == "assign" else None
    if maker is None or maker.type not in makers or target is None:
        return False
    name = (target.role("property") or target).text
    fields = [_fields(_class_of(node)) for node in (region.old_box.node, region.new_box.node)]
    return name in fields[1] and name not in fields[0]


def _class_of(node: Node) -> Node | None:
    return next((outer for outer in node.ancestors() if outer.shape == "class"), None)


def _fields(holder: Node | None) -> set[str]:
    body = holder.role("body") if holder is not None else None
    found: set[str] = set()
    for item in body.items if body is not None else ():
        parts = [item] if item.shape == "field" else declarators_of(item)
        found.update(name.text for part in parts for name in (part.role("name"),) if name is not None)
    return found


# ---------------------------------------------------------------- parameters


def _only_added_parameters(old: Node, new: Node) -> bool:
    before, after = _function(old), _function(new)
    first, second = (before.role("parameters"), after.role("parameters")) if before and after else (None, None)
    if before is None or after is None or first is None or second is None:
        return False
    data, other = old.file.data, new.file.data
    bodies = before.role("body"), after.role("body")
    if bodies[0] is None or bodies[1] is None or data[old.start : first.start] != other[new.start : second.start]:
        return False
    if data[first.end : bodies[0].start] != other[second.end : bodies[1].start]:
        return False
    olds, news = first.items, second.items
    if [part.text for part in olds] != [part.text for part in news[: len(olds)]]:
        return False
    return all(_may_be_left_out(part) for part in news[len(olds) :])


def _function(node: Node) -> Node | None:
    if node.shape == "declaration":
        value = node.items[0].role("value") if node.items else None
        return value if value is not None and value.shape in ("function", "lambda") else None
    return node if node.shape == "function" else None


def _may_be_left_out(parameter: Node) -> bool:
    optional = parameter.file.pack.wrap.optional_parameters
    return parameter.type in optional or parameter.role("value") is not None
