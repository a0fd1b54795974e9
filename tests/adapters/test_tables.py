from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from featureops.languages import packs

READ = """
import sys, tomllib
from pathlib import Path
from featureops.adapters.tables import kept_tables
from featureops.languages import packs

parsed = []
loads = tomllib.loads
tomllib.loads = lambda text: parsed.append(text) or loads(text)
with kept_tables(Path(sys.argv[1])):
    print(len(packs().languages), len(parsed))
"""


def read_in_another_process(folder: Path) -> tuple[int, int]:
    """How many languages a new process knows, and how many files it parsed for that."""
    done = subprocess.run([sys.executable, "-c", READ, str(folder)], check=True, capture_output=True, text=True)
    languages, parsed = done.stdout.split()
    return int(languages), int(parsed)


def test_a_second_process_parses_no_data_file_again(tmp_path: Path) -> None:
    languages, parsed = read_in_another_process(tmp_path)
    assert languages == len(packs().languages)
    assert parsed > languages
    assert read_in_another_process(tmp_path) == (languages, 0)


def spoilt(data: bytes) -> bytes:
    return data.replace(b'"isEnabled"', b'"isWhatever"', 1)


@pytest.mark.parametrize("change", [spoilt, lambda data: data[:-200], lambda _: b"", lambda _: b"\xff{"])
def test_a_damaged_file_is_not_believed_and_made_anew(change: Callable[[bytes], bytes], tmp_path: Path) -> None:
    languages, parsed = read_in_another_process(tmp_path)
    file = tmp_path / "languages.json"
    file.write_bytes(change(file.read_bytes()))
    assert read_in_another_process(tmp_path) == (languages, parsed)
    assert read_in_another_process(tmp_path) == (languages, 0)


def test_a_folder_that_cannot_be_made_means_working_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    languages, parsed = read_in_another_process(tmp_path / "file" / "cache")
    assert 0 < languages < parsed
