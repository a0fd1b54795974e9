"""The cases of fixtures/: a case is a folder with a case.toml, found by walking, never registered.

    fixtures/<language>/<case>/case.toml    what is done, and what must come of it
                              /before/      the files at first
                              /after/       the files afterwards; missing: nothing may change
                              /change/      wrap: the files with the change that is to be wrapped
                              /off/         wrap: what cleaning up with the flag off leaves, where it is not before/
                              /on/          wrap: with the flag on, where a client that wrap makes stays beside change/

case.toml of a cleanup: verb, flag, one of keep ("enabled" or "disabled"), variant (its name) and value (JSON), verdict,
leftovers = [{path, kind}, ...]. Of a wrap: verb, flag, verdict, and form where that is not left to chance. Of a detect:
verb, flag and [[usages]] with path, line, kind, resolution, shape; [[lookalikes]] with path and line are places that
must not be found, for tests/bench/bench_accuracy.py. Each may have config, the text of a featureops.toml.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, cast

from featureops.adapters.settings import load_settings
from featureops.core.config import Config
from featureops.core.fixing import Fixing
from featureops.core.model import FileEdit
from featureops.core.wrap.values import Shape

__all__ = ["FIXTURES", "Case", "Files", "Side", "apply_edits", "cases", "commit", "folders", "write_tree"]

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
NOT_LANGUAGES = {"apps", "evaluate"}  # the demo's applications; diffs with their own test

Side = Literal["before", "change", "after", "on", "off"]
Files = Mapping[str, bytes]
Table = Mapping[str, object]


@dataclass(frozen=True)
class Case:
    folder: Path

    @property
    def id(self) -> str:
        return self.folder.relative_to(FIXTURES).as_posix()

    @property
    def language(self) -> str:
        return self.folder.parent.name

    @cached_property
    def spec(self) -> Table:
        return tomllib.loads((self.folder / "case.toml").read_text(encoding="utf-8"))

    def text(self, key: str) -> str:
        assert key in self.spec, f"{self.id}/case.toml has no {key}"
        return str(self.spec[key])

    def tables(self, key: str) -> list[Table]:
        return cast("list[Table]", self.spec.get(key, []))

    @property
    def fixing(self) -> Fixing:
        """What the flag of a cleanup is fixed at."""
        if "variant" in self.spec:
            return Fixing(variant=self.text("variant"))
        if "value" in self.spec:
            return Fixing(value=json.loads(self.text("value")), has_value=True)
        kept = self.text("keep")
        assert kept in {"enabled", "disabled"}, f"{self.id}/case.toml: keep is enabled or disabled, not {kept!r}"
        return Fixing(kept == "enabled")

    @property
    def form(self) -> Shape:
        """How the bodies that a change replaced as a whole are to be written."""
        return cast("Shape", self.spec.get("form", "auto"))

    @cached_property
    def config(self) -> Config:
        """The configuration of the case, read the way a user's is."""
        if "config" not in self.spec:
            return Config()
        with tempfile.TemporaryDirectory() as root:
            Path(root, "featureops.toml").write_text(self.text("config"), encoding="utf-8")
            return load_settings(root, {"HOME": root}).config

    def has(self, side: Side) -> bool:
        return (self.folder / side).is_dir()

    def files(self, side: Side) -> dict[str, bytes]:
        """Paths below the side's folder, with their bytes."""
        root = self.folder / side
        found = (Path(folder, name) for folder, _, names in os.walk(root) for name in names)
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(found)}

    def expected(self) -> dict[str, bytes]:
        return self.files("after" if self.has("after") else "before")


@cache
def folders() -> tuple[Case, ...]:
    found = sorted(FIXTURES.glob("*/*/case.toml"))
    return tuple(Case(path.parent) for path in found if path.parts[-3] not in NOT_LANGUAGES)


def cases(verb: str) -> tuple[Case, ...]:
    return tuple(case for case in folders() if case.text("verb") == verb)


def apply_edits(files: Files, edits: tuple[FileEdit, ...]) -> dict[str, bytes]:
    """The files afterwards. Each edit must start from the bytes that were given."""
    result = dict(files)
    for edit in edits:
        assert result.get(edit.path) == edit.before, f"{edit.path}: the edit does not start from the file as it is"
        if edit.after is None:
            del result[edit.path]
        else:
            result[edit.path] = edit.after
    return result


def write_tree(root: Path, files: Files) -> None:
    """Make the tree below `root` hold exactly these files (and what git keeps)."""
    for old in sorted(root.rglob("*"), reverse=True):
        if old.is_file() and ".git" not in old.relative_to(root).parts and old.name != "featureops.toml":
            old.unlink()
    for path, data in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def commit(root: Path) -> None:
    """Make `root` a repository that holds what is there, whatever the user's git is configured to."""
    settings = ("user.name=tests", "user.email=tests@example.invalid", "core.autocrlf=false", "commit.gpgsign=false")
    options = [word for setting in settings for word in ("-c", setting)]
    for command in ("init --quiet", "add --all --force", "commit --quiet --allow-empty -m before"):
        subprocess.run(["git", *options, *command.split()], cwd=root, check=True, capture_output=True)
