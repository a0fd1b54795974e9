"""The applications that `featureops demo` plays: found here, described by the TOML file beside each."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import featureops
from featureops.core.errors import BadConfiguration

__all__ = ["DemoApp", "apps_folder", "load_app"]


@dataclass(frozen=True, slots=True)
class DemoApp:
    """One application. `tests` and `who` are arguments of this interpreter, run in the application's folder;
    `tests_shown` is the first as a person types it, `who` prints {"customer": "old" | "new"}. `old` and `new` are the
    environments in which the tests expect the one or the other behaviour; `connect` holds the slots {url} and {token}
    of the SDK endpoint."""

    title: str
    folder: Path
    change: Path
    requires: tuple[str, ...]
    intent: str
    tests: tuple[str, ...]
    tests_shown: str
    who: tuple[str, ...]
    old: Mapping[str, str]
    new: Mapping[str, str]
    connect: Mapping[str, str]

    def missing(self) -> tuple[str, ...]:
        """Modules that the application imports and that are not installed."""
        return tuple(name for name in self.requires if importlib.util.find_spec(name) is None)

    def connected(self, url: str, token: str) -> dict[str, str]:
        """The environment that connects the application to the SDK endpoint."""
        return {name: value.format(url=url, token=token) for name, value in self.connect.items()}


def apps_folder() -> Path:
    """Packaged beside the code in a wheel; the repository's fixtures in an editable install."""
    package = Path(featureops.__file__).resolve().parent
    packaged = package / "apps"
    return packaged if packaged.is_dir() else package.parent.parent / "fixtures" / "apps"


def load_app(name: str, folder: Path | None = None) -> DemoApp:
    """Errors: BadConfiguration when the application is not part of this installation."""
    apps = folder or apps_folder()
    try:
        words = tomllib.loads((apps / f"{name}.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadConfiguration(
            f"The demo application {name!r} is not in {apps}.",
            "Reinstall featureops-mcp, or run the demo from a complete checkout.",
        ) from None
    return DemoApp(
        title=words["title"],
        folder=apps / name,
        change=apps / words["change"],
        requires=tuple(words["requires"]),
        intent=words["intent"],
        tests=tuple(words["tests"]),
        tests_shown=words["tests_shown"],
        who=tuple(words["who"]),
        old=words["old"],
        new=words["new"],
        connect=words["connect"],
    )
