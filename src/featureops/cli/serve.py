"""`featureops serve`: the MCP server over stdio, or over HTTP on this machine only."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from featureops import __version__
from featureops.app.deps import Modes
from featureops.cli.compose import compose, shipped_guidance
from featureops.server.serving import TOOLSETS, FeatureOpsServer, build_server

if TYPE_CHECKING:
    from featureops.server.spec import Toolset

__all__ = ["serve", "server_for"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(arguments: Sequence[str]) -> int:
    """Run until the client goes away. Returns the exit code: 2 for a usage error, else 0."""
    given = _parser().parse_args(arguments)
    # Before the server object is made: the SDK's own set-up then has nothing to add.
    logging.basicConfig(level=given.log_level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    modes = Modes(read_only=given.read_only, dry_run=given.dry_run, run_verify=given.allow_verify)
    server = server_for(Path(given.root), modes, given.toolsets)
    if given.http is None:
        anyio.run(server.run_stdio_async)
        return 0
    host, port = given.http
    anyio.run(partial(server.run_streamable_http_async, host=host, port=port))
    return 0


def server_for(root: Path, modes: Modes, toolsets: Sequence[Toolset] = TOOLSETS) -> FeatureOpsServer:
    """The one server object: `serve` puts it on a transport, `call` talks to it in memory."""
    make = partial(compose, root, modes, recover=True)
    return build_server(make, read_only=modes.read_only, toolsets=toolsets, guidance=shipped_guidance())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="featureops serve", description="The MCP server; stdio by default.")
    parser.add_argument("--version", action="version", version=f"featureops {__version__}")
    parser.add_argument("--root", default=".", help="the repository (default: the current folder)")
    parser.add_argument(
        "--http", type=_address, metavar="HOST:PORT", help="HTTP on a loopback address instead of stdio"
    )
    parser.add_argument("--toolsets", type=_toolsets, default=TOOLSETS, help=f"of {','.join(TOOLSETS)} (default: all)")
    parser.add_argument("--read-only", action="store_true", help="leave out and refuse everything that writes")
    parser.add_argument("--dry-run", action="store_true", help="read for real, write nothing")
    parser.add_argument(
        "--allow-verify", action="store_true", help="let clients run the command of [cleanup] verify in featureops.toml"
    )
    parser.add_argument("--log-level", default="warning", choices=("debug", "info", "warning", "error"))
    return parser


def _toolsets(text: str) -> tuple[Toolset, ...]:
    named = {part.strip() for part in text.split(",") if part.strip()}
    if not named or not named <= set(TOOLSETS):
        unknown = ", ".join(sorted(named - set(TOOLSETS))) or "nothing"
        raise argparse.ArgumentTypeError(f"{unknown}: choose from {', '.join(TOOLSETS)}, separated by commas")
    return tuple(name for name in TOOLSETS if name in named)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if host not in _LOOPBACK:
        raise argparse.ArgumentTypeError(f"{host}: only {', '.join(_LOOPBACK)}; there is no authentication")
    if not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text}: expected HOST:PORT")
    return host, int(port)
