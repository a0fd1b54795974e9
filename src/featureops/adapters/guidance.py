"""The markdown of guidance/: packaged in the wheel, read from the repository in an editable install."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from featureops.core.errors import BadArgument

__all__ = ["guidance", "names"]

_SUFFIX = ".md"


def names() -> tuple[str, ...]:
    """The names that `guidance` knows, sorted: file names without their suffix."""
    entries = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in entries if name.endswith(_SUFFIX)))


def guidance(name: str) -> str:
    """One text, as markdown. Errors: BadArgument (the hint lists the names)."""
    # A name comes from a resource's address: only listed names may become part of a path.
    if name not in names():
        raise BadArgument(f"There is no guidance named {name!r}.", f"The names are: {', '.join(names())}.")
    return _folder().joinpath(name + _SUFFIX).read_text(encoding="utf-8")


def _folder() -> Traversable:
    # An editable install resolves the package to src/, where the wheel's copy is missing: take the repository's folder.
    packaged = files("featureops") / "guidance"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[3] / "guidance"
