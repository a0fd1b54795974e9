"""Names worked out one at a time say the same as names worked out by a walk over the whole file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node, parse
from featureops.languages import packs

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("fixtures", "src", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and packs().for_path(path.name) is not None
)
_OTHERS = 0.3
EXTRA = {
    "two imports.py": b"try:\n    from a import x, y\nexcept ImportError:\n    from b import y, x\nprint(x, y)\n",
    "outer.py": b"n = 1\ndef f():\n    global n\n    n = 2\n    import os.path as p, os.path\n    return p, os, n\n",
    "hoisted.ts": b"import d, { a as b, c } from './m';\nexport { b as c2 };\n"
    b"let a = c; { let a = b; a = d; } function g(a) {}",
    "required.js": b"const { a: b, c } = require('m'), d = require('n').e;\nvar b = require('o');\n"
    b"async function f() { const { c: b } = await import('p'); return [b, c, d]; }",
    "implied.go": b'package p\n\nimport (\n\t"example.com/a-b/flags"\n\tof "example.com/go-sdk/v2"\n'
    b'\t"example.com/yaml.v3"\n)\n\nvar k = flags.Key\n\nfunc f() { flags := of.New(yaml.X); flags.Run() }\n',
    "calls.java": b"package p;\nimport a.b.*;\nimport a.c.Name;\nclass C {\n"
    b"Name name; Name name() { return this.name; }\n"
    b"int f(int name) { return name().get(this.name(), name, x -> x + name); } }\n",
    "texts.php": b'<?php\nfunction f($mark, $on) { note("f$mark"); return "a{$on}b" . $mark; }\n',
    "reached.php": b"\xef\xbb\xbf<?php\nuse A\\B\\{C, D as E};\nuse function A\\f;\n$x = new C; $y = f($x);\n"
    b"function g($x) { global $y; $z = E::of($x); return compact('x', 'z') + [$y, fn($q) => $q . $z]; }\n",
    "sigils.rb": b"\xef\xbb\xbfx = 1\nclass A\n  X = x\n  def x?(y)\n    @x = y; $x = X; x = @x\n"
    b"    [1].each { |y| x += y }\n    x\n  end\nend\n",
    "grouped.rs": b"use a::{b::{self, C as D}, e::*};\nmod keys;\nfn f(x: D) -> b::T { use keys::K; x.go(K) }\n"
    b"struct S;\nimpl S { fn x(&self) -> b::T { f(self.x) } }\n",
    "extended.swift": b'import A\nextension S { static let k = "a" }\nstruct S { var x = k\n'
    b"func f(x: Int) -> Int { x } }\n",
    "spaces.cs": b"using A.B;\nusing N = A.C.Name;\nnamespace P.Q {\n  class C {\n"
    b"N x; int F(N y) => x.Go(y, x => x); }\n}\n",
    "package.kt": b"package p\nimport a.b.*\nimport a.c.Name as Other\nclass C(val x: Int) { val y = x\n"
    b"fun f(x: Other) = run { val y = x; y to this.y } }\n",
}


def told(binding: Binding | None) -> object:
    if binding is None:
        return None
    entry = binding.imported
    return (
        binding.name,
        binding.scope.span,
        [node.span for node in binding.definitions],
        [node.span for node in binding.uses],
        [node.span for node in binding.writes],
        binding.outer,
        (entry.module, entry.imported, entry.entry.span) if entry else None,
    )


def test_packages_and_extensions_are_found_without_a_walk() -> None:
    def names(name: str) -> Names:
        pack = packs().for_path(name)
        assert pack is not None
        return Names(parse(name, EXTRA[name], pack))

    assert names("calls.java").wildcards == ["a.b"]
    assert names("grouped.rs").wildcards == ["a::e"]
    assert (names("spaces.cs").wildcards, names("spaces.cs").packages) == (["A.B"], ["P.Q"])
    assert names("package.kt").packages == ["p"]
    assert len(names("extended.swift").extensions("S")) == 1
    assert names("extended.swift").extensions("k") == []


def told_of(names: Names, binding: Binding) -> object:
    assert names.uses_of(binding) is not None
    return told(binding)


def ask_otherwise(asked: Names, walked: Names, node: Node, other: Node) -> None:
    """The other questions at a node, of which every answer is as complete."""
    text, scope = node.text, next(iter(other.ancestors()), other)
    assert told(asked.lookup(text, other)) == told(walked.lookup(text, other)), (text, other)
    assert asked.binds(text) == bool(walked.called(text)), (text, node)
    assert told(asked.member(scope, text)) == told(walked.member(scope, text)), (text, scope)
    for question in (Names.bound_in, Names.imported_in):
        answers = (sorted(str(told(each)) for each in question(names, [scope.span])) for names in (asked, walked))
        assert next(answers) == next(answers), (question, scope)
    assert [told_of(asked, each) for each in asked.imports] == [told_of(walked, each) for each in walked.imports]
    if scope.parent is not None:
        inner = ({key: told(each) for key, each in names.in_scope(scope).items()} for names in (asked, walked))
        assert next(inner) == next(inner), scope


def compare(name: str, data: bytes) -> int:
    pack = packs().for_path(name)
    assert pack is not None
    file = parse(name, data, pack)
    walked = Names(file)
    assert list(walked.all) is not None
    asked = Names(file)
    nodes: list[Node] = [node for node in file.root.walk() if node.named and node.end - node.start < 100]
    drawn = random.Random(name)
    drawn.shuffle(nodes)
    for node in nodes[: len(nodes) // 2]:
        assert told(asked.of.get(node)) == told(walked.of.get(node)), (name, node, node.text)
        if drawn.random() < _OTHERS:
            ask_otherwise(asked, walked, node, drawn.choice(nodes))
    # Going on to all of them must not change what was said.
    assert sorted(map(str, map(told, asked.all))) == sorted(map(str, map(told, walked.all)))
    for node in nodes:
        assert told(asked.of.get(node)) == told(walked.of.get(node)), (name, node, node.text)
    return len(nodes)


@pytest.mark.parametrize("name", EXTRA)
def test_names_asked_for_mean_what_the_walk_says(name: str) -> None:
    assert compare(name, EXTRA[name]) > 10


@pytest.mark.parametrize("part", range(4))
def test_on_real_files_too(part: int) -> None:
    sources = [path for path in SOURCES[part::4] if path.stat().st_size < 8_000][::12]
    assert sum(compare(path.name, path.read_bytes()) for path in sources) > 100
