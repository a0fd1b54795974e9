"""A branch whose sides declare names that code behind it needs: declared ahead of the branch, set in both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from featureops.core.declaring import Declaration, declaration_of
from featureops.core.model import Edit, Span
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Item
from featureops.core.wrap.forms import Form, branches, whole_lines
from featureops.core.wrap.layout import Style, indent_of
from featureops.core.wrap.reach import escaping
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Pair

__all__ = ["TypeOf", "hoisted"]

TypeOf = Callable[[Declaration, int], str | None]


def hoisted(pair: Pair, region: Region, style: Style, type_of: TypeOf) -> Iterator[Form]:
    """The form, where both sides declare the same names in the same way; `type_of` tells the type of a name by its
    place in a declaration without one."""
    rules = pair.new.pack.wrap
    if not rules.hoist or not whole_lines(region) or not region.old_items or not region.new_items:
        return
    sides = ((pair.old_names, region.old_items), (pair.new_names, region.new_items))
    found = [_declared(names, items) for names, items in sides]
    old, new = found
    if not old or not new or _is_shadowing(old, region.old_items) or _is_shadowing(new, region.new_items):
        return
    before, after = _heads(old, pair.old_names, type_of), _heads(new, pair.new_names, type_of)
    if not after or before != after:
        return
    lines = b"".join(
        indent_of(region.new_items[0]) + line.encode("utf-8", "surrogateescape") + style.eol for line in after.values()
    )

    def write(condition: str) -> list[Edit]:
        [edit] = branches(region, condition, style, (*_settings(new),), (*_settings(old),))
        return [Edit(edit.span, lines + edit.text)]

    yield Form("hoisted", region, write)


def _declared(names: Names, items: Sequence[Item]) -> list[Declaration] | None:
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
