"""Options that are what was typed: texts, paths, words out of a few.

Typer has pydantic check every option, also one that was not given. To import it and to make its validators is a fifth
of the start of a command, and these have nothing to be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast, get_args, get_origin, get_type_hints

from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from typer import Context

__all__ = ["PlainCommand", "PlainGroup"]


class _Parameter(Protocol):
    """Of typer's options and arguments what is asked of them here."""

    name: str | None
    required: bool
    multiple: bool
    nargs: int
    callback: Callable[..., object] | None

    def process_value(self, ctx: Context, value: object) -> object: ...


class PlainCommand(TyperCommand):
    """A command whose plain options are taken as they are; all others, and what is wrong with these, is typer's."""

    def parse_args(self, ctx: object, args: list[str]) -> list[str]:
        given = cast("Context", ctx)
        _lighten(
            cast("Sequence[_Parameter]", self.get_params(given)),
            get_type_hints(self.callback) if self.callback is not None else {},
        )
        return super().parse_args(given, args)


class PlainGroup(TyperGroup):
    """Commands of which the same holds, as far as it asks for options itself."""

    def parse_args(self, ctx: object, args: list[str]) -> list[str]:
        given = cast("Context", ctx)
        _lighten(cast("Sequence[_Parameter]", self.get_params(given)), {})
        return super().parse_args(given, args)


def _lighten(params: Sequence[_Parameter], hints: Mapping[str, object]) -> None:
    for param in params:
        value = partial(_value, param, param.process_value, _kinds(hints.get(param.name or "")))
        vars(param)["process_value"] = value


def _kinds(hint: object) -> tuple[object, ...]:
    """What a value may be; nothing where it has to be checked."""
    parts = (hint,) if get_origin(hint) is Literal else get_args(hint) or (hint,)
    kinds = tuple(part for part in parts if part is not type(None))
    return kinds if all(kind in (str, Path) or get_origin(kind) is Literal for kind in kinds) else ()


def _value(
    param: _Parameter,
    checked: Callable[[Context, object], object],
    kinds: tuple[object, ...],
    ctx: Context,
    value: object,
) -> object:
    if value is None and not param.required:
        none = () if _takes_many(param) else None
        return param.callback(ctx, param, none) if param.callback is not None else none
    if param.callback is not None or _takes_many(param):
        return checked(ctx, value)
    if isinstance(value, str) and str in kinds:
        return value
    if isinstance(value, str | Path) and Path in kinds:
        return Path(value)
    return value if any(value in get_args(kind) for kind in kinds) else checked(ctx, value)


def _takes_many(param: _Parameter) -> bool:
    return param.multiple or param.nargs == -1
