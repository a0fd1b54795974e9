"""Tags, links, constraints and contexts as assistants write them. A shorter form that can mean one thing only is taken
for the whole one ("simple:shop", a bare address); a key that nothing reads is refused: what it says would be lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue

from featureops.server.render import nearest

__all__ = ["Constraint", "ContextRow", "Dependency", "Link", "SegmentName", "Tag", "VariantRow"]

_Row = dict[str, JsonValue]


def _only(*known: str) -> Callable[[_Row], _Row]:
    def check(row: _Row) -> _Row:
        for key in row:
            if key not in known:
                raise ValueError(f"{key[:60]!r} is no key of it{nearest(key, known)}; keys: {', '.join(known)}")
        return row

    return check


def _tag(given: object) -> object:
    if not isinstance(given, str):
        return given
    kind, colon, value = given.partition(":")
    return {"type": kind, "value": value} if colon else {"type": "simple", "value": given}


def _link(given: object) -> object:
    return {"url": given} if isinstance(given, str) else given


def _dependency(given: object) -> object:
    return {"feature": given} if isinstance(given, str) else given


def _segment(given: object) -> object:
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


def _context(given: object) -> object:
    """Also as SDKs take it, with `properties` inside, and with numbers."""
    if not isinstance(given, dict):
        return given
    inner = given.get("properties")
    flat = {key: value for key, value in given.items() if key != "properties"} if isinstance(inner, dict) else given
    return {key: _word(value) for key, value in {**flat, **(inner if isinstance(inner, dict) else {})}.items()}


def _word(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


_CONSTRAINT: Final = ("contextName", "operator", "values", "value", "inverted", "caseInsensitive")
_VARIANT: Final = ("name", "weight", "weightType", "stickiness", "payload")

Tag = Annotated[_Row, BeforeValidator(_tag), AfterValidator(_only("type", "value"))]
Link = Annotated[_Row, BeforeValidator(_link), AfterValidator(_only("url", "title"))]
Dependency = Annotated[_Row, BeforeValidator(_dependency), AfterValidator(_only("feature", "enabled", "variants"))]
Constraint = Annotated[_Row, AfterValidator(_only(*_CONSTRAINT))]
VariantRow = Annotated[_Row, AfterValidator(_only(*_VARIANT))]
SegmentName = Annotated[str, BeforeValidator(_segment), Field(min_length=1, max_length=100)]
ContextRow = Annotated[dict[str, str], BeforeValidator(_context)]
