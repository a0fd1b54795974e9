"""The Unleash client and frontend API over the embedded backend, so that unchanged Unleash SDKs can use it.
Loopback only.

The environment comes from the token in the Authorization header, as with Unleash: `<project>:<environment>.<secret>`.
Any secret will do: the endpoint listens on this machine only, and a web page can't send the header without leave. Pages
that this machine serves itself get the leave, and for the frontend API only."""

from __future__ import annotations

import json
import signal
import sys
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from socketserver import TCPServer
from types import FrameType
from typing import Final
from urllib.parse import urlsplit

from featureops.adapters.embedded.backend import EmbeddedBackend, check_environment
from featureops.adapters.embedded.clientapi import FRONTEND, ClientApi, Failure, Reply, Request
from featureops.adapters.embedded.rows import ENVIRONMENTS
from featureops.adapters.embedded.store import PROJECT
from featureops.core.errors import BadArgument
from featureops.ports import Clock

__all__ = ["Endpoint", "run_endpoint", "serve_endpoint"]

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_MAX_BODY: Final = 1_000_000
_IDLE_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A running endpoint. `url` is what SDKs are given, such as http://127.0.0.1:4242/api."""

    url: str
    server: ThreadingHTTPServer
    thread: threading.Thread

    def close(self) -> None:
        """Stop listening and wait for the thread. The backend stays open."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def serve_endpoint(backend: EmbeddedBackend, clock: Clock, host: str = "127.0.0.1", port: int = 0) -> Endpoint:
    """Serve in a thread of its own; port 0 takes a free one. Errors: BadArgument (host, port taken)."""
    if host not in _LOOPBACK[:2]:
        raise BadArgument(f"The SDK endpoint listens on this machine only, not on {host!r}.", "Use 127.0.0.1.")
    try:
        server = _Server((host, port), ClientApi(backend, clock))
    except (OSError, OverflowError) as error:
        raise BadArgument(
            f"The SDK endpoint can't listen on {host}:{port}: {error}.", "Choose another port; 0 takes a free one."
        ) from error
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="featureops-endpoint", daemon=True)
    thread.start()
    return Endpoint(f"http://{host}:{server.server_port}/api", server, thread)


def run_endpoint(path: Path, clock: Clock, host: str = "127.0.0.1", port: int = 0, environment: str = "") -> None:
    """Serve the flag file until SIGTERM or SIGINT. Prints one JSON line first: url, token, environment, path.

    Call it from the main thread. The default environment is the first one. Errors: BadArgument (host, port,
    environment), and those of opening the file."""
    environment = environment or next(iter(ENVIRONMENTS))
    check_environment(environment)
    backend = EmbeddedBackend(path, clock)
    backend.store.revision()  # a file that can't be used must be told now, not at the first request
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    endpoint = serve_endpoint(backend, clock, host, port)
    token = f"{PROJECT}:{environment}.featureops-local"
    line = {"url": endpoint.url, "token": token, "environment": environment, "path": str(path)}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    try:
        stop.wait()
    finally:
        endpoint.close()
        backend.close_now()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], api: ClientApi) -> None:
        self.api = api
        super().__init__(address, _Handler)

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        # A client that went away is its own affair.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def server_bind(self) -> None:
        # HTTPServer asks the name service for the host's full name here: seconds on a machine without a network.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "featureops"
    sys_version = ""
    timeout = _IDLE_SECONDS
    server: _Server

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_OPTIONS(self) -> None:
        """A browser asks whether a page may ask."""
        self._send(Reply(HTTPStatus.NO_CONTENT if self._origin() else HTTPStatus.FORBIDDEN))

    def log_message(self, format: str, *args: object) -> None:
        """Silent: stdout and stderr belong to the command that serves."""

    def _answer(self, method: str) -> None:
        try:
            self._check_host()
            where = urlsplit(self.path)
            reply = self.server.api.answer(
                Request(
                    method=method,
                    path=where.path,
                    query=where.query,
                    address=str(self.client_address[0]),
                    token=self.headers.get("Authorization", ""),
                    etag=self.headers.get("If-None-Match", ""),
                    body=self._body() if method == "POST" else b"",
                )
            )
        except Failure as failure:
            # The rest of an unread body would be taken for the next request.
            self.close_connection = True
            reply = failure.reply()
        self._send(reply)
        if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            self._drain()

    def _drain(self) -> None:
        """Take in what the client is still sending, within bounds: a connection that is closed on it is reset, and the
        answer is lost with it."""
        left = min(int(self.headers.get("Content-Length", "0")), 8 * _MAX_BODY)
        while left > 0:
            part = self.rfile.read(min(left, 65_536))
            if not part:
                return
            left -= len(part)

    def _check_host(self) -> None:
        # A name that resolves to this machine lets a web page talk to the endpoint as to its own server.
        host = _hostname(f"//{self.headers.get('Host', '')}")
        if host not in _LOOPBACK:
            raise Failure(HTTPStatus.FORBIDDEN, f"Host {host!r} is not this machine: use 127.0.0.1 or localhost.")

    def _origin(self) -> str:
        """The page's origin, where it may use the frontend API: one that this machine serves."""
        origin = self.headers.get("Origin", "")
        path = urlsplit(self.path).path
        return origin if path.startswith(FRONTEND) and _hostname(origin) in _LOOPBACK else ""

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            raise Failure(HTTPStatus.LENGTH_REQUIRED, "Send the body with a Content-Length.")
        if int(length) > _MAX_BODY:
            raise Failure(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {_MAX_BODY} bytes are taken.")
        return self.rfile.read(int(length))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        if origin := self._origin():
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Methods", "GET, POST")
            self.send_header("Access-Control-Allow-Headers", self.headers.get("Access-Control-Request-Headers", "*"))
            self.send_header("Access-Control-Expose-Headers", "ETag")
            self.send_header("Vary", "Origin")
        if reply.etag:
            self.send_header("ETag", reply.etag)
            self.send_header("Cache-Control", "no-cache")
        if reply.body:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body)


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
