"""The answers of the Unleash client and frontend API as values: no sockets here."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, unquote

from featureops.adapters.embedded.backend import EmbeddedBackend
from featureops.adapters.embedded.metrics import report_from_json
from featureops.adapters.embedded.rows import ENVIRONMENTS
from featureops.adapters.embedded.store import PROJECT
from featureops.adapters.evaluation import FrontendToggles, Segments, client_document, client_feature, constraints_of
from featureops.core.errors import BadArgument, UnknownFlag, UserFixable
from featureops.core.model import Json
from featureops.ports import Clock

__all__ = ["FRONTEND", "ClientApi", "Failure", "Reply", "Request"]

_TOKEN: Final = re.compile(r"(?P<project>[^:\s]+):(?P<environment>[^:.\s]+)\.\S+")
_PROPERTY: Final = re.compile(r"properties\[(.*)\]")
_FEATURES: Final = "/api/client/features"
FRONTEND: Final = "/api/frontend"
"""Where browsers ask."""


@dataclass(frozen=True, slots=True)
class Request:
    """`token` and `etag` are the raw headers Authorization and If-None-Match, empty when absent; `address` is the
    client's."""

    method: str
    path: str
    query: str
    token: str
    etag: str
    address: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    status: HTTPStatus
    body: bytes = b""
    etag: str = ""


class Failure(Exception):
    """An answer that is not 2xx, raised where its reason is found."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status

    def reply(self) -> Reply:
        """The shape of Unleash's errors: name, message, details."""
        name = "".join(word.capitalize() for word in self.status.name.split("_")) + "Error"
        return _json(self.status, {"name": name, "message": str(self), "details": [{"message": str(self)}]})


class ClientApi:
    """Called by many threads at once."""

    def __init__(self, backend: EmbeddedBackend, clock: Clock) -> None:
        self._store = backend.store
        self._metrics = backend.metrics
        self._clock = clock
        self._documents: dict[str, tuple[int, bytes]] = {}
        self._frontends: dict[str, tuple[int, FrontendToggles]] = {}

    def answer(self, request: Request) -> Reply:
        """Errors: Failure."""
        if request.path == "/health" and request.method == "GET":
            return _json(HTTPStatus.OK, {"health": "GOOD"})
        environment = _environment(request.token)
        try:
            return self._route(request, environment)
        except BadArgument as error:
            raise Failure(HTTPStatus.BAD_REQUEST, f"{error.message} {error.hint}") from error
        except UnknownFlag as error:
            raise Failure(HTTPStatus.NOT_FOUND, f"{error.message} {error.hint}") from error
        except UserFixable as error:
            raise Failure(HTTPStatus.SERVICE_UNAVAILABLE, f"{error.message} {error.hint}") from error

    def _route(self, request: Request, environment: str) -> Reply:
        match request.method, request.path.rstrip("/"):
            case "GET", "/api/client/features":
                return self._features(environment, request.etag)
            case "GET", path if path.startswith(f"{_FEATURES}/"):
                return self._feature(environment, unquote(path.removeprefix(f"{_FEATURES}/")))
            case "GET" | "POST", "/api/frontend":
                context = {"remoteAddress": request.address, **_context(request)}
                toggles = self._frontend(environment).answer(context)
                return _tagged(json.dumps({"toggles": toggles}).encode(), request.etag)
            case "POST", "/api/client/register" | "/api/frontend/client/register":
                self._metrics.register(environment, _object(request.body))
                return _taken(request)
            case "POST", "/api/client/metrics" | "/api/frontend/client/metrics":
                self._metrics.add(environment, report_from_json(_object(request.body), self._clock()))
                return _taken(request)
        raise Failure(
            HTTPStatus.NOT_FOUND, f"{request.method} {request.path} is not part of the client and frontend API."
        )

    def _features(self, environment: str, known: str) -> Reply:
        return _tagged(self._document(environment), known)

    def _frontend(self, environment: str) -> FrontendToggles:
        revision = self._store.revision()
        cached = self._frontends.get(environment)
        if cached is not None and cached[0] == revision:
            return cached[1]
        made = FrontendToggles(self._store.flags(), environment, self._segments())
        self._frontends[environment] = (revision, made)
        return made

    def _document(self, environment: str) -> bytes:
        revision = self._store.revision()
        cached = self._documents.get(environment)
        if cached is not None and cached[0] == revision:
            return cached[1]
        # Read after the revision: a write in between makes the cached document newer than its number, never older.
        document = client_document(self._store.flags(), environment, self._segments())
        body = json.dumps(document).encode()
        self._documents[environment] = (revision, body)
        return body

    def _feature(self, environment: str, name: str) -> Reply:
        flag = self._store.flag(name)
        if flag.archived:
            raise Failure(HTTPStatus.NOT_FOUND, f'Flag "{name}" is archived.')
        return _json(HTTPStatus.OK, client_feature(flag, environment, self._segments()))

    def _segments(self) -> Segments:
        return constraints_of(self._store.segments())


def _environment(header: str) -> str:
    token = header.strip()
    if token[:7].lower() == "bearer ":
        token = token[7:].strip()
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise Failure(
            HTTPStatus.UNAUTHORIZED,
            f"No client token: send the header Authorization: {PROJECT}:development.<any secret>.",
        )
    if match["project"] not in {"*", "[]", PROJECT}:
        raise Failure(HTTPStatus.UNAUTHORIZED, f'The token names the project "{match["project"]}"; use "{PROJECT}".')
    if match["environment"] not in ENVIRONMENTS:
        raise Failure(
            HTTPStatus.UNAUTHORIZED,
            f'The token names the environment "{match["environment"]}"; there are {", ".join(ENVIRONMENTS)}.',
        )
    return match["environment"]


def _context(request: Request) -> dict[str, str]:
    """Who asks: by the address, `userId=7&properties[country]=no`, or by the body, `{"context": {...}}`."""
    if request.method == "GET":
        return {_PROPERTY.sub(r"\1", key): value for key, value in parse_qsl(request.query)}
    found = _object(request.body).get("context")
    told = found if isinstance(found, dict) else {}
    inner = told.get("properties")
    flat = told | (inner if isinstance(inner, dict) else {})
    return {key: _word(value) for key, value in flat.items() if isinstance(value, str | int | float)}


def _word(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _taken(request: Request) -> Reply:
    return Reply(HTTPStatus.OK if request.path.startswith(FRONTEND) else HTTPStatus.ACCEPTED)


def _tagged(body: bytes, known: str) -> Reply:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if etag in known or known.strip() == "*":
        return Reply(HTTPStatus.NOT_MODIFIED, etag=etag)
    return Reply(HTTPStatus.OK, body, etag)


def _object(body: bytes) -> dict[str, Json]:
    try:
        parsed: Json = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Failure(HTTPStatus.BAD_REQUEST, "The body is not JSON.") from error
    if not isinstance(parsed, dict):
        raise Failure(HTTPStatus.BAD_REQUEST, "The body must be a JSON object.")
    return parsed


def _json(status: HTTPStatus, body: dict[str, Json]) -> Reply:
    return Reply(status, json.dumps(body).encode())
