"""What can be read by address: projects and flags of the backend, guidance, and the plans of previews."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.types import Completion, CompletionArgument, CompletionContext, PromptReference, ResourceTemplateReference

from featureops.app.deps import Deps
from featureops.core.errors import BadArgument, UnknownFlag
from featureops.core.flagsearch import FlagQuery
from featureops.core.model import Json
from featureops.core.untrusted import clean
from featureops.server.render import Result, compact
from featureops.server.worker import in_thread

__all__ = ["Guidance", "register_completions", "register_resources"]

_JSON = "application/json"
_MARKDOWN = "text/markdown"
_MOST = 1_000

_GetDeps = Callable[[], Awaitable[Deps]]
_Order = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class Guidance:
    """Prose for people and assistants. `read` raises BadArgument for a name that isn't in `names()`."""

    names: Callable[[], Sequence[str]]
    read: Callable[[str], str]


def register_resources(server: MCPServer[None], get_deps: _GetDeps, guidance: Guidance | None) -> None:
    """Add the resource templates to `server`."""
    _register_flags(server, get_deps)
    _register_parts(server, get_deps)
    _register_plans(server, get_deps)
    if guidance is not None:
        _register_guidance(server, guidance)


def _register_flags(server: MCPServer[None], get_deps: _GetDeps) -> None:
    @server.resource("unleash://projects{?limit,order,offset}", name="projects", title="Projects", mime_type=_JSON)
    async def projects(limit: int = 20, order: _Order = "desc", offset: int = 0) -> str:
        from featureops.app import flags

        limit, offset = _bounded(limit, offset)
        return _text(await flags.list_projects(await get_deps(), limit=limit, order=order, offset=offset))

    @server.resource(
        "unleash://projects/{projectId}/feature-flags{?limit,order,offset}",
        name="feature-flags",
        title="Flags of a project",
        mime_type=_JSON,
    )
    async def project_flags(projectId: str, limit: int = 50, order: _Order = "asc", offset: int = 0) -> str:  # noqa: N803 # the template's variable
        from featureops.app import flags

        limit, offset = _bounded(limit, offset)
        deps = await get_deps()
        query = FlagQuery(projectId, order=order, limit=limit, offset=offset)
        return _text(await flags.list_flags(deps, query=query))

    @server.resource(
        "unleash://projects/{projectId}/feature-flags/{flagName}",
        name="feature-flag",
        title="One flag with its environments and strategies",
        mime_type=_JSON,
    )
    async def one_flag(projectId: str, flagName: str) -> str:  # noqa: N803 # the template's variables
        from featureops.app import flags

        try:
            answer = await flags.get_flag_state(await get_deps(), name=unquote(flagName), project=projectId)
        except UnknownFlag as error:
            raise ResourceNotFoundError(f"{error.message} {error.hint}".strip()) from error
        return _text(answer)


def _register_parts(server: MCPServer[None], get_deps: _GetDeps) -> None:
    @server.resource(
        "unleash://projects/{projectId}/feature-flags/{flagName}/environments/{environment}",
        name="feature-environment",
        title="One flag in one environment",
        mime_type=_JSON,
    )
    async def one_environment(projectId: str, flagName: str, environment: str) -> str:  # noqa: N803 # the template's variables
        from featureops.app import flags

        deps, name = await get_deps(), unquote(flagName)
        try:
            answer = await flags.get_flag_state(deps, name=name, project=projectId, environment=unquote(environment))
        except (UnknownFlag, BadArgument) as error:
            raise ResourceNotFoundError(f"{error.message} {error.hint}".strip()) from error
        return _text(answer)

    @server.resource(
        "unleash://segments/{segmentName}", name="segment", title="One segment with its constraints", mime_type=_JSON
    )
    async def segment(segmentName: str) -> str:  # noqa: N803 # the template's variable
        from featureops.core.flagjson import constraint_json
        from featureops.core.targeting import segment_named

        known = await (await get_deps()).flags().segments()
        try:
            found = segment_named(unquote(segmentName), known)
        except BadArgument as error:
            raise ResourceNotFoundError(f"{error.message} {error.hint}".strip()) from error
        constraints: list[Json] = [constraint_json(each) for each in found.constraints]
        about: Result = {"id": found.id, "name": found.name, "description": found.description}
        return _text({**about, "constraints": constraints})


def register_completions(server: MCPServer[None], get_deps: _GetDeps) -> None:
    """Names of projects, flags, environments and segments for the variables of the templates."""

    @server.completion()  # type: ignore[no-untyped-call,untyped-decorator] # it has no types in the SDK
    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion | None:
        from featureops.app.completing import completions

        if not isinstance(ref, ResourceTemplateReference):
            return None
        others = context.arguments if context is not None and context.arguments is not None else {}
        names, total = await completions(await get_deps(), argument.name, argument.value, others)
        shown = [str(clean(name)) for name in names]
        return Completion(values=shown, total=total, has_more=total > len(shown))


def _register_plans(server: MCPServer[None], get_deps: _GetDeps) -> None:
    @server.resource("featureops://plans/{planId}", name="plan", title="The diff of a plan", mime_type="text/x-diff")
    async def plan(planId: str) -> str:  # noqa: N803 # the template's variable
        deps = await get_deps()
        try:
            found = await in_thread(deps.journal.load, planId)
        except BadArgument as error:
            raise ResourceNotFoundError(f"{error.message} {error.hint}".strip()) from error
        from featureops.core.textdiff import unified

        return str(clean(await in_thread(unified, found.edits)))


def _register_guidance(server: MCPServer[None], guidance: Guidance) -> None:
    @server.resource("featureops://guidance/{name}", name="guidance", title="Guidance on flags", mime_type=_MARKDOWN)
    async def page(name: str) -> str:
        names = await in_thread(guidance.names)
        if name not in names:
            raise ResourceNotFoundError(f"No such guidance. There are: {', '.join(names)}.")
        return await in_thread(guidance.read, name)


def _text(answer: Result) -> str:
    return compact(clean(answer))


def _bounded(limit: int, offset: int) -> tuple[int, int]:
    return max(1, min(limit, _MOST)), max(0, offset)
