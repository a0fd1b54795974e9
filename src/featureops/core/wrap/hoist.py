"""A branch whose sides declare names that code behind it needs: declared ahead of the branch, set in both sides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from featureops.core.declaring import Declaration, declaration_of
from featureops.core.model import Edit, Span
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Item
from featureops.core.wrap.choice import is_constant
from featureops.core.wrap.forms import Form, branches, whole_lines
from featureops.core.wrap.layout import Style, indent_of
from featureops.core.wrap.reach import escaping
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Pair

__all__ = ["TypeOf", "declared", "hoisted"]

TypeOf = Callable[[Declaration, int], str | None]


def hoisted(pair: Pair, region: Region, style: Style, type_of: TypeOf) -> Iterator[Form]:
    """The form, where both sides declare the same names in the same way, or where a name that is not set has a value
    even so; `type_of` tells the type of a name by its place in a declaration without one."""
    rules = pair.new.pack.wrap
    is_zero = rules.hoist == "short"
    if not rules.hoist or not whole_lines(region) or not region.new_items or not (region.old_items or is_zero):
        return
    sides = ((pair.old_names, region.old_items), (pair.new_names, region.new_items))
    found = [declared(names, items) for names, items in sides]
    old, new = found
    if old is None or new is None or _is_shadowing(old, region.old_items) or _is_shadowing(new, region.new_items):
        return
    before, after = _heads(old, pair.old_names, type_of), _heads(new, pair.new_names, type_of)
    heads = _joined(before, after) if before is not None and after is not None else None
    if not heads or before is None or after is None:
        return
    if before != after and (not is_zero or _is_said(before.keys() - after.keys(), region.new_items)):
        return
    if _is_said(after.keys() - before.keys(), region.old_items):
        return
    lines = b"".join(
        indent_of(region.new_items[0]) + line.encode("utf-8", "surrogateescape") + style.eol for line in heads.values()
    )

    def write(condition: str) -> list[Edit]:
        [edit] = branches(region, condition, style, (*_settings(new),), (*_settings(old),))
        return [Edit(edit.span, lines + edit.text)]

    yield Form("hoisted", region, write)


def _is_said(names: Collection[str], items: Sequence[Item]) -> bool:
    """Whether the other side means something else by a name that only one side declares."""
    parts = (node for item in items for node in item.node.walk() if not node.children) if names else ()
    return any(part.text in names for part in parts)


def _joined(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str] | None:
    """The lines of both sides; None if they declare a name in two ways."""
    return {**after, **before} if all(after.get(name, line) == line for name, line in before.items()) else None


def declared(names: Names, items: Sequence[Item]) -> list[Declaration] | None:
    """The declarations of the items that declare what code behind them needs; None if one is of another kind."""
    wanted = {name for binding in escaping(names, items) for name in _inside(binding, items)}
    found: list[Declaration] = []
    for item in items:
        declaration = declaration_of(item.node)
        mine = {name for name in wanted if item.start <= name.start < item.end}
        if not mine:
            continue
        if declaration is None or declaration.value is None or not mine <= set(declaration.names):
            return None
        found.append(declaration)
        wanted -= mine
    return found if not wanted else None


def _is_shadowing(declarations: Sequence[Declaration], items: Sequence[Item]) -> bool:
    """Whether a name means something else in front of its declaration, or in what it is given."""
    for each in declarations:
        texts = {name.text for name in each.names} - {"_"}
        for item in (item for item in items if item.start < each.names[-1].end):
            parts = (part for part in item.node.walk() if part not in each.names)
            if any(part.text in texts and not part.children for part in parts if part.named):
                return True
    return False


def _inside(binding: Binding, items: Sequence[Item]) -> list[Node]:
    first = [name for name in binding.definitions if items[0].start <= name.start < items[-1].end]
    return first[:1]


def _heads(declarations: Sequence[Declaration], names: Names, type_of: TypeOf) -> Mapping[str, str] | None:
    """The line that declares each new name without a value; None if one can't be written."""
    found: dict[str, str] = {}
    for each in declarations:
        rules = each.statement.file.pack.wrap
        for at, name in enumerate(each.names):
            binding = names.of.get(name)
            if name.text == "_" or binding is None or binding.definitions[0] != name:
                continue
            line = _line(each, at, type_of)
            if line is None:
                return None
            end = ";" if each.statement.text.rstrip().endswith(";") and rules.hoist != "short" else ""
            found[name.text] = line + end
    return found


def _line(declaration: Declaration, at: int, type_of: TypeOf) -> str | None:
    rules = declaration.statement.file.pack.wrap
    name = declaration.names[at].text
    if rules.hoist == "short":
        told = type_of(declaration, at)
        return f"var {name} {told}" if told else None
    if rules.hoist == "annotated" and declaration.type is None:
        return None
    if rules.hoist == "headed" and (declaration.type is None or declaration.type.text == rules.inferred):
        return None
    head = declaration.head
    if is_constant(declaration):
        return None
    for fixed, loose in rules.hoist_words.items():
        if head.startswith(f"{fixed} "):
            head = f"{loose} {head.removeprefix(f'{fixed} ')}"
    return head if "\n" not in head else None


def _settings(declarations: Sequence[Declaration]) -> Iterator[Edit]:
    """The edits that make declarations set what is declared ahead of them."""
    for each in declarations:
        value = each.value
        if value is None:
            continue
        names = ", ".join(name.text for name in each.names)
        yield Edit(Span(each.statement.start, value.start), f"{names} = ".encode())
