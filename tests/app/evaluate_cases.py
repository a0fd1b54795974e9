"""The labelled diffs of fixtures/evaluate, found by walking."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from featureops.core.model import ChangedFile
from featureops.languages import packs

Status = Literal["added", "modified", "deleted", "renamed"]
ROOT = Path(__file__).resolve().parents[2] / "fixtures" / "evaluate"


@dataclass(frozen=True)
class Case:
    """`disputed` says why the assessment does not agree with the label yet."""

    name: str
    changes: tuple[ChangedFile, ...]
    after: Mapping[str, bytes]
    description: str
    expect: Mapping[str, str | bool]
    disputed: str = ""


def cases() -> Sequence[Case]:
    return [_case(folder.parent) for folder in sorted(ROOT.glob("*/case.toml"))]


def _case(folder: Path) -> Case:
    data = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    before, after = _tree(folder / "before"), _tree(folder / "after")
    renames = cast("dict[str, str]", data.get("renames", {}))
    changes = [
        ChangedFile(new, "renamed", before[old], after[new], old_path=old) for new, old in sorted(renames.items())
    ]
    for path in sorted((before.keys() | after.keys()) - set(renames) - set(renames.values())):
        old_text, new_text = before.get(path), after.get(path)
        if old_text != new_text:
            status: Status = "added" if old_text is None else "deleted" if new_text is None else "modified"
            changes.append(ChangedFile(path, status, old_text, new_text))
    expect = cast("dict[str, str | bool]", data["expect"])
    return Case(
        folder.name, tuple(changes), after, str(data.get("description", "")), expect, str(data.get("disputed", ""))
    )


def _tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".gitkeep")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def language_of(case: Case) -> str:
    """The first language or kind of page among what the case changes; "other" where there is none."""
    found = [packs().language_of(change.path) for change in case.changes]
    return next((language for language in found if language), "other")
