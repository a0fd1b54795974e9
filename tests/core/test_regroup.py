"""Trees that a language file regroups, and names that come from a package."""

from __future__ import annotations

import pytest

from featureops.core.reads import find_reads
from tests.core.sources import find, only_file, program, source

CLIENT = "package a.b\n\nimport io.getunleash.Unleash\n\nclass C(val unleash: Unleash) {\n    fun f() = %s\n}\n"


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ('!unleash.isEnabled("k")', "not"),
        ('!unleash!!.isEnabled("k")', "not"),
        ('!!unleash.isEnabled("k")', "not"),
        ('!this.unleash.isEnabled("k")', "not"),
        ('unleash.isEnabled("k")', "call"),
        ('!unleash.all[0].isEnabled("k")', "not"),
    ],
)
def test_a_prefix_that_the_grammar_binds_too_tight_goes_around_the_chain(text: str, shape: str) -> None:
    file = source("a.kt", CLIENT % text)
    node = next(node for node in file.root.walk() if node.text == text)
    assert node.shape == shape
    call = next(node for node in file.root.walk() if node.shape == "call")
    assert call.text == text.lstrip("!")
    assert [child.start for child in call.children] == sorted(child.start for child in call.children)


@pytest.mark.parametrize(
    ("text", "shape"),
    [('!c.isEnabled("k")', "not"), ('!c!.isEnabled("k")', "not"), ("-a.b(1)", "")],
)
def test_a_named_prefix_goes_around_the_chain_too(text: str, shape: str) -> None:
    file = source("a.swift", f"let on = {text}\n")
    node = next(node for node in file.root.walk() if node.text == text)
    assert node.shape == shape
    call = next(node for node in file.root.walk() if node.shape == "call")
    assert call.text == text.lstrip("!-")


def test_a_statement_that_is_nothing_but_a_branch_is_that_branch() -> None:
    file = source("a.rs", "fn f() { if a { b(); } if c { d() } }\n")
    block = next(node for node in file.root.walk() if node.type == "block")
    assert [item.shape for item in block.items] == ["if", "if"]
    assert [item.text for item in block.items] == ["if a { b(); }", "if c { d() }"]


def test_braces_become_a_block_of_what_they_hold() -> None:
    file = source("a.swift", "func f() -> Int { if a { b(); c() } else { d() }\n return 1 }\n")
    branch = next(node for node in file.root.walk() if node.shape == "if")
    then, other = branch.role("then"), branch.role("else")
    assert then is not None
    assert other is not None
    assert [(part.shape, [item.text for item in part.items]) for part in (then, other)] == [
        ("block", ["b()", "c()"]),
        ("block", ["d()"]),
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("A.java", 'class A { @X("y") private int a = b.c().d("e").f, g = !h.i(); }\n'),
        ("a.swift", 'class A { @X private let a = !b!.c().d("e"); var k: Int { if a { 1 } else { 2 } } }\n'),
        ("a.cs", '[X("y")] class A { private int a = b?.c().d<E>("e").f; int K => g(h: 1); }\n'),
        ("a.rs", "fn f() { if a? { b::<C>(); } let x = if y { 1 } else { 2 }; }\n"),
    ],
)
def test_every_byte_stays_in_its_place(path: str, text: str) -> None:
    file = source(path, text)
    for node in file.root.walk():
        assert all(node.start <= child.start and child.end <= node.end for child in node.children), node
        ends = [child.end for child in node.children]
        assert all(start >= end for start, end in zip((c.start for c in node.children[1:]), ends, strict=False))


def test_a_method_call_becomes_a_call_of_a_member() -> None:
    file = source("A.java", "class A { int a = b.c(1); int d = e(2); }\n")
    member = find(file, "b.c")
    assert member.shape == "member"
    assert member.parent is not None
    assert member.parent.role("function") is member
    plain = find(file, "e(2)").role("function")
    assert plain is not None
    assert plain.text == "e"


def test_a_method_and_a_field_of_the_same_name_are_two_things() -> None:
    file, names = only_file(
        "A.java", "class A { boolean on = true; boolean on() { return on && on() && this.on(); } }\n"
    )
    field, method = find(file, "on"), find(file, "on", 2)
    uses = {use.start for use in names.of[field].uses}
    assert uses == {find(file, "on", 3).start}
    assert len(names.of[method].uses) == 2


PACKAGE = {
    "src/com/shop/Flags.java": 'package com.shop;\n\nclass Flags { static final String NEW = "k"; }\n',
    "src/com/shop/inner/Flags.java": 'package com.shop.inner;\n\nclass Flags { static final String NEW = "inner"; }\n',
}
HEAD = "import io.getunleash.Unleash;\n%s\nclass A { boolean f(Unleash u) { return u.isEnabled(%s); } }\n"


@pytest.mark.parametrize(
    ("package", "imports", "key", "flag"),
    [
        ("com.shop", "", "Flags.NEW", "k"),
        ("com.shop.inner", "", "Flags.NEW", "inner"),
        ("com.other", "", "Flags.NEW", None),
        ("com.other", "import com.shop.Flags;", "Flags.NEW", "k"),
        ("com.other", "import com.shop.*;", "Flags.NEW", "k"),
        ("com.other", "import com.shop.inner.*;", "Flags.NEW", "inner"),
        ("com.other", "import static com.shop.Flags.NEW;", "NEW", "k"),
        ("com.other", "import static com.shop.Flags.*;", "NEW", "k"),
        ("com.other", "", "com.shop.Flags.NEW", "k"),
        ("com.shop", "import com.shop.inner.Flags;", "Flags.NEW", "inner"),
        ("com.other", "import com.elsewhere.Flags;", "Flags.NEW", None),
    ],
)
def test_a_package_s_names_are_found_without_naming_files(
    package: str, imports: str, key: str, flag: str | None
) -> None:
    path = f"app/src/{package.replace('.', '/')}/A.java"
    files = {**PACKAGE, path: f"package {package};\n" + HEAD % (imports, key)}
    assert [(read.flag, read.proof) for read in find_reads(program(files), path)] == [(flag, "proven")]


SPACES = {
    "Shop/Keys.cs": 'namespace Shop { namespace Inner { class Flags { public const string New = "inner"; } } }\n',
    "Shop/Flags.cs": 'namespace Shop;\n\nclass Flags { public const string New = "k"; }\n',
    "Global.cs": 'class Everywhere { public const string New = "everywhere"; }\n',
}


@pytest.mark.parametrize(
    ("package", "imports", "key", "flag"),
    [
        ("Shop", "", "Flags.New", "k"),
        ("Shop.Pay", "", "Flags.New", "k"),
        ("Shop.Inner.Deep", "", "Flags.New", "inner"),
        ("Other", "", "Flags.New", None),
        ("Other", "using Shop;", "Flags.New", "k"),
        ("Other", "using Shop.Inner;", "Flags.New", "inner"),
        ("Other", "using static Shop.Flags;", "New", "k"),
        ("Other", "using F = Shop.Inner.Flags;", "F.New", "inner"),
        ("Other", "", "Shop.Inner.Flags.New", "inner"),
        ("Other", "", "Everywhere.New", "everywhere"),
    ],
)
def test_a_package_sees_the_names_of_those_around_it_where_the_language_says_so(
    package: str, imports: str, key: str, flag: str | None
) -> None:
    text = (
        f"using Unleash;\n{imports}\nnamespace {package};\nclass A {{ bool On(IUnleash u) => u.IsEnabled({key}); }}\n"
    )
    found = find_reads(program({**SPACES, "x/A.cs": text}), "x/A.cs")
    assert [(read.flag, read.proof) for read in found] == [(flag, "proven")]


TREE = {
    "src/lib.rs": "mod flags;\nmod pay;\n",
    "src/flags/mod.rs": 'pub mod inner;\npub const NEW: &str = "k";\n',
    "src/flags/inner.rs": 'pub const NEW: &str = "inner";\n',
}


@pytest.mark.parametrize(
    ("imports", "key", "flag"),
    [
        ("use crate::flags::NEW;", "NEW", "k"),
        ("use crate::flags::{inner, NEW as N};", "N", "k"),
        ("use crate::flags::{inner, NEW as N};", "inner::NEW", "inner"),
        ("use crate::flags::{self, inner::{self as deep}};", "flags::NEW", "k"),
        ("use crate::flags::{self, inner::{self as deep}};", "deep::NEW", "inner"),
        ("use super::flags::inner::NEW;", "NEW", "inner"),
        ("", "crate::flags::inner::NEW", "inner"),
        ("", "other::flags::MISSING", None),
    ],
)
def test_a_path_leads_through_the_tree_of_modules(imports: str, key: str, flag: str | None) -> None:
    head = (
        f"use unleash_api_client::Client;\n{imports}\nfn f(c: &Client) -> bool {{ c.is_enabled({key}, None, false) }}\n"
    )
    found = find_reads(program({**TREE, "src/pay.rs": head}), "src/pay.rs")
    assert [(read.flag, read.proof) for read in found] == [(flag, "proven")]


@pytest.mark.parametrize(
    ("field", "proof"),
    [
        ("io.getunleash.Unleash unleash", "proven"),
        ("Provider<io.getunleash.Unleash> unleash", "proven"),
        ("Item unleash", "unproven"),
        ("Unknown unleash", "likely"),
    ],
)
def test_a_declared_type_outweighs_a_telling_name(field: str, proof: str) -> None:
    text = f'package a;\n\nimport b.Item;\n\nclass A {{ {field}; boolean f() {{ return unleash.isEnabled("k"); }} }}\n'
    assert [read.proof for read in find_reads(program({"a/A.java": text}), "a/A.java")] == [proof]
