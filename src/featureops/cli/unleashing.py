"""`featureops backend unleash`: a real Unleash on this machine, to try things on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from featureops.cli.outcome import DONE, print_json

if TYPE_CHECKING:
    from featureops.adapters.unleash.local import LocalUnleash

__all__ = ["down", "unleash_app", "up"]

unleash_app = typer.Typer(help="A real Unleash on this machine, without Docker.", no_args_is_help=True)
_AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@unleash_app.command("up")
def up(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    version: Annotated[str, typer.Option("--version", metavar="VERSION", help="Of unleash-server.")] = "",
    as_json: _AsJson = False,
) -> int:
    """Start it, or find it running. Prints its address and tokens, and how to use them."""
    found = _local(version).up(port)
    if as_json:
        print_json({"url": found.url, "token": found.token, "clientToken": found.client_token, "pid": found.pid})
        return DONE
    print(f"Unleash {found.version} runs at {found.url} (user admin, password unleash4all).")
    print(f"SDKs in the environment development use the token {found.client_token}. For featureops:")
    print(f"export UNLEASH_BASE_URL={found.url} UNLEASH_PAT='{found.token}'")
    return DONE


@unleash_app.command("down")
def down(as_json: _AsJson = False) -> int:
    """Stop it and its database. What was stored stays."""
    was = _local("").down()
    if as_json:
        print_json({"stopped": was})
    else:
        print("Stopped." if was else "It was not running.")
    return DONE


def _local(version: str) -> LocalUnleash:
    from featureops.adapters.settings import load_settings
    from featureops.adapters.unleash.local import VERSION, LocalUnleash

    settings = load_settings(".")

    def tell(sentence: str) -> None:
        print(f"featureops: {sentence}", file=sys.stderr)

    return LocalUnleash(settings.cache_dir, settings.state_dir, version or VERSION, tell)
