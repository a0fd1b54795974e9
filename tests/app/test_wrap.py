from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from featureops.adapters.git import GitChanges
from featureops.adapters.journal import FileJournal
from featureops.adapters.workspace import LocalWorkspace
from featureops.app.deps import Deps, Modes
from featureops.app.plans import apply_plan, undo
from featureops.app.wrap import idiom, wrap
from featureops.core.config import Config, Policy
from featureops.core.errors import BadArgument, Denied
from featureops.core.model import Json
from featureops.languages import packs
from tests.app.cleaning import cleanup
from tests.trees import git, repository, snapshot, write

FLAGS = b'from UnleashClient import UnleashClient\n\nclient = UnleashClient("u", "shop")\n'
RECEIPTS = b"""from shop.flags import client


def receipt(total, context):
    return "new" if client.is_enabled("new-receipt", context) else "old"
"""
PAY = b"""from shop.gateway import charge


def pay(total, context):
    \"\"\"Take the money.\"\"\"
    reference = charge(total)
    return reference
"""
GATEWAY = b"""def charge(total):
    return f"charge {total}"


def authorise(total):
    return f"hold {total}"
"""
NEW_PAY = PAY.replace(b"import charge", b"import authorise").replace(b"charge(total)", b"authorise(total)")


@pytest.fixture
def deps(tmp_path: Path) -> Deps:
    root = repository(
        tmp_path / "root",
        shop____init___dot_py=b"",
        shop__flags_dot_py=FLAGS,
        shop__receipts_dot_py=RECEIPTS,
        shop__pay_dot_py=PAY,
        shop__gateway_dot_py=GATEWAY,
        README_dot_md=b"# Shop\n",
    )
    workspace = LocalWorkspace(root)
    journal = FileJournal(tmp_path / "state", lambda: 5.0, workspace.root)
    return Deps(workspace, GitChanges(root), journal, packs(), Config(), lambda: 5.0)


def root_of(deps: Deps) -> Path:
    return Path(deps.workspace.root)


def hunks(answer: dict[str, Json]) -> list[tuple[str, str, str]]:
    found = answer["hunks"]
    assert isinstance(found, list)
    return [(str(h["path"]), str(h["outcome"]), str(h["form"])) for h in found if isinstance(h, dict)]


def reasons(answer: dict[str, Json]) -> str:
    found = answer["hunks"]
    assert isinstance(found, list)
    return " ".join(str(hunk["reason"]) for hunk in found if isinstance(hunk, dict))


# ---------------------------------------------------------------- from a diff


def test_a_change_is_previewed_then_applied_by_its_plan_and_taken_back(deps: Deps) -> None:
    write(root_of(deps), shop__pay_dot_py=NEW_PAY)
    before = snapshot(root_of(deps))
    answer = wrap(deps, flag="new-checkout")
    assert snapshot(root_of(deps)) == before
    assert (answer["verdict"], answer["applied"]) == ("complete", False)
    assert ("shop/pay.py", "wrapped", "if-else") in hunks(answer)
    assert answer["next"] == [{"tool": "apply_plan", "arguments": {"planId": answer["planId"]}}]
    apply_plan(deps, str(answer["planId"]))
    wrapped = (root_of(deps) / "shop/pay.py").read_text()
    assert 'if client.is_enabled("new-checkout", context):\n        reference = authorise(total)\n    else:' in wrapped
    assert "from shop.flags import client\n" in wrapped
    undo(deps)
    assert snapshot(root_of(deps)) == before


def test_the_same_verbs_cleanup_gives_back_the_new_code_and_the_old_code(deps: Deps) -> None:
    write(root_of(deps), shop__pay_dot_py=NEW_PAY)
    wrap(deps, flag="new-checkout", apply=True)
    cleanup(deps, flag="new-checkout", keep=True, apply=True)
    assert (root_of(deps) / "shop/pay.py").read_bytes() == NEW_PAY
    undo(deps)
    cleanup(deps, flag="new-checkout", keep=False, apply=True)
    assert (root_of(deps) / "shop/pay.py").read_bytes() == PAY


def test_the_answer_says_where_the_idiom_comes_from(deps: Deps) -> None:
    write(root_of(deps), shop__pay_dot_py=NEW_PAY)
    condition = 'client.is_enabled("new-checkout", context)'
    assert wrap(deps, flag="new-checkout")["idiom"] == [{"condition": condition, "place": "shop/receipts.py:5"}]


def test_paths_limit_what_is_wrapped(deps: Deps) -> None:
    write(root_of(deps), shop__pay_dot_py=NEW_PAY, shop__gateway_dot_py=GATEWAY.replace(b"hold", b"held"))
    answer = wrap(deps, flag="new-checkout", paths=["shop/gateway.py"])
    assert hunks(answer) == [("shop/gateway.py", "wrapped", "if-else")]
    both = wrap(deps, flag="new-checkout", paths=["shop/"])
    assert {path for path, _, _ in hunks(both)} == {"shop/gateway.py", "shop/pay.py"}


def test_a_base_other_than_head_is_compared_with(deps: Deps) -> None:
    write(root_of(deps), shop__pay_dot_py=NEW_PAY)
    git(root_of(deps), "commit", "-qam", "change")
    assert ("shop/pay.py", "wrapped", "if-else") in hunks(wrap(deps, flag="new-checkout", base="HEAD~1"))


def test_documentation_tests_and_new_files_stay_outside_with_a_reason(deps: Deps) -> None:
    write(root_of(deps), README_dot_md=b"# The shop\n", tests__test_pay_dot_py=b"def test_pay():\n    assert True\n")
    write(root_of(deps), shop__capture_dot_py=b"def capture(hold):\n    return hold\n")
    answer = wrap(deps, flag="new-checkout")
    assert (answer["verdict"], answer["planId"]) == ("complete", None)
    assert hunks(answer) == [
        ("README.md", "left", ""),
        ("shop/capture.py", "left", ""),
        ("tests/test_pay.py", "left", ""),
    ]
    for word in ("documentation", "dead until", "A test"):
        assert word in reasons(answer)


def test_what_another_file_took_away_comes_back_for_the_old_branch(deps: Deps) -> None:
    write(root_of(deps), shop__pay_dot_py=NEW_PAY, shop__gateway_dot_py=GATEWAY.partition(b"\n\n\n")[2])
    answer = wrap(deps, flag="new-checkout", apply=True)
    assert (root_of(deps) / "shop/gateway.py").read_bytes() == GATEWAY
    assert "charge put back" in reasons(answer)


def without_gateway(root: Path) -> None:
    modern = b"def authorise(total):\n    return total\n"
    write(root, shop__pay_dot_py=NEW_PAY.replace(b"shop.gateway", b"shop.modern"), shop__modern_dot_py=modern)
    (root / "shop/gateway.py").unlink()


def test_a_deleted_file_that_old_code_needs_comes_back(deps: Deps) -> None:
    whole = GATEWAY.partition(b"\n\n\n")[0] + b"\n"
    write(root_of(deps), shop__gateway_dot_py=whole)
    git(root_of(deps), "commit", "-qam", "only charge")
    without_gateway(root_of(deps))
    answer = wrap(deps, flag="new-checkout", apply=True)
    assert (root_of(deps) / "shop/gateway.py").read_bytes() == whole
    assert ("shop/gateway.py", "left", "kept") in hunks(answer)


def test_old_code_that_needs_a_deleted_file_of_which_more_would_stay_is_refused(deps: Deps) -> None:
    without_gateway(root_of(deps))
    answer = wrap(deps, flag="new-checkout")
    assert answer["verdict"] == "refused"
    assert "The old code needs charge, which the change takes away in shop/gateway.py" in reasons(answer)


def test_one_refused_place_does_not_hold_up_the_others(deps: Deps) -> None:
    write(
        root_of(deps),
        shop__pay_dot_py=NEW_PAY,
        shop__gateway_dot_py=GATEWAY.replace(b"def authorise(total)", b"def authorise(total, key)"),
    )
    answer = wrap(deps, flag="new-checkout")
    assert answer["verdict"] == "partial"
    assert "add a parameter with a default" in reasons(answer)
    assert str(answer["message"]).count("shop/gateway.py:5") == 1


def test_a_syntax_error_is_refused_with_its_line(deps: Deps) -> None:
    write(root_of(deps), shop__pay_dot_py=PAY + b"\n\ndef broken(:\n    pass\n")
    answer = wrap(deps, flag="new-checkout")
    assert (answer["verdict"], answer["planId"]) == ("refused", None)
    assert "syntax error in line 10" in reasons(answer)


def test_where_the_repository_asks_for_no_flag_a_module_makes_the_client(tmp_path: Path) -> None:
    root = repository(tmp_path / "root", app_dot_py=b"def f():\n    return 1\n")
    workspace = LocalWorkspace(root)
    journal = FileJournal(tmp_path / "state", lambda: 5.0, workspace.root)
    deps = Deps(workspace, GitChanges(root), journal, packs(), Config(), lambda: 5.0)
    write(root, app_dot_py=b"def f():\n    return 2\n")
    answer = wrap(deps, flag="new-answer", apply=True)
    assert answer["install"] == ["UnleashClient"]
    assert (root / "feature_flags.py").is_file()
    cleanup(deps, flag="new-answer", keep=True, apply=True)
    assert (root / "app.py").read_bytes() == b"def f():\n    return 2\n"


# ---------------------------------------------------------------- lines


def test_a_range_of_lines_is_widened_to_whole_statements(deps: Deps) -> None:
    told = PAY.replace(b"    return", b"    print(\n        reference\n    )\n    return")
    write(root_of(deps), shop__pay_dot_py=told)
    git(root_of(deps), "commit", "-qam", "tell")
    answer = wrap(deps, flag="new-checkout", paths=["shop/pay.py"], lines=(8, 8), apply=True)
    assert hunks(answer) == [("shop/pay.py", "wrapped", "if")]
    assert "Lines 7 to 9" in reasons(answer)
    text = (root_of(deps) / "shop/pay.py").read_text()
    assert (
        '    if client.is_enabled("new-checkout", context):\n        print(\n            reference\n        )\n' in text
    )
    cleanup(deps, flag="new-checkout", keep=True, apply=True)
    assert (root_of(deps) / "shop/pay.py").read_bytes() == told


def test_lines_that_later_code_depends_on_are_refused_by_name(deps: Deps) -> None:
    answer = wrap(deps, flag="new-checkout", paths=["shop/pay.py"], lines=(6, 6))
    assert (answer["verdict"], answer["planId"]) == ("refused", None)
    assert "These lines set reference" in reasons(answer)


@pytest.mark.parametrize(
    ("off", "otherwise"),
    [
        ("nothing", ""),
        ("keep", "    else:\n        reference = charge(total)\n        return reference\n"),
        ("raise", '    else:\n        raise RuntimeError("not enabled")\n'),
    ],
)
def test_a_function_is_named_instead_of_lines_and_something_else_may_run_when_it_is_off(
    deps: Deps, off: Literal["nothing", "keep", "raise"], otherwise: str
) -> None:
    wrap(deps, flag="new-checkout", paths=["shop/pay.py"], lines="pay", off=off, apply=True)
    text = (root_of(deps) / "shop/pay.py").read_text()
    inside = "        reference = charge(total)\n        return reference\n"
    head = '    """Take the money."""\n    if client.is_enabled("new-checkout", context):\n'
    assert text.endswith(f"{head}{inside}{otherwise}")
    cleanup(deps, flag="new-checkout", keep=True, apply=True)
    assert (root_of(deps) / "shop/pay.py").read_bytes() == PAY


@pytest.mark.parametrize(("name", "words"), [("refund", "no function refund"), ("Till.pay", "no function Till.pay")])
def test_a_function_that_is_not_there_is_a_bad_argument(deps: Deps, name: str, words: str) -> None:
    with pytest.raises(BadArgument, match=words):
        wrap(deps, flag="new-checkout", paths=["shop/pay.py"], lines=name)


def test_functions_of_one_name_are_told_apart_by_their_class(deps: Deps) -> None:
    two = b"class A:\n    def go(self):\n        one()\n\n\nclass B:\n    def go(self):\n        two()\n"
    write(root_of(deps), shop__both_dot_py=two)
    with pytest.raises(BadArgument, match="2 functions go, in lines 2, 7"):
        wrap(deps, flag="new-checkout", paths=["shop/both.py"], lines="go")
    answer = wrap(deps, flag="new-checkout", paths=["shop/both.py"], lines="B.go")
    assert "+            two()" in str(answer["diff"])


@pytest.mark.parametrize(("lines", "words"), [((99, 99), "has 7 lines"), ((2, 3), "are blank")])
def test_lines_that_hold_no_code_are_a_bad_argument(deps: Deps, lines: tuple[int, int], words: str) -> None:
    with pytest.raises(BadArgument, match=words):
        wrap(deps, flag="new-checkout", paths=["shop/pay.py"], lines=lines)


# ---------------------------------------------------------------- bad input


def test_a_clean_tree_says_what_to_do_instead(deps: Deps) -> None:
    with pytest.raises(BadArgument, match="Nothing differs from HEAD") as error:
        wrap(deps, flag="new-checkout")
    assert "startLine" in error.value.hint


def test_an_unchanged_path_names_the_changed_ones(deps: Deps) -> None:
    write(root_of(deps), shop__pay_dot_py=NEW_PAY)
    with pytest.raises(BadArgument, match=r"shop/flags\.py is the same") as error:
        wrap(deps, flag="new-checkout", paths=["shop/flags.py"])
    assert "shop/pay.py" in error.value.hint


@pytest.mark.parametrize("flag", ["", "new checkout", "New"])
def test_a_name_that_the_policy_forbids_is_a_bad_argument(deps: Deps, flag: str) -> None:
    strict = replace(deps, config=Config(policy=Policy(naming="^[a-z0-9]+(-[a-z0-9]+)+$")))
    with pytest.raises(BadArgument):
        wrap(strict, flag=flag)


def test_a_read_only_server_previews_and_does_not_apply(deps: Deps) -> None:
    write(root_of(deps), shop__pay_dot_py=NEW_PAY)
    before = snapshot(root_of(deps))
    guarded = replace(deps, modes=Modes(read_only=True))
    assert wrap(guarded, flag="new-checkout")["verdict"] == "complete"
    with pytest.raises(Denied):
        wrap(guarded, flag="new-checkout", apply=True)
    assert snapshot(root_of(deps)) == before


# ---------------------------------------------------------------- the idiom


def test_the_idiom_is_the_repositorys_own_with_the_import_for_the_file(deps: Deps) -> None:
    answer = idiom(deps, flag="new-checkout", file_name="shop/pay.py")
    assert answer["repositoryIdiom"] == {
        "place": "shop/receipts.py:5",
        "import": "from shop.flags import client",
        "condition": 'client.is_enabled("new-checkout", context)',
    }
    assert len(str(answer)) <= 4000


def test_every_language_has_templates_that_name_the_flag(deps: Deps) -> None:
    for pack in packs().languages:
        answer = idiom(deps, flag="new-checkout", language=pack.id)
        templates = answer["templates"]
        assert isinstance(templates, list)
        assert templates
        assert all("new-checkout" in str(template) for template in templates)
        assert answer["recommendedTemplate"] == templates[0]


def test_an_unknown_language_is_a_bad_argument_that_lists_the_known_ones(deps: Deps) -> None:
    with pytest.raises(BadArgument, match="cobol") as error:
        idiom(deps, flag="new-checkout", language="cobol")
    assert packs().languages[0].id in error.value.hint


def test_a_file_with_both_sides_of_a_merge_is_refused(deps: Deps) -> None:
    root = root_of(deps)
    git(root, "checkout", "-q", "-b", "other")
    write(root, shop__gateway_dot_py=GATEWAY.replace(b"hold", b"keep"))
    git(root, "commit", "-qam", "one")
    git(root, "checkout", "-q", "-")
    write(root, shop__gateway_dot_py=GATEWAY.replace(b"hold", b"take"))
    git(root, "commit", "-qam", "two")
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "-q", "other")
    answer = wrap(deps, flag="new-checkout")
    assert answer["verdict"] == "refused"
    assert "finish the merge" in reasons(answer)
