"""The same flags put into a real Unleash and into the embedded backend, and everybody asked for the same contexts."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast

from UnleashClient.cache import FileCache
from UnleashClient.clients.unleash_client import UnleashClient

from featureops.adapters.embedded import EmbeddedBackend
from featureops.adapters.embedded.endpoint import serve_endpoint
from featureops.adapters.settings import Secret
from featureops.adapters.unleash import AdminApi, UnleashBackend
from featureops.adapters.unleash.local import Running
from featureops.app.exposure import preview_exposure
from featureops.core.flagexport import export_document
from featureops.core.flagjson import constraint_json
from featureops.core.model import Flag, Json
from featureops.ports import FlagBackend
from tests.agreement.generated import ENVIRONMENT, Context, Drawn
from tests.app.flag_deps import Bench
from tests.node_sdks import NODE, node_sdks
from tests.real_unleash import personal_token

__all__ = ["Answers", "Asked", "both", "differences", "everybody"]

Answers = Mapping[str, Sequence[bool]]
"""By the name of a flag, on or off for each context."""

_HERE: Final = Path(__file__).parent
_OLD_STRATEGIES: Final = (
    "userWithId",
    "gradualRolloutUserId",
    "gradualRolloutSessionId",
    "gradualRolloutRandom",
)
"""A new Unleash has them no more; SDKs and old servers have."""
_AT_A_TIME: Final = 100
_TOKEN: Final = f"*:{ENVIRONMENT}.any"
_FIELDS: Final = ("userId", "sessionId", "remoteAddress", "environment", "appName", "currentTime")


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the drawn flags are: in an Unleash, in an embedded backend, and behind that one's endpoint at `sdk_url`."""

    drawn: Drawn
    unleash: Running
    embedded: EmbeddedBackend
    sdk_url: str
    folder: Path


@contextmanager
def both(drawn: Drawn, unleash: Running, folder: Path) -> Iterator[Asked]:
    """With the flags in both. They are written into the embedded backend one by one, and imported by Unleash from what
    that one exports."""
    backend = EmbeddedBackend(folder / "flags.db", time.time)
    flags = asyncio.run(_filled(backend, drawn))
    asyncio.run(_imported(drawn, flags, unleash))
    endpoint = serve_endpoint(backend, time.time)
    try:
        yield Asked(drawn, unleash, backend, endpoint.url, folder)
    finally:
        endpoint.close()
        backend.close_now()


async def _filled(backend: EmbeddedBackend, drawn: Drawn) -> list[Flag]:
    for field in drawn.fields:
        await backend.put_context_field(field, "me")
    for segment in drawn.segments:
        await backend.put_segment(segment, "me")
    for flag in drawn.flags:
        made = await backend.create(flag.name, flag.project, flag.type, flag.description, False, "me")
        if flag.dependencies:
            await backend.update(made, replace(made, dependencies=flag.dependencies), "me")
        (state,) = flag.environments
        for strategy in state.strategies:
            await backend.put_strategy(flag.name, flag.project, ENVIRONMENT, strategy, "me")
        if state.enabled:
            await backend.set_enabled(flag.name, flag.project, ENVIRONMENT, True, "me")
    by_name = {flag.name: flag for flag in await backend.flags("default")}
    return [by_name[flag.name] for flag in drawn.flags]


async def _imported(drawn: Drawn, flags: Sequence[Flag], unleash: Running) -> None:
    api = AdminApi(unleash.url, Secret(personal_token(unleash)))
    try:
        known = str(await api.get("strategies"))
        for name in _OLD_STRATEGIES:
            if f"'{name}'" not in known:
                await api.send("POST", "strategies", body={"name": name, "parameters": []})
        for segment in drawn.segments:
            constraints: list[Json] = [constraint_json(each) for each in segment.constraints]
            await api.send(
                "POST", "segments", body={"name": segment.name, "description": "", "constraints": constraints}
            )
        for at in range(0, len(flags), _AT_A_TIME):
            part = flags[at : at + _AT_A_TIME]
            data: Json = export_document(part, ENVIRONMENT, drawn.segments, drawn.fields)
            body: Json = {"project": "default", "environment": ENVIRONMENT, "data": data}
            await api.send("POST", "features-batch", "import", body=body)
    finally:
        await api.close()


# ---------------------------------------------------------------- who is asked


def everybody(asked: Asked) -> dict[str, Answers]:
    """The answers of all, by who gave them."""
    sdk_url, real = asked.sdk_url, f"{asked.unleash.url}/api"
    return {
        "the preview on Unleash": asyncio.run(_previewed(asked, _backend(asked.unleash))),
        "the preview on the embedded backend": asyncio.run(_previewed(asked, asked.embedded)),
        "Unleash's playground": asyncio.run(_played(asked)),
        "the SDK for Python on the embedded backend": _python(asked, sdk_url, _TOKEN),
        "the SDK for Python on Unleash": _python(asked, real, asked.unleash.client_token),
        "the SDK for Node on the embedded backend": _node(asked, sdk_url, _TOKEN),
    }


def differences(answers: Mapping[str, Answers], drawn: Drawn) -> list[str]:
    """A sentence for each flag and context on which not all agree."""
    found = []
    for flag in drawn.flags:
        for at, context in enumerate(drawn.contexts):
            said = {who: rows[flag.name][at] for who, rows in answers.items() if flag.name in rows}
            if len(set(said.values())) > 1:
                found.append(f"{said} for {dict(context)} of {flag}")
    return found


def _backend(unleash: Running) -> UnleashBackend:
    return UnleashBackend(AdminApi(unleash.url, Secret(unleash.token)), "default")


async def _previewed(asked: Asked, backend: FlagBackend) -> Answers:
    """As `preview_exposure` tells of each context; it shows twenty of them."""
    work = asked.folder / "preview"
    work.mkdir(exist_ok=True)
    deps = replace(Bench(work).deps, backend=backend)
    found: dict[str, list[bool]] = {}
    try:
        for flag in asked.drawn.flags:
            answer = await preview_exposure(
                deps, name=flag.name, environment=ENVIRONMENT, contexts=asked.drawn.contexts, project="default"
            )
            rows = cast("list[dict[str, list[dict[str, bool]]]]", answer["environments"])
            found[flag.name] = [row["now"] for row in rows[0]["contexts"]]
    finally:
        await backend.close()
    return found


async def _played(asked: Asked) -> Answers:
    api = AdminApi(asked.unleash.url, Secret(asked.unleash.token))
    found: dict[str, list[bool]] = {name: [] for name in _playable(asked.drawn)}
    try:
        for context in asked.drawn.contexts:
            body: Json = {"environments": [ENVIRONMENT], "projects": ["default"], "context": _nested(context)}
            answer = cast(
                "dict[str, list[dict[str, Json]]]", await api.read_by_post("playground", "advanced", body=body)
            )
            for row in answer["features"]:
                if row["name"] in found:
                    environments = cast("dict[str, list[dict[str, bool]]]", row["environments"])
                    found[str(row["name"])].append(environments[ENVIRONMENT][0]["isEnabled"])
    finally:
        await api.close()
    return found


def _playable(drawn: Drawn) -> list[str]:
    """The playground evaluates no strategies that are no more, and lets nobody in where a parent must be off."""
    old = {
        flag.name
        for flag in drawn.flags
        if any(each.name in _OLD_STRATEGIES for each in flag.environments[0].strategies)
    }
    old |= {flag.name for flag in drawn.flags if not all(each.enabled for each in flag.dependencies)}
    return [flag.name for flag in drawn.flags if flag.name not in old and not old.intersection(flag.parents)]


def _python(asked: Asked, url: str, token: str) -> Answers:
    client = UnleashClient(
        url=url,
        app_name="shop",
        environment=ENVIRONMENT,
        custom_headers={"Authorization": token},
        cache=FileCache("shop", directory=str(asked.folder / f"cache-{len(url)}-{len(token)}")),
        disable_metrics=True,
    )
    client.initialize_client()
    try:
        contexts = [_nested(context) for context in asked.drawn.contexts]
        return {
            flag.name: [client.is_enabled(flag.name, dict(context)) for context in contexts]
            for flag in asked.drawn.flags
        }
    finally:
        client.destroy()


def _node(asked: Asked, url: str, token: str) -> Answers:
    question = asked.folder / "question.json"
    contexts: list[Json] = [_nested(context) for context in asked.drawn.contexts]
    names: list[Json] = [flag.name for flag in asked.drawn.flags]
    question.write_text(json.dumps({"contexts": contexts, "names": names}))
    done = subprocess.run(
        [str(NODE), str(_HERE / "node_answers.mjs"), str(node_sdks()), url, token, str(question)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return cast("Answers", json.loads(done.stdout))


def _nested(context: Context) -> dict[str, Json]:
    """As SDKs take it."""
    properties: dict[str, Json] = {key: value for key, value in context.items() if key not in _FIELDS}
    return {key: value for key, value in context.items() if key in _FIELDS} | {"properties": properties}
