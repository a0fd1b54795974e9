"""A flag's name as a name of the program: its words, in the case in which names of that kind are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from featureops.core.pack import LanguagePack
from featureops.core.words import words_of

__all__ = ["bare", "case_of", "spelt", "variable_name"]


def bare(text: str) -> str:
    """The letters and digits alone: what two spellings of one name have in common."""
    return "".join(words_of(text))


def case_of(names: Iterable[str]) -> str:
    """The case that most of the names are written in; those of one word tell little."""
    counts = Counter(_case(name) for name in names)
    return max(counts, key=lambda case: (counts[case], case), default="camel")


def _case(name: str) -> str:
    if name.isupper():
        return "screaming"
    if "-" in name:
        return "kebab"
    if "_" in name and name.islower():
        return "snake"
    if name[:1].isupper():
        return "title" if " " in name else "pascal"
    return "camel"


def spelt(words: Sequence[str], case: str) -> str:
    if case in ("screaming", "snake"):
        joined = "_".join(words)
        return joined.upper() if case == "screaming" else joined
    capital = [word.capitalize() for word in words]
    joins = {"kebab": "-".join(words), "title": " ".join(capital), "pascal": "".join(capital)}
    return joins.get(case) or "".join([*words[:1], *capital[1:]])


def variable_name(flag: str, pack: LanguagePack, taken: frozenset[str]) -> str:
    """A name for the answer: newCheckout or new_checkout, with a suffix where that is taken."""
    words = words_of(flag) or ["flag"]
    if words[0][0].isdigit():
        words.insert(0, "flag")
    for extra in ([], ["enabled"], ["flag", "enabled"], ["is", "enabled"]):
        chosen = [*words, *extra]
        name = pack.wrap.prefix + spelt(chosen, pack.wrap.variable)
        if name not in taken and len(chosen) > 1:
            return name
    return f"{name}_2"
