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


@pytest.mark.parametrize(
    ("kind", "path", "before", "after"),
    [
        ("logging", "a.go", "func f() {\n\tg()\n}\n", 'func f() {\n\tlog.Printf("now %d", x)\n\tg()\n}\n'),
        (
            "logging",
            "a.cs",
            "class A { void F() { G(); } }\n",
            'class A { void F() { _logger.LogInformation("x"); G(); } }\n',
        ),
        ("logging", "a.rs", "fn f() { g(); }\n", 'fn f() { tracing::info!("now {}", x); g(); }\n'),
        ("logging", "a.swift", "func f() {\n    g()\n}\n", 'func f() {\n    logger.info("now")\n    g()\n}\n'),
        ("logging", "a.kt", "fun f() {\n    g()\n}\n", 'fun f() {\n    logger.info("now")\n    g()\n}\n'),
        ("logging", "a.rb", "def f\n  g\nend\n", "def f\n  Rails.logger.info('now')\n  g\nend\n"),
        (
            "rename",
            "a.go",
            "func f(a int) int {\n\tb := a\n\treturn b\n}\n",
            "func f(x int) int {\n\ty := x\n\treturn y\n}\n",
        ),
        ("rename", "a.rs", "fn f(a: u8) -> u8 { let b = a; b }\n", "fn f(x: u8) -> u8 { let y = x; y }\n"),
        (
            "rename",
            "a.cs",
            "class A { int F(int a) { var b = a; return b; } }\n",
            "class A { int F(int x) { var y = x; return y; } }\n",
        ),
        (
            "rename",
            "a.swift",
            "func f(a: Int) -> Int {\n    let b = a\n    return b\n}\n",
            "func f(a: Int) -> Int {\n    let y = a\n    return y\n}\n",
        ),
    ],
)
def test_harmless_differences_of_other_languages_are_told_apart(kind: Kind, path: str, before: str, after: str) -> None:
    assert compare(path, before, after) == kind


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.go", "func f() {\n\tg()\n}\n", 'func f() {\n\tlog.Fatal("now")\n\tg()\n}\n'),
        ("a.go", "func f(a Card) {\n\tg(a)\n}\n", "func f(a Cash) {\n\tg(a)\n}\n"),
        ("a.go", "var a int32 = b\n", "var a int64 = b\n"),
        ("a.java", "class A { B b = new Stripe(); }\n", "class A { B b = new Adyen(); }\n"),
        (
            "a.java",
            "class A { void f() { try { g(); } catch (IOException e) { h(); } } }\n",
            "class A { void f() { try { g(); } catch (Exception e) { h(); } } }\n",
        ),
        ("a.java", "class A extends Safe {}\n", "class A extends Unsafe {}\n"),
        ("a.java", "class A { int a = b; }\n", "class A { long a = b; }\n"),
        (
            "a.kt",
            "fun f() {\n    try { g() } catch (e: IOException) { h() }\n}\n",
            "fun f() {\n    try { g() } catch (e: Exception) { h() }\n}\n",
        ),
        ("a.kt", "val a = b is Card\n", "val a = b is Cash\n"),
        ("a.php", "<?php try { g(); } catch (A $e) { h(); }\n", "<?php try { g(); } catch (B $e) { h(); }\n"),
        ("a.cs", "class A { B b = new Stripe(); }\n", "class A { B b = new Adyen(); }\n"),
        ("a.rs", "fn f() -> Result<(), E> { g()?; Ok(()) }\n", "fn f() -> Result<(), E> { g().ok(); Ok(()) }\n"),
        ("a.rs", "fn f(a: Card) { g(a) }\n", "fn f(a: Cash) { g(a) }\n"),
        ("a.swift", "let a = try? b()\n", "let a = try! b()\n"),
        ("a.swift", "func f(a: Card) { g(a) }\n", "func f(a: Cash) { g(a) }\n"),
    ],
)
def test_differences_that_may_matter_in_a_typed_language_are_never_called_harmless(
    path: str, before: str, after: str
) -> None:
    assert compare(path, before, after) is None


@pytest.mark.parametrize(
    ("kind", "logged"),
    [("logging", "order.id"), (None, "order.destroy"), (None, "order.id(1)"), (None, "user.password")],
)
def test_a_log_line_that_reads_attributes_is_one_and_one_that_may_do_more_is_none(
    kind: Kind | None, logged: str
) -> None:
    assert compare("a.rb", "def f\n  g\nend\n", f'def f\n  logger.info("#{{{logged}}}")\n  g\nend\n') == kind
