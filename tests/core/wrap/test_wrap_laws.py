from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings

from featureops.core.cleanup import cleanup_project
from featureops.core.config import Config
from featureops.core.model import ChangedFile
from featureops.core.wrap.change import Repository, Wrapped, wrap_changes
from featureops.languages import packs
from tests.core.wrap.programs import BRACES, INDENT, pairs

FLAG = "new-thing"
PY = "app/shop.py"
TS = "app/shop.ts"
AROUND = {
    "app/__init__.py": b"",
    "app/flags.py": b'from UnleashClient import UnleashClient\n\nclient = UnleashClient("u", "a")\n',
    "app/flags.ts": b"import { initialize } from 'unleash-client';\n\nexport const client = initialize({});\n",
}
LAWS = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def wrapped(path: str, old: str, new: str) -> tuple[Wrapped, str]:
    files = {**AROUND, path: new.encode()}
    repository = Repository(
        frozenset(files),
        files.get,
        lambda needles: {name: (0,) for name, data in files.items() if any(needle in data for needle in needles)},
        packs(),
        Config(),
    )
    found = wrap_changes(repository, [ChangedFile(path, "modified", old.encode(), new.encode())], FLAG)
    text = next((edit.after for edit in found.edits if edit.path == path), new.encode())
    assert text is not None
    return found, text.decode()


def cleaned(path: str, text: str, *, keep: bool) -> str:
    done = cleanup_project({**AROUND, path: text.encode()}, FLAG, keep, packs())
    after = next((edit.after for edit in done.edits if edit.path == path), text.encode())
    assert after is not None
    return after.decode()


def without_blank_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def without_comments(text: str) -> list[str]:
    return [line for line in without_blank_lines(text) if not line.strip().startswith(("#", "//"))]


def the_law_holds(path: str, old: str, new: str) -> None:
    found, text = wrapped(path, old, new)
    if not any(hunk.outcome == "wrapped" for hunk in found.hunks):
        return
    assert cleaned(path, text, keep=True) == new
    if any(hunk.outcome == "refused" for hunk in found.hunks):
        return
    off = cleaned(path, text, keep=False)
    said = " ".join(hunk.reason for hunk in found.hunks)
    if "comments" in said.lower():
        assert without_comments(off) == without_comments(old)
    elif "blank lines" in said.lower():
        assert without_blank_lines(off) == without_blank_lines(old)
    else:
        assert off == old


@LAWS
@given(pairs(INDENT))
def test_cleaning_up_a_wrapped_change_gives_both_sides_back_where_indentation_makes_blocks(
    pair: tuple[str, str],
) -> None:
    the_law_holds(PY, *pair)


@LAWS
@given(pairs(BRACES))
def test_cleaning_up_a_wrapped_change_gives_both_sides_back_where_braces_make_blocks(pair: tuple[str, str]) -> None:
    the_law_holds(TS, *pair)


@LAWS
@given(pairs(INDENT))
def test_a_changed_function_of_plain_statements_is_never_refused(pair: tuple[str, str]) -> None:
    found, _ = wrapped(PY, *pair)
    assert [hunk for hunk in found.hunks if hunk.outcome == "refused"] == []


# ---------------------------------------------------------------- by running it


class Pinned:
    """A flag client whose one answer is fixed, and that counts how often it was asked."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer

    def is_enabled(self, name: str) -> bool:
        return self.answer and name == FLAG


@pytest.fixture(scope="module")
def pinned() -> Iterator[Callable[[bool], None]]:
    package, module = ModuleType("app"), ModuleType("app.flags")
    saved = {name: sys.modules.get(name) for name in ("app", "app.flags")}
    sys.modules["app"], sys.modules["app.flags"] = package, module
    yield lambda answer: setattr(module, "client", Pinned(answer))
    for name, before in saved.items():
        sys.modules.pop(name)
        if before is not None:
            sys.modules[name] = before


def trace(text: str) -> list[str]:
    said: list[str] = []
    scope: dict[str, object] = {"say": lambda number: said.append(str(number))}
    exec(compile(text, "shop.py", "exec"), scope)
    run = scope["run"]
    assert callable(run)
    for argument in (0, 3, 7):
        try:
            said.append(f"returned {run(argument)}")
        except ValueError as error:
            said.append(f"raised {error}")
    return said


@settings(parent=LAWS, suppress_health_check=[*HealthCheck])
@given(pair=pairs(INDENT))
def test_the_wrapped_program_does_what_the_new_one_does_when_on_and_the_old_one_when_off(
    pair: tuple[str, str], pinned: Callable[[bool], None]
) -> None:
    old, new = pair
    _, text = wrapped(PY, old, new)
    pinned(True)
    assert trace(text) == trace(new)
    pinned(False)
    assert trace(text) == trace(old)
