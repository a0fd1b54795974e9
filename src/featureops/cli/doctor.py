"""`featureops doctor`: what a set-up needs, checked for real, each with how to mend it."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio

from featureops.cli.compose import backend_for
from featureops.cli.outcome import DONE, USAGE, print_json, quiet
from featureops.core.errors import FeatureOpsError
from featureops.core.model import Json

__all__ = ["examine"]

_Check = tuple[str, bool, str, str]
_OLDEST = (3, 11)


def examine(root: Path, *, as_json: bool) -> int:
    """Run every check. The exit code is 2 when something is wrong."""
    with quiet():
        checks = list(_checks(root))
    wrong = sum(not right for _, right, _, _ in checks)
    if as_json:
        rows: list[Json] = [
            {"name": name, "ok": right, "found": found, "mend": mend} for name, right, found, mend in checks
        ]
        print_json({"ok": not wrong, "checks": rows})
    else:
        from featureops.cli.show import show_checks

        show_checks(checks)
    return USAGE if wrong else DONE


def _checks(root: Path) -> Iterator[_Check]:
    probes: tuple[tuple[str, Callable[[Path], str]], ...] = (
        ("interpreter", _interpreter),
        ("git", _git),
        ("repository", _repository),
        ("configuration", _configuration),
        ("state folder", _state_folder),
        ("backend", _backend),
        ("grammars", _grammars),
        ("SDK endpoint", _endpoint),
    )
    for name, probe in probes:
        yield _checked(name, probe, root)


def _checked(name: str, probe: Callable[[Path], str], root: Path) -> _Check:
    try:
        return name, True, probe(root), ""
    except FeatureOpsError as error:
        return name, False, error.message, error.hint
    except (OSError, ImportError) as error:
        return name, False, str(error), "Install featureops-mcp again: pip install --force-reinstall featureops-mcp"


class _Wrong(FeatureOpsError):
    code = "WRONG"


def _interpreter(_root: Path) -> str:
    version = sys.version.split()[0]
    if sys.version_info[:2] < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        raise _Wrong(f"Version {version} is too old.", f"Install featureops-mcp with {oldest} or later.")
    return version


def _git(_root: Path) -> str:
    import shutil

    if (found := shutil.which("git")) is None:
        raise _Wrong("git is not on the PATH.", "Install git: evaluate and wrap --from-diff read changes from it.")
    return found


def _repository(root: Path) -> str:
    from featureops.adapters.git import GitChanges
    from featureops.adapters.workspace import LocalWorkspace

    workspace = LocalWorkspace(root)
    if not GitChanges(root).is_repository():
        raise _Wrong(f"{workspace.root} is not inside a git repository.", "Run `git init` there, or pass --root DIR.")
    return f"{workspace.root}, {len(workspace.files())} files"


def _configuration(root: Path) -> str:
    from featureops.adapters.settings import load_settings

    settings = load_settings(root)
    return (
        f'{settings.config.source or "no featureops.toml, the defaults hold"}; backend "{settings.config.backend.kind}"'
    )


def _state_folder(root: Path) -> str:
    from featureops.adapters.settings import load_settings

    folder = load_settings(root).state_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x")
    except OSError as error:
        hint = "Make it writable, or set FEATUREOPS_STATE_DIR to a folder that is."
        raise _Wrong(f"{folder} can't be written: {error.strerror}.", hint) from error
    return str(folder)


def _backend(root: Path) -> str:
    from featureops.adapters.settings import load_settings

    settings = load_settings(root)
    backend = backend_for(settings)
    if backend is None:
        return 'none ([backend] kind = "none"): only the code tools work'

    async def count() -> int:
        try:
            return len(await backend.flags())
        finally:
            await backend.close()

    return f"{backend.kind}, {anyio.run(count)} flags"


def _grammars(_root: Path) -> str:
    from featureops.languages import packs

    loaded = packs().languages
    for pack in loaded:
        for extension in pack.extensions:
            pack.parser(extension)
    return ", ".join(sorted(pack.display for pack in loaded))


def _endpoint(_root: Path) -> str:
    from featureops.adapters.embedded import EmbeddedBackend
    from featureops.adapters.embedded.endpoint import serve_endpoint

    with tempfile.TemporaryDirectory() as folder:
        backend = EmbeddedBackend(Path(folder, "probe.db"), time.time)
        endpoint = serve_endpoint(backend, time.time)
        try:
            url = endpoint.url
        finally:
            endpoint.close()
            anyio.run(backend.close)
    return f"can listen on this machine ({url.rpartition(':')[0]})"
