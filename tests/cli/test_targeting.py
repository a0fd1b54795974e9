from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

NORWAY = '{"contextName": "country", "operator": "IN", "values": ["no"]}'


def featureops(root: Path, *arguments: str) -> tuple[int, str]:
    environment = os.environ | {"FEATUREOPS_STATE_DIR": str(root / "state")}
    command = [sys.executable, "-m", "featureops", "backend", *arguments, "--root", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_segment_is_made_and_listed(tmp_path: Path) -> None:
    assert featureops(tmp_path, "segment") == (0, "There are none yet.\n")
    code, said = featureops(tmp_path, "segment", "norway", "--constraint", NORWAY, "--description", "Norway", "--json")
    rows = json.loads(said)["segments"]
    assert (code, [(row["id"], row["name"], row["constraints"][0]["values"]) for row in rows]) == (
        0,
        [(1, "norway", ["no"])],
    )
    assert "norway  Norway" in featureops(tmp_path, "segment")[1]


def test_a_constraint_that_can_not_be_is_refused(tmp_path: Path) -> None:
    for wrong in ("x", "[]", '{"contextName": "country", "operator": "ON"}'):
        code, said = featureops(tmp_path, "segment", "norway", "--constraint", wrong, "--json")
        assert (code, json.loads(said)["error"]["code"]) == (2, "BAD_ARGUMENT")


def test_a_context_field_is_declared_with_the_values_that_it_may_have(tmp_path: Path) -> None:
    code, said = featureops(tmp_path, "context", "country", "--value", "no", "--value", "se", "--json")
    fields = {row["name"]: row["legalValues"] for row in json.loads(said)["contextFields"]}
    assert (code, fields["country"], "userId" in fields) == (0, ["no", "se"], True)
