"""`featureops call`: any tool from the shell, through the same server object as a client's call."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import cast

import anyio

from featureops.app.deps import Modes
from featureops.cli.outcome import exit_code, print_json, quiet
from featureops.cli.request import CLIENT
from featureops.core import errors
from featureops.core.errors import BadArgument, FeatureOpsError
from featureops.core.model import Json

__all__ = ["call_tool"]

_EXAMPLE = 'Pass one object, for instance \'{"flagName": "new-checkout"}\', or - to read it from stdin.'


def call_tool(root: Path, name: str, arguments: str) -> int:
    """Call a tool through the server object, in memory. Prints its structured content as JSON."""
    from featureops.cli.serve import server_for

    given = _object(sys.stdin.read() if arguments == "-" else arguments)

    async def main() -> tuple[dict[str, Json], bool]:
        from mcp import Client

        async with Client(server_for(root, Modes(run_verify=True, client=CLIENT))) as client:
            result = await client.call_tool(name, given)
        content = cast("dict[str, Json]", result.structured_content or {})
        return content, bool(result.is_error)

    with quiet():
        content, failed = anyio.run(main)
    if not failed:
        print_json(content)
        return exit_code(content)
    error = content.get("error")
    print_json({"error": error})
    return _code_of(error)


def _object(text: str) -> dict[str, Json]:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise BadArgument(f"The arguments are not JSON: {error}.", _EXAMPLE) from None
    if not isinstance(value, dict):
        raise BadArgument("The arguments are not a JSON object.", _EXAMPLE)
    return value


def _code_of(error: Json) -> int:
    code = error.get("code") if isinstance(error, dict) else None
    return 2 if code == "UNKNOWN_TOOL" else _EXIT_CODES.get(str(code), 1)


_EXIT_CODES = {
    kind.code: kind.exit_code
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, FeatureOpsError)
}
