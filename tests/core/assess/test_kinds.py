"""The kind of one changed file, where only the inside of a statement tells."""

from __future__ import annotations

import pytest

from featureops.core.assess.kinds import BEHAVIOUR, assess_file
from featureops.core.assess.values import FileAssessment
from featureops.core.model import ChangedFile
from featureops.languages import packs
from featureops.languages.signal_tables import all_signals


def judged(path: str, before: str, after: str) -> FileAssessment:
    change = ChangedFile(path, "modified", before.encode(), after.encode())
    return assess_file(change, packs(), all_signals(), lambda *_: ())


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", 'def f():\n    return "a"\n', 'def f():\n    return "b"\n'),
        ("a.js", 'function f() {\n  return "a";\n}\n', 'function f() {\n  return "b";\n}\n'),
        ("a.js", '"use client";\nf();\n', "f();\n"),
        (
            "a.java",
            'class A {\n  String f() {\n    return "a";\n  }\n}\n',
            'class A {\n  String f() {\n    return "b";\n  }\n}\n',
        ),
        ("a.php", "<?php\necho 'a';\n", "<?php\necho 'b';\n"),
        ("a.go", 'func f() string {\n\treturn "a"\n}\n', 'func f() string {\n\treturn "b"\n}\n'),
    ],
)
def test_a_statement_of_nothing_but_a_text_runs_unless_it_is_documentation(path: str, before: str, after: str) -> None:
    assert judged(path, before, after).kind in BEHAVIOUR


@pytest.mark.parametrize(
    ("path", "before", "guards"),
    [
        ("a.rb", "def f\n  raise Empty unless items\n  g\nend\n", 1),
        ("a.rb", "def f\n  return if done\n  g\nend\n", 1),
        ("a.kt", "fun f() {\n    if (done) return\n    g()\n}\n", 1),
        ("a.swift", "func f() {\n    guard let a = b else { return }\n    g()\n}\n", 1),
        ("a.cs", "class A { void F() {\n  if (done) throw new E();\n  G(); } }\n", 1),
        ("a.go", "func f() {\n\tif done {\n\t\treturn\n\t}\n\tg()\n}\n", 1),
        ("a.rs", "fn f() {\n    if done { return; }\n    g();\n}\n", 1),
        ("a.swift", "func f() {\n    if a { return } else { h() }\n    g()\n}\n", 0),
        ("a.go", "func f() {\n\tif done {\n\t\th()\n\t}\n\tg()\n}\n", 0),
    ],
)
def test_an_early_exit_on_a_condition_is_counted_in_every_language(path: str, before: str, guards: int) -> None:
    assert judged(path, before, "").before.guards == guards


def test_a_comment_that_names_a_new_function_does_not_call_it() -> None:
    after = "package a\n\n// Refund gives it back.\nfunc Refund() {}\n"
    (added,) = [each for hunk in judged("a.go", "package a\n", after).hunks for each in hunk.added]
    assert after.encode()[added.span.start : added.span.end].startswith(b"// Refund")


def test_an_attribute_of_a_path_makes_a_function_run_and_a_derived_trait_does_not() -> None:
    after = '#[derive(Debug)]\nstruct A;\n\n#[get("/a")]\nfn a() {}\n'
    added = [each for hunk in judged("a.rs", "", after).hunks for each in hunk.added]
    assert [(each.name, each.anchored) for each in added] == [("A", False), ("a", True)]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("app/src/main/res/values-eu/strings.xml", "copy"),
        ("resources/lang/en/payment.php", "copy"),
        ("Shop/Resources/Pay.resx", "copy"),
        ("plugin/testData/openapi/Payment.kt", "tests"),
        ("core/src/jvmTest/kotlin/Payment.kt", "tests"),
        ("Shop.UnitTests/Payment.cs", "tests"),
        ("ShopTests/Payment.swift", "tests"),
        ("src/Core/Test/PaymentBehaviour.php", "tests"),
    ],
)
def test_translations_and_folders_of_tests_are_known_by_their_customs(path: str, kind: str) -> None:
    assert judged(path, "charge(1)\n", "charge(2)\n").kind == kind


@pytest.mark.parametrize(
    "path", ["app/src/main/res/layout/pay.xml", "src/lang/parser.php", "src/i18n/load.ts", "src/main/kotlin/Latest.kt"]
)
def test_what_only_looks_like_a_custom_is_code(path: str) -> None:
    assert judged(path, "charge(1)\n", "charge(2)\n").kind in BEHAVIOUR


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.cs", "namespace S\n{\n    class A { }\n\n    class B { }\n}\n"),
        ("a.cs", "namespace S;\n\nclass A { }\n\nclass B { }\n"),
        ("a.go", "package a\n\ntype (\n\tA struct{}\n\tB struct{}\n)\n"),
        ("a.rs", "#[derive(Debug)]\nstruct A;\nstruct B;\n"),
        ("a.swift", "struct A {}\nstruct B {}\n"),
    ],
)
def test_every_definition_that_is_added_counts_also_those_that_stand_in_a_group(path: str, text: str) -> None:
    assert [each.name for hunk in judged(path, "", text).hunks for each in hunk.added] == ["A", "B"]
