"""What may be put into a branch, what stays outside on purpose and what a flag can't switch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from featureops.core.declaring import declaration_of
from featureops.core.model import Span
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Item, declarators_of, definition_name, unwrapped_definition
from featureops.core.wrap.headers import header_judged, sets_up
from featureops.core.wrap.once import runs_once
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import No, Stays

__all__ = ["cut", "is_docstring", "judged", "unreadable"]

_ADDITIVE = frozenset(
    {"import", "function", "class", "enum", "enum-member", "type-definition", "field", "declaration", "declarator"}
)
_WORDS = {"import": "import", "function": "function", "class": "class", "type-definition": "type", "enum": "enum"}


def unreadable(region: Region) -> No | None:
    """Code around a syntax error may not be what the tree says. Errors elsewhere in the file do no harm."""
    for what, box, items in (("new", region.new_box, region.new_items), ("old", region.old_box, region.old_items)):
        file = box.file
        if not file.errors():
            continue
        outer = [node for node in (box.node, *box.node.ancestors()) if node.parent is not None]
        inside = next((node for node in reversed(outer) if node.shape in ("function", "lambda")), None)
        spans = [inside.span] if inside is not None else [item.node.span for item in items]
        near = next((span for span in spans if file.error_near(span)), None)
        broken = next((node for node in outer if node.is_error), None)
        if near is None and broken is not None:
            near = broken.span
        if near is not None:
            line = min((file.line_of(node.start) for node in file.root.walk() if _breaks(node, near)), default=1)
            return No(f"The {what} side has a syntax error in line {line}: mend it first.")
    return None


def _breaks(node: Node, span: Span) -> bool:
    return node.is_error and node.start < span.end and span.start < max(node.end, node.start + 1)


def judged(region: Region) -> Stays | No | None:
    """None: it can be wrapped."""
    if region.kind == "header":
        name = definition_name(region.new_items[0].node) or "this"
        if unwrapped_definition(region.new_items[0].node).shape in ("type-definition", "enum"):
            return _redefined(region, list(region.old_items), list(region.new_items), [name])
        return header_judged(region, name)
    old, new = _code(region.old_items), _code(region.new_items)
    if not old and not new:
        only = "Only comments" if region.old_items or region.new_items else "Only blank lines"
        return Stays(f"{only} differ: nothing to switch.")
    if region.at_run_time:
        return _at_run_time(region, old, new)
    return _at_import(region, old, new)


def _code(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if not item.is_comment]


# ---------------------------------------------------------------- inside functions


def _at_run_time(region: Region, old: list[Item], new: list[Item]) -> Stays | No | None:
    if all(is_docstring(item) for item in (*old, *new)):
        return Stays("Only the documentation of the code differs.")
    if region.old_box is not region.new_box and _tokens(old) == _tokens(new):
        return Stays("Only the layout or the comments differ: nothing to switch.")
    if not old and all(sets_up(item.node, region) for item in new):
        return Stays("It sets what the class gained: that is there whether the flag is on or off.")
    if not old and all(_only_declares(item.node) for item in new):
        return Stays("It only declares what the new code sets.")
    if any(item.node.type in item.file.pack.wrap.first_calls for item in (*old, *new)):
        return No(
            "A constructor begins with a call of another one, which can't stand in a branch. Add a second constructor"
            " and choose where the object is made, or choose the argument there."
        )
    once = runs_once(region.new_box.node)
    if once is not None:
        return No(
            f"This is part of {once}, which runs once, at the start: a flag read here can't be switched while"
            " the program runs. Leave the set-up as it is and read the flag in the code that runs each time."
        )
    return _hooks(region, old, new)


def _only_declares(statement: Node) -> bool:
    found = declaration_of(statement)
    return found is not None and found.value is None


def _tokens(items: Sequence[Item]) -> list[tuple[str, str]]:
    """The nodes in order, with the texts of those that hold no other: code without its layout and its comments."""
    nodes = (node for item in items for part in item.parts for node in part.walk() if not node.is_comment)
    return [(node.type, "" if node.children else node.text) for node in nodes]


def cut(region: Region) -> list[Region]:
    """The region in parts: what must stand outside of any branch, which is the documentation that its block begins with
    and calls of hooks, and what is between. Other old code goes with the last of those."""
    if region.kind != "run":
        return [region]
    old, new = region.old_items, region.new_items
    head_old = int(bool(old) and is_docstring(old[0]))
    lead = int(bool(new) and is_docstring(new[0]))
    while lead < len(new) and (_is_called_always(new[lead]) or sets_up(new[lead].node, region)):
        lead += 1
    outside = [at < lead or _is_called_always(item) for at, item in enumerate(new)]
    quiet = next((at for at, item in enumerate(old[head_old:]) if not _is_quiet(item)), len(old) - head_old)
    if (head_old, lead) == (len(old), len(new)) or not (any(outside) or head_old or quiet):
        return [region]
    (a, b), (c, d) = region.old, region.new
    starts = [at for at in range(len(new)) if at == 0 or outside[at] is not outside[at - 1]]
    runs = [(c + start, c + stop) for start, stop in zip(starts, [*starts[1:], len(new)], strict=False)]
    if not runs or outside[-1]:
        runs.append((d, d))
    if not outside or not outside[0]:
        runs.insert(0, (c, c))
    first, *between, last = runs
    at = a + head_old
    sides = [((a, at), first), ((at, at + quiet), (first[1], first[1]))]
    at += quiet
    sides += [*(((at, at), run) for run in between), ((at, b), last)]
    parts = (Region(region.old_box, region.new_box, olds, news, region.parent) for olds, news in sides)
    return [part for part in parts if part.old_items or part.new_items]


def _is_quiet(item: Item) -> bool:
    """A declaration by a hook that does nothing but give a value."""
    rules = item.file.pack.wrap
    return _is_called_always(item) and rules.quiet_hooks.issuperset(_hook_calls(item.node, rules.hooks or ""))


def _is_called_always(item: Item) -> bool:
    """A declaration by a hook."""
    rules = item.file.pack.wrap
    return rules.hooks is not None and item.node.shape == "declaration" and any(_hook_calls(item.node, rules.hooks))


def is_docstring(item: Item) -> bool:
    """A text that stands as a statement at the top of a block: documentation or a directive."""
    operand = item.node.role("operand") if item.node.shape == "expression" else None
    before = item.node.previous()
    while before is not None and (before.is_comment or not before.named):
        before = before.previous()
    return operand is not None and operand.shape == "string" and before is None


def _hooks(region: Region, old: list[Item], new: list[Item]) -> Stays | No | None:
    """Functions that must run on every rendering can't be called in a branch."""
    rules = region.new_box.file.pack.wrap
    if rules.hooks is None:
        return None
    called = {name for item in (*old, *new) for name in _hook_calls(item.node, rules.hooks)}
    if not called:
        return None
    names = ", ".join(sorted(called))
    if not old and all(_is_called_always(item) for item in new):
        also = "" if called <= rules.quiet_hooks else " and runs with the flag off too"
        return Stays(f"{names} must run on every rendering: it stays outside the branch{also}.")
    if not new and all(_is_quiet(item) for item in old):
        return Stays(f"{names} is no longer called here, and nothing that is kept needs it.")
    return No(
        f"It calls {names}, and hooks must run on every rendering, never in a branch. Call the hook unconditionally and"
        " decide inside its callback, or put the new code into a component of its own and choose between the two."
    )


def _hook_calls(node: Node, pattern: str) -> Iterator[str]:
    for part in node.walk():
        callee = part.role("function") if part.named and part.shape == "call" else None
        name = callee.role("property") if callee is not None and callee.shape == "member" else callee
        if name is not None and re.search(pattern, name.text):
            yield name.text


# ---------------------------------------------------------------- when the file is loaded


def _at_import(region: Region, old: list[Item], new: list[Item]) -> Stays | No:
    kinds = [(item, _additive(item)) for item in new]
    loose = next((item for item, kind in kinds if not kind), None)
    gone = next((item for item in old if not _additive(item)), None)
    if loose is not None or gone is not None:
        return No(
            "This code runs once, when the file is loaded: a flag read here can't be switched while the program runs."
            " Move it into a function and read the flag there."
        )
    lost = next((item for item in old if _additive(item) == "call" and not _still_made(item, new)), None)
    if lost is not None:
        return No(
            f"{lost.node.text.splitlines()[0]} defined members that the old code may need. Keep what it defined, and"
            " take it away with the flag."
        )
    names = {name for item in old for name in (_defined(item),) if name}
    again = sorted(names.intersection(name for item in new for name in (_defined(item),) if name))
    if again:
        return _redefined(region, old, new, again)
    if not new:
        return Stays("Removed: nothing of the old code that is kept needs it.")
    words = sorted({_WORDS.get(kind, "definition") for _, kind in kinds})
    return Stays(f"New {' and '.join(words)}: dead until the new code calls it.")


def _still_made(old: Item, new: Sequence[Item]) -> bool:
    """Whether a call that defines members has a successor that defines them all."""
    before = _stated(unwrapped_definition(old.node))
    return any(
        after.shape == "call"
        and _part_text(before, "function") == _part_text(after, "function")
        and _arguments(before) <= _arguments(after)
        for item in new
        for after in (_stated(unwrapped_definition(item.node)),)
    )


def _arguments(call: Node) -> set[str]:
    arguments = call.role("arguments")
    return {part.text for part in arguments.items} if arguments is not None else set()


def _part_text(node: Node, role: str) -> str:
    part = node.role(role)
    return part.text if part is not None else ""


def _redefined(region: Region, old: list[Item], new: list[Item], names: list[str]) -> Stays | No:
    lists = region.new_box.file.pack.wrap.export_lists
    before = {name: item for item in old for name in (_defined(item),) if name in names}
    after = {name: item for item in new for name in (_defined(item),) if name in names}
    if all(name in lists or _grew(before[name].node, after[name].node) for name in names):
        return Stays(f"{', '.join(names)} only grew: what was there is still there.")
    kind = unwrapped_definition(before[names[0]].node).shape
    if kind in ("type-definition", "enum", "class"):
        advice = "Keep it as it was and add a new one beside it (or only add members) for the new code to use."
    else:
        advice = "Add a second one under a new name, and choose between the two in the function that uses it."
    return No(
        f"{', '.join(names)} is fixed when the file is loaded: a flag can't switch it while the program runs. {advice}"
    )


def _additive(item: Item) -> str:
    """The kind of a declaration that does nothing until it is used; "" for anything else."""
    node = unwrapped_definition(item.node)
    if node.shape in _ADDITIVE:
        return node.shape
    if node.shape == "export":
        return "export"
    if node.shape == "pass" or is_docstring(item) or node.text in _marks(node):
        return "text"
    inner = _stated(node)
    if inner.shape == "assign":
        target = inner.role("left")
        return "constant" if target is not None and target.shape in ("", "list") else ""
    defining, callee = node.file.pack.wrap.defining_calls, inner.role("function") if inner.shape == "call" else None
    return "call" if defining and callee is not None and re.fullmatch(defining, callee.text) else ""


def _marks(node: Node) -> frozenset[str]:
    """Words that stand alone and tell who may use the members behind them."""
    index = node.file.pack.index
    return index.private_sections | index.public_sections


def _stated(node: Node) -> Node:
    """The expression that a statement consists of; some grammars know no statement around it."""
    return (node.role("operand") or node) if node.shape == "expression" else node


def _defined(item: Item) -> str | None:
    """The one name that a declaration defines."""
    name = definition_name(item.node)
    if name is not None:
        return name
    node = unwrapped_definition(item.node)
    declarators = declarators_of(node)
    if declarators:
        names = [part.role("name") for part in declarators]
        return names[0].text if len(names) == 1 and names[0] is not None else None
    if node.shape in ("field", "enum-member", "declarator"):
        named = node.role("name")
        return named.text if named is not None else None
    inner = _stated(node)
    left = inner.role("left") if inner.shape == "assign" else None
    return left.text if left is not None else None


def _grew(old: Node, new: Node) -> bool:
    """Whether members were added and none was changed or taken away. Bodies only: the headers must be the same."""
    before, after = _body(old), _body(new)
    if before is None or after is None:
        return False
    if old.file.data[old.start : before.start] != new.file.data[new.start : after.start]:
        return False
    rest = iter([part.text for part in after.items])
    return all(part.text in rest for part in before.items)


def _body(node: Node) -> Node | None:
    inner = unwrapped_definition(node)
    body = inner.role("body")
    if body is not None or inner.shape != "type-definition":
        return body
    return inner.items[-1] if inner.items else None
