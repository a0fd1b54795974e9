"""Whether files compile, each looked at alone, with the toolchains that are found on this machine.

Python by its own compiler; JavaScript by node and, where the package `typescript` can be required from the current
folder or NODE_PATH, TypeScript and JavaScript with names that nothing declares; Java by javac's parser, Ruby by
`ruby -c`, PHP by `php -l`, Rust by rustfmt, Go by gofmt.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

__all__ = ["Sides", "missing_compiler", "worse"]

_HERE = Path(__file__).with_name("compilers")
_Check = Callable[[Path, Mapping[str, tuple[str, bytes]]], Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Sides:
    """A wrapped file beside what it was made of."""

    path: str
    old: bytes
    new: bytes
    wrapped: bytes


def missing_compiler(language: str) -> str:
    """The command that is not on this machine, or that none is known; "" where files can be checked."""
    if language not in _CHECKS:
        return "a compiler that looks at one file"
    needs, _ = _CHECKS[language]
    return needs if needs and shutil.which(needs) is None else ""


def worse(files: Sequence[Sides], language: str) -> list[tuple[Sides, str]]:
    """The wrapped files of which the compiler says what it says of neither side, and what that is."""
    if not files or missing_compiler(language):
        return []
    texts = {
        f"{number}-{side}": (one.path, text)
        for number, one in enumerate(files)
        for side, text in (("old", one.old), ("new", one.new), ("wrapped", one.wrapped))
    }
    with tempfile.TemporaryDirectory() as folder:
        said = _CHECKS[language][1](Path(folder), texts)
    found: list[tuple[Sides, str]] = []
    for number, one in enumerate(files):
        old, new, wrapped = (set(said.get(f"{number}-{side}", ())) for side in ("old", "new", "wrapped"))
        # What one side is told already (a syntax that the tool does not know) says nothing of the other.
        more = wrapped - old - new
        if more and (language in _NAMED or not (old or new)):
            found.append((one, "; ".join(sorted(more))))
    return found


# ---------------------------------------------------------------- one language each


def _python(_: Path, texts: Mapping[str, tuple[str, bytes]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, (path, text) in texts.items():
            try:
                compile(text, path, "exec", dont_inherit=True)
            except (SyntaxError, ValueError) as error:
                found[name] = [str(error)]
    return found


def _script(folder: Path, texts: Mapping[str, tuple[str, bytes]]) -> dict[str, list[str]]:
    files = {
        name: {"path": path.rpartition("/")[2], "text": text.decode("utf-8", "replace")}
        for name, (path, text) in texts.items()
    }
    jobs = folder / "files.json"
    jobs.write_text(json.dumps(files), encoding="utf-8")
    command = ["node", "--no-warnings", "--experimental-vm-modules", str(_HERE / "script.mjs"), str(jobs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return cast("dict[str, list[str]]", json.loads(done.stdout))


def _put(folder: Path, texts: Mapping[str, tuple[str, bytes]]) -> dict[str, Path]:
    """Each text in a folder of its own under the name of its file."""
    paths: dict[str, Path] = {}
    for name, (path, text) in texts.items():
        place = paths[name] = folder / name / path.rpartition("/")[2]
        place.parent.mkdir()
        place.write_bytes(text)
    return paths


def _java(folder: Path, texts: Mapping[str, tuple[str, bytes]]) -> dict[str, list[str]]:
    paths = _put(folder, texts)
    command = ["java", str(_HERE / "Parsed.java"), *map(str, paths.values())]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    told = [line.partition(": ") for line in lines]
    return {name: [text for place, _, text in told if place == str(path)] for name, path in paths.items()}


def _each(*command: str) -> _Check:
    """A command that is run on one file and fails where that doesn't compile."""

    def check(folder: Path, texts: Mapping[str, tuple[str, bytes]]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, path in _put(folder, texts).items():
            done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
            if done.returncode:
                found[name] = [(done.stderr or done.stdout).replace(str(path), path.name).strip()[:300]]
        return found

    return check


_NAMED = frozenset({"typescript", "javascript"})
_CHECKS: dict[str, tuple[str, _Check]] = {
    "python": ("", _python),
    "typescript": ("node", _script),
    "javascript": ("node", _script),
    "java": ("javac", _java),
    "ruby": ("ruby", _each("ruby", "-c")),
    "php": ("php", _each("php", "-l")),
    "rust": ("rustfmt", _each("rustfmt", "--edition", "2021", "--emit", "stdout", "--config", "skip_children=true")),
    "go": ("gofmt", _each("gofmt", "-e")),
}
