"""The environment and the user's folders as one frozen value. Nothing else reads `os.environ`.

| variable | meaning |
|---|---|
| FEATUREOPS_STATE_DIR | plans, journal, audit log; else XDG_STATE_HOME/featureops, ~/.local/state/featureops |
| FEATUREOPS_CACHE_DIR | what can be computed again; else XDG_CACHE_HOME/featureops, ~/.cache/featureops |
| FEATUREOPS_DATABASE | file of the embedded backend; else a file per root in the state folder |
| FEATUREOPS_LOG_LEVEL | debug, info, warning, error; LOG_LEVEL is read too |
| UNLEASH_BASE_URL, UNLEASH_PAT | server and personal access token, as the Unleash MCP server reads them |
| UNLEASH_DEFAULT_PROJECT, UNLEASH_DEFAULT_ENVIRONMENT | where a call names none |
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from featureops.core.config import BackendConfig, Config
from featureops.core.errors import BadConfiguration, Unwritable

__all__ = [
    "LogLevel",
    "Secret",
    "Settings",
    "confirmation_secret",
    "git_environment",
    "load_settings",
    "process_environment",
    "server_address",
]

LogLevel = Literal["debug", "info", "warning", "error"]

_LEVELS: Mapping[str, LogLevel] = {
    "debug": "debug",
    "info": "info",
    "warn": "warning",
    "warning": "warning",
    "error": "error",
}
_SECRET_BYTES = 32
# Variables that only say where git's own configuration lies; every other GIT_* could point git at another repository
# or make it start a program, for instance when featureops runs inside a git hook.
_GIT_KEPT = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES"})


class Secret:
    """A string that doesn't show itself in logs, tracebacks or JSON; `reveal()` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and secrets.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._value))


@dataclass(frozen=True, slots=True)
class Settings:
    """What a process was configured with. Folders need not exist yet; whoever writes creates them, mode 0700."""

    root: str
    state_dir: Path
    cache_dir: Path
    database: Path
    config: Config
    unleash_token: Secret | None = None
    default_environment: str | None = None
    log_level: LogLevel = "warning"


def load_settings(root: Path | str, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings for a root: the environment, then featureops.toml or `[tool.featureops]` of pyproject.toml.

    The environment wins for the Unleash address and project; UNLEASH_BASE_URL also chooses the backend when the file
    names none. Errors: BadConfiguration, with file, key, what was wrong and what is allowed.
    """
    env = os.environ if environ is None else environ
    real = os.path.realpath(root)
    state = _folder(env, "FEATUREOPS_STATE_DIR", "state")
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:16]
    database = _path(env, "FEATUREOPS_DATABASE") or state / "embedded" / f"{digest}.db"
    token = env.get("UNLEASH_PAT", "").strip()
    return Settings(
        root=real,
        state_dir=state,
        cache_dir=_folder(env, "FEATUREOPS_CACHE_DIR", "cache"),
        database=database,
        config=_config(real, env),
        unleash_token=Secret(token) if token else None,
        default_environment=env.get("UNLEASH_DEFAULT_ENVIRONMENT", "").strip() or None,
        log_level=_log_level(env),
    )


def confirmation_secret(settings: Settings) -> bytes:
    """32 random bytes, made once for the state folder (mode 0600) and the same for every process that uses it.

    Errors: Unwritable.
    """
    target = settings.state_dir / "confirmation.key"
    try:
        settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The link fails when another process was first: then its secret is the one to use.
        with contextlib.suppress(FileExistsError):
            if not target.exists():
                _link_secret(target)
        held = target.read_bytes()
        if len(held) == _SECRET_BYTES:
            return held
        target.unlink()
        _link_secret(target)
        return target.read_bytes()
    except OSError as error:
        raise Unwritable(
            f"The state folder {settings.state_dir} can't hold the confirmation secret: {error.strerror}.",
            "Make it writable or set FEATUREOPS_STATE_DIR to a folder that is.",
        ) from error


def git_environment() -> dict[str, str]:
    """The environment for a git process: ours without the GIT_* variables that would redirect it."""
    return {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key in _GIT_KEPT}


def process_environment() -> dict[str, str]:
    """The environment for a command of the user's (a test run): ours without the Unleash token."""
    return {key: value for key, value in os.environ.items() if key != "UNLEASH_PAT"}


def _link_secret(target: Path) -> None:
    staged = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(_SECRET_BYTES))
        os.fsync(descriptor)
        os.link(staged, target)
    finally:
        os.close(descriptor)
        staged.unlink()


def _config(root: str, env: Mapping[str, str]) -> Config:
    found = _config_file(root)
    config, backend_kind_given = Config(), False
    if found is not None:
        # pydantic is loaded only where there is something to validate: start-up stays cheap.
        from featureops.adapters.settings_schema import parse_config

        config, backend_kind_given = parse_config(found.read_bytes(), found)
    backend = _backend(config.backend, backend_kind_given, env)
    if backend.kind == "unleash" and not backend.url:
        where = config.source or "the environment"
        raise BadConfiguration(
            f'{where}: backend.kind is "unleash" but no address is given.',
            'Set UNLEASH_BASE_URL or `url = "https://..."` under [backend].',
        )
    return replace(config, backend=backend)


def _config_file(root: str) -> Path | None:
    own = Path(root, "featureops.toml")
    if own.is_file():
        return own
    shared = Path(root, "pyproject.toml")
    try:
        mentioned = shared.is_file() and b"tool.featureops" in shared.read_bytes()
    except OSError:
        return None
    return shared if mentioned else None


def _backend(backend: BackendConfig, kind_given: bool, env: Mapping[str, str]) -> BackendConfig:
    url = _base_url(env.get("UNLEASH_BASE_URL", "")) or _base_url(backend.url or "")
    project = env.get("UNLEASH_DEFAULT_PROJECT", "").strip() or backend.project
    kind = "unleash" if url and not kind_given else backend.kind
    return BackendConfig(kind=kind, project=project, url=url)


def server_address(given: str) -> str:
    """The address of an Unleash that was named. Errors: BadConfiguration."""
    found = _base_url(given)
    if found is None:
        raise BadConfiguration("The Unleash address is empty.", "Give one such as https://app.unleash-hosted.com/demo.")
    return found


def _base_url(given: str) -> str | None:
    """The server's address without the `/api` that people copy along."""
    url = given.strip().rstrip("/").removesuffix("/api").rstrip("/")
    if not url:
        return None
    if not url.startswith(("http://", "https://")):
        raise BadConfiguration(
            f"The Unleash address {url!r} is not an http:// or https:// address.",
            "Set UNLEASH_BASE_URL or [backend] url to something like https://app.unleash-hosted.com/demo.",
        )
    return url


def _log_level(env: Mapping[str, str]) -> LogLevel:
    given = (env.get("FEATUREOPS_LOG_LEVEL") or env.get("LOG_LEVEL") or "warning").strip().lower()
    level = _LEVELS.get(given)
    if level is not None:
        return level
    if not env.get("FEATUREOPS_LOG_LEVEL"):
        return "warning"  # LOG_LEVEL is shared with other programs, which have levels of their own
    raise BadConfiguration(f"FEATUREOPS_LOG_LEVEL is {given!r}.", f"Use one of {', '.join(_LEVELS)}.")


def _path(env: Mapping[str, str], name: str) -> Path | None:
    given = env.get(name, "").strip()
    if not given:
        return None
    path = Path(given).expanduser()
    if not path.is_absolute():
        raise BadConfiguration(
            f"{name} is {given!r}, a relative path.", "Use an absolute path, or one that starts with ~."
        )
    return path


def _folder(env: Mapping[str, str], name: str, kind: Literal["state", "cache"]) -> Path:
    given = _path(env, name)
    if given is not None:
        return given
    home = Path(env.get("HOME") or os.path.expanduser("~"))
    xdg = env.get(f"XDG_{kind.upper()}_HOME", "")
    if os.path.isabs(xdg):  # the XDG specification has relative values ignored
        return Path(xdg) / "featureops"
    if sys.platform == "win32":
        local = Path(env.get("LOCALAPPDATA") or home / "AppData" / "Local")
        return local / "featureops" / kind
    if sys.platform == "darwin":
        library = home / "Library"
        return library / ("Caches" if kind == "cache" else "Application Support") / "featureops"
    return home / (".cache" if kind == "cache" else ".local/state") / "featureops"
