"""How a command ends: its JSON or its words, and its exit code. The one handler for errors is here."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import uuid4

from featureops.core.errors import FeatureOpsError
from featureops.core.model import Json

__all__ = [
    "DONE",
    "GATE",
    "INTERRUPTED",
    "REFUSED",
    "USAGE",
    "error_object",
    "exit_code",
    "guarded",
    "print_json",
    "quiet",
]

DONE, GATE, USAGE, REFUSED, INTERRUPTED = 0, 1, 2, 3, 130

_logger = logging.getLogger(__name__)


def exit_code(data: Mapping[str, Json]) -> int:
    """Of an answer: 3 where something was refused, left over, failed for one of many roots, or waits for a yes."""
    if data.get("errors"):
        return REFUSED
    if data.get("verdict") in {"partial", "refused"} or data.get("requiresConfirmation") is True:
        return REFUSED
    return DONE


def print_json(value: Mapping[str, Json]) -> None:
    """One object, one line. Names that are no UTF-8 stay readable as escapes."""
    print(json.dumps(value, ensure_ascii=True))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """What a library prints goes to stderr: stdout belongs to the answer."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


def error_object(code: str, message: str, hint: str) -> dict[str, Json]:
    return {"error": {"code": code, "message": message, "hint": hint}}


def guarded(command: Callable[[], int], arguments: Sequence[str]) -> int:
    """Run a whole command line; every failure ends in one error and an exit code."""
    from typer import Abort
    from typer.exceptions import TyperException

    try:
        return command()
    except FeatureOpsError as error:
        return _fail(arguments, error.exit_code, error.code, error.message, error.hint)
    except TyperException as error:
        hint = "Try `featureops --help`, or `featureops COMMAND --help`."
        return _fail(arguments, error.exit_code, "USAGE", error.format_message(), hint)
    except (KeyboardInterrupt, Abort):
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:  # the one place for what nobody foresaw
        incident = uuid4().hex[:8]
        _logger.exception("incident %s", incident)
        message = f"This is a fault of featureops: {type(error).__name__} (incident {incident})."
        return _fail(arguments, 1, "BUG", message, "The traceback is on stderr; please report it.")


def _fail(arguments: Sequence[str], code: int, name: str, message: str, hint: str) -> int:
    if "--json" in arguments:
        print_json(error_object(name, message, hint))
        return code
    from featureops.cli.show import show_error

    show_error(message, hint)
    return code


def _reader_left() -> int:
    """`featureops ... | head`: nobody reads on, which is no error; the interpreter must not complain at exit."""
    with contextlib.suppress(OSError):
        sys.stdout.close()
    return DONE
