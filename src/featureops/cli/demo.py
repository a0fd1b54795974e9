"""`featureops demo`: the whole workflow on a bundled application, in a temporary folder, on the embedded backend."""

from __future__ import annotations

import logging
import shutil
import signal
import time

import anyio
from mcp import MCPError

from featureops.cli.demo_app import DemoApp, load_app
from featureops.cli.demo_stage import Stage, StepFailed, open_stage
from featureops.cli.demo_story import Story
from featureops.cli.demo_view import View
from featureops.core.errors import BadConfiguration

__all__ = ["run"]

# SIGPIPE comes from the view: nobody reads what it prints any more.
_INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)


def run(*, keep: bool = False) -> int:
    """Play the demo; `keep` leaves its folder behind. The answer is the exit code: 0 when every step did what it
    should, 1 when one did not, 128 + the signal's number when interrupted.

    Errors: BadConfiguration when git or the application's own packages are missing.
    """
    app = load_app("webshop")
    _require(app)
    # CPython 3.11 to 3.13: a process that is killed while it ends may be reaped by the kill itself, and asyncio warns
    # that it missed the exit status (its ThreadedChildWatcher). Nobody here asks for that status.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    return anyio.run(_play_until_interrupted, app, keep)


def _require(app: DemoApp) -> None:
    if shutil.which("git") is None:
        raise BadConfiguration("The demo needs git, which is not on the PATH.", "Install git and run it again.")
    if missing := app.missing():
        raise BadConfiguration(
            f"The demo's application needs {', '.join(missing)}, which is not installed.",
            "Run: pip install 'featureops-mcp[demo]'",
        )


async def _play_until_interrupted(app: DemoApp, keep: bool) -> int:
    code = 1
    async with anyio.create_task_group() as group:

        async def listen() -> None:
            nonlocal code
            with anyio.open_signal_receiver(*_INTERRUPTIONS) as signals:
                async for number in signals:
                    code = 128 + number
                    group.cancel_scope.cancel()

        group.start_soon(listen)
        code = await _play(app, keep)
        group.cancel_scope.cancel()
    return code


async def _play(app: DemoApp, keep: bool) -> int:
    view = View()
    started = time.monotonic()
    view.title(app.title)
    with open_stage(app, keep=keep) as stage:
        try:
            code = await _steps(view, stage)
        finally:
            if keep:
                view.note(f"Kept: {stage.repo}")
    if code == 0:
        view.done(f"Shipped behind a flag and cleaned up again in {time.monotonic() - started:.0f} s.")
    return code


async def _steps(view: View, stage: Stage) -> int:
    # Failures end inside the client's context: beyond it they would arrive wrapped in groups.
    try:
        await stage.prepare()
    except StepFailed as failure:
        view.failed(failure.message, failure.output)
        return 1
    try:
        async with stage.assistant() as client:
            return await _tell(view, stage, Story(view, stage, client))
    except* (MCPError, OSError):
        view.failed("the MCP server did not start", stage.stderr())
    return 1


async def _tell(view: View, stage: Stage, story: Story) -> int:
    try:
        await story.tell()
    except StepFailed as failure:
        view.failed(failure.message, f"{failure.output}\n{stage.stderr()}")
    except MCPError as error:
        view.failed(f"the MCP server gave up: {error}", stage.stderr())
    except TimeoutError:
        view.failed("a process did not end in time", stage.stderr())
    else:
        return 0
    return 1
