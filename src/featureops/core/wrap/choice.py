"""One value or another by a condition: where both may stand in one expression, and how that is written."""

from __future__ import annotations

from featureops.core.declaring import Declaration, declaration_of
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import Item, declarators_of
from featureops.core.wrap.layout import Style, deeper_value

__all__ = ["choice", "gives_value", "is_constant", "slots_of"]

_WIDEST = {"declaration": 100, "expression": 120}
_LOOSE = ("conditional", "lambda")
_ALONE = "\t{then}"
"""An operand that has a line of its own in a block needs no parentheses."""
_TRUTHS = ("true", "false", "not", "and", "or", "equal", "not-equal", "comparison")
_SAME_KIND = ("string", "number", "concat")
_VALUES = (*_TRUTHS, *_SAME_KIND, "null", "member", "index", "list", "cast", "coalesce", "conditional", "lambda")


def slots_of(old: tuple[Item, ...], new: tuple[Item, ...]) -> list[tuple[Node, Node]]:
    """(old value, new value) where both sides declare the same names in the same way and only the values differ."""
    if not old or len(old) != len(new) or not new[0].file.pack.text.conditional:
        return []
    found = [_slot(before, after) for before, after in zip(old, new, strict=True)]
    return [slot for slot in found if slot is not None] if all(slot is not None for slot in found) else []


def _slot(old: Item, new: Item) -> tuple[Node, Node] | None:
    values: list[Node] = []
    for item in (old, new):
        node = item.node
        inner = node.role("declaration") if node.shape == "export" else node
        declarators = declarators_of(inner) if inner is not None else []
        value = declarators[0].role("value") if len(declarators) == 1 else None
        if value is None:
            return None
        values.append(value)
    before, after = values
    same_head = old.file.data[old.start : before.start] == new.file.data[new.start : after.start]
    same_tail = old.file.data[before.end : old.end] == new.file.data[after.end : new.end]
    if not same_head or not same_tail or _is_constant(new.node) or not _one_type(new.node, before, after):
        return None
    return before, after


def _is_constant(statement: Node) -> bool:
    found = declaration_of(statement)
    return found is not None and is_constant(found)


def is_constant(declaration: Declaration) -> bool:
    """Whether the compiler must know the value that a name is declared with."""
    return not declaration.statement.file.pack.wrap.constant_words.isdisjoint(declaration.head.split())


def _one_type(declaration: Node, old: Node, new: Node) -> bool:
    """Whether a name that is bound to either value has one type: it is written down, or the values say so."""
    inferred = declaration.file.pack.wrap.inferred
    if inferred is None:
        return True
    declarator = declarators_of(declaration)[0]
    written = declarator.role("type") or declaration.role("type")
    return (written.text if written is not None else "") != inferred or _alike(old, new)


def _alike(old: Node, new: Node) -> bool:
    """Whether two values have the same type for sure enough: the same function gives both."""
    if old.shape in _TRUTHS or new.shape in _TRUTHS:
        return old.shape in _TRUTHS and new.shape in _TRUTHS
    if old.shape != new.shape or old.type != new.type:
        return False
    if old.shape in _SAME_KIND:
        return True
    if old.shape in ("await", "paren", "cast"):
        inner = old.role("operand"), new.role("operand")
        return inner[0] is not None and inner[1] is not None and _alike(inner[0], inner[1])
    name = _source(old)
    return bool(name) and name == _source(new)


def _source(node: Node) -> str:
    """The name of the function or field that a value comes from."""
    callee = node.role("function") if node.shape == "call" else node
    named = callee.role("property") if callee is not None and callee.shape == "member" else callee
    return named.text if named is not None and node.shape in ("call", "member") else ""


def gives_value(node: Node) -> bool:
    """Whether the expression that is a function's body surely has a value, as the sides of a conditional must where
    calls may have none."""
    without = node.file.pack.wrap.no_result
    function = node.parent
    if not without or function is None or function.shape == "case":
        return True
    waits = node.shape == "await"
    if function.shape == "lambda":
        return node.shape in _VALUES
    result = function.role("type")
    text = result.text if result is not None else without[0]
    return text != without[0] and (text not in without or not waits) and node.shape != "assign"


# ---------------------------------------------------------------- writing


def choice(
    old: Node, new: Node, condition: str, style: Style, *, parens: bool | None = None, width: bytes | None = None
) -> str:
    """The expression that gives the new or the old value: on one line where it fits, else on several. `parens` tells
    how the operands of an expression that stands alone are written; None is the value of a declaration. `width` is how
    much further to the right the lines of operands stand, if not by one level."""
    pack, widest = new.file.pack, _WIDEST["declaration" if parens is None else "expression"]
    template, tall = pack.text.conditional, pack.wrap.tall
    one = template.format(condition=condition, then=_operand(new, parens), otherwise=_operand(old, parens))
    column = new.file.column_of(new.start)
    if not tall or ("\n" not in one and column + len(one) <= widest):
        return one
    line = new.file.line_text(new.start)
    indent, unit, eol = line[: len(line) - len(line.lstrip())], style.unit.decode(), style.eol.decode()
    step = style.unit if width is None else width
    then, otherwise = (_deep(node, style, parens, _moved(node, indent, step)) for node in (new, old))
    lines = [part.replace("\t", indent + unit) if part.startswith("\t") else indent + part for part in tall]
    text = eol.join(lines).removeprefix(indent)
    return text.format(condition=condition, then=then, otherwise=otherwise)


def _moved(node: Node, indent: str, step: bytes) -> bytes:
    """How much further to the right the lines of a value stand than they did, one step from an indentation."""
    line = node.file.line_text(node.start)
    before = line[: len(line) - len(line.lstrip())]
    return indent.removeprefix(before).encode() + step if indent.startswith(before) else step


def _operand(node: Node, parens: bool | None) -> str:
    return f"({node.text})" if parens or node.shape in _LOOSE else node.text


def _deep(node: Node, style: Style, parens: bool | None, width: bytes) -> str:
    text = deeper_value(node, style, width).decode("utf-8", "surrogateescape")
    is_loose = node.shape in _LOOSE and _ALONE not in node.file.pack.wrap.tall
    return f"({text})" if parens or is_loose else text
