"""Where the demo plays: a temporary folder with a git repository, and the processes that work on it.

Everything a child writes stays in that folder: its HOME, its TMPDIR and the state of featureops are in there too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream
from mcp import Client, StdioServerParameters
from mcp.client.stdio import get_default_environment, stdio_client

from featureops.cli.demo_app import DemoApp

__all__ = ["Endpoint", "Ran", "Stage", "StepFailed", "open_stage"]

_PROCESS_SECONDS = 60
_IDENTITY = ("-c", "user.name=Demo", "-c", "user.email=demo@example.com", "-c", "commit.gpgsign=false")


class StepFailed(Exception):
    """A step did not do what it should; `output` is what was seen instead."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.output = output


@dataclass(frozen=True, slots=True)
class Endpoint:
    url: str
    token: str


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that ended; `output` is its stdout, `errors` its stderr."""

    code: int
    output: str
    errors: str


@dataclass(frozen=True, slots=True)
class Stage:
    """`folder` is the temporary folder, `repo` the repository in it."""

    folder: Path
    app: DemoApp

    @property
    def repo(self) -> Path:
        return self.folder / self.app.folder.name

    @property
    def log(self) -> Path:
        """What the MCP server and the endpoint said on stderr."""
        return self.folder / "stderr.log"

    def stderr(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The children's: what MCP clients pass on, with everything that names a place moved into the folder. The
        search path for modules is ours, so that they run the same installation."""
        return get_default_environment() | {
            "FEATUREOPS_STATE_DIR": str(self.folder / "state"),
            "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": str(self.folder / "home"),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path[1:] if path),
            "PYTHONUTF8": "1",
            "TMPDIR": str(self.folder / "tmp"),
            **(extra or {}),
        }

    async def run(self, command: Sequence[str], extra: Mapping[str, str] | None = None) -> Ran:
        """Run to the end in the repository. A session of its own: Ctrl-C is ours to hand on."""
        with anyio.fail_after(_PROCESS_SECONDS):
            done = await anyio.run_process(
                list(command), check=False, cwd=self.repo, env=self.environment(extra), start_new_session=True
            )
        return Ran(done.returncode, _text(done.stdout), _text(done.stderr))

    async def interpret(self, arguments: Sequence[str], extra: Mapping[str, str] | None = None) -> Ran:
        return await self.run([sys.executable, *arguments], extra)

    async def git(self, *arguments: str, extra: Mapping[str, str] | None = None) -> str:
        """Errors: StepFailed."""
        ran = await self.run(["git", *_IDENTITY, *arguments], extra)
        if ran.code != 0:
            raise StepFailed(f"git {arguments[0]} failed", ran.errors)
        return ran.output

    async def prepare(self) -> None:
        """The application as the first commit, the change laid over it and not committed."""
        for name in ("home", "state", "tmp"):
            (self.folder / name).mkdir()
        _copy(self.app.folder, self.repo)
        await self.git("init", "--quiet", "--initial-branch=main")
        await self.git("add", "--all")
        await self.git("commit", "--quiet", "--message", "The web shop as it runs today")
        _copy(self.app.change, self.repo)

    async def tree(self) -> str:
        """The working tree as a git tree, without touching the index that the user would see."""
        index = {"GIT_INDEX_FILE": str(self.folder / "demo-index")}
        await self.git("add", "--all", extra=index)
        return (await self.git("write-tree", extra=index)).strip()

    @asynccontextmanager
    async def assistant(self) -> AsyncIterator[Client]:
        """An MCP client, connected over stdio to a server of its own: what a coding assistant has."""
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "featureops", "serve", "--root", str(self.repo)],
            env=self.environment(),
            cwd=self.repo,
        )
        with self.log.open("a", encoding="utf-8") as log:
            async with Client(stdio_client(server, errlog=log), read_timeout_seconds=_PROCESS_SECONDS) as client:
                yield client

    @asynccontextmanager
    async def endpoint(self, environment: str) -> AsyncIterator[Endpoint]:
        """The address that the SDKs of the application fetch their flags from, served by a second process."""
        command = [sys.executable, "-m", "featureops", "backend", "serve"]
        command += ["--root", str(self.repo), "--port", "0", "--environment", environment]
        with self.log.open("ab") as log:
            process = await anyio.open_process(
                command,
                stdin=subprocess.DEVNULL,
                stderr=log,
                cwd=self.repo,
                env=self.environment(),
                start_new_session=True,
            )
        try:
            yield await self._announced(process)
        finally:
            with anyio.CancelScope(shield=True):
                await _stop(process)

    async def _announced(self, process: Process) -> Endpoint:
        if process.stdout is None:
            raise StepFailed("The SDK endpoint has no stdout")
        try:
            with anyio.fail_after(_PROCESS_SECONDS):
                line = await BufferedByteReceiveStream(process.stdout).receive_until(b"\n", 4096)
            words = json.loads(line)
            return Endpoint(words["url"], words["token"])
        except (anyio.EndOfStream, anyio.IncompleteRead, TimeoutError, ValueError, KeyError) as error:
            raise StepFailed("The SDK endpoint did not start", self.stderr()) from error


@contextmanager
def open_stage(app: DemoApp, *, keep: bool) -> Iterator[Stage]:
    """The folder is removed at the end, however it ends, unless it is to be kept."""
    folder = Path(tempfile.mkdtemp(prefix="featureops-demo-")).resolve()
    try:
        yield Stage(folder, app)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


async def _stop(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    with anyio.move_on_after(3):
        await process.wait()
    if process.returncode is None:
        process.kill()
    await process.aclose()
