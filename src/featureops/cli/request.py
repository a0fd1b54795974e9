"""What the commands share: the root and the form of the answer, and places in files as people type them."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import anyio

from featureops.app.deps import Deps, Modes
from featureops.cli.bar import Bar
from featureops.cli.compose import compose
from featureops.cli.interrupt import interruptible
from featureops.cli.outcome import exit_code, print_json, quiet
from featureops.core.errors import BadArgument
from featureops.core.model import Json
from featureops.ports import FlagBackend

__all__ = ["CLIENT", "Place", "Request", "Roots", "parsed_value", "shown"]

_Answer = dict[str, Json]
_Show = Callable[[Mapping[str, Json]], None]
CLIENT = "featureops command line"


def shown(kind: Literal["applied", "detection", "evaluation", "health", "rewrite", "undone"]) -> _Show:
    """The words for a kind of answer. What draws on a terminal is imported when there is something to draw."""

    def show(answer: Mapping[str, Json]) -> None:
        from featureops.cli import show as words

        known: Mapping[str, _Show] = {
            "applied": words.show_applied,
            "detection": words.show_detection,
            "evaluation": words.show_evaluation,
            "health": words.show_health,
            "rewrite": words.show_rewrite,
            "undone": words.show_undone,
        }
        known[kind](answer)

    return show


def parsed_value(text: str | None) -> Json:
    """A JSON value as people type it; None where none is given. Errors: BadArgument for null and what is no JSON."""
    if text is None:
        return None
    try:
        value: Json = json.loads(text)
    except ValueError:
        hint = f"A text needs quotes of its own: --value '{json.dumps(text, ensure_ascii=False)}'."
        raise BadArgument(f"--value is not JSON: {text[:60]!r}.", hint) from None
    if value is None:
        raise BadArgument("--value null fixes nothing.", "Give the value that the flag stays at.")
    return value


@dataclass(frozen=True, slots=True)
class Request:
    """What every command was given: the root, and how to answer."""

    root: Path
    as_json: bool

    def deps(self, *, writes: bool = False) -> Deps:
        deps = compose(self.root, Modes(client=CLIENT), recover=writes)
        return replace(deps, progress=Bar())

    def answer(self, verb: Callable[[], Mapping[str, Json]], show: _Show) -> int:
        """Run `verb`, then print its answer as JSON or with `show`."""
        with quiet():
            data = verb()
        if self.as_json:
            print_json(data)
        else:
            show(data)
        return exit_code(data)

    def awaited(
        self,
        verb: Callable[[Deps], Awaitable[_Answer]],
        *,
        writes: bool = False,
        backend: FlagBackend | None = None,
    ) -> _Answer:
        """Run an asynchronous use case and close the backend after it (and another one, if given). A signal cancels
        it, so that it can put things in order; what `verb` does before it returns is done before. Errors:
        KeyboardInterrupt (then)."""
        deps = self.deps(writes=writes)
        work = verb(deps)

        async def main() -> _Answer:
            try:
                return await work
            finally:
                for each in (deps.backend, backend):
                    if each is not None:
                        with anyio.CancelScope(shield=True):
                            await each.close()

        return anyio.run(interruptible, main)


@dataclass(frozen=True, slots=True)
class Roots:
    """The roots of a command that answers about one or many."""

    roots: tuple[Path, ...]
    as_json: bool

    @classmethod
    def given(cls, roots: Sequence[Path] | None, file: Path | None, as_json: bool) -> Roots:
        """Those of --root and --roots-file, each folder once; the current folder when there are none.

        Lines of the file are relative to its folder. Errors: BadArgument (no such file, no root in it).
        """
        from featureops.app.roots import read_roots

        named = list(roots or ())
        if file is not None:
            named.extend(file.parent / line for line in read_roots(_text_of(file), str(file)))
        once = {os.path.realpath(root): root for root in reversed(named or [Path()])}
        return cls(tuple(reversed(once.values())), as_json)

    @property
    def first(self) -> Request:
        """The first root that is a folder: its configuration names the backend."""
        return Request(next((root for root in self.roots if root.is_dir()), self.roots[0]), self.as_json)

    def over(self, verb: Callable[[Request], Mapping[str, Json]]) -> dict[str, Json]:
        """The answers about all roots as one."""
        from featureops.app.roots import over_roots

        return over_roots([str(root) for root in self.roots], lambda root: verb(Request(Path(root), self.as_json)))

    def answer(self, verb: Callable[[Request], Mapping[str, Json]], show: _Show) -> int:
        """As `Request.answer`; rows carry their root when there are many."""
        one = self.first
        return one.answer(lambda: verb(one) if len(self.roots) == 1 else self.over(verb), show)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadArgument(
            f"{file} can't be read as text: {error}.", "Name a file with a folder on each line."
        ) from error


@dataclass(frozen=True, slots=True)
class Place:
    """`PATH`, `PATH:LINE`, `PATH:START-END` or `PATH:SYMBOL`, as a person types it; `path` is relative to the root."""

    path: str
    lines: tuple[int, int] | None
    symbol: str | None = None

    @property
    def text(self) -> str:
        return f"{self.path}:{self.lines[0]}-{self.lines[1]}" if self.lines else self.path

    @classmethod
    def parse(cls, text: str, root: Path) -> Place:
        """Errors: BadArgument for a range that ends before it starts, or starts at 0."""
        path, _, span = text.rpartition(":")
        first, _, last = span.partition("-")
        if path and not span[:1].isdecimal() and (root / _relative(path, root)).is_file():
            head, _, tail = path.partition(":")
            if tail or not span:
                return cls(_relative(text, root), None)
            return cls(_relative(head, root), None, span)
        if not path or not first.isdecimal() or (last and not last.isdecimal()):
            return cls(_relative(text, root), None)
        start, end = int(first), int(last or first)
        if not 1 <= start <= end:
            raise BadArgument(f"{span} is not a range of lines.", "Lines count from 1: PATH:12-20.")
        return cls(_relative(path, root), (start, end))


def _relative(path: str, root: Path) -> str:
    """A path typed in the current folder, seen from the root. What doesn't exist is left to the workspace to refuse."""
    if not Path(path).is_absolute() and (root / path).exists():
        return Path(path).as_posix()
    typed = os.path.realpath(path)
    base = os.path.realpath(root)
    inside = os.path.commonpath([typed, base]) == base and Path(typed).exists()
    return Path(os.path.relpath(typed, base)).as_posix() if inside else path
