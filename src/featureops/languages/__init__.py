"""The one loader of the language data: `<language>/language.toml` and `<language>/sdks/<sdk>.toml`.

A language that `extends` another one has its data, but for what it says itself and for the node types it drops.
A bad data file fails loudly, with its path and key: unknown shape, role or key, an extension claimed twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Literal, cast

from featureops.core.errors import Bug
from featureops.core.indexing import Builder, Indexing, MockRules
from featureops.core.operators import OperatorRules
from featureops.core.pack import (
    Host,
    LanguagePack,
    ModuleRules,
    Packs,
    ShapeRule,
    WireNames,
)
from featureops.core.regroup import GroupRule, HoleRule, OpenedRule, TreeRules
from featureops.core.spelling import SyntaxText
from featureops.languages.markup_rules import markup_rules
from featureops.languages.sdk_files import sdk_pack
from featureops.languages.tables import Table, optional, read, subtable, subtables, text, texts
from featureops.languages.test_rules import test_rules
from featureops.languages.vocabulary import SHAPES
from featureops.languages.wrap_rules import wrap_rules

if TYPE_CHECKING:
    from tree_sitter import Parser

__all__ = ["packs"]

_HOLE = ("node", "mark", "name", "type", "inner")
_OWN_KEYS = frozenset(
    {"is", "node", "token", "without", "binds", "scope", "text", "within", "having", "inverted", "inner"}
)


@cache
def packs() -> Packs:
    """Every pack of the installation, in alphabetical order. No grammar is loaded yet."""
    root = files("featureops.languages")
    folders = sorted((item for item in root.iterdir() if item.joinpath("language.toml").is_file()), key=_name)
    found = tuple(_language(folder) for folder in folders)
    claimed: set[str] = set()
    for pack in found:
        twice = claimed.intersection(pack.extensions)
        if twice:
            raise Bug(f"{pack.id}: extension claimed twice: {', '.join(sorted(twice))}")
        claimed.update(pack.extensions)
    hosts = sorted((item for item in root.iterdir() if item.joinpath("host.toml").is_file()), key=_name)
    return Packs(found, tuple(_host(read(folder.joinpath("host.toml")), found) for folder in hosts))


def _host(data: Table, languages: tuple[LanguagePack, ...]) -> Host:
    """A kind of file around other languages."""
    extensions = texts(data, "extensions")
    inner = optional(data, "embeds")
    pack = next((pack for pack in languages if pack.id == inner), None)
    if inner is not None and (pack is None or text(data, "grammar") not in pack.extensions):
        raise Bug(f"{text(data, 'id')}: embeds {inner!r}, or its grammar, is not known")
    if pack is not None and isinstance(pack.parser, _ParserSource):
        pack = replace(
            pack,
            id=text(data, "id"),
            display=text(data, "display"),
            # Imports name files of the embedded language; a parser of its own keeps its ranges to itself.
            extensions=(*pack.extensions, *extensions),
            parser=pack.parser.again(text(data, "grammar"), extensions),
            regions=text(data, "regions"),
            templates=texts(data, "templates"),
            markup=markup_rules(subtable(data, "markup")) if "markup" in data else None,
        )
    return Host(text(data, "id"), text(data, "display"), extensions, pack)


def _name(item: Traversable) -> str:
    return item.name


def _merged(folder: Traversable) -> tuple[Table, Mapping[str, Traversable]]:
    """A language's data and its SDK files by name, those of the language that it extends included."""
    data = read(folder.joinpath("language.toml"))
    own_sdks = folder.joinpath("sdks")
    sdks = {item.name: item for item in (own_sdks.iterdir() if own_sdks.is_dir() else ()) if _is_toml(item)}
    base = optional(data, "extends")
    if base is None:
        return data, sdks
    inherited, inherited_sdks = _merged(files("featureops.languages").joinpath(base))
    return _extended(inherited, data), {**inherited_sdks, **sdks}


def _is_toml(item: Traversable) -> bool:
    return item.name.endswith(".toml")


def _extended(base: Table, own: Table) -> Table:
    """`own` over `base`: tables key by key, own shapes first, without the shapes and index entries of dropped nodes."""
    dropped = frozenset(texts(own, "drop"))
    index = {
        key: [text for text in texts(subtable(base, "index"), key) if text.partition(".")[0] not in dropped]
        for key in subtable(base, "index")
    }
    kept = [item for item in subtables(base, "shape") if text(item, "node") not in dropped]
    tables = {key: {**subtable(base, key), **subtable(own, key)} for key in ("text", "modules", "wrap")}
    shapes = [*subtables(own, "shape"), *kept]
    return {**base, **own, **tables, "index": {**index, **subtable(own, "index")}, "shape": shapes}


def _language(folder: Traversable) -> LanguagePack:
    data, sdk_files = _merged(folder)
    grammars = {text(item, "extension"): item for item in subtables(data, "grammar")}
    language = text(data, "id")
    return LanguagePack(
        id=language,
        display=text(data, "display"),
        extensions=tuple(grammars),
        parser=_ParserSource(grammars),
        shapes=tuple(_shape(item) for item in subtables(data, "shape")),
        text=_syntax_text(subtable(data, "text")),
        modules=_modules(subtable(data, "modules")),
        index=_indexing(subtable(data, "index")),
        sdks=tuple(sdk_pack(sdk_files[name], language) for name in sorted(sdk_files)),
        wrap=wrap_rules(subtable(data, "wrap")),
        judge=optional(data, "judge"),
        test_paths=texts(data, "test_paths"),
        holds=text(data, "holds", ""),
        preamble=text(data, "preamble", ""),
        lost_ends=text(data, "lost_ends", ""),
        tree=_tree(subtable(data, "tree")) if "tree" in data else None,
        wire=_wire(subtable(data, "wire")) if "wire" in data else None,
        mocks=_mocks(subtable(data, "mocks")) if "mocks" in data else None,
        tests=test_rules(subtable(data, "tests")) if "tests" in data else None,
        builders=tuple(_builder(item) for item in subtables(data, "builder")),
    )


def _builder(item: Table) -> Builder:
    separator = item.get("separator", 0)
    if not isinstance(separator, int) or ("method" in item) == ("function" in item):
        raise Bug(f"builder: separator is a position, and one of method and function is named, not {dict(item)}")
    return Builder(
        does=cast("Literal['concatenate', 'join', 'format']", text(item, "does")),
        method=optional(item, "method"),
        function=optional(item, "function"),
        separator=separator,
        holes=texts(item, "holes"),
    )


class _ParserSource:
    """Loads a grammar's wheel on first use and keeps one parser for each extension."""

    def __init__(self, grammars: Mapping[str, Table]) -> None:
        self._grammars = grammars
        self._parsers: dict[str, Parser] = {}

    def again(self, extension: str, others: tuple[str, ...]) -> _ParserSource:
        """The same grammar for other extensions, with parsers of their own."""
        return _ParserSource(dict.fromkeys(others, self._grammars[extension]))

    def __call__(self, extension: str) -> Parser:
        parser = self._parsers.get(extension)
        if parser is None:
            from tree_sitter import Language, Parser

            grammar = self._grammars[extension]
            module = import_module(text(grammar, "module"))
            parser = Parser(Language(getattr(module, text(grammar, "function"))()))
            self._parsers[extension] = parser
        return parser


def _shape(item: Table) -> ShapeRule:
    name = text(item, "is")
    if name not in SHAPES:
        raise Bug(f"unknown shape {name!r}")
    roles = {key: value for key, value in item.items() if key not in _OWN_KEYS}
    for role, target in roles.items():
        if role not in SHAPES[name] or not isinstance(target, (str, int)):
            raise Bug(f"shape {name!r} has no role {role!r}, or its value is neither a field nor a number")
    return ShapeRule(
        name=name,
        node=text(item, "node"),
        roles=cast("Mapping[str, str | int]", roles),
        token=optional(item, "token"),
        without=optional(item, "without"),
        text=optional(item, "text"),
        within=frozenset(texts(item, "within")),
        binds=optional(item, "binds"),
        scope=cast("Literal['block', 'function', 'outer']", text(item, "scope", "block")),
        having=optional(item, "having"),
        inverted=bool(item.get("inverted", False)),
        inner=optional(item, "inner"),
    )


def _syntax_text(table: Table) -> SyntaxText:
    return SyntaxText(
        true=text(table, "true"),
        false=text(table, "false"),
        null=text(table, "null"),
        negation=text(table, "negation"),
        statement=text(table, "statement"),
        empty=text(table, "empty"),
        blocks=cast("Literal['indent', 'braces']", text(table, "blocks")),
        if_else=text(table, "if_else"),
        else_word=text(table, "else_word"),
        conditional=text(table, "conditional"),
        condition_parens=bool(table.get("condition_parens", False)),
        indent=text(table, "indent"),
        quotes=texts(table, "quotes"),
        line_comment=text(table, "line_comment"),
        blank=text(table, "blank", ""),
        bare_values=bool(table.get("bare_values", True)),
        otherwise_case=text(table, "otherwise_case", ""),
        empty_case=text(table, "empty_case", ""),
        fall_through=text(table, "fall_through", ""),
        falsy=texts(table, "falsy"),
        escaped=text(table, "escaped", ""),
        plain_quotes=texts(table, "plain_quotes"),
        equal_texts=bool(table.get("equal_texts", True)),
        boolean_logic=bool(table.get("boolean_logic", False)),
        boolean_operands=bool(table.get("boolean_operands", False)),
        own_block=text(table, "own_block", ""),
        continuing=text(table, "continuing", ""),
        empty_generators=texts(table, "empty_generators"),
        loose_calls=texts(table, "loose_calls"),
        boxed=texts(table, "boxed"),
    )


def _modules(table: Table) -> ModuleRules:
    return ModuleRules(
        style=cast("Literal['dotted', 'path', 'folder', 'namespace', 'package', 'tree']", text(table, "style")),
        indexes=texts(table, "indexes"),
        roots=texts(table, "roots") or ("",),
        private=optional(table, "private"),
        inside=optional(table, "inside"),
        exports=bool(table.get("exports", False)),
        entry=optional(table, "entry"),
        scope=cast("Literal['file', 'folder']", text(table, "scope", "file")),
        manifest=optional(table, "manifest"),
        manifest_module=optional(table, "manifest_module"),
        prefixes=texts(table, "prefixes"),
        data=texts(table, "data"),
        implied=optional(table, "implied"),
        separator=text(table, "separator", ""),
        unbound=cast("Literal['', 'folder', 'snake']", text(table, "unbound", "")),
        shared=texts(table, "shared"),
        loads=texts(table, "loads"),
        declared=texts(table, "declared"),
        declaring=optional(table, "declaring"),
        around=bool(table.get("around", False)),
        root=text(table, "root", ""),
        up=text(table, "up", ""),
        here=text(table, "here", ""),
        passing=optional(table, "passing"),
    )


def _indexing(table: Table) -> Indexing:
    known = Indexing.__dataclass_fields__
    unknown = set(table) - set(known)
    if unknown:
        raise Bug(f"index: unknown keys {sorted(unknown)}")
    return Indexing(**{key: frozenset(texts(table, key)) for key in known})


def _tree(table: Table) -> TreeRules:
    merged = subtable(table, "merged")
    groups = [
        GroupRule(*(text(item, key) for key in ("node", "first", "last", "type", "field")))
        for item in subtables(table, "group")
    ]
    return TreeRules(
        spliced=frozenset(texts(table, "spliced")),
        lone=frozenset(texts(table, "lone")),
        merged={key: frozenset(texts(merged, key)) for key in merged},
        groups={rule.node: rule for rule in groups},
        prefix=optional(table, "prefix"),
        chains=frozenset(texts(table, "chains")),
        holes={hole.node: hole for hole in map(_hole, subtables(table, "hole"))},
        braces=frozenset(texts(table, "braces")),
        listed=frozenset(texts(table, "listed")),
        parens=frozenset(texts(table, "parens")),
        opened={text(item, "node"): _opened(item) for item in subtables(table, "opened")},
        operators=_operators(subtable(table, "operators")),
    )


def _operators(table: Table) -> OperatorRules:
    rows = texts(table, "ranks")
    ranks = {operator: rank for rank, row in enumerate(rows) for operator in row.split()}
    return OperatorRules(frozenset(texts(table, "nodes")), ranks, frozenset(texts(table, "right")))


def _hole(item: Table) -> HoleRule:
    node, mark, name, kind, inner = (text(item, key) for key in _HOLE)
    return HoleRule(node, mark, name, kind, inner, text(item, "within", ""))


def _opened(item: Table) -> OpenedRule:
    reads, runs = frozenset(texts(item, "reads")), frozenset(texts(item, "runs"))
    node, part, apart = text(item, "node"), text(item, "part"), text(item, "apart", "")
    return OpenedRule(node, part, reads, runs, apart, optional(item, "type"))


def _mocks(table: Table) -> MockRules:
    words = (frozenset(texts(table, key)) for key in ("same", "any", "about", "makers"))
    return MockRules(texts(table, "modules"), *words)


def _wire(table: Table) -> WireNames:
    return WireNames(text(table, "member", ""), text(table, "style", ""), plain=bool(table.get("plain", False)))
