"""How git is run: without a shell, and without letting a repository's configuration start a program.

Hooks, file system monitors, pagers, external diffs and transports are switched off for every call, the drivers of
`filter.*` by `GitRunner.no_filters`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from featureops.adapters.settings import git_environment
from featureops.core.errors import BadArgument

__all__ = ["GitResult", "GitRunner", "split_z"]

_SAFE = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "diff.external=",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
    "core.quotePath=false",
)
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}


@dataclass(frozen=True, slots=True)
class GitResult:
    code: int
    out: bytes
    err: str

    @property
    def ok(self) -> bool:
        return self.code == 0

    def line(self) -> str | None:
        """The output without its newline; None when git failed or said nothing."""
        text = self.out.decode("utf-8", "surrogateescape").rstrip("\n")
        return text if self.ok and text else None


@dataclass(frozen=True, slots=True)
class GitRunner:
    """Runs git in `root`; `timeout` in seconds a call."""

    root: str
    timeout: float = 60.0
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: bytes = b"") -> GitResult:
        """Errors: BadArgument (git is not installed, or it took longer than `timeout`)."""
        command = ["git", *(word for value in _SAFE for word in ("-c", value)), *arguments]
        try:
            done = subprocess.run(
                command,
                check=False,
                cwd=self.root,
                input=stdin,
                capture_output=True,
                timeout=self.timeout,
                env=self._environment(),
            )
        except FileNotFoundError as error:
            raise BadArgument("git is not installed, or not on the PATH.", "Install git 2.30 or newer.") from error
        except subprocess.TimeoutExpired as error:
            words = " ".join(arguments[:2])
            raise BadArgument(
                f"`git {words}` took longer than {self.timeout:g} s in {self.root}.",
                "See whether the repository lies on a slow or hanging file system.",
            ) from error
        return GitResult(done.returncode, done.stdout, done.stderr.decode("utf-8", "backslashreplace").strip())

    def no_filters(self) -> GitRunner:
        """A runner that also ignores every filter driver: comparing a file would otherwise run its `clean` command."""
        names = self.run(
            "config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|smudge|process|required)$"
        )
        keys = [key.decode("utf-8", "surrogateescape") for key in names.out.split(b"\0") if key]
        quiet = {key: "false" if key.endswith(".required") else "" for key in keys}
        return GitRunner(self.root, self.timeout, {**self.settings, **quiet})

    def _environment(self) -> dict[str, str]:
        numbered = {"GIT_CONFIG_COUNT": str(len(self.settings))}
        for position, (key, value) in enumerate(self.settings.items()):
            numbered[f"GIT_CONFIG_KEY_{position}"] = key
            numbered[f"GIT_CONFIG_VALUE_{position}"] = value
        return {**git_environment(), **_ENVIRONMENT, **numbered}


def split_z(out: bytes) -> Sequence[str]:
    """The names of a `-z` output; bytes that are not UTF-8 become surrogates."""
    return [name.decode("utf-8", "surrogateescape") for name in out.split(b"\0") if name]
