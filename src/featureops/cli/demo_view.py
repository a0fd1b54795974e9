"""How the demo looks: headings, calls, answers and diffs; coloured on a terminal, plain in a pipe."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

__all__ = ["View"]

_WIDTH = 96
_MOST_DIFF_LINES = 90


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """The reader of the pipe has gone (`featureops demo | head`): the same as an interruption."""
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)
        signal.raise_signal(signal.SIGPIPE)


class View:
    """Prints to stdout. rich leaves the colours out by itself in a pipe and when NO_COLOR is set."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or _Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._step = 0

    def title(self, text: str) -> None:
        self._line(Text(f"featureops demo: {text}", style="bold"))

    def heading(self, text: str) -> None:
        self._step += 1
        head = f"━━ {self._step:2} ━ {text} "
        self._line(Text(""))
        self._line(Text(head + "━" * max(0, _WIDTH - len(head)), style="bold cyan"))

    @property
    def step(self) -> int:
        return self._step

    def call(self, tool: str, arguments: Mapping[str, object]) -> None:
        """What the assistant asked: the tool with its arguments."""
        line = Text("  → ", style="bold magenta").append(tool, style="bold magenta")
        for name, value in arguments.items():
            line.append(f"  {name}=", style="dim").append(_short(value), style="none")
        self._line(line)

    def answer(self, text: str, style: str = "") -> None:
        self._line(Text("  ← ", style="bold green").append(text, style=style or "none"))

    def more(self, text: str, style: str = "dim") -> None:
        self._line(Text(f"    {text}", style=style))

    def prose(self, text: str) -> None:
        for line in textwrap.wrap(text, _WIDTH - 4):
            self.more(line, "none")

    def ran(self, command: str, outcome: str) -> None:
        self._line(Text("  $ ", style="bold").append(command).append(f"   {outcome}", style="green"))

    def who(self, label: str, ways: Mapping[str, bool], summary: str) -> None:
        """One mark a customer: filled where the new code ran."""
        line = Text(f"    {label:>6}  ")
        for seen in ways.values():
            line.append("● " if seen else "○ ", style="bold green" if seen else "dim")
        self._line(line.append(f" {summary}"))

    def diff(self, text: str) -> None:
        """A git diff, with one line a file instead of git's four."""
        lines = list(_without_headers(text))
        for line in lines[:_MOST_DIFF_LINES]:
            self._line(Text(f"    {line}".rstrip(), style=_style_of(line)))
        if len(lines) > _MOST_DIFF_LINES:
            self.more(f"… {len(lines) - _MOST_DIFF_LINES} more lines")

    def done(self, text: str) -> None:
        self._line(Text(""))
        self._line(Text(f"  ✔ {text}", style="bold green"))

    def failed(self, message: str, output: str) -> None:
        self._line(Text(""))
        self._line(Text(f"  ✘ Step {self._step} failed: {message}", style="bold red"))
        for line in output.rstrip().splitlines()[-40:]:
            self.more(line)

    def note(self, text: str) -> None:
        self._line(Text(f"  {text}", style="dim"))

    def _line(self, text: Text) -> None:
        self._console.print(text)


def _short(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 100 else text[:99] + "…"


def _without_headers(text: str) -> list[str]:
    kept: list[str] = []
    in_header = False
    for line in text.splitlines():
        if line.startswith("diff --git "):
            kept.append(line.rpartition(" b/")[2])
            in_header = True
        elif line.startswith("@@"):
            kept.append("  " + line[: line.index("@@", 2) + 2])
            in_header = False
        elif not in_header:
            kept.append("  " + line)
    return kept


def _style_of(line: str) -> str:
    if not line.startswith("  "):
        return "bold"
    return {"+": "green", "-": "red", "@": "cyan"}.get(line[2:3], "none")
