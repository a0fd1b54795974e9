"""The normal form: what may differ while the program stays the same."""

from __future__ import annotations

import pytest

from featureops.core.assess.normal import same_up_to, tokens
from featureops.core.assess.values import Kind
from featureops.core.syntax import parse
from featureops.languages import packs
from featureops.languages.signal_tables import signals_for


def compare(path: str, before: str, after: str) -> Kind | None:
    pack = packs().for_path(path)
    assert pack is not None
    signals = signals_for(pack.id)
    assert signals is not None
    old, new = (tokens(parse(path, text.encode(), pack).root.children, signals) for text in (before, after))
    return same_up_to(old, new)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("formatting", "f(a,b)\n", "f(\n    a,\n    b,\n)\n"),
        ("formatting", "x = a + b\n", "x = (\n    a\n    + b\n)\n"),
        ("formatting", "x = 'a'\n", 'x = "a"\n'),
        ("comments", "x = 1\n", "x = 1  # one\n"),
        ("comments", 'def f():\n    """Old."""\n    g()\n', 'def f():\n    """New."""\n    g()\n'),
        ("types", "def f(a, b=1):\n    return a\n", "def f(a: int, b: int = 1) -> int:\n    return a\n"),
        ("types", "x = 1\n", "x: int = 1\n"),
        ("imports", "import a\nimport b\nx = 1\n", "import b\nx = 1\n"),
        ("logging", "f()\n", "logger.info('f', x)\nf()\n"),
        ("copy", "say('Buy it now')\n", "say('Order it today')\n"),
        ("rename", "def f(a):\n    return a + a\n", "def f(b):\n    return b + b\n"),
    ],
)
def test_harmless_differences_in_an_indented_language_are_told_apart(kind: Kind, before: str, after: str) -> None:
    assert compare("a.py", before, after) == kind


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if a:\n    b()\n    c()\n", "if a:\n    b()\nc()\n"),
        ("x = (a + b) * c\n", "x = a + b * c\n"),
        ("x = (a,)\n", "x = (a)\n"),
        ("x = 'a'\n", "x = 'b'\n"),
        ("x = 'a'\n", "x = r'a'\n"),
        ("if s == 'in progress now':\n    f()\n", "if s == 'not in progress':\n    f()\n"),
        ("run('SELECT a FROM b')\n", "run('SELECT a, c FROM b')\n"),
        ("f()\n", "logger.info(f())\n"),
        ("f()\n", "logger.info('x', delete(x))\nf()\n"),
        ("a.remove(x)\n", "a.delete(x)\n"),
        ("def f(a, b):\n    return a - b\n", "def f(b, a):\n    return a - b\n"),
        ("def f(a):\n    return a + c\n", "def f(c):\n    return c + c\n"),
        ("x = 1\n", "x = 2\n"),
        ("x = not a\n", "x = a\n"),
        ("f(a=1)\n", "f(b=1)\n"),
    ],
)
def test_differences_that_may_matter_are_never_called_harmless(before: str, after: str) -> None:
    assert compare("a.py", before, after) is None


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("formatting", "f(a,b)\n", "f(\n  a,\n  b,\n);\n"),
        ("formatting", "const a = 'x'\n", 'const a = "x";\n'),
        ("comments", "f();\n", "/** why */\nf();\n"),
        ("types", "const a = 1;\n", "const a: number = 1;\n"),
        ("types", "function f(a) { return a; }\n", "function f(a: string): string { return a; }\n"),
        ("logging", "f();\n", "console.log('f');\nf();\n"),
    ],
)
def test_harmless_differences_in_a_braced_language_are_told_apart(kind: Kind, before: str, after: str) -> None:
    assert compare("a.ts", before, after) == kind


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("const a = [, b];\n", "const a = [b];\n"),
        ("a ?? b;\n", "a || b;\n"),
        ("const a = `x`;\n", "const a = 'x';\n"),
        ("if (a) { b(); c(); }\n", "if (a) { b(); } c();\n"),
        ("const a = { 'Some key here': 1 };\n", "const a = { 'Other key here': 1 };\n"),
        ("await f();\n", "f();\n"),
    ],
)
def test_differences_that_may_matter_in_a_braced_language_are_never_called_harmless(before: str, after: str) -> None:
    assert compare("a.ts", before, after) is None


def test_markup_may_be_wrapped_at_will() -> None:
    before = "const a = <p>Hello you <b>there</b></p>;\n"
    after = "const a = (\n  <p>\n    Hello you <b>there</b>\n  </p>\n);\n"
    assert compare("a.tsx", before, after) in {"formatting", "copy"}
