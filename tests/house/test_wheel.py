"""What people install is the wheel: it is built from the sdist, installed by itself, and used as they would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.wire import child_environment, list_tools

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


@dataclass(frozen=True)
class Installed:
    """A virtual environment that holds the wheel. The libraries it needs are borrowed from this one: `borrowed.pth`
    adds their folder to the path, but not what that folder's own .pth files add, so the checkout stays out of sight."""

    folder: Path
    wheel: Path

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [str(self.folder / "bin" / command[0]), *command[1:]],
            cwd=self.folder,
            env=child_environment(self.folder, installed=True),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    dist = tmp_path_factory.mktemp("dist")
    # No isolation: the back end is one of the development dependencies. `build` makes the wheel from the sdist.
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(dist), str(ROOT)]
    built = subprocess.run(build, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = dist.glob("featureops_mcp-*.whl")
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)
    variables = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", vars=variables))
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + os.linesep, encoding="utf-8")
    return Installed(folder, wheel)


def test_the_package_comes_from_the_wheel(installed: Installed) -> None:
    where = installed.run("python", "-c", "import featureops; print(featureops.__file__)")
    assert Path(where.strip()).is_relative_to(installed.folder)


def test_the_wheel_holds_the_package_and_nothing_else(installed: Installed) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"featureops", f"featureops_mcp-{VERSION}.dist-info"}
    assert "featureops/py.typed" in names
    assert not [name for name in names if re.search(r"__pycache__|node_modules|\.pyc$|\.db$", name)]


def test_the_command_tells_the_version_of_the_metadata(installed: Installed) -> None:
    assert VERSION in installed.run("featureops", "--version")


def test_the_guidance_is_in_the_wheel(installed: Installed) -> None:
    code = "from featureops.adapters.guidance import *; print(*names()); print(guidance('when-to-flag'))"
    first, text = installed.run("python", "-c", code).split("\n", 1)
    assert first.split() == sorted(path.stem for path in (ROOT / "guidance").glob("*.md"))
    assert text.strip() == (ROOT / "guidance" / "when-to-flag.md").read_text(encoding="utf-8").strip()


def test_the_language_packs_are_in_the_wheel(installed: Installed) -> None:
    code = "from featureops.languages import packs; print(*(pack.id for pack in packs().languages))"
    folders = sorted(path.parent.name for path in (ROOT / "src").glob("featureops/languages/*/language.toml"))
    assert sorted(installed.run("python", "-c", code).split()) == folders


def test_the_applications_of_the_demo_are_in_the_wheel(installed: Installed) -> None:
    code = "from featureops.cli.demo_app import apps_folder; print(*(path.name for path in apps_folder().iterdir()))"
    assert {"webshop", "webshop-change"} <= set(installed.run("python", "-c", code).split())


@pytest.mark.parametrize("command", [["featureops", "serve"], ["featureops-mcp"]], ids=" ".join)
def test_the_installed_server_lists_its_tools(command: list[str], installed: Installed) -> None:
    tools, _ = list_tools([str(installed.folder / "bin" / command[0]), *command[1:]], installed.folder, installed=True)
    assert {"evaluate_change", "wrap_change", "cleanup_flag"} <= {tool["name"] for tool in tools}
