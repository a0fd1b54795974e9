"""What a language file says about node types and words that no shape tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Builder", "Indexing", "MockRules"]


@dataclass(frozen=True, slots=True)
class Builder:
    """A call that puts a text together: of a `method`, whose first operand is what it is called on, or of a `function`
    (its whole callee), whose operands are its arguments.

    `does` says how: it strings them together; or it joins a list, or the operands themselves, with the operand number
    `separator` between them; or the first is a text with holes for the others: one of `holes`, `{}` also with a number
    or a name in it.
    """

    does: Literal["concatenate", "join", "format"]
    method: str | None = None
    function: str | None = None
    separator: int = 0
    holes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MockRules:
    """How tests speak of mocks, where a file imports a library of them (its module begins with one of `modules`).

    `same` are matchers that want to see their argument itself, `any` those that stand for any value. Calls `about` a
    mock are given the mock, or a call of it, which is then not made to ask anything; `makers` make one.
    """

    modules: tuple[str, ...]
    same: frozenset[str]
    any: frozenset[str]
    about: frozenset[str]
    makers: frozenset[str]

    @property
    def heads(self) -> tuple[str, ...]:
        return tuple(f"{module}." for module in self.modules)


@dataclass(frozen=True, slots=True)
class Indexing:
    """Node types by the part that they play for names and text.

    `not_references` and `not_bound` are `parent.field` pairs (`*`: any field) whose identifiers are no uses of a name,
    or no part of a bound pattern; `bare_parameters` and `writes` are such pairs too. `outer_names`, each with one of
    `outer_words`,
    declare that a function assigns names of an outer scope. `import_calls` are functions that bring in a module by its
    text, `export_targets` what a file assigns to in order to give names away. `string_casts` are functions that
    give the text that they are given, `headers` statements that stand before every import.

    `modifiers` are no parts of what they stand in, `handlers` parts of a block that is left early. `sigils` are
    characters before a name that its uses as a member do not have. `qualified` nodes write a name out in full,
    `symbols` are strings marked by their first character. `fields` are the object's own by their looks,
    `implicit_members` name a member of the object around where nothing binds them, `class_names` are words for the
    class around. `local_names` do not cross `closed_scopes`; `class_visible` names of a class are seen in its
    methods. `implicit_returns` are bodies whose last statement is the result. `locators` give the instance of the
    class in their argument; `named_by_text` are calls whose texts are names of variables, `pure_endings` those of
    members without effects, `boolean_endings` those of methods that tell whether something is so. In `sealed` strings
    no other expression can take the place of one. `trailing` nodes belong to the statement before them. Comments name
    types behind `type_tags`. Markup may be compiled to calls of `markup_names`. `bare_lists` of names have
    brackets only for several, `hanging_blocks` a brace on a line
    of its own only below a header of several lines. Behind `private_sections` in the body of a class, up to
    `public_sections`, members are for the class alone. A call with an option of `condition_options`
    (`inverted_options`: that does not hold) acts only where what the option's text names holds.

    Methods that are `openers` give their function what the object that they are called on holds, or that object, under
    one of `lent_names` where it names no parameter. `above_names` are the object itself as a class above has it.
    Functions see the names of `open_classes` around them by their plain names. Identifiers at `call_names` mean
    functions, all others anything else. `type_mentions` name the type that a call around them gives; `lazy_calls` give
    what their function gives, `runners` what their block gives, which they run in
    another place. `name_members` of an enum member are its own name. `key_parameters` are names
    of the parameter of an enum's constructor that takes a flag's key. `private_words` keep a member of an
    open class to it, `member_words` make a parameter one, and all parameters of `positional` classes are; a class with
    one of `partial_words` goes on elsewhere. No class overrides a function with one of `final_words`; behind one of
    `handing_words` a variable itself is handed over. `opaque_holes` are interpolations that hold something else than an
    expression. `properties` are
    functions that are asked without a call, `value_blocks` blocks that may stand for a value. What `plain_members`
    classes declare are constants like any other. `promise_members` are
    called on a value that comes later, `makers` on a class to make an instance of it. `markup_entries`
    of what a decorator is given are texts in the language of the `markup_hosts`. `injectors` are decorators of
    functions whose result is the parameter of their name, also from files `injected_from` in the folders above;
    `all_of` and `any_of` tell whether everything, or anything, in a list is true. What stands under a comment with one
    of `injected_marks` gets its parameters by their names. `root_classes` are those that
    every class is built on.
    `memos` are calls that give what their block gives a name. `mixins` are calls or nodes in a class's body that take
    in the members of the classes that they name. `settings` are expressions for the program's one object of settings.
    `late_names` are declarations that do not see their own name in what they give it. The members of `companions` are
    those of the class around as well, also where they have a name. `equal_methods` tell whether what they are called
    on has the value of their argument, `equal_functions` whether their two arguments have; `entry_getters` give the
    entry that their argument names. `alternatives` are labels and patterns that list what they take: anything where
    they are empty. At the end of `closed_cases` control leaves the switch; `looping` switches are loops to `continue`,
    `swallowing` statements go on where a part of them fails, `iterations` are
    methods that do not look at what their block gives, `listing_calls` give a list of their arguments,
    `contract_calls` only tell the compiler something, `looking_methods` something of their object;
    `class_members` are the class itself.
    `tuples` list several values, or patterns for them, in
    brackets; `bracketed` switches need some of their own. The labels of `loose_cases` may take more than what is equal
    to them, `naming_patterns` of one name take anything. A field with one of `once_words` is filled when an object is
    made, one with one of `shared_words` is not part of it. Functions with one of `provider_marks` are
    called by the framework, which keeps what they give; `unnamed_makers` make an object without naming its class.
    Fields with one of `injection_marks` are filled by the framework, by their type. Where their function says true,
    `passing_filters` give what they are called on, `copying_filters` a copy of it. `assertion_calls` and
    `assertion_nodes` only see to it that their first part is true. `fresh_calls` make a collection that nothing else
    has, `filling_methods` only change what is in it. Decorators of `quiet_marks` let
    nothing else set a field, `setters` in its definition say who may. Blocks that
    `receiver_calls` are given name the members of what these are called on, or given first, by their names alone.
    `launchers` only run their block, later.
    `default_setters` say what a setting, which a text names, is where nobody sets it. In `aligned_lists` the formatter
    keeps columns. A type with one of `filling_marks` is filled or told by other code.
    `text_members` give the text that they are called on, as a literal is one. Functions of `own_objects` have a `this`
    of their own where they are no methods, and so have the blocks that calls of `own_blocks` run. `bare_entries`
    without a value have that of the variable of their key. The text that `announcing` nodes stand for comes `trailing`.
    A choice brings numbers to one type, in order of size the suffixes `widening`; `characters` are literals that are
    numbers too, `inferring` words give a name the type of its value.
    Casts by `converting` nodes make other values of what they are given. Control may come to `jump_targets` from
    anywhere.
    `component_wrappers` make a component of a function with the same properties, `property_lists` are members of
    one that list these. `predicate_calls` only see whether what their function gives is true. `unions` are types of
    several, `literal_types` take the literals that they allow. Of a list and a value, `containing_words` and
    `containing_methods` tell whether the list holds it, `lacking_words` whether it does not; `containing_functions`
    are given the value first. Formatters write `joined` nodes on one line where they fit, `joined_apart` with
    blanks inside their ends; a last comma keeps `apart_by_comma` apart, and more than 60 characters do
    `joined_short` ones.
    """

    identifiers: frozenset[str]
    not_references: frozenset[str]
    not_bound: frozenset[str]
    outer_names: frozenset[str]
    outer_words: frozenset[str]
    bare_parameters: frozenset[str]
    writes: frozenset[str]
    interpolations: frozenset[str]
    key_members: frozenset[str]
    key_parameters: frozenset[str]
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
    injected_marks: frozenset[str]
    root_classes: frozenset[str]
    all_of: frozenset[str]
    any_of: frozenset[str]
    boolean_types: frozenset[str]
    self_names: frozenset[str]
    hoisted: frozenset[str]
    async_words: frozenset[str]
    dependency_calls: frozenset[str]
    constructors: frozenset[str]
    getters: frozenset[str]
    own_objects: frozenset[str]
    own_blocks: frozenset[str]
    bare_entries: frozenset[str]
    announcing: frozenset[str]
    converting: frozenset[str]
    widening: frozenset[str]
    characters: frozenset[str]
    inferring: frozenset[str]
    jump_targets: frozenset[str]
    import_calls: frozenset[str]
    export_targets: frozenset[str]
    string_casts: frozenset[str]
    headers: frozenset[str]
    modifiers: frozenset[str]
    handlers: frozenset[str]
    sigils: frozenset[str]
    qualified: frozenset[str]
    symbols: frozenset[str]
    fields: frozenset[str]
    implicit_members: frozenset[str]
    class_names: frozenset[str]
    local_names: frozenset[str]
    closed_scopes: frozenset[str]
    class_visible: frozenset[str]
    implicit_returns: frozenset[str]
    locators: frozenset[str]
    named_by_text: frozenset[str]
    pure_endings: frozenset[str]
    boolean_endings: frozenset[str]
    sealed: frozenset[str]
    trailing: frozenset[str]
    type_tags: frozenset[str]
    markup_names: frozenset[str]
    bare_lists: frozenset[str]
    hanging_blocks: frozenset[str]
    private_sections: frozenset[str]
    public_sections: frozenset[str]
    condition_options: frozenset[str]
    inverted_options: frozenset[str]
    open_classes: frozenset[str]
    call_names: frozenset[str]
    type_mentions: frozenset[str]
    lazy_calls: frozenset[str]
    runners: frozenset[str]
    name_members: frozenset[str]
    private_words: frozenset[str]
    member_words: frozenset[str]
    positional: frozenset[str]
    final_words: frozenset[str]
    handing_words: frozenset[str]
    partial_words: frozenset[str]
    opaque_holes: frozenset[str]
    properties: frozenset[str]
    value_blocks: frozenset[str]
    plain_members: frozenset[str]
    boxes: frozenset[str]
    openers: frozenset[str]
    lent_names: frozenset[str]
    above_names: frozenset[str]
    promise_members: frozenset[str]
    markup_entries: frozenset[str]
    markup_hosts: frozenset[str]
    makers: frozenset[str]
    injectors: frozenset[str]
    injected_from: frozenset[str]
    memos: frozenset[str]
    equal_methods: frozenset[str]
    equal_functions: frozenset[str]
    entry_getters: frozenset[str]
    alternatives: frozenset[str]
    closed_cases: frozenset[str]
    looping: frozenset[str]
    swallowing: frozenset[str]
    iterations: frozenset[str]
    listing_calls: frozenset[str]
    contract_calls: frozenset[str]
    class_members: frozenset[str]
    looking_methods: frozenset[str]
    tuples: frozenset[str]
    bracketed: frozenset[str]
    loose_cases: frozenset[str]
    naming_patterns: frozenset[str]
    mixins: frozenset[str]
    settings: frozenset[str]
    late_names: frozenset[str]
    companions: frozenset[str]
    containing_words: frozenset[str]
    lacking_words: frozenset[str]
    containing_methods: frozenset[str]
    containing_functions: frozenset[str]
    component_wrappers: frozenset[str]
    property_lists: frozenset[str]
    unions: frozenset[str]
    predicate_calls: frozenset[str]
    literal_types: frozenset[str]
    joined: frozenset[str]
    joined_apart: frozenset[str]
    joined_short: frozenset[str]
    apart_by_comma: frozenset[str]
    once_words: frozenset[str]
    shared_words: frozenset[str]
    provider_marks: frozenset[str]
    injection_marks: frozenset[str]
    quiet_marks: frozenset[str]
    setters: frozenset[str]
    receiver_calls: frozenset[str]
    launchers: frozenset[str]
    fresh_calls: frozenset[str]
    filling_methods: frozenset[str]
    assertion_calls: frozenset[str]
    assertion_nodes: frozenset[str]
    passing_filters: frozenset[str]
    copying_filters: frozenset[str]
    unnamed_makers: frozenset[str]
    default_setters: frozenset[str]
    aligned_lists: frozenset[str]
    filling_marks: frozenset[str]
    text_members: frozenset[str]

    def plain(self, name: str) -> str:
        """A name without its sigils."""
        return name.lstrip("".join(self.sigils)) if self.sigils else name
