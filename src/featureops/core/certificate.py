"""What a cleanup did and how that is known: the piece that a reviewer pastes into the pull request.

The same plan over the same files with the same state of the backend gives the same certificate, byte for byte: no
clock, no folder and no number of a change is in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from featureops.core.model import FileEdit, Json, Plan
from featureops.core.untrusted import clean

__all__ = ["Check", "certificate", "checksum", "markdown"]


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was looked at. `passed` is None where it was not: a preview can't be tested."""

    name: str
    passed: bool | None
    detail: str = ""


def certificate(plan: Plan, answer: Mapping[str, Json], checks: Sequence[Check], version: str) -> dict[str, Json]:
    """Of a plan that removes a flag and of the answer about it: {"featureops": version, "flagName", "preservePath",
    "state": "preview" | "applied" | "taken back" | "refused", "verdict", "readsRemoved", "files": [{"path", "action",
    "reads", "before", "after"}], "inputs": {"files", "sha256"}, "leftovers": [{"path", "line", "kind", "reason"}],
    "checks": [{"name", "passed", "detail"}], "backend": {"kind", "verdict", "reasons", "environments", "forced"},
    "sha256"}.

    Hashes are SHA-256 in hex; that of a file that is not there is null. `inputs` covers every file that the plan
    depends on, changed or not: the hash is over the lines "<hash>  <path>". The last `sha256` is over the rest.
    """
    reads = {str(row.get("path")): row.get("reads") for row in _rows(answer.get("files"))}
    body: dict[str, Json] = {
        "featureops": version,
        "flagName": answer.get("flagName"),
        "preservePath": answer.get("preservePath"),
        "state": _state(answer),
        "verdict": answer.get("verdict"),
        "readsRemoved": sum(count for count in reads.values() if isinstance(count, int)),
        "files": [_file(edit, reads.get(edit.path)) for edit in plan.edits],
        "inputs": _inputs(plan),
        "leftovers": [
            {key: row.get(key) for key in ("path", "line", "kind", "reason")} for row in _rows(answer.get("leftovers"))
        ],
        "checks": [{"name": each.name, "passed": each.passed, "detail": each.detail} for each in checks],
        "backend": _backend(answer),
    }
    return {**body, "sha256": checksum(json.dumps(body, sort_keys=True, separators=(",", ":")).encode())}


def checksum(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def markdown(found: Mapping[str, Json]) -> str:
    """The certificate for people. What came from code or a backend can't become markup."""
    name, kept = _code(found.get("flagName")), _text(found.get("preservePath"))
    read = _object(found, "inputs")
    lines = [
        f"## Flag removed: {name}" if found.get("state") == "applied" else f"## Removal of the flag {name}",
        "",
        f"- kept: **{kept}**; {', '.join(dict.fromkeys(_text(found.get(key)) for key in ('state', 'verdict')))}",
        f"- reads removed: {_text(found.get('readsRemoved'))}, left in place: {len(_rows(found.get('leftovers')))}",
        f"- files read: {_text(read.get('files'))}, SHA-256 over them `{_text(read.get('sha256'))}`",
        *_of_backend(_object(found, "backend")),
        "",
        *_table(("check", "result"), ((_text(row.get("name")), _result(row)) for row in _rows(found.get("checks")))),
        *_table(("file", "reads", "SHA-256 before", "SHA-256 after"), map(_file_row, _rows(found.get("files")))),
    ]
    left = [(_place(row), _text(row.get("kind")), _text(row.get("reason"))) for row in _rows(found.get("leftovers"))]
    lines += _table(("left in place", "kind", "reason"), left) if left else []
    signed = f"SHA-256 of this certificate as JSON: `{_text(found.get('sha256'))}`"
    return "\n".join([*lines, f"Made by featureops {_text(found.get('featureops'))}. {signed}", ""])


def _state(answer: Mapping[str, Json]) -> str:
    if answer.get("applied"):
        return "applied"
    if answer.get("verdict") != "refused":
        return "preview"
    return "taken back" if "verify" in answer else "refused"


def _file(edit: FileEdit, reads: Json) -> Json:
    return {
        "path": edit.path,
        "action": "deleted" if edit.after is None else "edited",
        "reads": reads if isinstance(reads, int) else 0,
        "before": checksum(edit.before) if edit.before is not None else None,
        "after": checksum(edit.after) if edit.after is not None else None,
    }


def _inputs(plan: Plan) -> Json:
    hashes = {**plan.reads, **{edit.path: checksum(edit.before) for edit in plan.edits if edit.before is not None}}
    listed = "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes))
    return {"files": len(hashes), "sha256": checksum(listed.encode("utf-8", "surrogateescape"))}


def _backend(answer: Mapping[str, Json]) -> Json:
    ready = _object(answer, "readiness")
    return {
        "kind": ready.get("backend"),
        "verdict": ready.get("verdict"),
        "reasons": [row.get("text") for row in _rows(ready.get("reasons"))],
        "environments": ready.get("environments"),
        "forced": answer.get("forced") is True,
    }


def _of_backend(found: Mapping[str, Json]) -> Iterator[str]:
    asked = f"the {_text(found.get('kind'))} backend says" if found.get("kind") else "without a backend"
    forced = ", overridden by force" if found.get("forced") else ""
    yield f"- {asked}: **{_text(found.get('verdict'))}**{forced}"
    for row in _rows(found.get("environments")):
        state = "on" if row.get("enabled") else "off"
        serves = _text(row.get("serves")) if row.get("serves") is not None else "what depends on the user"
        since = _text(row.get("changedAt"))[:10]
        yield f"    - {_text(row.get('name'))}: {state}, serves {serves}, last changed {since or 'at a time unknown'}"
    reasons = found.get("reasons")
    for reason in reasons if isinstance(reasons, list) else ():
        yield f"    - {_text(reason)}"


def _file_row(row: Mapping[str, Json]) -> tuple[str, str, str, str]:
    before, after = (f"`{_text(row.get(key))}`" if row.get(key) else "none" for key in ("before", "after"))
    return _code(row.get("path")), _text(row.get("reads")), before, after if row.get("after") else "deleted"


def _result(row: Mapping[str, Json]) -> str:
    passed = row.get("passed")
    word = "not checked" if passed is None else "passed" if passed else "**failed**"
    detail = _text(row.get("detail"))
    return f"{word}: {detail}" if detail else word


def _place(row: Mapping[str, Json]) -> str:
    line = row.get("line")
    return _code(f"{row.get('path')}:{line}" if line else row.get("path"))


def _table(heads: Sequence[str], rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> Sequence[str]:
    return [_row(heads), _row(["---"] * len(heads)), *map(_row, rows), ""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(value: Json) -> str:
    plain = " ".join(str(clean(value if isinstance(value, str) else str(value))).split())
    return f"`{plain.replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def _text(value: Json) -> str:
    """One line in which nothing is markup; None is empty."""
    if value is None:
        return ""
    plain = " ".join(str(clean(value if isinstance(value, str) else str(value))).split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#@!~" else letter for letter in plain)


def _rows(value: Json) -> list[dict[str, Json]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _object(answer: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    value = answer.get(key)
    return value if isinstance(value, dict) else {}
