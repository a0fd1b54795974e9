"""The verb cleanup on a real tree: previews, writes, checks with a command, takes back, refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from featureops.adapters.git import GitChanges
from featureops.adapters.journal import FileJournal
from featureops.adapters.runner import ShellRunner
from featureops.adapters.settings import load_settings
from featureops.adapters.workspace import LocalWorkspace
from featureops.app.cleanup import fixing_of
from featureops.app.deps import Deps, Modes
from featureops.app.plans import apply_plan, undo
from featureops.core.config import Config, Policy
from featureops.core.errors import BadArgument, Denied, MovedOn, OutsideWorkspace, UnknownFlag
from featureops.core.model import Json
from featureops.languages import packs
from tests.app.cleaning import cleanup
from tests.trees import repository, snapshot

FLAGS = b'from UnleashClient import UnleashClient\n\nclient = UnleashClient("u", "shop")\n'
PAY = b"""from shop.flags import client
from shop import legacy


def pay(total):
    if client.is_enabled("new-pay"):
        return total + 1
    return legacy.pay(total)


def receipt(total):
    return client.is_enabled("new-receipt") and total
"""
RUNNER = ShellRunner(lambda _: None)
CLEAN = b"""from shop.flags import client


def pay(total):
    return total + 1


def receipt(total):
    return client.is_enabled("new-receipt") and total
"""
OTHER = b"""from shop.flags import client


def banner():
    return "x" if client.is_enabled("new-pay") else ""
"""


@pytest.fixture
def deps(tmp_path: Path) -> Deps:
    root = repository(
        tmp_path / "root",
        shop____init___dot_py=b"",
        shop__flags_dot_py=FLAGS,
        shop__pay_dot_py=PAY,
        shop__other_dot_py=OTHER,
        shop__legacy_dot_py=b"def pay(total):\n    return total\n",
        NOTES_dot_md=b"The flag new-pay is on.\n",
    )
    workspace = LocalWorkspace(root)
    journal = FileJournal(tmp_path / "state", lambda: 5.0, workspace.root)
    return Deps(workspace, GitChanges(root), journal, packs(), Config(), lambda: 5.0, runner=RUNNER)


def root_of(deps: Deps) -> Path:
    return Path(deps.workspace.root)


def test_a_preview_shows_the_whole_change_and_writes_nothing(deps: Deps) -> None:
    before = snapshot(root_of(deps))
    answer = cleanup(deps, flag="new-pay", keep=True)
    assert (answer["verdict"], answer["applied"], answer["preservePath"]) == ("complete", False, "enabled")
    assert answer["files"] == [
        {"path": "shop/legacy.py", "action": "deleted", "reads": 0, "insertions": 0, "deletions": 2},
        {"path": "shop/other.py", "action": "edited", "reads": 1, "insertions": 1, "deletions": 4},
        {"path": "shop/pay.py", "action": "edited", "reads": 1, "insertions": 1, "deletions": 4},
    ]
    assert [item["path"] for item in answer["leftovers"]] == ["NOTES.md"]  # type: ignore[index, call-overload, union-attr]
    assert "-    if client.is_enabled" in str(answer["diff"])
    assert snapshot(root_of(deps)) == before


def test_the_plan_of_a_preview_is_applied_as_it_was_shown_and_taken_back(deps: Deps) -> None:
    before = snapshot(root_of(deps))
    answer = cleanup(deps, flag="new-pay", keep=True)
    assert answer["next"] == [{"tool": "apply_plan", "arguments": {"planId": answer["planId"]}}]
    apply_plan(deps, str(answer["planId"]))
    assert (root_of(deps) / "shop/pay.py").read_bytes() == CLEAN
    assert not (root_of(deps) / "shop/legacy.py").exists()
    undo(deps)
    assert snapshot(root_of(deps)) == before


def test_a_file_that_moved_on_since_the_preview_is_not_overwritten(deps: Deps) -> None:
    answer = cleanup(deps, flag="new-pay", keep=True)
    (root_of(deps) / "shop/pay.py").write_bytes(PAY + b"\n# mine\n")
    before = snapshot(root_of(deps))
    with pytest.raises(MovedOn):
        apply_plan(deps, str(answer["planId"]))
    assert snapshot(root_of(deps)) == before


def test_a_passing_command_keeps_the_change(deps: Deps) -> None:
    answer = cleanup(deps, flag="new-pay", keep=True, apply=True, verify="grep -q 'total + 1' shop/pay.py")
    assert answer["applied"] is True
    assert (root_of(deps) / "shop/pay.py").read_bytes() == CLEAN


def test_a_failing_command_takes_the_change_back(deps: Deps) -> None:
    before = snapshot(root_of(deps))
    answer = cleanup(deps, flag="new-pay", keep=True, apply=True, verify="echo broken; exit 3")
    assert (answer["applied"], answer["verdict"]) == (False, "refused")
    verified = answer["verify"]
    assert isinstance(verified, dict)
    assert (verified["exitCode"], verified["output"]) == (3, "broken\n")
    assert snapshot(root_of(deps)) == before


def test_named_files_alone_are_edited(deps: Deps) -> None:
    answer = cleanup(deps, flag="new-pay", keep=False, files=["shop/other.py"], apply=True)
    assert answer["applied"] is True
    assert (root_of(deps) / "shop/pay.py").read_bytes() == PAY
    assert b"is_enabled" not in (root_of(deps) / "shop/other.py").read_bytes()


def test_a_flag_that_nothing_names_is_an_error_with_the_nearest_name(deps: Deps) -> None:
    with pytest.raises(UnknownFlag) as caught:
        cleanup(deps, flag="new-pya", keep=True)
    assert "new-pay" in caught.value.hint


@pytest.mark.parametrize("name", ["", "   "])
def test_a_flag_needs_a_name(deps: Deps, name: str) -> None:
    with pytest.raises(BadArgument):
        cleanup(deps, flag=name, keep=True)


def test_a_file_outside_the_root_is_refused(deps: Deps) -> None:
    with pytest.raises(OutsideWorkspace):
        cleanup(deps, flag="new-pay", keep=True, files=["../secret.py"])


def test_a_protected_flag_is_left_alone_unless_a_person_insists(deps: Deps) -> None:
    guarded = replace(deps, config=Config(policy=Policy(protected=("new-pay",))))
    with pytest.raises(Denied):
        cleanup(guarded, flag="new-pay", keep=True)
    assert cleanup(guarded, flag="new-pay", keep=True, unprotect=True)["verdict"] == "complete"


def test_read_only_previews_and_refuses_to_write(deps: Deps) -> None:
    before = snapshot(root_of(deps))
    locked = replace(deps, modes=Modes(read_only=True))
    assert cleanup(locked, flag="new-pay", keep=True)["verdict"] == "complete"
    with pytest.raises(Denied):
        cleanup(locked, flag="new-pay", keep=True, apply=True)
    assert snapshot(root_of(deps)) == before


def test_a_dry_run_says_that_nothing_was_written(deps: Deps) -> None:
    before = snapshot(root_of(deps))
    answer = cleanup(replace(deps, modes=Modes(dry_run=True)), flag="new-pay", keep=True, apply=True)
    assert answer["applied"] is False
    assert snapshot(root_of(deps)) == before


def test_a_command_without_a_write_makes_no_sense(deps: Deps) -> None:
    with pytest.raises(BadArgument):
        cleanup(deps, flag="new-pay", keep=True, verify="true")


COLOURS = b"""from openfeature import api
from UnleashClient import UnleashClient

client = api.get_client()
unleash = UnleashClient()


def paint():
    return show(client.get_string_value("link-colour", "red"))


def button():
    return show(unleash.get_variant("button-colour")["name"] == "blue")


def size():
    return 1 if unleash.is_enabled("new-size") else 2
"""


@pytest.fixture
def colours(tmp_path: Path) -> Deps:
    root = repository(tmp_path / "root", paint_dot_py=COLOURS)
    journal = FileJournal(tmp_path / "state", lambda: 5.0, str(root))
    return Deps(LocalWorkspace(root), GitChanges(root), journal, packs(), Config(), lambda: 5.0)


def test_a_variant_is_kept_by_its_name(colours: Deps) -> None:
    fixing = fixing_of(None, "blue", None)
    assert fixing is not None
    answer = cleanup(colours, flag="button-colour", keep=fixing, apply=True)
    assert (answer["verdict"], answer["preservePath"], answer["variant"]) == ("complete", "enabled", "blue")
    assert answer["message"] == "Removed button-colour, kept variant blue: 1 read in 1 file."
    assert b"def button():\n    return show(True)\n" in (root_of(colours) / "paint.py").read_bytes()


def test_a_value_is_put_in(colours: Deps) -> None:
    fixing = fixing_of(None, None, "green")
    assert fixing is not None
    answer = cleanup(colours, flag="link-colour", keep=fixing, apply=True)
    assert (answer["verdict"], answer["preservePath"], answer["value"]) == ("complete", "enabled", "green")
    assert b'def paint():\n    return show("green")\n' in (root_of(colours) / "paint.py").read_bytes()


def test_keeping_it_enabled_says_what_variants_and_values_need(colours: Deps) -> None:
    for flag, option in (("button-colour", "--variant NAME"), ("link-colour", "--value JSON")):
        answer = cleanup(colours, flag=flag, keep=True)
        assert answer["verdict"] == "refused"
        assert option in str(answer["leftovers"])


@pytest.mark.parametrize(
    ("flag", "variant", "value", "message", "hint"),
    [
        ("new-size", "blue", None, "reads 'new-size' as boolean only: no read gives a variant", "--keep enabled"),
        ("new-size", None, "blue", "reads 'new-size' as boolean only: no read gives a string", "--keep enabled"),
        ("link-colour", "blue", None, "reads 'link-colour' as string only: no read gives a variant", "--value JSON"),
        ("link-colour", None, 3, "reads 'link-colour' as string only: no read gives a number", "--value JSON"),
        ("button-colour", None, "blue", "reads 'button-colour' as variant only", "--variant NAME"),
    ],
)
def test_what_no_read_gives_is_an_error(
    colours: Deps, flag: str, variant: str | None, value: Json, message: str, hint: str
) -> None:
    fixing = fixing_of(None, variant, value)
    assert fixing is not None
    with pytest.raises(BadArgument) as error:
        cleanup(colours, flag=flag, keep=fixing)
    assert message in error.value.message
    assert hint in str(error.value.hint)


@pytest.mark.parametrize(
    ("keep", "variant", "value"), [("enabled", "blue", None), ("enabled", None, 1), (None, "a", "b"), (None, " ", None)]
)
def test_only_one_thing_stays(keep: str | None, variant: str | None, value: Json) -> None:
    with pytest.raises(BadArgument):
        fixing_of(keep, variant, value)


def test_a_boolean_value_is_the_path_that_stays(colours: Deps) -> None:
    fixing = fixing_of(None, None, False)
    assert fixing is not None
    assert cleanup(colours, flag="new-size", keep=fixing)["verdict"] == "complete"


def test_the_configuration_that_names_a_function_does_not_keep_it(tmp_path: Path) -> None:
    flags = b"def pays_new(user):\n    return user.beta\n"
    pay = b"from flags import pays_new\n\n\ndef pay(user):\n    return 1 if pays_new(user) else 2\n"
    config = b'[[reads]]\ncall = "pays_new"\nname = "new-pay"\n'
    root = repository(tmp_path / "root", flags_dot_py=flags, pay_dot_py=pay, featureops_dot_toml=config)
    workspace = LocalWorkspace(root)
    journal = FileJournal(tmp_path / "state", lambda: 5.0, workspace.root)
    settings = load_settings(root, {"HOME": str(tmp_path)})
    deps = Deps(workspace, GitChanges(root), journal, packs(), settings.config, lambda: 5.0, runner=RUNNER)
    cleanup(deps, flag="new-pay", keep=True, apply=True)
    assert (root / "pay.py").read_bytes() == b"def pay(user):\n    return 1\n"
    assert not (root / "flags.py").exists()
