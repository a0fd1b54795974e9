"""The composition root: adapters are plugged into the ports here and nowhere else.

Everything heavy is imported inside the functions: a server lists its tools before it needs any of it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from featureops import __version__
from featureops.app.deps import Deps, Modes

if TYPE_CHECKING:
    from featureops.adapters.embedded import EmbeddedBackend
    from featureops.adapters.settings import Settings
    from featureops.ports import FlagBackend, SharedParts
    from featureops.server.resources import Guidance

__all__ = ["backend_for", "compose", "embedded_for", "shipped_guidance", "unleash_at"]


def compose(root: Path, modes: Modes, *, recover: bool = False) -> Deps:
    """Everything that a use case needs for `root`.

    `recover`: first finish or take back what a crash left half done, and say so on stderr. Errors: BadArgument (no such
    folder), BadConfiguration.
    """
    from featureops.adapters.audit import JsonLinesAudit
    from featureops.adapters.forks import Forks
    from featureops.adapters.git import GitChanges
    from featureops.adapters.history import FileHistory
    from featureops.adapters.index import FileIndex
    from featureops.adapters.journal import FileJournal
    from featureops.adapters.runner import ShellRunner
    from featureops.adapters.settings import confirmation_secret, load_settings
    from featureops.adapters.tables import kept_tables
    from featureops.adapters.workspace import LocalWorkspace
    from featureops.languages import packs

    workspace = LocalWorkspace(root)
    settings = load_settings(root)
    journal = FileJournal(settings.state_dir, time.time, root)
    if recover and not (modes.read_only or modes.dry_run):
        for sentence in journal.recover():
            print(f"featureops: {sentence}", file=sys.stderr)
    with kept_tables(settings.cache_dir):
        known = packs()
    return Deps(
        workspace=workspace,
        changes=GitChanges(root),
        journal=journal,
        packs=known,
        config=settings.config,
        clock=time.time,
        backend=backend_for(settings),
        modes=modes,
        audit=JsonLinesAudit(settings.state_dir / "audit.jsonl"),
        history=FileHistory(settings.state_dir, settings.root),
        runner=ShellRunner(),
        index=FileIndex(settings.cache_dir, settings.root, repr(settings.config.reads) + repr(settings.config.aliases)),
        workers=Forks(),
        # Nothing is written in read-only mode, so the state folder may be missing or read-only too.
        secret=b"" if modes.read_only else confirmation_secret(settings),
    )


def backend_for(settings: Settings) -> FlagBackend | None:
    """The configured backend; None for "none"."""
    kind = settings.config.backend.kind
    if kind == "none":
        return None
    if kind == "unleash":
        from featureops.adapters.unleash import AdminApi, UnleashBackend

        api = AdminApi(settings.config.backend.url or "", settings.unleash_token, f"featureops/{__version__}")
        return UnleashBackend(api, settings.config.backend.project)
    from featureops.adapters.embedded import EmbeddedBackend

    return EmbeddedBackend(settings.database, time.time)


def embedded_for(root: Path) -> EmbeddedBackend:
    """The embedded backend of `root`, whichever is configured."""
    from featureops.adapters.embedded import EmbeddedBackend
    from featureops.adapters.settings import load_settings

    return EmbeddedBackend(load_settings(root).database, time.time)


def unleash_at(root: Path, url: str, project: str) -> tuple[FlagBackend, SharedParts]:
    """An Unleash at an address of its own, with the token of the environment. Errors: BadConfiguration."""
    from featureops.adapters.settings import load_settings, server_address
    from featureops.adapters.unleash import AdminApi, UnleashBackend, UnleashShared

    api = AdminApi(server_address(url), load_settings(root).unleash_token, f"featureops/{__version__}")
    return UnleashBackend(api, project), UnleashShared(api)


def shipped_guidance() -> Guidance:
    from featureops.server.resources import Guidance

    def names() -> Sequence[str]:
        from featureops.adapters import guidance

        return guidance.names()

    def read(name: str) -> str:
        from featureops.adapters import guidance

        return guidance.guidance(name)

    return Guidance(names=names, read=read)
