"""The stdio transport, with what the SDK leaves open: signals end it, EOF ends it even when a tool hangs, and a line
that can't be read is answered."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

import anyio
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp.types import INVALID_REQUEST, PARSE_ERROR, ErrorData, JSONRPCError, jsonrpc_message_adapter
from pydantic import ValidationError

if TYPE_CHECKING:
    import contextvars

    from mcp.server.lowlevel.server import Server
    from mcp.shared._context_streams import ContextReceiveStream, ContextSendStream

__all__ = ["AnsweringStream", "serve_stdio"]

# Seconds for the clean-up after a signal, and for a tool that is still at work in a thread after the end of input. The
# journal makes an interrupted write whole at the next start.
_CLEAN_UP = 2.0
_LAST_WORK = 0.8


async def serve_stdio(server: Server[None]) -> None:
    """Serve until end of input, SIGTERM or SIGINT; the lifespan's clean-up runs in each case."""
    cleaned_up = threading.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(_stop_on_signal, group.cancel_scope, cleaned_up)
        async with stdio_server() as (reading, writing):
            answering = AnsweringStream(reading, writing, lambda: _leave_after(threading.Event(), _LAST_WORK))
            try:
                await server.run(answering, writing, server.create_initialization_options())
            finally:
                cleaned_up.set()
        group.cancel_scope.cancel()


async def _stop_on_signal(scope: anyio.CancelScope, cleaned_up: threading.Event) -> None:
    if sys.platform == "win32":
        return
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            _leave_after(cleaned_up, _CLEAN_UP)
            scope.cancel()
            return


def _leave_after(event: threading.Event, seconds: float) -> None:
    """End the process once `event` is set, or after so many seconds. The thread that reads stdin can't be interrupted,
    nor can a tool in a worker thread: there is no gentler way out."""

    def leave() -> None:
        event.wait(seconds)
        os._exit(0)

    threading.Thread(target=leave, daemon=True).start()


class AnsweringStream:
    """The read side of the transport. A line that is no message is answered with an error, as JSON-RPC wants, instead
    of leaving the client waiting; lone surrogates, valid in JSON but not in UTF-8, are replaced."""

    def __init__(
        self,
        inner: ContextReceiveStream[SessionMessage | Exception],
        answers: ContextSendStream[SessionMessage],
        at_end: Callable[[], None],
    ) -> None:
        self._inner = inner
        self._answers = answers
        self._at_end = at_end

    @property
    def last_context(self) -> contextvars.Context | None:
        return self._inner.last_context

    async def receive(self) -> SessionMessage | Exception:
        while True:
            item = await self._inner.receive()
            if isinstance(item, SessionMessage):
                return item
            found = _reread(_line(item))
            if isinstance(found, SessionMessage):
                return found
            if found is not None:
                await self._answers.send(SessionMessage(found))

    async def aclose(self) -> None:
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            # Now, not after the last tool: one that hangs in a thread would never let the transport finish.
            self._at_end()
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _line(error: Exception) -> str:
    """The text that could not be read. The SDK hands over only the error, which holds it."""
    if not isinstance(error, ValidationError):
        return ""
    rows = error.errors(include_url=False, include_context=False)
    if rows[0]["type"] == "json_invalid":
        return str(rows[0]["input"])
    # Each kind of message that it isn't has its own complaints; those about the whole hold the whole.
    whole = max((row["input"] for row in rows), key=lambda value: isinstance(value, dict) and len(value))
    return json.dumps(whole, default=str)


def _reread(line: str) -> SessionMessage | JSONRPCError | None:
    """The message after all, an error to send, or None for a blank line."""
    if not line.strip():
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return _error(None, PARSE_ERROR, "Parse error: one JSON-RPC message a line, in UTF-8.")
    try:
        text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        return SessionMessage(jsonrpc_message_adapter.validate_json(text, by_name=False))
    except (ValidationError, RecursionError):
        identity = value.get("id") if isinstance(value, dict) else None
        known = identity if isinstance(identity, str | int) and not isinstance(identity, bool) else None
        return _error(known, INVALID_REQUEST, "Invalid request: not a JSON-RPC 2.0 message.")


def _error(identity: str | int | None, code: int, message: str) -> JSONRPCError:
    return JSONRPCError(jsonrpc="2.0", id=identity, error=ErrorData(code=code, message=message))
