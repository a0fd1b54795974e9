"""What a language says of the branches that are written around its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from featureops.core.templates import ManifestForm

__all__ = ["FunctionRules", "OnceRules", "TypeRules", "WrapRules"]


@dataclass(frozen=True, slots=True)
class TypeRules:
    """What tells the type of a value. `values` maps a node type or shape to rules: a type as it is written, in which
    `{1.0}` is the text of the first child of the second, `{0:type}` the type of the first; with `start => ` in front
    for values that begin with that text. `results` are those of well-known functions, by the text of the callee.
    `several` is the node type of a list of values, `methods` are those of functions that belong to a type, `signatures`
    those of methods that a type only promises, `embedded` those of types whose members another one has too; `plain` are
    the types that are known everywhere."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    results: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    several: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    signatures: frozenset[str] = frozenset()
    embedded: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()


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
class FunctionRules:
    """How a body becomes two functions that the flag chooses between. `give` is the statement that hands on ("" where
    that isn't written), `plain` the one where nothing is given, as of a type of `empty`. `receiver` stands before the
    name of a method (None: the first parameter does), `held` is the field of a function's receiver. `prefix` begins the
    name of a function that is for its file alone (`lower`: a small letter does), `private` the head of a method
    that is for its class alone; `drop` are words that such a head loses. `waits` tells by a word of the head how the
    call is waited for. Heads with a word of `unfit` and bodies with one of `never` are not moved, those with one of
    `loose` only in classes."""

    give: str = ""
    plain: str = ""
    empty: frozenset[str] = frozenset()
    receiver: str | None = None
    held: str = ""
    lower: bool = False
    prefix: str = ""
    private: str = ""
    drop: frozenset[str] = frozenset()
    waits: Mapping[str, str] = field(default_factory=dict)
    unfit: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    loose: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WrapRules:
    """How a branch is written around code, and which code can't be in one.

    `otherwise` and `end` are the lines after the first and the last branch. `declare` binds a name to a value,
    `import_name` brings in one name (`{module}`, `{name}`, `{quote}`), `import_call` does where a file imports by
    calls. `sections` are node types whose statements are their children of the field `body`. `hooks` and `components`
    are regular expressions for names of functions that run on every rendering, `quiet_hooks` those without effects of
    their own. The `markup_*` templates take `{condition}`, `{then}`, `{otherwise}`. `export_lists` are names of
    constants that list a file's public names. `own_lines` tells whether braces usually stand on lines of their own.
    `package` is a regular expression for the line that names the package of a file. `tall` are the lines of a
    conditional expression that does not fit on one; a tab is one level deeper than the line that it begins on.
    `inferred` is the word that stands where a type is inferred ("" if nothing does); None where a name may hold values
    of several types. `makers` are node types of classes and constructors that are handed what objects work with;
    `value_words` mark classes whose objects are mere values. `no_result` are types of functions that give nothing, the
    later ones where they are waited for. `first_calls` are node types of statements that must be a body's first.
    `quiet_marks` fits decorators that only tell something and that change nothing of what runs.
    `filled_by` are the marks of classes whose constant fields something else fills, `manifests` the files that list
    packages.
    `captures_once`: a function without a name may only use variables that are set once.

    `defining_calls` fits functions that only define members when a class is loaded. Nodes of the types `valued` give
    what the last statement in them gives; functions whose names `discarding` fits make no use of it. `unscoped` tells
    that a branch hides no name that is bound in it. `prefix` begins the name of every variable, with `single_imports`
    each import stands alone.

    `closed_texts`: code in the holes of a text can't hold the marks of the text. `turns` fits the names of functions
    that call what they are given once for every element.

    `refuse` is a statement that stops with an error (`{message}`).

    `hoist` tells how a name is declared ahead of the branches that set it: by its declaration without a value
    (`inferred`; `annotated`: where the type stands behind the name; `headed`: where one stands before it), or with a
    type that the value tells (`short`). `hoist_words` are the words of declarations that need a value, and those to
    take instead.
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
    filled_by: frozenset[str] = frozenset()
    manifests: tuple[ManifestForm, ...] = ()
    own_lines: bool = False
    tall: tuple[str, ...] = ()
    inferred: str | None = None
    makers: frozenset[str] = frozenset()
    value_words: tuple[str, ...] = ()
    no_result: tuple[str, ...] = ()
    first_calls: frozenset[str] = frozenset()
    quiet_marks: str | None = None
    defining_calls: str | None = None
    valued: frozenset[str] = frozenset()
    discarding: str | None = None
    unscoped: bool = False
    prefix: str = ""
    single_imports: bool = False
    captures_once: bool = False
    hoist: Literal["", "inferred", "annotated", "headed", "short"] = ""
    hoist_words: Mapping[str, str] = field(default_factory=dict)
    turns: str | None = None
    closed_texts: bool = False
    refuse: str = ""
    types: TypeRules = TypeRules()
    once: OnceRules = OnceRules()
    functions: FunctionRules = FunctionRules()
