"""The one loader of the language data: `<language>/language.toml` and `<language>/sdks/<sdk>.toml`.

A language that `extends` another one has its data, but for what it says itself and for the node types it drops.
A bad data file fails loudly, with its path and key: unknown shape, role or key, an extension claimed twice.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Literal, cast

from featureops.core.errors import Bug
from featureops.core.indexing import Indexing
from featureops.core.pack import (
    CallForm,
    GateForm,
    ImportForm,
    LanguagePack,
    Marker,
    ModuleRules,
    Packs,
    SdkPack,
    ShapeRule,
    SyntaxText,
    WireNames,
    WrapRules,
    WrapTemplate,
)
from featureops.core.regroup import GroupRule, TreeRules
from featureops.languages.vocabulary import SHAPES

if TYPE_CHECKING:
    from tree_sitter import Parser

__all__ = ["packs"]

_Table = Mapping[str, object]
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
    return Packs(found)


def _name(item: Traversable) -> str:
    return item.name


def _read(file: Traversable) -> _Table:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Bug(f"{file}: {error}") from error


def _table(parent: _Table, key: str) -> _Table:
    value = parent.get(key, {})
    if not isinstance(value, dict):
        raise Bug(f"{key}: a table is expected")
    return cast("_Table", value)


def _tables(parent: _Table, key: str) -> tuple[_Table, ...]:
    value = parent.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Bug(f"{key}: an array of tables is expected")
    return tuple(cast("list[_Table]", value))


def _text(table: _Table, key: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise Bug(f"{key}: text is expected in {dict(table)}")
    return value


def _optional(table: _Table, key: str) -> str | None:
    return _text(table, key) if key in table else None


def _texts(table: _Table, key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Bug(f"{key}: an array of texts is expected")
    return tuple(cast("list[str]", value))


def _merged(folder: Traversable) -> tuple[_Table, Mapping[str, Traversable]]:
    """A language's data and its SDK files by name, those of the language that it extends included."""
    data = _read(folder.joinpath("language.toml"))
    own_sdks = folder.joinpath("sdks")
    sdks = {item.name: item for item in (own_sdks.iterdir() if own_sdks.is_dir() else ()) if _is_toml(item)}
    base = _optional(data, "extends")
    if base is None:
        return data, sdks
    inherited, inherited_sdks = _merged(files("featureops.languages").joinpath(base))
    return _extended(inherited, data), {**inherited_sdks, **sdks}


def _is_toml(item: Traversable) -> bool:
    return item.name.endswith(".toml")


def _extended(base: _Table, own: _Table) -> _Table:
    """`own` over `base`: tables key by key, own shapes first, without the shapes and index entries of dropped nodes."""
    dropped = frozenset(_texts(own, "drop"))
    index = {
        key: [text for text in _texts(_table(base, "index"), key) if text.partition(".")[0] not in dropped]
        for key in _table(base, "index")
    }
    kept = [item for item in _tables(base, "shape") if _text(item, "node") not in dropped]
    tables = {key: {**_table(base, key), **_table(own, key)} for key in ("text", "modules", "wrap")}
    shapes = [*_tables(own, "shape"), *kept]
    return {**base, **own, **tables, "index": {**index, **_table(own, "index")}, "shape": shapes}


def _language(folder: Traversable) -> LanguagePack:
    data, sdk_files = _merged(folder)
    grammars = {_text(item, "extension"): item for item in _tables(data, "grammar")}
    language = _text(data, "id")
    return LanguagePack(
        id=language,
        display=_text(data, "display"),
        extensions=tuple(grammars),
        parser=_ParserSource(grammars),
        shapes=tuple(_shape(item) for item in _tables(data, "shape")),
        text=_syntax_text(_table(data, "text")),
        modules=_modules(_table(data, "modules")),
        index=_indexing(_table(data, "index")),
        sdks=tuple(_sdk(sdk_files[name], language) for name in sorted(sdk_files)),
        wrap=_wrap(_table(data, "wrap")),
        judge=_optional(data, "judge"),
        test_paths=_texts(data, "test_paths"),
        holds=_text(data, "holds", ""),
        tree=_tree(_table(data, "tree")) if "tree" in data else None,
        wire=_wire(_table(data, "wire")) if "wire" in data else None,
    )


class _ParserSource:
    """Loads a grammar's wheel on first use and keeps one parser for each extension."""

    def __init__(self, grammars: Mapping[str, _Table]) -> None:
        self._grammars = grammars
        self._parsers: dict[str, Parser] = {}

    def __call__(self, extension: str) -> Parser:
        parser = self._parsers.get(extension)
        if parser is None:
            from tree_sitter import Language, Parser

            grammar = self._grammars[extension]
            module = import_module(_text(grammar, "module"))
            parser = Parser(Language(getattr(module, _text(grammar, "function"))()))
            self._parsers[extension] = parser
        return parser


def _shape(item: _Table) -> ShapeRule:
    name = _text(item, "is")
    if name not in SHAPES:
        raise Bug(f"unknown shape {name!r}")
    roles = {key: value for key, value in item.items() if key not in _OWN_KEYS}
    for role, target in roles.items():
        if role not in SHAPES[name] or not isinstance(target, (str, int)):
            raise Bug(f"shape {name!r} has no role {role!r}, or its value is neither a field nor a number")
    return ShapeRule(
        name=name,
        node=_text(item, "node"),
        roles=cast("Mapping[str, str | int]", roles),
        token=_optional(item, "token"),
        without=_optional(item, "without"),
        text=_optional(item, "text"),
        within=frozenset(_texts(item, "within")),
        binds=_optional(item, "binds"),
        scope=cast("Literal['block', 'function', 'outer']", _text(item, "scope", "block")),
        having=_optional(item, "having"),
        inverted=bool(item.get("inverted", False)),
        inner=_optional(item, "inner"),
    )


def _syntax_text(table: _Table) -> SyntaxText:
    return SyntaxText(
        true=_text(table, "true"),
        false=_text(table, "false"),
        null=_text(table, "null"),
        negation=_text(table, "negation"),
        statement=_text(table, "statement"),
        empty=_text(table, "empty"),
        blocks=cast("Literal['indent', 'braces']", _text(table, "blocks")),
        if_else=_text(table, "if_else"),
        else_word=_text(table, "else_word"),
        conditional=_text(table, "conditional"),
        condition_parens=bool(table.get("condition_parens", False)),
        indent=_text(table, "indent"),
        quotes=_texts(table, "quotes"),
        line_comment=_text(table, "line_comment"),
        blank=_text(table, "blank", ""),
        otherwise_case=_text(table, "otherwise_case", ""),
        fall_through=_text(table, "fall_through", ""),
    )


def _modules(table: _Table) -> ModuleRules:
    return ModuleRules(
        style=cast("Literal['dotted', 'path', 'folder', 'namespace', 'package', 'tree']", _text(table, "style")),
        indexes=_texts(table, "indexes"),
        roots=_texts(table, "roots") or ("",),
        private=_optional(table, "private"),
        exports=bool(table.get("exports", False)),
        entry=_optional(table, "entry"),
        scope=cast("Literal['file', 'folder']", _text(table, "scope", "file")),
        manifest=_optional(table, "manifest"),
        manifest_module=_optional(table, "manifest_module"),
        implied=_optional(table, "implied"),
        separator=_text(table, "separator", ""),
        unbound=cast("Literal['', 'folder', 'snake']", _text(table, "unbound", "")),
        shared=_texts(table, "shared"),
        loads=_texts(table, "loads"),
        declared=_optional(table, "declared"),
        around=bool(table.get("around", False)),
        root=_text(table, "root", ""),
        up=_text(table, "up", ""),
        here=_text(table, "here", ""),
    )


def _indexing(table: _Table) -> Indexing:
    known = Indexing.__dataclass_fields__
    unknown = set(table) - set(known)
    if unknown:
        raise Bug(f"index: unknown keys {sorted(unknown)}")
    return Indexing(**{key: frozenset(_texts(table, key)) for key in known})


def _tree(table: _Table) -> TreeRules:
    merged = _table(table, "merged")
    groups = [
        GroupRule(*(_text(item, key) for key in ("node", "first", "last", "type", "field")))
        for item in _tables(table, "group")
    ]
    return TreeRules(
        spliced=frozenset(_texts(table, "spliced")),
        lone=frozenset(_texts(table, "lone")),
        merged={key: frozenset(_texts(merged, key)) for key in merged},
        groups={rule.node: rule for rule in groups},
        prefix=_optional(table, "prefix"),
        chains=frozenset(_texts(table, "chains")),
        braces=frozenset(_texts(table, "braces")),
        listed=frozenset(_texts(table, "listed")),
    )


def _wire(table: _Table) -> WireNames:
    return WireNames(_text(table, "member", ""), _text(table, "style", ""), plain=bool(table.get("plain", False)))


def _wrap(table: _Table) -> WrapRules:
    return WrapRules(
        otherwise=_text(table, "otherwise"),
        end=_text(table, "end"),
        declare=_text(table, "declare"),
        import_name=_text(table, "import_name"),
        import_call=_text(table, "import_call", ""),
        sections=frozenset(_texts(table, "sections")),
        optional_parameters=frozenset(_texts(table, "optional_parameters")),
        hooks=_optional(table, "hooks"),
        quiet_hooks=frozenset(_texts(table, "quiet_hooks")),
        components=_optional(table, "components"),
        variable=cast("Literal['snake', 'camel']", _text(table, "variable")),
        export_lists=frozenset(_texts(table, "export_lists")),
        markup_if_else=_text(table, "markup_if_else", ""),
        markup_if=_text(table, "markup_if", ""),
        public=_text(table, "public", "{}"),
    )


def _sdk(file: Traversable, language: str) -> SdkPack:
    data = _read(file)
    return SdkPack(
        id=_text(data, "id"),
        language=language,
        package=_text(data, "package"),
        docs=_text(data, "docs"),
        imports=tuple(
            ImportForm(
                module=_text(item, "module"),
                clients=_texts(item, "clients"),
                functions=_texts(item, "functions"),
                name=_optional(item, "name"),
                decorators=_texts(item, "decorators"),
            )
            for item in _tables(data, "import")
        ),
        calls=tuple(_call(item) for item in _tables(data, "call")),
        receivers=_texts(data, "receivers"),
        markers=tuple(Marker(_texts(item, "suffixes"), _text(item, "text")) for item in _tables(data, "marker")),
        preferred=bool(data.get("preferred", False)),
        gates=tuple(_gate(item) for item in _tables(data, "gate")),
        bags=frozenset(_texts(data, "bags")),
        templates=tuple(
            WrapTemplate(
                name=_text(item, "name"),
                condition=_text(item, "condition"),
                imports=_text(item, "imports", ""),
                setup=_text(item, "setup", ""),
                scope=cast("Literal['anywhere', 'component']", _text(item, "scope", "anywhere")),
                usage=_text(item, "usage", ""),
            )
            for item in _tables(data, "template")
        ),
    )


def _call(item: _Table) -> CallForm:
    flag, default = item.get("flag", 0), item.get("default")
    if not isinstance(flag, int) or not (default is None or isinstance(default, int)):
        raise Bug(f"call: flag and default are positions in {dict(item)}")
    return CallForm(
        method=_optional(item, "method"),
        function=_optional(item, "function"),
        decorator=_optional(item, "decorator"),
        prefix=_optional(item, "prefix"),
        flag=flag,
        keyword=_optional(item, "keyword"),
        value=cast(
            "Literal['boolean', 'variant', 'string', 'number', 'object', 'block']", _text(item, "value", "boolean")
        ),
        when=cast("Literal['enabled', 'disabled']", _text(item, "when", "enabled")),
        pinned=_texts(item, "pinned"),
        default=default,
        modules=_texts(item, "modules"),
        common=bool(item.get("common", False)),
        boxed=bool(item.get("boxed", False)),
    )


def _gate(item: _Table) -> GateForm:
    return GateForm(
        flag=_text(item, "flag"),
        component=_optional(item, "component"),
        decorator=_optional(item, "decorator"),
        when=cast("Literal['enabled', 'disabled']", _text(item, "when", "enabled")),
    )
