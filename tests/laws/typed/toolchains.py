"""Runs generated programs in the languages whose toolchain is found on the machine: many programs share one process."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["TOOLCHAINS", "Job", "Toolchain", "missing", "traces_of"]

_RUNTIME = Path(__file__).with_name("runtime")
_SECONDS = 500


@dataclass(frozen=True)
class Job:
    """A program and the flag's value."""

    code: str
    value: bool


@dataclass(frozen=True)
class Toolchain:
    """`needs` are the commands that have to be there, `run` runs the numbered programs of a folder: there is a file
    `jobs` with a line (name, value) for each, and `traces` is to be written."""

    needs: tuple[str, ...]
    put: Callable[[Path, str, str], None]
    run: Callable[[Path, Sequence[str]], Mapping[str, str]]


def missing(language: str) -> str:
    """The command that is not on this machine; "" when all are."""
    return next((command for command in TOOLCHAINS[language].needs if shutil.which(command) is None), "")


def traces_of(jobs: Sequence[Job], language: str) -> list[list[str]]:
    """The trace of each; the same program is put down once."""
    toolchain = TOOLCHAINS[language]
    names = {code: f"p{number}" for number, code in enumerate(dict.fromkeys(job.code for job in jobs))}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for code, name in names.items():
            toolchain.put(folder, name, code)
        lines = [f"{names[job.code]} {int(job.value)}" for job in jobs]
        once = list(dict.fromkeys(lines))
        (folder / "jobs").write_text("".join(f"{line}\n" for line in once))
        wrong = toolchain.run(folder, list(names.values()))
        found = _read(folder / "traces") if (folder / "traces").exists() else {}
    return [[wrong[line.split()[0]]] if line.split()[0] in wrong else found[line] for line in lines]


def _read(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.startswith("#"):
            found[line[1:]] = current = []
        elif line:
            current.append(line[1:])
    return found


def _done(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


def _put(ending: str, old: str, new: str) -> Callable[[Path, str, str], None]:
    def put(folder: Path, name: str, code: str) -> None:
        text = code.replace(old, new.format(name), 1) if old else code
        (folder / f"{name}{ending}").write_text(text, encoding="utf-8")

    return put


def _put_java(folder: Path, name: str, code: str) -> None:
    (folder / name).mkdir()
    imported = code.replace("package app;", f"package {name};\n\nimport rt.Rt;", 1)
    (folder / name / "Program.java").write_text(imported, encoding="utf-8")


def _put_csharp(folder: Path, name: str, code: str) -> None:
    """Without literals where they could be folded: this compiler drops what is worked out before a constant."""
    named = code.replace("namespace App", f"namespace {name}", 1)
    plain = re.sub(r"(?<!case )\b(true|false)\b", lambda found: f"Rt.{found[0].title()}", named)
    (folder / f"{name}.cs").write_text(plain, encoding="utf-8")


def _run_java(folder: Path, names: Iterable[str]) -> Mapping[str, str]:
    del names
    for source, package in (("Rt.java", "rt"), ("Runner.java", "rt"), ("Unleash.java", "")):
        text = (_RUNTIME / source).read_text(encoding="utf-8")
        (folder / source).write_text(f"package {package};\n{text}" if package else text, encoding="utf-8")
    _done(["javac", "-nowarn", "-d", folder, *sorted(folder.glob("*.java"))])
    _done(["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", folder, "rt.Runner", folder])
    return {}


def _run_csharp(folder: Path, names: Sequence[str]) -> Mapping[str, str]:
    """What does not compile is told by the compiler, and left out of the next attempt."""
    program, wrong = folder / "all.exe", dict[str, str]()
    for _ in range(20):
        sources = [folder / f"{name}.cs" for name in names if name not in wrong]
        command: list[str | Path] = ["mcs", "-nologo", "-warn:0", f"-out:{program}", _RUNTIME / "runner.cs", *sources]
        said = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        errors = re.findall(r"(?m)^.*?(p\d+)\.cs\(.*?: (error .*)$", said.stdout + said.stderr)
        wrong.update((name, f"does not compile: {text}") for name, text in errors)
        if said.returncode == 0:
            break
        assert errors, said.stdout + said.stderr
    lines = (folder / "jobs").read_text().splitlines()
    (folder / "jobs").write_text("".join(f"{line}\n" for line in lines if line.split()[0] not in wrong))
    _done(["mono", program, folder, program])
    return wrong


def _script(command: str, runner: str) -> Callable[[Path, Sequence[str]], Mapping[str, str]]:
    def run(folder: Path, names: Sequence[str]) -> Mapping[str, str]:
        del names
        _done([command, _RUNTIME / runner, folder])
        return {}

    return run


TOOLCHAINS: Mapping[str, Toolchain] = {
    "csharp": Toolchain(("mcs", "mono"), _put_csharp, _run_csharp),
    "java": Toolchain(("java", "javac"), _put_java, _run_java),
    "php": Toolchain(("php",), _put(".php", "namespace App;", "namespace {};"), _script("php", "runner.php")),
    "ruby": Toolchain(("ruby",), _put(".rb", "", ""), _script("ruby", "runner.rb")),
}
