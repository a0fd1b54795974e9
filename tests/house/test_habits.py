"""Suppressions carry reasons, errors are not swallowed, and nothing points at the machine it was written on."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.house.source import ROOT, Module, modules

MODULES = [pytest.param(module, id=module.shown) for module in modules()]
BARE_SUPPRESSION = re.compile(r"#\s*(?:type:\s*ignore(?:\[[^\]]*\])?|noqa(?::\s*[A-Z0-9, ]+)?)\s*$", re.MULTILINE)
# Spelt with character classes so that this file does not match itself.
ELSEWHERE = re.compile(
    r"(?<![\w.])/wor[k]/|/tmp/brief[s]|/roo[t]/|pythonhoste[d]|registry\.npmj[s]|/opt/pyp[i]",
)
PROSE_ONLY = re.compile(r"\b(?:workplac[e]|this sessio[n]|the brie[f])\b", re.IGNORECASE)


@pytest.mark.parametrize("module", MODULES)
def test_a_suppression_gives_its_reason(module: Module) -> None:
    for number, line in enumerate(module.text.splitlines(), 1):
        assert not BARE_SUPPRESSION.search(line), f"{module.shown}:{number}: say why, behind the suppression"


def test_an_ignored_rule_of_the_linter_gives_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rules = [line for line in text.splitlines() if re.match(r'\s+"[A-Z]+\d*",', line)]
    assert len(rules) > 20
    assert [line for line in rules if "#" not in line] == []


def test_everything_is_caught_in_one_place_of_a_face_at_most() -> None:
    places: dict[str, list[str]] = {}
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler) and _is_broad(node):
                places.setdefault(module.layer, []).append(f"{module.shown}:{node.lineno}")
    wrong = {layer: found for layer, found in places.items() if layer not in {"server", "cli"} or len(found) > 1}
    assert not wrong, f"a broad except belongs into the outer handler of server and of cli, once each: {wrong}"


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    # A handler that raises again only cleans up.
    raises = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
    return not raises and any(ast.unparse(name) in {"Exception", "BaseException"} for name in caught)


def texts() -> list[Path]:
    """What git would commit; outside a repository (an sdist) everything but environments."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).stdout.split(b"\0")
    paths = [ROOT / name.decode() for name in listed if name] or list(ROOT.rglob("*"))
    return [path for path in paths if path.is_file() and ".venv" not in path.parts]


def test_no_file_names_the_machine_it_was_written_on() -> None:
    for path in texts():
        text = path.read_bytes().decode("utf-8", "replace")
        for pattern in (ELSEWHERE, PROSE_ONLY):
            found = pattern.search(text)
            line = text.count("\n", 0, found.start()) + 1 if found else 0
            assert found is None, f"{path.relative_to(ROOT)}:{line}: {found}"
