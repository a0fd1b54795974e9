"""Language packs as values: what a language's and an SDK's data files say, once they are read.

A *shape* is a piece of meaning that every language has under another node name: `if`, `not`, `call`, `member` ...
The rules of detecting, folding and wrapping are written over shapes and never over node types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from tree_sitter import Parser

__all__ = [
    "CallForm",
    "GateForm",
    "Host",
    "ImportForm",
    "Indexing",
    "LanguagePack",
    "ModuleRules",
    "Packs",
    "ParserSource",
    "SdkPack",
    "ShapeRule",
    "SyntaxText",
    "WrapRules",
    "WrapTemplate",
]

_Role = str | int


class ParserSource(Protocol):
    def __call__(self, extension: str) -> Parser:
        """The parser for a file extension such as ".x"; loads the grammar on first use."""
        ...


@dataclass(frozen=True, slots=True)
class ShapeRule:
    """Node type `node` is the shape `name`; with `token`, only if a direct child has that text.

    `roles` maps a role to a field name, or to the number of a named child (comments not counted). `binds` is the role
    that holds the bound name or pattern, `scope` where it is bound: the nearest block or the nearest function.
    """

    name: str
    node: str
    roles: Mapping[str, _Role]
    token: str | None = None
    without: str | None = None
    binds: str | None = None
    scope: Literal["block", "function", "outer"] = "block"


@dataclass(frozen=True, slots=True)
class SyntaxText:
    """How the language spells what the engine has to write. Templates take `{}`."""

    true: str
    false: str
    null: str
    negation: str
    statement: str
    empty: str
    blocks: Literal["indent", "braces"]
    if_else: str
    else_word: str
    conditional: str
    condition_parens: bool = False
    indent: str = "    "
    quotes: tuple[str, ...] = ('"', "'")
    line_comment: str = "//"


@dataclass(frozen=True, slots=True)
class ModuleRules:
    """How an import's text names a file: `dotted` from a source root, or a relative `path`.

    `indexes` are the file stems that stand for their folder; `roots` folders that dotted names start from.
    `entry` is a regular expression for files that are started, not imported.
    `private` is a regular expression for names that nobody outside the file may use; `exports` tells whether names
    are visible outside only when exported.
    """

    style: Literal["dotted", "path"] = "path"
    indexes: tuple[str, ...] = ()
    roots: tuple[str, ...] = ("",)
    private: str | None = None
    exports: bool = False
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Indexing:
    """Node types by the part that they play for names and text.

    `not_references` and `not_bound` are `parent.field` pairs (`*`: any field) whose identifiers are no uses of a name,
    or no part of a bound pattern; `bare_parameters` and `writes` are such pairs too. `outer_names`
    declare that a function assigns names of an outer scope. `separator_joins` and `list_joins` are methods that join
    texts (of the separator, of the list), `concatenations` and `formats` methods of a text.
    """

    identifiers: frozenset[str]
    not_references: frozenset[str]
    not_bound: frozenset[str]
    outer_names: frozenset[str]
    bare_parameters: frozenset[str]
    writes: frozenset[str]
    interpolations: frozenset[str]
    key_members: frozenset[str]
    shorthand: frozenset[str]
    function_scopes: frozenset[str]
    block_scopes: frozenset[str]
    class_scopes: frozenset[str]
    comments: frozenset[str]
    strings: frozenset[str]
    multiline: frozenset[str]
    pure: frozenset[str]
    pure_calls: frozenset[str]
    boolean_casts: frozenset[str]
    boolean_types: frozenset[str]
    self_names: frozenset[str]
    hoisted: frozenset[str]
    async_words: frozenset[str]
    dependency_calls: frozenset[str]
    separator_joins: frozenset[str] = frozenset()
    list_joins: frozenset[str] = frozenset()
    concatenations: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ImportForm:
    """A module of the SDK. `names` that are the client's type or its factory; empty: any name of the module."""

    module: str
    clients: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallForm:
    """One way of asking. `method` is called on a client; `function` is imported from the SDK's module and called.

    `flag` is the position or keyword of the key. `value` says what comes back; `when` inverts (`disabled`). `pinned`
    are members of the result that hold the boolean (`.value`, `.enabled`). With `members` the call takes no key: the
    members of its result are the flags, spelt in that case.
    """

    method: str | None = None
    function: str | None = None
    flag: int = 0
    keyword: str | None = None
    value: Literal["boolean", "variant", "string", "number", "object"] = "boolean"
    when: Literal["enabled", "disabled"] = "enabled"
    pinned: tuple[str, ...] = ()
    default: int | None = None
    members: Literal["", "camel"] = ""


@dataclass(frozen=True, slots=True)
class GateForm:
    """A decorator or a component of the SDK that asks for a flag without a call.

    `flag` is the attribute that holds the key, or the keys that lead to it in the first argument. `value` is
    "decorator" or "component" where it decides over what it stands at, else what it gives. With an attribute of
    `unless` a component decides by more than on and off.
    """

    form: Literal["decorator", "component"]
    name: str
    flag: tuple[str, ...]
    value: str
    when: Literal["enabled", "disabled"] = "enabled"
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrapTemplate:
    """How code asks for a flag where the repository has no idiom yet. `{key}` and `{quote}` are filled in."""

    name: str
    condition: str
    imports: str = ""
    setup: str = ""
    scope: Literal["anywhere", "component"] = "anywhere"
    usage: str = ""


@dataclass(frozen=True, slots=True)
class WrapRules:
    """How a branch is written around code, and which code can't be in one.

    `otherwise` and `end` are the lines after the first and the last branch. `declare` binds a name to a value,
    `import_name` brings in one name (`{module}`, `{name}`, `{quote}`). `sections` are node types whose statements are
    their children of the field `body`. `hooks` and `components` are regular expressions for names of functions that
    run on every rendering, `quiet_hooks` those without effects of their own. The `markup_*` templates take
    `{condition}`, `{then}`, `{otherwise}`. `export_lists` are names of constants that list a
    file's public names, `public` makes a statement's name visible outside.
    """

    otherwise: str = "} else {"
    end: str = "}"
    declare: str = "{} = {}"
    import_name: str = ""
    sections: frozenset[str] = frozenset()
    optional_parameters: frozenset[str] = frozenset()
    hooks: str | None = None
    quiet_hooks: frozenset[str] = frozenset()
    components: str | None = None
    variable: Literal["snake", "camel"] = "camel"
    export_lists: frozenset[str] = frozenset()
    markup_if_else: str = ""
    markup_if: str = ""
    public: str = "{}"


@dataclass(frozen=True, slots=True)
class SdkPack:
    id: str
    language: str
    package: str
    docs: str
    imports: tuple[ImportForm, ...]
    calls: tuple[CallForm, ...]
    gates: tuple[GateForm, ...] = ()
    receivers: tuple[str, ...] = ()
    templates: tuple[WrapTemplate, ...] = ()
    pure: bool = True
    preferred: bool = False


@dataclass(frozen=True)
class LanguagePack:
    """Everything known about one language. `parser` loads its grammar on first use.

    For a host file `regions` is a regular expression whose group 1 is each part in this language, and `templates` are
    those whose group 1 holds expressions over its names.
    """

    id: str
    display: str
    extensions: tuple[str, ...]
    parser: ParserSource
    shapes: tuple[ShapeRule, ...]
    text: SyntaxText
    modules: ModuleRules
    index: Indexing
    sdks: tuple[SdkPack, ...]
    wrap: WrapRules = WrapRules()
    judge: str | None = None
    test_paths: tuple[str, ...] = ()
    regions: str | None = None
    templates: tuple[str, ...] = ()

    @cached_property
    def by_node(self) -> Mapping[str, tuple[ShapeRule, ...]]:
        """Shape rules by node type, in the order of the data file."""
        table: dict[str, list[ShapeRule]] = {}
        for rule in self.shapes:
            table.setdefault(rule.node, []).append(rule)
        return {node: tuple(rules) for node, rules in table.items()}

    @cached_property
    def binders(self) -> frozenset[str]:
        return frozenset(rule.node for rule in self.shapes if rule.binds)


@dataclass(frozen=True)
class Host:
    """A kind of file around other languages. `pack` reads the parts of it that are in one; None: it is only text
    in which a key can be written.
    """

    id: str
    display: str
    extensions: tuple[str, ...]
    pack: LanguagePack | None = None


@dataclass(frozen=True)
class Packs:
    """All packs of the installation."""

    languages: tuple[LanguagePack, ...]
    hosts: tuple[Host, ...] = ()

    @cached_property
    def _by_extension(self) -> Mapping[str, LanguagePack]:
        return {extension: pack for pack in self.languages for extension in pack.extensions}

    @cached_property
    def _host_extensions(self) -> tuple[str, ...]:
        return tuple(extension for host in self.hosts for extension in host.extensions)

    def for_path(self, path: str) -> LanguagePack | None:
        """The language that a whole file is in; None for a host."""
        dot = path.rfind(".")
        if dot <= path.rfind("/") or path.lower().endswith(self._host_extensions):
            return None
        return self._by_extension.get(path[dot:].lower())

    def host(self, path: str) -> Host | None:
        lower = path.lower()
        return next((host for host in self.hosts if lower.endswith(host.extensions)), None)

    def reading(self, path: str) -> LanguagePack | None:
        """What a file is parsed with to find reads in it: its language, or that of the parts of a host."""
        pack = self.for_path(path)
        host = self.host(path) if pack is None else None
        return host.pack if host is not None else pack

    def language_of(self, path: str) -> str:
        """The id of a file's language or kind of host; empty when it is not known."""
        pack = self.for_path(path)
        host = self.host(path) if pack is None else None
        return host.id if host is not None else pack.id if pack is not None else ""

    def by_id(self, language: str) -> LanguagePack | None:
        return next((pack for pack in self.languages if pack.id == language.lower()), None)

    def sdks(self) -> Iterable[SdkPack]:
        return (sdk for pack in self.languages for sdk in pack.sdks)
