"""Flag names: suggest one by the repository's conventions, check one against Unleash's rules and the policy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from featureops.core.assess.tables import GENERIC_WORDS, STOP_WORDS
from featureops.core.assess.words import split_words, text_words

__all__ = ["check_name", "style_of", "suggest_name"]

_URL_FRIENDLY: Final = re.compile(r"[A-Za-z0-9\-_.~]{1,100}")
_LITERAL_HEAD: Final = re.compile(r"\^?((?:[A-Za-z0-9_/-]|\\[.\-/])*(?:[-_/]|\\[.\-/]))")
_MOST_WORDS = 4
_LONGEST = 48
_ENOUGH_FLAGS = 3
_SHARE = 0.6
_STYLES: Final[Mapping[str, Callable[[Sequence[str]], str]]] = {
    "kebab": "-".join,
    "snake": "_".join,
    "camel": lambda words: words[0] + "".join(word.capitalize() for word in words[1:]),
    "pascal": lambda words: "".join(word.capitalize() for word in words),
    "dotted": ".".join,
    "screaming": lambda words: "_".join(word.upper() for word in words),
}
_HEADS: Final = ((), ("feature",), ("feat",), ("release",), ("new",), ("enable",))
_TAILS: Final = ((), ("v2",), ("v3",), ("next",), ("new", "next"))


def check_name(name: str, naming: str | None = None) -> str | None:
    """What is wrong with a flag's name, None when it may be used: 1 to 100 URL-friendly characters (Unleash's rule),
    and the whole name matching the policy's `naming`."""
    if name in {".", ".."} or not _URL_FRIENDLY.fullmatch(name):
        return f"{name!r} is no flag name: 1 to 100 of the characters A-Z a-z 0-9 - _ . ~ are allowed"
    if naming is not None and not re.fullmatch(naming, name):
        return f"{name!r} does not match the policy's naming pattern {naming}"
    return None


def style_of(known: Sequence[str]) -> str:
    """The style that most of the known flags follow, "kebab" without a majority of names with two words or more."""
    styles = Counter(style for name in known for style in [_style(name)] if style)
    if not styles:
        return "kebab"
    return min(styles, key=lambda style: (-styles[style], style))


def suggest_name(
    description: str, symbols: Iterable[str], paths: Iterable[str], known: Sequence[str] = (), naming: str | None = None
) -> str:
    """A name for the flag of a change: from the words of its description, else of the symbols that it adds or changes
    (most telling first), else of its paths. Follows the style and the common prefix of the known flags, satisfies the
    policy's pattern where any spelling of the words can (see `check_name`), and is no known flag's name."""
    words = _telling_words(description, symbols, paths)
    taken = {name.lower() for name in known}
    spellings = list(_spellings(words, known, naming))
    for name in spellings:
        if name.lower() not in taken and check_name(name, naming) is None:
            return name
    return spellings[0]


def _telling_words(description: str, symbols: Iterable[str], paths: Iterable[str]) -> list[str]:
    described = _meaningful(text_words(description))
    if len(described) > 1:
        return _fitting(described)
    named: list[str] = list(described)
    for source in (*symbols, *(_stem(path) for path in paths)):
        fresh = [word for word in _meaningful(split_words(source)) if word not in named]
        named += fresh
        if len(named) > 1:
            break
    return _fitting(named if len(named) > 1 else ["new", *(named or ["change"])])


def _meaningful(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word not in STOP_WORDS and (len(word) > 1)]


def _fitting(words: Sequence[str]) -> list[str]:
    chosen: list[str] = []
    for word in words[:_MOST_WORDS]:
        if chosen and len("-".join([*chosen, word])) > _LONGEST:
            break
        chosen.append(word[:_LONGEST])
    return chosen


def _stem(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem = name.split(".")[0]
    return stem if set(_meaningful(split_words(stem))) - GENERIC_WORDS else folder


def _spellings(words: Sequence[str], known: Sequence[str], naming: str | None) -> Iterable[str]:
    """Names for the words, the most fitting first: further tails are for names that are taken, heads and other styles
    for a policy that asks for them."""
    first = style_of(known)
    prefix = _common_prefix(known)
    literal = _LITERAL_HEAD.match(naming or "")
    starts = dict.fromkeys([prefix, "", literal.group(1).replace("\\", "") if literal else ""])
    for style in (first, *(style for style in _STYLES if style != first)):
        for start in starts:
            for head in _HEADS:
                for tail in _TAILS:
                    yield start + _STYLES[style]([*head, *words, *tail])


def _common_prefix(known: Sequence[str]) -> str:
    """A first part such as `shop.` or `web_` that most of at least three flags share."""
    heads = Counter(found.group() for name in known for found in [re.match(r"[A-Za-z0-9]+[-_./]", name)] if found)
    if len(known) < _ENOUGH_FLAGS or not heads:
        return ""
    head, count = min(heads.items(), key=lambda item: (-item[1], item[0]))
    return head if count / len(known) >= _SHARE else ""


def _style(name: str) -> str | None:
    if "-" in name:
        return "kebab"
    if "_" in name:
        return "screaming" if name.isupper() else "snake"
    if "." in name:
        return "dotted"
    if re.search(r"[a-z][A-Z]", name):
        return "pascal" if name[0].isupper() else "camel"
    return None
