"""The verb cleanup as one call, for tests."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from featureops.app.deps import Deps
from featureops.app.removal import Terms, Verify, remove
from featureops.core.fixing import Fixing
from featureops.core.model import Json

__all__ = ["cleanup"]


def cleanup(
    deps: Deps,
    *,
    flag: str,
    keep: bool | Fixing,
    files: Sequence[str] = (),
    apply: bool = False,
    force: bool = False,
    unprotect: bool = False,
    verify: str | None = None,
    seconds: float = 60,
) -> dict[str, Json]:
    async def run() -> dict[str, Json]:
        terms = Terms(apply, force, unprotect, Verify(verify, seconds) if verify is not None else None)
        try:
            return await remove(deps, flag=flag, keep=keep, files=files, terms=terms)
        finally:
            if deps.backend is not None:
                await deps.backend.close()

    return anyio.run(run)
