from __future__ import annotations

import pytest

from featureops.core.config import Config, HouseRead
from featureops.core.detect.guards import guard_finder, guards
from featureops.core.model import Span
from tests.core.sources import program

PYTHON = """
from UnleashClient import UnleashClient
client = UnleashClient("u", "a")
def is_new(): return client.is_enabled("b")
def f(user):
    {}
"""
SCRIPT = """
import {{ unleash }} from './client';
import {{ useFlag }} from '@unleash/proxy-client-react';
const isNew = () => unleash.isEnabled('b');
export function App() {{
  {}
}}
"""
HOUSE = Config(
    reads=(
        HouseRead("decorator", "gate", flag=0),
        HouseRead("component", "On", flag="id"),
        HouseRead("call", "is_blocked", flag=0, when="disabled"),
        HouseRead("entry", "flag"),
    )
)


def guarded(path: str, template: str, body: str) -> list[tuple[str, str]]:
    """(flag, branch) of the guards of HERE."""
    text = template.format(body)
    client = "import { initialize } from 'unleash-client';\nexport const unleash = initialize({ url: 'u' });\n"
    project = program({path: text, "client.ts": client}, HOUSE)
    file = project.file(path)
    assert file is not None
    assert not file.errors(), text
    start = file.data.index(b"HERE")
    return [(guard.flag, guard.branch) for guard in guards(project, path, Span(start, start + 4))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("HERE", []),
        ("if client.is_enabled('a'):\n        HERE", [("a", "enabled")]),
        ("if client.is_enabled('a'): pass\n    else:\n        HERE", [("a", "disabled")]),
        ("if not client.is_enabled('a'):\n        HERE", [("a", "disabled")]),
        ("if user and client.is_enabled('a'):\n        HERE", [("a", "enabled")]),
        ("if user or client.is_enabled('a'):\n        HERE", []),
        ("if user or client.is_enabled('a'): pass\n    else:\n        HERE", [("a", "disabled")]),
        ("if user: pass\n    elif client.is_enabled('a'):\n        HERE", [("a", "enabled")]),
        ("if client.is_enabled('a'): pass\n    elif user:\n        HERE", [("a", "disabled")]),
        ("if user: pass\n    elif client.is_enabled('a'): pass\n    else:\n        HERE", [("a", "disabled")]),
        ("if not client.is_enabled('a'):\n        return\n    HERE", [("a", "enabled")]),
        ("if client.is_enabled('a'):\n        raise ValueError\n    HERE", [("a", "disabled")]),
        ("if not client.is_enabled('a'):\n        print()\n    HERE", []),
        ("if client.is_enabled('a'): pass\n    else:\n        return\n    HERE", [("a", "enabled")]),
        ("HERE\n    if not client.is_enabled('a'):\n        return", []),
        (
            "if not client.is_enabled('a'):\n        if user: return\n        else: raise ValueError\n    HERE",
            [("a", "enabled")],
        ),
        ("for x in user:\n        if not client.is_enabled('a'): continue\n        HERE", [("a", "enabled")]),
        ("for x in user:\n        if not client.is_enabled('a'): continue\n    HERE", []),
        ("return HERE if client.is_enabled('a') else 1", [("a", "enabled")]),
        ("return 1 if client.is_enabled('a') else HERE", [("a", "disabled")]),
        ("return client.is_enabled('a') and HERE", [("a", "enabled")]),
        ("return client.is_enabled('a') or HERE", [("a", "disabled")]),
        ("on = client.is_enabled('a')\n    if on:\n        HERE", [("a", "enabled")]),
        ("on = client.is_enabled('a')\n    on = user\n    if on:\n        HERE", []),
        ("if is_new():\n        HERE", [("b", "enabled")]),
        ("if client.is_enabled('a') is False:\n        HERE", [("a", "disabled")]),
        ("if client.is_enabled('a') == user:\n        HERE", []),
        ("if client.is_enabled('a'):\n        if is_new():\n            HERE", [("b", "enabled"), ("a", "enabled")]),
        ("if client.is_enabled('a'):\n        def inner():\n            HERE", [("a", "enabled")]),
        ("if is_blocked('a'):\n        HERE", [("a", "disabled")]),
        ("if user.is_enabled('a'):\n        HERE", []),
        ("@gate('a')\n    def inner():\n        HERE", [("a", "enabled")]),
        ("@other('a')\n    def inner():\n        HERE", []),
        ("x = {'flag': 'a', 'view': HERE}", [("a", "enabled")]),
        ("x = [{'flag': 'a'}, {'view': HERE}]", []),
        ("while client.is_enabled('a'):\n        HERE", [("a", "enabled")]),
        ("if client.get_variant('a'):\n        HERE", []),
    ],
)
def test_what_guards_a_place(body: str, expected: list[tuple[str, str]]) -> None:
    assert guarded("a.py", PYTHON, body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if (unleash.isEnabled('a')) { HERE; }", [("a", "enabled")]),
        ("if (unleash.isEnabled('a')) HERE;", [("a", "enabled")]),
        ("if (x) {} else if (unleash.isEnabled('a')) { HERE; }", [("a", "enabled")]),
        ("if (unleash.isEnabled('a')) {} else if (x) { HERE; }", [("a", "disabled")]),
        ("if (!unleash.isEnabled('a')) return null; HERE;", [("a", "enabled")]),
        ("const on = useFlag('a'); return <b>{on && <HERE />}</b>;", [("a", "enabled")]),
        ("return <b>{useFlag('a') ? <i /> : <HERE />}</b>;", [("a", "disabled")]),
        ("return <b>{useFlag('a') ? <i /> : null}<HERE /></b>;", []),
        ("return <On id='a'><HERE /></On>;", [("a", "enabled")]),
        ("return <Off id='a'><HERE /></Off>;", []),
        ("if (isNew()) { list.map(() => HERE); }", [("b", "enabled")]),
        ("if (!unleash.isEnabled('a') && x) { return; } HERE;", []),
        ("if (!unleash.isEnabled('a') || x) { return; } HERE;", [("a", "enabled")]),
    ],
)
def test_what_guards_a_place_between_braces(body: str, expected: list[tuple[str, str]]) -> None:
    assert guarded("a.tsx", SCRIPT, body) == expected


def test_a_guard_tells_the_line_where_the_flag_is_asked() -> None:
    text = PYTHON.format("on = client.is_enabled('a')\n    if on:\n        HERE")
    at = text.index("HERE")
    found = guards(program({"a.py": text.lstrip()}), "a.py", Span(at - 1, at + 3))
    assert [(guard.flag, guard.line) for guard in found] == [("a", 6)]


def test_several_statements_with_white_space_around_are_one_place() -> None:
    text = PYTHON.format("if not client.is_enabled('a'):\n        return\n    one()\n    two()\n\n").lstrip()
    span = Span(text.index("one()") - 4, len(text))
    assert [guard.flag for guard in guards(program({"a.py": text}), "a.py", span)] == ["a"]


def test_a_file_of_no_known_language_has_no_guards() -> None:
    assert guards(program({"a.txt": "HERE"}), "a.txt", Span(0, 4)) == ()


CALLED = """
from UnleashClient import UnleashClient
client = UnleashClient("u", "a")
def a(user):
    if client.is_enabled("x"):
        {}
def helper(user):
    HERE
"""


@pytest.mark.parametrize(
    ("calls", "elsewhere", "expected"),
    [
        ("helper(user)", False, [("x", "enabled", "callers")]),
        ("helper(user)\n        helper(1)", False, [("x", "enabled", "callers")]),
        ("helper(user)\n    helper(1)", False, []),
        ("helper(user)\n    later = helper", False, []),
        ("register(helper)", False, []),
        ("helper(user)", True, []),
        ("pass", False, []),
    ],
)
def test_a_function_is_guarded_where_all_its_calls_are(
    calls: str, elsewhere: bool, expected: list[tuple[str, str, str]]
) -> None:
    project = program({"a.py": CALLED.format(calls)})
    file = project.file("a.py")
    assert file is not None
    start = file.data.index(b"HERE")
    found = guard_finder(project, lambda _path, _name: elsewhere)("a.py", Span(start, start + 4))
    assert [(guard.flag, guard.branch, guard.through) for guard in found] == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [("function helper() {", ["x"]), ("export function helper() {", ["x"]), ("export default function helper() {", [])],
)
def test_a_default_export_may_be_called_under_any_name(head: str, expected: list[str]) -> None:
    text = "import { isEnabled } from 'unleash-client';\nif (isEnabled('x')) helper();\n" + head + " HERE; }\n"
    project = program({"a.ts": text})
    start = text.index("HERE")
    found = guard_finder(project, lambda _path, _name: False)("a.ts", Span(start, start + 4))
    assert [guard.flag for guard in found] == expected


def test_callers_are_not_followed_without_a_word_about_other_files() -> None:
    text = CALLED.format("helper(user)")
    assert guards(program({"a.py": text}), "a.py", Span(text.index("HERE") - 1, text.index("HERE") + 3)) == ()
