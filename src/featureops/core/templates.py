"""Data of the packs that wrapping writes code from: how an SDK is asked where the repository asks for no flag yet, and
the types of what names are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["ClientModule", "OnceRules", "TypeRules", "WrapRules", "WrapTemplate"]


@dataclass(frozen=True, slots=True)
class ClientModule:
    """A new file that makes the client once. `file` is its name without the ending, `text` its content, `name` what
    other code uses of it.

    In `text`, `{app}` is the application's name as a text and `{package}` the package of the file that it stands
    beside; lines that name it go where there is none. `brings` is what other files need to use it (`{package}`,
    `{module}`: the path as this language's imports spell it, `{relative}`, `{name}`, `{quote}`); empty: the language's
    own import of one name. `seen` tells who uses it without: nobody else, its package, or all files. With `roots` it
    stands in the nearest folder that has a file of such a name, and the line `enter` joins it to that file's module.
    `folders` are places whose files are loaded by themselves: the first that the repository has is taken.
    """

    file: str
    text: str
    name: str
    brings: str = ""
    seen: Literal["file", "package", "all"] = "file"
    roots: tuple[str, ...] = ()
    enter: str = ""
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrapTemplate:
    """How code asks for a flag where the repository has no idiom yet. `{key}` and `{quote}` are filled in.

    `imports` is the statement for a name that the SDK itself gives; with a `client` the name comes from there. Where
    the repository's manifest names one of `frameworks`, this template comes before those for anything.
    """

    name: str
    condition: str
    imports: str = ""
    client: ClientModule | None = None
    scope: Literal["anywhere", "component"] = "anywhere"
    usage: str = ""
    frameworks: tuple[str, ...] = ()
    package: str = ""


@dataclass(frozen=True, slots=True)
class TypeRules:
    """What tells the type of a value. `values` maps a node type or shape to rules: a type as it is written, in which
    `{1.0}` is the text of the first child of the second, `{0:type}` the type of the first; with `start => ` in front
    for values that begin with that text. `results` are those of well-known functions, by the text of the callee.
    `several` is the node type of a list of values, `methods` are those of functions that belong to a type."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    results: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    several: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OnceRules:
    """Functions that run once, when a program starts, as regular expressions: `functions` by name, `marks` by what
    stands in front of their body, `classes` of whose constructors that is true, by what stands in front of the class;
    `owned` by name in classes of `owners`; `paths` of files all of whose code does."""

    functions: str | None = None
    marks: str | None = None
    classes: str | None = None
    owners: str | None = None
    owned: str | None = None
    paths: str | None = None


@dataclass(frozen=True, slots=True)
class WrapRules:
    """How a branch is written around code, and which code can't be in one.

    `otherwise` and `end` are the lines after the first and the last branch; `own_lines` tells whether braces usually
    stand on lines of their own. `declare` binds a name to a value, `import_name` brings in one name (`{module}`,
    `{name}`, `{quote}`), `import_call` does where a file imports by calls. `sections` are node types whose statements
    are their children of the field `body`. `hooks` and `components` are regular expressions for names of functions that
    run on every rendering, `quiet_hooks` those without effects of their own. The `markup_*` templates take
    `{condition}`, `{then}`, `{otherwise}`. `export_lists` are names of constants that list a file's public names.
    `refuse` is a statement that stops with an error (`{message}`). `package` is a regular expression for the line that
    names the package of a file.

    `hoist` tells how a name is declared ahead of the branches that set it: by its declaration without a value
    (`inferred`; `annotated`: where the type stands behind the name; `headed`: where one stands before it that is not
    `untyped`), or with a type that the value tells (`short`). `hoist_words` are the words of declarations that need a
    value, and those to take instead.
    """

    otherwise: str = "} else {"
    end: str = "}"
    declare: str = "{} = {}"
    import_name: str = ""
    import_call: str = ""
    sections: frozenset[str] = frozenset()
    optional_parameters: frozenset[str] = frozenset()
    hooks: str | None = None
    quiet_hooks: frozenset[str] = frozenset()
    components: str | None = None
    variable: Literal["snake", "camel"] = "camel"
    export_lists: frozenset[str] = frozenset()
    markup_if_else: str = ""
    markup_if: str = ""
    package: str | None = None
    own_lines: bool = False
    hoist: Literal["", "inferred", "annotated", "headed", "short"] = ""
    hoist_words: Mapping[str, str] = field(default_factory=dict)
    untyped: tuple[str, ...] = ()
    refuse: str = ""
    types: TypeRules = TypeRules()
    once: OnceRules = OnceRules()
