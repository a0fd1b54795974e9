"""Every node type that a language file names is one of its grammars' own: a misspelt one fits nothing, silently."""

from __future__ import annotations

import pytest

from featureops.core.modules import Folders
from featureops.core.pack import LanguagePack
from featureops.core.regroup import TreeRules
from featureops.languages import packs
from tests.core.sources import find, only_file, program, source

NODE_SETS = (
    "identifiers",
    "interpolations",
    "function_scopes",
    "block_scopes",
    "class_scopes",
    "comments",
    "strings",
    "multiline",
    "hoisted",
    "headers",
)


def known_nodes(pack: LanguagePack) -> set[str]:
    found: set[str] = set()
    for extension in pack.extensions:
        language = pack.parser(extension).language
        assert language is not None
        found |= {str(language.node_kind_for_id(kind)) for kind in range(language.node_kind_count)}
    return found


@pytest.mark.parametrize("pack", packs().languages, ids=lambda pack: str(pack.id))
def test_the_grammars_have_every_node_that_is_named(pack: LanguagePack) -> None:
    named = {rule.node for rule in pack.shapes}
    for key in NODE_SETS:
        named |= getattr(pack.index, key)
    for key in ("not_references", "not_bound", "bare_parameters", "writes"):
        named |= {pair.partition(".")[0] for pair in getattr(pack.index, key)}
    tree = pack.tree or TreeRules()
    pairs = {part for text in tree.spliced for part in text.split(".")}
    named |= pairs | tree.lone | tree.chains | tree.braces | tree.listed | set(tree.merged) | set(tree.groups)
    named |= {tree.prefix} if tree.prefix else set()
    made = {group.type for group in tree.groups.values()} | ({tree.block} if tree.braces else set())
    made |= {hole.type for hole in tree.holes.values()}
    assert not named - made - known_nodes(pack)


def test_a_language_that_extends_another_says_only_what_differs() -> None:
    base, own = packs().by_id("typescript"), packs().by_id("javascript")
    assert base is not None
    assert own is not None
    assert own.text == base.text
    assert [sdk.id for sdk in own.sdks] == [sdk.id for sdk in base.sdks]
    assert {sdk.language for sdk in own.sdks} == {"javascript"}
    assert not {rule.node for rule in own.shapes} & {"enum_declaration", "required_parameter"}


@pytest.mark.parametrize(
    ("text", "name", "imported"),
    [
        ("const sdk = require('m');", "sdk", "*"),
        ("const { a } = require('m');", "a", "a"),
        ("const { a: b } = require('m');", "b", "a"),
        ("const { a = 1 } = require('m');", "a", "a"),
        ("const made = require('m').a;", "made", "a"),
        ("const sdk = await import('m');", "sdk", "*"),
        ("const { a } = await import('m');", "a", "a"),
        ("const made = require(m);", "made", None),
        ("const made = require('m')();", "made", None),
        ("const { a: { b } } = require('m');", "b", None),
        ("const made = required('m');", "made", None),
    ],
)
@pytest.mark.parametrize("path", ["a.js", "a.ts"])
def test_a_module_that_a_call_brings_in_is_an_import(path: str, text: str, name: str, imported: str | None) -> None:
    _, names = only_file(path, text + "\n")
    binding = names.top(name)
    assert binding is not None
    entry = binding.imported
    assert (entry.imported if entry else None) == imported
    assert entry is None or entry.module == "m"


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("fmt", "fmt"),
        ("net/http", "http"),
        ("github.com/a/b/v2", "b"),
        ("gopkg.in/yaml.v3", "yaml"),
        ("github.com/Unleash/unleash-client-go/v4", "unleash"),
        ("github.com/launchdarkly/go-server-sdk/v7", "ldclient"),
    ],
)
def test_an_import_without_a_name_brings_in_the_package_s(module: str, name: str) -> None:
    _, names = only_file("a.go", f'package a\n\nimport "{module}"\n')
    assert [binding.name for binding in names.imports] == [name]


def test_an_import_names_a_folder_of_the_module_that_the_nearest_manifest_declares() -> None:
    files = {
        "go.mod": b"module example.com/shop\n",
        "tools/go.mod": b"module example.com/tools\n",
        "flags/a.go": b"",
        "tools/flags/a.go": b"",
        "main.go": b"",
    }
    folders, pack = Folders(files, packs(), files.get), packs().by_id("go")
    assert pack is not None
    assert folders.named("main.go", "example.com/shop/flags", pack) == "flags"
    assert folders.named("main.go", "example.com/shop", pack) == ""
    assert folders.named("tools/x/b.go", "example.com/tools/flags", pack) == "tools/flags"
    assert folders.named("main.go", "github.com/other/flags", pack) is None
    assert folders.named("main.go", "example.com/shop/none", pack) is None


def test_spliced_nodes_are_not_in_the_tree() -> None:
    file = source("a.go", "package a\n\nfunc f() {\n\tx := g()\n\ta, b := h()\n\treturn x\n}\n")
    block = next(node for node in file.root.walk() if node.type == "block")
    assert [node.type for node in block.items] == ["short_var_declaration", "short_var_declaration", "return_statement"]
    assert find(file, "x").parent is block.items[0]
    assert all(node.type != "statement_list" for node in file.root.walk())


def test_a_package_s_names_are_seen_in_its_other_files_only() -> None:
    project = program(
        {
            "a/keys.go": 'package a\n\nconst key = "k"\n',
            "a/use.go": "package a\n\nvar x = key\n",
            "b/use.go": "package b\n\nvar x = key\n",
        }
    )
    found = []
    for path in ("a/use.go", "b/use.go"):
        file = project.file(path)
        assert file is not None
        constant = project.constant(path, find(file, "key"))
        found.append(constant.value if constant else None)
    assert found == ["k", None]
