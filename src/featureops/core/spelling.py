"""How a language spells what the engine has to write: words, literals, templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["SyntaxText"]


@dataclass(frozen=True, slots=True)
class SyntaxText:
    """How the language spells what the engine has to write. Templates take `{}`.

    `blank` is the name for a value that nobody uses, where the language allows no unused variable. With `bare_values`
    an expression that is no call may stand as a statement. A switch without a value is folded where `otherwise_case`
    and `fall_through` are told: its words for the last case and for going on. `empty_case` stands in a case that must
    not be empty.
    `falsy` are texts and numbers that count as false, as JSON. `plain_quotes` know no escapes; in the others the
    characters `escaped` need a backslash too. Without `equal_texts` equal texts need not be equal to the operator.
    With `boolean_logic` and, or give true or false, whatever they are given.
    `own_block` stands before braces that are a block of their own. A line that begins with one of `continuing` goes on
    with the statement above, where nothing ends that. `empty_generators` keep a function a generator that has nothing
    to give, the last one a function with one of the language's `async_words`. Calls that begin with one of
    `loose_calls` need parentheses where a member of what they give is named. `boxed` are true and false where they are
    asked for a member, if the plain ones have none.
    With `boolean_operands` what `and` and `or` join is true or false, and nothing else.
    """

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
    blank: str = ""
    bare_values: bool = True
    otherwise_case: str = ""
    empty_case: str = ""
    fall_through: str = ""
    falsy: tuple[str, ...] = ()
    escaped: str = ""
    plain_quotes: tuple[str, ...] = ()
    equal_texts: bool = True
    boolean_logic: bool = False
    boolean_operands: bool = False
    own_block: str = ""
    continuing: str = ""
    empty_generators: tuple[str, ...] = ()
    loose_calls: tuple[str, ...] = ()
    boxed: tuple[str, ...] = ()
