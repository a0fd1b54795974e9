"""The MCP server object: one choke point for every tool call, whatever the transport."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, get_args
from uuid import uuid4

import anyio
from mcp.server.caching import CacheHint
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import CallToolResult, InputRequiredResult
from pydantic import AnyUrl, ValidationError

from featureops import __version__
from featureops.app.deps import Deps
from featureops.core.errors import UserFixable
from featureops.server.arguments import Arguments, LongAnswer
from featureops.server.code_tools import CODE_TOOLS
from featureops.server.confirming import can_ask, confirmed
from featureops.server.flag_tools import FLAG_TOOLS
from featureops.server.inputs import StrictMetadata, argument_names, input_schema
from featureops.server.render import failure, mistakes, nearest, rejected, success
from featureops.server.reporting import reporter
from featureops.server.resources import Guidance, register_completions, register_resources
from featureops.server.spec import Toolset, ToolSpec
from featureops.server.stdio import serve_stdio
from featureops.server.words import INSTRUCTIONS
from featureops.server.worker import in_thread

__all__ = ["ALL_TOOLS", "TOOLSETS", "FeatureOpsServer", "build_server"]

_logger = logging.getLogger(__name__)

TOOLSETS: tuple[Toolset, ...] = get_args(Toolset)

ALL_TOOLS: tuple[ToolSpec, ...] = (*CODE_TOOLS, *FLAG_TOOLS)

_STATIC_LISTS = CacheHint(ttl_ms=300_000, scope="public")


def build_server(
    deps_factory: Callable[[], Deps],
    *,
    read_only: bool = False,
    toolsets: Collection[Toolset] = TOOLSETS,
    guidance: Guidance | None = None,
) -> FeatureOpsServer:
    """A server whose dependencies are made by `deps_factory` at the first call that needs them, in a worker thread.

    `read_only` leaves out the tools that do nothing but write; `toolsets` those of other groups.
    """
    chosen = [spec for spec in ALL_TOOLS if spec.toolsets & set(toolsets)]
    server = FeatureOpsServer(deps_factory, [s for s in chosen if not (read_only and s.writes)], read_only=read_only)
    register_resources(server, server.deps, guidance)
    register_completions(server, server.deps)
    return server


class FeatureOpsServer(MCPServer[None]):
    """The SDK's server with strict arguments, teaching errors, bounded answers and a stdio transport that ends."""

    def __init__(self, deps_factory: Callable[[], Deps], specs: Sequence[ToolSpec], *, read_only: bool) -> None:
        self._deps_factory = deps_factory
        self._deps: Deps | None = None
        self._deps_lock = anyio.Lock()
        with _rich_left_alone():
            super().__init__(
                "featureops",
                title="Feature flag operations",
                version=__version__,
                instructions=INSTRUCTIONS,
                tools=[self._tool(spec, read_only=read_only) for spec in specs],
                lifespan=_lifespan,
                log_level="WARNING",
                cache_hints={"tools/list": _STATIC_LISTS, "server/discover": _STATIC_LISTS},
                subscriptions=False,
            )

    # ------------------------------------------------------------ dependencies

    async def deps(self) -> Deps:
        """The dependencies, made once. A failure (a broken configuration) is not remembered: it may be mended."""
        async with self._deps_lock:
            if self._deps is None:
                self._deps = await in_thread(self._deps_factory)
            return self._deps

    async def close(self) -> None:
        deps, self._deps = self._deps, None
        if deps is not None and deps.backend is not None:
            await deps.backend.close()

    # ------------------------------------------------------------ tools

    def _tool(self, spec: ToolSpec, *, read_only: bool) -> Tool:
        async def run(given: Arguments, context: Context[None]) -> CallToolResult | InputRequiredResult:
            deps = replace(_asked_by(await self.deps(), context), progress=reporter(context))
            data = await spec.handle(deps, given)
            if can_ask(data, context):
                token = await confirmed(data, context)
                if isinstance(token, InputRequiredResult):
                    return token
                data = await spec.handle(deps, given.model_copy(update={"confirm": token}))
            return success(data, detailed=isinstance(given, LongAnswer) and given.response_format == "detailed")

        return Tool(
            fn=run,
            name=spec.name,
            title=spec.title,
            description=spec.description,
            parameters=input_schema(spec.arguments),
            fn_metadata=StrictMetadata(arg_model=spec.arguments, output_model=spec.output),
            is_async=True,
            context_kwarg="context",
            annotations=spec.annotations(read_only=read_only),
        )

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[None, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Every ending but a protocol error is an answer: done, or failed with code, message and hint."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            return self._failed(name, error, error.__cause__)
        except (SystemExit, KeyboardInterrupt) as error:
            # A library that exits must not take the server with it; the signals of the process arrive elsewhere.
            return _apologise(name, error)

    def _failed(self, name: str, error: ToolError, cause: BaseException | None) -> CallToolResult:
        if isinstance(cause, UserFixable):
            return rejected(cause)
        tool = self._tool_manager.get_tool(name)
        if tool is None:
            return self._unknown(name)
        model = tool.fn_metadata.arg_model
        if isinstance(cause, ValidationError) and issubclass(model, Arguments) and cause.title == model.__name__:
            return failure("BAD_ARGUMENT", *mistakes(cause, argument_names(model)))
        if isinstance(cause, ToolError) or cause is None:
            return failure("FAILED", str(error))
        return _apologise(name, cause)

    def _unknown(self, name: str) -> CallToolResult:
        known = [tool.name for tool in self._tool_manager.list_tools()]
        hint = f"Tools of this server: {', '.join(known)}."
        return failure("UNKNOWN_TOOL", f'There is no tool "{name[:100]}"{nearest(name, known)}.', hint)

    # ------------------------------------------------------------ resources and transport

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[None, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        try:
            return await super().read_resource(uri, context)
        except ResourceError as error:
            cause = _user_fixable(error)
            if cause is None or isinstance(error, ResourceNotFoundError):
                raise
            raise ResourceError(f"{cause.message} {cause.hint}".strip()) from cause

    async def run_stdio_async(self) -> None:
        await serve_stdio(self._lowlevel_server)


@contextlib.asynccontextmanager
async def _lifespan(server: MCPServer[None]) -> AsyncIterator[None]:
    # The SDK claimed file descriptor 1 before this runs, but a buffered print() would still reach the wire at exit.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            yield
        finally:
            with anyio.move_on_after(2, shield=True):
                if isinstance(server, FeatureOpsServer):
                    await server.close()


@contextlib.contextmanager
def _rich_left_alone() -> Iterator[None]:
    """The SDK would import rich for its log handler: a tenth of the start-up, and boxed tracebacks on stderr."""
    hidden = [name for name in ("rich.console", "rich.logging") if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type] # None makes an import fail, as documented
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _asked_by(deps: Deps, context: Context[None, Any]) -> Deps:
    """Name the client in events and in the audit log."""
    params = context.session.client_params
    if params is None or params.client_info is None:
        return deps
    return replace(deps, modes=replace(deps.modes, client=params.client_info.name[:64]))


def _user_fixable(error: BaseException | None) -> UserFixable | None:
    while error is not None and not isinstance(error, UserFixable):
        error = error.__cause__
    return error


def _apologise(name: str, error: BaseException) -> CallToolResult:
    incident = uuid4().hex[:8]
    _logger.error("Tool %s failed, incident %s", name, incident, exc_info=error)
    hint = f"It is logged on the server's stderr as incident {incident}. Nothing else was stopped by it."
    return failure("BUG", f"{name} failed because of a fault of featureops.", hint)
