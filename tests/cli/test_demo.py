"""The demo is run for real: processes, files, flags. Nothing of it may stay on the machine."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from featureops.cli.demo_app import apps_folder, load_app
from featureops.core.errors import BadConfiguration

pytest.importorskip("UnleashClient", reason="the demo's application needs it: pip install 'featureops-mcp[demo]'")

STEPS = (
    "A change that nobody should ship in one go",
    "Does it need a flag?",
    "Is there a flag already that covers it?",
    "Create one, off everywhere",
    "Put the change behind the flag",
    "Flag off: the shop behaves as before",
    "Flag on in development",
    "Release in production, step by step",
    "Is the flag still needed?",
    "Take the flag out again",
    "Nothing of the flag is left",
    "No code asks for it any more",
)
TOOLS = (
    "evaluate_change",
    "detect_flag",
    "create_flag",
    "wrap_change",
    "toggle_flag_environment",
    "set_flag_rollout",
    "flag_health",
    "cleanup_flag",
    "archive_flag",
)


@dataclass(frozen=True)
class Place:
    """A machine of its own: a folder for temporary files and a home, both empty."""

    tmp: Path
    home: Path

    def start(self, *arguments: str, **extra: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "TMPDIR": str(self.tmp), "HOME": str(self.home), **extra}
        return subprocess.Popen(
            [sys.executable, "-m", "featureops", "demo", *arguments],
            cwd=self.home,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def leftovers(self) -> list[str]:
        return sorted(str(path) for folder in (self.tmp, self.home) for path in folder.rglob("*"))

    def processes(self) -> list[str]:
        """Commands of processes that work in the temporary folder."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                command = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue  # it ended while we looked
            if str(self.tmp) in command:
                found.append(command)
        return found


@pytest.fixture
def place(tmp_path: Path) -> Place:
    here = Place(tmp_path / "tmp", tmp_path / "home")
    here.tmp.mkdir()
    here.home.mkdir()
    return here


def finish(process: subprocess.Popen[str], seconds: float = 100) -> tuple[int, str, str]:
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
        pytest.fail(f"The demo did not end in {seconds} s:\n{output}\n{errors}")
    return process.returncode, output, errors


def test_the_demo_goes_through_every_step_and_leaves_nothing_behind(place: Place) -> None:
    code, output, errors = finish(place.start())
    assert code == 0, output + errors
    assert errors == ""
    assert "\x1b" not in output
    headings = re.findall(r"^━━ +\d+ ━ (.*?) ━*$", output, re.MULTILINE)
    assert len(headings) == len(STEPS)
    for heading, step in zip(headings, STEPS, strict=True):
        assert heading.startswith(step)
    assert [tool for tool in TOOLS if f"→ {tool}" not in output] == []
    assert len(output.splitlines()) <= 260
    assert place.leftovers() == []
    assert place.processes() == []


def test_keep_leaves_the_repository_even_when_interrupted(place: Place) -> None:
    code, output, errors = interrupt(place.start("--keep"), 3, signal.SIGINT)
    assert code == 128 + signal.SIGINT, output + errors
    app = load_app("webshop")
    (folder,) = place.tmp.iterdir()
    repo = folder / app.folder.name
    assert f"Kept: {repo}" in output
    for changed in (path for path in app.change.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        assert (repo / changed.relative_to(app.change)).read_bytes() == changed.read_bytes()
    assert list(place.home.iterdir()) == []
    assert wait_until_none(place) == []


@pytest.mark.parametrize(("number", "step"), [(signal.SIGINT, 2), (signal.SIGTERM, 7)])
def test_interrupted_in_the_middle_it_cleans_up(place: Place, number: signal.Signals, step: int) -> None:
    process = place.start()
    code, output, errors = interrupt(process, step, number)
    assert code == 128 + number, output + errors
    assert "Traceback" not in errors
    assert place.leftovers() == []
    assert wait_until_none(place) == []


def interrupt(process: subprocess.Popen[str], step: int, number: signal.Signals) -> tuple[int, str, str]:
    """Send the signal as soon as the heading of the step is there."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if line.startswith(f"━━ {step:2} ━"):
            break
    process.send_signal(number)
    code, output, errors = finish(process, 20)
    return code, seen + output, errors


def test_a_reader_that_goes_away_ends_it_cleanly(place: Place) -> None:
    process = place.start()
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    code = process.wait(60)
    with process.stderr:
        assert process.stderr.read() == ""
    assert code == 128 + signal.SIGPIPE
    assert place.leftovers() == []
    assert wait_until_none(place) == []


def wait_until_none(place: Place) -> list[str]:
    deadline = time.monotonic() + 3
    while place.processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    return place.processes()


def test_without_git_it_says_so_before_anything_is_made(place: Place) -> None:
    code, output, errors = finish(place.start(PATH=str(place.home)))
    assert code == 2
    assert "git" in output + errors
    assert "Traceback" not in errors
    assert place.leftovers() == []


def test_an_application_says_which_of_its_packages_are_missing(tmp_path: Path) -> None:
    words = (apps_folder() / "webshop.toml").read_text(encoding="utf-8")
    (tmp_path / "other.toml").write_text(words.replace('"UnleashClient"', '"no_such_package"'), encoding="utf-8")
    assert load_app("other", tmp_path).missing() == ("no_such_package",)
    assert load_app("webshop").missing() == ()


def test_an_application_that_is_not_installed_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="nowhere"):
        load_app("nowhere", tmp_path)


@pytest.mark.parametrize(
    ("overlay", "expect", "code"), [(False, "old", 0), (False, "new", 1), (True, "new", 0), (True, "old", 1)]
)
def test_the_applications_tests_tell_the_old_code_from_the_new(
    tmp_path: Path, overlay: bool, expect: str, code: int
) -> None:
    app = load_app("webshop")
    (tmp_path / "home").mkdir()
    sources = [app.folder, app.change] if overlay else [app.folder, app.change / "tests"]
    for source in sources:
        target = tmp_path / "shop" / ("tests" if source.name == "tests" else "")
        subprocess.run(["cp", "-R", f"{source}/.", str(target)], check=True)
    environment = {**os.environ, "EXPECT_PAYMENT": expect, "HOME": str(tmp_path / "home")}
    environment.pop("UNLEASH_URL", None)
    ran = subprocess.run(
        [sys.executable, *app.tests],
        cwd=tmp_path / "shop",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == code, ran.stderr
    assert list((tmp_path / "home").iterdir()) == []
