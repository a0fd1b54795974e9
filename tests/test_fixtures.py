"""Every case of fixtures/ does what its case.toml says, byte for byte."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from featureops.app.deps import Modes
from featureops.cli.compose import compose
from featureops.core.cleanup import cleanup_project
from featureops.languages import packs
from tests.fixture_cases import Case, Files, apply_edits, cases, commit, folders, write_tree


def by_id(case: Case) -> str:
    return case.id


def test_every_language_has_cases_of_every_verb() -> None:
    found = {(case.language, case.text("verb")) for case in folders()}
    missing = {(pack.id, verb) for pack in packs().languages for verb in ("cleanup", "wrap", "detect")} - found
    assert not missing, f"add fixtures/<language>/<case>/ for: {sorted(missing)}"


@pytest.mark.parametrize("case", folders(), ids=by_id)
def test_a_case_is_complete(case: Case) -> None:
    assert packs().by_id(case.language), f"{case.id}: no language is called {case.language}"
    assert case.text("verb") in {"cleanup", "wrap", "detect"}
    assert case.files("before"), f"{case.id}/before is empty"
    assert any(packs().for_path(path) for path in case.files("before")), f"{case.id}: no file of a known language"
    assert case.text("verb") != "wrap" or case.has("change"), f"{case.id}: a wrap needs change/"


@pytest.mark.parametrize("case", cases("cleanup"), ids=by_id)
def test_cleanup_gives_the_files_and_leftovers_of_the_case(case: Case) -> None:
    before = case.files("before")
    result = cleanup_project(before, case.text("flag"), case.fixing, packs(), case.config)
    same_tree(apply_edits(before, result.edits), case.expected())
    left = Counter((leftover.path, leftover.kind) for leftover in result.leftovers)
    assert left == Counter((str(entry["path"]), str(entry["kind"])) for entry in case.tables("leftovers"))
    assert result.verdict == case.text("verdict")


@pytest.mark.parametrize("case", cases("wrap"), ids=by_id)
def test_wrap_gives_the_files_of_the_case(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from featureops.app import wrap

    root = prepared(case, tmp_path, monkeypatch)
    write_tree(root, case.files("change"))
    nested = case.spec.get("nested") == "yes"
    deps, flag = compose(root, Modes()), case.text("flag")
    answer = wrap.wrap(deps, flag=flag, nested=nested, form=case.form, apply=True)
    assert answer["verdict"] == case.text("verdict"), answer
    same_tree(tree(root), case.files("after" if case.has("after") else "change"))


@pytest.mark.parametrize("case", cases("detect"), ids=by_id)
def test_detect_finds_exactly_the_usages_of_the_case(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from featureops.app import detect

    answer = detect.usages(compose(prepared(case, tmp_path, monkeypatch), Modes()), case.text("flag"))
    found = answer["usages"]
    assert isinstance(found, list)
    fields = ("path", "line", "kind", "resolution", "shape")
    shown = sorted(tuple(usage[field] for field in fields) for usage in found if isinstance(usage, dict))
    assert shown == sorted(tuple(entry[field] for field in fields) for entry in case.tables("usages"))


def prepared(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that holds the case's files, with a state folder of its own."""
    monkeypatch.setenv("FEATUREOPS_STATE_DIR", str(folder / "state"))
    for name in ("UNLEASH_BASE_URL", "FEATUREOPS_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    root = folder / "repository"
    root.mkdir()
    if "config" in case.spec:
        (root / "featureops.toml").write_text(case.text("config"), encoding="utf-8")
    write_tree(root, case.files("before"))
    commit(root)
    return root


def tree(root: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(root.rglob("*")) if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if path.name != "featureops.toml"}


def same_tree(found: Files, wanted: Files) -> None:
    """Compared file by file: a difference then shows as text."""
    for path in sorted({*found, *wanted}):
        assert found.get(path) == wanted.get(path), path
