"""Answers for people: short, coloured on a terminal, plain in a pipe.

Whatever came from code or a backend is printed as text, never as markup.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from rich.console import Console
from rich.table import Table
from rich.text import Text

from featureops.core.model import Json
from featureops.core.untrusted import clean

__all__ = [
    "out",
    "show_applied",
    "show_checks",
    "show_detection",
    "show_error",
    "show_evaluation",
    "show_health",
    "show_rewrite",
    "show_undone",
]

_Answer = Mapping[str, Json]

_VERDICT_STYLE = {"complete": "green", "nothing": "green", "partial": "yellow", "refused": "red"}
_RISK_STYLE = {"low": "green", "medium": "yellow", "high": "red", "critical": "bold red"}
_READY_STYLE = {"safe": "green", "caution": "yellow", "blocked": "red"}
_LINE_STYLE = {"+": "green", "-": "red", "@": "cyan"}
_SHOWN_ROWS = 200
_SHOWN_NEXT = 3
_PIPE_COLUMNS = 1000


@cache
def out() -> Console:
    """Rich asks the terminal and NO_COLOR; in a pipe lines are never folded."""
    width = None if sys.stdout.isatty() else _PIPE_COLUMNS
    return Console(highlight=False, markup=False, soft_wrap=True, width=width)


def show_error(message: str, hint: str) -> None:
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    console.print(Text("error: ", style="bold red").append(_text(message), style="default"))
    if hint:
        console.print(_text(hint))


def show_evaluation(answer: _Answer) -> None:
    needs = "Put this behind a flag" if answer.get("needsFlag") else "No flag needed"
    risk = str(answer.get("riskLevel"))
    line = Text(needs, style="bold").append("   risk ", style="default").append(risk, style=_RISK_STYLE.get(risk, ""))
    out().print(line.append(f" ({answer.get('riskScore')}), confidence {answer.get('confidence')}", style="default"))
    out().print(_text(answer.get("explanation")))
    for signal in _rows(answer.get("signals")):
        where = f"  {_place(signal)}" if signal.get("path") else ""
        out().print(f"{where}  {_text(signal.get('id'))}  {_text(signal.get('evidence'))}")
    flag = answer.get("existingFlag") or answer.get("suggestedFlag")
    if isinstance(flag, dict):
        title = "Reuse" if answer.get("existingFlag") else "Suggested flag"
        out().print(f"{title}: {_text(flag.get('name'))}  {_text(flag.get('description'))}".rstrip())
    _show_next(answer)


def show_detection(answer: _Answer) -> None:
    if "guards" in answer:
        _show_guards(answer)
    elif "usages" in answer:
        _show_usages(answer)
    elif "flags" in answer:
        _show_inventory(answer)
    else:
        _show_candidates(answer)
    _show_errors(answer)


def _show_guards(answer: _Answer) -> None:
    for place in _rows(answer.get("guards")):
        out().print(Text(_place(place), style="cyan"))
        guards = _rows(place.get("guards"))
        for guard in guards:
            through = ", through every caller" if guard.get("through") else ""
            name, branch = _text(guard.get("flagName")), _text(guard.get("branch"))
            out().print(f"  only when {name} is {branch} (asked on line {guard.get('askedAt')}{through})")
        if not guards:
            out().print("  no flag guards it")


def _show_errors(answer: _Answer) -> None:
    """Roots that could not be read."""
    for error in _rows(answer.get("errors")):
        out().print(Text("error: ", style="bold red").append(_text(error.get("root")), style="default"), end="  ")
        out().print(_text(error.get("message")))


def _show_usages(answer: _Answer) -> None:
    usages = _rows(answer.get("usages"))
    for usage in usages[:_SHOWN_ROWS]:
        place = Text(_place(usage), style="cyan")
        out().print(place.append(f"  {usage.get('kind')}/{usage.get('resolution')}  ", style="dim"), end="")
        out().print(_text(usage.get("text")).strip())
    count = len(usages)
    out().print(f"{_count(count, 'usage')} of {_text(answer.get('flagName'))} in {answer.get('filesScanned')} files")
    _show_hint(answer)


def _show_inventory(answer: _Answer) -> None:
    flags = _rows(answer.get("flags"))
    table = _table("flag", "usages", "files", "languages", "SDKs")
    for flag in flags[:_SHOWN_ROWS]:
        lists = [", ".join(_text(name) for name in _items(flag.get(key))) for key in ("languages", "sdks")]
        table.add_row(_text(flag.get("flagName")), str(flag.get("usages")), str(flag.get("files")), *lists)
    out().print(table if flags else "No flag is read in this code that is shown to be one.")
    for read in _rows(answer.get("dynamicReads"))[:_SHOWN_ROWS]:
        out().print(f"  key not known here: {_place(read)}  {_text(read.get('text'))}")
    unproven = _rows(answer.get("unproven"))
    if unproven:
        names = {_text(row.get("flagName")) for row in unproven}
        first = f"{_place(unproven[0])}  {_text(unproven[0].get('text'))}"
        out().print(f"  perhaps reads, of {_count(len(names), 'flag')}: {len(unproven)}, the first at {first}")
    doubtful = _rows(answer.get("doubtfulReads"))
    if doubtful:
        first = f"{_place(doubtful[0])}  {_text(doubtful[0].get('text'))}"
        out().print(
            f"  perhaps reads, by a key not known here: {answer.get('doubtfulReadCount')}, the first at {first}"
        )
    _show_hint(answer)


def _show_hint(answer: _Answer) -> None:
    if answer.get("hint"):
        out().print(_text(answer.get("hint")))


def _show_candidates(answer: _Answer) -> None:
    candidates = _rows(answer.get("candidates"))
    for found in candidates:
        evidence = "; ".join(_text(reason) for reason in _items(found.get("evidence")))
        out().print(f"{found.get('score')}  {_text(found.get('flagName'))}  {evidence}".rstrip())
    out().print(_text(answer.get("message")))


def show_rewrite(answer: _Answer) -> None:
    """Of wrap and cleanup: the diff, what was left and why, and how to go on."""
    _show_diff(_text(answer.get("diff")))
    verdict = str(answer.get("verdict"))
    changed = len(_rows(answer.get("files")))
    line = Text(verdict, style=_VERDICT_STYLE.get(verdict, ""))
    out().print(line.append(f"  {_text(answer.get('flagName'))}, {_count(changed, 'file')}", style="default"))
    for left in _unfinished(answer):
        kind = left.get("kind", left.get("outcome"))
        out().print(f"  left: {_place(left)}  {_text(kind)}  {_text(left.get('reason'))}".rstrip())
    for noted in (hunk for hunk in _rows(answer.get("hunks")) if hunk.get("outcome") == "wrapped"):
        if noted.get("reason"):
            out().print(f"  wrapped: {_place(noted)}  {_text(noted.get('reason'))}")
    _show_readiness(answer)
    if message := answer.get("message"):
        out().print(_text(message))
    if answer.get("applied"):
        out().print("Take it back: featureops undo")
    elif answer.get("planId") and changed and "verify" not in answer:
        blocked = _level(answer) == "blocked"
        asked = "If that is meant, a person may force it" if blocked else "Apply it"
        out().print(f"{asked}: featureops apply {answer.get('planId')}{' --force' if blocked else ''}")
    _show_archive(answer)


def _show_readiness(answer: _Answer) -> None:
    """What the backend says to a flag's removal: the verdict, each environment, and each reason."""
    ready = answer.get("readiness")
    if not isinstance(ready, dict):
        return
    verdict = str(ready.get("verdict"))
    line = Text("readiness ").append(verdict, style=_READY_STYLE.get(verdict, ""))
    forced = ", forced" if answer.get("forced") else ""
    asked = f"  ({_text(ready.get('backend'))} backend{forced})" if ready.get("backend") else ""
    out().print(line.append(asked, style="default"))
    for state in _rows(ready.get("environments")):
        serves = state.get("serves") or f"up to {state.get('exposure')} % of the users"
        changed, seen = (_text(state.get(key))[:10] for key in ("changedAt", "lastSeenAt"))
        asked = f"last asked for {seen}" if seen else "never asked for"
        out().print(f"  {_text(state.get('name'))} serves {_text(serves)}, changed {changed or 'never'}, {asked}")
    for reason in _rows(ready.get("reasons")):
        level = str(reason.get("level"))
        out().print(
            Text(f"  {level}: ", style=_READY_STYLE.get(level, "")).append(_text(reason.get("text")), "default")
        )


def _level(answer: _Answer) -> Json:
    ready = answer.get("readiness")
    return ready.get("verdict") if isinstance(ready, dict) else None


def _show_archive(answer: _Answer) -> None:
    """How an applied removal goes on, and why."""
    if answer.get("applied"):
        for call in _rows(answer.get("next")):
            if reason := call.get("reason"):
                out().print(_text(reason))
            _show_next({"next": [call]})


def _unfinished(answer: _Answer) -> Iterator[_Answer]:
    yield from _rows(answer.get("leftovers"))
    yield from (hunk for hunk in _rows(answer.get("hunks")) if hunk.get("outcome") != "wrapped")


def show_applied(answer: _Answer) -> None:
    for file in _rows(answer.get("files")):
        out().print(f"  {_text(file.get('action'))}  {_text(file.get('path'))}")
    _show_readiness(answer)
    out().print(_text(answer.get("message")))
    _show_archive(answer)


def show_undone(answer: _Answer) -> None:
    show_applied(answer)
    if answer.get("requiresConfirmation") is True:
        change, token = _text(answer.get("changeId")), _text(answer.get("confirm"))
        out().print(f"For a yes: featureops undo {change} --confirm {token}")


def show_health(answer: _Answer) -> None:
    flags = _rows(answer.get("flags"))
    table = _table("flag", "verdict", "evidence")
    for flag in flags[:_SHOWN_ROWS]:
        name = flag.get("flagName", flag.get("name"))
        table.add_row(_text(name), _text(flag.get("verdict")), _text(flag.get("evidence")))
    out().print(table if flags else "No flags, neither in the code nor in the backend.")
    _show_next({"next": [flag.get("next") for flag in flags if flag.get("verdict") == "ready-to-clean-up"]})
    _show_errors(answer)


def show_checks(checks: Sequence[tuple[str, bool, str, str]]) -> None:
    """Of doctor: name, whether it is right, what was found, how to mend it."""
    for name, right, found, mend in checks:
        mark = Text("ok   ", style="green") if right else Text("WRONG", style="bold red")
        out().print(mark.append(f" {name}: {_text(found)}", style="default"))
        if not right and mend:
            out().print(f"      {_text(mend)}")


def _show_diff(diff: str) -> None:
    for line in diff.splitlines():
        heading = line.startswith(("+++", "---", "diff "))
        out().print(Text(line, style="bold" if heading else _LINE_STYLE.get(line[:1], "")))


def _show_next(answer: _Answer) -> None:
    for call in _rows(answer.get("next"))[:_SHOWN_NEXT]:
        arguments = shlex.quote(json.dumps(call.get("arguments"), ensure_ascii=False))
        out().print(
            Text("Next: ", style="bold").append(_text(f"featureops call {call.get('tool')} {arguments}"), "default")
        )


def _place(row: _Answer) -> str:
    """`path:line`, or the path alone where a whole file is meant."""
    line = row.get("line", row.get("startLine"))
    path = "/".join(_text(row[key]) for key in ("root", "path") if row.get(key))
    return f"{path}:{line}" if line else path


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=False)
    return table


def _rows(value: Json) -> list[dict[str, Json]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _text(value: Json) -> str:
    return "" if value is None else str(clean(value if isinstance(value, str) else str(value)))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
