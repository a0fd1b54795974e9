from __future__ import annotations

import hashlib
import json

from featureops.core.certificate import Check, certificate, markdown
from featureops.core.model import FileEdit, Json, Plan

OLD, NEW = b"old\n", b"new\n"
ANSWER: dict[str, Json] = {
    "flagName": "new-pay",
    "preservePath": "enabled",
    "verdict": "partial",
    "applied": True,
    "files": [{"path": "a.py", "action": "edited", "reads": 2}, {"path": "b.py", "action": "deleted", "reads": 0}],
    "leftovers": [{"path": "c.py", "line": 3, "kind": "mention", "text": "new-pay", "reason": "it is written here"}],
    "readiness": {
        "verdict": "blocked",
        "backend": "some",
        "reasons": [{"level": "blocked", "id": "rollout", "text": "In production few get it."}],
        "environments": [
            {"name": "production", "enabled": True, "serves": None, "changedAt": "2026-01-31T12:00:00.000Z"}
        ],
    },
    "forced": True,
}
CHECKS = (Check("syntax", True), Check("no read left", False, "1 left"), Check("the project's own tests", None))


def plan(created_at: float = 1.0, root: str = "/somewhere") -> Plan:
    edits = (FileEdit("a.py", OLD, NEW), FileEdit("b.py", OLD, None))
    return Plan("id", "cleanup", "title", root, created_at, edits, {"d.py": "ff"})


def test_it_holds_the_hashes_of_what_was_and_of_what_is() -> None:
    found = certificate(plan(), ANSWER, CHECKS, "1.2.3")
    old, new = hashlib.sha256(OLD).hexdigest(), hashlib.sha256(NEW).hexdigest()
    assert found["files"] == [
        {"path": "a.py", "action": "edited", "reads": 2, "before": old, "after": new},
        {"path": "b.py", "action": "deleted", "reads": 0, "before": old, "after": None},
    ]
    listed = f"{old}  a.py\n{old}  b.py\nff  d.py\n"
    assert found["inputs"] == {"files": 3, "sha256": hashlib.sha256(listed.encode()).hexdigest()}
    assert (found["readsRemoved"], found["state"]) == (2, "applied")
    assert found["leftovers"] == [{"path": "c.py", "line": 3, "kind": "mention", "reason": "it is written here"}]


def test_its_own_hash_is_over_the_rest() -> None:
    found = certificate(plan(), ANSWER, CHECKS, "1.2.3")
    rest = {key: value for key, value in found.items() if key != "sha256"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    assert found["sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_neither_the_time_nor_the_folder_is_in_it() -> None:
    assert certificate(plan(), ANSWER, CHECKS, "1") == certificate(plan(9.0, "/elsewhere"), ANSWER, CHECKS, "1")
    assert certificate(plan(), ANSWER, CHECKS, "1") != certificate(plan(), ANSWER, CHECKS[:1], "1")


def test_the_state_is_told_apart() -> None:
    refused: dict[str, Json] = {**ANSWER, "applied": False, "verdict": "refused"}
    assert certificate(plan(), {**ANSWER, "applied": False}, (), "1")["state"] == "preview"
    assert certificate(plan(), refused, (), "1")["state"] == "refused"
    assert certificate(plan(), {**refused, "verify": {"exitCode": 1}}, (), "1")["state"] == "taken back"


def test_people_read_it_as_markdown() -> None:
    text = markdown(certificate(plan(), ANSWER, CHECKS, "1.2.3"))
    for line in (
        "## Flag removed: `new-pay`",
        "- kept: **enabled**; applied, partial",
        "- reads removed: 2, left in place: 1",
        "- the some backend says: **blocked**, overridden by force",
        "    - production: on, serves what depends on the user, last changed 2026-01-31",
        "| no read left | **failed**: 1 left |",
        "| the project's own tests | not checked |",
        "| `c.py:3` | mention | it is written here |",
    ):
        assert line in text.splitlines()


def test_nothing_that_came_from_code_becomes_markup() -> None:
    hostile: dict[str, Json] = {
        **ANSWER,
        "flagName": "a`|<b>\u202e\n# heading",
        "leftovers": [{"path": "x|y`\n.py", "line": 1, "kind": "k", "reason": "[click](http://e) <img> | **b**"}],
    }
    text = markdown(certificate(plan(), hostile, CHECKS, "1"))
    assert "<b>" not in text.replace("`a'\\|<b> # heading`", "")
    assert "<img>" not in text.replace("\\<img\\>", "")
    assert "\u202e" not in text
    assert "\n# heading" not in text
    row = next(line for line in text.splitlines() if line.startswith("| `x"))
    assert row == "| `x\\|y' .py:1` | k | \\[click\\](http://e) \\<img\\> \\| \\*\\*b\\*\\* |"
