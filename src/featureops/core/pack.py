"""Language packs as values: what a language's and an SDK's data files say, once they are read.

A *shape* is a piece of meaning that every language has under another node name: `if`, `not`, `call`, `member` ...
The rules of detecting, folding and wrapping are written over shapes and never over node types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

from featureops.core.indexing import Builder, Indexing, MockRules
from featureops.core.markup.rules import MarkupRules
from featureops.core.objectform import ObjectForm
from featureops.core.regroup import TreeRules
from featureops.core.spelling import SyntaxText
from featureops.core.templates import WrapTemplate
from featureops.core.testing.rules import SetupForm, TestRules
from featureops.core.wraprules import WrapRules

if TYPE_CHECKING:
    from tree_sitter import Parser

__all__ = [
    "CallForm",
    "GateForm",
    "Host",
    "ImportForm",
    "LanguagePack",
    "Marker",
    "ModuleRules",
    "Packs",
    "ParserSource",
    "SdkPack",
    "ShapeRule",
    "VariantForm",
    "WireNames",
]

_Role = str | int


class ParserSource(Protocol):
    def __call__(self, extension: str) -> Parser:
        """The parser for a file extension such as ".x"; loads the grammar on first use."""
        ...


@dataclass(frozen=True, slots=True)
class ShapeRule:
    """Node type `node` is the shape `name`; with `token`, only if a direct child has that text; with `text`, only if it
    is just that text itself; with `within`, only below these node types.

    `roles` maps a role to a field name, to the number of a named child (comments not counted), to `@type` for the first
    child of a type, `@@type` for all of them, or to `>x` for the child behind the token x; `a[0]` is the first of
    several, `a.b` the b of the child a, `^a` the parent's a, `.` the node itself, `a|b` the first that there is.
    `binds` is the role that holds the bound name or pattern, `scope` where it is bound: the nearest block or function.
    `having` is a field that the node must have. `inverted`: the first branch is for a false condition. `inner` is a
    node type that roles look through where it holds one thing.
    """

    name: str
    node: str
    roles: Mapping[str, _Role]
    token: str | None = None
    without: str | None = None
    text: str | None = None
    within: frozenset[str] = frozenset()
    binds: str | None = None
    scope: Literal["block", "function", "outer"] = "block"
    having: str | None = None
    inverted: bool = False
    inner: str | None = None
    is_plain: bool = field(init=False)
    """Whether nothing but the node's type is asked for. Parentheses have to stand around one thing."""
    direct: Mapping[str, str] = field(init=False)
    """The roles that are just a field, with its name: most are, and they are asked for most."""

    def __post_init__(self) -> None:
        plain = {role: way for role, way in self.roles.items() if isinstance(way, str) and way.isidentifier()}
        object.__setattr__(self, "direct", plain if self.inner is None else {})
        asked = (self.token, self.without, self.text, self.having)
        is_bare = not self.within and all(each is None for each in asked)
        object.__setattr__(self, "is_plain", is_bare and self.name != "paren")


@dataclass(frozen=True, slots=True)
class ModuleRules:
    """How an import's text names a file: `dotted` from a source root, a relative `path`, or a `namespace` of which the
    last parts are the file's path; or a name of a `package`, whose files see each other's names without imports. With
    `tree` it leads through folders from the source root, where `root`, `up` and `here` are the words to start with.
    `separator` stands between the parts of a qualified name; an import of one binds its last part.

    `unbound` tells where a name that nothing binds is looked for: in the file of that name in the same `folder`, or
    anywhere in the file of its `snake` case. `shared` are globs of files whose names are seen everywhere, `loads` calls
    that make the names of the file that they name visible. `indexes` are the file stems that stand for their
    folder; `roots` folders that dotted names start from, of packages the names of folders that may hold the outermost.
    `entry` is a regular expression for files that are started, not imported.
    `private` is a regular expression for names that nobody outside the file may use, `inside` for those that only the
    files beside it see; `exports` tells whether names are visible outside only when exported.
    With the style `folder` an import names a folder: its text starts with the module that the nearest `manifest` file
    declares (`manifest_module`, a regular expression). With a `path`, a `manifest` names its folder, and `prefixes` are
    files that say which folders the heads of imports stand for; files that end like `data` hold values by name.
    `scope` is where top-level names are seen without an import.
    `implied` is a regular expression whose group is the name that an import's text brings in by itself.
    `declared` are the words before a name that the other files of a package see, where files need not be called or lie
    like it; `declaring` is one with {name} in it for files that may declare that name. With `around` a
    package sees the names of those around it.
    `passing` is a regular expression for what a file that gives away names which do not stand in it must hold.
    """

    style: Literal["dotted", "path", "folder", "namespace", "package", "tree"] = "path"
    indexes: tuple[str, ...] = ()
    roots: tuple[str, ...] = ("",)
    private: str | None = None
    inside: str | None = None
    exports: bool = False
    entry: str | None = None
    scope: Literal["file", "folder"] = "file"
    manifest: str | None = None
    manifest_module: str | None = None
    prefixes: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    implied: str | None = None
    separator: str = ""
    unbound: Literal["", "folder", "snake"] = ""
    shared: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    declaring: str | None = None
    around: bool = False
    root: str = ""
    up: str = ""
    here: str = ""
    passing: str | None = None


@dataclass(frozen=True, slots=True)
class WireNames:
    """The text that an enum's member without a value stands for: `member` and `style` are regular expressions for an
    annotation that gives it, or the case style of all members; `plain` members stand for their own name."""

    member: str = ""
    style: str = ""
    plain: bool = False


@dataclass(frozen=True, slots=True)
class ImportForm:
    """A module of the SDK. `clients` are the client's type or its factory, `gates` its decorators and components.

    `name` is what an import without a name of its own brings in, where the language's rule would say another one.
    """

    module: str
    clients: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    name: str | None = None
    gates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallForm:
    """One way of asking. `method` is called on a client; `function` is imported from the SDK's module and called.

    `flag` is the position or keyword of the key. `value` says what comes back; `when` inverts (`disabled`). `pinned`
    are members of the result that hold the boolean (`.value`, `.enabled`), with `()` behind them where they are called.
    The value `block`: the call runs the block that it is given. `modules` limits a form to functions of some of the
    SDK's modules. `common`: so usual a name that only a proven client counts. `boxed`: the value comes in something
    else (with an error, in a store), so that the call can't be replaced by it. With `members` the call takes no key:
    the members of its result are the flags, spelt in that case. `awaited`: the value comes only when it is waited for.
    `passed`: what the call gives is called on a component, which gets that result as a property of this name.
    `spelt` is how a literal of the value's type is written: `{}` is the plain one, `{float}` one with a fraction.
    """

    method: str | None = None
    function: str | None = None
    flag: int = 0
    keyword: str | None = None
    value: Literal["boolean", "variant", "string", "number", "object", "block"] = "boolean"
    when: Literal["enabled", "disabled"] = "enabled"
    pinned: tuple[str, ...] = ()
    default: int | None = None
    modules: tuple[str, ...] = ()
    common: bool = False
    boxed: bool = False
    awaited: bool = False
    members: Literal["", "camel"] = ""
    passed: str = ""
    spelt: str = "{}"


@dataclass(frozen=True, slots=True)
class VariantForm:
    """Which members of what an SDK gives for a variant are its name, whether it counts (`enabled`) and whether the flag
    does (`feature`), with `()` behind those that are called. `none` is the name that stands for no variant."""

    name: tuple[str, ...] = ()
    enabled: tuple[str, ...] = ()
    feature: tuple[str, ...] = ()
    none: str = ""


@dataclass(frozen=True, slots=True)
class GateForm:
    """A way of asking whose answer decides over what it stands at: a `component` of markup or a `decorator`, imported
    from the SDK's module, or a `method` that is given texts: the key is what follows the `prefix` of one.

    `keyword` is the attribute that holds the key, or the keyword of the argument that does, if not the first; `entry`
    are the keys that lead to it within that argument, lists gone through. `value` says what comes back where the gate
    gives a value instead of deciding. With an attribute of `unless` a component decides by more than on and off.
    """

    component: str | None = None
    decorator: str | None = None
    method: str | None = None
    prefix: str = ""
    keyword: str | None = None
    entry: tuple[str, ...] = ()
    value: str = ""
    when: Literal["enabled", "disabled"] = "enabled"
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marker:
    """A way of asking in text that no grammar knows, such as a template: `text` is a regular expression of a few
    lines with `{flag}` in it, or `{name}` for an expression that gives the key; `hosts` are the kinds of files in which
    it counts."""

    hosts: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class SdkPack:
    """One SDK of a language. `receivers` are telling names of its client, `others` names that only sound like it.
    `packages` is how manifests name it, where that is not just its `package`; `*` stands for the rest of a name."""

    id: str
    language: str
    package: str
    docs: str
    imports: tuple[ImportForm, ...]
    calls: tuple[CallForm, ...]
    gates: tuple[GateForm, ...] = ()
    receivers: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    templates: tuple[WrapTemplate, ...] = ()
    markers: tuple[Marker, ...] = ()
    setups: tuple[SetupForm, ...] = ()
    objects: tuple[ObjectForm, ...] = ()
    variant: VariantForm = VariantForm()
    pure: bool = True
    preferred: bool = False
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class LanguagePack:
    """Everything known about one language. `parser` loads its grammar on first use. `holds` is a text without which a
    file is none of the language, whatever its grammar makes of it. `preamble` is a regular expression for the lines at
    the head of a file that are written for a tool and that the grammar does not know. Where it finds errors, the single
    bytes that `lost_ends` (a regular expression) fits may be taken for semicolons.

    For a host file `regions` is a regular expression whose group 1 is each part in this language, and `templates` are
    those whose group 1 holds expressions over its names; with `markup` such files are edited.
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
    wrap: WrapRules = field(default_factory=WrapRules)
    judge: str | None = None
    test_paths: tuple[str, ...] = ()
    holds: str = ""
    preamble: str = ""
    lost_ends: str = ""
    tree: TreeRules | None = None
    wire: WireNames | None = None
    mocks: MockRules | None = None
    tests: TestRules | None = None
    builders: tuple[Builder, ...] = ()
    regions: str | None = None
    templates: tuple[str, ...] = ()
    markup: MarkupRules | None = None

    @cached_property
    def by_node(self) -> Mapping[str, tuple[ShapeRule, ...]]:
        """Shape rules by node type, in the order of the data file."""
        table: dict[str, list[ShapeRule]] = {}
        for rule in self.shapes:
            table.setdefault(rule.node, []).append(rule)
        return {node: tuple(rules) for node, rules in table.items()}

    @cached_property
    def shaped(self) -> frozenset[str]:
        """The names of the shapes that the language has."""
        return frozenset(rule.name for rule in self.shapes)

    @cached_property
    def not_parts(self) -> frozenset[str]:
        return self.index.comments | self.index.modifiers

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

    def for_path(self, path: str) -> LanguagePack | None:
        """The language that a whole file is in; None for a host whose parts only are in one."""
        dot = path.rfind(".")
        if dot <= path.rfind("/"):
            return None
        return self._by_extension.get(path[dot:].lower())

    @cached_property
    def _host_ends(self) -> tuple[str, ...]:
        return tuple(end for host in self.hosts for end in host.extensions)

    @cached_property
    def _endings(self) -> frozenset[str]:
        """What follows the last dot, with it, of all that is known."""
        return frozenset((*self._by_extension, *(end[end.rfind(".") :] for end in self._host_ends)))

    def host(self, path: str) -> Host | None:
        lower = path.lower()
        ends = lower.endswith(self._host_ends)
        return next((host for host in self.hosts if lower.endswith(host.extensions)), None) if ends else None

    def reading(self, path: str) -> LanguagePack | None:
        """What a file is parsed with to find reads in it: its language, or that of the parts of a host."""
        # Asked of every file of a repository, some hundred thousand times: most are plain, or of nothing known.
        ending = path[path.rfind(".") :]
        pack = self._by_extension.get(ending)
        if pack is not None or ending.lower() not in self._endings:
            return pack
        pack = self.for_path(path)
        host = self.host(path) if pack is None else None
        return host.pack if host is not None else pack

    @cached_property
    def readable(self) -> tuple[LanguagePack, ...]:
        """All packs that `reading` may give."""
        return (*self.languages, *(host.pack for host in self.hosts if host.pack is not None))

    def language_of(self, path: str) -> str:
        """The id of a file's kind of host or language; empty when it is not known."""
        pack, host = self.for_path(path), self.host(path)
        return host.id if host is not None else pack.id if pack is not None else ""

    def by_id(self, language: str) -> LanguagePack | None:
        return next((pack for pack in self.languages if pack.id == language.lower()), None)

    def sdks(self) -> Iterable[SdkPack]:
        return (sdk for pack in self.languages for sdk in pack.sdks)
