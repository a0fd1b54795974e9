from __future__ import annotations

import pytest

from featureops.core.model import Span
from featureops.languages import packs
from tests.core.sources import find, program, source


def test_a_node_is_the_same_object_however_it_is_reached() -> None:
    file = source("a.py", "if ready:\n    go()\n")
    call = find(file, "go()")
    assert call in list(file.root.walk())
    assert file.node_at(call.start, call.end) is call


def test_the_walk_is_in_document_order_and_complete() -> None:
    file = source("a.ts", "const a = f(1, 'x'); if (a) { g(); }\n")
    starts = [node.start for node in file.root.walk()]
    assert starts == sorted(starts)
    leaves = [node.text for node in file.root.walk() if not node.children]
    assert "".join(leaves).replace(" ", "") == "consta=f(1,'x');if(a){g();}"


def test_roles_are_found_by_field_and_by_number_and_comments_do_not_count() -> None:
    file = source("a.py", "x = (  # why\n    a if b else c\n)\n")
    choice = next(node for node in file.root.walk() if node.shape == "conditional")
    shown = [choice.role(role) for role in ("then", "condition", "else")]
    assert [node.text if node else None for node in shown] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("path", "text", "shape"),
    [
        ("a.py", "a and b", "and"),
        ("a.py", "a or b", "or"),
        ("a.py", "not a", "not"),
        ("a.py", "a is True", "equal"),
        ("a.py", "a != b", "not-equal"),
        ("a.ts", "a && b", "and"),
        ("a.ts", "a || b", "or"),
        ("a.ts", "a ?? b", "coalesce"),
        ("a.ts", "!a", "not"),
        ("a.ts", "a === b", "equal"),
        ("a.ts", "a !== b", "not-equal"),
        ("a.ts", "new Client()", "call"),
        ("a.ts", "a as string", "cast"),
        ("a.ts", "a!", "cast"),
    ],
)
def test_operators_have_shapes_by_their_token(path: str, text: str, shape: str) -> None:
    assert find(source(path, text + "\n"), text).shape in {shape, "expression"}
    assert shape in {node.shape for node in source(path, text + "\n").root.walk()}


@pytest.mark.parametrize(("path", "text"), [("a.py", "a + b\n"), ("a.ts", "a + b;\n"), ("a.ts", "-a;\n")])
def test_other_operators_have_none_of_these_shapes(path: str, text: str) -> None:
    shapes = {node.shape for node in source(path, text).root.walk()}
    assert not shapes & {"and", "or", "not", "equal", "not-equal", "coalesce"}


def test_lines_and_columns_count_bytes_from_one() -> None:
    file = source("a.py", "ü = 1\nb = 'é'; c = 2\n")
    assert (file.line_of(0), file.column_of(0)) == (1, 1)
    c = find(file, "c")
    assert (file.line_of(c.start), file.column_of(c.start)) == (2, 11)
    assert file.line_text(c.start) == "b = 'é'; c = 2"


def test_line_endings_are_told_by_the_first_line() -> None:
    project = program({"a.py": "x = 1\r\ny = 2\r\n", "b.py": "x = 1\n"})
    first, second = project.file("a.py"), project.file("b.py")
    assert first is not None and second is not None  # noqa: PT018 - one fact
    assert (first.eol, second.eol) == (b"\r\n", b"\n")
    assert first.line_text(0) == "x = 1"


def test_a_syntax_error_is_reported_and_the_rest_still_read() -> None:
    file = source("a.py", "x = = 1\n\n\n\ny = 2\n")
    assert file.errors()
    assert file.error_near(Span(0, 7))
    assert not file.error_near(Span(12, 16))
    assert not source("a.py", "x = 1\n").errors()


def test_a_file_that_nests_too_deep_is_left_alone_with_a_reason() -> None:
    project = program({"deep.py": "x = " + "(" * 500 + ")" * 500 + "\n", "flat.py": "x = 1\n"})
    assert project.file("deep.py") is None
    assert "deep" in project.failed["deep.py"]
    assert project.file("flat.py") is not None


@pytest.mark.parametrize("data", ["", "\n", "\ufeffx = 1\n", "x = '\udcff'\n"])
def test_unusual_contents_are_parsed(data: str) -> None:
    raw = data.encode("utf-8", "surrogateescape")
    project = program({"a.py": ""})
    assert project.file("a.py") is not None
    from featureops.core.syntax import parse

    pack = packs().for_path("a.py")
    assert pack is not None
    file = parse("a.py", raw, pack)
    assert file.data == raw
    assert file.root.text.encode("utf-8", "surrogateescape") in raw


@pytest.mark.parametrize(
    ("path", "text", "shape", "callee", "owner"),
    [
        ("a.rb", "a.b.c(1)\n", "call", "a.b.c", "a.b"),
        ("a.rb", "a.b.c\n", "member", None, "a.b"),
        ("a.rb", "c 1\n", "call", "c", None),
        ("a.rb", "a.c { 1 }\n", "call", "a.c", "a"),
        ("a.php", "<?php $a->b->c(1);", "call", "$a->b->c", "$a->b"),
        ("a.php", "<?php A::c(1);", "call", "A::c", "A"),
        ("a.php", "<?php $a?->c(1);", "call", "$a?->c", "$a"),
    ],
)
def test_what_is_called_is_one_node_also_where_the_grammar_has_none(
    path: str, text: str, shape: str, callee: str | None, owner: str | None
) -> None:
    statement = source(path, text).root.items[-1]
    node = statement.role("operand") or statement
    found = node.role("function")
    assert (node.shape, found.text if found else None) == (shape, callee)
    held = (found if found is not None and found.shape == "member" else node).role("object")
    assert (held.text if held else None) == owner
    inside = [child for part in (node, *node.children) for child in part.children]
    assert all(child.parent is not None and child.parent.children[child.index] is child for child in inside)


def test_the_bytes_of_a_grouped_node_are_found_again() -> None:
    file = source("a.rb", "x\na.b(:k)\n")
    assert find(file, ":k").shape == "string"
    assert [node.text for node in find(file, "b").ancestors()][:2] == ["a.b", "a.b(:k)"]


@pytest.mark.parametrize("text", ["class A { val x = f }\n", "class A { companion object { val x = 1 } }\nclass B\n"])
def test_an_end_that_the_grammar_misses_moves_no_byte(text: str) -> None:
    file = source("a.kt", text)
    assert file.errors() == frozenset()
    assert find(file, "x").start == text.index("x =")
    assert file.data.decode() == text


def test_a_file_with_another_error_is_read_as_it_is() -> None:
    text = "class A { val x = 1 }\nclass ) {\n"
    file = source("a.kt", text)
    assert file.errors()
    assert file.slice(0, len(text)) == text
