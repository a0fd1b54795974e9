from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from featureops.adapters.audit import JsonLinesAudit
from featureops.core.errors import Unwritable
from featureops.core.model import Json


def written(path: Path) -> list[dict[str, Json]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_entry_is_one_line_that_only_the_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "audit.jsonl"
    log = JsonLinesAudit(path)
    log.append({"flag": "a\nb", "version": 3, "ok": True, "none": None})
    log.append({"flag": "c"})
    assert written(path) == [{"flag": "a b", "version": 3, "ok": True, "none": None}, {"flag": "c"}]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_text_is_capped_and_hidden_characters_go(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    JsonLinesAudit(path).append({"a": "x" * 5000, "b": "safe\u202egnp.exe\x1b[2J", "c": ["y"] * 5000, "d": "\ud800"})
    (entry,) = written(path)
    assert (len(str(entry["a"])), entry["b"], entry["d"]) == (500, "safe gnp.exe [2J", " ")
    assert isinstance(entry["c"], list)
    assert len(entry["c"]) == 50


@pytest.mark.parametrize(
    "entry",
    [
        {"token": "hunter2hunter2"},
        {"nested": {"apiKey": "hunter2hunter2"}},
        {"confirm": "hunter2hunter2"},
        {"message": "refused: Authorization: Bearer hunter2hunter2"},
        {"message": "with *:development.hunter2hunter2 it failed"},
        {"message": "PAT user:hunter2hunter2"},
    ],
)
def test_secrets_are_left_out(tmp_path: Path, entry: dict[str, Json]) -> None:
    path = tmp_path / "audit.jsonl"
    JsonLinesAudit(path).append(entry)
    text = path.read_text("utf-8")
    assert "hunter2" not in text
    assert "<left out>" in text


def test_times_and_names_are_no_secrets(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    entry: dict[str, Json] = {"at": "2026-01-31T12:00:00.000Z", "flag": "new-checkout", "uri": "file:///a.b/c.toml"}
    JsonLinesAudit(path).append(entry)
    assert written(path) == [entry]


def test_several_processes_append_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    script = (
        "import sys\nfrom pathlib import Path\nfrom featureops.adapters.audit import JsonLinesAudit\n"
        "log = JsonLinesAudit(Path(sys.argv[1]))\n"
        "for at in range(200): log.append({'who': sys.argv[2], 'at': at, 'text': 'x' * 400})"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script, str(path), str(number)]) for number in range(3)]
    assert [process.wait(timeout=30) for process in processes] == [0, 0, 0]
    assert sorted((str(each["who"]), each["at"]) for each in written(path)) == sorted(
        (str(number), at) for number in range(3) for at in range(200)
    )


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unwritable, match="audit log"):
        JsonLinesAudit(tmp_path / "file" / "audit.jsonl").append({"a": 1})
