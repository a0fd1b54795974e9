"""Asks the backend about a flag that is about to leave the code."""

from __future__ import annotations

from typing import Final

from featureops.app.deps import Deps
from featureops.core.errors import UnknownFlag, UserFixable
from featureops.core.readiness import Readiness, judge, unasked

__all__ = ["ask"]

_EVENTS: Final = 1000


async def ask(deps: Deps, name: str, kept: str) -> Readiness:
    """Whether `name` may go, with `kept` ("enabled", "disabled" or a variant) in its place. Never raises because of the
    backend: one that is missing, doesn't know the flag or doesn't answer is a reason."""
    backend = deps.backend
    if backend is None:
        text = "No flag backend is configured: nobody could be asked what production serves."
        return unasked("caution", "no-backend", text)
    try:
        flag = await backend.flag(name, deps.config.backend.project)
        events = await backend.events(name, _EVENTS)
    except UnknownFlag:
        text = f"The {backend.kind} backend has no flag of this name: nobody knows what production serves."
        return unasked("caution", "unknown-flag", text, backend.kind)
    except UserFixable as error:
        text = f"The {backend.kind} backend could not be asked what production serves: {error.message}"
        return unasked("blocked", "backend-silent", text, backend.kind)
    listed = deps.config.policy.environments
    return judge(flag, kept, events, deps.clock(), backend=backend.kind, listed=listed)
