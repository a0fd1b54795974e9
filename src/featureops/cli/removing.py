"""What `cleanup` and `apply` share: the terms of a removal, and the certificate as a file."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from featureops.cli.request import Request
from featureops.core.errors import BadArgument, Unwritable
from featureops.core.model import Json

if TYPE_CHECKING:
    from featureops.app.deps import Deps
    from featureops.app.removal import Terms

__all__ = ["Removal"]

_Answer = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Removal:
    """The options of the command line. `seconds` is how long `verify` may take; None: what featureops.toml says.
    `certificate` is where to write it: markdown, or JSON where the name ends so."""

    apply: bool
    force: bool
    verify: str | None = None
    seconds: int | None = None
    certificate: Path | None = None

    def answer(
        self,
        request: Request,
        verb: Callable[[Deps, Terms], Awaitable[_Answer]],
        show: Callable[[Mapping[str, Json]], None],
    ) -> int:
        """Run `verb`, write the certificate, print the answer. Errors: BadArgument, Unwritable (the certificate)."""
        if self.certificate is not None:
            _make_way(self.certificate)

        def run() -> _Answer:
            found = request.awaited(lambda deps: verb(deps, self._terms(deps)), writes=self.apply)
            if self.certificate is not None:
                _write(self.certificate, found.get("certificate"))
            return found

        return request.answer(run, show)

    def _terms(self, deps: Deps) -> Terms:
        from featureops.app.removal import Terms, Verify

        seconds = self.seconds or deps.config.cleanup.verify_timeout
        verify = Verify(self.verify, seconds) if self.verify is not None else None
        # Whoever is at the command line may do what the policy keeps from an assistant.
        return Terms(self.apply, self.force, self.force, verify)


def _make_way(file: Path) -> None:
    """An earlier certificate goes at once: it names the flag, and would be found as one more place that does."""
    if not file.parent.is_dir():
        raise BadArgument(f"There is no folder {file.parent} for the certificate.", "Make it, or name another file.")
    if not file.exists():
        return
    if not file.is_file() or (b"SHA-256" not in (held := file.read_bytes()) and b'"sha256"' not in held):
        raise BadArgument(f"{file} is there and is no certificate.", "Name a file that may be written.")
    file.unlink()


def _write(file: Path, certificate: Json) -> None:
    from featureops.core.certificate import markdown

    if not isinstance(certificate, dict):
        raise BadArgument("This plan removes no flag: there is no certificate.", "Leave --certificate out.")
    as_json = file.suffix.lower() == ".json"
    text = json.dumps(certificate, indent=2, sort_keys=True) + "\n" if as_json else markdown(certificate)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unwritable(
            f"The certificate can't be written to {file}: {error.strerror}.", "What was applied stays applied."
        ) from error
