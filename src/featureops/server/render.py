"""Answers and errors as a client gets them: cleaned, shortened, the same in text and in structured content."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches

from mcp.types import CallToolResult, TextContent
from pydantic import ValidationError

from featureops.core.errors import UserFixable
from featureops.core.model import Json
from featureops.core.untrusted import clean, clean_object

__all__ = [
    "CONCISE",
    "DETAILED",
    "Result",
    "brief",
    "compact",
    "failure",
    "fit",
    "mistakes",
    "nearest",
    "rejected",
    "success",
]

Result = dict[str, Json]

CONCISE = 8_000
# Clients put what is longer into a file or cut it: some at 50,000 characters.
DETAILED = 45_000

# Rows of a list in a certificate, each with two hashes.
_LISTED = 10
_LISTED_IN_DETAIL = 80

# What a reader needs to go on is never cut.
_KEPT = frozenset({"hint", "planId", "changeId", "confirm", "message"})


def compact(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def success(data: Result, *, detailed: bool = False) -> CallToolResult:
    shown = fit(clean_object(data), DETAILED if detailed else CONCISE)
    return CallToolResult(content=[TextContent(type="text", text=compact(shown))], structured_content=shown)


def failure(code: str, message: str, hint: str = "") -> CallToolResult:
    """The shape that the Unleash MCP server gives its errors."""
    message, hint = str(clean(message))[:2000], str(clean(hint))[:2000]
    error: Result = {"code": code, "message": message}
    if hint:
        error["hint"] = hint
    text = f"Error: {message}" + (f"\nHint: {hint}" if hint else "")
    structured: Result = {"success": False, "error": error}
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=structured, is_error=True)


def rejected(error: UserFixable) -> CallToolResult:
    return failure(error.code, error.message, error.hint)


# ---------------------------------------------------------------- length


def fit(data: Result, limit: int) -> Result:
    """`data` in at most `limit` characters of JSON: the longest text or list is cut, again and again. What was cut
    says so: `truncated`, and a `hint` that names where the rest is."""
    if len(compact(data)) <= limit:
        return data
    shown = {**data, "truncated": True, "hint": _rest(data)}
    while (excess := len(compact(shown)) - limit) > 0:
        smaller = _shrink_object(shown, excess)
        if smaller == shown:
            break
        shown = smaller
    return shown


def brief(data: Result, *, detailed: bool = False) -> Result:
    """An answer whose certificate leaves long lists out as a whole and names them in `omitted`: cut somewhere, they
    would look complete. The answer itself has the same files and leftovers; the certificate's hash covers all."""
    whole = data.get("certificate")
    if not isinstance(whole, dict):
        return data
    limit = _LISTED_IN_DETAIL if detailed else _LISTED
    long = {key for key, rows in whole.items() if isinstance(rows, list) and len(rows) > limit}
    if not long:
        return data
    shown = {key: rows for key, rows in whole.items() if key not in long}
    return {**data, "certificate": {**shown, "omitted": list[Json](sorted(long))}}


def _rest(data: Result) -> str:
    before = str(data.get("hint") or "")[:500]
    plan = data.get("planId")
    where = f"; the whole diff is the resource featureops://plans/{plan}" if plan else ""
    more = 'Shortened: ask for responseFormat "detailed" or for fewer files or flags' + where + "."
    return f"{before} {more}".strip()


def _shrink(value: Json, excess: int) -> Json:
    """`value` shorter by about `excess` characters, taken from its longest part."""
    if isinstance(value, str):
        return _cut(value, excess)
    if isinstance(value, list):
        if len(value) < 2:
            return [_shrink(item, excess) for item in value]
        return _drop(value, excess)
    return _shrink_object(value, excess) if isinstance(value, dict) else value


def _shrink_object(value: Result, excess: int) -> Result:
    for key in sorted(value.keys() - _KEPT, key=lambda key: (-len(compact(value[key])), key)):
        smaller = _shrink(value[key], excess)
        if smaller != value[key]:
            return {**value, key: smaller}
    return value


def _cut(text: str, excess: int) -> str:
    keep = max(0, min(len(text) - 1, len(text) - excess - 40))
    head = text[:keep]
    whole_lines = head.rfind("\n") + 1
    # Half a line of a diff misleads, so end on a line end where there is one near.
    return head[:whole_lines] if whole_lines > keep // 2 else head


def _drop(items: list[Json], excess: int) -> list[Json]:
    kept = list(items)
    while len(kept) > 1 and excess > 0:
        excess -= len(compact(kept.pop())) + 1
    return kept


# ---------------------------------------------------------------- rejected arguments


def mistakes(error: ValidationError, known: Sequence[str]) -> tuple[str, str]:
    """Message and hint for arguments that don't fit the schema; values are not repeated."""
    rows = error.errors(include_url=False, include_input=False, include_context=True)
    lines = [_mistake(row["type"], tuple(row["loc"]), row["msg"], known) for row in rows[:8]]
    if len(rows) > len(lines):
        lines.append(f"and {len(rows) - len(lines)} more")
    return "; ".join(lines), f"Arguments of this tool: {', '.join(known)}."


def _mistake(kind: str, location: tuple[str | int, ...], said: str, known: Sequence[str]) -> str:
    where = ".".join(str(part)[:80] for part in location) or "arguments"
    if kind == "missing":
        return f"{where} is required"
    if kind == "extra_forbidden":
        return f"{where} is not an argument{nearest(where, known)}"
    return f"{where}: {_plainly(said)}"


def _plainly(said: str) -> str:
    """What pydantic says, in the words of JSON."""
    said = said.removeprefix("Input ").removeprefix("Value error, ").removesuffix(".").partition(" or instance of ")[0]
    words = {
        "a valid dictionary": "an object",
        "a valid list": "a list, in brackets",
        "a valid string": "a text, in quotes",
        "a valid boolean": "true or false, without quotes",
        "a valid integer": "a whole number, without quotes",
        "a valid number": "a number, without quotes",
    }
    for theirs, ours in words.items():
        said = said.replace(theirs, ours)
    return said


def nearest(word: str, known: Sequence[str]) -> str:
    folded = {name.lower().replace("_", ""): name for name in known}
    close = get_close_matches(word.lower().replace("_", "").replace("-", ""), list(folded), n=1, cutoff=0.6)
    return f' (did you mean "{folded[close[0]]}"?)' if close else ""
