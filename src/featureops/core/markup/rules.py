"""How a kind of host file writes its markup: what the data files say. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MarkupRules"]


@dataclass(frozen=True, slots=True)
class MarkupRules:
    """Where elements stand and how one is shown under a condition.

    `root` is the element at the top that holds the markup, "" where the file does; one with an attribute of `foreign`
    is in another language. Elements of `raw` hold no markup, `script` being the one that is read apart, those of `void`
    hold nothing, and the text of those of `still` is shown as it is written. The names of the script are the markup's
    own where it has the attribute `exposes`; else those are that functions of `gives` give back, and the functions of
    `computed`, in the object that the component is described by. With `braces` expressions and blocks stand in braces,
    in values too; else
    `expression` is a regular expression for one among the text, and `dynamic` one for the attributes whose values are
    expressions.

    `when`, `elif_` and `otherwise` are the attributes of an element that is there where an expression holds, or, in
    braces, the words of such a block; one with the attribute `shown` is there in any case,
    and what is in one with `verbatim` says nothing. `wrapper` is the element
    that only holds others, unless it has one of `binds`: a regular expression for the attributes, or the words of
    blocks, that give names of their own. `writes` is one for attributes that write what they name, `props` one for what
    the script lets others set, with the name as its group. `store` is what stands before the name of what holds a
    value, to get it; with `unwraps` the markup gets it by the name alone.
    """

    when: str
    elif_: str
    otherwise: str
    root: str = ""
    script: str = "script"
    exposes: str = ""
    gives: frozenset[str] = frozenset()
    computed: str = ""
    dynamic: str = ""
    shown: str = ""
    verbatim: str = ""
    foreign: str = ""
    raw: frozenset[str] = frozenset()
    void: frozenset[str] = frozenset()
    still: frozenset[str] = frozenset()
    braces: bool = False
    expression: str = ""
    wrapper: str = ""
    binds: str = ""
    writes: str = ""
    props: str = ""
    store: str = ""
    unwraps: bool = False
