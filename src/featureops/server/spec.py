"""One tool as a value: its words, its argument and answer models, and the handler that joins them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from mcp.types import ToolAnnotations

from featureops.app.deps import Deps
from featureops.core.errors import Bug
from featureops.server.arguments import Arguments
from featureops.server.render import Result
from featureops.server.schemas import Output

__all__ = ["Effect", "ToolSpec", "Toolset", "tool"]

Toolset = Literal["code", "flags", "release"]

# reads: changes nothing. previews: writes code only when told to (`apply`). writes: adds or changes. destroys: what is
# gone can't be had again by the same tool.
Effect = Literal["reads", "previews", "writes", "destroys"]

_A = TypeVar("_A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class ToolSpec:
    name: str
    title: str
    description: str
    toolsets: frozenset[Toolset]
    effect: Effect
    idempotent: bool
    arguments: type[Arguments]
    output: type[Output]
    handle: Callable[[Deps, Arguments], Awaitable[Result]]

    @property
    def writes(self) -> bool:
        """It does nothing but write."""
        return self.effect in {"writes", "destroys"}

    def annotations(self, *, read_only: bool) -> ToolAnnotations:
        """All four hints, written out: the protocol's defaults are the dangerous ones. Nothing here leaves for an
        open world: a workspace and one configured backend."""
        harmless = self.effect == "reads" or (read_only and self.effect == "previews")
        return ToolAnnotations(
            read_only_hint=harmless,
            destructive_hint=not harmless and self.effect in {"previews", "destroys"},
            idempotent_hint=harmless or self.idempotent,
            open_world_hint=False,
        )


def tool(
    arguments: type[_A],
    output: type[Output],
    *,
    title: str,
    description: str,
    toolsets: tuple[Toolset, ...],
    effect: Effect,
    idempotent: bool = False,
) -> Callable[[Callable[[Deps, _A], Awaitable[Result]]], ToolSpec]:
    """Make a ToolSpec of a handler; the tool's name is the handler's."""

    def decorate(handler: Callable[[Deps, _A], Awaitable[Result]]) -> ToolSpec:
        name = handler.__name__

        async def handle(deps: Deps, given: Arguments) -> Result:
            if not isinstance(given, arguments):
                raise Bug(f"{name} was given {type(given).__name__}")
            return await handler(deps, given)

        return ToolSpec(name, title, description, frozenset(toolsets), effect, idempotent, arguments, output, handle)

    return decorate
