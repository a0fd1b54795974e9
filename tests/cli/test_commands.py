"""The commands on real repositories: answers, files, exit codes, in JSON and in words."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from featureops import __version__
from featureops.cli.commands import run
from featureops.core.model import Json
from tests.server.talk import repository
from tests.wire import child_environment

FLAGS = """from UnleashClient import UnleashClient

client = UnleashClient(url="http://127.0.0.1/api", app_name="shop")
"""
OLD = """from shop.flags import client


def receipt(order):
    if client.is_enabled("new-receipt"):
        return f"Receipt for {order}"
    return "receipt"


def pay(order, amount):
    print("paying", order)
    fee = amount * 0.02
    charge(order, amount + fee)
    return "paid"


def charge(order, total):
    print("charging", order, total)
"""
NEW = OLD.replace("    fee = amount * 0.02\n", "    fee = amount * 0.03 + 1\n    authorize(order)\n")


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Json]:
        assert self.out.count("\n") == 1, "exactly one line"
        return cast("dict[str, Json]", json.loads(self.out))

    @property
    def error(self) -> dict[str, str]:
        return cast("dict[str, dict[str, str]]", self.json)["error"]


Run = Callable[..., Ran]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FEATUREOPS_STATE_DIR", str(tmp_path / "state"))
    return repository(tmp_path / "repo", {"shop/flags.py": FLAGS, "shop/pay.py": OLD})


@pytest.fixture
def featureops(root: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run([*arguments, "--root", str(root)])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return command


@pytest.fixture
def pay(root: Path) -> Path:
    return root / "shop" / "pay.py"


def process(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "featureops", *arguments],
        cwd=root,
        env=child_environment(root.parent),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


# ---------------------------------------------------------------- code verbs


def test_evaluate_assesses_the_change_in_words_and_in_json(featureops: Run, pay: Path) -> None:
    pay.write_text(NEW)
    answer = featureops("evaluate", "--json")
    assert (answer.code, answer.json["needsFlag"]) == (0, True)
    words = featureops("evaluate")
    assert words.code == 0
    assert words.out.startswith("Put this behind a flag")
    assert "shop/pay.py:" in words.out
    assert "Next: featureops call create_flag" in words.out


def test_evaluate_without_a_change_is_fine(featureops: Run) -> None:
    assert featureops("evaluate").out.startswith("No flag needed")


def test_detect_lists_all_flags_one_flag_or_those_that_fit(featureops: Run) -> None:
    inventory = featureops("detect", "--json").json
    assert [cast("dict[str, Json]", row)["flagName"] for row in cast("list[Json]", inventory["flags"])] == [
        "new-receipt"
    ]
    assert "new-receipt" in featureops("detect").out
    assert "Flags with a similar name: new-receipt" in featureops("detect", "--flag", "newreceipt").out
    usages = featureops("detect", "--flag", "new-receipt")
    assert "shop/pay.py:5" in usages.out
    assert "1 usage of new-receipt" in usages.out
    assert "new-receipt" in featureops("detect", "print", "the", "receipt").out


def test_detect_says_what_guards_a_line(featureops: Run) -> None:
    answer = featureops("detect", "shop/pay.py:6", "--guards", "--json").json
    guard: dict[str, Json] = {"flagName": "new-receipt", "branch": "enabled", "askedAt": 5, "through": ""}
    assert answer["guards"] == [{"path": "shop/pay.py", "line": 6, "endLine": 6, "guards": [guard]}]
    assert (
        "only when new-receipt is disabled (asked on line 5)" in featureops("detect", "shop/pay.py:7", "--guards").out
    )
    assert "no flag guards it" in featureops("detect", "shop/pay.py:12", "--guards").out


def test_a_client_asks_for_guards_by_naming_a_line_among_the_files(featureops: Run) -> None:
    asked = featureops("call", "detect_flag", '{"files": ["shop/pay.py:6"]}').json
    rows = cast("list[dict[str, Json]]", asked["guards"])
    assert [cast("list[dict[str, Json]]", row["guards"])[0]["flagName"] for row in rows] == ["new-receipt"]
    assert "flags" not in asked
    both = featureops("call", "detect_flag", '{"flagName": "new-receipt", "files": ["shop/pay.py:12"]}').json
    assert (len(cast("list[Json]", both["usages"])), len(cast("list[Json]", both["guards"]))) == (1, 1)


@pytest.mark.parametrize("place", ["shop/pay.py", "shop/pay.py:999", "shop/none.py:1", "shop/pay.py:0"])
def test_a_place_that_is_none_is_told(place: str, featureops: Run) -> None:
    ran = featureops("detect", place, "--guards", "--json")
    assert (ran.code, ran.error["code"]) == (2, "BAD_ARGUMENT")


def test_detect_and_health_answer_about_many_roots_at_once(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = repository(tmp_path / "other", {"shop/flags.py": FLAGS, "shop/pay.py": OLD.replace("new-receipt", "b")})
    third = repository(tmp_path / "third", {"shop/flags.py": FLAGS, "shop/pay.py": OLD})

    def ask(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run([*arguments, "--root", str(root), "--root", str(other), "--root", str(third)])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    ran = ask("detect", "--json")
    flags = cast("list[dict[str, Json]]", ran.json["flags"])
    shown = [(row["flagName"], row["usages"], row["files"], row["roots"]) for row in flags]
    assert shown == [("b", 1, 1, [str(other)]), ("new-receipt", 2, 2, [str(root), str(third)])]
    assert (ran.code, ran.json["filesScanned"], "errors" in ran.json) == (0, 6, False)
    usages = cast("list[dict[str, Json]]", ask("detect", "--flag", "new-receipt", "--json").json["usages"])
    assert [(row["root"], row["path"], row["line"]) for row in usages] == [
        (str(root), "shop/pay.py", 5),
        (str(third), "shop/pay.py", 5),
    ]
    assert f"{other}/shop/pay.py:5" in ask("detect", "--flag", "b").out
    found = cast("list[dict[str, Json]]", ask("detect", "receipt", "--json").json["candidates"])
    assert {row["root"] for row in found} == {str(root), str(other), str(third)}
    health = ask("health", "--json").json
    rows = cast("list[dict[str, Json]]", health["flags"])
    assert [(row["flagName"], row["usages"]) for row in rows] == [("b", 1), ("new-receipt", 2)]


@pytest.mark.usefixtures("root")
def test_a_root_that_fails_hides_nothing_of_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "roots.txt").write_text("# ours\nrepo\n\nmissing\nrepo/../repo\n", encoding="utf-8")

    def ask(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run([*arguments, "--roots-file", str(tmp_path / "roots.txt")])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    for verb in ("detect", "health"):
        ran = ask(verb, "--json")
        errors = cast("list[dict[str, Json]]", ran.json["errors"])
        assert [(error["root"], error["code"]) for error in errors] == [(str(tmp_path / "missing"), "BAD_ARGUMENT")]
        assert [row["flagName"] for row in cast("list[dict[str, Json]]", ran.json["flags"])] == ["new-receipt"]
        assert ran.code == 3
    assert "missing" in ask("detect").out


@pytest.mark.parametrize("content", ["", "# nothing\n", "missing\ngone\n", None])
def test_roots_of_which_none_can_be_read_are_an_error(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "roots.txt"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    code = run(["detect", "--roots-file", str(file), "--json"])
    assert (code, '"BAD_ARGUMENT"' in capsys.readouterr().out) == (2, True)


def test_wrap_shows_the_diff_and_apply_writes_it(featureops: Run, pay: Path) -> None:
    pay.write_text(NEW)
    shown = featureops("wrap", "shop/pay.py", "--flag", "new-fee", "--from-diff")
    assert shown.code == 0
    assert '+    if client.is_enabled("new-fee"):' in shown.out
    assert pay.read_text() == NEW
    plan = shown.out.rpartition("featureops apply ")[2].split()[0]
    assert featureops("apply", plan).code == 0
    assert 'client.is_enabled("new-fee")' in pay.read_text()
    assert featureops("undo").code == 0
    assert pay.read_text() == NEW


def test_wrap_takes_lines_after_the_path(featureops: Run, pay: Path) -> None:
    assert featureops("wrap", "shop/pay.py:11", "--flag", "new-fee", "--apply").code == 0
    assert '    if client.is_enabled("new-fee"):\n        print("paying", order)\n' in pay.read_text()


def test_a_path_may_be_typed_from_where_one_stands(featureops: Run, pay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pay.parent)
    for typed in ("pay.py:11", str(pay) + ":11"):
        answer = featureops("wrap", typed, "--flag", "new-fee", "--json").json
        assert cast("list[dict[str, Json]]", answer["files"])[0]["path"] == "shop/pay.py"


def test_cleanup_removes_the_flag_and_keeps_what_was_asked(featureops: Run, pay: Path) -> None:
    answer = featureops("cleanup", "new-receipt", "--keep", "enabled", "--apply", "--json")
    assert (answer.code, answer.json["verdict"]) == (0, "complete")
    assert "is_enabled" not in pay.read_text()
    assert 'return f"Receipt for {order}"' in pay.read_text()
    assert featureops("undo").code == 0
    assert pay.read_text() == OLD


def test_a_cleanup_whose_verification_fails_is_taken_back(featureops: Run, pay: Path) -> None:
    failed = featureops("cleanup", "new-receipt", "--keep", "enabled", "--apply", "--verify", "exit 1", "--json")
    assert failed.code == 3
    assert pay.read_text() == OLD


def test_a_flag_that_nobody_uses_is_refused_with_3(featureops: Run) -> None:
    answer = featureops("cleanup", "nothing-like-it", "--keep", "enabled")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.startswith("error: ")
    assert featureops("cleanup", "nothing-like-it", "--keep", "enabled", "--json").error["code"] == "UNKNOWN_FLAG"


def test_health_names_the_flags_that_only_the_code_knows(featureops: Run) -> None:
    assert featureops("health").code == 0
    row = cast("list[dict[str, Json]]", featureops("health", "--json").json["flags"])[0]
    assert (row["flagName"], row["verdict"]) == ("new-receipt", "ghost")


# ---------------------------------------------------------------- call


def test_call_goes_the_way_of_a_client_and_answers_json(featureops: Run) -> None:
    created = featureops("call", "create_flag", '{"name": "new-fee", "type": "release", "description": "d"}')
    assert (created.code, created.json["success"]) == (0, True)
    listed = featureops("call", "list_flags")
    assert [flag["name"] for flag in cast("list[dict[str, Json]]", listed.json["flags"])] == ["new-fee"]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("list_flag",), 2, "UNKNOWN_TOOL"),
        (("list_flags", '{"limit": "5"}'), 2, "BAD_ARGUMENT"),
        (("list_flags", "{"), 2, "BAD_ARGUMENT"),
        (("list_flags", "[]"), 2, "BAD_ARGUMENT"),
        (("get_flag_state", '{"featureName": "nothing"}'), 3, "UNKNOWN_FLAG"),
    ],
)
def test_a_failed_call_has_the_exit_code_of_its_error(
    arguments: tuple[str, ...], exit_code: int, code: str, featureops: Run
) -> None:
    answer = featureops("call", *arguments, "--json")
    assert (answer.code, answer.error["code"]) == (exit_code, code)


def test_a_write_that_waits_for_a_yes_has_exit_code_3(featureops: Run, root: Path) -> None:
    (root / "featureops.toml").write_text('[policy]\nconfirm = ["production"]\n')
    featureops("call", "create_flag", '{"name": "new-fee", "type": "release", "description": "d"}')
    toggle: dict[str, Json] = {"featureName": "new-fee", "environment": "production", "enabled": True}
    asked = featureops("call", "toggle_flag_environment", json.dumps(toggle))
    assert (asked.code, asked.json["requiresConfirmation"]) == (3, True)
    # Another process is asked: the token is bound to the change, not to who made it.
    again = featureops("call", "toggle_flag_environment", json.dumps({**toggle, "confirm": asked.json["confirm"]}))
    assert (again.code, again.json["enabled"]) == (0, True)


# ---------------------------------------------------------------- usage and configuration


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("cleanup", "a"),
        ("cleanup", "a", "--keep", "on"),
        ("cleanup", "a", "--keep", "enabled", "--variant", "b"),
        ("cleanup", "a", "--variant", "b", "--value", "1"),
        ("cleanup", "a", "--value", "blue"),
        ("cleanup", "a", "--value", "null"),
        ("wrap", "shop/pay.py"),
        ("wrap", "--flag", "a"),
        ("wrap", "shop/pay.py:9-3", "--flag", "a"),
        ("wrap", "shop/pay.py:1-3", "--flag", "a", "--from-diff"),
        ("detect", "words", "--flag", "a"),
        ("evaluate", "--base", "no-such-ref"),
        ("apply", "nothing"),
        ("backend", "serve", "--port", "70000"),
        ("backend", "serve", "--environment", "nowhere"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_has_exit_code_2_and_one_error(arguments: tuple[str, ...], featureops: Run) -> None:
    answer = featureops(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: ")
    error = featureops(*arguments, "--json").error
    assert set(error) == {"code", "message", "hint"}
    assert error["message"]


def test_a_configuration_that_is_wrong_is_told_by_every_command(featureops: Run, root: Path) -> None:
    (root / "featureops.toml").write_text('[backend]\nkind = "embeded"\n')
    for command in (("detect",), ("health",), ("evaluate",)):
        answer = featureops(*command, "--json")
        assert (answer.code, answer.error["code"]) == (2, "BAD_CONFIGURATION")


def test_a_root_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["detect", "--root", str(tmp_path / "nowhere"), "--json"]) == 2
    assert "nowhere" in json.loads(capsys.readouterr().out)["error"]["message"]


# ---------------------------------------------------------------- doctor


def test_doctor_finds_nothing_wrong_in_a_good_place(featureops: Run) -> None:
    answer = featureops("doctor", "--json")
    assert answer.json["ok"] is True, answer.out
    assert answer.code == 0
    words = featureops("doctor")
    assert words.out.count("ok ") == len(cast("list[Json]", answer.json["checks"]))


def test_doctor_says_what_is_wrong_and_how_to_mend_it(
    featureops: Run, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "featureops.toml").write_text("[backend\n")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FEATUREOPS_STATE_DIR", str(tmp_path / "file" / "state"))
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = featureops("doctor", "--json")
    assert answer.code == 2
    checks = {cast("str", check["name"]): check for check in cast("list[dict[str, Json]]", answer.json["checks"])}
    wrong = {name for name, check in checks.items() if not check["ok"]}
    assert wrong == {"git", "repository", "configuration", "state folder", "backend"}
    assert all(checks[name]["mend"] for name in wrong)
    assert "WRONG git" in featureops("doctor").out


# ---------------------------------------------------------------- as processes


def test_the_version_is_said_on_stdout(root: Path) -> None:
    done = process(root, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"featureops {__version__}\n", "")


def test_a_pipe_gets_no_colour(root: Path) -> None:
    done = process(root, "cleanup", "new-receipt", "--keep", "disabled")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    assert "-    if client.is_enabled" in done.stdout


def test_a_terminal_gets_a_coloured_diff_unless_no_color_is_set(root: Path) -> None:
    assert b"\x1b[32m" in on_a_terminal(root, {"TERM": "xterm-256color"})
    assert b"\x1b[32m" not in on_a_terminal(root, {"TERM": "xterm-256color", "NO_COLOR": "1"})


def on_a_terminal(root: Path, environment: dict[str, str]) -> bytes:
    leader, follower = os.openpty()
    kept = {name: value for name, value in child_environment(root.parent).items() if name != "NO_COLOR"}
    with subprocess.Popen(
        [sys.executable, "-m", "featureops", "wrap", "shop/pay.py:11", "--flag", "new-fee"],
        cwd=root,
        env={**kept, **environment},
        stdout=follower,
        stderr=subprocess.DEVNULL,
    ) as child:
        os.close(follower)
        output = b""
        while part := read_or_end(leader):
            output += part
        assert child.wait(timeout=30) == 0
    os.close(leader)
    return output


def read_or_end(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux tells that the other end of a terminal is closed
        return b""


def test_a_reader_that_leaves_early_is_no_error(root: Path) -> None:
    reads = "".join(f'client.is_enabled("flag-{number}")\n' for number in range(3000))
    (root / "many.py").write_text("from shop.flags import client\n" + reads)
    with subprocess.Popen(
        [sys.executable, "-m", "featureops", "detect"],
        cwd=root,
        env=child_environment(root.parent),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr is not None
        assert b"Traceback" not in child.stderr.read()


def test_backend_serve_announces_itself_in_one_json_line_and_ends_on_a_signal(root: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "featureops", "backend", "serve", "--port", "0", "--environment", "production"],
        cwd=root,
        env=child_environment(root.parent),
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        announced = json.loads(child.stdout.readline())
        assert announced["url"].startswith("http://127.0.0.1:")
        assert "production" in announced["token"]
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=20) == 0


def test_what_a_crash_left_is_told_on_stderr_by_the_next_command_that_writes(root: Path) -> None:
    """A process that dies between its renames leaves a started change: the next writing command mends it."""
    killed = subprocess.run(
        [sys.executable, "-c", CRASHING, str(root), str(root.parent / "state")],
        env=child_environment(root.parent),
        check=False,
        capture_output=True,
        text=True,
    )
    assert killed.returncode == 9, killed.stderr
    done = process(root, "undo")
    assert done.stderr.startswith("featureops: ")
    contents = (root / "shop" / "pay.py").read_text(), (root / "shop" / "flags.py").read_text()
    assert contents == (OLD, FLAGS)
    assert not list(root.rglob(".featureops-*"))


CRASHING = """
import os, sys, time
from pathlib import Path
from featureops.adapters.journal import FileJournal
from featureops.app.deps import Modes
from featureops.app.plans import new_plan
from featureops.cli.compose import compose
from featureops.core.model import FileEdit

root, state = Path(sys.argv[1]), Path(sys.argv[2])
deps = compose(root, Modes())
paths = ["shop/flags.py", "shop/pay.py"]
edits = [FileEdit(path, (root / path).read_bytes(), b"new\\n") for path in paths]
plan = new_plan(deps, "wrap", "two files", edits, {}, {})
seen = []

def die(step):
    seen.append(step)
    if "rename" in step:
        os._exit(9)

FileJournal(state, time.time, root, step=die).apply(plan)
sys.exit(f"no step was a rename: {seen}")
"""


def test_a_cleanup_starts_without_what_checks_and_draws(root: Path) -> None:
    """Both take longer to import than a small cleanup takes."""
    names = "[name for name in ('pydantic', 'rich.console', 'tomllib') if name in sys.modules]"
    program = (
        f"import sys; from featureops.cli.commands import run; code = run(sys.argv[1:]); print({names}); exit(code)"
    )
    command = [sys.executable, "-c", program, "cleanup", "new-receipt", "--keep", "enabled", "--json"]
    done = subprocess.run(
        command, cwd=root, env=child_environment(root.parent), check=True, capture_output=True, text=True
    )
    answer, loaded = done.stdout.splitlines()
    assert json.loads(answer)["verdict"] == "complete"
    assert loaded == "['tomllib']"
