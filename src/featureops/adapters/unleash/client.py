"""HTTP to Unleash's admin API: where it is, who asks, how long to wait, and when to try again.

Only what can be asked twice is asked again: reads, and writes that were refused before they began (429). A write whose
answer is lost raises `Lost`: whoever sent it has to look what became of it.
"""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Mapping, Sequence
from functools import cached_property
from ipaddress import ip_address
from random import SystemRandom
from time import monotonic
from typing import TYPE_CHECKING, Final, Literal, cast
from urllib.parse import quote, urlsplit

from featureops.adapters.unleash.faults import Lost, TooMany, fault_of, with_nothing_written
from featureops.core.errors import BadConfiguration, Unreachable
from featureops.core.model import Json

if TYPE_CHECKING:
    from httpx2 import AsyncClient, Response

    from featureops.adapters.settings import Secret

__all__ = ["AdminApi", "Verb"]

Verb = Literal["POST", "PUT", "DELETE"]
_TRIES: Final = 4
_PAUSE: Final = 0.25
_LONGEST_PAUSE: Final = 10.0
_CONNECTIONS: Final = 10
_CONNECT, _ANSWER, _QUEUE = 5.0, 20.0, 60.0
_KEPT: Final = 60.0
_Kept = dict[tuple[str, ...], tuple[float, Json]]
_AGAIN: Final = frozenset({500, 502, 503, 504})


class AdminApi:
    """Nothing is opened before the first call. `url` is the server's address without `/api`.

    Errors: BadConfiguration (an address that would send the token in the clear, no token); of every call Unreachable,
    Lost and what `faults.fault_of` makes of an answer.
    """

    def __init__(self, url: str, token: Secret | None, agent: str = "featureops") -> None:
        self.url = url.rstrip("/")
        host = urlsplit(self.url).hostname or ""
        self._is_local = _is_loopback(host)
        if self.url.startswith("http://") and not self._is_local:
            raise BadConfiguration(
                f"The Unleash address {self.url} is not encrypted: the token would be readable on the way.",
                "Use https://, or http:// for this machine only (localhost, 127.0.0.1).",
            )
        if token is None:
            raise BadConfiguration(
                f"No token for Unleash at {self.url}.",
                "Put a personal access token into the environment as UNLEASH_PAT; featureops.toml never holds it.",
            )
        self._token, self._agent = token, agent
        self._known: _Kept = {}
        self._lasting: _Kept = {}

    async def get(self, *path: str, query: Mapping[str, str] | None = None) -> Json:
        """The JSON at a path, whose parts are quoted here."""
        return await self._asked("GET", path, query=query)

    async def known(self, *path: str, lasting: bool = False) -> Json:
        """As `get`, from memory where it was read lately. A write forgets all but what is `lasting`."""
        kept = self._lasting if lasting else self._known
        found = kept.get(path)
        if found is not None and monotonic() - found[0] < _KEPT:
            return found[1]
        body = await self.get(*path)
        kept[path] = (monotonic(), body)
        return body

    async def send(self, verb: Verb, *path: str, body: Json = None) -> Json:
        """Send a write, the one way for all of them; None for an answer without a body."""
        self._known.clear()
        try:
            return await self._asked(verb, path, body=body)
        finally:
            self._known.clear()  # what was read in the meantime may be older than the write

    async def read_by_post(self, *path: str, body: Json) -> Json:
        """The answer to a question that Unleash wants as POST and that changes nothing."""
        return await self._asked("POST", path, body=body, reads=True)

    def address(self, *path: str) -> str:
        """The address of a path in the admin API."""
        return f"{self.url}/api/admin/{'/'.join(quote(part, safe='') for part in path)}"

    async def close(self) -> None:
        opened = self.__dict__.pop("_http", None)
        if opened is not None:
            await opened.aclose()

    async def _asked(
        self,
        verb: Verb | Literal["GET"],
        path: Sequence[str],
        *,
        body: Json = None,
        query: Mapping[str, str] | None = None,
        reads: bool = False,
    ) -> Json:
        reads = reads or verb == "GET"
        for left in reversed(range(_TRIES)):
            try:
                return await self._once(verb, self.address(*path), body, query, reads=reads)
            except TooMany as limit:
                if not left or (limit.seconds or 0) > _LONGEST_PAUSE:
                    raise
                await sleep(limit.seconds or self._pause(left))
            except Unreachable:
                if not left or not reads:
                    raise
                await sleep(self._pause(left))
        raise AssertionError("the last try returns or raises")

    async def _once(self, verb: str, url: str, body: Json, query: Mapping[str, str] | None, *, reads: bool) -> Json:
        import httpx2

        try:
            answer = await self._http.request(verb, url, json=body, params=query)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError) as error:
            raise Unreachable(
                f"Unleash at {self.url} can't be reached: {_plainly(error)}. Nothing was sent.",
                "Check UNLEASH_BASE_URL, the network and the proxy settings.",
            ) from error
        except httpx2.TransportError as error:
            lost = Unreachable if reads else Lost
            raise lost(
                f"Unleash at {self.url} did not answer: {_plainly(error)}.",
                "The server may be down or slow; try again.",
            ) from error
        return self._judged(answer, reads=reads)

    def _judged(self, answer: Response, *, reads: bool) -> Json:
        if not answer.is_success:
            fault = fault_of(answer.status_code, _json_of(answer), answer.text, answer.headers)
            if answer.status_code in _AGAIN and not reads:
                raise Lost(fault.message, fault.hint)
            raise fault if reads else with_nothing_written(fault)
        if not answer.content.strip():
            return None
        body = _json_of(answer)
        if body is None and answer.content.strip() != b"null":
            kind = answer.headers.get("content-type", "an unknown kind").partition(";")[0]
            if not reads:
                return None  # accepted; what it is now is read back anyway
            raise Unreachable(
                f"{answer.url.copy_with(query=None)} answered with {kind}, not with JSON.",
                "Is UNLEASH_BASE_URL the address of an Unleash server, with the path that it is served under?",
            )
        return body

    @cached_property
    def _http(self) -> AsyncClient:
        import httpx2

        return httpx2.AsyncClient(
            headers={
                "Authorization": self._token.reveal(),
                "Accept": "application/json",
                "User-Agent": self._agent,
                "X-Unleash-AppName": "featureops",
            },
            timeout=httpx2.Timeout(_ANSWER, connect=_CONNECT, pool=_QUEUE),
            limits=httpx2.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
            follow_redirects=False,
            # Proxies and private CAs come from the environment; this machine is reached without a proxy.
            trust_env=not self._is_local,
        )

    @staticmethod
    def _pause(left: int) -> float:
        """Longer with every try, and never the same for two callers."""
        return float(_PAUSE * 2 ** (_TRIES - 1 - left) * (1 + SystemRandom().random()))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _json_of(answer: Response) -> Json:
    try:
        return cast("Json", answer.json())
    except ValueError:
        return None


def _plainly(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
