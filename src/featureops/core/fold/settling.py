"""A variable that was declared ahead of a choice, since each branch sets it, is declared where the one branch that is
left sets it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from featureops.core.declaring import Declaration, assigned_names, declaration_of
from featureops.core.fold.editor import apply_edits
from featureops.core.model import Edit, Span
from featureops.core.parsed import Parsed
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node, SourceFile, TooDeep

__all__ = ["TypeOf", "declared_where_set"]


TypeOf = Callable[[Declaration, int], str | None]

_SETS = re.compile(rb"(?<![-+*/%&|^~<>=!:])=(?![=>])")


def declared_where_set(before: SourceFile, after: bytes, type_of: TypeOf, parsed: Parsed) -> bytes:
    """The result of folding a file, with such declarations joined with the lines that folding moved. Where the value
    tells the type then, `type_of` has to say that it is the declared one."""
    if not before.pack.wrap.hoist or before.data == after:
        return after
    moved = _moved_lines(before.data, after)
    if not any(_SETS.search(after, start, after.find(b"\n", start) % (len(after) + 1)) for start in moved.values()):
        return after
    try:
        file = parsed.file(before.path, after, before.pack)
        pairs = list(_pairs(file, moved))
    except TooDeep:
        return after
    if not pairs:
        return after
    names = parsed.names(file)
    edits = [edit for setting, bare in pairs for edit in _joined(setting, bare, names, type_of)]
    return apply_edits(after, tuple(sorted(edits, key=lambda edit: edit.span.start)))


def _moved_lines(before: bytes, after: bytes) -> dict[int, int]:
    """The lines that are as no line was, by where they start: where their text does."""
    old, at, found = set(before.splitlines()), 0, dict[int, int]()
    for line in after.split(b"\n"):
        if line.strip() and line.rstrip(b"\r") not in old:
            found[at] = at + len(line) - len(line.lstrip())
        at += len(line) + 1
    return found


def _pairs(file: SourceFile, moved: Mapping[int, int]) -> Iterator[tuple[Node, list[Declaration]]]:
    """Each moved statement that is the first to mention names declared ahead of it, with their declarations."""
    places = (file.node_at(start) for start in moved.values())
    around = {outer for place in places for outer in (place, *place.ancestors())}
    for block in sorted(around, key=lambda node: (node.start, node.depth)):
        if not block.named or block.shape != "block":
            continue
        bare: dict[str, Declaration] = {}
        for item in block.items:
            found = declaration_of(item)
            if found is not None and found.value is None and not found.joins and _owns_line(item):
                bare[found.names[0].text] = found
                continue
            if not bare:
                continue
            names = [name.text for name in assigned_names(item)]
            ready = [bare[name] for name in names if name in bare]
            line = file.data.rfind(b"\n", 0, item.start) + 1
            if ready and line in moved and not _mentions_itself(item, ready):
                yield item, ready
            # Code that stays where it was parts a declaration from what sets it: such a one was there before.
            for name in [name for name in bare if line not in moved or _mentions(item, name)]:
                del bare[name]


def _owns_line(node: Node) -> bool:
    file = node.file
    before, after = file.line_start(node.start), file.line_end(node.end - 1)
    return not file.data[before : node.start].strip() and not file.data[node.end : after].strip()


def _mentions(node: Node, name: str) -> bool:
    return name in node.text and any(part.text == name for part in node.walk())


def _mentions_itself(item: Node, bare: list[Declaration]) -> bool:
    inner = item.role("operand") if item.shape == "expression" else item
    value = inner.role("right") if inner is not None else None
    return value is None or any(_mentions(value, each.names[0].text) for each in bare)


def _joined(setting: Node, bare: list[Declaration], names: Names, type_of: TypeOf) -> list[Edit]:
    """The edits that take the bare declarations away and declare in the setting statement."""
    file, rules = setting.file, setting.file.pack.wrap
    inner = setting.role("operand") if setting.shape == "expression" else setting
    left, right = (inner.role("left"), inner.role("right")) if inner is not None else (None, None)
    if left is None or right is None:
        return []
    ready = {each.names[0].text for each in bare}
    if rules.hoist == "short":
        others = [name for name in assigned_names(setting) if name.text not in ready]
        if not all(_is_of_block(names.lookup(name.text, setting), setting) for name in others):
            return []
        declared = {each.names[0].text: each.type.text for each in bare if each.type is not None}
        made = Declaration(setting, assigned_names(setting), right, None, joins=True)
        told = {name.text: type_of(made, at) for at, name in enumerate(made.names) if name.text in ready}
        if told != declared:
            return []
        joined = Edit(Span(left.end, right.start), b" := ")
    else:
        if len(bare) != 1 or len(assigned_names(setting)) != 1:
            return []
        joined = Edit(left.span, _head(bare[0], names).encode("utf-8", "surrogateescape"))
    gone = (each.statement for each in bare)
    lines = [Edit(Span(file.line_start(node.start), file.line_end(node.end - 1)), b"") for node in gone]
    return [*lines, joined]


def _is_of_block(binding: Binding | None, setting: Node) -> bool:
    """Whether a name was declared in the same block, or is a parameter of the function whose body that is."""
    if binding is None:
        return False
    block = setting.parent
    return block is not None and (binding.scope is block or binding.scope is block.parent)


def _head(bare: Declaration, names: Names) -> str:
    """The declaration's words for a name that is set once."""
    head = bare.head
    binding = names.of.get(bare.names[0])
    once = binding is not None and len(binding.definitions) <= 2
    for fixed, loose in bare.statement.file.pack.wrap.hoist_words.items() if once else ():
        if head.startswith(f"{loose} "):
            return f"{fixed} {head.removeprefix(f'{loose} ')}"
    return head
