"""Every command and path that a document names exists, and every example in it is what it says it is."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from featureops.core.syntax import parse
from featureops.languages import packs
from tests.house.source import ROOT
from tests.wire import child_environment

DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
GUIDANCE = sorted((ROOT / "guidance").glob("*.md"))
EVERY = pytest.mark.parametrize("path", [*DOCUMENTS, *GUIDANCE], ids=lambda path: path.relative_to(ROOT).as_posix())

FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|cursor:|vscode:|#)([^)#\s]+)")
SUFFIXES = {"python": ".py", "ts": ".ts", "tsx": ".tsx", "typescript": ".ts"}


def fences(path: Path) -> Iterator[tuple[str, str]]:
    """(language, text) of each fenced block."""
    for _, language, text in FENCE.findall(path.read_text(encoding="utf-8")):
        yield language, text


def commands(path: Path) -> Iterator[str]:
    """Lines of shell blocks, and code spans."""
    for language, text in fences(path):
        if language in {"sh", "bash", "console", "shell"}:
            yield from (line.strip().removeprefix("$ ") for line in text.splitlines())
    yield from SPAN.findall(FENCE.sub("", path.read_text(encoding="utf-8")))


@EVERY
def test_an_example_parses_as_what_it_says_it_is(path: Path) -> None:
    for language, text in fences(path):
        match language:
            case "json":
                json.loads(text)
            case "toml":
                tomllib.loads(text)
            case "python":
                ast.parse(text)
        suffix = SUFFIXES.get(language)
        pack = packs().for_path(f"example{suffix}") if suffix else None
        if pack is not None:
            assert not parse(f"example{suffix}", text.encode(), pack).errors(), text


@EVERY
def test_a_named_make_target_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for command in commands(path):
        words = command.split()
        if words[:1] == ["make"] and len(words) > 1:
            assert words[1] in targets, f"{path.name}: {command}"


@EVERY
def test_a_named_command_and_its_options_exist(path: Path) -> None:
    for command, verb in verbs(path):
        text = helps()[" ".join(verb)]
        assert text, f"{path.name}: {command}: there is no featureops {' '.join(verb)}"
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", command):
            assert option in text, f"{path.name}: {command}: featureops {' '.join(verb)} has no {option}"


def verbs(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each command line of ours, and the verb it starts with."""
    for command in commands(path):
        words = re.split(r"\s+#\s|\s[|>&]", command)[0].split()
        if words[:1] == ["featureops"] and len(words) > 1 and not words[1].startswith("-"):
            # `backend serve` is a command of a command; everything else behind the verb is an argument.
            yield " ".join(words), words[1:3] if words[1] == "backend" else words[1:2]


@cache
def helps() -> dict[str, str]:
    """The help of every verb that a document names, "" where there is none; one process for all of them."""
    wanted = sorted({" ".join(verb) for path in [*DOCUMENTS, *GUIDANCE] for _, verb in verbs(path)})
    environment = {**child_environment(ROOT), "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-c", SHOW_HELP, *wanted]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return {str(verb): str(text) for verb, text in json.loads(done.stdout).items()}


SHOW_HELP = """
import contextlib, io, json, sys
from featureops.cli.main import main

found = {}
for verb in sys.argv[1:]:
    sys.argv = ["featureops", *verb.split(), "--help"]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            code = main()
        except SystemExit as end:
            code = end.code
    found[verb] = "" if code else out.getvalue()
print(json.dumps(found))
"""


@EVERY
def test_a_named_path_exists(path: Path) -> None:
    tops = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")} | {".ci"}
    for name in commands(path):
        if re.fullmatch(r"[\w.<>*{}/,-]+", name) and "/" in name and name.split("/")[0] in tops:
            for pattern in expanded(re.sub(r"<[^>]*>", "*", name.rstrip("/"))):
                assert any(ROOT.glob(pattern)), f"{path.name}: there is no {name}"


def expanded(pattern: str) -> list[str]:
    """One pattern for each alternative of {a,b}."""
    found = re.search(r"\{([^}]*)\}", pattern)
    if not found:
        return [pattern]
    return [
        each
        for choice in found.group(1).split(",")
        for each in expanded(pattern[: found.start()] + choice + pattern[found.end() :])
    ]


@EVERY
def test_a_link_within_the_repository_leads_somewhere(path: Path) -> None:
    for target in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        assert (path.parent / target).exists(), f"{path.name}: {target}"


@pytest.mark.slow
def test_what_the_readme_shows_of_the_demo_is_what_the_demo_prints(tmp_path: Path) -> None:
    shown = [line for language, text in fences(ROOT / "README.md") if language == "text" for line in text.splitlines()]
    command = [sys.executable, "-m", "featureops", "demo"]
    environment = {**child_environment(tmp_path), "COLUMNS": "98"}
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
        timeout=110,
    )
    printed = iter([line.rstrip() for line in done.stdout.splitlines()])
    for line in shown:
        # In the order of the run, with "..." for what is left out.
        assert line.strip() == "..." or line.rstrip() in printed, f"the demo does not print: {line}"


def test_the_changelog_has_an_entry_for_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)}\b", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
